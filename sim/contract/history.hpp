// SPDX-License-Identifier: MIT
/// What the events so far say about each task, engine and actor: the memory that all monitors
/// share.
///
/// It is made from events only, so where the layer acts a little before or after the event that
/// tells of it the members say what is certain (`mask`) and what is possible (`mask_may`).
#pragma once

#include <cstdint>

#include "contract/described.hpp"
#include "contract/monitor_memory.hpp"
#include "contract/reading.hpp"
#include "contract/undo_list.hpp"
#include "event/event.hpp"

namespace utsim {

/// The last answer that an engine gave.
struct AnswerView {
    std::uint64_t step = never;
    CallbackKind kind{};
    std::uint64_t event = 0;  ///< of the callback that it answers
    std::uint32_t word = 0;
};

template <typename V>
void describe(V& v, RecordOf<AnswerView> auto& x) {
    v.stamp("step", x.step);
    v.plain("kind", x.kind);
    v.plain("event", x.event);
    v.plain("word", x.word);
}

/// What is known of an engine.
struct EngineView {
    bool known = false;  ///< an attach created it
    std::uint32_t task = TaskId::none_value;
    std::uint32_t next_engine = EngineId::none_value;  ///< of the task, by id
    std::uint64_t order = 0;         ///< place in the order of attachment, from 1; 0: not yet
    std::uint64_t attached = never;  ///< step in which it was put on the list
    std::uint64_t listed = never;    ///< step from which passes can visit it
    std::uint64_t returned = never;  ///< step in which its attach call returned
    std::uint64_t detached = never;  ///< step in which it left the list
    std::uint64_t released = never;  ///< step in which the last reference went
    std::int64_t ops = 0;            ///< number of its callback table; 0: not told
    std::uint64_t data = 0;

    std::uint64_t mask = 0;         ///< bits that are surely set
    std::uint64_t mask_may = 0;     ///< bits that may be set: a set_events is under way
    std::uint64_t mask_late = 0;    ///< bits cleared with -EINPROGRESS: good for one callback more
    std::uint64_t masked = never;   ///< step in which the last successful set_events returned
    std::uint32_t setting = 0;      ///< calls of set_events under way
    bool mask_unclear = false;      ///< two of them overlap: `mask` is what both leave set
    std::uint32_t controlling = 0;  ///< calls of control under way
    bool attached_by_target = false;  ///< by the target itself, so from inside a callback
    bool told_anything = false;       ///< set_events or control was called for it

    bool stop = false;              ///< ENGINE_STOP
    std::uint64_t held = never;     ///< step in which it last said STOP, unless it took it back
    std::uint64_t leaving = never;  ///< step in which the first DETACH was called or answered
    std::uint64_t left = never;     ///< step in which that DETACH was accepted
    bool left_by_answer = false;
    bool left_owed = false;            ///< ... with -EINPROGRESS: one callback was on its way
    std::uint64_t left_callbacks = 0;  ///< `callbacks` then

    std::int64_t references = 0;                ///< explicit ones
    std::uint64_t callbacks = 0;                ///< begun so far
    std::uint64_t in_callback = never;          ///< step in which the running callback began
    CallbackKind kind{};                        ///< of the running or last callback
    std::uint64_t event = 0;                    ///< of the running or last callback
    std::uint32_t actor = ActorId::none_value;  ///< who runs it
    std::uint64_t last_callback = never;        ///< step in which the last one began
    AnswerView answer;

    std::uint64_t control_step = never;  ///< of the last control call that returned
    std::uint32_t control_action = 0;

