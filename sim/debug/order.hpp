// SPDX-License-Identifier: MIT
/// The order of a run as far as it is known: what was decided once stays decided.
///
/// Somebody who goes back and forth in a run must come through the same choices each time. So each
/// answer of the chooser that makes the run is kept, with its step, and is given again whenever the
/// World comes by; the chooser itself is asked only where nobody has been yet.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenario/run_order.hpp"
#include "sched/chooser.hpp"

namespace utsim::debug {

class KeptOrder final : public Chooser {
public:
    /// `beyond` decides what is not decided yet. Once somebody takes another order by hand, turns
    /// of `turn` steps follow, or, with 0, nobody is preempted.
    KeptOrder(RunChooser beyond, std::uint64_t turn);

    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override;
    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override;
    bool wants_every_step() const override;
    bool keeps_quanta(const World& world) const override;
    std::uint64_t sure_until(const World& world, ActorId chosen) const override;

    /// The step up to which everything is decided.
    std::uint64_t known() const { return known_; }
    /// Prepares for a call of `World::run` from `step` on; the step at which it has to end, as what
    /// is asked of a chooser is different from there on.
    std::uint64_t stretch(std::uint64_t step);
    /// The World has come to `step`.
    void came_to(std::uint64_t step) { known_ = step > known_ ? step : known_; }

    /// Forgets what is decided of `world`'s step and those behind it.
    void cut(const World& world);
    /// From here on `actor` runs for so many steps, as long as it can.
    void force(ActorId actor, std::uint64_t from, std::uint64_t steps);
    /// The schedule of the run up to where `world` is, and how it goes on by itself.
    std::string schedule(const World& world) const;

private:
    /// At `step` somebody else runs than who ran before, or there was nobody who could go on.
    struct Switch {
        std::uint64_t step;
        ActorId actor;
    };

    std::size_t switch_from(std::uint64_t step) const;
    bool is_forced(std::uint64_t step) const;

    RunChooser beyond_;
    std::uint64_t turn_;
    std::vector<Switch> switches_;
    std::array<std::vector<std::uint32_t>, static_cast<std::size_t>(ChoiceKind::count_)> answers_;
    std::uint64_t known_ = 0;
    ActorId forced_;
    std::uint64_t forced_from_ = 0;
    std::uint64_t forced_until_ = 0;
};

}  // namespace utsim::debug
