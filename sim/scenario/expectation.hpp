// SPDX-License-Identifier: MIT
/// What a scenario expects, as data: patterns of events, and statements about them or about the
/// end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/event.hpp"

namespace utsim {

/// Where something stands in its file.
struct SourcePlace {
    std::string pointer;
    std::size_t line = 0;
    std::size_t column = 0;
};

/// One field of an event and what it must be. What a word stands for can depend on how the field
/// is read in the event at hand, so there is a reading for each way in which the word makes sense.
struct FieldMatch {
    struct Reading {
        bool however = false;  ///< a number: it fits however the field is read
        Format format = Format::number;
        std::uint64_t mask = ~std::uint64_t{0};  ///< bits of the number that count
        std::int64_t value = 0;
        std::string name;  ///< what has no number here: tasks, engines, texts, locks, codes
    };
    std::uint8_t field = 0;
    std::vector<Reading> readings;
};

/// Fits an event of this kind whose fields all fit.
struct EventPattern {
    EventKind kind{};
    std::vector<FieldMatch> fields;
    std::optional<std::uint64_t> step;
    std::string actor;  ///< empty: whoever caused it
    bool has_text = false;
    std::string text;
    std::string in_words;  ///< for messages: `callback engine=watcher callback=quiesce`
};

/// What the end of a run must look like for one task or engine; unset members are not judged.
struct FinalState {
    std::string name;
    bool is_engine = false;
    SourcePlace place;
    struct Number {
        bool set = false;
        std::int64_t value = 0;
        std::int64_t mask = -1;
    };
    Number state, exit_state, exit, killed_by, ip, pending;        // tasks
    Number calls, steps, interrupted, attached, allowed, aborted;  // engines
    std::vector<std::uint64_t> positions;  ///< stepper: where the first traps were
    bool has_positions = false;
    bool has_output = false;
    std::string output;
};

struct Expectation {
    enum class Kind : std::uint8_t { final, sometimes, never, order, count, output, end, contract };
    Kind kind = Kind::final;
    SourcePlace place;
    std::string what;                    ///< in a few words
    std::vector<EventPattern> patterns;  ///< one, but for `order`
    std::uint64_t at_least = 0;          ///< count
    std::uint64_t at_most = ~std::uint64_t{0};
    std::vector<FinalState> finals;
    std::string task;                  ///< output
    std::string text;                  ///< output
    std::uint8_t end = 0;              ///< RunEnd
    std::vector<std::string> clauses;  ///< contract: ids of those that are broken
    int of_case = -1;        ///< index of the case that it belongs to; -1: it always holds
    bool own_order = false;  ///< only where the scenario's own schedule is followed
};

}  // namespace utsim
