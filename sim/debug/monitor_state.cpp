// SPDX-License-Identifier: MIT
// The answers about the kernel: tasks, engines, actors.
#include "debug/monitor.hpp"
#include "debug/tasks.hpp"
#include "sched/lock.hpp"
#include "sched/schedule.hpp"
#include "utrace/utrace_struct.hpp"
#include "view/state.hpp"

namespace utsim::debug {

namespace {

/// Names for numbers, from the table that traces are written by.
std::string event_set(std::uint64_t events, const NameTable& names) {
    Event event;
    event.kind = EventKind::api;
    event.value[0] = static_cast<std::int64_t>(ApiCall::set_events);
    event.value[4] = static_cast<std::int64_t>(events);
    return field_in_words(event, 4, names);
}

std::string resume_word(std::uint32_t action, const NameTable& names) {
    Event event;
    event.kind = EventKind::api;
    event.value[0] = static_cast<std::int64_t>(ApiCall::control);
    event.value[3] = action;
    return field_in_words(event, 3, names);
}

std::string task_words(const Task* task, const NameTable& names) {
    Event event;
    event.kind = EventKind::task_state;
    event.value[0] = task->id.value;
    event.value[1] = task->state.peek();
    event.value[2] = task->exit_state.peek();
    const std::string state = field_in_words(event, 1, names);
    return event.value[2] == 0 ? state : state + ", " + field_in_words(event, 2, names);
}

std::string signal_set(SigSet set, const NameTable& names) {
    std::string text;
    for (int signal = 1; signal <= 64; ++signal) {
        if ((set >> (signal - 1) & 1) == 0) continue;
        Event event;
        event.kind = EventKind::signal_taken;
        event.value[1] = signal;
        text += (text.empty() ? "" : " ") + field_in_words(event, 1, names);
    }
    return text;
}

bool exists(const Kernel& kernel, const Task* task) {
    return task->born && task != kernel.init && !task->usage.freed();
}

std::string engines_in(const char* list_name, const ListHead& list, const Utrace* utrace,
                       const NameTable& names) {
    std::string text;
    for (const ListHead* place = list.next; place != &list; place = place->next) {
        const Engine* engine =
            detail::ListMember<&Engine::entry>::owner(const_cast<ListHead*>(place));
        const std::uint64_t flags = engine->flags.peek();
        text += std::string("    ") + list_name + "  " + std::string(names.engine(engine->id)) +
                ": " + (flags == 0 ? "no events" : event_set(flags, names));
        if ((flags & ENGINE_STOP) != 0) text += "; keeps it stopped";
        if (engine->ops.peek() == utrace_detached_ops()) text += "; on its way out";
        if (utrace->reporting.peek() == engine) text += "; is in a callback";
        text += "\n";
    }
    return text;
}

}  // namespace

std::string Monitor::state(const Words& words) {
    World& world = session_.world();
    if (words.size() > 1) {
        const StateItem whole = world_state(world);
        StateItem part;
        if (find_state(whole, words[1], part)) return state_text(part);
        std::string text = "there is no \"" + words[1] + "\"; a path begins with";
        for (const std::string& name : state_parts(whole)) text += " " + name;
        return text + "\n";
    }
    const NameTable& names = world.names();
    std::string text = place();
    for (const Task* task : world.kernel->by_id) {
        if (!exists(*world.kernel, task)) continue;
        text += std::to_string(task->pid) + " " + name_of(world, task) + ": " +
                task_words(task, names) + "\n";
        if (task->actor.valid()) text += "    " + condition_of(world, task) + "\n";
        const std::string pending = signal_set(task->pending.signal, names);
        const std::string shared =
            task->signal != nullptr ? signal_set(task->signal->shared_pending.signal, names) : "";
        const std::string blocked = signal_set(task->blocked.peek(), names);
        if (!pending.empty()) text += "    pending " + pending + "\n";
        if (!shared.empty()) text += "    pending for its process " + shared + "\n";
        if (!blocked.empty()) text += "    blocked " + blocked + "\n";
    }
    return text;
}

std::string Monitor::engines(const Words&) {
    World& world = session_.world();
    const NameTable& names = world.names();
    std::string text;
    for (const Task* task : world.kernel->by_id) {
        if (!exists(*world.kernel, task)) continue;
        const Utrace* utrace = task->utrace.peek();
        if (utrace == nullptr || utrace->life.freed()) continue;
        text += std::to_string(task->pid) + " " + name_of(world, task) + ": resume " +
                resume_word(utrace->resume.peek(), names) + ", utrace_flags " +
                event_set(task->utrace_flags.peek(), names) + "\n";
        text += engines_in("attached ", utrace->attached, utrace, names);
        text += engines_in("attaching", utrace->attaching, utrace, names);
    }
    return text.empty() ? "no task was ever traced\n" : text;
}

std::string Monitor::points(const Words&) {
    World& world = session_.world();
    std::string text;
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        const Actor& actor = world.actor(ActorId{i});
        text += schedule_letter(actor.id) + " " + std::string(world.names().actor(actor.id)) + ": ";
        switch (actor.state) {
            case ActorState::ready:
                text += "goes on at ";
                break;
            case ActorState::blocked:
                text += "waits at ";
                break;
            case ActorState::sleeping:
                text += "sleeps at ";
                break;
            case ActorState::finished:
                text += "has ended at ";
                break;
        }
        text += world.point_label(actor);
        for (std::uint32_t n = 0; n < actor.held_count; ++n) {
            text += std::string(n == 0 ? ", holding " : ", ") +
                    lock_class_name(actor.held[n].object.lock) + " since " + actor.held[n].function;
        }
        text += "\n";
    }
    return text;
}

}  // namespace utsim::debug
