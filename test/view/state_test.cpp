// SPDX-License-Identifier: MIT
// The state at a step: it has all that the lists of fields have, what changes from one step to the
// next is explained by what the run told in it, and what tells states apart is seen to change.
#include <algorithm>
#include <map>
#include <set>

#include "kernel/kernel.hpp"
#include "scenario/run.hpp"
#include "sched/choosers.hpp"
#include "sched/state_key.hpp"
#include "support/golden.hpp"
#include "support/random_scenario.hpp"
#include "support/testing.hpp"
#include "trace/recorded_trace.hpp"
#include "view/field_tree.hpp"
#include "view/meaning_table.hpp"
#include "view/moments.hpp"
#include "view/state.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// What was told in the current step.
class StepEvents final : public EventSink {
public:
    void emit(const Event& event) override { events.push_back(event); }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    std::vector<Event> events;
};

/// Which events account for a change of what.
struct Rule {
    std::string_view part;  ///< `tasks` or `engines`
    std::string_view field;
    std::vector<EventKind> kinds;
};

const std::vector<Rule>& rules() {
    using K = EventKind;
    static const std::vector<Rule> all{
        {"tasks", "utrace.attached", {K::engine_attached, K::engine_listed, K::engine_detached}},
        {"tasks", "utrace.attaching", {K::engine_attached, K::engine_listed, K::engine_detached}},
        {"tasks", "exit_state", {K::task_state, K::released, K::exit, K::notify_parent}},
        {"tasks", "pending.signal", {K::signal_generated, K::signal_taken, K::released, K::exit}},
        {"tasks",
         "signal.shared_pending.signal",
         {K::signal_generated, K::signal_taken, K::released, K::exit}},
        {"tasks",
         "regs.rip",
         {K::instruction, K::handler, K::syscall_enter, K::syscall_ran, K::syscall_skipped,
          K::syscall_unknown, K::exec, K::new_task, K::fault, K::debug_trap, K::user, K::api,
          K::callback_end, K::signal_taken}},
        {"engines",
         "flags",
         {K::engine_stop, K::api, K::api_enter, K::engine_attached, K::engine_detached,
          K::callback_end, K::callback, K::engine_release}},
    };
    return all;
}

/// A step, and what became another in it that wants an explanation.
struct Walked {
    ActorId actor;
    std::vector<EventKind> kinds;
    std::vector<std::pair<const Rule*, std::string>> changes;
};

std::vector<std::pair<const Rule*, std::string>> to_be_explained(
    const std::vector<StateChange>& changes) {
    std::vector<std::pair<const Rule*, std::string>> out;
    for (const StateChange& change : changes) {
        if (!change.was_there || !change.is_there) continue;  // a task or an engine comes or goes
        const std::string part = change.path.substr(0, change.path.find('.'));
        for (const Rule& rule : rules()) {
            if (rule.part != part || !change.path.ends_with("." + std::string(rule.field))) {
                continue;
            }
            out.emplace_back(&rule, change.path + ": " + change.before + " -> " + change.after);
        }
    }
    return out;
}

/// An act takes a few steps of whoever does it, and is told in one of them.
constexpr int reach = 8;

bool is_told(const std::vector<Walked>& steps, std::size_t at, const Rule& rule) {
    const auto told = [&](const Walked& step) {
        return std::any_of(step.kinds.begin(), step.kinds.end(), [&](EventKind kind) {
            return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
        });
    };
    const auto look = [&](std::size_t from, int direction) {
        int left = reach;
        for (std::size_t i = from; i < steps.size() && left > 0; i += direction) {
            if (steps[i].actor != steps[at].actor) continue;
            if (told(steps[i])) return true;
            --left;
        }
        return left > 0 && direction > 0;  // the walk ended before it
    };
    return look(at, 1) || look(at, -1);
}

std::string explained(const std::vector<Walked>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        for (const auto& [rule, text] : steps[i].changes) {
            if (!is_told(steps, i, *rule)) return "step " + std::to_string(i) + ": " + text;
        }
    }
    return {};
}

