// SPDX-License-Identifier: MIT
/// The one interface through which everything undecided is decided.
///
/// A run is (scenario, semantics, choices). Choosers run on the host's stack, between two steps of
/// the World, and may allocate and throw as they like. Stock ones: `Serial` (never preempts, lowest
/// actor first), `RandomWalk`, `ScheduleChooser` (follows a schedule string); searches bring their
/// own.
#pragma once

#include <cstdint>
#include <span>

#include <utsim/ids.hpp>

namespace utsim {

class World;

/// A choice that is not "who runs next".
enum class ChoiceKind : std::uint8_t {
    allocation_fails,  ///< 0 it succeeds, 1 it fails
    waiter,            ///< which of several equal waiters
    delivery,          ///< which thread takes a group signal
    // faults that come between two steps, see sched/fault.hpp
    spurious_wake,  ///< 0 nothing, n the n-th sleeper wakes up without a reason
    signal,         ///< 0 nothing, n the n-th task is sent the signal of the plan
    kill,           ///< 0 nothing, n the n-th process is sent SIGKILL
    time_passes,    ///< 0 nothing, n the clock goes on to where the n-th sleeper wakes up
    count_,
};
const char* choice_kind_name(ChoiceKind kind);

class Chooser {
public:
    virtual ~Chooser() = default;

    /// Who runs the next step. `ready` is sorted by id and not empty; `current` ran the last step
    /// and is in `ready` unless it blocked or finished (then an invalid id is passed).
    /// Returning an invalid id pauses the run before this step (`RunEnd::paused`).
    /// Not asked where there is nothing to decide: see `sure_until` and `wants_every_step`.
    virtual ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) = 0;

    /// One of 0..count-1; 0 is the ordinary outcome. `pause` pauses the run inside the step; the
    /// next `World::run` asks again.
    virtual std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count);

    static constexpr std::uint32_t pause = ~std::uint32_t{0};

    /// `next` has just answered `chosen`: the step before which it would do so again, as long as
    /// that one can run, whoever else can. Until then the World stays on the fiber and does not
    /// ask. 0: it has to.
    virtual std::uint64_t sure_until(const World& world, ActorId chosen) const {
        (void)world;
        (void)chosen;
        return 0;
    }

    /// Whether it leaves a task the processor for a whole `WorldOptions::quantum` of instructions.
    /// False for who says of each step whose it is.
    virtual bool keeps_quanta(const World& world) const {
        (void)world;
        return true;
    }

    /// True when `next` must be asked before every step, also when only one actor is ready, but for
    /// those of which it is sure.
    virtual bool wants_every_step() const { return false; }
};

}  // namespace utsim
