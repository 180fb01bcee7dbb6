// SPDX-License-Identifier: MIT
/// A step that was switched on, until it has ended one way or another.
#pragma once

#include <cstdint>

#include "contract/described.hpp"
#include "event/event.hpp"

namespace utsim {

/// It ends with its trap, with a signal that comes in the trap's place, when the engines are asked
/// once more (then what they answer counts), or when it is switched off behind a call that can have
/// meant that. What the task's flags say meanwhile is of no interest here: a step that was asked
/// for is under way also when its trap was lost, or when it was switched off and nobody wanted
/// that.
struct StepView {
    std::uint32_t kind = 0;   ///< 0 none is under way, 1 single, 2 block
    std::uint64_t since = 0;  ///< step in which it was switched on
    bool answered = false;    ///< the last round asked for it, and not a call alone
    bool executed = false;    ///< an instruction, since then or since the last system call
    bool branched = false;    ///< one of them transferred control
    std::uint64_t last = 0;   ///< step of the last one; a system call made in it is that one

    bool is_single() const { return kind == 1; }
    bool is_block() const { return kind == 2; }

    /// Whether events of this kind, about the task that they name first, are to be taken in.
    static bool hears(EventKind kind);
    /// Takes in such an event. `by_round`: a step that is switched on now is what the last round
    /// came to. `nobody_called`: there was no call of utrace_control since it was switched on.
    void follow(const Event& event, bool by_round, bool nobody_called);
    /// At an `instruction`, or at the `syscall_enter` that one makes: one more than the step
    /// allows.
    bool is_exceeded(const Event& event) const;
};

template <typename V>
void describe(V& v, RecordOf<StepView> auto& x) {
    v.plain("kind", x.kind);
    v.stamp("since", x.since);
    v.plain("answered", x.answered);
    v.plain("executed", x.executed);
    v.plain("branched", x.branched);
    v.stamp("last", x.last);
}

}  // namespace utsim
