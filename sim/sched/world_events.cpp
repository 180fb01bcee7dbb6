// SPDX-License-Identifier: MIT
// Events on their way to the sink, and the two complaints of a modelled kernel: WARN and BUG.
#include <cstring>

#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

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
}

// Counting texts in the order of their use would give other numbers after a restore.
std::uint32_t World::text_id(const char* literal) {
    std::uint32_t id = 0x811c9dc5u;
    for (const char* p = literal; *p != '\0'; ++p) {
        id = (id ^ static_cast<unsigned char>(*p)) * 0x01000193u;
    }
    const char* known = texts_.try_emplace(id, literal).first->second;
    UTSIM_CHECK(known == literal || std::strcmp(known, literal) == 0,
                "two texts of the simulator have the same number");
    return id;
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

}  // namespace utsim
