// SPDX-License-Identifier: MIT
/// The pieces of `--json` that several commands share.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <utsim/result.hpp>
#include <utsim/simulation.hpp>

namespace utsim::cli {

using Json = nlohmann::ordered_json;

/// Text of `value` with a line end; bytes that are not UTF-8 are replaced.
std::string dump(const Json& value);
Json error_json(const Error& error);
Json expectation_json(const ExpectationResult& expectation);

}  // namespace utsim::cli
