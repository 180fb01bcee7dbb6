// SPDX-License-Identifier: MIT
// What engines may rely on around a system call: when they are asked, whose answer counts, and what
// a stop at its entry does. A call is counted per task, so that what was said about an earlier one
// is told from what is said about this one.
#include <utsim/errno.hpp>

#include "contract/clauses.hpp"
#include "contract/conditions.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t entry_event = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);

bool is_entry(const CallbackReading& callback) {
    return callback.kind == CallbackKind::syscall_entry;
}

std::uint64_t call_number(const Judge& j, TaskId task) { return j.ledger(task).system_calls; }

const char* action_word(std::uint64_t action) {
    return action == UTRACE_SYSCALL_ABORT ? "ABORT" : "RUN";
}

/// The task stopped at the entry of the call that it is in.
bool stopped_at_entry(const Judge& j, TaskId task) {
    const TaskLedger& ledger = j.ledger(task);
    return ledger.at_entry && ledger.stops > ledger.stops_at_entry;
}

/// Keeps the last syscall action that was answered about the call that the task is in.
void keep_action(Judge& j) {
    const CallbackReading callback = j.callback();
    j.count(callback.task) = call_number(j, callback.task);
    j.of(callback.task) = utrace_syscall_action(callback.word);
}

/// Whether something was kept about this call, and what.
bool kept_action(Judge& j, TaskId task, std::uint64_t* action) {
    *action = j.of(task);
    return j.count(task) == call_number(j, task);
}

void final_abort(Judge& j) {
    if (j.kind() == EventKind::callback_end) {
        if (is_entry(j.callback())) keep_action(j);
        return;
    }
    const bool skipped = j.kind() == EventKind::syscall_skipped;
    const TaskId task = skipped ? j.task_in(0) : runs_call(j);
    std::uint64_t action = 0;
    if (!task.valid() || !kept_action(j, task, &action) || action != UTRACE_SYSCALL_ABORT) return;
    j.expect(skipped, j.task(task).call_step,
             [&] { return j.name(task) + " makes the system call that the last answer aborted"; });
}

void stop_before_body(Judge& j) {
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        const bool at_entry = j.engine(callback.engine).event == entry_event;
        if (at_entry && callback.resume() == UTRACE_STOP) j.exercised();
        return;
    }
    const TaskId task = runs_call(j);
    if (!task.valid() || excused(j, task)) return;
    const TaskView& view = j.task(task);
    const std::uint64_t traced = j.ledger(task).traced;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        const AnswerView& answer = engine.answer;
        const bool said_stop = engine.stop && answer.event == entry_event && answer.step != never &&
                               answer.step >= view.call_step &&
                               utrace_resume_action(answer.word) == UTRACE_STOP;
        if (!said_stop || (traced != never && traced >= answer.step)) return;
        j.broken(answer.step, j.name(task) + " makes its system call although " + j.name(id) +
                                  " answered STOP at its entry");
    });
}

/// The task that is done with the entry reports of its call, whether it makes it or not.
TaskId leaves_entry(const Judge& j) {
    return j.kind() == EventKind::syscall_skipped ? j.task_in(0) : runs_call(j);
}

/// Somebody asked, by a call, for a report while the task was stopped at the entry.
void repeat_for_request(Judge& j) {
    if (j.kind() == EventKind::api) {
        const ApiReading api = j.api();
        const bool asks = api.is_control(UTRACE_REPORT) || api.is_control(UTRACE_INTERRUPT);
        if (!asks || api.result != 0 || !began_traced(j) || !undisturbed(j)) return;
        const EngineView& engine = j.engine(api.engine);
        const bool hears = (engine.mask & entry_event) != 0 && engine.stays() &&
                           engine.callbacks == j.call().callbacks;
        if (hears && stopped_at_entry(j, api.task)) {
            j.count(api.engine) = call_number(j, api.task);
        }
        return;
    }
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        if (!is_entry(callback)) return;
        if (j.count(callback.engine) != never) j.exercised();
        j.count(callback.engine) = never;
        const bool again = (callback.word & UTRACE_SYSCALL_RESUMED) != 0;
        if (again && j.past().begins_pass(callback) && stopped_at_entry(j, callback.task)) {
            j.expect(j.ledger(callback.task).asked_since_user, j.task(callback.task).call_step,
                     [&] {
                         return "the entry report of " + j.name(callback.task) +
                                " is repeated though nobody asked for it";
                     });
        }
        return;
    }
    const TaskId task = leaves_entry(j);
    if (!task.valid() || excused(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        if (j.count(id) != call_number(j, task) || !engine.stays()) return;
        if ((engine.mask & entry_event) == 0) return;
        j.exercised();
        j.broken(engine.control_step, j.name(task) + " leaves the entry of its call before " +
                                          j.name(id) +
                                          " got the entry report that it asked for again");
        j.count(id) = never;
    });
}

