// SPDX-License-Identifier: MIT
/// Schedules as short strings that a person can read, edit and paste: `A6B2A2;alloc@3=1`.
///
/// Actors are lettered in id order, later ones are `[26]`; a letter with a count is that many
/// steps, a letter alone is one. Behind each `;` stands a choice that was not about who runs:
/// `kind@index=value`, where `index` counts the choices of that kind from 0; of a `signal` the
/// value is its number, and 64 more for each task before the one it comes to. `fair`, alone or
/// behind a `;`, lets everybody run in turns where the letters end; `fair=5` makes turns of five
/// steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

#include "sched/chooser.hpp"
#include "sched/choosers.hpp"
#include "sched/world.hpp"

namespace utsim {

struct Schedule {
    struct Stretch {
        ActorId actor;
        std::uint64_t steps = 0;
        bool operator==(const Stretch&) const = default;
    };
    std::vector<Stretch> stretches;
    std::vector<OtherChoice> others;
    std::uint64_t turn = 0;  ///< steps of a turn behind the end; 0: nobody is preempted there

    std::uint64_t steps() const;
    /// Adds steps of `actor` at the end, in the last stretch where that is the same actor's.
    void append(ActorId actor, std::uint64_t steps);
};

inline constexpr std::size_t max_schedule_text = std::size_t{1} << 22;
inline constexpr std::uint64_t max_schedule_steps = 1'000'000'000'000;
inline constexpr std::uint64_t usual_turn = 20;  ///< what `fair` alone means

std::string format_schedule(const Schedule& schedule);
/// `A`, `B`, ..., `[26]`, ...
std::string schedule_letter(ActorId actor);
Result<Schedule> parse_schedule(std::string_view text);
/// What `world` has done so far, the running step included.
Schedule schedule_so_far(const World& world);

/// The faults that stand in a schedule: who wants to follow it has to allow them.
FaultPlan faults_in(const Schedule& schedule);

/// Where a run could not follow its schedule.
struct ScheduleDivergence {
    std::uint64_t step = 0;
    ActorId wanted;
    std::vector<ActorId> ready;
};

/// Follows a schedule from step 0, then goes on with another chooser.
///
/// It finds its place by the World's step, so it may be used again after a restore. When the actor
/// that it wants cannot run it notes the divergence and pauses the run.
class ScheduleChooser : public Chooser {
public:
    /// `fallback` outlives this; null takes what the schedule says: `Turns` or `Serial`.
    explicit ScheduleChooser(Schedule schedule, Chooser* fallback = nullptr);
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override;
    bool wants_every_step() const override { return true; }
    bool keeps_quanta(const World&) const override { return false; }
    std::uint64_t sure_until(const World& world, ActorId chosen) const override;

    const std::optional<ScheduleDivergence>& divergence() const { return divergence_; }
    const Schedule& schedule() const { return schedule_; }

private:
    Schedule schedule_;
    Serial serial_;
    Turns turns_;
    Chooser* fallback_;
    std::optional<ScheduleDivergence> divergence_;
    std::size_t stretch_ = 0;       ///< the stretch that the last asked step was in
    std::uint64_t stretch_at_ = 0;  ///< the step at which it begins
};

}  // namespace utsim
