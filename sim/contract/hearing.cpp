// SPDX-License-Identifier: MIT
// A mask counts when it was in place before the task entered the kernel, or was woken there: what
// was set later may have come too late for the round.
#include "contract/hearing.hpp"

#include <algorithm>

#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

void expect_heard(Judge& j, EngineId id, bool heard, const char* of_what) {
    j.expect(heard, j.engine(id).masked,
             [&] { return j.name(id) + " did not hear of " + of_what + ", which it asked for"; });
}

/// Since the task entered the kernel or was last woken in it, the later of both.
std::uint64_t latest_moment(const TaskView& task) {
    return std::max(task.entered, task.state_since);
}

void jctl_was_heard(Judge& j, TaskId id, const char* of_what) {
    const std::uint64_t since = latest_moment(j.task(id));
    j.each_engine(id, [&](EngineId engine_id, const EngineView& engine) {
        if (!wants_event(engine, UTRACE_EVENT(EVENT_JCTL), since)) return;
        const std::uint64_t told = j.ledger(engine_id).jctl_report;
        expect_heard(j, engine_id, told != never && told >= since, of_what);
    });
}

}  // namespace

bool wants_event(const EngineView& engine, std::uint64_t event, std::uint64_t before) {
    return engine.stays() && engine.setting == 0 && (engine.mask & event) != 0 &&
           engine.masked < before && engine.attached < before;
}

void exit_was_heard(Judge& j) {
    const TaskId id = j.task_in(0);
    // An engine that comes while the task stops in its exit comes too late, so waking does not
    // count here.
    const std::uint64_t since = j.task(id).entered;
    j.each_engine(id, [&](EngineId engine_id, const EngineView& engine) {
        if (!wants_event(engine, UTRACE_EVENT(EVENT_EXIT), since)) return;
        expect_heard(j, engine_id, j.ledger(engine_id).exit_report != never, "the exit");
    });
}

void stop_was_heard(Judge& j) {
    const TaskId id = j.task_in(0);
    const bool by_itself = j.past().is_current(j.event().actor, id);
    if (j.value(1) == TASK_STOPPED && by_itself) jctl_was_heard(j, id, "a job control stop");
}

void continuation_was_heard(Judge& j) {
    const ActorId actor = j.event().actor;
    const TaskId id = actor.valid() ? TaskId{j.past().actor(actor).task} : TaskId{};
    if (!id.valid() || j.value(1) != CLD_CONTINUED_) return;
    jctl_was_heard(j, id, "the end of a job control stop");
}

}  // namespace utsim
