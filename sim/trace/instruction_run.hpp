// SPDX-License-Identifier: MIT
/// Instructions of one task with nothing between them, told in one event with their number.
///
/// The event has the address of the first, and the step of the last. It is the same whether each
/// instruction came by itself or some of them together, so that what is written of a run does not
/// depend on who else listens to it.
#pragma once

#include <string>

#include "event/event.hpp"
#include "event/instruction_bytes.hpp"

namespace utsim {

class InstructionRun {
public:
    /// Calls `show(event)` for what is complete: `event` itself, and what came before it.
    template <typename Show>
    void pass(const Event& event, Show&& show) {
        if (event.kind != EventKind::instruction) {
            if (holds_ && hides_last_branch(event)) held_.value[branch] = 0;
            end(show);
            return show(event);
        }
        if (merge(event)) return;
        end(show);
        // Whose step it is from here on has to be seen.
        if (loads_flags(event.text)) return show(event);
        hold(event);
    }
    /// Nothing more is to come, or not of what is held.
    template <typename Show>
    void end(Show&& show) {
        if (!holds_) return;
        holds_ = false;
        held_.text = bytes_;
        show(held_);
    }
    /// The instruction goes on with those that are held: there is nothing more to do about it.
    bool merge(const Event& event);
    ActorId actor() const { return held_.actor; }

private:
    static constexpr std::size_t count = 2;
    static constexpr std::size_t branch = 3;

    void hold(const Event& event);
    bool hides_last_branch(const Event& event) const;

    bool holds_ = false;
    Event held_;
    std::string bytes_;  ///< of a single one
};

}  // namespace utsim
