// SPDX-License-Identifier: MIT
/// The options of `utsim report`.
#pragma once

#include "cli/command_options.hpp"

namespace utsim::cli::options {

inline constexpr OptionInfo report_options[] = {
    {"--out", "FILE", "Where the page is written; also -o", V::text, {}, 0, no_limit},
    {"--perfetto",
     "FILE",
     "Also write, or only, what the Perfetto UI opens (ui.perfetto.dev)",
     V::text,
     {},
     0,
     no_limit},
    {"--diff",
     "",
     "Two runs side by side: report --diff A B FILE, with two semantics",
     V::flag,
     {},
     0,
     no_limit},
    semantics_option,
    contract_option,
    schedule_option,
    seed_option,
    granularity_option,
    steps_option,
    instructions_option,
};

inline constexpr OptionRule report_rules[] = {
    {"--schedule", false, "--seed"},
    {"--diff", false, "--semantics|--contract|--perfetto"},
};

}  // namespace utsim::cli::options