/// Somebody answered REPORT at the entry, and the task stopped there.
void repeat_for_answer(Judge& j) {
    if (j.kind() == EventKind::callback_end) {
        const CallbackReading callback = j.callback();
        if (is_entry(callback) && callback.resume() == UTRACE_REPORT) {
            j.count(callback.engine) = call_number(j, callback.task);
        }
        return;
    }
    if (j.kind() == EventKind::callback) {
        const CallbackReading callback = j.callback();
        if (!is_entry(callback)) return;
        const bool again = j.count(callback.engine) == call_number(j, callback.task);
        if (again && j.count(callback.engine) != never) j.exercised();
        j.count(callback.engine) = never;
        return;
    }
    const TaskId task = leaves_entry(j);
    if (!task.valid() || excused(j, task) || !stopped_at_entry(j, task)) return;
    j.each_engine(task, [&](EngineId id, const EngineView& engine) {
        if (j.count(id) != call_number(j, task) || !engine.stays()) return;
        const std::uint64_t traced = j.ledger(task).traced;
        if ((engine.mask & entry_event) == 0 || traced < engine.answer.step) return;
        j.exercised();
        j.broken(engine.answer.step,
                 j.name(task) + " stopped at the entry of its call and leaves it, but " +
                     j.name(id) + ", which answered REPORT, was not asked again");
        j.count(id) = never;
    });
}

void resumed_mark(Judge& j) {
    const CallbackReading callback = j.callback();
    if (!is_entry(callback)) return;
    const std::uint64_t number = call_number(j, callback.task);
    const bool was_asked = number != 0 && j.count(callback.engine) == number;
    j.count(callback.engine) = number;
    const bool marked = (callback.word & UTRACE_SYSCALL_RESUMED) != 0;
    const TaskLedger& ledger = j.ledger(callback.task);
    const TaskView& task = j.task(callback.task);
    if (was_asked || stopped_at_entry(j, callback.task)) {
        return j.expect(marked, task.call_step, [&] {
            return "the repeated entry report to " + j.name(callback.engine) +
                   " does not carry SYSCALL_RESUMED";
        });
    }
    if (task.callbacks != ledger.callbacks_at_entry || held_by_any(j, callback.task)) return;
    // A stop shows that there was a round, though nobody was asked in it.
    if (ledger.stops != ledger.stops_at_entry) return;
    j.expect(!marked, task.call_step, [&] {
        return "the first entry report to " + j.name(callback.engine) + " carries SYSCALL_RESUMED";
    });
}

constexpr std::string_view no_accessors =
    "The accessor functions for system calls are not part of the simulated interface: engines read "
    "and write the registers themselves.";

