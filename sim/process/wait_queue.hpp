// SPDX-License-Identifier: MIT
/// Who sleeps until something happens to a pipe, a lock word, a terminal: `wait_queue_head_t`.
#pragma once

#include <utsim/errno.hpp>

#include "kernel/wake.hpp"
#include "sched/list.hpp"

namespace utsim {

/// The sleeper's own; it lies on its stack.
struct WaitEntry {
    ListHead node;
    Task* task = nullptr;
};

struct WaitQueue {
    ListHead waiters;

    void init() { list_init(&waiters); }
    void wake_all() {
        for (WaitEntry* entry : list_entries<&WaitEntry::node>(&waiters)) {
            wake_up_state(entry->task, TASK_INTERRUPTIBLE);
        }
    }

private:
    template <typename V>
    friend void describe(V& v, WaitQueue& q) {
        v.field("waiters", q.waiters);
    }
};

inline constexpr std::uint64_t no_deadline = ~std::uint64_t{0};

/// Sleeps until `ready()`, which whoever makes it so must tell by a wake-up: 0. -ETIMEDOUT at `end`
/// (`World::now`), -ERESTARTSYS when a signal is first.
template <typename Ready>
std::int64_t sleep_until_ready(Task* current, std::uint64_t end, const char* function,
                               Ready&& ready) {
    World& world = world_of(current);
    std::int64_t result = 0;
    for (;;) {
        set_task_state(current, TASK_INTERRUPTIBLE);
        if (ready()) break;
        if (world.now() >= end) {
            result = -K_ETIMEDOUT;
            break;
        }
        if (signal_pending(current)) {
            result = -K_ERESTARTSYS;
            break;
        }
        if (end == no_deadline) {
            schedule(current, function);
        } else {
            schedule_timeout(current, end - world.now(), function);
        }
    }
    set_task_state(current, TASK_RUNNING);
    return result;
}

/// The same in `queue`, whose wakers wake all (wait_event).
template <typename Ready>
std::int64_t wait_event(Task* current, WaitQueue& queue, std::uint64_t end, const char* function,
                        Ready&& ready) {
    if (ready()) return 0;
    WaitEntry entry;
    entry.task = current;
    list_add_tail(&entry.node, &queue.waiters);
    const std::int64_t result = sleep_until_ready(current, end, function, ready);
    list_del_init(&entry.node);
    return result;
}

}  // namespace utsim