    bool quiesce() const { return (mask & UTRACE_EVENT(EVENT_QUIESCE)) != 0; }
    /// Attached, and nothing about leaving has been said.
    bool stays() const { return attached != never && leaving == never && detached == never; }
};

template <typename V>
void describe(V& v, RecordOf<EngineView> auto& x) {
    v.plain("known", x.known);
    v.plain("task", x.task);
    v.plain("next_engine", x.next_engine);
    v.count("order", x.order);
    v.stamp("attached", x.attached);
    v.stamp("listed", x.listed);
    v.stamp("returned", x.returned);
    v.stamp("detached", x.detached);
    v.stamp("released", x.released);
    v.plain("ops", x.ops);
    v.plain("data", x.data);
    v.plain("mask", x.mask);
    v.plain("mask_may", x.mask_may);
    v.plain("mask_late", x.mask_late);
    v.stamp("masked", x.masked);
    v.plain("setting", x.setting);
    v.plain("mask_unclear", x.mask_unclear);
    v.plain("controlling", x.controlling);
    v.plain("attached_by_target", x.attached_by_target);
    v.plain("told_anything", x.told_anything);
    v.plain("stop", x.stop);
    v.stamp("held", x.held);
    v.stamp("leaving", x.leaving);
    v.stamp("left", x.left);
    v.plain("left_by_answer", x.left_by_answer);
    v.plain("left_owed", x.left_owed);
    v.count("left_callbacks", x.left_callbacks);
    v.plain("references", x.references);
    v.count("callbacks", x.callbacks);
    v.stamp("in_callback", x.in_callback);
    v.plain("kind", x.kind);
    v.plain("event", x.event);
    v.plain("actor", x.actor);
    v.stamp("last_callback", x.last_callback);
    v.within("answer", x.answer);
    v.stamp("control_step", x.control_step);
    v.plain("control_action", x.control_action);
}

/// What is known of a task.
struct TaskView {
    bool known = false;
    std::uint32_t parent = TaskId::none_value;
    std::uint32_t actor = ActorId::none_value;  ///< who runs it, once it has done something
    std::int64_t state = 0;
    std::int64_t exit_state = 0;
    std::uint64_t state_since = 0;
    std::uint64_t killed = never;   ///< step of the SIGKILL (its own or an implied one)
    std::uint64_t exiting = never;  ///< step of the first report of its exit, or of the exit
    std::uint64_t dead = never;     ///< step in which exit_state became non-zero
    std::uint64_t released = never;
    std::uint64_t born = never;     ///< step of new_task; never for those from the start
    std::uint64_t clone_flags = 0;  ///< of the call that made it
    bool has_run = false;           ///< has done anything itself

    std::uint64_t user = never;    ///< step of the last user instruction
    std::uint64_t kernel = never;  ///< step of the last entry to the kernel that is known
    bool in_call = false;          ///< between syscall_enter and user mode
    bool call_done = false;        ///< its body has run, or was skipped
    std::uint64_t call_step = never;
    std::int64_t call_nr = -1;

    std::uint32_t stepping = 0;     ///< 0 no, 1 single, 2 block: what was switched on last
    std::uint64_t handler = never;  ///< step in which the last handler frame was built
    std::uint64_t callbacks = 0;    ///< callbacks of any engine about this task
    std::uint32_t calling = EngineId::none_value;  ///< the engine whose callback is running
    std::uint32_t child = TaskId::none_value;      ///< that the last report_clone was about
    std::uint64_t last_event = 0;                  ///< of the last callback
    std::uint64_t pass = 0;           ///< number of the current pass, see `History::begins_pass`
    std::uint64_t pass_order = 0;     ///< place of the engine that was visited last in it
    CallbackKind pass_kind{};         ///< kind of the last callback in it
    std::uint64_t pass_step = never;  ///< step in which the pass began
    std::uint64_t pass_after = 0;     ///< step of the last thing it did before the pass began
    bool pass_open = false;
    std::uint32_t pass_least = UTRACE_RESUME;  ///< the most constraining answer in it so far
    std::uint32_t pass_answers = 0;            ///< answers in it so far
    std::uint32_t pass_word = 0;               ///< the last answer of an event's own callback
    std::int64_t pass_left[2] = {};            ///< the arguments as that callback left them
    bool pass_unsure = false;    ///< an engine answered that is being detached: it may not count
    std::uint64_t last_act = 0;  ///< step of the last thing it did that is no callback
    std::uint64_t entered = 0;   ///< step of its last way into or out of user mode
    std::uint32_t first_engine = EngineId::none_value;  ///< the others follow from it

    bool traced() const { return (state & task_traced) != 0; }
    bool stopped() const { return (state & task_stopped) != 0; }
    bool alive() const { return exit_state == 0; }

