// SPDX-License-Identifier: MIT
// Attaching engines, looking them up, and when a new one begins to hear of things.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"

namespace utsim {

namespace {

bool is_attach(const ApiReading& api) {
    return api.call == ApiCall::attach || api.call == ApiCall::lookup;
}

/// Whether `engine` fits what an attach or look-up goes by. Tables that were not numbered fit.
bool matches(const EngineView& engine, std::uint64_t flags, std::int64_t ops, std::uint64_t data) {
    const bool by_ops = (flags & UTRACE_ATTACH_MATCH_OPS) != 0;
    const bool by_data = (flags & UTRACE_ATTACH_MATCH_DATA) != 0;
    if (by_ops && engine.ops != 0 && ops != 0 && engine.ops != ops) return false;
    return !by_data || engine.data == data;
}

/// A look-up that found something under a flag that restricts it.
bool found_with(const Judge& j, std::uint64_t flag) {
    const ApiReading api = j.api();
    return api.call == ApiCall::lookup && api.result == 0 && (api.flags & flag) != 0;
}

/// The caller runs a callback in the target itself, or in the parent that is reporting it.
bool target_is_surely_alive(const Judge& j, TaskId target) {
    if (j.past().is_current(j.event().actor, target)) {
        return j.task(target).calling != EngineId::none_value;
    }
    const TaskId parent{j.task(target).parent};
    if (!parent.valid() || !j.past().is_current(j.event().actor, parent)) return false;
    const EngineId reporter{j.task(parent).calling};
    return reporter.valid() && j.engine(reporter).kind == CallbackKind::clone &&
           !j.task(target).has_run;
}

/// An engine that came while this pass was on must not be visited by it.
void judge_newcomer(Judge& j, bool from_callback) {
    const CallbackReading callback = j.callback();
    if (j.past().begins_pass(callback)) return;
    const TaskView& task = j.task(callback.task);
    bool any = false;
    j.each_engine(callback.task, [&](EngineId, const EngineView& engine) {
        any = any || (engine.attached != never && engine.attached > task.pass_step &&
                      engine.attached_by_target == from_callback);
    });
    if (!any) return;
    const EngineView& engine = j.engine(callback.engine);
    const bool came_late = engine.attached != never && engine.attached > task.pass_step &&
                           engine.attached_by_target == from_callback;
    j.expect(!came_late, engine.attached, [&] {
        return j.name(callback.engine) + " is called in a round that began before it was attached";
    });
}

constexpr Clause clauses[] = {
    {"C-001", Bound::utrace,
     "An attach that does not fail answers with an engine, which is attached from then on and is "
     "what all later calls about it are given.",
     on(EventKind::api),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_attach(api) || api.result != 0) return;
         const bool there = api.engine.valid() && j.engine(api.engine).known &&
                            j.engine(api.engine).task == api.task.value;
         j.expect(there, j.call().step,
                  [&] { return "an attach to " + j.name(api.task) + " gave no engine of it"; });
     }},

    {"C-002", Bound::utrace,
     "An engine is about one thread: all its callbacks are about the thread that it was attached "
     "to, never about another thread of the process.",
     on(EventKind::callback),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         j.expect(engine.task == callback.task.value, engine.attached, [&] {
             return j.name(callback.engine) + " is called for " + j.name(callback.task) +
                    ", to which it is not attached";
         });
     }},

    {"C-003", Bound::utrace,
     "An engine for which nobody called utrace_set_events or utrace_control hears nothing.",
     on(EventKind::callback),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         bool any = false;
         j.each_engine(callback.task, [&](EngineId, const EngineView& engine) {
             any = any || (engine.attached != never && !engine.told_anything);
         });
         if (!any) return;
         const EngineView& engine = j.engine(callback.engine);
         j.expect(engine.told_anything, engine.attached, [&] {
             return j.name(callback.engine) + " is called though nothing was asked for it";
         });
     }},
};

}  // namespace

std::span<const Clause> attach_clauses() { return clauses; }

}  // namespace utsim
