// SPDX-License-Identifier: MIT
// The generated part of docs/semantics.md. Everything it says is in the table.
#include "semantics/reference.hpp"

#include <algorithm>

#include "semantics/decision_table.hpp"
#include "semantics/presets.hpp"

namespace utsim {

namespace {

struct Group {
    std::string_view first;  ///< the decision point that it begins with
    std::string_view heading;
};
constexpr Group groups[] = {
    {"request.store", "Requests and steps"},
    {"report.start", "Reporting passes"},
    {"stop.interrupt", "Stopping"},
    {"resume.unasked", "The last hook before user mode"},
    {"signal.newcomers", "Signals"},
    {"entry.repeat", "System calls"},
    {"attach.lookup", "Attaching, changing, reaping"},
    {"fork.stepping", "Fork and the processor"},
    {"signal.dying", "The kernel around it"},
    {"ptrace.seize", "ptrace"},
};

constexpr std::string_view era_names[era_count] = {"E1", "E2", "E3", "E4", "E5", "F"};

std::string who_chose(const DecisionInfo& row, std::size_t value) {
    std::string text;
    for (std::size_t era = 0; era < era_count; ++era) {
        if (row.eras[era] != value) continue;
        text += (text.empty() ? "" : " ") + std::string(era_names[era]);
    }
    return text;
}

std::string presets_table() {
    std::string out =
        "\n### Presets\n\n| name | date | API version | what it is |\n|---|---|---|---|\n";
    for (const PresetInfo& preset : presets()) {
        out += "| `" + std::string(preset.name) + "` | " + std::string(preset.date) + " | " +
               std::string(preset.api) + " | " + std::string(preset.summary) + " |\n";
    }
    return out;
}

std::string contradictions_table() {
    std::string out =
        "\n### What cannot be together\n\n| this | and this | because |\n|---|---|---|\n";
    for (const Contradiction& c : contradictions()) {
        out += "| `" + std::string(c.decision) + "=" + std::string(c.value) + "` | `" +
               std::string(c.other) + "=" + std::string(c.other_value) + "` | " +
               std::string(c.reason) + " |\n";
    }
    return out;
}

}  // namespace

std::string_view decision_group(std::string_view decision) {
    std::string_view heading = groups[0].heading;
    for (const DecisionInfo& row : decision_table()) {
        for (const Group& group : groups) {
            if (group.first == row.name) heading = group.heading;
        }
        if (row.name == decision) return heading;
    }
    return {};
}

std::string semantics_reference() {
    std::string out = presets_table();
    std::string_view group;
    for (const DecisionInfo& row : decision_table()) {
        if (decision_group(row.name) != group) {
            group = decision_group(row.name);
            out += "\n### " + std::string(group) + "\n";
        }
        out += "\n**`" + std::string(row.name) + "`** " + std::string(row.question) + ". (" +
               std::string(row.source) + ")\n\n| value | chosen by | meaning |\n|---|---|---|\n";
        for (std::size_t i = 0; i < row.value_count(); ++i) {
            out += "| `" + std::string(row.values[i].name) + "` | " + who_chose(row, i) + " | " +
                   std::string(row.values[i].meaning) + " |\n";
        }
    }
    return out + contradictions_table();
}

}  // namespace utsim
