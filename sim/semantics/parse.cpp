// SPDX-License-Identifier: MIT
// From text to a choice at every decision point, and back. What cannot be is refused with the
// reason, because a mixture that quietly does something else would be compared and believed.
#include "semantics/parse.hpp"

#include <algorithm>
#include <span>

#include "base/digest.hpp"
#include "base/suggest.hpp"
#include "semantics/decision_table.hpp"
#include "semantics/quirks.hpp"

namespace utsim {

namespace {

constexpr std::string_view quirk_key = "quirk";

Error error(const char* code, std::string message, std::string hint) {
    Error made;
    made.code = code;
    made.message = std::move(message);
    made.hint = std::move(hint);
    return made;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string list_of(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) {
        if (!text.empty()) text += ", ";
        text += word;
    }
    return text;
}

Error unknown_preset(std::string_view name) {
    std::vector<std::string_view> names;
    for (const PresetInfo& preset : presets()) names.push_back(preset.name);
    std::string hint = did_you_mean(name, names);
    if (hint.empty()) {
        hint = "there are " + list_of(names) + ", a date such as 2009-11-13, or an API version";
    }
    return error("E-SEM-001", "unknown semantics " + quoted(name), std::move(hint));
}

Error unknown_decision(std::string_view name) {
    std::vector<std::string_view> names = {quirk_key};
    for (const DecisionInfo& row : decision_table()) names.push_back(row.name);
    std::string hint = did_you_mean(name, names);
    if (hint.empty()) hint = "`utsim semantics list` prints the decision points";
    return error("E-SEM-002", "unknown decision point " + quoted(name), std::move(hint));
}

Error unknown_value(const DecisionInfo& row, std::string_view value) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < row.value_count(); ++i) names.push_back(row.values[i].name);
    return error("E-SEM-003", quoted(value) + " is no value of " + std::string(row.name),
                 "it can be " + list_of(names));
}

Error unknown_quirk(std::string_view id) {
    std::vector<std::string_view> ids;
    for (const QuirkInfo& row : quirk_table()) {
        if (row.name == id) {
            return error("E-SEM-007", "unknown quirk " + quoted(id),
                         "it is called " + std::string(row.id));
        }
        ids.push_back(row.id);
    }
    std::string hint = did_you_mean(id, ids);
    if (hint.empty()) hint = "`utsim museum --list` prints them";
    return error("E-SEM-007", "unknown quirk " + quoted(id), std::move(hint));
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

std::size_t row_index(const DecisionInfo& row) {
    return static_cast<std::size_t>(&row - decision_table().data());
}

bool has(const Semantics& semantics, std::string_view decision, std::string_view value) {
    const DecisionInfo* row = find_decision(decision);
    return row != nullptr && row->values[semantics.choice[row_index(*row)]].name == value;
}

}  // namespace

std::string contradiction_in(const Semantics& semantics) {
    for (const Contradiction& c : contradictions()) {
        if (!has(semantics, c.decision, c.value) || !has(semantics, c.other, c.other_value)) {
            continue;
        }
        return std::string(c.decision) + "=" + std::string(c.value) + " and " +
               std::string(c.other) + "=" + std::string(c.other_value) +
               " contradict each other: " + std::string(c.reason);
    }
    return {};
}

std::string semantics_name(const PresetInfo& base, const Semantics& semantics) {
    for (const PresetInfo& preset : presets()) {
        if (preset_semantics(preset) == semantics) return std::string(preset.name);
    }
    const Semantics start = preset_semantics(base);
    std::string name(base.name);
    const auto rows = decision_table();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (semantics.choice[i] == start.choice[i]) continue;
        name += "," + std::string(rows[i].name) + "=" +
                std::string(rows[i].values[semantics.choice[i]].name);
    }
    for (const QuirkInfo& row : quirk_table()) {
        if (semantics.has(quirk_of(row))) name += ",quirk=" + std::string(row.id);
    }
    return name;
}

std::string semantics_digest(const Semantics& semantics) {
    Digest digest;
    const auto rows = decision_table();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        digest.add(rows[i].name);
        digest.add("=");
        digest.add(rows[i].values[semantics.choice[i]].name);
        digest.add("\n");
    }
    for (const QuirkInfo& row : quirk_table()) {
        if (!semantics.has(quirk_of(row))) continue;
        digest.add("quirk=");
        digest.add(row.id);
        digest.add("\n");
    }
    return digest.text();
}

Result<NamedSemantics> change_semantics(
    const PresetInfo& base, const std::vector<std::pair<std::string, std::string>>& choices) {
    Semantics semantics = preset_semantics(base);
    std::vector<std::string_view> given;
    for (const auto& choice : choices) {
        std::string_view decision = choice.first;
        std::string_view value = choice.second;
        if (decision == quirk_key) {
            const QuirkInfo* quirk = find_quirk(value);
            if (quirk == nullptr) return unknown_quirk(value);
            if (quirk->decision.empty()) {
                semantics.add(quirk_of(*quirk));
                continue;
            }
            const std::size_t equals = quirk->decision.find('=');
            decision = quirk->decision.substr(0, equals);
            value = quirk->decision.substr(equals + 1);
        }
        const DecisionInfo* row = find_decision(decision);
        if (row == nullptr) return unknown_decision(decision);
        const auto index = row->find_value(value);
        if (!index) return unknown_value(*row, value);
        if (std::find(given.begin(), given.end(), row->name) != given.end()) {
            return error("E-SEM-006", std::string(row->name) + " is given twice",
                         "give each decision point one value");
        }
        given.push_back(row->name);
        semantics.choice[row_index(*row)] = *index;
    }
    if (std::string what = contradiction_in(semantics); !what.empty()) {
        return error("E-SEM-004", std::move(what), "change one of the two");
    }
    return NamedSemantics{semantics_name(base, semantics), semantics};
}

Result<NamedSemantics> parse_semantics(std::string_view text) {
    if (text.empty()) text = "F";
    const std::vector<std::string_view> parts = split(text);
    const PresetInfo* base = find_preset(parts[0]);
    if (base == nullptr) return unknown_preset(parts[0]);
    std::vector<std::pair<std::string, std::string>> choices;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::size_t equals = parts[i].find('=');
        if (equals == std::string_view::npos) {
            return error("E-SEM-005", quoted(parts[i]) + " is not of the form point=value",
                         "write for example F,step.arm=resume");
        }
        choices.emplace_back(parts[i].substr(0, equals), parts[i].substr(equals + 1));
    }
    return change_semantics(*base, choices);
}

}  // namespace utsim
