// SPDX-License-Identifier: MIT
// The lines of a trace, from the table of events: which fields a kind has, and whether a field is a
// number, a word, or a word where there is one.
#include "event/event.hpp"

#include "cli/form.hpp"
#include "trace/trace.hpp"

namespace utsim::cli::form {

namespace {

/// What a field's meaning depends on an earlier one.
bool is_open(EventKind kind) {
    return kind == EventKind::api || kind == EventKind::api_enter || kind == EventKind::callback;
}

Json field_schema(EventKind kind, Format format) {
    switch (format) {
        case Format::flag:
            return Json{{"type", {"boolean", "integer"}}};
        case Format::number:
            if (!is_open(kind)) return Json{{"type", "integer"}};
            return Json{{"type", {"integer", "string", "null"}}};
        case Format::actor:
        case Format::task:
        case Format::engine:
            return Json{{"type", {"string", "integer", "null"}}};
        case Format::hex:
        case Format::address:
        case Format::program_point:
            return Json{{"type", "string"}};
        default:
            return Json{{"type", {"string", "integer"}}};
    }
}

Json kind_schema(const KindInfo& info) {
    std::vector<Member> members{{"step", number()},
                                perhaps("actor", Json{{"type", {"string", "integer"}}}),
                                {"k", Json{{"const", info.name}}}};
    for (const FieldInfo& field : info.field) {
        if (field.name.empty()) continue;
        members.push_back({std::string(field.name), field_schema(info.kind, field.format)});
    }
    const std::string text_name(info.text_name);
    if (!text_name.empty()) {
        members.push_back(perhaps(text_name, text()));
        if (text_name != "bytes") {
            members.push_back(perhaps(text_name + "_hex", text("where it is not UTF-8")));
        }
    }
    return object(std::move(members));
}

Json name_line() {
    return object({{"name", word({"actor", "task", "engine"})},
                   {"id", number()},
                   {"is", text()},
                   perhaps("letter", text("of an actor, as schedules spell it")),
                   perhaps("pid", number())});
}

Json header_line() {
    return object({{"format", Json{{"const", trace_format}}},
                   {"utsim", text("the version that wrote it")},
                   {"scenario", text()},
                   {"scenario_digest", text()},
                   perhaps("file", text("as the user spelt it")),
                   {"semantics", text()},
                   {"semantics_digest", text()},
                   {"granularity", word({"api", "lock", "access"})},
                   {"chooser", word({"serial", "schedule", "random"})},
                   perhaps("schedule", text()),
                   perhaps("seed", number()),
                   {"limits", object({{"max_steps", number()}, {"max_instructions", number()}})},
                   perhaps("files", map(text("of a program: its size and digest"))),
                   {"source", text("of the scenario")}});
}

Json end_line() {
    return object({{"end", text()},
                   perhaps("detail", text()),
                   {"steps", number()},
                   {"events", number()},
                   {"schedule", text("that gives this run again")},
                   {"fingerprint", text()}});
}

}  // namespace

Json trace_event() {
    Json kinds = Json::array();
    for (const KindInfo& info : event_table()) kinds.push_back(kind_schema(info));
    return Json{{"description", "An event, as in a trace: docs/trace.md has what the fields mean."},
                {"oneOf", std::move(kinds)}};
}

Json trace_line() {
    return Json{{"oneOf", {header_line(), name_line(), named("event"), end_line()}}};
}

}  // namespace utsim::cli::form
