// SPDX-License-Identifier: MIT
// Small makers of JSON Schema, and the pieces that several commands print.
#include "cli/form.hpp"

namespace utsim::cli::form {

namespace {

Json typed(Json type, std::string_view about) {
    Json schema{{"type", std::move(type)}};
    if (!about.empty()) schema["description"] = about;
    return schema;
}

Json error() {
    return object({{"code", text("E-SCN-113 and so on; docs/errors.md has them all")},
                   {"message", text()},
                   perhaps("file", text("what is wrong is in this file")),
                   perhaps("line", number("counted from 1")),
                   perhaps("column", number("in bytes, counted from 1")),
                   perhaps("length", number("in bytes")),
                   perhaps("pointer", text("JSON pointer of the value")),
                   perhaps("hint", text("what would be right"))},
                  "A mistake of the user.");
}

Json expectation() {
    return object({{"verdict", word({"held", "violated", "vacuous"})},
                   {"what", text("the expectation in a few words")},
                   perhaps("message", text("what was seen instead")),
                   perhaps("step", number("that decided it; not there for what never came")),
                   {"pointer", text("JSON pointer of the expectation")},
                   {"line", number()},
                   {"column", number()}},
                  "What became of one expectation.");
}

Json breach() {
    return object({{"clause", text("C-038, I1: docs/contract.md has them all")},
                   {"by", text("who broke it")},
                   {"duty", truth("of those who use the API, not a promise of utrace")},
                   {"message", text()},
                   {"step", number("in which it was broken")},
                   {"since", number("the step whose promise was broken")},
                   {"expected", truth("whether the scenario says that it will be")}},
                  "A clause of the contract that was broken.");
}

}  // namespace

Json text(std::string_view about) { return typed("string", about); }
Json truth(std::string_view about) { return typed("boolean", about); }

Json number(std::string_view about) {
    Json schema = typed("integer", about);
    schema["minimum"] = 0;
    return schema;
}

Json word(std::vector<std::string_view> words, std::string_view about) {
    Json schema{{"enum", words}};
    if (!about.empty()) schema["description"] = about;
    return schema;
}

Json list(Json of, std::string_view about) {
    Json schema = typed("array", about);
    schema["items"] = std::move(of);
    return schema;
}

Json texts(std::string_view about) { return list(text(), about); }

Json map(Json of, std::string_view about) {
    Json schema = typed("object", about);
    schema["additionalProperties"] = std::move(of);
    return schema;
}

Json object(std::vector<Member> members, std::string_view about) {
    Json schema = typed("object", about);
    Json required = Json::array();
    schema["properties"] = Json::object();
    for (Member& member : members) {
        if (member.required) required.push_back(member.name);
        schema["properties"][member.name] = std::move(member.schema);
    }
    schema["required"] = std::move(required);
    schema["additionalProperties"] = false;
    return schema;
}

Json named(std::string_view definition) {
    return Json{{"$ref", "#/$defs/" + std::string(definition)}};
}

Member perhaps(std::string name, Json schema) {
    return {std::move(name), std::move(schema), false};
}

Json definitions() {
    return Json{{"error", error()},
                {"expectation", expectation()},
                {"breach", breach()},
                {"event", trace_event()}};
}

}  // namespace utsim::cli::form
