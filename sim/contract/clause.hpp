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

    constexpr bool has_monitor() const { return monitor != nullptr || at_end != nullptr; }
};

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
