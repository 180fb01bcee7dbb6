// SPDX-License-Identifier: MIT
// Two states that the search takes for one must have the same future. So the search that comes to
// each state once must see every outcome that the search through all schedules sees, with the same
// bound; and it must stop doing so when something is left out of what tells states apart.
#include <algorithm>
#include <set>
#include <string>

#include <utsim/explore.hpp>
#include <utsim/scenario.hpp>

#include "explore/generate.hpp"
#include "explore/search.hpp"
#include "explore/trial.hpp"
#include "sched/state_key.hpp"
#include "semantics/presets.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

Scenario load(const std::string& text) {
    Result<Scenario> scenario = load_scenario_text(text, "test.json");
    if (!scenario.ok())
        FAIL(scenario.errors().front().message << scenario.errors().front().pointer);
    return *scenario;
}

/// The final state of a run, but for what is on the stacks, where each search leaves other remains.
std::string outcome_of(StateKeys& keys, RunEnd end) {
    const StateKey key = keys.key();
    return std::string(run_end_name(end)) + " " + std::to_string(key.high) + "-" +
           std::to_string(key.low);
}

/// Notes every outcome and every failure.
class Outcomes final : public SearchClient {
public:
    explicit Outcomes(Trial& trial) : keys_(at_the_start(trial)) {
        keys_.leave_out("stacks");
        keys_.leave_out("sink");
    }
    void found(const Failure& failure) override { seen.insert(failure.kind); }
    void ended(RunEnd end) override { seen.insert(outcome_of(keys_, end)); }
    bool go_on(const SearchCounts&) override { return true; }
    std::set<std::string> seen;

private:
    static World& at_the_start(Trial& trial) {
        trial.restart();
        return trial.world();
    }
    StateKeys keys_;
};

struct Example {
    const char* what;
    const char* text;
    std::uint32_t bound;  ///< up to which all schedules are few enough
};

constexpr const char* begin = R"({"format": "utsim.scenario/1", "title": "a test", )";

const Example examples[] = {
    {"a stop and a resume",
     R"("tasks": [{"name": "t", "program": [{"op": "compute"}], "idle_at_end": true}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}},
          {"control": {"engine": "a", "action": "RESUME"}}]}]})",
     3},
    {"two controllers stop, one resumes",
     R"("tasks": [{"name": "t", "program": [{"op": "compute"}], "idle_at_end": true}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}},
                    {"name": "b", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}}]},
                        {"name": "d", "steps": [{"control": {"engine": "b", "action": "STOP"}},
                                                {"control": {"engine": "b", "action": "RESUME"}}]}]})",
     2},
    {"a detach while a report is made",
     R"("tasks": [{"name": "t", "program": [{"op": "syscall", "nr": 39}, {"op": "compute"}]}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE", "SYSCALL_ENTRY"]},
                    {"name": "b", "on": "t", "events": ["SYSCALL_ENTRY"]}],
        "controllers": [{"name": "c", "steps": [{"detach": {"engine": "a"}}]}]})",
     2},
    {"a barrier",
     R"("tasks": [{"name": "t", "program": [{"op": "syscall", "nr": 39}]}],
        "engines": [{"name": "a", "on": "t", "events": ["SYSCALL_ENTRY"]}],
        "controllers": [{"name": "c", "steps": [{"set_events": {"engine": "a", "events": []}},
                                                {"barrier": {"engine": "a"}}]}]})",
     2},
    {"a vfork and a stop",
     R"("tasks": [{"name": "t", "program": [{"op": "clone", "child": "k", "flags": ["VFORK", "VM"]}, {"op": "compute"}]}],
        "children": [{"name": "k", "program": [{"op": "exit"}]}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}}]}]})",
     1},
    {"two signals",
     R"("tasks": [{"name": "t", "program": [{"op": "compute", "count": 2}],
                   "handlers": {"SIGUSR1": {"program": [{"op": "compute"}]}}}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE", "SIGNAL"]}],
        "controllers": [{"name": "c", "steps": [{"kill": {"task": "t", "signal": "SIGUSR1"}}]},
                        {"name": "d", "steps": [{"kill": {"task": "t", "signal": "SIGTERM"}}]}]})",
     1},
    {"an exec and a stop",
     R"("tasks": [{"name": "t", "program": [{"op": "exec"}, {"op": "compute"}]}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE", "EXEC"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}}]}]})",
     2},
    {"death and a late attach",
     R"("tasks": [{"name": "t", "program": [{"op": "exit"}]}],
        "engines": [{"name": "a", "on": "t", "events": ["DEATH", "REAP"]},
                    {"name": "b", "events": ["DEATH", "REAP"]}],
        "controllers": [{"name": "c", "steps": [{"attach": {"engine": "b", "task": "t"}}]}]})",
     2},
    {"a kill and a stop",
     R"("tasks": [{"name": "t", "program": [{"op": "compute"}], "idle_at_end": true}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}}]},
                        {"name": "d", "steps": [{"kill": {"task": "t", "signal": "SIGKILL"}}]}]})",
     2},
    {"an examination",
     R"("tasks": [{"name": "t", "program": [{"op": "compute"}], "idle_at_end": true}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}},
                                                {"prepare_examine": {"engine": "a"}},
                                                {"finish_examine": {"engine": "a"}}]}]})",
     2},
};

std::set<std::string> by_schedules(Trial& trial, std::uint32_t bound) {
    Outcomes outcomes(trial);
    for (std::uint32_t b = 0; b <= bound; ++b) search_bound(trial, b, {}, outcomes);
    return outcomes.seen;
}

