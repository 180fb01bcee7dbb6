// SPDX-License-Identifier: MIT
// report_clone and the child that it is about, report_exec, report_jctl.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"
#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t clone_vfork = 0x4000;  // CLONE_VFORK

constexpr TopicSet first_acts = on(EventKind::user, EventKind::instruction,
                                   EventKind::syscall_enter, EventKind::exit, EventKind::handler);

/// The engine of the parent that is being told of `child` right now; invalid when none is.
EngineId reporter_of(const Judge& j, TaskId child) {
    const TaskId parent{j.task(child).parent};
    if (!parent.valid()) return {};
    const EngineId reporter{j.task(parent).calling};
    const bool about = reporter.valid() && j.engine(reporter).kind == CallbackKind::clone;
    const bool this_one = about && j.task(parent).child == child.value;
    return this_one && !j.task(child).has_run ? reporter : EngineId{};
}

/// A control call about the child, made in report_clone; until the child hears of it.
template <typename Message>
void judge_asked_for_child(Judge& j, bool stop, Message&& message) {
    switch (j.kind()) {
        case EventKind::api_enter:
            return take_back(j);
        case EventKind::api: {
            const ApiReading api = j.api();
            if (api.call != ApiCall::control || !api.engine.valid()) return;
            const bool accepted = api.result == 0 || (stop && api.result == -K_EINPROGRESS);
            const bool asks = stop ? api.action == UTRACE_STOP
                                   : api.action == UTRACE_REPORT || api.action == UTRACE_INTERRUPT;
            const bool inside = reporter_of(j, api.task).valid();
            const bool counts =
                asks && accepted && inside && (stop || j.engine(api.engine).quiesce());
            if (counts) j.exercised();
            j.moment(api.engine) = counts ? j.event().step : never;
            return;
        }
        case EventKind::callback:
            j.moment(j.callback().engine) = never;
            return;
        default:
            break;
    }
    const TaskId task = j.task_in(0);
    if (j.task(task).killed != never) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const std::uint64_t since = j.moment(id);
        j.moment(id) = never;
        if (since == never || !engine.stays()) return;
        j.broken(since, message(task, id));
    });
}

/// C-114: a vfork parent that was told to stop does so before it waits.
void judge_vfork_stop(Judge& j) {
    const TaskId id = j.task_in(0);
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        if (callback.kind != CallbackKind::clone || callback.resume() != UTRACE_STOP) return;
        if (j.of(id) == 0 || j.engine(callback.engine).leaving != never) return;
        j.exercised();
        j.moment(callback.engine) = j.event().step;
        return;
    }
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        if (callback.kind != CallbackKind::clone) return;
        const auto flags = static_cast<std::uint64_t>(callback.argument[0]);
        j.of(id) = (flags & clone_vfork) != 0 ? 1 : 0;
        return;
    }
    if (!j.past().is_current(j.event().actor, id)) return;
    const std::int64_t state = j.value(1);
    const bool stops = state == TASK_TRACED;
    const bool waits = state == TASK_UNINTERRUPTIBLE;
    if (!stops && !waits) return;
    j.each_engine(id, [&](EngineId engine_id, const EngineView& engine) {
        const std::uint64_t since = j.moment(engine_id);
        j.moment(engine_id) = never;
        if (stops || since == never || !engine.stop || engine.controlling != 0) return;
        if (j.task(id).killed != never || engine.held == never) return;
        j.broken(since,
                 j.name(id) + " waits for its child before it stops for " + j.name(engine_id));
    });
}

/// Another thread of the group has neither stopped nor begun to exit.
bool another_thread_runs(const Judge& j, TaskId id) {
    bool any = false;
    each_task(j, [&](TaskId other_id, const TaskView& other) {
        const bool down = other.stopped() || other.traced() || !other.alive() ||
                          other.exiting != never || other.killed != never;
        any = any || (other_id != id && !down && group_of(j, other_id) == group_of(j, id));
    });
    return any;
}

