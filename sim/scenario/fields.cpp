// SPDX-License-Identifier: MIT
// The top of the table: the file itself.
#include "scenario/fields.hpp"

#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

const FieldTable& table() {
    static const FieldTable* const built = [] {
        auto* t = new FieldTable;
        add_shared_types(*t);
        add_program_types(*t);
        add_step_types(*t);
        add_engine_types(*t);
        add_task_types(*t);
        add_expectation_types(*t);
        add_scenario_type(*t);
        return t;
    }();
    return *built;
}

const Type* add_machine(FieldTable& t) {
    Type& machine = t.add_object("machine", "What the simulated machine can do.");
    machine.fields.push_back(
        {"arch", t.add_words("architecture", {"x86_64"}), "The only one.", "x86_64"});
    machine.fields.push_back(
        {"has_single_step", t.yes_no, "What arch_has_single_step() says.", "true"});
    machine.fields.push_back(
        {"has_block_step", t.yes_no, "What arch_has_block_step() says.", "true"});
    return &machine;
}

const Type* add_limits(FieldTable& t) {
    Type& limits = t.add_object("limits", "When a run that does not end is ended.");
    const WorldLimits usual;
    const auto add = [&](const char* name, std::uint64_t most, const char* about,
                         std::uint64_t otherwise) {
        const Type* type = t.add_integer(1, static_cast<std::int64_t>(most));
        limits.fields.push_back({name, type, about, std::to_string(otherwise)});
    };
    add("steps", ScenarioLimits::most_steps, "Scheduling steps.", usual.max_steps);
    add("instructions", ScenarioLimits::most_instructions, "Guest instructions.",
        usual.max_instructions);
    add("events", ScenarioLimits::most_events, "Events that the run can be told by.",
        usual.max_events);
    add("output", ScenarioLimits::most_output, "Bytes that programs write and scripts say.",
        usual.max_output);
    limits.fields.push_back(
        {"actors", t.add_integer(1, 1024), "Tasks and controllers together.", "1024"});
    return &limits;
}

const Type* add_cases(FieldTable& t) {
    Type& entry = t.add_object("case", "What some semantics must show beside the common `expect`.");
    entry.fields.push_back({"semantics", t.add_either({t.text, t.add_list(t.text, 1, 50)}),
                            "The semantics that it is about, or a list of them. One can be in "
                            "several cases; then all of them count.",
                            "", true});
    entry.fields.push_back(
        {"expect", t.add_list(t.expectation, 0, 1000), "What must be seen.", "", true});
    entry.fields.push_back({"in_this_order", t.add_list(t.expectation, 0, 1000),
                            "What the scenario's own `schedule` must show.", "nothing"});
    return t.add_list(&entry, 1, 50);
}

}  // namespace

void add_scenario_type(FieldTable& t) {
    Type& controller = t.add_object("controller", "A kernel thread that calls the utrace API.");
    controller.fields.push_back({"name", t.name, "What everything else calls it.", "", true});
    controller.fields.push_back(
        {"pid", t.add_integer(2, 30'000), "Its process id.", "the next free one"});
    controller.fields.push_back(
        {"may_wait", t.yes_no, "It need not come to the end of its steps.", "false"});
    controller.fields.push_back({"steps", t.add_list(t.controller_step, 0, ScenarioLimits::steps),
                                 "What it does.", "", true});
    const auto limit = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    Type& file = t.add_object("scenario", "The whole file.");
    file.fields.push_back({"$schema", t.text, "Where an editor finds the schema.", "none"});
    file.fields.push_back(
        {"format", t.add_words("format", {"utsim.scenario/1"}), "Which format this is.", "", true});
    file.fields.push_back({"title", t.text, "One sentence.", "the file's name"});
    file.fields.push_back({"semantics", t.text, "The semantics to run under.", "F"});
    file.fields.push_back({"granularity", t.add_words("granularity", {"api", "lock", "access"}),
                           "How finely a run can be interleaved.", "lock"});
    file.fields.push_back({"schedule", t.text, "The order in which actors run, like `A6B2A2`.",
                           "nobody is preempted"});
    file.fields.push_back({"machine", add_machine(t), "The machine.", "it can do everything"});
    file.fields.push_back({"limits", add_limits(t), "Limits.", "those below"});
    file.fields.push_back({"tasks", t.add_list(t.task, 1, limit(ScenarioLimits::tasks)),
                           "The tasks that are there from the start.", "", true});
    file.fields.push_back({"children", t.add_list(t.child, 0, limit(ScenarioLimits::tasks)),
                           "What clone and exec operations refer to.", "none"});
    file.fields.push_back({"engines", t.add_list(t.engine, 0, limit(ScenarioLimits::engines)),
                           "The engines.", "none"});
    file.fields.push_back({"controllers",
                           t.add_list(&controller, 0, limit(ScenarioLimits::controllers)),
                           "Who calls the API from outside.", "none"});
    file.fields.push_back({"expect", t.add_list(t.expectation, 0, 1000),
                           "What must be seen, whatever is simulated.",
                           "that the run ends quietly"});
    file.fields.push_back(
        {"in_this_order", t.add_list(t.expectation, 0, 1000),
         "What the scenario's own `schedule` must show, or without one the run in "
         "which nobody is preempted. Searches and other schedules leave it out.",
         "nothing"});
    file.fields.push_back({"may_break", t.add_list(t.text, 0, 300),
                           "Clauses of the contract that some orders may break, by their ids. "
                           "`utsim explore` counts them apart.",
                           "none"});
    file.fields.push_back(
        {"cases", add_cases(t),
         "What must be seen under some semantics. `utsim run` runs the file under each of them.",
         "one run, under `semantics`"});
    t.scenario = &file;
}

const Type& scenario_type() { return *table().scenario; }

const std::vector<const Type*>& scenario_types() { return table().in_reference; }

}  // namespace utsim
