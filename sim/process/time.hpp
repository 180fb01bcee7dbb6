// SPDX-License-Identifier: MIT
/// Time as programs see it. Everything is virtual: it begins at a fixed moment and passes with
/// instructions and calls (`World::run_clock`).
#pragma once

#include <cstdint>

#include "process/process.hpp"

namespace utsim {

/// What CLOCK_REALTIME says when a run begins: 2009-10-25 00:00:00 UTC.
inline constexpr std::uint64_t epoch_seconds = 1'256'428'800;
inline constexpr std::uint64_t nanoseconds_a_second = 1'000'000'000;

/// Reads a `struct timespec` as nanoseconds: 0, -EFAULT or -EINVAL. What is longer than thousand
/// million seconds is cut to that.
std::int64_t copy_timespec(Task* current, std::uint64_t address, std::uint64_t* nanoseconds);
/// When that time will have passed, in ticks; rounded up, since no sleep is shorter than asked for.
std::uint64_t deadline_after(const Task* current, std::uint64_t nanoseconds);
/// When the clock will show that, in ticks.
std::uint64_t deadline_at(const Task* current, std::uint64_t nanoseconds, bool realtime);

std::int64_t sys_read_clock(Task* current);
std::int64_t sys_clock_getres(Task* current);
std::int64_t sys_read_time_of_day(Task* current);
std::int64_t sys_time(Task* current);
std::int64_t sys_sched_yield(Task* current);
std::int64_t sys_clock_nanosleep(Task* current);

}  // namespace utsim
