// SPDX-License-Identifier: MIT
/// The options of `utsim run` and `utsim replay`, which narrow what is shown in the same way.
#pragma once

#include "cli/command_options.hpp"

namespace utsim::cli::options {

inline constexpr OptionInfo only_option{
    "--only",
    "KINDS",
    "Show these only: callback, api, signal, stop, syscall and so on, or names of kinds",
    V::text,
    {},
    0,
    no_limit};
inline constexpr OptionInfo task_option{
    "--task", "NAME", "Show what this task does and what is about it", V::text, {}, 0, no_limit};
inline constexpr OptionInfo engine_option{
    "--engine", "NAME", "Show what is about this engine", V::text, {}, 0, no_limit};
inline constexpr OptionInfo from_option{
    "--from", "STEP", "Show nothing before this step", V::number, {}, 0, no_limit};
inline constexpr OptionInfo until_option{
    "--until", "STEP", "Show nothing after this step", V::number, {}, 0, no_limit};
inline constexpr OptionInfo around_option{
    "--around", "STEP,N", "Show this step, and N before and after it", V::text, {}, 0, no_limit};
inline constexpr OptionInfo quiet_instructions_option{
    "--quiet-instructions",
    "",
    "Tell instructions with nothing between them in one line",
    V::flag,
    {},
    0,
    no_limit};

inline constexpr OptionInfo run_options[] = {
    semantics_option,
    contract_option,
    schedule_option,
    seed_option,
    quantum_option,
    granularity_option,
    {"--trace",
     "FILE",
     "Write the run's trace to FILE (- for the terminal); for one scenario",
     V::text,
     {},
     0,
     no_limit},
    {"--format", "FORM", "Form of the trace: jsonl (with --trace), text or none", V::choice,
     run_formats, 0, no_limit},
    from_option,
    until_option,
    around_option,
    only_option,
    task_option,
    engine_option,
    quiet_instructions_option,
    {"--require", "WHAT", "tested: exit 5 if an expectation never had a chance to fail", V::choice,
     run_requirements, 0, no_limit},
    {"--fail-on-vacuous",
     "",
     "The same as a failure: exit 1, and failed in reports",
     V::flag,
     {},
     0,
     no_limit},
    junit_option,
    ktap_option,
    quiet_option,
    steps_option,
    instructions_option,
};

inline constexpr OptionRule run_rules[] = {
    {"--schedule", false, "--seed"},
    {"--quantum", true, "--seed"},
    {"--trace", false, "--format=none"},
    {"--ktap", false, "--json|--format=text|--format=jsonl|--trace=-"},
    {"--fail-on-vacuous", false, "--require"},
    {"--around", false, "--from|--until"},
    {"--from", true, "--trace|--format"},
    {"--until", true, "--trace|--format"},
    {"--around", true, "--trace|--format"},
    {"--only", true, "--trace|--format"},
    {"--task", true, "--trace|--format"},
    {"--engine", true, "--trace|--format"},
    {"--quiet-instructions", true, "--trace|--format"},
};

inline constexpr OptionInfo replay_options[] = {
    semantics_option,
    contract_option,
    schedule_option,
    seed_option,
    quantum_option,
    granularity_option,
    {"--format", "FORM", "Form of the trace: text or jsonl", V::choice, replay_formats, 0,
     no_limit},
    {"--columns",
     "",
     "A column for every actor and engine instead of lines",
     V::flag,
     {},
     0,
     no_limit},
    {"--full", "", "Also show every lock and cell event", V::flag, {}, 0, no_limit},
    from_option,
    until_option,
    {"--at", "STEP", "Show this step only", V::number, {}, 0, no_limit},
    around_option,
    only_option,
    task_option,
    engine_option,
    quiet_instructions_option,
    {"--state",
     "[PART]",
     "With --at: all that is there after the step, or a part of it, as tasks.NAME.utrace; A..B "
     "instead of a part: what changed from one step to the other",
     V::text,
     {},
     0,
     no_limit},
    steps_option,
    instructions_option,
};

inline constexpr OptionRule replay_rules[] = {
    {"--schedule", false, "--seed"},
    {"--quantum", true, "--seed"},
    {"--at", false, "--from|--until"},
    {"--around", false, "--at|--from|--until"},
    {"--json", false, "--format"},
    {"--columns", false, "--format=jsonl|--json"},
    {"--full", false, "--format=jsonl|--json"},
    {"--state", false,
     "--format|--columns|--full|--from|--until|--around|--only|--task|--engine|"
     "--quiet-instructions"},
};

}  // namespace utsim::cli::options
