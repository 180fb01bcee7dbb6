// SPDX-License-Identifier: MIT
/// From a semantics to what it breaks of its own contract: scenarios are generated, each is run in
/// many orders, and what a clause finds fault with is made small and told.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <utsim/generate.hpp>
#include <utsim/result.hpp>

namespace utsim {

/// How far a check has come.
struct CheckProgress {
    std::uint64_t scenarios = 0;
    std::uint64_t runs = 0;
    std::uint64_t kept = 0;      ///< scenarios that added something and are varied
    std::uint64_t findings = 0;  ///< distinct ones so far
    bool minimizing = false;
};

/// A distinct finding, as small as it could be made.
struct CheckFinding {
    std::string clause;
    std::string promise;  ///< the sentence of the contract
    std::string message;  ///< what the monitor said
    std::string by;       ///< who broke it: `utrace`, an engine's name, `caller`
    /// In which it is broken, and then those in whose midst somebody else acted.
    std::vector<std::string> functions;
    std::string scenario;  ///< text of a file that shows it, with its schedule, and expects it
    std::string schedule;  ///< empty: nobody is preempted
    std::uint64_t steps = 0;
    std::uint64_t switches = 0;     ///< of the schedule
    std::uint64_t preemptions = 0;  ///< of these, away from somebody who could go on
    std::uint64_t calls = 0;        ///< calls of the API in the run
    std::uint64_t callbacks = 0;
    std::uint64_t index = 0;             ///< the scenario that showed it first
    std::uint64_t scenarios = 0;         ///< how many showed it
    std::vector<std::string> broken_in;  ///< recorded versions that break the clause here
    std::vector<std::string> story;      ///< who did what, sentence by sentence
    std::uint64_t found_after_ms = 0;    ///< for people: it depends on the machine
    std::uint64_t minimized_in_ms = 0;
};

/// A breach that was met, and that nobody has made small: the check ended before, or it was done in
/// a block that is missing.
struct CheckMet {
    std::string clause;
    std::string promise;          ///< the sentence of the contract
    std::string function;         ///< in which it is broken
    std::uint64_t index = 0;      ///< a scenario that shows it
    std::uint64_t scenarios = 0;  ///< how many do
};

/// What was reached, and what was not.
struct CheckCoverage {
    struct Item {
        std::string id;
        std::string what;
        bool reached = false;
    };
    std::vector<Item> windows;  ///< of the state machine: somebody else acted in it
    std::vector<Item> clauses;  ///< that were put to the test
    std::uint64_t ways = 0;     ///< from one scheduling point to the next, and who met whom there
};

struct CheckOptions {
    std::string semantics;  ///< empty: F
    /// Only what this semantics keeps in the same scenario is a finding; empty: everything is.
    std::string kept_by;
    std::string contract = "all";
    std::uint64_t seed = 1;
    std::uint64_t count = 10'000;          ///< scenarios
    /// Wall-clock time, which can only end a check. What was found until then is made small for a
    /// tenth of it more, and for five seconds at least.
    std::optional<std::uint64_t> time_ms;
    std::uint64_t orders = 8;              ///< in which each scenario is run
    /// States that are gone through of a scenario that has shown something new; 0: none.
    std::uint64_t deep_states = 1000;
    GeneratorOptions generator;
    bool until_found = false;  ///< ends when there is a finding; the batches are small then
    unsigned jobs = 1;         ///< threads; what is found is the same with any number
    /// Texts of scenarios that are tried first: findings of earlier checks.
    std::vector<std::string> first;
    /// A check is a sequence of blocks of scenarios that know nothing of each other. Only those of
    /// this part are run; all parts together are the whole.
    std::uint64_t shard = 1;   ///< from 1
    std::uint64_t shards = 1;  ///< how many there are
    /// Lines of `block_done` from earlier on: these blocks are taken from there. A line of another
    /// check is an error; what is no such line does not matter.
    std::vector<std::string> results;
    std::string results_file;  ///< what messages call it
    /// Called with a line of text for each block that was run to its end. The same block of the
    /// same check gives the same line wherever, and as often as, it is run.
    std::function<void(const std::string&)> block_done;
    /// Called now and then, never on two threads at once.
    std::function<void(const CheckProgress&)> progress;
    const std::atomic<bool>* stop = nullptr;
};

struct CheckReport {
    std::string semantics;  ///< the shortest text that says it
    std::string kept_by;
    std::vector<CheckFinding> findings;  ///< in the order in which they were met
    std::vector<CheckMet> not_small;     ///< what is found as well, but not made small
    CheckCoverage coverage;
    std::uint64_t scenarios = 0;
    std::uint64_t runs = 0;
    std::uint64_t states = 0;    ///< of those that were searched deeply
    std::uint64_t deep = 0;      ///< how many were
    std::uint64_t kept = 0;      ///< scenarios that added something
    std::uint64_t unlawful = 0;  ///< runs in which an engine or a caller broke a duty
    bool interrupted = false;
    bool out_of_time = false;
};

/// Checks. Options that mean nothing are errors.
Result<CheckReport> check(const CheckOptions& options = {});

/// A file with lines of `CheckOptions::block_done`.
struct CheckResults {
    std::string file;  ///< what messages call it
    std::string text;
};

/// The parts of a check put together.
struct MergedCheck {
    CheckReport report;         ///< what one process would have reported
    std::uint64_t blocks = 0;   ///< that are in the files
    std::uint64_t missing = 0;  ///< that are in none; a check with `time_ms` misses none
    std::vector<std::uint64_t> missing_blocks;  ///< the first hundred of these
    std::uint64_t repeated = 0;                 ///< lines about a block that had one already
    std::uint64_t cut_off = 0;                  ///< lines that are not whole
};

/// Joins files that are about the same check; others, and files without any line of that kind, are
/// errors. Order and repetitions do not matter.
Result<MergedCheck> merge_checks(const std::vector<CheckResults>& files);
/// The whole lines among those of `text`, for `CheckOptions::results`; an error as above.
Result<std::vector<std::string>> check_result_lines(const CheckResults& file);

struct MinimizeOptions {
    std::string semantics;  ///< empty: the scenario's
    std::string schedule;   ///< of the failing run; empty: the scenario's
    std::string clause;     ///< the breach to keep; empty: the first failure of the run
    const std::atomic<bool>* stop = nullptr;
    std::string granularity;  ///< of the failing run; empty: the scenario's
};

/// How large a failing run is.
struct FailureSize {
    std::uint64_t bytes = 0;  ///< of the scenario's text without layout, title and notes
    std::uint64_t switches = 0;
    std::uint64_t calls = 0;
    std::uint64_t callbacks = 0;
    std::uint64_t steps = 0;
};

struct MinimizeReport {
    std::string kind;      ///< the clause, or `expect`, `deadlock`, `bug` and so on
    std::string message;   ///< what was said of the small run
    std::string scenario;  ///< text of a file that fails so; a breach is expected in it
    std::string schedule;
    FailureSize before;
    FailureSize after;
    std::uint64_t runs = 0;               ///< it took
    std::optional<CheckFinding> finding;  ///< what there is to say of a breach
};

/// Makes a failing scenario small: afterwards it fails in the same way, a clause in the same
/// function. `text` is the scenario's, `file` what messages call it. A run in which nothing fails
/// is an error.
Result<MinimizeReport> minimize_scenario(const std::string& text, const std::string& file,
                                         const MinimizeOptions& options = {});

}  // namespace utsim
