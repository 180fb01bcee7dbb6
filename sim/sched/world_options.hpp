// SPDX-License-Identifier: MIT
/// What a World is made with, and how a run of it can end.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sched/point.hpp"
#include "sched/state.hpp"

namespace utsim {

/// Limits with names; reaching one ends the run with `RunEnd::limit` and says which.
struct WorldLimits {
    std::uint64_t max_steps = 1'000'000;
    std::uint64_t max_instructions = 100'000'000;
    /// Events that somebody listens to: who keeps them all has to have room for them.
    std::uint64_t max_events = 5'000'000;
    /// Bytes in the texts of these events: what programs write and scripts say.
    std::uint64_t max_output = std::uint64_t{16} << 20;
    /// Steps without event, wake-up or instruction before the run counts as a livelock.
    std::uint64_t max_fruitless_steps = 100'000;
    std::uint32_t max_actors = max_actors_of_any_world;
    /// Fruitless rounds of every poller before the run counts as quiet.
    std::uint32_t max_idle_rounds = 3;

    bool operator==(const WorldLimits&) const = default;
};

struct WorldOptions {
    Granularity granularity = Granularity::lock;
    WorldLimits limits;
    /// User instructions that a task may go through before the chooser is asked whether another one
    /// gets the processor. Choosers that know each step (`Chooser::keeps_quanta`) are not held.
    std::uint64_t quantum = 1;
    std::size_t stack_size = 0;  ///< bytes per fiber; 0 takes the default of the build
};

/// How a call of `World::run` ended.
enum class RunEnd : std::uint8_t {
    quiet,     ///< nobody can run and nobody waits for what cannot come
    deadlock,  ///< somebody spins on a lock that nobody will release
    livelock,  ///< steps go on without any event
    limit,     ///< a limit of WorldLimits; `World::end_detail`
    bug,       ///< the modelled kernel hit BUG_ON, a bad pointer or a freed object
    stopped,   ///< a monitor or property asked to end the run
    paused,    ///< the chooser, or `pause_at`, asked for control
};
const char* run_end_name(RunEnd end);

}  // namespace utsim
