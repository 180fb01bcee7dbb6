// SPDX-License-Identifier: MIT
// Attaching engines, looking them up, and when a new one begins to hear of things.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

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
     returns(ApiCall::attach, ApiCall::lookup) & answered_0,
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

    {"C-004", Bound::utrace,
     "What an engine hears of is its event mask, and only utrace_set_events changes that.",
     on(EventKind::callback),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const EngineView& engine = j.engine(callback.engine);
         const std::uint64_t possible = engine.mask | engine.mask_may | engine.mask_late;
         const bool general =
             callback.kind == CallbackKind::quiesce || callback.kind == CallbackKind::signal;
         const std::uint64_t enough =
             callback.event | (general ? UTRACE_EVENT(EVENT_QUIESCE) : std::uint64_t{0});
         j.expect((possible & enough) != 0, engine.masked, [&] {
             return j.name(callback.engine) + " is called for an event that is not in its mask";
         });
     }},

    {"C-005", Bound::caller,
     "Whoever attaches keeps the target from being freed until the call returns.",
     returns(ApiCall::attach, ApiCall::lookup) | on(EventKind::bug),
     [](Judge& j) {
         const CallView* call = j.past().call(j.event().actor);
         const bool attaches =
             call != nullptr && (call->call == ApiCall::attach || call->call == ApiCall::lookup);
         if (!attaches) return;
         if (j.kind() == EventKind::api) return j.exercised();
         if (j.text_in(1).find("freed") == std::string_view::npos) return;
         j.broken(call->step, "the task was freed during an attach to it");
     }},

    {"C-006", Bound::utrace,
     "Attaching to oneself, or inside report_clone to the child that it is about, is always "
     "allowed.",
     returns(ApiCall::attach, ApiCall::lookup),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!is_attach(api) || !target_is_surely_alive(j, api.task)) return;
         j.expect(api.result != -K_ESRCH && api.result != -K_EPERM, never, [&] {
             return "an attach to " + j.name(api.task) + " from its own callback was refused";
         });
     }},

    {"C-007", Bound::utrace,
     "Without UTRACE_ATTACH_CREATE nothing is created: the answer is an engine that was attached "
     "before, or an error.",
     returns(ApiCall::lookup) | on(EventKind::engine_attached),
     [](Judge& j) {
         const CallView* call = j.past().call(j.event().actor);
         if (call == nullptr || call->call != ApiCall::lookup) return;
         if (j.kind() == EventKind::engine_attached) {
             return j.broken(call->step, "a look-up attached an engine");
         }
         const ApiReading api = j.api();
         if (api.result != 0) return j.exercised();
         j.expect(api.engine.valid() && j.engine(api.engine).attached != never, call->step, [&] {
             return "a look-up on " + j.name(api.task) + " found what is not attached";
         });
     }},

    {"C-008", Bound::utrace,
     "With UTRACE_ATTACH_EXCLUSIVE, if an engine that matches is attached already, nothing is "
     "attached and the answer is -EEXIST.",
     returns(ApiCall::attach) | on(EventKind::engine_attached),
     [](Judge& j) {
         const CallView* call = j.past().call(j.event().actor);
         if (call == nullptr || call->call != ApiCall::attach) return;
         if ((call->flags & UTRACE_ATTACH_EXCLUSIVE) == 0) return;
         const bool attaches = j.kind() == EventKind::engine_attached;
         bool surely = false;
         bool possibly = false;
         j.each_engine(TaskId{call->task}, [&](EngineId, const EngineView& engine) {
             if (!matches(engine, call->flags, call->ops, call->data)) return;
             surely = surely || engine.stays();
             possibly = possibly || engine.detached == never || engine.detached >= call->step;
         });
         if (attaches) {
             return j.expect(!surely, call->step, [&] {
                 return "an exclusive attach to " + j.name(TaskId{call->task}) +
                        " succeeded beside an engine that matches";
             });
         }
         if (j.api().result != -K_EEXIST) return;
         j.expect(possibly, call->step, [&] {
             return "-EEXIST from " + j.name(TaskId{call->task}) + ", which has no such engine";
         });
     }},

    {"C-009", Bound::utrace,
     "UTRACE_ATTACH_MATCH_OPS finds only engines with the same callback table.",
     returns(ApiCall::lookup) & answered_0,
     [](Judge& j) {
         if (!found_with(j, UTRACE_ATTACH_MATCH_OPS)) return;
         const ApiReading api = j.api();
         j.expect(matches(j.engine(api.engine), UTRACE_ATTACH_MATCH_OPS, j.call().ops, 0),
                  j.call().step,
                  [&] { return j.name(api.engine) + " was found by another callback table"; });
     }},

    {"C-010", Bound::utrace, "UTRACE_ATTACH_MATCH_DATA finds only engines with the same data.",
     returns(ApiCall::lookup) & answered_0,
     [](Judge& j) {
         if (!found_with(j, UTRACE_ATTACH_MATCH_DATA)) return;
         const ApiReading api = j.api();
         j.expect(matches(j.engine(api.engine), UTRACE_ATTACH_MATCH_DATA, 0, j.call().data),
                  j.call().step, [&] { return j.name(api.engine) + " was found by other data"; });
     }},

    {"C-011", Bound::utrace,
     "A look-up that goes by neither table nor data finds the engine that was attached first.",
     returns(ApiCall::lookup) & answered_0,
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::lookup || api.result != 0 || !api.engine.valid()) return;
         if ((api.flags & UTRACE_ATTACH_MATCH_MASK) != 0) return;
         bool earlier = false;
         j.each_engine(api.task, [&](EngineId, const EngineView& engine) {
             earlier = earlier || (engine.stays() && engine.attached < j.call().step &&
                                   engine.order < j.engine(api.engine).order);
         });
         j.expect(!earlier, j.call().step, [&] {
             return j.name(api.engine) + " was found, which is not the first one of " +
                    j.name(api.task);
         });
     }},

    undecided(
        "C-012", Bound::utrace,
        "utrace_attach_pid does what utrace_attach_task does on the thread that the pid names.",
        "the two forms of the call make the same events"),
    undecided("C-013", Bound::utrace,
              "utrace_attach_pid answers -ESRCH when the pid names no thread any more.",
              "a pid that names nobody makes no event of the layer"),
    undecided("C-014", Bound::caller,
              "The caller of utrace_attach_pid holds a reference on the pid, not on the task.",
              "references on pids are not modelled"),

    {"C-015", Bound::utrace,
     "An engine that is attached from elsewhere while a round is on is not called in that round.",
     on(EventKind::callback), [](Judge& j) { judge_newcomer(j, false); }},

    {"C-016", Bound::utrace, "Nor is one that a callback of that very round attached.",
     on(EventKind::callback), [](Judge& j) { judge_newcomer(j, true); }},

    {"C-017", Bound::utrace, "It takes part from the next round on.",
     told_all_but(CallbackKind::reap),
     [](Judge& j) {
         // Being listed is what lets rounds visit it; one that begins later must find it so.
         if (j.kind() == EventKind::engine_listed) return;
         const CallbackReading callback = j.callback();
         if (!j.past().begins_pass(callback) || callback.kind == CallbackKind::reap) return;
         const TaskView& task = j.task(callback.task);
         j.each_engine(callback.task, [&](EngineId id, const EngineView& engine) {
             const bool waited = engine.attached_by_target && engine.stays() && task.pass != 0 &&
                                 engine.attached < task.last_act;
             if (!waited || j.of(id) != 0) return;
             j.of(id) = 1;
             j.expect(engine.listed != never, engine.attached, [&] {
                 return j.name(id) +
                        " still takes no part in a round after the one that it was "
                        "attached in";
             });
         });
     }},

    {"C-018", Bound::utrace,
     "A round that begins after an attach from elsewhere has the new engine on its list.",
     told_all_but(CallbackKind::reap),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (!j.past().begins_pass(callback) || callback.kind == CallbackKind::reap) return;
         const TaskView& task = j.task(callback.task);
         j.each_engine(callback.task, [&](EngineId id, const EngineView& engine) {
             const bool waited =
                 !engine.attached_by_target && engine.stays() && engine.attached < task.last_act;
             if (!waited || j.of(id) != 0) return;
             j.of(id) = 1;
             j.expect(engine.listed != never, engine.attached, [&] {
                 return "a round of " + j.name(callback.task) + " begins without " + j.name(id) +
                        ", which was attached before";
             });
         });
     }},

    undecided("C-019", Bound::utrace, "Kernel threads cannot be traced: -EPERM.",
              "no event tells which tasks are kernel threads"),
    undecided("C-020", Bound::utrace,
              "Two first attaches that race share one structure in the end.",
              "the structure is private; that both engines are visited is C-018"),

    {"C-021",
     Bound::utrace,
     "When an attach races with the release of the task, it fails or the releaser finds the new "
     "engine.",
     {},
     nullptr,
     [](Judge& j) {
         if (j.end() != RunEnd::quiet) return;
         for (std::uint32_t e = 0; e < j.past().engine_count(); ++e) {
             const EngineView& engine = j.engine(EngineId{e});
             if (engine.attached == never) continue;
             const TaskView& task = j.task(TaskId{engine.task});
             if (task.released == never || engine.attached < task.dead) continue;
             if (callback_is_open(j, TaskId{engine.task})) continue;
             j.expect(engine.detached != never, engine.attached, [&] {
                 return j.name(EngineId{e}) + " was attached to a dead task and nobody let it go";
             });
         }
     }},

    undecided("C-022", Bound::utrace,
              "The version macro changes whenever engines have to be changed.",
              "it is about source code"),
    undecided("C-023", Bound::utrace,
              "Event bits stand in the engine's mask and in the task's own flags.",
              "the task's flags are private state"),
    undecided("C-024", Bound::utrace,
              "Whoever else attaches to a new task comes after the report_clone callbacks of its "
              "parent (early versions only).",
              "the promise was withdrawn in December 2009, and an event does not tell which "
              "version made it"),
};

}  // namespace

std::span<const Clause> attach_clauses() { return clauses; }

}  // namespace utsim