    static constexpr std::int64_t task_stopped = 4;
    static constexpr std::int64_t task_traced = 8;
};

template <typename V>
void describe(V& v, RecordOf<TaskView> auto& x) {
    v.plain("known", x.known);
    v.plain("parent", x.parent);
    v.plain("actor", x.actor);
    v.plain("state", x.state);
    v.plain("exit_state", x.exit_state);
    v.stamp("state_since", x.state_since);
    v.stamp("killed", x.killed);
    v.stamp("exiting", x.exiting);
    v.stamp("dead", x.dead);
    v.stamp("released", x.released);
    v.stamp("born", x.born);
    v.plain("clone_flags", x.clone_flags);
    v.plain("has_run", x.has_run);
    v.stamp("user", x.user);
    v.stamp("kernel", x.kernel);
    v.plain("in_call", x.in_call);
    v.plain("call_done", x.call_done);
    v.stamp("call_step", x.call_step);
    v.plain("call_nr", x.call_nr);
    v.plain("stepping", x.stepping);
    v.stamp("handler", x.handler);
    v.count("callbacks", x.callbacks);
    v.plain("calling", x.calling);
    v.plain("child", x.child);
    v.plain("last_event", x.last_event);
    v.count("pass", x.pass);
    v.count("pass_order", x.pass_order);
    v.plain("pass_kind", x.pass_kind);
    v.stamp("pass_step", x.pass_step);
    v.stamp("pass_after", x.pass_after);
    v.plain("pass_open", x.pass_open);
    v.plain("pass_least", x.pass_least);
    v.plain("pass_answers", x.pass_answers);
    v.plain("pass_word", x.pass_word);
    v.plain("pass_left", x.pass_left[0]);
    v.plain("pass_left", x.pass_left[1]);
    v.plain("pass_unsure", x.pass_unsure);
    v.stamp("last_act", x.last_act);
    v.stamp("entered", x.entered);
    v.plain("first_engine", x.first_engine);
}

/// A call of the API that has begun and not returned.
struct CallView {
    ApiCall call{};
    std::uint32_t task = TaskId::none_value;
    std::uint32_t engine = EngineId::none_value;
    std::uint32_t action = 0;
    std::uint64_t flags = 0;
    std::uint64_t step = never;
    std::uint64_t callbacks = 0;  ///< of the engine, when the call began
    std::uint64_t user = never;   ///< last user instruction of the target, when the call began
    std::int64_t state = 0;       ///< of the target, when the call began
    std::int64_t exit_state = 0;
    std::uint64_t left = never;         ///< of the engine, when the call began
    std::uint64_t detached = never;     ///< likewise
    std::uint64_t in_callback = never;  ///< likewise
    std::uint64_t mask = 0;             ///< likewise
    std::uint64_t mask_may = 0;         ///< likewise
    std::int64_t ops = 0;               ///< attach and look-up: what was given
    std::uint64_t data = 0;
};

template <typename V>
void describe(V& v, RecordOf<CallView> auto& x) {
    v.plain("call", x.call);
    v.plain("task", x.task);
    v.plain("engine", x.engine);
    v.plain("action", x.action);
    v.plain("flags", x.flags);
    v.stamp("step", x.step);
    v.count("callbacks", x.callbacks);
    v.stamp("user", x.user);
    v.plain("state", x.state);
    v.plain("exit_state", x.exit_state);
    v.stamp("left", x.left);
    v.stamp("detached", x.detached);
    v.stamp("in_callback", x.in_callback);
    v.plain("mask", x.mask);
    v.plain("mask_may", x.mask_may);
    v.plain("ops", x.ops);
    v.plain("data", x.data);
}

/// What is known of an actor.
struct ActorView {
    static constexpr std::uint32_t nesting = 6;
    std::uint32_t task = TaskId::none_value;  ///< whose fiber it is, once that is known
    std::uint32_t locks = 0;                  ///< spinlocks it holds
    std::uint32_t calls = 0;                  ///< how many are under way
    CallView call[nesting];
    bool in_callback = false;  ///< of any engine
};

/// What holds of anybody at all, so that a monitor that waits for it need not be asked before.
struct Circumstances {
    std::uint32_t holds = 0;   ///< engines that keep their target stopped
    std::uint32_t traced = 0;  ///< tasks that are TRACED
    bool killed = false;       ///< a task has got SIGKILL
    bool exiting = false;      ///< a task has begun to exit
    bool dead = false;         ///< a task is dead
};

template <typename V>
void describe(V& v, RecordOf<Circumstances> auto& x) {
    v.plain("holds", x.holds);
    v.plain("traced", x.traced);
    v.plain("killed", x.killed);
    v.plain("exiting", x.exiting);
    v.plain("dead", x.dead);
}

/// Of its calls those that are under way.
template <typename V>
void describe(V& v, RecordOf<ActorView> auto& x) {
    v.plain("task", x.task);
    v.plain("locks", x.locks);
    v.plain("calls", x.calls);
    for (std::uint32_t i = 0; i < x.calls; ++i) v.within("call", x.call[i]);
    v.plain("in_callback", x.in_callback);
}

class History {
public:
    /// Takes in one event.
    void add(const Event& event);
    void clear();

