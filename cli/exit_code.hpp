// SPDX-License-Identifier: MIT
/// The exit codes, which are a published contract (docs/cli.md; each has a test).
#pragma once

namespace utsim::cli {

enum ExitCode : int {
    exit_held = 0,           ///< everything expected held
    exit_violated = 1,       ///< something expected did not hold
    exit_usage = 2,          ///< the command line is wrong
    exit_rejected = 3,       ///< an input file is wrong
    exit_nothing_ran = 4,    ///< there was nothing to run
    exit_inconclusive = 5,   ///< what --require asks was not reached
    exit_diverged = 6,       ///< a replay is not what was recorded
    exit_unwritten = 7,      ///< something could not be written, or memory ran out
    exit_internal = 70,      ///< our own mistake
    exit_interrupted = 130,  ///< Ctrl-C, after printing what was found
};

}  // namespace utsim::cli
