// SPDX-License-Identifier: MIT
/// What the engines of one task answered in one pass, and which answer decided.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <utsim/explain.hpp>

#include "event/event.hpp"
#include "semantics/semantics.hpp"

namespace utsim {

/// Collects answers until the task goes on; then tells how they were merged.
class Passes {
public:
    Passes(const NameTable& names, const Semantics& semantics)
        : names_(names),
          semantics_(semantics) {}

    /// To be told of every event, before it is told itself. Returns the line about a pass that is
    /// over now, if there is something to say about it.
    std::optional<ExplainedLine> follow(const Event& event);

private:
    struct Answer {
        std::uint32_t engine = 0;
        std::uint32_t action = 0;
    };
    /// One walk over the engines of a task.
    struct Pass {
        bool open = false;
        bool in_callback = false;
        bool before_user = false;  ///< the last one on the way to user mode
        bool at_entry = false;     ///< of a system call, where a stop comes at once
        bool signal = false;
        std::vector<std::pair<std::uint32_t, std::int64_t>> called;  ///< engine, callback
        std::vector<Answer> answers;
    };

    void called(const Event& event, Pass& pass);
    std::optional<ExplainedLine> close(std::uint32_t task, Pass& pass, const Event& event);
    void explain_winner(const Pass& pass, std::uint32_t winner, ExplainedLine& line) const;
    void explain_effect(const std::string& task, const Pass& pass, std::uint32_t winner,
                        ExplainedLine& line) const;
    void explain_losers(const Pass& pass, std::uint32_t winner, ExplainedLine& line) const;
    std::string engine(std::uint32_t id) const { return std::string(names_.engine(EngineId{id})); }

    const NameTable& names_;
    const Semantics& semantics_;
    std::map<std::uint32_t, Pass> passes_;  ///< by task
};

}  // namespace utsim