/// Goes through all steps of a run. Says what is wrong, if anything is.
std::string walk(const Scenario& scenario, std::uint64_t most_steps) {
    const auto options = scenario_run_options(scenario, {});
    if (!options.ok()) return options.errors().front().message;
    ScenarioRun run(scenario, *options);
    World& world = run.world();
    StepEvents events;
    run.set_sink(&events);
    StateKeys keys(world);
    keys.leave_out("stacks");
    keys.leave_out("Actor.context");  // where its stack ends
    keys.leave_out("sink");
    RandomWalk chooser(7);
    StateItem before = world_state(world);
    StateKey key = keys.key();
    std::vector<Walked> steps;
    for (std::uint64_t step = 0; step < most_steps; ++step) {
        world.pause_at(step + 1);
        const RunEnd end = run.run(chooser);
        if (world.step() != step + 1) break;
        const StateItem after = world_state(world);
        const std::vector<StateChange> changes = state_changes(before, after);
        Walked& walked = steps.emplace_back();
        walked.actor = world.last_ran();
        for (const Event& event : events.events) walked.kinds.push_back(event.kind);
        walked.changes = to_be_explained(changes);
        const StateKey now = keys.key();
        const bool seen = std::any_of(changes.begin(), changes.end(), [](const StateChange& c) {
            const bool counts = c.path == "run.step" || c.path == "run.events" ||
                                c.path == "run.last_progress" || c.path == "run.output";
            return !counts && !c.path.ends_with(".steps") && !c.path.ends_with(".next");
        });
        if (!(now == key) && !seen) {
            return "step " + std::to_string(step) + ": another state, and nothing to be seen of it";
        }
        if (changes.empty() != (before == after)) return "a difference without a change";
        key = now;
        before = after;
        events.events.clear();
        if (end != RunEnd::paused) break;
    }
    return explained(steps);
}

const StateItem* named(const StateItem& item, std::string_view name) {
    for (const StateItem& one : item.items) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

Scenario builtin(const char* name) {
    const BuiltinScenario* found = find_builtin_scenario(name);
    REQUIRE(found != nullptr);
    return load_scenario_text(found->text, "builtin").value();
}

}  // namespace

TEST_CASE("a change from one step to the next is explained by what was told", "[view]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Result<Scenario> scenario = load_scenario_text(ScenarioMaker(seed).make(), "made up");
        REQUIRE(scenario.ok());
        INFO("seed " << seed);
        CHECK(walk(*scenario, 80) == "");
    }
    for (const BuiltinScenario& one : builtin_scenarios()) {
        const Result<Scenario> scenario = load_scenario_text(one.text, std::string(one.name));
        if (!scenario.ok()) continue;  // needs files
        INFO(one.name);
        CHECK(walk(*scenario, 50) == "");
    }
}

TEST_CASE("every field of a task and of utrace is there", "[view]") {
    const Scenario scenario = builtin("tutorial/stop");
    Moments moments({20}, nullptr, true);
    RunOptions options;
    options.visitor = &moments;
    REQUIRE(run_scenario(scenario, options).ok());
    REQUIRE(moments.states().size() == 1);
    StateItem task;
    REQUIRE(find_state(moments.states()[0], "tasks.target", task));
    for (const ObjectField& field : object_type<Task>()->fields()) {
        const std::string name = field.name.substr(0, field.name.find_first_of(".["));
        if (view::meaning_of("Task", name).way == view::Meaning::Way::hidden) continue;
        if (field.aside && field.form == FieldForm::pointer) continue;
        INFO(field.name);
        CHECK(named(task, name) != nullptr);
    }
    StateItem found;
    CHECK(find_state(moments.states()[0], "utrace", found));
    CHECK(find_state(moments.states()[0], "tasks.target.utrace.resume", found));
    CHECK(found.value == "UTRACE_RESUME");
    CHECK_FALSE(find_state(moments.states()[0], "tasks.nobody", found));
}

TEST_CASE("every field of every struct has a place in its view", "[view]") {
    const auto has = [](const std::vector<view::ViewField>& fields, std::string_view name) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const view::ViewField& field) { return field.name == name; });
    };
    std::size_t fields = 0;
    for (const ObjectType* type : view::viewed_types()) {
        const view::ViewType* view = view::view_type(type);
        REQUIRE(view != nullptr);
        for (const ObjectField& field : type->fields()) {
            INFO(type->name << "." << field.name);
            CHECK(has(view->fields, field.name.substr(0, field.name.find_first_of(".["))));
            ++fields;
        }
        // And nothing is called like something else there.
        std::set<std::string> names;
        for (const view::ViewField& field : view->fields) {
            INFO(type->name << "." << field.name);
            CHECK(names.insert(field.name).second);
        }
    }
    CHECK(fields > 300);
}

