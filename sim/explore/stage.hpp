// SPDX-License-Identifier: MIT
/// Where two semantics are put side by side: one World that runs a scenario under any semantics and
/// in any order, and keeps what could be observed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/observation.hpp"
#include "kernel/faults.hpp"
#include "kernel/page_hook.hpp"
#include "scenario/run.hpp"
#include "sched/schedule.hpp"

namespace utsim {

/// Who runs when, as far as it does not follow another run.
struct Order {
    enum class Kind : std::uint8_t {
        serial,      ///< nobody is preempted
        event_walk,  ///< random, but only behind events that somebody sees
        walk,        ///< random at every step
        schedule,    ///< as prescribed, and serially behind that
    };
    Kind kind = Kind::serial;
    std::uint64_t seed = 0;
    Schedule schedule;
};

/// A run as another one can follow it: by events, not by steps, since steps of another semantics
/// need not mean the same.
struct Track {
    struct Stretch {
        ActorId actor;
        std::uint64_t events = 0;  ///< that it let somebody see
        std::uint64_t tail = 0;    ///< steps behind the last of them
    };
    std::vector<Stretch> stretches;
    std::vector<OtherChoice> others;
};

class Stage {
public:
    explicit Stage(Granularity granularity = Granularity::lock);
    /// Where actors can be interrupted, limits and faults, from the next scenario on; the semantics
    /// comes with that.
    void set_options(const ScenarioRunOptions& options);
    /// Ends runs after so many steps, whatever the scenario says; 0: as it says.
    void set_max_steps(std::uint64_t steps) { options_.max_steps = steps; }
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Makes `scenario` ready under `semantics`. The World is used again where it can be; true when
    /// there is a new one, to which nobody listens yet but those whom the stage knows.
    bool load(const Scenario& scenario, const Semantics& semantics);
    /// Every event also goes to `sink`; null: to nobody.
    void set_listener(EventSink* sink) { listener_ = sink; }

    RunEnd run(const Order& order);
    RunEnd follow(const Track& track);

    const Observation& seen() const { return *observation_; }
    const NameTable& names() const { return world_->names(); }
    World& world() { return *world_; }
    /// The last run, to be followed.
    Track track() const;
    /// The last run, as a schedule that shows it again under the same semantics.
    Schedule schedule() const;
    std::uint64_t runs() const { return runs_; }
    std::uint64_t events() const { return events_; }

private:
    class Ear;

    RunEnd go(Chooser& chooser);
    void build();

    ScenarioRunOptions options_;
    std::optional<Scenario> scenario_;
    Semantics semantics_;
    WorldOptions made_with_;
    std::unique_ptr<PageHook> pages_;
    std::unique_ptr<World> world_;
    std::unique_ptr<Observation> observation_;
    std::unique_ptr<Ear> ear_;
    KernelFaults faults_{0};
    std::vector<AddedEngine> none_;
    EventSink* listener_ = nullptr;
    bool fresh_ = false;  ///< built, and not run since
    std::uint64_t runs_ = 0;
    std::uint64_t events_ = 0;
};

/// The step from which on two runs no longer do the same in the same step; nothing if they never
/// part.
std::optional<std::uint64_t> steps_part(const Observation& a, const Observation& b);

}  // namespace utsim