/// C-118 and C-119: what report_jctl said about the parent's signal; code + 1 in memory.
void judge_notification(Judge& j, bool about_code) {
    // The parent is told of the group, by the thread whose hook was asked.
    const bool told = j.kind() == EventKind::notify_cldstop;
    const TaskId id = told ? acting_task(j) : j.task_in(0);
    if (!id.valid()) return;
    const std::uint64_t said = j.of(id);
    const auto owed = [&] {
        if (about_code || said == 0 || j.task(id).killed != never) return;
        j.broken(never,
                 "report_jctl said that the parent of " + j.name(id) + " is told, and it was not");
    };
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        if (callback.kind != CallbackKind::jctl) return;
        if (j.past().begins_pass(callback)) owed();
        const std::int64_t notify = callback.argument[1];
        j.of(id) = notify != 0 ? static_cast<std::uint64_t>(notify) + 1 : 0;
        if (about_code || notify == 0 || callback.argument[0] != CLD_STOPPED_) return;
        if (!another_thread_runs(j, id)) return;
        return j.broken(never, j.name(callback.engine) + " is told that " + j.name(id) +
                                   " is the last to stop, and another thread runs");
    }
    j.of(id) = 0;
    if (said == 0) return;
    if (!told) return owed();
    if (!about_code) return j.exercised();
    j.expect(static_cast<std::uint64_t>(j.value(1)) == said - 1, never, [&] {
        return "the parent of " + j.name(id) + " sees another code than report_jctl told";
    });
}

