// SPDX-License-Identifier: MIT
/// Faults as choices: what the world around may do to the actors, at most so often in a run.
///
/// Without a plan no such choice exists. With one, the chooser is asked before every step for each
/// kind of fault that can happen then, in the order of `faults_between_steps`; 0 is nothing, and
/// `place` + 1 lets it happen to that one of those who can suffer it. An allocation that fails is
/// asked for where the allocation is. Once as many faults have happened as the plan allows nobody
/// is asked any more.
#pragma once

#include <cstdint>

#include "sched/chooser.hpp"

namespace utsim {

class World;

struct FaultPlan {
    bool allocations = false;
    bool spurious_wakes = false;
    bool kills = false;
    bool time_passes = false;
    int signal = 0;             ///< the number of one that may come to any task; 0: none
    std::uint32_t at_most = 1;  ///< in one run

    /// Any that can come between two steps.
    bool between_steps() const { return at_instructions() || time_passes; }
    /// Any that can also come between two instructions of a task.
    bool at_instructions() const { return spurious_wakes || kills || signal != 0; }
    bool any() const { return allocations || between_steps(); }
    bool has(ChoiceKind kind) const {
        switch (kind) {
            case ChoiceKind::allocation_fails:
                return allocations;
            case ChoiceKind::spurious_wake:
                return spurious_wakes;
            case ChoiceKind::signal:
                return signal != 0;
            case ChoiceKind::kill:
                return kills;
            case ChoiceKind::time_passes:
                return time_passes;
            default:
                return false;
        }
    }
};

inline constexpr ChoiceKind faults_between_steps[] = {ChoiceKind::spurious_wake, ChoiceKind::signal,
                                                      ChoiceKind::kill, ChoiceKind::time_passes};

constexpr bool is_between_steps(ChoiceKind kind) {
    for (const ChoiceKind one : faults_between_steps) {
        if (kind == one) return true;
    }
    return false;
}

/// How an answer stands in a schedule: as it is, but a signal says its number, 64 apart for each
/// place.
inline constexpr std::uint32_t signal_numbers = 64;
constexpr std::uint32_t written_answer(ChoiceKind kind, std::uint32_t answer, int signal) {
    if (kind != ChoiceKind::signal || answer == 0) return answer;
    return (answer - 1) * signal_numbers + static_cast<std::uint32_t>(signal);
}
constexpr std::uint32_t read_answer(ChoiceKind kind, std::uint32_t written) {
    if (kind != ChoiceKind::signal || written == 0) return written;
    return (written - 1) / signal_numbers + 1;
}

/// Who knows what a fault does: the kernel. It keeps nothing, so that time may jump back.
class FaultSource {
public:
    virtual ~FaultSource() = default;
    /// How many there are now whom a fault of this kind can happen to. Asked between two steps.
    virtual std::uint32_t places(World& world, ChoiceKind kind) = 0;
    /// It happens to the `place`-th of them. All at once: nobody runs meanwhile.
    virtual void happen(World& world, ChoiceKind kind, std::uint32_t place) = 0;
};

}  // namespace utsim
