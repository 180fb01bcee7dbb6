// SPDX-License-Identifier: MIT
// What the exit codes mean, as every document says it.
#include "cli/exit_code.hpp"

#include "cli/command_table.hpp"

namespace utsim::cli {

namespace {

constexpr ExitCodeInfo codes[] = {
    {exit_held, "everything expected held"},
    {exit_violated, "something expected did not hold"},
    {exit_usage, "the command line is wrong"},
    {exit_rejected, "an input file was rejected, or a file is there that is not overwritten"},
    {exit_nothing_ran, "nothing ran"},
    {exit_inconclusive, "inconclusive: what --require asks was not reached"},
    {exit_diverged, "a replay is not what was recorded"},
    {exit_unwritten, "something could not be written, or memory ran out"},
    {exit_internal, "utsim is broken (please report it)"},
    {exit_interrupted, "interrupted, after printing what was found"},
};

}  // namespace

std::span<const ExitCodeInfo> exit_codes() { return codes; }

}  // namespace utsim::cli
