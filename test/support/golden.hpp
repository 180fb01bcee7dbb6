// SPDX-License-Identifier: MIT
/// Outputs that a person has looked at: kept as files, compared to the letter.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "support/testing.hpp"

namespace utsim::testing {

/// Compares `actual` with the file at `path` below the source tree. With UTSIM_ACCEPT=1 in the
/// environment the file is written instead; read the diff before you commit it.
inline void check_golden(const std::string& path, const std::string& actual) {
    const std::string full = source_path(path);
    if (std::getenv("UTSIM_ACCEPT") != nullptr) {
        std::ofstream(full, std::ios::binary) << actual;
        SUCCEED(path);
        return;
    }
    std::ifstream in(full, std::ios::binary);
    if (!in) FAIL(path << " is missing; UTSIM_ACCEPT=1 writes it");
    std::ostringstream expected;
    expected << in.rdbuf();
    if (expected.str() != actual) {
        FAIL(path << " differs; UTSIM_ACCEPT=1 accepts\n--- expected\n"
                  << expected.str() << "--- actual\n"
                  << actual);
    }
    SUCCEED(path);
}

}  // namespace utsim::testing
