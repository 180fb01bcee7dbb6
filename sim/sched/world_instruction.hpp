// SPDX-License-Identifier: MIT
/// What a World does at every user instruction, in line where user mode is: a call, or a return on
/// another stack than the call's, would cost as much as the instruction.
#pragma once

#include "sched/world.hpp"

namespace utsim {

inline std::uint64_t World::sure_of_user() const {
    return sure_until_ > state_->quantum_until ? sure_until_ : state_->quantum_until;
}

[[gnu::always_inline]] inline void World::user_point(const char* function, PointObject object) {
    State& s = *state_;
    Actor* actor = s.current;
    actor->point = Point{PointKind::user, function, object};
    if (s.step + 1 < control_in_user_at_ && (s.step + 1 < sure_of_user() || is_alone()))
        [[likely]] {
        ++s.step;
        ++actor->steps;
    } else if (observer_ == nullptr) [[likely]] {
        leave_fiber(host_);
    } else {
        yield_at_point();
    }
    if (digest_ != nullptr) [[unlikely]]
        digest_->passes(actor->id, actor->point);
}

inline bool World::others_come_next() const {
    const std::uint64_t next = state_->step + 1;
    return next >= control_in_user_at_ || (next >= sure_of_user() && !is_alone());
}

inline void World::note_instruction() {
    State& s = *state_;
    const std::uint32_t actor = s.current->id.value;
    if (s.instructing != actor) {
        ++s.events;
        s.instructing = actor;
    }
    if (s.events >= options_.limits.max_events) [[unlikely]]
        request_stop("max_events", RunEnd::limit);
}

template <typename Bytes>
inline void World::emit_instruction(TaskId task, std::uint64_t ip, bool branch, Bytes&& bytes) {
    count_instructions(1);
    if (sink_ == nullptr) return;
    if (instruction_sink_ != nullptr) tell_instruction(task, ip, branch, bytes());
    note_instruction();
}

inline bool World::emit_instruction_of_stride(Event& record) {
    State& s = *state_;
    ++s.instructions;
    s.last_progress = s.step;
    if (s.clock_runs) [[unlikely]]
        pass_time(instruction_time);
    record.step = s.step;
    instruction_sink_->emit(record);
    if (s.instructing != record.actor.value) note_instruction();
    return s.step + 1 < control_in_user_at_ && instruction_sink_->wants_each_instruction();
}

}  // namespace utsim
