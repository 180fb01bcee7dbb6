// SPDX-License-Identifier: MIT
/// What the arguments of a system call mean, in the words of strace, for whoever reads the trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "process/argument_text.hpp"

namespace utsim {

struct Task;

/// One argument of a call, and what is needed to say what it means.
struct Argument {
    const Task* task;
    const std::uint64_t* all;  ///< the six of the call
    std::size_t index;
    std::int64_t result;  ///< 0 while the call is only beginning

    std::uint64_t value() const { return all[index]; }
    std::uint64_t next() const { return index + 1 < 6 ? all[index + 1] : 0; }
};

/// Bytes of the caller's memory as far as they are there: how many.
std::size_t read_argument(const Argument& argument, std::uint64_t address, void* out,
                          std::size_t n);

template <typename T>
bool read_struct(const Argument& argument, std::uint64_t address, T& out) {
    return read_argument(argument, address, &out, sizeof out) == sizeof out;
}

// Signals and waiting (argument_signal.cpp); the address, where nothing can be read.
void write_siginfo(ArgumentText& out, const Argument& argument);
void write_sigset(ArgumentText& out, const Argument& argument);
void write_sigaction(ArgumentText& out, const Argument& argument);
void write_stack(ArgumentText& out, const Argument& argument);
/// A wait status as people read it, not as macros take it apart.
void write_status(ArgumentText& out, const Argument& argument);

// The last two arguments of ptrace, whose types depend on the request (argument_ptrace.cpp).
void write_ptrace_address(ArgumentText& out, const Argument& argument);
void write_ptrace_data(ArgumentText& out, const Argument& argument);
/// The request answers where the fourth argument points to.
bool ptrace_writes_data(std::uint64_t request);

/// See `ProcessHooks::write_arguments`.
std::size_t write_arguments(const Task* current, std::int64_t nr, const std::int64_t* result,
                            char* out, std::size_t room);

}  // namespace utsim
