// SPDX-License-Identifier: MIT
/// Every form that `--json` prints, by name: `utsim schema run` describes `utsim.run/1`.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace utsim::cli {

struct OutputForm {
    std::string_view name;     ///< `run` for `utsim.run/1`
    std::string_view command;  ///< whose output it is
};

std::span<const OutputForm> output_forms();

/// JSON Schema (draft 2020-12) of the form, or of a line of a trace for `trace`. The name is there.
std::string output_schema(std::string_view name);

}  // namespace utsim::cli