std::set<std::string> by_states(Trial& trial, std::uint32_t bound,
                                const std::vector<std::string>& left_out = {}) {
    Outcomes outcomes(trial);
    SearchLimits limits;
    limits.left_out = left_out;
    const SearchResult result = search_states(trial, bound, limits, outcomes);
    CHECK(result.end == SearchEnd::complete);
    return outcomes.seen;
}

}  // namespace

TEST_CASE("each state once shows what all schedules show", "[states]") {
    for (const char* contract : {"none", "all"}) {
        for (const Example& example : examples) {
            INFO(example.what << ", contract " << contract);
            Trial trial(load(std::string(begin) + example.text), {},
                        *ContractChoice::parse(contract));
            std::set<std::string> last;
            for (std::uint32_t bound = 0; bound <= example.bound; ++bound) {
                INFO("bound " << bound);
                last = by_schedules(trial, bound);
                CHECK(by_states(trial, bound) == last);
            }
            const std::set<std::string> all = by_states(trial, unbounded);
            for (const std::string& one : last) CHECK(all.count(one) == 1);
        }
    }
}

namespace {

/// What one preemption can do to a scenario, found in both ways. Returns how many kinds of failures
/// there were.
std::size_t agree(const Scenario& scenario, const char* semantics) {
    ScenarioRunOptions options;
    options.semantics = preset_semantics(*find_preset(semantics));
    options.max_steps = 4000;
    Trial trial(scenario, options, ContractChoice::all());
    const std::set<std::string> all = by_schedules(trial, 1);
    const std::set<std::string> found = by_states(trial, 1);
    CHECK(found == all);
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(),
        [](const std::string& outcome) { return find_clause(outcome) < all_clauses().size(); }));
}

}  // namespace

TEST_CASE("states and schedules break the same clauses", "[states]") {
    std::size_t broken = 0;
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        if (!builtin.name.starts_with("tutorial/")) continue;
        INFO(builtin.name);
        broken += agree(load(std::string(builtin.text)), "E1");
    }
    for (std::uint64_t index = 0; index < 40; ++index) {
        INFO("scenario " << index);
        broken += agree(load(generate_scenario(31, index)), index % 2 == 0 ? "E1" : "F");
    }
    CHECK(broken > 5);
}

TEST_CASE("what is left out of a state is missed", "[states]") {
    for (const char* field :
         {"stacks", "Engine.flags", "Utrace.resume", "Task.thread_flags", "EngineSlot.calls"}) {
        bool differs = false;
        for (const Example& example : examples) {
            Trial trial(load(std::string(begin) + example.text), {}, ContractChoice::none());
            differs = differs || by_states(trial, example.bound, {field}) !=
                                     by_schedules(trial, example.bound);
            if (differs) break;
        }
        INFO(field);
        CHECK(differs);
    }
}

TEST_CASE("a search that is not let go on guesses how much there is", "[states]") {
    const Scenario scenario = load(std::string(begin) + R"(
        "tasks": [{"name": "t", "program": [{"op": "compute"}], "idle_at_end": true}],
        "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}},
                    {"name": "b", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
        "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}},
                                                {"control": {"engine": "a", "action": "RESUME"}}]},
                        {"name": "d", "steps": [{"control": {"engine": "b", "action": "STOP"}},
                                                {"control": {"engine": "b", "action": "RESUME"}}]}]})");
    ExploreOptions options;
    options.strategy = ExploreStrategy::states;
    options.contract = "none";
    const std::uint64_t all = explore(scenario, options)->states;
    REQUIRE(all > 45'000);  // how many exactly depends on what compilers leave on stacks
    options.strategy = ExploreStrategy::automatic;
    options.max_states = 35'000;
    options.runs = 1;
    const Result<ExploreReport> part = explore(scenario, options);
    CHECK(part->gap == ExploreGap::states);
    CHECK(part->states == 35'001);
    CHECK(part->states_expected > part->states);
    CHECK(part->states_expected < all * 2);
    // The search went on where it stood.
    options.max_states = all;
    const Result<ExploreReport> whole = explore(scenario, options);
    CHECK(whole->states == all);
    CHECK(whole->states_expected == 0);
}

TEST_CASE("a search repeats itself", "[states]") {
    const Scenario scenario = load(std::string(begin) + examples[1].text);
    std::uint64_t states = 0;
    for (int i = 0; i < 3; ++i) {
        Trial trial(scenario, {}, ContractChoice::none());
        Outcomes outcomes(trial);
        const SearchResult result = search_states(trial, unbounded, {}, outcomes);
        CHECK_FALSE(result.bounded);
        CHECK(result.counts.states > 100);
        CHECK((states == 0 || result.counts.states == states));
        states = result.counts.states;
    }
}

TEST_CASE("a key that comes again stands for the same words", "[states]") {
    std::uint64_t audited = 0;
    for (const Example& example : examples) {
        INFO(example.what);
        Trial trial(load(std::string(begin) + example.text), {}, ContractChoice::none());
        Outcomes outcomes(trial);
        SearchLimits limits;
        limits.audit = true;
        const SearchResult result = search_states(trial, unbounded, limits, outcomes);
        CHECK(result.counts.mistaken == 0);
        CHECK(result.counts.coarse <= result.counts.states);
        audited += result.counts.audited;
    }
    CHECK(audited > 1000);
}
