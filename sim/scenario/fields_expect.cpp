// SPDX-License-Identifier: MIT
// What a scenario can expect, but for the patterns of events (fields_pattern.cpp).
#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

namespace {

const Type* add_final(FieldTable& t) {
    Type& final =
        t.add_object("final state", "What must be so at the end, for one task or engine.");
    const std::vector<Field> fields = {
        {"state", t.task_state, "Task: its state.", ""},
        {"exit_state", t.exit_state, "Task: its exit state.", ""},
        {"exit", t.add_integer(0, 255), "Task: it exited with this code.", ""},
        {"killed_by", t.signal, "Task: this signal killed it.", ""},
        {"ip", t.address, "Task: where it is.", ""},
        {"pending", t.signals, "Task: its private pending signals, no others.", ""},
        {"output", t.text, "Task: all it wrote to its descriptors 1 and 2.", ""},
        {"attached", t.yes_no, "Engine: still attached.", ""},
        {"calls", t.count, "Engine: callbacks it got.", ""},
        {"steps", t.count, "Stepper: step traps it took.", ""},
        {"interrupted", t.count, "Stepper: callbacks for another reason while it was stepping.",
         ""},
        {"positions", t.add_list(t.address, 0, 64), "Stepper: where the first step traps were.",
         ""},
        {"allowed", t.count, "Guard: calls it let through.", ""},
        {"aborted", t.count, "Guard: calls it aborted.", ""},
    };
    for (const Field& field : fields) {
        final.fields.push_back(field);
        final.fields.back().otherwise = "not judged";
    }
    return &final;
}

const Type* add_count(FieldTable& t, const Type* pattern) {
    Type& count = t.add_object("count", "How often a pattern must fit.");
    count.fields.push_back({"of", pattern, "The pattern.", "", true});
    const Type* number = t.add_integer(0, INT64_MAX);
    count.fields.push_back({"exactly", number, "This often.", "not judged"});
    count.fields.push_back({"at_least", number, "This often or more.", "not judged"});
    count.fields.push_back({"at_most", number, "This often or less.", "not judged"});
    return &count;
}

}  // namespace

void add_expectation_types(FieldTable& t) {
    const Type* pattern = add_pattern_type(t);
    Type& output = t.add_object("output", "What a task must have written.");
    output.fields.push_back({"task", t.name, "The task.", "", true});
    output.fields.push_back({"is", t.text, "All of it.", "", true});
    Type& expect = t.add_object("expectation", "Something that every run must show. Exactly one.");
    expect.alternatives = Alternatives::exactly_one;
    const std::vector<Field> kinds = {
        {"final", t.add_map(t.name, add_final(t)), "How tasks and engines are at the end, by name.",
         ""},
        {"sometimes", pattern, "An event like this happens.", ""},
        {"never", pattern, "No event like this happens.", ""},
        {"order", t.add_list(pattern, 2, 100),
         "Events like these happen in this order (others may "
         "be between them).",
         ""},
        {"count", add_count(t, pattern), "How often something happens.", ""},
        {"output", &output, "What a task writes.", ""},
        {"end", t.add_words("end", {"quiet", "deadlock", "livelock", "limit", "bug"}),
         "How the run ends. Without this it must be `quiet`.", ""},
        {"contract", t.add_list(t.text, 0, 300),
         "Clauses of the contract that the run breaks, by their ids. All others hold, and without "
         "this all of them do.",
         ""},
    };
    for (Field field : kinds) {
        field.alternative = true;
        expect.fields.push_back(std::move(field));
    }
    t.expectation = &expect;
}

}  // namespace utsim
