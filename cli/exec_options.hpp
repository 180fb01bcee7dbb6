// SPDX-License-Identifier: MIT
/// The options of `utsim exec`, which stands for a whole scenario, and of `utsim gdb`, which takes
/// programs too.
#pragma once

#include "cli/command_options.hpp"

namespace utsim::cli::options {

inline constexpr OptionInfo root_option{
    "--root", "DIR", "The files that programs find", V::folder, {}, 0, no_limit};
inline constexpr OptionInfo as_option{
    "--as", "PATH",  "Where the program lies among them (/bin/ and its name)", V::text, {},
    0,      no_limit};
inline constexpr OptionInfo uid_option{
    "--uid", "N", "User and group id (0, who may do everything)", V::number, {}, 0, 0x7ffffffe};
inline constexpr OptionInfo no_env_option{
    "--no-env", "", "Start with an empty environment", V::flag, {}, 0, no_limit};

inline constexpr OptionInfo exec_options[] = {
    root_option,
    as_option,
    uid_option,
    no_env_option,
    {"--explore", "", "Run in many orders and list what came of them", V::flag, {}, 0, no_limit},
    {"--until",
     "WHAT",
     "Look for an order with this outcome: hang, exit != 0, output ~ TEXT",
     V::text,
     {},
     0,
     no_limit},
    {"--runs", "N", "Orders that are tried (1000)", V::number, {}, 1, no_limit},
    budget_option,
    faults_option,
    at_most_option,
    {"--trace", "FILE", "Write the run's trace to FILE", V::text, {}, 0, no_limit},
    {"--trace-instructions",
     "",
     "Tell each instruction in it, instead of how many there were",
     V::flag,
     {},
     0,
     no_limit},
    {"--pack", "", "Put the files into the trace as well", V::flag, {}, 0, no_limit},
    {"--contract",
     "WHICH",
     "Judge the run as well: all, or clauses such as P-1,C-038",
     V::clauses,
     {},
     0,
     no_limit},
    semantics_option,
    schedule_option,
    seed_option,
    granularity_option,
    steps_option,
    instructions_option,
    {"--max-events",
     "N",
     "End a run after this many events (100000000)",
     V::number,
     {},
     1,
     ScenarioLimits::most_events},
};

inline constexpr OptionRule exec_rules[] = {
    {"--trace", false, "--explore|--until"},           {"--json", false, "--trace=-"},
    {"--trace-instructions", true, "--trace"},         {"--pack", true, "--trace"},
    {"--schedule", false, "--seed|--explore|--until"}, {"--runs", true, "--explore|--until"},
    {"--budget", true, "--explore|--until"},           {"--contract", false, "--explore|--until"},
    {"--faults", true, "--explore|--until"},           {"--at-most", true, "--faults"},
};

inline constexpr OptionInfo gdb_options[] = {
    {"--port", "N", "Listen on this port of 127.0.0.1 (one that is free)", V::number, {}, 1, 65535},
    {"--launch", "", "Start gdb, and end with it", V::flag, {}, 0, no_limit},
    {"--at", "STEP", "Begin at this step", V::number, {}, 0, no_limit},
    semantics_option,
    schedule_option,
    seed_option,
    granularity_option,
    root_option,
    as_option,
    uid_option,
    no_env_option,
    steps_option,
    instructions_option,
};

inline constexpr OptionRule gdb_rules[] = {
    {"--schedule", false, "--seed"},
};

}  // namespace utsim::cli::options
