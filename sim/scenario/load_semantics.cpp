// SPDX-License-Identifier: MIT
// Loading a semantics file. It is read with the machinery of scenarios, and means what the same
// choices mean on the command line.
#include <utsim/semantics.hpp>

#include "base/suggest.hpp"
#include "scenario/fields_semantics.hpp"
#include "scenario/input_file.hpp"
#include "scenario/json_reader.hpp"
#include "scenario/shape.hpp"
#include "semantics/describe.hpp"

namespace utsim {

namespace {

std::string text_member(const JsonValue& root, std::string_view key, std::string otherwise) {
    const JsonMember* found = root.find(key);
    return found != nullptr && found->value.is(JsonKind::text) ? found->value.text : otherwise;
}

/// A preset's name that is nearly right deserves better than "not the name of a preset".
void suggest_preset(const JsonValue& root, std::vector<Error>& errors) {
    const JsonMember* preset = root.find("preset");
    if (preset == nullptr || !preset->value.is(JsonKind::text)) return;
    if (preset->value.parent == nullptr) return;  // it was not read to the end
    std::vector<std::string_view> names;
    for (const PresetInfo& info : presets()) names.push_back(info.name);
    std::string hint = did_you_mean(preset->value.text, names);
    if (hint.empty()) {
        hint = "one of:";
        for (const std::string_view name : names) hint += " " + std::string(name);
    }
    const std::string pointer = preset->value.pointer();
    for (Error& error : errors) {
        if (error.pointer == pointer) error.hint = hint;
    }
}

std::vector<std::pair<std::string, std::string>> choices_of(const JsonValue& root) {
    std::vector<std::pair<std::string, std::string>> choices;
    if (const JsonMember* member = root.find("choices")) {
        for (const JsonMember& choice : member->value.members) {
            if (choice.key != "note") choices.emplace_back(choice.key, choice.value.text);
        }
    }
    if (const JsonMember* member = root.find("quirks")) {
        for (const JsonValue& id : member->value.items) choices.emplace_back("quirk", id.text);
    }
    return choices;
}

/// The choice of this file that the message begins with, or all of them.
const JsonValue& culprit(const JsonValue& root, const std::string& message) {
    const JsonMember* choices = root.find("choices");
    if (choices == nullptr) return root;
    for (const JsonMember& choice : choices->value.members) {
        if (message.find(choice.key + "=") != std::string::npos) return choice.value;
    }
    return choices->value;
}

}  // namespace

Result<SemanticsDescription> load_semantics_text(std::string_view text, const std::string& file) {
    Problems problems(text, file);
    JsonValue root;
    if (!read_json(text, root, problems) || !check_format(root, "utsim.semantics/", problems) ||
        !check_shape(semantics_type(), root, problems) || !problems.empty()) {
        std::vector<Error> errors = problems.take();
        suggest_preset(root, errors);
        return errors;
    }
    const PresetInfo* base = find_preset(text_member(root, "preset", "F"));
    const auto named = change_semantics(*base, choices_of(root));
    if (!named.ok()) {
        const Error& error = named.errors().front();
        problems.add(225, culprit(root, error.message), error.message, error.hint);
        return problems.take();
    }
    SemanticsDescription made = describe(*named, *base);
    made.title = text_member(root, "title", "");
    return made;
}

Result<SemanticsDescription> load_semantics_file(const std::string& path) {
    UTSIM_TRY(text, read_input_file(path));
    return load_semantics_text(text, path);
}

}  // namespace utsim
