// SPDX-License-Identifier: MIT
// What must hold in every run, whatever the scenario is about. Most of these are a promise that one
// event makes and another breaks; what is remembered is the step of the promise.
#include <utsim/errno.hpp>

#include <algorithm>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

/// An API call that returned, unless a callback that began meanwhile may be the answer already.
bool answered_during_call(const Judge& j) {
    return j.engine(j.api().engine).callbacks != j.call().callbacks;
}

/// `api` is a control call that returned `result`, for an engine that has QUIESCE.
bool asked(const Judge& j, std::uint32_t action, std::int64_t result) {
    const ApiReading api = j.api();
    return api.is_control(action) && api.result == result && j.engine(api.engine).quiesce() &&
           !answered_during_call(j);
}

/// At an `api_enter` event: the promise made to the engine of the call may not hold any longer.
void withdraw(Judge& j) {
    if (takes_out(j, UTRACE_EVENT(EVENT_QUIESCE))) j.moment(j.api().engine) = never;
}

/// At a user instruction, which may be one that makes a system call: each engine of the task that
/// was promised something before it.
template <typename Message>
void judge_promises(Judge& j, Message&& message) {
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView&) {
        Moment promise = j.moment(id);
        if (promise == never) return;
        j.broken(promise, message(task, id));
        promise = never;
    });
}

void i1_stop(Judge& j) {
    switch (j.kind()) {
        case EventKind::api_enter:
            return withdraw(j);
        case EventKind::api: {
            const ApiReading api = j.api();
            if (api.call == ApiCall::attach) {
                if (api.engine.valid()) j.moment(api.engine) = never;
            } else if (api.call == ApiCall::control) {
                const bool stopped = api.action == UTRACE_STOP && api.result == 0;
                if (stopped) j.exercised();
                if (stopped || api.action != UTRACE_STOP) {
                    j.moment(api.engine) = stopped ? j.event().step : never;
                }
            }
            return;
        }
        case EventKind::callback:
            j.moment(j.callback().engine) = never;  // its answer decides anew
            return;
        case EventKind::callback_end: {
            const CallbackReading callback = j.callback();
            const bool stops = takes_resume_action(callback.kind) &&
                               callback.resume() == UTRACE_STOP &&
                               j.engine(callback.engine).quiesce();
            if (stops) j.exercised();
            j.moment(callback.engine) = stops ? j.event().step : never;
            return;
        }
        case EventKind::engine_detached:
            j.moment(j.engine_in(1)) = never;
            return;
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    if (excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        if (!engine.stop || j.moment(id) == never) return;
        j.broken(j.moment(id),
                 j.name(task) + " executed user code while " + j.name(id) + " keeps it stopped");
    });
}

void i2_orphan(Judge& j) {
    if (j.end() != RunEnd::quiet) return;
    for (std::uint32_t t = 0; t < j.past().task_count(); ++t) {
        const TaskView& task = j.task(TaskId{t});
        if (!task.known || !task.alive() || !task.traced() || task.killed != never) continue;
        bool held = false;
        j.each_engine(TaskId{t}, [&](EngineId, const EngineView& e) { held = held || e.stop; });
        j.expect(held, never, [&] {
            return j.name(TaskId{t}) + " stays in TASK_TRACED and no engine keeps it there";
        });
    }
}

/// I3, I4 and I5: something was asked for, and a callback comes before the next instruction.
void judge_request(Judge& j, std::uint32_t action, std::int64_t result, bool must_be_signal,
                   const char* what) {
    switch (j.kind()) {
        case EventKind::api_enter:
            return withdraw(j);
        case EventKind::api:
            if (!asked(j, action, result)) return;
            j.exercised();
            j.moment(j.api().engine) = j.event().step;
            return;
        case EventKind::callback:
            if (!must_be_signal || j.callback().kind == CallbackKind::signal ||
                is_signal_report(j)) {
                j.moment(j.callback().engine) = never;
            }
            return;
        case EventKind::engine_detached:
            j.moment(j.engine_in(1)) = never;
            return;
        default:
            judge_promises(j, [&](TaskId task, EngineId id) {
                return j.name(task) + " executed user code before " + j.name(id) + what;
            });
    }
}