constexpr Clause clauses[] = {
    {"C-120",
     Bound::utrace,
     "report_syscall_entry comes when the thread has just entered the kernel for a system call, "
     "before the call does anything.",
     told(CallbackKind::syscall_entry),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (!is_entry(callback)) return;
         const TaskView& task = j.task(callback.task);
         j.expect(task.in_call && !task.call_done, task.call_step, [&] {
             return j.name(callback.engine) + " is told of the entry of a system call that " +
                    j.name(callback.task) + " is not about to make";
         });
     },
     nullptr,
     {},
     "tutorial/guard"},

    {"C-121",
     Bound::utrace,
     "At the entry an engine finds the call's number and arguments in the registers and may change "
     "them: whoever is asked first sees the call that the program made.",
     told(CallbackKind::syscall_entry),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         const TaskView& task = j.task(callback.task);
         if (!is_entry(callback) || !task.in_call) return;
         if (task.callbacks != j.ledger(callback.task).callbacks_at_entry) return;
         j.expect(callback.argument[0] == task.call_nr, task.call_step, [&] {
             return j.name(callback.engine) + ", asked first, is shown another call than the one " +
                    j.name(callback.task) + " makes";
         });
     },
     nullptr,
     {},
     "tutorial/guard"},

    comparing(
        Compares::system_calls,
        {"C-122",
         Bound::utrace,
         "The syscall action of an answer replaces that of the engine asked before; each engine is "
         "shown what the one before it chose.",
         told(CallbackKind::syscall_entry) | answers_of(CallbackKind::syscall_entry),
         [](Judge& j) {
             const CallbackReading callback = j.callback();
             if (!is_entry(callback)) return;
             if (j.kind() == EventKind::callback_end) return keep_action(j);
             std::uint64_t before = 0;
             if (!kept_action(j, callback.task, &before)) return;
             const std::uint64_t shown = utrace_syscall_action(callback.word);
             j.expect(shown == before, j.task(callback.task).call_step, [&] {
                 return j.name(callback.engine) + " is shown " + action_word(shown) +
                        " although the engine asked before it answered " + action_word(before);
             });
         },
         nullptr,
         {},
         "contract/last-word-on-a-call"}),

    comparing(Compares::system_calls,
              {"C-123",
               Bound::utrace,
               "When the last answer of a report says ABORT the call is not made.",
               answers_of(CallbackKind::syscall_entry) |
                   armed(call_runs | on(EventKind::syscall_skipped)),
               final_abort,
               nullptr,
               {},
               "contract/last-word-on-a-call"}),

    {"C-124",
     Bound::utrace,
     "A STOP answered at the entry stops the thread right after the report, before the call is "
     "made.",
     answers_with(UTRACE_STOP) | while_held(call_runs),
     stop_before_body,
     nullptr,
     {},
     "contract/syscall-entry-again"},

    comparing(
        Compares::system_calls,
        {"C-125",
         Bound::utrace,
         "After a stop at the entry the report is made again before the call if somebody asked for "
         "REPORT or INTERRUPT meanwhile, and only then.",
         told(CallbackKind::syscall_entry) |
             (returns_control(UTRACE_REPORT, UTRACE_INTERRUPT) & answered_0) |
             armed(call_runs | on(EventKind::syscall_skipped)),
         repeat_for_request,
         nullptr,
         {},
         "contract/entry-report-by-request"}),

    comparing(
        Compares::system_calls,
        {"C-126",
         Bound::utrace,
         "The repeated entry reports carry SYSCALL_RESUMED in their action argument, the first one "
         "does not.",
         told(CallbackKind::syscall_entry),
         resumed_mark,
         nullptr,
         {},
         "contract/syscall-entry-again"}),

    undecided("C-127", Bound::utrace,
              "The repetition gives engines another look at registers that others may have changed "
              "during the stop.",
              "It tells what the repetition is for; that it comes is C-125 and C-128."),

    comparing(
        Compares::system_calls,
        {"C-128",
         Bound::utrace,
         "An engine that answers REPORT at the entry is asked again before the call if the thread "
         "stops there.",
         (answers_of(CallbackKind::syscall_entry) & answers_with(UTRACE_REPORT)) |
             armed(told(CallbackKind::syscall_entry) | call_runs | on(EventKind::syscall_skipped)),
         repeat_for_answer,
         nullptr,
         {},
         "contract/syscall-entry-again"}),

    comparing(
        Compares::system_calls,
        {"C-129",
         Bound::utrace,
         "When it is let go the thread makes the call that its registers describe at that moment.",
         answers_of(CallbackKind::syscall_entry) |
             armed(returns(ApiCall::set_regs) |
                   on(EventKind::callback_end, EventKind::syscall_ran)),
         [](Judge& j) {
             // Kept: the number that the last entry callback left, with the number of the call.
             if (j.kind() == EventKind::api) {
                 if (j.api().call == ApiCall::set_regs && j.api().task.valid())
                     j.of(j.api().task) = 0;
                 return;
             }
             const TaskId task = j.task_in(0);
             const std::uint64_t number = call_number(j, task);
             if (j.kind() == EventKind::callback_end) {
                 const CallbackReading callback = j.callback();
                 const bool entry = is_entry(callback) && j.value(4) >= 0;
                 j.of(task) = entry ? static_cast<std::uint64_t>(j.value(4) + 1) : 0;
                 j.count(task) = entry ? number : never;
                 return;
             }
             const std::uint64_t kept = j.of(task);
             if (kept == 0 || j.count(task) != number) return;
             j.expect(kept == static_cast<std::uint64_t>(j.value(1) + 1), j.task(task).call_step,
                      [&] {
                          return j.name(task) + " makes another call than the one in its registers";
                      });
         },
         nullptr,
         {},
         "contract/another-call"}),

    {"C-130",
     Bound::utrace,
     "When SIGKILL ends a stop at the entry the call is not made.",
     while_killed(on(EventKind::syscall_ran, EventKind::syscall_skipped, EventKind::exec,
                     EventKind::new_task)),
     [](Judge& j) {
         const bool skipped = j.kind() == EventKind::syscall_skipped;
         const TaskId task = skipped ? j.task_in(0) : runs_call(j);
         if (!task.valid() || !stopped_at_entry(j, task)) return;
         if (!j.ledger(task).killed_in_stop) return;
         j.expect(skipped, j.task(task).killed, [&] {
             return j.name(task) + " was killed at the entry of its system call and makes it";
         });
     },
     nullptr,
     {},
     "contract/kill-at-syscall-entry"},

    {"C-131",
     Bound::utrace,
     "report_syscall_exit comes on the way out, when the call is done and its result is in the "
     "registers, where it can be read and changed.",
     told(CallbackKind::syscall_exit),
     [](Judge& j) {
         const CallbackReading callback = j.callback();
         if (callback.kind != CallbackKind::syscall_exit) return;
         const TaskView& task = j.task(callback.task);
         const bool newborn = task.born != never && j.ledger(callback.task).system_calls == 0;
         j.expect(newborn || (task.in_call && task.call_done), task.call_step, [&] {
             return j.name(callback.engine) + " is told of the exit of a system call that " +
                    j.name(callback.task) + " has not made";
         });
     },
     nullptr,
     {},
     "contract/last-word-on-a-call"},

    undecided(
        "C-132", Bound::utrace,
        "syscall_get_nr gives the number of the call in progress, -1 if there is none, and is "
        "for blocked threads.",
        no_accessors),
    undecided("C-133", Bound::utrace,
              "syscall_rollback is for exit reports after an abort: the registers become as if "
              "nothing had been called.",
              no_accessors),
    undecided("C-134", Bound::utrace,
              "syscall_get_error gives 0 or a negated errno, at exit reports.", no_accessors),
    undecided("C-135", Bound::utrace,
              "syscall_get_return_value means nothing when there is an error; at exit reports.",
              no_accessors),
    undecided("C-136", Bound::utrace,
              "syscall_set_return_value makes the call succeed with a value, or fail with an "
              "errno; at exit reports.",
              no_accessors),
    undecided(
        "C-137", Bound::utrace,
        "syscall_get_arguments and syscall_set_arguments are about arguments 0 to 5, at entry "
        "reports.",
        no_accessors),
    undecided("C-138", Bound::utrace,
              "Entry accessors are for report_syscall_entry and a stop answered there; exit "
              "accessors also for later safe places before user mode.",
              no_accessors),
    undecided(
        "C-139", Bound::utrace,
        "task_current_syscall can be asked about any thread at any time and says -EAGAIN when "
        "it does not stay blocked.",
        no_accessors),
};

}  // namespace

std::span<const Clause> syscall_clauses() { return clauses; }

}  // namespace utsim
