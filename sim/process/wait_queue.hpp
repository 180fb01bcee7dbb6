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
    bool empty() const { return list_empty(&waiters); }

private:
    template <typename V>
    friend void describe(V& v, WaitQueue& q) {
        v.field("waiters", q.waiters);
    }
};

/// Sleeps in `queue` until `ready()`; 0, or -ERESTARTSYS when a signal is first (wait_event).
template <typename Ready>
std::int64_t wait_event(Task* current, WaitQueue& queue, const char* function, Ready&& ready) {
    if (ready()) return 0;
    WaitEntry entry;
    entry.task = current;
    list_add_tail(&entry.node, &queue.waiters);
    std::int64_t result = 0;
    for (;;) {
        set_task_state(current, TASK_INTERRUPTIBLE);
        if (ready()) break;
        if (signal_pending(current)) {
            result = -K_ERESTARTSYS;
            break;
        }
        schedule(current, function);
    }
    set_task_state(current, TASK_RUNNING);
    list_del_init(&entry.node);
    return result;
}

/// The same until `end` (`World::now`) at the latest: then -ETIMEDOUT.
template <typename Ready>
std::int64_t wait_event_until(Task* current, WaitQueue& queue, std::uint64_t end,
                              const char* function, Ready&& ready) {
    World& world = world_of(current);
    WaitEntry entry;
    entry.task = current;
    list_add_tail(&entry.node, &queue.waiters);
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
        schedule_timeout(current, end - world.now(), function);
    }
    set_task_state(current, TASK_RUNNING);
    list_del_init(&entry.node);
    return result;
}

}  // namespace utsim