    struct Mark {
        UndoList<EngineView>::Mark engines;
        UndoList<TaskView>::Mark tasks;
        UndoList<ActorView>::Mark actors;
        std::uint64_t attachments = 0;
        Circumstances circumstances;
    };
    Mark mark() {
        return {engines_.mark(), tasks_.mark(), actors_.mark(), attachments_, circumstances_};
    }
    void rewind(const Mark& mark);

    /// Never null; what nobody told of is as it is made.
    const EngineView& engine(EngineId id) const { return engines_.at(id.value); }
    const TaskView& task(TaskId id) const { return tasks_.at(id.value); }
    const ActorView& actor(ActorId id) const { return actors_.at(id.value); }
    std::size_t engine_count() const { return engines_.size(); }
    std::size_t task_count() const { return tasks_.size(); }
    std::size_t actor_count() const { return actors_.size(); }

    const Circumstances& circumstances() const { return circumstances_; }
    /// How many engines have come so far.
    std::uint64_t attachments() const { return attachments_; }

    /// Calls `f(EngineId, const EngineView&)` for each engine of `task`, in the order of their ids.
    template <typename F>
    void each_engine(TaskId task, F&& f) const {
        if (!task.valid()) return each_engine_of_nobody(f);
        std::uint32_t next = this->task(task).first_engine;
        while (next != EngineId::none_value) {
            const EngineView& view = engine(EngineId{next});
            const EngineId id{next};
            next = view.next_engine;
            f(id, view);
        }
    }

    /// Calls `f(const CallView&)` for each call about `task` that is under way.
    template <typename F>
    void each_call(TaskId task, F&& f) const {
        for (const ActorView& actor : actors_) {
            for (std::uint32_t i = 0; i < actor.calls; ++i) {
                if (actor.call[i].task == task.value) f(actor.call[i]);
            }
        }
    }

    /// The call that `actor` has made and that has not returned; null when there is none.
    const CallView* call(ActorId actor) const {
        const ActorView& view = this->actor(actor);
        return view.calls == 0 ? nullptr : &view.call[view.calls - 1];
    }
    /// Whether `actor` is the fiber of `task`.
    bool is_current(ActorId actor, TaskId task) const {
        return this->task(task).actor == actor.value && actor.valid();
    }
    /// Whether this callback is the first one of a pass over the engines: another event than the
    /// one before, something in between, or an engine that had its turn already.
    bool begins_pass(const CallbackReading& callback) const;

    /// All that it knows, see described.hpp.
    template <typename V>
    void describe(V& v) const {
        describe_list(v, "engine", engines_);
        describe_list(v, "task", tasks_);
        describe_list(v, "actor", actors_);
        v.count("attachments", attachments_);
        utsim::describe(v, circumstances_);
    }

private:
    EngineView& edit_engine(std::uint32_t id) { return engines_.edit(id); }
    TaskView& edit_task(std::uint32_t id) { return tasks_.edit(id); }
    ActorView& edit_actor(std::uint32_t id) { return actors_.edit(id); }

    /// Those of which it was not told what they are attached to.
    template <typename F>
    void each_engine_of_nobody(F&& f) const {
        for (std::uint32_t i = 0; i < engine_count(); ++i) {
            if (engine(EngineId{i}).task == TaskId::none_value) f(EngineId{i}, engine(EngineId{i}));
        }
    }
    /// From now on the engine is one of the task's.
    void belongs(std::uint32_t engine, std::uint32_t task);
    void take_from_list(std::uint32_t engine);

    void enter(const Event& event);
    void leave(const Event& event);
    void attach_returned(const Event& event, const ApiReading& api);
    void control_returned(const Event& event, const ApiReading& api, const CallView& call);
    void callback(const Event& event);
    void callback_end(const Event& event);
    static void note_answer(TaskView& task, const EngineView& engine,
                            const CallbackReading& callback, const Event& event);
    void engine_changes(const Event& event);
    void task_state(const Event& event);
    void ends_pass(const Event& event);
    void task_acts(const Event& event);
    void new_task(const Event& event);

    UndoList<EngineView> engines_;
    UndoList<TaskView> tasks_;
    UndoList<ActorView> actors_;
    std::uint64_t attachments_ = 0;
    Circumstances circumstances_;
};

}  // namespace utsim
