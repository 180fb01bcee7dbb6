// SPDX-License-Identifier: MIT
/// What `run` and `replay` let a user decide about a run, and how to decide it again.
#pragma once

#include <string>

#include <utsim/scenario.hpp>
#include <utsim/simulation.hpp>

#include "base/check.hpp"
#include "cli/arguments.hpp"

namespace utsim::cli {

/// --semantics --schedule --seed --granularity --max-steps --max-instructions.
RunOptions run_options(const Arguments& arguments);
/// Those of a run that a search with these options has found, in this order. Nobody stops it; a
/// seed is that of the search.
RunOptions found_options(const Arguments& arguments, const std::string& schedule);
/// Mistakes in those that no table knows; empty when they fit.
std::vector<Error> check_run_options(const Arguments& arguments);

/// `--seed is for scenarios, and t.jsonl is a trace`.
Error for_scenarios_only(std::string_view option, const std::string& file);

/// `utsim replay FILE --schedule=...`: the command that shows this run again. `semantics` is that
/// of the run when the arguments do not say it.
std::string reproduce_command(const Scenario& scenario, const Arguments& arguments,
                              const std::string& schedule, const std::string& semantics = {});

/// What there is to copy from a page about a run: `replay` with the step that was chosen there.
std::vector<std::string> replay_commands(const std::string& replay);

/// A word that a shell takes as it is.
std::string shell_word(const std::string& text);
/// A file, as messages call it, as a word that a command takes for that file: `-` for standard
/// input, `./-x` for what would be an option.
std::string file_argument(const std::string& file);

/// Adds to the report of a failed check how to come back to it.
class ReproduceContext final : public CheckContext {
public:
    explicit ReproduceContext(std::string command) : command_(std::move(command)) {}
    std::string describe() const override { return "  again   " + command_ + "\n"; }

private:
    std::string command_;
};

}  // namespace utsim::cli
