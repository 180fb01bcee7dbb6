// SPDX-License-Identifier: MIT
// The table as Markdown, for the generated part of docs/scenario.md.
#include <algorithm>

#include "scenario/fields.hpp"
#include "scenario/schema.hpp"

namespace utsim {

namespace {

constexpr std::size_t words_in_a_cell = 16;

std::string describe(const Type& type);

std::string words(const Type& type) {
    if (type.words.size() > words_in_a_cell) return "a " + type.name;
    std::string text;
    for (const std::string& word : type.words) {
        if (word.starts_with("UTRACE_")) continue;
        text += (text.empty() ? "`" : " `") + word + "`";
    }
    return text;
}

std::string either(const Type& type) {
    std::string text;
    for (const Type* part : type.parts) text += (text.empty() ? "" : " or ") + describe(*part);
    return text;
}

std::string describe(const Type& type) {
    switch (type.shape) {
        case Shape::null:
            return "`null`";
        case Shape::boolean:
            return "`true` `false`";
        case Shape::integer:
            if (type.max > INT32_MAX) return "integer";
            return "integer " + std::to_string(type.min) + " to " + std::to_string(type.max);
        case Shape::text:
            return type.form.empty() ? "string" : type.form;
        case Shape::word:
        case Shape::joined:
            return words(type);
        case Shape::list:
            return "list of: " + describe(*type.element);
        case Shape::tuple: {
            std::string text = "[";
            for (const Type* part : type.parts) text += (text == "[" ? "" : ", ") + part->name;
            return text + "]";
        }
        case Shape::map:
            return "by " + (type.key->name.empty() ? "name" : type.key->name) + ": " +
                   describe(*type.element);
        case Shape::either:
            return either(type);
        case Shape::object:
            return type.name;
        case Shape::tagged:
            return type.name;
    }
    return "?";
}

std::string cell(std::string text) {
    std::string result;
    for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
    return result;
}

bool is_boring(const Field& field) { return field.name == "note"; }

void append_object(const Type& type, std::string& out) {
    out += "\n### " + type.name + "\n\n" + type.about + "\n";
    if (std::all_of(type.fields.begin(), type.fields.end(), is_boring)) return;
    out += "\n| field | holds | meaning | default |\n|---|---|---|---|\n";
    for (const Field& field : type.fields) {
        if (is_boring(field)) continue;
        std::string fallback = field.otherwise;
        if (field.required) fallback = "**must be there**";
        out += "| `" + field.name + "` | " + cell(describe(*field.type)) + " | " +
               cell(field.about) + " | " + cell(fallback) + " |\n";
    }
}

}  // namespace

std::string scenario_reference() {
    std::string out;
    std::vector<const Type*> types = scenario_types();
    // The file comes first; below it the order in which things are defined.
    std::rotate(types.begin(), types.end() - 1, types.end());
    for (const Type* type : types) append_object(*type, out);
    return out;
}

}  // namespace utsim
