// SPDX-License-Identifier: MIT
/// The options of every command, what their values can be, and which cannot be together.
#pragma once

#include <cstdint>
#include <string_view>

#include "cli/command_table.hpp"
#include "scenario/scenario.hpp"

namespace utsim::cli::options {

using V = ValueKind;
inline constexpr std::uint64_t no_limit = ~std::uint64_t{0};

inline constexpr std::string_view granularities[] = {"api", "lock", "access"};
inline constexpr std::string_view run_formats[] = {"none", "text", "jsonl"};
inline constexpr std::string_view replay_formats[] = {"text", "jsonl"};
inline constexpr std::string_view strategies[] = {"auto", "states", "exhaustive",
                                                  "pos",  "pct",    "random"};
inline constexpr std::string_view requirements[] = {"exhaustive", "all-orders"};
inline constexpr std::string_view run_requirements[] = {"tested"};
inline constexpr std::string_view color_choices[] = {"auto", "always", "never"};
inline constexpr std::string_view schemas[] = {"scenario",
                                               "semantics",
                                               "trace",
                                               "demo",
                                               "new",
                                               "templates",
                                               "run",
                                               "exec",
                                               "exec-orders",
                                               "replay",
                                               "replay-trace",
                                               "state",
                                               "state-changes",
                                               "report",
                                               "explore",
                                               "check",
                                               "weights",
                                               "minimize",
                                               "museum",
                                               "museum-list",
                                               "museum-show",
                                               "diff",
                                               "explain",
                                               "coverage",
                                               "validate",
                                               "semantics-list",
                                               "semantics-show",
                                               "semantics-diff",
                                               "asm",
                                               "completion",
                                               "help",
                                               "command",
                                               "version",
                                               "errors"};
inline constexpr std::string_view semantics_actions[] = {"list", "show", "diff"};
inline constexpr std::string_view shells[] = {"bash"};

inline constexpr OptionInfo semantics_option{
    "--semantics",
    "SEM",
    "Which utrace is simulated, instead of what the scenario says: a name, or a JSON file",
    V::semantics,
    {},
    0,
    no_limit};
inline constexpr OptionInfo contract_option{
    "--contract",
    "WHICH",
    "Clauses of the contract to judge by: all, none, ids such as C-038,I1, or all,-C-038 (all)",
    V::clauses,
    {},
    0,
    no_limit};
inline constexpr OptionInfo schedule_option{
    "--schedule",
    "S",
    "Who runs when: A6B2A3 is six steps of actor A, two of B, three of A; fair is in turns",
    V::text,
    {},
    0,
    no_limit};
inline constexpr OptionInfo seed_option{
    "--seed", "N",     "A random schedule; the same number gives the same one", V::number, {},
    0,        no_limit};
inline constexpr OptionInfo granularity_option{
    "--granularity", "LEVEL",       "Where actors can be interrupted: api, lock or access",
    V::choice,       granularities, 0,
    no_limit};
inline constexpr OptionInfo quantum_option{
    "--quantum",
    "N",
    "Instructions that a task runs before another may take its processor (1)",
    V::number,
    {},
    1,
    ScenarioLimits::most_instructions};
inline constexpr OptionInfo steps_option{"--max-steps",
                                         "N",
                                         "End a run after this many scheduling steps",
                                         V::number,
                                         {},
                                         1,
                                         ScenarioLimits::most_steps};
inline constexpr OptionInfo budget_option{
    "--budget", "SECONDS", "End the search after this much time", V::number, {}, 1, 1'000'000};
inline constexpr OptionInfo instructions_option{"--max-instructions",
                                                "N",
                                                "End a run after this many guest instructions",
                                                V::number,
                                                {},
                                                1,
                                                ScenarioLimits::most_instructions};

inline constexpr OptionInfo quiet_option{
    "--quiet", "", "Say only what is wrong; also -q", V::flag, {}, 0, no_limit};
inline constexpr OptionInfo junit_option{
    "--junit", "FILE", "Also write a JUnit report, for CI", V::text, {}, 0, no_limit};
inline constexpr OptionInfo ktap_option{
    "--ktap", "", "Print the result as KTAP, the kernel's test format", V::flag, {}, 0, no_limit};
inline constexpr OptionInfo findings_option{
    "--out", "DIR", "Where the findings are written, a scenario each", V::folder, {}, 0, no_limit};
inline constexpr OptionInfo failures_option{
    "--failures",
    "DIR",
    "Where findings are kept, to be tried first by the next check (.utsim/failures)",
    V::folder,
    {},
    0,
    no_limit};
inline constexpr OptionInfo no_failures_option{
    "--no-failures", "", "Keep none, and try none", V::flag, {}, 0, no_limit};

inline constexpr OptionInfo pages_option{
    "--report",
    "DIR",
    "Where a page about each finding is written, for a browser; index.html is the first",
    V::folder,
    {},
    0,
    no_limit};

inline constexpr OptionInfo shared[] = {
    {"--max-memory",
     "MIB",
     "Give up when more memory than this would be needed (1024)",
     V::number,
     {},
     16,
     no_limit},
    {"--json", "", "Print the result as JSON", V::flag, {}, 0, no_limit},
    {"--color", "WHEN", "auto (a terminal without NO_COLOR), always or never", V::choice,
     color_choices, 0, no_limit},
    {"--help", "", "Explain the command and do nothing", V::flag, {}, 0, no_limit},
};

inline constexpr OptionInfo faults_option{
    "--faults",
    "LIST",
    "What else may happen: alloc, spurious-wake, kill, time-passes, signal:SIGUSR1, with commas",
    V::text,
    {},
    0,
    no_limit};
inline constexpr OptionInfo at_most_option{"--at-most", "N", "Faults in one run (1)", V::number, {},
                                           1,           1000};

inline constexpr OptionInfo explore_options[] = {
    {"--preemptions",
     "N",
     "How often an actor may be interrupted where it could go on (exhaustive: 2, else no bound)",
     V::number,
     {},
     0,
     64},
    {"--strategy", "NAME",
     "states (each state once), exhaustive (each schedule), pos, pct or random (samples), or auto: "
     "states, and samples of all kinds if they are too many (auto)",
     V::choice, strategies, 0, no_limit},
    {"--seed", "N", "First sample (1)", V::number, {}, 0, no_limit},
    {"--runs", "N", "Samples (10000)", V::number, {}, 1, no_limit},
    faults_option,
    at_most_option,
    {"--first", "", "End with the first finding", V::flag, {}, 0, no_limit},
    {"--states",
     "N",
     "States of a round before auto samples (1000000)",
     V::number,
     {},
     1,
     no_limit},
    {"--jobs", "N", "Threads that search (all processors)", V::number, {}, 1, 256},
    {"--audit",
     "",
     "Also check how states are told apart, and by how much too finely",
     V::flag,
     {},
     0,
     no_limit},
    {"--memory",
     "MIB",
     "What kept states may take (2048, or half of --max-memory)",
     V::number,
     {},
     1,
     1 << 20},
    budget_option,
    {"--require", "WHAT",
     "exhaustive: exit 5 unless everything within the bound was searched; all-orders: unless "
     "every order was",
     V::choice, requirements, 0, no_limit},
    pages_option,
    junit_option,
    ktap_option,
    granularity_option,
    quantum_option,
    semantics_option,
    contract_option,
    quiet_option,
    steps_option,
};

inline constexpr OptionRule explore_rules[] = {
    {"--seed", false, "--strategy=states|--strategy=exhaustive"},
    {"--runs", false, "--strategy=states|--strategy=exhaustive"},
    {"--states", false,
     "--strategy=states|--strategy=exhaustive|--strategy=pos|--strategy=pct|--strategy=random"},
    {"--memory", false, "--strategy=pos|--strategy=pct|--strategy=random"},
    {"--audit", false, "--strategy=exhaustive|--strategy=pos|--strategy=pct|--strategy=random"},
    {"--preemptions", false, "--strategy=pos|--strategy=pct|--strategy=random"},
    {"--at-most", true, "--faults"},
    {"--ktap", false, "--json"},
};

inline constexpr OptionInfo check_options[] = {
    semantics_option,
    {"--count",
     "N",
     "Scenarios (10000; without a limit when --time is given)",
     V::number,
     {},
     1,
     no_limit},
    {"--time", "TIME", "End after this much time: 90, 90s, 5m, 2h", V::text, {}, 0, no_limit},
    {"--seed", "N", "Which scenarios, and in which orders (1)", V::number, {}, 0, no_limit},
    {"--focus",
     "WHAT",
     "A clause, a call or an event: what belongs to it is drawn more often",
     V::text,
     {},
     0,
     no_limit},
    {"--orders", "N", "Orders in which each scenario is run (8)", V::number, {}, 1, 64},
    {"--deep",
     "N",
     "States that are gone through of a scenario that has shown something new (1000)",
     V::number,
     {},
     0,
     10'000'000},
    {"--weights",
     "LIST",
     "Other weights of what is generated, as step.barrier=0,op.clone=40",
     V::text,
     {},
     0,
     no_limit},
    {"--list-weights", "", "Print the weights and do nothing", V::flag, {}, 0, no_limit},
    {"--unlawful",
     "",
     "Let engines and callers break their duties, and tell that too",
     V::flag,
     {},
     0,
     no_limit},
    findings_option,
    failures_option,
    no_failures_option,
    {"--shard",
     "I/N",
     "Only the I-th of N parts that make up the check; auto in a job array, or auto/N",
     V::text,
     {},
     0,
     no_limit},
    {"--results",
     "FILE",
     "Add a line to FILE for each block of scenarios, and run none that has one; for utsim merge",
     V::text,
     {},
     0,
     no_limit},
    {"--jobs", "N", "Threads (all processors)", V::number, {}, 1, 256},
    {"--timing", "", "Say how long it took until each was found", V::flag, {}, 0, no_limit},
    pages_option,
    contract_option,
    junit_option,
    ktap_option,
    quiet_option,
};

inline constexpr OptionRule check_rules[] = {
    {"--failures", false, "--no-failures"},
    {"--ktap", false, "--json|--list-weights"},
    {"--report", false, "--list-weights"},
};

inline constexpr OptionInfo merge_options[] = {
    findings_option, failures_option, no_failures_option, pages_option,
    junit_option,    ktap_option,     quiet_option,
};

inline constexpr OptionRule merge_rules[] = {
    {"--failures", false, "--no-failures"},
    {"--ktap", false, "--json"},
};

inline constexpr OptionInfo museum_options[] = {
    {"--list", "", "Print the bugs and search for none", V::flag, {}, 0, no_limit},
    {"--show",
     "",
     "Tell a bug and play the scenario that shows it, instead of searching",
     V::flag,
     {},
     0,
     no_limit},
    {"--seed", "N", "Which scenarios, and in which orders (1)", V::number, {}, 0, no_limit},
    {"--count", "N", "Scenarios for each bug (no limit)", V::number, {}, 1, no_limit},
    {"--time",
     "TIME",
     "End the search for a bug after this much time: 90, 90s, 5m (60s)",
     V::text,
     {},
     0,
     no_limit},
    {"--jobs", "N", "Threads (all processors)", V::number, {}, 1, 256},
    {"--out",
     "DIR",
     "Where what shows them is written, a scenario each",
     V::folder,
     {},
     0,
     no_limit},
    {"--timing", "", "Say how long each search took", V::flag, {}, 0, no_limit},
};

inline constexpr OptionRule museum_rules[] = {
    {"--list", false, "--show"},
    {"--list", false, "--out"},
    {"--show", false, "--out"},
};

inline constexpr OptionInfo minimize_options[] = {
    {"--clause",
     "ID",
     "The breach to keep; without it the first failure of the run",
     V::text,
     {},
     0,
     no_limit},
    semantics_option,
    schedule_option,
    granularity_option,
    {"--out", "FILE", "Where the small scenario is written", V::text, {}, 0, no_limit},
};

inline constexpr OptionInfo coverage_options[] = {
    semantics_option,
    seed_option,
    {"--missed",
     "",
     "List only the clauses that no run has put to the test",
     V::flag,
     {},
     0,
     no_limit},
};

inline constexpr OptionInfo diff_options[] = {
    schedule_option,
    {"--explore", "", "Search schedules of each file for differences", V::flag, {}, 0, no_limit},
    {"--generate",
     "N",
     "Compare N generated scenarios instead of files",
     V::number,
     {},
     1,
     100'000'000},
    {"--seed", "N", "Of the generated scenarios and random walks (1)", V::number, {}, 0, no_limit},
    {"--runs", "N", "Random walks of --explore (1000)", V::number, {}, 0, no_limit},
    {"--out", "DIR", "Where --generate writes the scenarios it found", V::folder, {}, 0, no_limit},
    {"--threads", "N", "How many work for --generate (2)", V::number, {}, 1, 64},
    pages_option,
    budget_option,
    granularity_option,
    steps_option,
};

inline constexpr OptionRule diff_rules[] = {
    {"--explore", false, "--generate|--schedule"},
    {"--schedule", false, "--generate"},
    {"--seed", true, "--explore|--generate"},
    {"--runs", true, "--explore"},
    {"--out", true, "--generate"},
    {"--threads", true, "--generate"},
    {"--budget", true, "--explore|--generate"},
};

inline constexpr OptionInfo explain_options[] = {
    semantics_option,   schedule_option, seed_option,
    granularity_option, steps_option,    instructions_option,
};

inline constexpr OptionRule explain_rules[] = {
    {"--schedule", false, "--seed"},
};

inline constexpr OptionInfo validate_options[] = {quiet_option};

inline constexpr OptionInfo new_options[] = {
    {"--from",
     "TEMPLATE",
     "The scenario to start from (tutorial/stop)",
     V::scenario,
     {},
     0,
     no_limit},
    {"--list", "", "List the templates", V::flag, {}, 0, no_limit},
};

inline constexpr OptionRule new_rules[] = {
    {"--list", false, "--from"},
};

inline constexpr OptionInfo asm_options[] = {
    {"--base", "ADDRESS", "Where the bytes will be loaded (0x401000)", V::text, {}, 0, no_limit},
    {"--bytes",
     "",
     "Print only the bytes, as a scenario's `bytes` takes them",
     V::flag,
     {},
     0,
     no_limit},
};

inline constexpr OptionRule asm_rules[] = {
    {"--bytes", false, "--json"},
};

inline constexpr OptionInfo help_options[] = {
    {"--man", "", "Print the manual page (roff)", V::flag, {}, 0, no_limit},
    {"--markdown", "", "Print the reference part of docs/cli.md", V::flag, {}, 0, no_limit},
    {"--limits", "", "Print every limit, and what raises it", V::flag, {}, 0, no_limit},
};

inline constexpr OptionRule help_rules[] = {
    {"--man", false, "--markdown|--limits|--json"},
    {"--markdown", false, "--limits|--json"},
    {"--limits", false, "--json"},
};

}  // namespace utsim::cli::options
