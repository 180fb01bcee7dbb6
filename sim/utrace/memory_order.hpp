// SPDX-License-Identifier: MIT
/// The barriers of spec 1.10, as scheduling points.
///
/// Memory is sequentially consistent here, so a barrier orders nothing. It marks a place where the
/// kernel relies on an order between two sides, and that is where another actor may come in.
#pragma once

#include "kernel/task.hpp"
#include "sched/world.hpp"

namespace utsim {

inline void smp_mb(const Task* task, const char* function) {
    world_of(task).point(PointKind::barrier, function, about(task->id));
}
inline void smp_rmb(const Task* task, const char* function) { smp_mb(task, function); }
inline void smp_wmb(const Task* task, const char* function) { smp_mb(task, function); }

}  // namespace utsim
