// SPDX-License-Identifier: MIT
// A file of its own: the system's <signal.h> makes macros of names that siginfo's fields have,
// which the public headers use as names.
#include "cli/interrupt.hpp"

#include <csignal>

namespace utsim::cli {

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

}  // namespace

InterruptHandler::InterruptHandler() {
    interrupted.store(false);
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted.store(true); };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
}

InterruptHandler::~InterruptHandler() { std::signal(SIGINT, SIG_DFL); }

const std::atomic<bool>& InterruptHandler::flag() const { return interrupted; }

}  // namespace utsim::cli