constexpr Clause clauses[] = {
    {"C-108", Bound::utrace,
     "report_clone is made in the parent before the child might run: all of them return before the "
     "child does anything.",
     told(CallbackKind::clone),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::clone) return;
         const TaskId child{static_cast<std::uint32_t>(callback.argument[1])};
         j.expect(!j.task(child).has_run, j.task(child).born, [&] {
             return j.name(callback.engine) + " hears of " + j.name(child) +
                    " after that has begun to run";
         });
     }},

    {"C-109", Bound::utrace,
     "Its flags are those of the clone call, or what stands for fork and vfork.",
     told(CallbackKind::clone),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::clone) return;
         const TaskId child{static_cast<std::uint32_t>(callback.argument[1])};
         if (!j.task(child).known) return;
         const auto flags = static_cast<std::uint64_t>(callback.argument[0]);
         j.expect(flags == j.task(child).clone_flags, j.task(child).born, [&] {
             return j.name(callback.engine) + " is told other clone flags than the call had";
         });
     }},

    {"C-110", Bound::utrace, "Inside it one can attach to the child.", returns(ApiCall::attach),
     [](Judge& j) {
         const ApiReading api = j.api();
         if (api.call != ApiCall::attach || !reporter_of(j, api.task).valid()) return;
         if (!j.past().is_current(j.event().actor, TaskId{j.task(api.task).parent})) return;
         const bool refused = api.result == -K_ESRCH || api.result == -K_EPERM;
         j.expect(!refused, never,
                  [&] { return "an attach to the new " + j.name(api.task) + " was refused"; });
     }},

    {"C-111", Bound::utrace,
     "UTRACE_STOP for the child, there, keeps it from executing anything in user mode.",
     returns(ApiCall::control) | armed(on(EventKind::callback, EventKind::instruction)),
     [](Judge& j) {
         judge_asked_for_child(j, true, [&](TaskId task, EngineId id) {
             return j.name(task) + " begins although " + j.name(id) + " stopped it at its birth";
         });
     }},

    {"C-112", Bound::utrace,
     "REPORT or INTERRUPT for the child, there, leads to a callback from it before its first user "
     "instruction.",
     returns(ApiCall::control) |
         armed(begins(ApiCall::set_events) | on(EventKind::callback, EventKind::instruction)),
     [](Judge& j) {
         judge_asked_for_child(j, false, [&](TaskId task, EngineId id) {
             return j.name(task) + " begins before " + j.name(id) +
                    " got the callback that it asked for at its birth";
         });
     }},

    {"C-113", Bound::utrace,
     "As long as one of these callbacks runs the child cannot be scheduled, not even to be killed.",
     told(CallbackKind::clone) | answers_of(CallbackKind::clone) | armed(first_acts),
     [](Judge& j) {
         // Kept: how many such callbacks run.
         if (j.kind() == EventKind::callback || j.kind() == EventKind::callback_end) {
             if (j.callback().kind != CallbackKind::clone) return;
             if (j.kind() == EventKind::callback) return void(++j.of_all());
             if (j.of_all() != 0) j.of_all() = j.of_all() - 1;
             return j.exercised();
         }
         const EngineId reporter = reporter_of(j, j.task_in(0));
         if (!reporter.valid()) return;
         j.broken(j.engine(reporter).in_callback,
                  j.name(j.task_in(0)) + " runs while " + j.name(reporter) + " is told of it");
     }},

    {"C-114", Bound::utrace,
     "For a vfork, STOP takes effect before the wait for the child, not behind it.",
     told(CallbackKind::clone) | answers_of(CallbackKind::clone) | armed(on(EventKind::task_state)),
     judge_vfork_stop},

    {"C-115", Bound::utrace, "Otherwise the parent does not stop inside the clone.",
     told(CallbackKind::clone) | (answers_of(CallbackKind::clone) & answers_with(UTRACE_STOP)) |
         armed(becomes(Standing::traced)),
     [](Judge& j) {
         const TaskId id = j.task_in(0);
         if (j.kind() == EventKind::callback) {
             const CallbackReading callback = j.callback();
             if (callback.kind != CallbackKind::clone) return;
             const auto flags = static_cast<std::uint64_t>(callback.argument[0]);
             j.moment(id) = (flags & clone_vfork) == 0 ? j.event().step : never;
             return;
         }
         if (j.kind() == EventKind::callback_end) {
             const CallbackReading callback = j.callback();
             const bool stops = callback.resume() == UTRACE_STOP;
             if (callback.kind == CallbackKind::clone && stops && j.moment(id) != never)
                 j.exercised();
             return;
         }
         if (j.value(1) != TASK_TRACED || !j.past().is_current(j.event().actor, id)) return;
         if (j.task(id).pass_least != UTRACE_STOP) return;  // a ptrace stop is nobody's answer
         const bool inside =
             j.task(id).pass_open && j.task(id).last_event == UTRACE_EVENT(EVENT_CLONE);
         if (!inside || j.moment(id) == never) return;
         j.broken(j.moment(id), j.name(id) + " stops in the middle of a clone");
     }},

    {"C-116", Bound::utrace,
     "report_exec comes when the exec has succeeded, with the registers of the new program, which "
     "may be changed.",
     told(CallbackKind::exec) | on(EventKind::exec) | armed(on(EventKind::user)),
     [](Judge& j) {
         if (j.kind() == EventKind::exec || j.kind() == EventKind::user) {
             j.of(j.task_in(0)) = j.kind() == EventKind::exec ? 1 : 0;
             return;
         }
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::exec) return;
         j.expect(j.of(callback.task) != 0, never,
                  [&] { return j.name(callback.engine) + " hears of an exec that has not been"; });
     }},

    {"C-117", Bound::utrace,
     "The type of report_jctl is CLD_STOPPED when the task stops, CLD_CONTINUED when it goes on.",
     told(CallbackKind::signal, CallbackKind::jctl) | on(EventKind::signal_generated),
     [](Judge& j) {
         constexpr std::uint64_t a_stop = 1;
         constexpr std::uint64_t a_continue = 2;
         if (j.kind() == EventKind::signal_generated) {
             const auto signal = static_cast<int>(j.value(1));
             if (signal == K_SIGCONT) j.of_all() |= a_continue;
             if (in_set(sig_kernel_stop, signal)) j.of_all() |= a_stop;
             return;
         }
         const CallbackReading callback = j.callback();
         if (callback.kind == CallbackKind::signal) {
             j.of_all() |= a_stop;  // an engine can make a stop of any signal
             return;
         }
         if (callback.kind != CallbackKind::jctl) return;
         const std::int64_t type = callback.argument[0];
         const bool right = (type == CLD_STOPPED_ && (j.of_all() & a_stop) != 0) ||
                            (type == CLD_CONTINUED_ && (j.of_all() & a_continue) != 0);
         j.expect(right, never, [&] {
             return j.name(callback.engine) + " is told job control type " + std::to_string(type) +
                    ", and nothing like that has been";
         });
     }},

    {"C-118", Bound::utrace,
     "Its notify is not zero when the task is the last one to stop, and then the parent gets "
     "SIGCHLD afterwards.",
     told(CallbackKind::jctl) | armed(on(EventKind::notify_cldstop, EventKind::user)),
     [](Judge& j) { judge_notification(j, false); }},

    {"C-119", Bound::utrace,
     "Notify is the code that the parent will see, which can be CLD_STOPPED although the type is "
     "CLD_CONTINUED.",
     told(CallbackKind::jctl) | armed(on(EventKind::notify_cldstop, EventKind::user)),
     [](Judge& j) { judge_notification(j, true); }},
};

}  // namespace

std::span<const Clause> clone_exec_jctl_clauses() { return clauses; }

}  // namespace utsim
