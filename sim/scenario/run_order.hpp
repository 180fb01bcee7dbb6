// SPDX-License-Identifier: MIT
/// Who makes the choices of a run: what its options and the scenario say, and the choosers for it.
///
/// Whoever runs a scenario as a user asks for it takes this, so that the same words make the same
/// run everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <utsim/simulation.hpp>

#include "sched/fault.hpp"
#include "sched/schedule.hpp"

namespace utsim {

struct RunOrder {
    std::optional<Schedule> schedule;   ///< followed first
    std::optional<std::uint64_t> seed;  ///< of a random walk that comes then, or is all

    /// Steps of a turn where the schedule ends; 0: nobody is preempted there.
    std::uint64_t turn() const { return schedule ? schedule->turn : 0; }
    FaultPlan faults() const { return schedule ? faults_in(*schedule) : FaultPlan{}; }
};

/// The scenario's own schedule counts where `options` have neither a schedule nor a seed.
Result<RunOrder> run_order(const Scenario& scenario, const RunOptions& options);

/// What makes one run of that order; another run needs another one.
class RunChooser {
public:
    explicit RunChooser(const RunOrder& order);
    /// Nothing is followed: `chooser` alone decides.
    explicit RunChooser(std::unique_ptr<Chooser> chooser) : chooser_(std::move(chooser)) {}

    Chooser& operator*() const { return *chooser_; }
    Chooser* operator->() const { return chooser_.get(); }
    /// Where the run could not follow its schedule; nothing when it could, or has none.
    std::optional<ScheduleDivergence> divergence() const;

private:
    std::unique_ptr<Chooser> fallback_;
    std::unique_ptr<Chooser> chooser_;
    const ScheduleChooser* follows_ = nullptr;
};

}  // namespace utsim
