// SPDX-License-Identifier: MIT
// Events on their way to the sink, and the two complaints of a modelled kernel: WARN and BUG.
#include <algorithm>

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

/// Whether the text of such an event is what somebody has written or said. What arguments of calls
/// mean is told only to who wants to know it.
bool is_output(EventKind kind) {
    return kind != EventKind::instruction && kind != EventKind::syscall_enter &&
           kind != EventKind::syscall_ran;
}

}  // namespace

void World::set_sink(EventSink* sink) {
    sink_ = sink;
    instruction_sink_ = sink != nullptr ? sink->hears_instructions() : nullptr;
}

void World::emit_event(EventKind kind, std::initializer_list<std::int64_t> values,
                       std::string_view text) {
    UTSIM_CHECK(values.size() <= max_fields, "an event with too many fields");
    Event event;
    event.kind = kind;
    if (state_->current != nullptr) event.actor = state_->current->id;
    event.step = state_->step;
    std::size_t i = 0;
    for (const std::int64_t value : values) event.value[i++] = value;
    event.text = text;
    sink_->emit(event);
    // Whoever listens lives outside the World, and what is left of its calls (addresses that an
    // allocator gave, say) must not get into a state.
    if (wipe_stacks_) [[unlikely]]
        wipe_ahead();
    State& s = *state_;
    count_event(event);
    if (is_output(kind)) s.output += text.size();
    // What is told after the end of a run is not part of it.
    if (s.current == nullptr) return;
    if (s.events >= options_.limits.max_events) request_stop("max_events", RunEnd::limit);
    if (s.output > options_.limits.max_output) request_stop("max_output", RunEnd::limit);
}

/// See `note_instruction`.
void World::count_event(const Event& event) {
    State& s = *state_;
    const bool instruction = event.kind == EventKind::instruction;
    if (!instruction || s.instructing != event.actor.value) ++s.events;
    s.instructing = instruction ? event.actor.value : ActorId::none_value;
}

std::uint64_t World::instructions_at_once() const {
    const State& s = *state_;
    const WorldLimits& limits = options_.limits;
    if (!strides_) return 1;
    const std::uint64_t left =
        limits.max_instructions - std::min(limits.max_instructions, s.instructions);
    return std::max<std::uint64_t>(std::min(left, instructions_until_wake()), 1);
}

void World::emit_instructions(TaskId task, std::uint64_t ip, std::uint64_t count, bool branch,
                              std::string_view bytes) {
    if (!listening()) return;
    emit_event(
        EventKind::instruction,
        {task.value, static_cast<std::int64_t>(ip), static_cast<std::int64_t>(count), branch},
        bytes);
}

void World::tell_instruction(TaskId task, std::uint64_t ip, bool branch, std::string_view bytes) {
    const State& s = *state_;
    Event& event = instruction_;
    event.actor = s.current->id;
    event.step = s.step;
    event.value[0] = task.value;
    event.value[1] = static_cast<std::int64_t>(ip);
    event.value[3] = branch;
    event.text = bytes;
    instruction_sink_->emit(event);
    if (wipe_stacks_) [[unlikely]]
        wipe_ahead();
}

// A number once given stays for the World's life, also when time jumps back, so that whoever kept
// it can still look it up; what it is depends on what has run before, so only words are compared.
std::uint32_t World::text_id(const char* literal) {
    const auto next = static_cast<std::uint32_t>(texts_.size());
    const auto [place, added] = text_ids_.try_emplace(literal, next);
    if (added) texts_.push_back(literal);
    return place->second;
}

void World::warn(const char* function, const char* what) {
    if (!listening()) return;
    emit_event(EventKind::warning, {text_id(function), text_id(what)}, {});
}

void World::bug(const char* function, const char* what) {
    UTSIM_CHECK(on_fiber(), what);
    if (listening()) emit_event(EventKind::bug, {text_id(function), text_id(what)}, {});
    state_->ended_in = function;
    end_run(RunEnd::bug, what);
}

void World::null_pointer(const char* function, const char* what) {
    state_->crashed = true;
    bug(function, what);
}

}  // namespace utsim
