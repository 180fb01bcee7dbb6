// SPDX-License-Identifier: MIT
// nanosleep and its restart. The clock ticks in milliseconds, a request is in nanoseconds: the end
// is kept in nanoseconds, so that what is left is never more than what was asked for.
#include <utsim/errno.hpp>

#include "kernel/memory.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t tick = 1'000'000;
constexpr std::int64_t longest = 1'000'000'000;  // seconds; more is cut to that

struct TimeSpec {
    std::int64_t seconds, nanoseconds;
};

std::uint64_t time_now(const Task* current) { return world_of(current).nanoseconds(); }

/// The caller has a moment of the clock in hand. Who has kept one for a restart need not come back
/// for it, so that one stays.
class HeldTime {
public:
    explicit HeldTime(World& world) : world_(world) { world_.hold_time(true); }
    ~HeldTime() {
        if (!kept_) world_.hold_time(false);
    }
    HeldTime(const HeldTime&) = delete;
    HeldTime& operator=(const HeldTime&) = delete;
    void keep() { kept_ = true; }

private:
    World& world_;
    bool kept_ = false;
};

/// Sleeps until `wake_at`. A signal ends it with the remaining time written and a restart prepared.
std::int64_t sleep_until(Task* current, std::uint64_t wake_at, std::uint64_t remaining_address) {
    constexpr const char* function = "do_nanosleep";
    HeldTime time(world_of(current));
    while (time_now(current) < wake_at) {
        set_task_state(current, TASK_INTERRUPTIBLE);
        if (signal_pending(current)) break;
        schedule_timeout(current, (wake_at - time_now(current) + tick - 1) / tick, function);
    }
    set_task_state(current, TASK_RUNNING);
    const std::uint64_t now = time_now(current);
    if (now >= wake_at) return 0;
    const std::uint64_t left = wake_at - now;
    const TimeSpec remaining{static_cast<std::int64_t>(left / second),
                             static_cast<std::int64_t>(left % second)};
    if (remaining_address != 0 &&
        copy_to_user(current, remaining_address, &remaining, sizeof remaining) != 0) {
        return -K_EFAULT;
    }
    current->restart = {true, wake_at, remaining_address};
    time.keep();
    return -K_ERESTART_RESTARTBLOCK;
}

}  // namespace

std::int64_t do_nanosleep(Task* current, std::uint64_t nanoseconds,
                          std::uint64_t remaining_address) {
    return sleep_until(current, time_now(current) + nanoseconds, remaining_address);
}

std::int64_t sys_nanosleep(Task* current) {
    TimeSpec request{};
    const std::uint64_t remaining_address = current->regs.rsi();
    if (copy_from_user(current, &request, current->regs.rdi(), sizeof request) != 0) {
        return -K_EFAULT;
    }
    if (request.seconds < 0 || request.nanoseconds < 0 ||
        request.nanoseconds >= static_cast<std::int64_t>(second)) {
        return -K_EINVAL;
    }
    if (request.seconds > longest) request.seconds = longest;
    const std::uint64_t length = static_cast<std::uint64_t>(request.seconds) * second +
                                 static_cast<std::uint64_t>(request.nanoseconds);
    return do_nanosleep(current, length, remaining_address);
}

std::int64_t sys_restart_syscall(Task* current) {
    const RestartBlock restart = current->restart;
    if (!restart.sleeping) return -K_EINTR;
    return sleep_until(current, restart.wake_at, restart.remaining_address);
}

}  // namespace utsim
