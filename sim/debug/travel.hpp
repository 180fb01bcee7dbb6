// SPDX-License-Identifier: MIT
/// A run in which somebody stands at a step and can go to any other, forwards and backwards.
///
/// A position is a step of the World: before a user instruction there is a point at every
/// granularity, so each instruction is a step of its own. Backwards is a kept moment that lies
/// before, and from there forwards again with the same choices, so what is seen is the same by
/// construction. Moments are kept more densely near the position than far from it, so a few hundred
/// are enough for runs of any length.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <utsim/simulation.hpp>

#include "debug/order.hpp"
#include "scenario/run.hpp"

namespace utsim::debug {

/// How moments are kept.
struct TravelLimits {
    std::size_t moments = 256;
    std::size_t bytes = std::size_t{1} << 30;  ///< what all of them take
    std::uint64_t spacing = 4096;              ///< steps between two of them where a run is new
};

class Travel {
public:
    /// A run of `scenario`; mistakes in `options` are errors. What a run is told and how much it
    /// writes does not end it here.
    static Result<std::unique_ptr<Travel>> create(const Scenario& scenario,
                                                  const RunOptions& options,
                                                  const TravelLimits& limits = {});

    World& world() { return run_.world(); }
    const World& world() const { return const_cast<Travel*>(this)->run_.world(); }
    const Scenario& scenario() const { return run_.scenario(); }
    const RunOptions& options() const { return options_; }
    std::uint64_t step() const { return world().step(); }

    /// Forwards to `to`, unless the run ends before, `hears` asks the World to stop, or somebody
    /// asks to be let in. `hears` is told every event on the way; null: nobody is. True when it is
    /// there.
    bool advance(std::uint64_t to, EventSink* hears = nullptr);
    /// To `step`, or to the end of the run if that comes before.
    bool go_to(std::uint64_t step);
    /// The latest kept moment that is not behind `step`.
    std::uint64_t kept_before(std::uint64_t step) const;

    /// Whether the run has come to its end here, and how it ended. The words are the World's.
    bool ended() const { return end_.has_value() && step() >= end_step_; }
    std::optional<RunEnd> end() const { return end_; }
    std::uint64_t end_step() const { return end_step_; }
    const std::string& end_detail() const { return end_detail_; }
    /// The furthest step that was ever reached.
    std::uint64_t known() const { return order_.known(); }
    /// Steps that were run so far, those that were run again included: what going about has cost.
    std::uint64_t steps_run() const { return steps_run_; }
    /// What the kept moments take, in bytes.
    std::size_t kept_bytes() const { return world().snapshot_bytes(); }

    /// Called now and then while the World runs; true ends `advance` before it has come to its end.
    void on_look(std::function<bool()> look) { look_ = std::move(look); }
    bool look() { return look_ && look_(); }
    /// The last `advance` ended because of that.
    bool was_asked() const { return asked_; }

    /// Changes the World at this step, and with it the run: what was behind this step is forgotten.
    /// What `change` does is done again whenever the run comes by.
    void change(std::function<void(World&)> change);
    /// Another order from here on: `actor` runs `steps` steps, or as many as it can. How many.
    std::uint64_t run_only(ActorId actor, std::uint64_t steps);
    /// The steps at which somebody has changed something.
    std::vector<std::uint64_t> changes() const;
    std::size_t change_count() const { return changes_.size(); }
    bool reordered() const { return reordered_; }
    std::string schedule() const { return order_.schedule(world()); }

private:
    Travel(const Scenario& scenario, const ScenarioRunOptions& run_options,
           const RunOptions& options, const RunOrder& order, const TravelLimits& limits);

    /// Passes on what somebody wants to hear.
    class Ear final : public EventSink {
    public:
        void emit(const Event& event) override {
            if (hears != nullptr) hears->emit(event);
        }
        std::uint64_t mark() const override { return 0; }
        void rewind(std::uint64_t) override {}
        bool wants_each_instruction() const override {
            return hears != nullptr && hears->wants_each_instruction();
        }
        bool wants_arguments() const override {
            return hears != nullptr && hears->wants_arguments();
        }
        EventSink* hears = nullptr;
    };

    void forget_what_follows();
    void keep();
    void thin();
    void restore(std::uint64_t step);
    std::uint64_t next_change(std::uint64_t step) const;
    std::uint64_t spacing() const;
    bool run_once(std::uint64_t to);
    void make_changes();

    ScenarioRun run_;
    RunOptions options_;
    KeptOrder order_;
    TravelLimits limits_;
    Ear ear_;
    std::map<std::uint64_t, World::Snapshot> moments_;
    std::vector<std::pair<std::uint64_t, std::function<void(World&)>>> changes_;
    bool reordered_ = false;
    std::optional<RunEnd> end_;
    std::uint64_t end_step_ = ~std::uint64_t{0};
    std::string end_detail_;
    std::function<bool()> look_;
    std::uint64_t looked_at_ = 0;
    std::uint64_t steps_run_ = 0;
    bool asked_ = false;
};

}  // namespace utsim::debug
