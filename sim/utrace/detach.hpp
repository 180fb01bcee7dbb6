// SPDX-License-Identifier: MIT
/// How engines leave: first marked, then taken off the list by whoever may touch it (spec 4.1, 4.11
/// to 4.13).
#pragma once

#include "utrace/utrace_struct.hpp"

namespace utsim {

/// spec 4.12. Lock held. Also takes the engine's ENGINE_STOP away.
void mark_engine_detached(Task* target, Engine* engine);

/// Moves the newcomers behind the engines that passes walk. Lock held; only the task itself, or
/// others while it is quiescent (spec 4.1).
void splice_attaching(Utrace* utrace);

/// Removes what is marked detached, recomputes `utrace_flags`, and wakes the task when nobody keeps
/// it stopped any more. Lock held on entry, released on return. True: no engine is left.
bool utrace_reset(Task* task, Utrace* utrace);

/// Drops the attachment reference of each engine on a private list. No locks held.
void put_detached_list(ListHead* detached);

/// Drops one reference; the last one calls `release` (spec 1.8 rule 6).
void put_engine(Engine* engine, const char* function);

}  // namespace utsim
