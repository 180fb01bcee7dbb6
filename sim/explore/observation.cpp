// SPDX-License-Identifier: MIT
// The projection. Each kind of event has at most one observer; what has none is how utrace works,
// not what it does. Instructions in a row are one observation: how many there were between two
// events is what a program (or somebody who steps it) can tell.
#include "explore/observation.hpp"

#include "base/digest.hpp"

namespace utsim {

namespace {

/// The value at `index`, after making room for it.
template <typename T>
T& at(std::vector<T>& values, std::size_t index) {
    if (index >= values.size()) values.resize(index + 1);
    return values[index];
}

std::uint32_t id_of(std::int64_t value) { return static_cast<std::uint32_t>(value); }

std::int64_t digest_of_text(std::string_view text) {
    Digest digest;
    digest.add(text);
    return static_cast<std::int64_t>(digest.value());
}

/// The field that says which task it is about; -1: the kind is not a task's.
int task_field(EventKind kind) {
    switch (kind) {
        case EventKind::task_state:
        case EventKind::syscall_enter:
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
        case EventKind::instruction:
        case EventKind::debug_trap:
        case EventKind::fault:
        case EventKind::signal_generated:
        case EventKind::handler:
        case EventKind::core_dump:
        case EventKind::exit:
        case EventKind::exec:
        case EventKind::notify_parent:
        case EventKind::notify_cldstop:
        case EventKind::released:
        case EventKind::output:
        case EventKind::end_task:
            return 0;
        case EventKind::new_task:
            return 1;
        default:
            return -1;
    }
}

/// The last actor that any event can have; building has none.
constexpr std::uint32_t most_actors = 4096;

}  // namespace

const char* observer_kind_name(ObserverKind kind) {
    static constexpr const char* names[] = {"engine", "program", "controller", "machine"};
    return names[static_cast<std::size_t>(kind)];
}

void Observation::restart() {
    seen_.clear();
    moments_.clear();
    per_actor_.clear();
    in_callback_.clear();
    last_instructions_.clear();
    index_ = 0;
}

void Observation::rewind(std::uint64_t mark) {
    if (mark == 0) restart();
}

std::int64_t Observation::digest_of(std::int64_t text) const {
    return digest_of_text(names_.static_text(id_of(text)));
}

void Observation::place_call(const Event& event, Observed& out) const {
    const std::uint32_t actor = event.actor.value;
    if (actor < controllers_.size() && controllers_[actor]) {
        out.who = ObserverKind::controller;
        out.id = actor;
        return;
    }
    const bool inside = actor < in_callback_.size() && in_callback_[actor] != 0;
    out.who = ObserverKind::engine;
    out.id = inside ? in_callback_[actor] - 1 : id_of(event.value[2]);
}

bool Observation::place(const Event& event, Observed& out) {
    out.value = event.value;
    const int field = task_field(event.kind);
    if (field >= 0) {
        out.who = ObserverKind::program;
        out.id = id_of(event.value[static_cast<std::size_t>(field)]);
        if (!event.text.empty() && event.kind != EventKind::instruction) {
            out.value[max_fields - 1] = digest_of_text(event.text);
        }
        return true;
    }
    switch (event.kind) {
        case EventKind::api:
            place_call(event, out);
            return true;
        case EventKind::callback:
        case EventKind::callback_end:
            out.who = ObserverKind::engine;
            out.id = id_of(event.value[1]);
            if (event.actor.value < most_actors) {
                at(in_callback_, event.actor.value) =
                    event.kind == EventKind::callback ? out.id + 1 : 0;
            }
            return true;
        case EventKind::engine_release:
            out.who = ObserverKind::engine;
            out.id = id_of(event.value[0]);
            return true;
        case EventKind::blocked:
            out.who = ObserverKind::machine;
            out.value[0] = event.actor.value;
            return true;
        case EventKind::sleep_in_atomic:
            out.value[2] = digest_of(event.value[2]);
            [[fallthrough]];
        case EventKind::run_end:
            out.who = ObserverKind::machine;
            out.value[0] = digest_of(event.value[0]);
            return true;
        case EventKind::bug:
        case EventKind::warning:
            out.who = ObserverKind::machine;
            out.value[0] = digest_of(event.value[0]);
            out.value[1] = digest_of(event.value[1]);
            return true;
        case EventKind::lock_order:
            out.who = ObserverKind::machine;
            out.value[0] = digest_of(event.value[0]);
            out.value[3] = digest_of(event.value[3]);
            return true;
        default:
            return false;
    }
}

void Observation::emit(const Event& event) {
    Observed observed;
    observed.kind = event.kind;
    observed.index = index_++;
    observed.actor = event.actor;
    observed.step = event.step;
    if (!place(event, observed)) return;
    moments_.push_back({event.actor, event.step});
    if (event.actor.value < most_actors) ++at(per_actor_, event.actor.value);
    keep(observed);
}

void Observation::keep(const Observed& observed) {
    if (observed.who != ObserverKind::program || observed.id >= most_actors) {
        seen_.push_back(observed);
        return;
    }
    std::uint32_t& last = at(last_instructions_, observed.id);
    if (observed.kind != EventKind::instruction) {
        last = 0;
        seen_.push_back(observed);
        return;
    }
    if (last != 0) {
        seen_[last - 1].value[2] += observed.value[2];
        return;
    }
    seen_.push_back(observed);
    seen_.back().value[3] = 0;  // of a stretch, neither bytes nor branches
    last = static_cast<std::uint32_t>(seen_.size());
}

}  // namespace utsim
