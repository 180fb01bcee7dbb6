// SPDX-License-Identifier: MIT
/// What History does not tell because only clauses about requests and stops ask for it: who else
/// was calling, how a stop came about and ended, what the engines of the last pass answered
/// together, and where stepping stands.
#pragma once

#include <cstdint>

#include "contract/history.hpp"
#include "contract/step_view.hpp"
#include "contract/undo_list.hpp"
#include "event/event.hpp"

namespace utsim {

/// The engines' answers of one pass, taken together.
struct PassView {
    std::uint64_t number = 0;  ///< as `TaskView::pass`
    std::uint64_t event = 0;   ///< of its callbacks; 0: before user mode, or without a signal
    std::uint32_t least = UTRACE_RESUME;  ///< the most constraining answer
    bool single_step = false;             ///< somebody answered SINGLESTEP
    bool block_step = false;              ///< somebody answered BLOCKSTEP
    std::uint64_t calls = 0;              ///< `TaskLedger::calls` when it began
    bool undisturbed = false;             ///< no call about the task was under way then
    std::uint64_t step = never;           ///< of its last answer
};

template <typename V>
void describe(V& v, RecordOf<PassView> auto& x) {
    v.count("number", x.number);
    v.plain("event", x.event);
    v.plain("least", x.least);
    v.plain("single_step", x.single_step);
    v.plain("block_step", x.block_step);
    v.count("calls", x.calls);
    v.plain("undisturbed", x.undisturbed);
    v.stamp("step", x.step);
}

struct TaskLedger {
    std::uint64_t calls = 0;       ///< of the API about this task, so far
    std::uint32_t open_calls = 0;  ///< of them under way
    std::uint64_t controlled =
        never;                       ///< step in which a call of utrace_control last began or ended
    std::uint32_t queued = 0;        ///< of them on a queue, as far as is known
    std::uint64_t state_events = 0;  ///< changes of its state, so far

    std::uint64_t stops = 0;          ///< times that it became TRACED
    std::uint64_t traced = never;     ///< step of the last time
    std::uint64_t woken = never;      ///< step in which that stop ended
    std::uint64_t calls_at_stop = 0;  ///< `calls` then
    std::uint64_t callbacks_at_stop = 0;
    bool stopped_before = false;   ///< it was job-control stopped before that
    bool at_entry = false;         ///< that stop is between syscall_enter and the call's body
    bool continued = false;        ///< SIGCONT since then
    bool spurious = false;         ///< woken for no reason since then
    bool killed_in_stop = false;   ///< SIGKILL came while it was TRACED
    bool killed_directly = false;  ///< SIGKILL was sent to it, not only to its group or by exec

    std::uint64_t system_calls = 0;        ///< entered so far
    std::uint64_t callbacks_at_entry = 0;  ///< callbacks of the task when it entered the last one
    std::uint64_t stops_at_entry = 0;      ///< `stops` then
    bool signal_since_call = false;        ///< a signal was taken or reported since its body
    std::uint64_t taken = 0;               ///< event of the signal that was taken and not told yet
    bool step_since_user = false;          ///< a call may have asked for a step since user mode
    bool changed_since_user = false;       ///< an engine may have left since then
    bool asked_since_user = false;         ///< anybody wanted a report since user mode

    PassView pass;
    StepView step;

