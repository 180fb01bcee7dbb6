// SPDX-License-Identifier: MIT
// Interval timers. A kernel thread sleeps until the first of them is due and sends the signals;
// when that and something else fall on the same moment, who is first is a choice of the run.
#include "process/timers.hpp"

#include <algorithm>

#include "kernel/boot.hpp"
#include "kernel/memory.hpp"
#include "kernel/signal.hpp"
#include "process/time.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t microsecond = 1000;
constexpr const char* function = "it_real_fn";

template <typename Visit>
void for_each_timer(Kernel& kernel, const Visit& visit) {
    for (Task* task : list_entries<&Task::tasks>(&kernel.tasks)) {
        if (task->process == nullptr || !thread_group_leader(task)) continue;
        IntervalTimer& timer = process_of(task).group->real_timer;
        if (timer.expires != 0) visit(task, timer);
    }
}

/// Sends what is due.
void fire_timers(Kernel& kernel) {
    const std::uint64_t now = kernel.world->nanoseconds();
    kernel.tasklist_lock.read_lock(function);
    for_each_timer(kernel, [&](Task* task, IntervalTimer& timer) {
        if (timer.expires > now) return;
        timer.expired = timer.expires;
        timer.expires = 0;
        SigInfo info;
        info.si_signo = K_SIGALRM;
        info.si_code = K_SI_KERNEL;
        send_signal_to(task, K_SIGALRM, &info, true);
    });
    kernel.tasklist_lock.read_unlock(function);
}

/// In nanoseconds, or `no_deadline`. Nobody else can run meanwhile.
std::uint64_t next_expiry(Kernel& kernel) {
    std::uint64_t next = no_deadline;
    for_each_timer(
        kernel, [&](Task*, const IntervalTimer& timer) { next = std::min(next, timer.expires); });
    return next;
}

void timer_thread(void* argument) {
    auto& kernel = *static_cast<Kernel*>(argument);
    World& world = *kernel.world;
    Task* current = current_task(world);
    for (;;) {
        fire_timers(kernel);
        set_task_state(current, TASK_INTERRUPTIBLE);
        // Until it sleeps nobody else runs, who could arm one without waking it.
        const std::uint64_t next = next_expiry(kernel);
        const std::uint64_t tick = (next + World::tick_time - 1) / World::tick_time;
        if (next == no_deadline) {
            world.block(BlockReason::user_idle, function);
        } else if (tick > world.now()) {
            world.sleep(tick - world.now(), BlockReason::timeout, function);
        }
        set_task_state(current, TASK_RUNNING);
    }
}

void wake_thread(Task* current) {
    Task* thread = processes_of(current).timer_thread;
    if (thread != nullptr) world_of(current).make_ready(*actor_of(thread));
}

/// Sets the caller's timer; what was left of the one before, in nanoseconds.
std::uint64_t arm(Task* current, std::uint64_t value, std::uint64_t interval) {
    World& world = world_of(current);
    IntervalTimer& timer = process_of(current).group->real_timer;
    const std::uint64_t now = world.nanoseconds();
    const std::uint64_t left = timer.expires > now ? timer.expires - now : 0;
    timer.expires = value != 0 ? now + value : 0;
    timer.interval = value != 0 ? interval : 0;
    if (value != 0) wake_thread(current);
    return left;
}

struct TimeValue {
    std::int64_t seconds, microseconds;
};
struct ITimerValue {
    TimeValue interval, value;
};

TimeValue time_value(std::uint64_t nanoseconds) {
    return {static_cast<std::int64_t>(nanoseconds / nanoseconds_a_second),
            static_cast<std::int64_t>(nanoseconds % nanoseconds_a_second / microsecond)};
}

bool is_good(const TimeValue& time) {
    return time.seconds >= 0 && time.microseconds >= 0 && time.microseconds < 1'000'000;
}

std::uint64_t nanoseconds_of(const TimeValue& time) {
    const auto seconds =
        std::min<std::uint64_t>(static_cast<std::uint64_t>(time.seconds), 1'000'000'000);
    return seconds * nanoseconds_a_second +
           static_cast<std::uint64_t>(time.microseconds) * microsecond;
}

}  // namespace

void start_timers(Kernel& kernel) {
    kernel.processes->timer_thread = create_kthread(kernel, "timers", timer_thread, &kernel);
}

void continue_timer(Task* current) {
    IntervalTimer& timer = process_of(current).group->real_timer;
    if (timer.interval == 0 || timer.expires != 0) return;
    const std::uint64_t passed = world_of(current).nanoseconds() - timer.expired;
    timer.expires = timer.expired + (passed / timer.interval + 1) * timer.interval;
    wake_thread(current);
}

void disarm_timers(ProcessGroup& group) { group.real_timer = {}; }

std::int64_t sys_alarm(Task* current) {
    const std::uint64_t seconds =
        std::min<std::uint64_t>(static_cast<std::uint32_t>(current->regs.rdi()), 1'000'000'000);
    const std::uint64_t left = arm(current, seconds * nanoseconds_a_second, 0);
    if (left == 0) return 0;
    // Rounded, but never to nothing.
    return static_cast<std::int64_t>(
        std::max<std::uint64_t>((left + nanoseconds_a_second / 2) / nanoseconds_a_second, 1));
}

std::int64_t sys_setitimer(Task* current) {
    const std::uint64_t address = current->regs.rsi();
    const std::uint64_t old_address = current->regs.rdx();
    ITimerValue wanted{};
    if (static_cast<std::int32_t>(current->regs.rdi()) != 0) return -K_EINVAL;
    if (address != 0 && copy_from_user(current, &wanted, address, sizeof wanted) != 0) {
        return -K_EFAULT;
    }
    if (!is_good(wanted.interval) || !is_good(wanted.value)) return -K_EINVAL;
    const std::uint64_t interval = process_of(current).group->real_timer.interval;
    const std::uint64_t left =
        arm(current, nanoseconds_of(wanted.value), nanoseconds_of(wanted.interval));
    const ITimerValue old{time_value(interval), time_value(left)};
    return old_address != 0 ? copy_to_user(current, old_address, &old, sizeof old) : 0;
}

std::int64_t sys_getitimer(Task* current) {
    if (static_cast<std::int32_t>(current->regs.rdi()) != 0) return -K_EINVAL;
    const IntervalTimer& timer = process_of(current).group->real_timer;
    const std::uint64_t now = world_of(current).nanoseconds();
    const ITimerValue value{time_value(timer.interval),
                            time_value(timer.expires > now ? timer.expires - now : 0)};
    return copy_to_user(current, current->regs.rsi(), &value, sizeof value);
}

}  // namespace utsim
