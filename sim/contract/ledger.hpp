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
    bool for_signal = false;   ///< report_signal is among them
    std::uint32_t least = UTRACE_RESUME;  ///< the most constraining answer
    bool single_step = false;             ///< somebody answered SINGLESTEP
    bool block_step = false;              ///< somebody answered BLOCKSTEP
    std::uint64_t calls = 0;              ///< `TaskLedger::calls` when it began
    bool undisturbed = false;             ///< no call about the task was under way then
    std::uint64_t step = never;           ///< of its last answer
};

struct TaskLedger {
    std::uint64_t calls = 0;       ///< of the API about this task, so far
    std::uint32_t open_calls = 0;  ///< of them under way
    std::uint64_t controlled =
        never;                       ///< step in which a call of utrace_control last began or ended
    std::uint64_t signals = 0;       ///< generated for it, so far
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

    bool tf = false;  ///< of the last return to user mode
    bool btf = false;
    std::uint64_t returned = never;  ///< step of it
    std::uint64_t instructions = 0;  ///< executed since
    bool own_tf = false;             ///< TF when it was last in user mode without being stepped
    std::uint32_t reaps = 0;         ///< report_reap callbacks begun
    std::uint32_t deaths_open = 0;   ///< callbacks of the death report under way
};

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

/// How it stood when the call that an actor has under way began.
struct CallLedger {
    bool alone = false;              ///< no other call about the task was under way
    std::uint64_t calls = 0;         ///< `TaskLedger::calls` then
    std::uint64_t stops = 0;         ///< `TaskLedger::stops` then
    std::uint64_t state_events = 0;  ///< changes of the task's state then
    bool mask_known = false;         ///< the engine's mask was known for sure
};

/// A preparation to examine that succeeded. Each caller has a pair of calls of its own.
struct Examination {
    std::uint32_t engine = EngineId::none_value;
    std::uint32_t caller = ActorId::none_value;
    std::uint64_t since = never;     ///< step in which prepare_examine answered 0
    std::uint64_t state_events = 0;  ///< changes of the target's state then
    bool open = false;               ///< it was not finished yet

    bool is_of(EngineId of, ActorId by) const { return engine == of.value && caller == by.value; }
};

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
    void step(const Event& event);

    UndoList<TaskLedger> tasks_;
    UndoList<EngineLedger> engines_;
    UndoList<CallLedger> actors_;
    UndoList<Examination> examinations_;
    std::uint32_t steps_ = 0;
};

}  // namespace utsim
