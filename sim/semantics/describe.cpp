// SPDX-License-Identifier: MIT
// The table for those who embed utsim: the same rows, without the enumerators behind them.
#include <algorithm>

#include <utsim/semantics.hpp>

#include "semantics/decision_table.hpp"
#include "semantics/describe.hpp"
#include "semantics/presets.hpp"
#include "semantics/quirks.hpp"
#include "semantics/reference.hpp"

namespace utsim {

const std::vector<DecisionPoint>& decision_points() {
    static const std::vector<DecisionPoint> made = [] {
        std::vector<DecisionPoint> points;
        for (const DecisionInfo& row : decision_table()) {
            DecisionPoint& point = points.emplace_back();
            point.name = row.name;
            point.group = decision_group(row.name);
            point.question = row.question;
            point.source = row.source;
            for (std::size_t i = 0; i < row.value_count(); ++i) {
                point.values.push_back({row.values[i].name, row.values[i].meaning});
            }
            for (std::size_t i = 0; i < era_count; ++i) point.recorded[i] = row.eras[i];
        }
        return points;
    }();
    return made;
}

const std::vector<SemanticsPreset>& semantics_presets() {
    static const std::vector<SemanticsPreset> made = [] {
        std::vector<SemanticsPreset> all;
        for (const PresetInfo& preset : presets()) {
            all.push_back(
                {preset.name, preset.date, preset.api, preset.summary, preset.recorded()});
        }
        return all;
    }();
    return made;
}

SemanticsDescription describe(const NamedSemantics& named, const PresetInfo& base) {
    SemanticsDescription made;
    made.name = named.name;
    made.preset = base.name;
    made.digest = semantics_digest(named.semantics);
    const auto rows = decision_table();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        made.choices.push_back({rows[i].name, rows[i].values[named.semantics.choice[i]].name});
    }
    for (const QuirkInfo& row : quirk_table()) {
        if (named.semantics.has(quirk_of(row))) made.quirks.push_back(row.id);
    }
    return made;
}

Result<SemanticsDescription> describe_semantics(std::string_view text) {
    UTSIM_TRY(named, parse_semantics(text));
    const std::string_view start = text.empty() ? "F" : text.substr(0, text.find(','));
    return describe(named, *find_preset(start));
}

std::vector<SemanticsDifference> compare_semantics(const SemanticsDescription& first,
                                                   const SemanticsDescription& second) {
    std::vector<SemanticsDifference> all;
    for (std::size_t i = 0; i < first.choices.size() && i < second.choices.size(); ++i) {
        if (first.choices[i].value == second.choices[i].value) continue;
        all.push_back({first.choices[i].decision, first.choices[i].value, second.choices[i].value});
    }
    const auto has = [](const SemanticsDescription& side, std::string_view id) {
        return std::find(side.quirks.begin(), side.quirks.end(), id) != side.quirks.end();
    };
    for (const QuirkInfo& row : quirk_table()) {
        const bool in_first = has(first, row.id);
        if (in_first == has(second, row.id)) continue;
        all.push_back({row.id, in_first ? "on" : "off", in_first ? "off" : "on"});
    }
    return all;
}

bool is_semantics_file_name(std::string_view text) {
    return text.find('/') != std::string_view::npos || text.ends_with(".json");
}

}  // namespace utsim
