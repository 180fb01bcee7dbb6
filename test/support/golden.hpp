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

/// Compares the part of a document between two lines that begin with `<!-- NAME: begin` and
/// `<!-- NAME: end`, with the same environment variable.
inline void check_golden_section(const std::string& path, const std::string& name,
                                 const std::string& actual) {
    const std::string full = source_path(path);
    std::ifstream in(full, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    const std::string text = all.str();
    const std::size_t begin = text.find("<!-- " + name + ": begin");
    const std::size_t end = text.find("<!-- " + name + ": end");
    if (begin == std::string::npos || end == std::string::npos) FAIL(path << " has no " << name);
    const std::size_t from = text.find('\n', begin) + 1;
    if (std::getenv("UTSIM_ACCEPT") != nullptr) {
        const std::string changed = text.substr(0, from) + actual + text.substr(end);
        std::ofstream(full, std::ios::binary) << changed;
        SUCCEED(path);
        return;
    }
    if (text.substr(from, end - from) != actual) {
        FAIL(path << ": the part " << name << " differs; UTSIM_ACCEPT=1 accepts\n--- actual\n"
                  << actual);
    }
    SUCCEED(path);
}

}  // namespace utsim::testing
