// SPDX-License-Identifier: MIT
// A file of its own: the system's <signal.h> makes macros of names that siginfo's fields have,
// which the public headers use as names. The handlers have a stack of their own, since a fiber's
// is small, and may be what has run out.
#include "cli/interrupt.hpp"

#include <csignal>
#include <cstdint>
#include <cstdlib>

#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/out_of_memory.hpp"
#include "cli/exit_code.hpp"
#include "cli/memory.hpp"
#include "cli/output_file.hpp"

namespace utsim::cli {

namespace {

std::atomic<bool> pressed{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

constexpr suseconds_t patience = 500'000;  // microseconds
constexpr std::size_t handler_stack = std::size_t{64} << 10;
alignas(16) char stack_of_handlers[handler_stack];

void set_timer(suseconds_t microseconds) {
    itimerval timer{};
    timer.it_value.tv_usec = microseconds;
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

/// Ends the program as if there was no handler.
void end_by(int signal) {
    remove_unfinished_file();
    std::signal(signal, SIG_DFL);
    ::raise(signal);
}

void on_interrupt(int signal) {
    if (pressed.exchange(true)) return end_by(signal);
    set_timer(patience);
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
