// SPDX-License-Identifier: MIT
// The lines of a trace, from the table of events: which fields a kind has, and whether a field is a
// number, a word, or a word where there is one.
#include <set>

#include "event/event.hpp"

#include "cli/form.hpp"
#include "trace/trace.hpp"
#include "vocabulary/field_format.hpp"

namespace utsim::cli::form {

namespace {

/// The JSON types of one way to read a field.
std::vector<std::string> types_of(Format format) {
    switch (format) {
        case Format::flag:
            return {"boolean", "integer"};
        case Format::number:
            return {"integer"};
        case Format::actor:
        case Format::task:
        case Format::engine:
            return {"string", "integer", "null"};
        case Format::hex:
        case Format::address:
        case Format::program_point:
            return {"string"};
        default:
            return {"string", "integer"};
    }
}

/// Those of all ways: what a field means can depend on an earlier one.
Json field_schema(EventKind kind, std::size_t field) {
    std::set<std::string> types;
    for (const Format format : formats_of(kind, field)) {
        for (std::string& type : types_of(format)) types.insert(std::move(type));
    }
    return Json{{"type", types.size() == 1 ? Json(*types.begin()) : Json(types)}};
}

Json kind_schema(const KindInfo& info) {
    std::vector<Member> members{{"step", number()},
                                perhaps("actor", Json{{"type", {"string", "integer"}}}),
                                {"kind", Json{{"const", info.name}}}};
    for (std::size_t i = 0; i < max_fields; ++i) {
        if (info.field[i].name.empty()) continue;
        members.push_back({std::string(info.field[i].name), field_schema(info.kind, i)});
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
                   perhaps("quantum", number()),
                   {"limits", object({{"max_steps", number()}, {"max_instructions", number()}})},
                   perhaps("instructions", word({"counted"})),
                   perhaps("files", map(text("of a program: its size and digest"))),
                   perhaps("packed", text("the files, where the trace carries them")),
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
