// SPDX-License-Identifier: MIT
// References, and what becomes of an engine when they are gone.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

bool names_an_engine(ApiCall call) {
    return call == ApiCall::set_events || call == ApiCall::control || call == ApiCall::barrier;
}

/// -EINVAL stands for a bad argument, whatever became of the engine.
bool argument_is_invalid(const Judge& j, const ApiReading& api) {
    if (api.call != ApiCall::control || api.result != -K_EINVAL) return false;
    const bool needs_quiesce = api.action == UTRACE_REPORT || api.action == UTRACE_SINGLESTEP ||
                               api.action == UTRACE_BLOCKSTEP;
    return api.action >= UTRACE_RESUME_MAX || (needs_quiesce && !j.engine(api.engine).quiesce());
}

/// Calls `f` for each engine that has left its task for good, at the end of a run that ended well.
template <typename F>
void each_detached(Judge& j, F&& f) {
    if (j.end() != RunEnd::quiet) return;
    for (std::uint32_t e = 0; e < j.past().engine_count(); ++e) {
        const EngineView& engine = j.engine(EngineId{e});
        if (engine.known && engine.detached != never) f(EngineId{e}, engine);
    }
}

/// Whether a look-up with these criteria may mean the engine.
bool fits(const EngineView& engine, const CallView& call) {
    const bool ops = (call.flags & UTRACE_ATTACH_MATCH_OPS) == 0 || engine.ops == call.ops;
    const bool data = (call.flags & UTRACE_ATTACH_MATCH_DATA) == 0 || engine.data == call.data;
    return ops && data;
}

/// C-030. Kept: 1 once a reference to the engine was dropped.
void look_up_after_put(Judge& j) {
    const ApiReading api = j.api();
    if (api.call == ApiCall::put && api.engine.valid()) j.of(api.engine) = 1;
    if (api.call != ApiCall::lookup) return;
    if (api.result == 0 && api.engine.valid() && j.of(api.engine) != 0) {
        const EngineView& engine = j.engine(api.engine);
        return j.expect(engine.released == never, engine.released,
                        [&] { return j.name(api.engine) + " was found after it had been freed"; });
    }
    if (api.result == 0 || !j.task(api.task).alive()) return;
    j.each_engine(api.task, [&](EngineId id, const EngineView& engine) {
        const bool dropped = j.of(id) != 0 && engine.attached < j.call().step;
        if (!dropped || !engine.stays() || !fits(engine, j.call())) return;
        j.broken(engine.attached, j.name(id) + " is attached and cannot be looked up again");
    });
}

