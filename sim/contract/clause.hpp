// SPDX-License-Identifier: MIT
/// One promise of the API, and how to tell from a trace whether it was kept.
///
/// A clause is one row of a table: its text in one sentence, and either a monitor or the reason why
/// no trace can decide it. Everything that lists clauses (the documentation, `utsim coverage`, the
/// command line) works from these rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "contract/interest.hpp"
#include "event/event.hpp"

namespace utsim {

class Judge;

/// Whom a clause binds, and so who is to blame when it is broken.
enum class Bound : std::uint8_t {
    utrace,  ///< the layer, or the kernel that it is plugged into
    engine,  ///< whoever wrote the engine: a duty
    caller,  ///< whoever calls the API: a duty too
};

/// What a monitor compares the steps, or counts, that it keeps with. To most of them it matters
/// only whether there is one, and which it is stands in the message.
enum class Compares : std::uint8_t {
    nothing,
    acts,            ///< `TaskView::last_act`
    pass_step,       ///< `TaskView::pass_step`
    handler,         ///< `TaskView::handler`
    call_step,       ///< `TaskView::call_step`
    calls,           ///< `CallView::step` of those under way about the task
    what_was_heard,  ///< `EngineView::masked` and `last_callback`, of the task's engines
    of_all,          ///< `Judge::moment_of_all`
    passes,          ///< `TaskView::pass`
    callbacks,       ///< `EngineView::callbacks`
    system_calls,    ///< `TaskLedger::system_calls`
};

/// Looks at one event, before the history takes it in.
using Monitor = void (*)(Judge&);

struct Clause {
    std::string_view id;    ///< `C-003`, `I5`
    Bound bound;            ///< whom it binds
    std::string_view text;  ///< what is promised
    Interest hears;         ///< events that the monitor wants to see
    Monitor monitor = nullptr;
    Monitor at_end = nullptr;           ///< called once when the run has ended
    std::string_view undecidable = {};  ///< why there is no monitor; empty when there is one
    std::string_view scenario = {};     ///< a built-in scenario that exercises it, if one is known
    Compares compares = Compares::nothing;

    constexpr bool has_monitor() const { return monitor != nullptr || at_end != nullptr; }
};

/// The same, with a monitor that compares what it keeps.
constexpr Clause comparing(Compares with, Clause clause) {
    clause.compares = with;
    return clause;
}

/// A clause that no trace can decide.
constexpr Clause undecided(std::string_view id, Bound bound, std::string_view text,
                           std::string_view reason) {
    return {id, bound, text, {}, nullptr, nullptr, reason, {}};
}

/// Clauses of one topic, in the order of their ids.
struct ClauseGroup {
    std::string_view title;
    std::span<const Clause> clauses;
};

/// All groups: the contract from C-001 on, then the invariants.
std::span<const ClauseGroup> clause_groups();
/// All clauses in that order. An index into this list is what the rest of the room calls a clause.
std::span<const Clause* const> all_clauses();
/// The index of the clause called `id`; `all_clauses().size()` for an unknown one.
std::size_t find_clause(std::string_view id);

const char* bound_name(Bound bound);

}  // namespace utsim
