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
    /// Without `counts`, everything is shown as it comes.
    explicit InstructionRun(bool counts = true);
    void set_counts(bool counts) { counts_ = counts; }
    bool counts() const { return counts_; }

    /// Calls `show(event)` for what is complete: `event` itself, and what came before it. `meet` is
    /// called with `event` before it is held or shown, but not when it only goes on with what is
    /// held: there is nothing more to do about it then.
    template <typename Meet, typename Show>
    void pass(const Event& event, Meet&& meet, Show&& show) {
        const bool counted = counts_ && event.kind == EventKind::instruction;
        // Whose step it is behind such a one has to be seen.
        const bool alone = counted && loads_flags(event.text);
        if (counted && !alone && merge(event)) return;
        if (!counted && holds_ && hides_last_branch(event)) held_.value[branch] = 0;
        end(show);
        meet(event);
        if (!counted || alone) return show(event);
        hold(event);
    }
    template <typename Show>
    void pass(const Event& event, Show&& show) {
        pass(event, [](const Event&) {}, show);
    }
    /// Nothing more is to come, or not of what is held.
    template <typename Show>
    void end(Show&& show) {
        if (!holds_) return;
        holds_ = false;
        held_.text = bytes_;
        show(held_);
    }
    ActorId actor() const { return held_.actor; }

private:
    static constexpr std::size_t count = 2;
    static constexpr std::size_t branch = 3;

    bool merge(const Event& event);
    void hold(const Event& event);
    bool hides_last_branch(const Event& event) const;

    bool counts_;
    bool holds_ = false;
    Event held_;
    std::string bytes_;  ///< of a single one
};

}  // namespace utsim