/// An answer of REPORT counts as a request too; report_signal's becomes RESUME, as there would be
/// no end to it, and so does that of the last report before user mode.
void i3_report(Judge& j) {
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        const bool counts =
            takes_resume_action(callback.kind) && callback.kind != CallbackKind::signal &&
            callback.kind != CallbackKind::quiesce && callback.kind != CallbackKind::exit;
        if (!counts || callback.resume() != UTRACE_REPORT) {
            if (callback.resume() == UTRACE_DETACH) j.moment(callback.engine) = never;
            return;
        }
        if (!j.engine(callback.engine).quiesce()) return;
        j.exercised();
        j.moment(callback.engine) = j.event().step;
        return;
    }
    judge_request(j, UTRACE_REPORT, 0, false, " got the callback it asked for");
}

void i9_kill(Judge& j) {
    if (j.end() != RunEnd::quiet) return;
    for (std::uint32_t t = 0; t < j.past().task_count(); ++t) {
        const TaskView& task = j.task(TaskId{t});
        if (!task.known || task.killed == never || callback_is_open(j, TaskId{t})) continue;
        // An uninterruptible sleep is nobody's fault; a stop or an interruptible one is.
        const std::int64_t excuse = TASK_UNINTERRUPTIBLE | TASK_WAKEKILL;
        j.expect(!task.alive() || (task.state & ~excuse) == 0, task.killed,
                 [&] { return j.name(TaskId{t}) + " was killed and does not die"; });
    }
}

std::string bug_text(const Judge& j) {
    return std::string(j.text_in(0)) + ": " + std::string(j.text_in(1));
}

void i14_lifetime(Judge& j) {
    if (j.kind() == EventKind::bug) {
        if (is_lifetime_bug(j) && !without_reference(j)) j.broken(never, bug_text(j));
        return;
    }
    const EngineId id = j.engine_in(0);
    j.expect(j.engine(id).released == never, j.engine(id).released,
             [] { return std::string("release was called twice"); });
}

void i15_locks(Judge& j) {
    if (j.kind() == EventKind::lock_taken) {
        if (j.of_all() == 0) j.exercised();  // once is enough to know that there were locks
        j.of_all() = 1;
        return;
    }
    const std::string function(j.text_in(0));
    j.broken(never, j.kind() == EventKind::sleep_in_atomic
                        ? function + " may sleep while a spinlock is held"
                        : function + " takes locks against the order seen before");
}

/// What can end, or break, a promise.
constexpr TopicSet promise_ends = begins(ApiCall::control, ApiCall::set_events) |
                                  on(EventKind::callback, EventKind::engine_detached,
                                     EventKind::instruction, EventKind::syscall_enter);

/// So many steps in a row of which nothing is known but that locks were taken are a loop.
constexpr std::uint64_t many_steps = 1000;

/// The step of the last thing that anybody is known to have done.
std::uint64_t last_deed(const History& past) {
    std::uint64_t last = 0;
    const auto add = [&last](std::uint64_t step) {
        if (step != never) last = std::max(last, step);
    };
    for (std::uint32_t i = 0; i < past.task_count(); ++i) {
        const TaskView& task = past.task(TaskId{i});
        for (const std::uint64_t step : {task.state_since, task.killed, task.user, task.kernel,
                                         task.pass_step, task.last_act, task.entered}) {
            add(step);
        }
    }
    for (std::uint32_t i = 0; i < past.engine_count(); ++i) {
        const EngineView& engine = past.engine(EngineId{i});
        for (const std::uint64_t step : {engine.last_callback, engine.control_step, engine.masked,
                                         engine.attached, engine.detached, engine.released}) {
            add(step);
        }
    }
    return last;
}

/// A barrier may wait as long as it has to, and looks again and again.
bool somebody_waits_in_a_barrier(const History& past) {
    for (std::uint32_t i = 0; i < past.actor_count(); ++i) {
        const ActorView& actor = past.actor(ActorId{i});
        for (std::uint32_t call = 0; call < actor.calls; ++call) {
            if (actor.call[call].call == ApiCall::barrier) return true;
        }
    }
    return false;
}