TEST_CASE("each thing in a state has a name of its own", "[view]") {
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1",
            "tasks": [{"name": "t", "program": [{"op": "syscall", "nr": "getpid", "ret": 7},
                                                {"op": "compute", "count": 5}]}],
            "engines": [{"name": "e", "on": "t", "events": ["SYSCALL_ENTRY", "QUIESCE"]},
                        {"name": "x", "on": "t", "events": ["SYSCALL_EXIT"]}],
            "controllers": [{"name": "c", "steps": [
                {"control": {"engine": "e", "action": "STOP"}},
                {"control": {"engine": "e", "action": "RESUME"}}]}]})",
        "names.json");
    REQUIRE(scenario.ok());
    const auto check_names = [](const auto& self, const StateItem& item) -> void {
        if (item.form != StateItem::Form::group) return;
        std::set<std::string> names;
        for (const StateItem& one : item.items) {
            INFO(item.name << " has " << one.name);
            CHECK(names.insert(one.name).second);
            CHECK(one.name.find_last_not_of(' ') + 1 == one.name.size());
            self(self, one);
        }
    };
    std::vector<std::uint64_t> steps;
    for (std::uint64_t step = 0; step < 40; ++step) steps.push_back(step);
    Moments moments(steps, nullptr, false);
    RunOptions options;
    options.visitor = &moments;
    REQUIRE(run_scenario(*scenario, options).ok());
    for (const StateItem& state : moments.states()) check_names(check_names, state);
    CHECK(moments.states().size() > 10);
}

TEST_CASE("every row about a meaning is about a field", "[view]") {
    std::set<std::pair<std::string, std::string>> fields;
    const auto collect = [&](const auto& self, std::string_view type,
                             const std::vector<view::ViewField>& list) -> void {
        for (const view::ViewField& field : list) {
            fields.insert({std::string(type), field.name});
            self(self, field.type.empty() ? type : field.type, field.fields);
        }
    };
    for (const view::MeaningRow& row : view::meaning_rows()) {
        if (const view::ViewType* type = view::view_type_called(row.type)) {
            collect(collect, type->name, type->fields);
        }
    }
    for (const char* owner : {"Task", "Sighand", "SignalStruct", "ProcessModel", "ProcessGroup",
                              "Process", "SigQueue", "Pipe"}) {
        const view::ViewType* type = view::view_type_called(owner);
        REQUIRE(type != nullptr);
        collect(collect, type->name, type->fields);
    }
    for (const view::MeaningRow& row : view::meaning_rows()) {
        INFO(row.type << "." << row.field);
        CHECK(fields.contains({std::string(row.type), std::string(row.field)}));
    }
}

TEST_CASE("a state as text", "[view]") {
    const Scenario scenario = builtin("tutorial/stop");
    Moments moments({20, 39}, nullptr, true);
    RunOptions options;
    options.visitor = &moments;
    REQUIRE(run_scenario(scenario, options).ok());
    REQUIRE(moments.states().size() == 2);
    StateItem part;
    std::string out;
    for (const char* path : {"run", "actors", "tasks.*.utrace", "engines", "locks", "scripts"}) {
        if (!find_state(moments.states()[0], path, part)) continue;
        out += "--- " + std::string(path) + "\n" + state_text(part);
    }
    out += "--- changes\n" + changes_text(state_changes(moments.states()[0], moments.states()[1]));
    check_golden("test/view/golden/stop.txt", out);
}

TEST_CASE("looking changes nothing", "[view]") {
    const Scenario scenario = builtin("tutorial/stop");
    const std::string plain = record_run(scenario, {}).value().trace.jsonl();
    std::vector<std::uint64_t> steps;
    for (std::uint64_t step = 0; step < 60; ++step) steps.push_back(step);
    Moments moments(steps, nullptr, false);
    RunOptions options;
    options.visitor = &moments;
    CHECK(record_run(scenario, options).value().trace.jsonl() == plain);
    CHECK(moments.states().size() == 60);
}
