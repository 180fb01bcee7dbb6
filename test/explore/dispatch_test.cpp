// SPDX-License-Identifier: MIT
// A monitor is called only for events that can concern it. That is to make no difference: here each
// run is judged twice, by tables and by asking everybody about every event of its kinds, and both
// say the same of each clause.
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "contract/contract.hpp"
#include "explore/generate.hpp"
#include "explore/stage.hpp"
#include "scenario/run.hpp"
#include "sched/choosers.hpp"
#include "semantics/presets.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

/// Two contracts, one behind the other.
class Pair {
public:
    explicit Pair(const NameTable& names) : by_tables_(names), everybody_(names) {
        everybody_.call_everybody();
        by_tables_.set_next(&everybody_);
    }

    EventSink* sink() { return &by_tables_; }
    void restart() {
        by_tables_.restart();
        everybody_.restart();
    }
    void finish(RunEnd end, std::uint64_t step) {
        by_tables_.finish(end, step);
        everybody_.finish(end, step);
    }
    /// What they disagree about; empty when nothing.
    std::string difference() const {
        std::string text;
        for (std::size_t i = 0; i < all_clauses().size(); ++i) {
            if (by_tables_.exercised(i) == everybody_.exercised(i)) continue;
            text += std::string(all_clauses()[i]->id) + " had " +
                    std::to_string(by_tables_.exercised(i)) + " chances, and " +
                    std::to_string(everybody_.exercised(i)) + "\n";
        }
        const std::string a = told(by_tables_);
        const std::string b = told(everybody_);
        if (a != b) text += "said:\n" + a + "and:\n" + b;
        return text;
    }
    std::size_t violations() const { return everybody_.violations().size(); }

private:
    static std::string told(const Contract& contract) {
        std::string text;
        for (const Violation& v : contract.violations()) {
            text += v.rule + " " + std::to_string(v.step) + " " + std::to_string(v.since) + " " +
                    v.by + ": " + v.message + "\n";
        }
        return text;
    }

    Contract by_tables_;
    Contract everybody_;
};

Order random_order(std::uint64_t seed) {
    Order order;
    order.kind = Order::Kind::walk;
    order.seed = seed;
    return order;
}

/// In the serial order and in two random ones.
std::size_t compare(Stage& stage, const Scenario& scenario, const Semantics& semantics,
                    const std::string& name) {
    std::size_t violations = 0;
    stage.load(scenario, semantics);
    Pair pair(stage.names());
    stage.set_listener(pair.sink());
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        pair.restart();
        const RunEnd end = stage.run(seed == 0 ? Order{} : random_order(seed));
        pair.finish(end, stage.world().step());
        INFO(name << ", order " << seed);
        CHECK(pair.difference() == "");
        violations += pair.violations();
    }
    stage.set_listener(nullptr);
    return violations;
}

}  // namespace

TEST_CASE("tables of listeners leave out nobody who has something to say", "[explore]") {
    std::size_t violations = 0;
    Stage stage;
    stage.set_max_steps(4000);
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const Result<Scenario> scenario =
            load_scenario_text(std::string(builtin.text), std::string(builtin.name));
        REQUIRE(scenario.ok());
        for (const char* version : {"F", "E1", "E3", "E5"}) {
            violations += compare(stage, *scenario, preset_semantics(*find_preset(version)),
                                  std::string(builtin.name) + " under " + version);
        }
    }
    for (std::uint64_t index = 0; index < 400; ++index) {
        const Result<Scenario> scenario =
            load_scenario_text(generate_scenario(11, index), "generated");
        REQUIRE(scenario.ok());
        for (const char* version : {"F", "E1", "E2", "E4"}) {
            violations += compare(stage, *scenario, preset_semantics(*find_preset(version)),
                                  "scenario " + std::to_string(index) + " under " + version);
        }
    }
    CHECK(violations > 100);  // there was something to disagree about
}

TEST_CASE("tables of listeners follow when time jumps back", "[explore]") {
    for (std::uint64_t index = 0; index < 60; ++index) {
        const Result<Scenario> scenario =
            load_scenario_text(generate_scenario(12, index), "generated");
        REQUIRE(scenario.ok());
        ScenarioRunOptions options;
        options.max_steps = 2000;
        ScenarioRun run(*scenario, options);
        World& world = run.world();
        Pair pair(world.names());
        run.set_sink(pair.sink());
        run.restart();
        pair.restart();
        RandomWalk first(index);
        std::vector<World::Snapshot> moments;
        for (RunEnd end = RunEnd::paused; end == RunEnd::paused;) {
            moments.push_back(world.snapshot());
            world.pause_at(world.step() + 25);
            end = run.run(first);
        }
        for (std::size_t i = moments.size(); i-- > 0;) {
            world.restore(moments[i]);
            RandomWalk other(index + 100 * i);
            world.pause_at(0);
            RunEnd end = RunEnd::paused;
            while (end == RunEnd::paused) end = run.run(other);
            run.finish(end);
            pair.finish(end, world.step());
            INFO("scenario " << index << ", from moment " << i);
            CHECK(pair.difference() == "");
        }
    }
}