/// Who goes on for ever is in the detail that comes with the end.
void i17_progress(Judge& j) {
    if (j.kind() == EventKind::run_end && !j.event().text.empty()) {
        const std::string_view reason = j.text_in(0);
        const bool stuck = reason == run_end_name(RunEnd::deadlock);
        if (!stuck && reason != run_end_name(RunEnd::livelock)) return;
        j.of_all() = 1;
        j.broken(never, std::string(stuck ? "nobody can run and somebody spins: "
                                          : "steps go on without any effect: ") +
                            std::string(j.event().text));
        return;
    }
    j.exercised();
    if (j.of_all() != 0) return;
    if (j.end() == RunEnd::deadlock) j.broken(never, "nobody can run and somebody spins");
    if (j.end() == RunEnd::livelock) j.broken(never, "steps go on without any effect");
    if (j.end() == RunEnd::limit && j.event().step > last_deed(j.past()) + many_steps &&
        !somebody_waits_in_a_barrier(j.past())) {
        j.broken(never, "locks are taken and dropped without end");
    }
}

constexpr Clause clauses[] = {
    {"I1", Bound::utrace,
     "NO-USER-WHILE-STOP: a stop that was granted lets no user instruction through.",
     (returns_control(UTRACE_STOP) & answered_0) | answers_with(UTRACE_STOP) |
         armed(begins(ApiCall::control, ApiCall::set_events) |
               returns(ApiCall::attach, ApiCall::control) |
               on(EventKind::callback, EventKind::callback_end, EventKind::engine_detached,
                  EventKind::instruction, EventKind::syscall_enter)),
     i1_stop},
    {"I2",
     Bound::utrace,
     "NO-ORPHAN-STOP: whoever is in TASK_TRACED at the end is held there by an engine.",
     {},
     nullptr,
     i2_orphan},
    {"I3", Bound::utrace,
     "REPORT-DELIVERED: an accepted REPORT, by control or as an answer, leads to a callback "
     "before the next user instruction.",
     (returns_control(UTRACE_REPORT) & answered_0) | answers_with(UTRACE_REPORT) |
         armed(answers_with(UTRACE_DETACH) | promise_ends),
     i3_report},
    {"I4", Bound::utrace,
     "INTERRUPT-DELIVERED: an accepted INTERRUPT leads to report_signal before the next user "
     "instruction.",
     (returns_control(UTRACE_INTERRUPT) & answered_0) | armed(promise_ends),
     [](Judge& j) {
         judge_request(j, UTRACE_INTERRUPT, 0, true, " got the report_signal it asked for");
     }},
    {"I5", Bound::utrace,
     "STOP-REQUEST-DELIVERED: a STOP that was answered with -EINPROGRESS leads to a callback "
     "before the next user instruction.",
     (returns_control(UTRACE_STOP) & answered(Answered::in_progress)) |
         armed(returns(ApiCall::control) | promise_ends),
     [](Judge& j) {
         if (j.kind() == EventKind::api && j.api().call == ApiCall::control &&
             j.api().action != UTRACE_STOP && j.api().engine.valid()) {
             j.moment(j.api().engine) = never;
         }
         judge_request(j, UTRACE_STOP, -K_EINPROGRESS, false,
                       " got a callback for its UTRACE_STOP");
     }},
    {"I9",
     Bound::utrace,
     "SIGKILL-KILLS: a killed task dies without help from a tracer.",
     {},
     nullptr,
     i9_kill},
    {"I14", Bound::utrace, "LIFETIME: nothing freed is used, and release is called once.",
     on(EventKind::bug, EventKind::engine_release), i14_lifetime},
    {"I15", Bound::utrace,
     "LOCK-DISCIPLINE: nobody may sleep under a spinlock, and locks are taken in one order.",
     on(EventKind::sleep_in_atomic, EventKind::lock_order) | unarmed(on(EventKind::lock_taken)),
     i15_locks},
    {"I16", Bound::utrace, "NO-BUG: no BUG_ON, no call through a null table.", on(EventKind::bug),
     [](Judge& j) {
         if (!is_lifetime_bug(j) && !lacks_callback(j)) j.broken(never, bug_text(j));
     },
     [](Judge& j) { j.exercised(); }},
    {"I17", Bound::utrace, "PROGRESS: no deadlock, no endless loop.", on(EventKind::run_end),
     i17_progress, i17_progress},
};

}  // namespace

std::span<const Clause> invariant_clauses() { return clauses; }

}  // namespace utsim
