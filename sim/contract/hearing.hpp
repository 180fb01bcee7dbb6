// SPDX-License-Identifier: MIT
/// Who has to hear of a signal, an exit and a job control stop, for C-046.
///
/// Each of these leaves its own trace in the events, so a round that was never made, or that left
/// somebody out, shows when the task goes on without it.
#pragma once

#include "contract/judge.hpp"

namespace utsim {

/// `engine` was set up to hear of `event` before step `before`, and nobody is changing that.
bool wants_event(const EngineView& engine, std::uint64_t event, std::uint64_t before);

/// At an `exit` event: each engine that wanted to hear of it has got report_exit.
void exit_was_heard(Judge& j);
/// At a `task_state` event of a task that stops for job control: each engine that wanted to has
/// heard of it, as report_jctl comes before the stop.
void stop_was_heard(Judge& j);
/// At a `notify_cldstop` event that tells a parent that its child goes on: so have the engines of
/// the thread that tells it.
void continuation_was_heard(Judge& j);

}  // namespace utsim