    std::uint64_t returned = never;  ///< step of the last return to user mode
    bool own_tf = false;             ///< TF when it was last in user mode without being stepped
    std::uint32_t reaps = 0;         ///< report_reap callbacks begun
    std::uint32_t deaths_open = 0;   ///< callbacks of the death report under way
};

template <typename V>
void describe(V& v, RecordOf<TaskLedger> auto& x) {
    v.count("calls", x.calls);
    v.plain("open_calls", x.open_calls);
    v.stamp("controlled", x.controlled);
    v.plain("queued", x.queued);
    v.count("state_events", x.state_events);
    v.count("stops", x.stops);
    v.stamp("traced", x.traced);
    v.stamp("woken", x.woken);
    v.count("calls_at_stop", x.calls_at_stop);
    v.count("callbacks_at_stop", x.callbacks_at_stop);
    v.plain("stopped_before", x.stopped_before);
    v.plain("at_entry", x.at_entry);
    v.plain("continued", x.continued);
    v.plain("spurious", x.spurious);
    v.plain("killed_in_stop", x.killed_in_stop);
    v.plain("killed_directly", x.killed_directly);
    v.count("system_calls", x.system_calls);
    v.count("callbacks_at_entry", x.callbacks_at_entry);
    v.count("stops_at_entry", x.stops_at_entry);
    v.plain("signal_since_call", x.signal_since_call);
    v.plain("taken", x.taken);
    v.plain("step_since_user", x.step_since_user);
    v.plain("changed_since_user", x.changed_since_user);
    v.plain("asked_since_user", x.asked_since_user);
    v.within("pass", x.pass);
    v.within("step", x.step);
    v.stamp("returned", x.returned);
    v.plain("own_tf", x.own_tf);
    v.plain("reaps", x.reaps);
    v.plain("deaths_open", x.deaths_open);
}

struct EngineLedger {
    std::uint64_t mask_at_death = 0;  ///< bits that were surely set when the task died
    std::uint64_t may_at_death = 0;   ///< bits that may have been
    std::uint64_t reaping = never;    ///< step in which its report_reap began
    std::uint64_t reaped = never;     ///< step in which that ended
    std::uint64_t death = never;      ///< step of its first callback of the death report
    std::uint64_t granted = never;    ///< step of a control(STOP) that answered 0 and still counts
    std::uint64_t own_call = never;   ///< step in which the last control call for it began
    std::uint64_t quiet = never;      ///< step of a barrier that answered 0, with no callback since
    std::uint64_t exit_report = never;  ///< step of its last report_exit
    std::uint64_t jctl_report = never;  ///< step of its last report_jctl
    bool has_report_signal = false;     ///< it was called, so its table has that entry
};

template <typename V>
void describe(V& v, RecordOf<EngineLedger> auto& x) {
    v.plain("mask_at_death", x.mask_at_death);
    v.plain("may_at_death", x.may_at_death);
    v.stamp("reaping", x.reaping);
    v.stamp("reaped", x.reaped);
    v.stamp("death", x.death);
    v.stamp("granted", x.granted);
    v.stamp("own_call", x.own_call);
    v.stamp("quiet", x.quiet);
    v.stamp("exit_report", x.exit_report);
    v.stamp("jctl_report", x.jctl_report);
    v.plain("has_report_signal", x.has_report_signal);
}

/// How it stood when the call that an actor has under way began.
struct CallLedger {
    bool alone = false;              ///< no other call about the task was under way
    std::uint64_t calls = 0;         ///< `TaskLedger::calls` then
    std::uint64_t stops = 0;         ///< `TaskLedger::stops` then
    std::uint64_t state_events = 0;  ///< changes of the task's state then
    bool mask_known = false;         ///< the engine's mask was known for sure
};

template <typename V>
void describe(V& v, RecordOf<CallLedger> auto& x) {
    v.plain("alone", x.alone);
    v.count("calls", x.calls);
    v.count("stops", x.stops);
    v.count("state_events", x.state_events);
    v.plain("mask_known", x.mask_known);
}

/// A preparation to examine that succeeded. Each caller has a pair of calls of its own.
struct Examination {
    std::uint32_t engine = EngineId::none_value;
    std::uint32_t caller = ActorId::none_value;
    std::uint64_t since = never;     ///< step in which prepare_examine answered 0
    std::uint64_t state_events = 0;  ///< changes of the target's state then
    bool open = false;               ///< it was not finished yet

    bool is_of(EngineId of, ActorId by) const { return engine == of.value && caller == by.value; }
};

template <typename V>
void describe(V& v, RecordOf<Examination> auto& x) {
    v.plain("engine", x.engine);
    v.plain("caller", x.caller);
    v.stamp("since", x.since);
    v.count("state_events", x.state_events);
    v.plain("open", x.open);
}

class Ledger {
public:
    /// Takes in one event; `past` does not know of it yet.
    void add(const Event& event, const History& past);
    void clear();

    struct Mark {
        UndoList<TaskLedger>::Mark tasks;
        UndoList<EngineLedger>::Mark engines;
        UndoList<CallLedger>::Mark actors;
        UndoList<Examination>::Mark examinations;
        std::uint32_t steps = 0;
    };
    Mark mark() {
        return {tasks_.mark(), engines_.mark(), actors_.mark(), examinations_.mark(), steps_};
    }
    void rewind(const Mark& mark);

    /// How many tasks have a step under way.
    std::uint32_t steps() const { return steps_; }
    const TaskLedger& task(TaskId id) const { return tasks_.at(id.value); }
    const EngineLedger& engine(EngineId id) const { return engines_.at(id.value); }
    const CallLedger& call(ActorId id) const { return actors_.at(id.value); }
    /// The last one of each caller and engine, in the order of their beginning.
    const UndoList<Examination>& examinations() const { return examinations_; }
    /// That of `caller`; null when there was none.
    const Examination* examination(EngineId engine, ActorId caller) const;
    /// Step in which the last one began that is not finished; `never`: there is none.
    std::uint64_t examined(EngineId engine) const;

    /// All that it knows, see described.hpp.
    template <typename V>
    void describe(V& v) const {
        describe_list(v, "task", tasks_);
        describe_list(v, "engine", engines_);
        describe_list(v, "call", actors_);
        describe_list(v, "examination", examinations_);
        v.plain("steps", steps_);
    }

private:
    void enter(const Event& event, const History& past);
    void leave(const Event& event, const History& past);
    void prepared(const Event& event, const History& past);
    void finished(EngineId engine, ActorId caller);
    void callback(const Event& event, const History& past);
    void callback_end(const Event& event, const History& past);
    void task_state(const Event& event, const History& past);
    void died(TaskId task, const History& past);
    void signal(const Event& event, const History& past);
    void user(const Event& event, const History& past);
    void note_open_calls(TaskId task, const History& past);
    void step(const Event& event);

    UndoList<TaskLedger> tasks_;
    UndoList<EngineLedger> engines_;
    UndoList<CallLedger> actors_;
    UndoList<Examination> examinations_;
    std::uint32_t steps_ = 0;
};

}  // namespace utsim