constexpr Clause clauses[] = {
    {"C-025", Bound::caller, "Only who holds a reference to an engine may take another one.",
     begins(ApiCall::get),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::get || !api.engine.valid()) return;
         const EngineView& engine = j.engine(api.engine);
         // While it is attached, or in its own callback, there is the reference of the attachment.
         const bool somebody_holds =
             engine.references > 0 || engine.detached == never || engine.in_callback != never;
         j.expect(somebody_holds, engine.detached, [&] {
             return "a reference to " + j.name(api.engine) + " is taken when nobody holds one";
         });
     }},

    {"C-026", Bound::caller,
     "Only who holds a reference may drop it, and with the last one the pointer is dead.",
     begins(ApiCall::put) | on(EventKind::bug),
     [](Judge& j) {
         if (j.kind() == EventKind::bug) {
             if (!is_lifetime_bug(j) || !without_reference(j)) return;
             const EngineId used{j.past().call(j.event().actor)->engine};
             return j.broken(j.engine(used).released,
                             j.name(used) + " is used after its last reference was dropped");
         }
         const ApiReading api = j.api();
         if (api.call != ApiCall::put || !api.engine.valid()) return;
         const EngineView& engine = j.engine(api.engine);
         j.expect(engine.references > 0 && engine.released == never, engine.released, [&] {
             return "a reference to " + j.name(api.engine) + " is dropped that nobody held";
         });
     }},

    {"C-027", Bound::utrace, "An engine is not freed while somebody holds a reference to it.",
     on(EventKind::engine_release),
     [](Judge& j) {
         const EngineId id = j.engine_in(0);
         j.expect(j.engine(id).references <= 0, never, [&] {
             return j.name(id) + " is freed though there are " +
                    std::to_string(j.engine(id).references) + " references to it";
         });
     }},

    {"C-028",
     Bound::utrace,
     "Each attach or look-up that succeeds gives the caller one reference, no more and no less.",
     {},
     nullptr,
     [](Judge& j) {
         each_detached(j, [&](EngineId id, const EngineView& engine) {
             const bool freed = engine.released != never;
             j.expect(freed == (engine.references <= 0), engine.detached, [&] {
                 return j.name(id) + " has " + std::to_string(engine.references) +
                        " references by what calls answered, and is " +
                        (freed ? "freed" : "not freed");
             });
         });
     }},

    {"C-029", Bound::utrace,
     "From attachment until it is completely detached an engine has a reference that nobody drops.",
     on(EventKind::engine_release),
     [](Judge& j) {
         const EngineId id = j.engine_in(0);
         const EngineView& engine = j.engine(id);
         if (engine.attached == never) return;
         j.expect(engine.detached != never, engine.attached,
                  [&] { return j.name(id) + " is freed while it is attached"; });
     }},

    {"C-030", Bound::utrace,
     "Who drops a reference and looks the engine up again gets the same one, with a new reference.",
     returns(ApiCall::put, ApiCall::lookup), look_up_after_put},

    {"C-031",
     Bound::utrace,
     "Once detached or reaped, an engine lives only as long as somebody holds a reference.",
     {},
     nullptr,
     [](Judge& j) {
         each_detached(j, [&](EngineId id, const EngineView& engine) {
             if (engine.references > 0) return;
             j.expect(engine.released != never, engine.detached, [&] {
                 return j.name(id) + " is detached, nobody holds it, and it was not freed";
             });
         });
     }},

    {"C-032", Bound::utrace, "`release` is called once, when the last reference has gone.",
     on(EventKind::engine_release),
     [](Judge& j) {
         const EngineId id = j.engine_in(0);
         j.expect(j.engine(id).released == never, j.engine(id).released,
                  [&] { return j.name(id) + " is released a second time"; });
     }},

    {"C-033", Bound::utrace,
     "Engines leave the list that rounds walk only while the task is still, or by the task itself.",
     on(EventKind::engine_detached),
     [](Judge& j) {
         const TaskId id = j.task_in(0);
         const TaskView& task = j.task(id);
         if (task.actor == ActorId::none_value) return;  // nobody knows yet who runs it
         // After SIGKILL it is awake, but waits for whoever believes it to be stopped.
         const bool woken_only = task.killed != never && task.last_act <= task.state_since;
         const bool still = task.traced() || task.stopped() || !task.alive() || woken_only ||
                            j.ledger(id).spurious;
         j.expect(still || j.past().is_current(j.event().actor, id), task.state_since, [&] {
             return j.name(j.engine_in(1)) + " was taken off the list of " + j.name(id) +
                    " while that was running";
         });
     }},

    undecided("C-034", Bound::caller,
              "utrace holds no reference on the task: an old task pointer is its owner's problem.",
              "what is not held leaves no event"),

    {"C-035",
     Bound::utrace,
     "After a task was released no engine is attached to it.",
     {},
     nullptr,
     [](Judge& j) {
         if (j.end() != RunEnd::quiet) return;
         for (std::uint32_t e = 0; e < j.past().engine_count(); ++e) {
             const EngineView& engine = j.engine(EngineId{e});
             if (engine.attached == never || j.task(TaskId{engine.task}).released == never)
                 continue;
             if (callback_is_open(j, TaskId{engine.task})) continue;
             j.expect(engine.detached != never, j.task(TaskId{engine.task}).released,
                      [&] { return j.name(EngineId{e}) + " is attached to a task that is gone"; });
         }
     }},

    {"C-036", Bound::utrace, "A call about a detached engine is safe even if the task is gone.",
     returns(ApiCall::set_events, ApiCall::control, ApiCall::barrier) | on(EventKind::bug),
     [](Judge& j) {
         const CallView* call = j.past().call(j.event().actor);
         if (call == nullptr || !names_an_engine(call->call) || call->detached == never) return;
         if (j.kind() == EventKind::api) return j.exercised();
         if (without_reference(j)) return;
         j.broken(call->detached, "a call about the detached " + j.name(EngineId{call->engine}) +
                                      " ended in: " + std::string(j.text_in(1)));
     }},

    {"C-037", Bound::utrace, "It answers -ESRCH.",
     returns(ApiCall::set_events, ApiCall::control, ApiCall::barrier),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (!names_an_engine(api.call) || j.call().detached == never) return;
         // utrace_barrier asks first whether the caller is the task.
         if (j.past().is_current(j.event().actor, api.task)) return;
         if (argument_is_invalid(j, api)) return;
         j.expect(api.result == -K_ESRCH, j.call().detached, [&] {
             return "a call about the detached " + j.name(api.engine) + " answered " +
                    result_name(api.result) + " and not -ESRCH";
         });
     }},

    {"C-038", Bound::utrace, "utrace_set_events and utrace_control never sleep.",
     returns(ApiCall::set_events, ApiCall::control) | on(EventKind::sleep_in_atomic),
     [](Judge& j) {
         const CallView* call = j.past().call(j.event().actor);
         const bool about = call != nullptr &&
                            (call->call == ApiCall::set_events || call->call == ApiCall::control);
         if (!about) return;
         if (j.kind() == EventKind::api) return j.exercised();
         j.broken(call->step,
                  std::string(j.text_in(0)) + " may sleep inside " +
                      (call->call == ApiCall::control ? "utrace_control" : "utrace_set_events"));
     }},

    undecided("C-039", Bound::utrace,
              "Inside an RCU section any answer but -ESRCH proves that the task pointer is good "
              "until the section ends.",
              "RCU sections of callers make no events"),

    {"C-040", Bound::utrace, "No lock is held while a callback runs.", on(EventKind::callback),
     [](Judge& j) {
         const ActorView& actor = j.past().actor(j.event().actor);
         j.expect(actor.locks == 0, never,
                  [&] { return j.name(j.callback().engine) + " is called with a lock held"; });
     }},

    {"C-041", Bound::utrace, "The task and the engine of a callback stay valid until it returns.",
     on(EventKind::callback_end, EventKind::engine_release),
     [](Judge& j) {
         if (j.kind() == EventKind::callback_end) return j.exercised();
         const EngineId id = j.engine_in(0);
         if (j.engine(id).in_callback == never) return;
         j.broken(j.engine(id).in_callback, j.name(id) + " is freed during a callback of its own");
     }},

    undecided(
        "C-042", Bound::utrace,
        "The pid forms of the calls take a struct pid that the caller holds, and answer -ESRCH "
        "when it names nobody.",
        "the pid forms make the events of the others, and a pid that names nobody makes none"),

    {"C-043", Bound::utrace, "When report_reap has returned the engine is detached.",
     answers_of(CallbackKind::reap),
     [](Judge& j) {
         if (j.callback().kind == CallbackKind::reap) j.exercised();
     },
     [](Judge& j) {
         if (j.end() != RunEnd::quiet) return;
         for (std::uint32_t e = 0; e < j.past().engine_count(); ++e) {
             const EngineView& engine = j.engine(EngineId{e});
             const bool told =
                 engine.answer.step != never && engine.answer.kind == CallbackKind::reap;
             if (!told || engine.detached != never) continue;
             j.broken(engine.answer.step,
                      j.name(EngineId{e}) + " stays attached after its report_reap");
         }
     }},

    undecided("C-044", Bound::engine,
              "An engine that keeps its handle somewhere should ask for REAP to clean up.",
              "no event tells what an engine keeps"),
    undecided("C-045", Bound::caller,
              "After report_reap the task may become invalid unless somebody holds it.",
              "it is a permission"),
};

}  // namespace

std::span<const Clause> lifetime_clauses() { return clauses; }

}  // namespace utsim
