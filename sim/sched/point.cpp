// SPDX-License-Identifier: MIT
// The words of the scheduling vocabulary: what breakpoints, schedules and reports are spelt with.
#include "sched/point.hpp"

#include <iterator>

#include "base/check.hpp"
#include "sched/chooser.hpp"
#include "sched/world.hpp"

namespace utsim {

const char* point_kind_name(PointKind kind) {
    static constexpr const char* names[] = {
        "start",   "call",          "callback",   "in_callback", "schedule", "user",
        "sleep",   "wake_new_task", "controller", "lock",        "unlock",   "unlock_wait",
        "barrier", "flag",          "resched",    "access",
    };
    static_assert(std::size(names) == static_cast<std::size_t>(PointKind::access) + 1);
    return names[static_cast<std::size_t>(kind)];
}

const char* lock_class_name(LockClass lock) {
    static constexpr const char* names[] = {"none",      "utrace",   "tasklist", "siglock",
                                            "task_lock", "runqueue", "mmap_sem", "test"};
    static_assert(std::size(names) == lock_class_count);
    return names[static_cast<std::size_t>(lock)];
}

const char* choice_kind_name(ChoiceKind kind) {
    static constexpr const char* names[] = {"alloc",  "waiter", "delivery",   "spurious-wake",
                                            "signal", "kill",   "time-passes"};
    static_assert(std::size(names) == choice_kind_count);
    return names[static_cast<std::size_t>(kind)];
}

const char* run_end_name(RunEnd end) {
    static constexpr const char* names[] = {"quiet", "deadlock", "livelock", "limit",
                                            "bug",   "stopped",  "paused"};
    static_assert(std::size(names) == static_cast<std::size_t>(RunEnd::paused) + 1);
    return names[static_cast<std::size_t>(end)];
}

std::uint32_t Chooser::choose(const World&, ChoiceKind, std::uint32_t) { return 0; }

}  // namespace utsim
