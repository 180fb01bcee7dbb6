// SPDX-License-Identifier: MIT
/// Process groups that nobody looks after.
#pragma once

namespace utsim {

struct Task;

/// Whether the group of `task` is orphaned: stop signals of terminals do nothing to it.
bool pgrp_is_orphaned(const Task* task);
/// `task` ends (`parent` null), or is left by `parent`, which ends. If that orphans its group and
/// somebody in there is stopped, all of it gets SIGHUP and SIGCONT. tasklist_lock held.
void kill_orphaned_pgrp(Task* task, Task* parent);

}  // namespace utsim
