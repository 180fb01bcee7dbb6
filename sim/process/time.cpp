// SPDX-License-Identifier: MIT
// Clocks. All of them show the same virtual time; CLOCK_REALTIME from a fixed day on, those of
// processes what their instructions took.
#include "process/time.hpp"

#include <algorithm>

#include "kernel/memory.hpp"
#include "kernel/syscalls.hpp"
#include "process/usage.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t longest = 1'000'000'000;  // seconds

struct TimeSpec {
    std::int64_t seconds, rest;
};

std::uint64_t used_time(const Usage& usage) { return usage.user + usage.system; }

/// -EINVAL: no such clock.
std::int64_t read_clock(Task* current, std::int64_t clock, std::uint64_t* out) {
    World& world = world_of(current);
    if (world.on_fiber()) world.hold_time(true);  // whoever has seen it may see it again
    switch (clock) {
        case 0:   // CLOCK_REALTIME
        case 5:   // CLOCK_REALTIME_COARSE
        case 8:   // CLOCK_REALTIME_ALARM
        case 11:  // CLOCK_TAI
            *out = epoch_seconds * nanoseconds_a_second + world.nanoseconds();
            return 0;
        case 2:  // CLOCK_PROCESS_CPUTIME_ID
            *out = used_time(usage_of_process(current));
            return 0;
        case 3:  // CLOCK_THREAD_CPUTIME_ID
            *out = used_time(usage_of_thread(current));
            return 0;
        case 1:  // CLOCK_MONOTONIC
        case 4:  // CLOCK_MONOTONIC_RAW
        case 6:  // CLOCK_MONOTONIC_COARSE
        case 7:  // CLOCK_BOOTTIME
        case 9:  // CLOCK_BOOTTIME_ALARM
            *out = world.nanoseconds();
            return 0;
        default:
            return -K_EINVAL;
    }
}

TimeSpec timespec_of(std::uint64_t nanoseconds) {
    return {static_cast<std::int64_t>(nanoseconds / nanoseconds_a_second),
            static_cast<std::int64_t>(nanoseconds % nanoseconds_a_second)};
}

}  // namespace

std::int64_t copy_timespec(Task* current, std::uint64_t address, std::uint64_t* nanoseconds) {
    TimeSpec time{};
    if (copy_from_user(current, &time, address, sizeof time) != 0) return -K_EFAULT;
    if (time.seconds < 0 || time.rest < 0 ||
        time.rest >= static_cast<std::int64_t>(nanoseconds_a_second)) {
        return -K_EINVAL;
    }
    *nanoseconds =
        std::min(static_cast<std::uint64_t>(time.seconds), longest * 4) * nanoseconds_a_second +
        static_cast<std::uint64_t>(time.rest);
    return 0;
}

std::uint64_t deadline_after(const Task* current, std::uint64_t nanoseconds) {
    const std::uint64_t end = world_of(current).nanoseconds() + nanoseconds;
    return (end + World::tick_time - 1) / World::tick_time;
}

std::uint64_t deadline_at(const Task*, std::uint64_t nanoseconds, bool realtime) {
    if (realtime) nanoseconds -= std::min(nanoseconds, epoch_seconds * nanoseconds_a_second);
    return (nanoseconds + World::tick_time - 1) / World::tick_time;
}

std::int64_t sys_read_clock(Task* current) {
    std::uint64_t now = 0;
    const std::int64_t failed =
        read_clock(current, static_cast<std::int32_t>(current->regs.rdi()), &now);
    if (failed != 0) return failed;
    const TimeSpec time = timespec_of(now);
    return copy_to_user(current, current->regs.rsi(), &time, sizeof time);
}

std::int64_t sys_clock_getres(Task* current) {
    std::uint64_t now = 0;
    const std::int64_t failed =
        read_clock(current, static_cast<std::int32_t>(current->regs.rdi()), &now);
    if (failed != 0 || current->regs.rsi() == 0) return failed;
    const TimeSpec one = timespec_of(World::instruction_time);
    return copy_to_user(current, current->regs.rsi(), &one, sizeof one);
}

std::int64_t sys_read_time_of_day(Task* current) {
    std::uint64_t now = 0;
    read_clock(current, 0, &now);
    const TimeSpec time{static_cast<std::int64_t>(now / nanoseconds_a_second),
                        static_cast<std::int64_t>(now % nanoseconds_a_second / 1000)};
    if (current->regs.rdi() == 0) return 0;
    return copy_to_user(current, current->regs.rdi(), &time, sizeof time);
}

std::int64_t sys_time(Task* current) {
    std::uint64_t now = 0;
    read_clock(current, 0, &now);
    const auto seconds = static_cast<std::int64_t>(now / nanoseconds_a_second);
    const std::uint64_t address = current->regs.rdi();
    if (address != 0 && copy_to_user(current, address, &seconds, sizeof seconds) != 0) {
        return -K_EFAULT;
    }
    return seconds;
}

std::int64_t sys_clock_nanosleep(Task* current) {
    constexpr std::uint64_t timer_abstime = 1;
    std::uint64_t now = 0;
    std::uint64_t request = 0;
    std::int64_t failed = read_clock(current, static_cast<std::int32_t>(current->regs.rdi()), &now);
    if (failed == 0) failed = copy_timespec(current, current->regs.rdx(), &request);
    if (failed != 0) return failed;
    if ((current->regs.rsi() & timer_abstime) == 0) {
        return do_nanosleep(current, request, current->regs.gpr[10]);
    }
    if (request <= now) return 0;
    const std::int64_t result = do_nanosleep(current, request - now, 0);
    return result == -K_ERESTART_RESTARTBLOCK ? -K_ERESTARTNOHAND : result;
}

/// The others have a turn, also where nobody is ever preempted: a program that waits by looking
/// again and again would look forever.
std::int64_t sys_sched_yield(Task* current) {
    world_of(current).sleep(1, BlockReason::timeout, "sys_sched_yield");
    return 0;
}

}  // namespace utsim
