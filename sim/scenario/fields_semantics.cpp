// SPDX-License-Identifier: MIT
// A semantics file is small: a preset, and a value for each decision point that it decides
// otherwise. Both come from the decision table, so a new point needs nothing here.
#include "scenario/fields_semantics.hpp"

#include "scenario/fields_table.hpp"
#include "semantics/decision_table.hpp"
#include "semantics/presets.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

constexpr std::int64_t longest_preset = 100;

bool is_preset(std::string_view text) { return find_preset(text) != nullptr; }

const Type* add_choices(FieldTable& t) {
    Type& choices = t.add_object("choices", "What is decided otherwise than the preset does.");
    for (const DecisionInfo& row : decision_table()) {
        std::vector<std::string> values;
        std::string about = std::string(row.question) + ".";
        for (std::size_t i = 0; i < row.value_count(); ++i) {
            values.emplace_back(row.values[i].name);
            about += " " + values.back() + ": " + std::string(row.values[i].meaning);
        }
        choices.fields.push_back({std::string(row.name),
                                  t.add_words("value of " + std::string(row.name), values),
                                  std::move(about), "as the preset"});
    }
    return &choices;
}

const Type* add_quirks(FieldTable& t) {
    std::vector<std::string> ids;
    for (const QuirkInfo& row : quirk_table()) ids.emplace_back(row.id);
    return t.add_list(t.add_words("quirk", std::move(ids)), 0, quirk_count);
}

/// Names can be completed; dates and API versions have a form.
const Type* add_preset(FieldTable& t) {
    Type& preset = t.add(Shape::text, "preset");
    preset.max = longest_preset;
    preset.form = "the name of a preset, a date such as \"2009-11-13\" or an API version";
    preset.accepts = is_preset;
    for (const PresetInfo& info : presets()) {
        preset.pattern += (preset.pattern.empty() ? "^(" : "|") + std::string(info.name);
    }
    preset.pattern += "|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})$";
    return &preset;
}

const Type* build(FieldTable& t) {
    add_shared_types(t);
    Type& file = t.add_object("semantics", "The whole file.");
    file.fields.push_back({"$schema", t.text, "Where an editor finds the schema.", "none"});
    file.fields.push_back({"format", t.add_words("format", {"utsim.semantics/1"}),
                           "Which format this is.", "", true});
    file.fields.push_back({"title", t.text, "One sentence.", "none"});
    file.fields.push_back({"preset", add_preset(t), "What the choices are made on top of.", "F"});
    file.fields.push_back({"choices", add_choices(t), "What is decided otherwise.", "nothing"});
    file.fields.push_back(
        {"quirks", add_quirks(t), "Bugs of the past that it has again (docs/museum.md).", "none"});
    return &file;
}

}  // namespace

const Type& semantics_type() {
    // Never destroyed, as anybody may ask until the very end.
    static FieldTable* const table = new FieldTable;
    static const Type* const built = build(*table);
    return *built;
}

}  // namespace utsim
