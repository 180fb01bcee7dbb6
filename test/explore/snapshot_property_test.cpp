// SPDX-License-Identifier: MIT
// Time travel over whole scenarios: jumping back and running on again shows the same events, any
// number of times, also across forks, execs and deaths; and a run that was interrupted by snapshots
// is the same as one that was not.
#include <utsim/scenario.hpp>

#include "scenario/run.hpp"
#include "sched/choosers.hpp"
#include "support/random_scenario.hpp"
#include "support/testing.hpp"
#include "trace/event_log.hpp"
#include "trace/fingerprint.hpp"

using namespace utsim;

namespace {

Scenario load(std::uint64_t seed) {
    Result<Scenario> scenario =
        load_scenario_text(utsim::testing::random_scenario(seed), "random.json");
    if (!scenario.ok()) FAIL(scenario.errors().front().message);
    return *scenario;
}

/// A schedule that depends on nothing but the World's step, so that it can be taken up anywhere.
class ByStep final : public Chooser {
public:
    explicit ByStep(std::uint64_t seed) : seed_(seed) {}
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId) override {
        Random random(seed_ ^ (world.step() * 0x9e3779b97f4a7c15ull));
        return ready[random.below(static_cast<std::uint32_t>(ready.size()))];
    }

private:
    std::uint64_t seed_;
};

struct Run {
    explicit Run(std::uint64_t seed) : run(load(seed), {}) {
        run.set_sink(&recorder);
        run.restart();
    }
    std::string fingerprint() const {
        return fingerprint_of(recorder.log(), const_cast<Run*>(this)->run.world().names()).text();
    }

    Recorder recorder;
    ScenarioRun run;
};

}  // namespace

TEST_CASE("a run goes on the same way after every jump back", "[explore][snapshot]") {
    utsim::testing::check_property(
        "explore.snapshot",
        [](std::uint16_t scenario_seed, std::uint64_t schedule_seed) {
            ByStep chooser(schedule_seed);
            Run plain(scenario_seed);
            const RunEnd plain_end = plain.run.run(chooser);
            const std::string expected = plain.fingerprint();
            const std::uint64_t steps = plain.run.world().step();

            Run jumping(scenario_seed);
            World& world = jumping.run.world();
            Random random(schedule_seed);
            std::vector<World::Snapshot> snapshots;
            for (int i = 0; i < 4; ++i) {
                world.pause_at(random.below(static_cast<std::uint32_t>(steps + 1)));
                if (jumping.run.run(chooser) != RunEnd::paused) break;
                snapshots.push_back(world.snapshot());
            }
            jumping.run.run(chooser);
            RC_ASSERT(jumping.fingerprint() == expected);
            // Deepest first, then back to ever earlier moments, each twice.
            while (!snapshots.empty()) {
                for (int turn = 0; turn < 2; ++turn) {
                    world.restore(snapshots.back());
                    const RunEnd end = jumping.run.run(chooser);
                    RC_ASSERT(end == plain_end);
                    RC_ASSERT(world.step() == steps);
                    RC_ASSERT(jumping.fingerprint() == expected);
                }
                snapshots.pop_back();
            }
        },
        400);
}
