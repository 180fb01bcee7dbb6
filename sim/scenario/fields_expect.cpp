// SPDX-License-Identifier: MIT
// What a scenario can expect. Patterns are made from the table of events: every event that a trace
// can hold can be matched by every field it has.
#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

namespace {

struct PatternTypes {
    FieldTable& t;
    const Type* word = nullptr;
    const Type* api = nullptr;
    const Type* attach_flags = nullptr;
    const Type* clone_flags = nullptr;
    const Type* cld = nullptr;
    const Type* step_switch = nullptr;
    const Type* via = nullptr;
    const Type* argument = nullptr;  ///< of a callback: a number, or the word that a trace shows
    const Type* exit_state = nullptr;

    explicit PatternTypes(FieldTable& table) : t(table) {
        api = t.add_words("call", words_of(api_call_names(), "utrace_"), "utrace_");
        cld = t.add_words("code", words_of(cld_names(), "CLD_"), "CLD_");
        step_switch = t.add_words("step switch", words_of(step_switch_names(), "user_"), "user_");
        via = t.add_words("path", words_of(return_path_names()));
        argument = t.add_either({t.integer, t.text});
        exit_state = t.add_either({t.exit_state, t.add_integer(0, 0)});
    }

    const Type* of(Format format) const {
        switch (format) {
            case Format::number:
            case Format::hex:
                return t.number;
            case Format::lock:
                return t.text;
            case Format::flag:
                return t.yes_no;
            case Format::address:
            case Format::program_point:
                return t.address;
            case Format::actor:
            case Format::task:
            case Format::engine:
                return t.name;
            case Format::api:
                return api;
            case Format::callback:
                return t.callback;
            case Format::resume:
                return t.action;
            case Format::word:
            case Format::word_signal:
            case Format::word_syscall:
                return t.callback_word;
            case Format::event_bit:
                return t.event_bit;
            case Format::event_mask:
                return t.events;
            case Format::attach_flags:
                return t.attach_flags;
            case Format::result:
                return t.result;
            case Format::task_state:
                return t.task_state;
            case Format::exit_state:
                return exit_state;
            case Format::signal:
                return t.signal;
            case Format::syscall:
                return t.syscall;
            case Format::cld:
                return cld;
            case Format::step_switch:
                return step_switch;
            case Format::via:
                return via;
            case Format::clone_flags:
                return t.clone_flags;
            case Format::static_text:
                return t.text;
            default:
                return t.number;
        }
    }
};

/// The action of a call is written as traces show it.
bool is_call_action(EventKind kind, const FieldInfo& field) {
    return (kind == EventKind::api || kind == EventKind::api_enter) && field.name == "action";
}

bool is_callback_argument(EventKind kind, const FieldInfo& field) {
    return (kind == EventKind::callback && field.name.starts_with("arg")) ||
           (kind == EventKind::callback_end && field.name.starts_with("left"));
}

const Type* add_pattern(FieldTable& t) {
    const PatternTypes types(t);
    Type& pattern = t.add(Shape::tagged, "kind of event");
    pattern.about = "Fits events of one kind whose fields are as given.";
    pattern.tag = "kind";
    for (const KindInfo& kind : event_table()) {
        Type& type = t.add(Shape::object, "event:" + std::string(kind.name));
        type.about = "Fits `" + std::string(kind.name) + "` events.";
        type.fields.push_back({"note", t.note, "", ""});
        type.fields.push_back({"actor", t.name, "Who was running.", "anybody"});
        for (const FieldInfo& field : kind.field) {
            if (field.name.empty()) continue;
            const Type* holds = is_call_action(kind.kind, field)         ? t.action
                                : is_callback_argument(kind.kind, field) ? types.argument
                                                                         : types.of(field.format);
            type.fields.push_back({std::string(field.name), holds, "", ""});
        }
        if (!kind.text_name.empty()) {
            type.fields.push_back({std::string(kind.text_name), t.text, "", ""});
        }
        pattern.parts.push_back(&type);
        pattern.tag_values.emplace_back(kind.name);
    }
    return &pattern;
}

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
    const Type* pattern = add_pattern(t);
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
