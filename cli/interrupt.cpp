// SPDX-License-Identifier: MIT
// A file of its own: the system's <signal.h> makes macros of names that siginfo's fields have,
// which the public headers use as names. The handlers have a stack of their own, since a fiber's
// is small, and may be what has run out.
#include "cli/interrupt.hpp"

#include <csignal>
#include <cstdint>
#include <cstdlib>

#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/out_of_memory.hpp"
#include "cli/exit_code.hpp"
#include "cli/memory.hpp"
#include "cli/output_file.hpp"

namespace utsim::cli {

namespace {

std::atomic<bool> pressed{false};
std::atomic<std::int64_t> first_press{0};  // milliseconds
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler sets it");

/// timeout(1) signals both the command and its group, which is not somebody who presses it again.
constexpr std::int64_t one_press = 100;  // milliseconds

/// Whoever cannot wait presses it again. On a machine that is busy it takes a moment to come to
/// where somebody asks.
constexpr time_t patience = 2;  // seconds
constexpr std::size_t handler_stack = std::size_t{64} << 10;
alignas(16) char stack_of_handlers[handler_stack];

void set_timer(time_t seconds) {
    itimerval timer{};
    timer.it_value.tv_sec = seconds;
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

/// Ends the program as if there was no handler.
void end_by(int signal) {
    remove_unfinished_file();
    std::signal(signal, SIG_DFL);
    ::raise(signal);
}

std::int64_t milliseconds_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void on_interrupt(int signal) {
    const std::int64_t now = milliseconds_now();
    std::int64_t first = 0;
    if (first_press.compare_exchange_strong(first, now)) {
        pressed = true;
        set_timer(patience);
    } else if (now - first > one_press) {
        end_by(signal);
    }
}

void on_timer(int) {
    remove_unfinished_file();
    (void)write_all(STDERR_FILENO, "utsim: interrupted\n");
    std::_Exit(exit_interrupted);
}

#ifndef __SANITIZE_ADDRESS__
/// A fault near the stack pointer is a stack that has run out.
void on_fault(int signal, siginfo_t* info, void* context) {
    const auto place = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const auto stack = static_cast<std::uintptr_t>(
        static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RSP]);
    constexpr std::uintptr_t near = std::uintptr_t{64} << 10;
    if (place + near > stack && place < stack + near) {
        // What is saved when memory runs out needs an allocator, and this may be in the middle of
        // it.
        at_out_of_memory(nullptr, nullptr);
        out_of_memory("the stack (see ulimit -s)");
    }
    end_by(signal);
}
#endif

void handle(int signal, void (*handler)(int), int flags) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = flags | SA_ONSTACK;
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_interrupts() {
    stack_t stack{};
    stack.ss_sp = stack_of_handlers;
    stack.ss_size = handler_stack;
    ::sigaltstack(&stack, nullptr);
    handle(SIGINT, on_interrupt, SA_RESTART);
    handle(SIGALRM, on_timer, 0);
    handle(SIGTERM, end_by, 0);
    struct sigaction before{};
    ::sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN) handle(SIGHUP, end_by, 0);
#ifndef __SANITIZE_ADDRESS__
    struct sigaction fault{};
    fault.sa_sigaction = on_fault;
    fault.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND);
    ::sigaction(SIGSEGV, &fault, nullptr);
#endif
}

const std::atomic<bool>& interrupt_flag() { return pressed; }

bool interrupted() {
    if (!pressed.load()) return false;
    set_timer(0);
    return true;
}

}  // namespace utsim::cli
