// SPDX-License-Identifier: MIT
// `utsim semantics`: the decision table, asked in three ways.
#include <algorithm>

#include <utsim/semantics.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/manual.hpp"
#include "cli/numbers.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"

namespace utsim::cli {

namespace {

constexpr std::string_view era_names[] = {"E1", "E2", "E3", "E4", "E5", "F"};
constexpr std::size_t meaning_column = 26;

/// `  left    right`, the right one wrapped below itself.
std::string line(std::string left, std::string_view right, std::size_t column) {
    left.resize(std::max(left.size() + 1, column), ' ');
    return left + wrapped(right, left.size(), column) + "\n";
}

const DecisionPoint& point_of(std::string_view name) {
    const std::vector<DecisionPoint>& all = decision_points();
    return *std::find_if(all.begin(), all.end(),
                         [&](const DecisionPoint& point) { return point.name == name; });
}

/// Null for what is a decision point.
const QuirkInfo* quirk_called(std::string_view id) {
    for (const QuirkInfo& row : quirk_table()) {
        if (row.id == id) return &row;
    }
    return nullptr;
}

/// What is decided, and where to read on.
std::string question_of(std::string_view decision) {
    if (const QuirkInfo* quirk = quirk_called(decision)) {
        return "Whether an old mistake is made again: " + std::string(quirk->name);
    }
    return std::string(point_of(decision).question);
}
std::string source_of(std::string_view decision) {
    return quirk_called(decision) != nullptr ? "docs/museum.md"
                                             : std::string(point_of(decision).source);
}

std::string_view meaning_of(std::string_view decision, std::string_view value) {
    if (const QuirkInfo* quirk = quirk_called(decision)) {
        return value == "on" ? quirk->why : quirk->fix;
    }
    for (const DecisionValue& one : point_of(decision).values) {
        if (one.name == value) return one.meaning;
    }
    return {};
}

std::vector<std::string> who_chose(const DecisionPoint& point, std::size_t value) {
    std::vector<std::string> eras;
    for (std::size_t i = 0; i < std::size(era_names); ++i) {
        if (point.recorded[i] == value) eras.emplace_back(era_names[i]);
    }
    return eras;
}

std::string heading(const Console& console, std::string_view text) {
    return painted(console, "1", text) + "\n";
}

// --- list ------------------------------------------------------------------------------------

std::string list_text(const Console& console) {
    std::string out = heading(console, "Presets");
    for (const SemanticsPreset& preset : semantics_presets()) {
        std::string left = "  " + std::string(preset.name);
        left.resize(18, ' ');
        out += line(left + std::string(preset.date) + "  " + std::string(preset.api),
                    preset.summary, 40);
    }
    std::string_view group;
    for (const DecisionPoint& point : decision_points()) {
        if (point.group != group) out += "\n" + heading(console, point.group);
        group = point.group;
        out += "\n" + line("  " + std::string(point.name),
                           std::string(point.question) + " (" + std::string(point.source) + ")",
                           meaning_column);
        for (std::size_t i = 0; i < point.values.size(); ++i) {
            const std::string eras = joined(who_chose(point, i), " ");
            std::string left = "    " + std::string(point.values[i].name);
            out +=
                line(left,
                     (eras.empty() ? "" : "[" + eras + "] ") + std::string(point.values[i].meaning),
                     meaning_column);
        }
    }
    return out +
           "\nChoose with --semantics=PRESET,POINT=VALUE,... or a JSON file (utsim schema "
           "semantics).\n";
}

Json list_json() {
    Json out;
    out["presets"] = Json::array();
    for (const SemanticsPreset& preset : semantics_presets()) {
        out["presets"].push_back(Json{{"name", preset.name},
                                      {"date", preset.date},
                                      {"api", preset.api},
                                      {"recorded", preset.recorded},
                                      {"summary", preset.summary}});
    }
    out["decision_points"] = Json::array();
    for (const DecisionPoint& point : decision_points()) {
        Json one{{"name", point.name},
                 {"group", point.group},
                 {"question", point.question},
                 {"source", point.source},
                 {"values", Json::array()}};
        for (std::size_t i = 0; i < point.values.size(); ++i) {
            one["values"].push_back(Json{{"name", point.values[i].name},
                                         {"meaning", point.values[i].meaning},
                                         {"chosen_by", who_chose(point, i)}});
        }
        out["decision_points"].push_back(std::move(one));
    }
    return out;
}

// --- show ------------------------------------------------------------------------------------

Result<SemanticsDescription> described(const std::string& word) {
    if (is_semantics_file_name(word)) return load_semantics_file(word);
    return describe_semantics(word);
}

SemanticsDescription last_version() { return describe_semantics("F").value(); }

std::string show_text(const Console& console, const SemanticsDescription& shown) {
    const SemanticsDescription last = last_version();
    const std::size_t different = compare_semantics(shown, last).size() - shown.quirks.size();
    std::string out = painted(console, "1", shown.name);
    if (!shown.title.empty()) out += "  " + shown.title;
    for (const SemanticsPreset& preset : semantics_presets()) {
        if (preset.name == shown.name) out += "  " + std::string(preset.summary);
    }
    out += "\n" + shown.digest + "\n";
    if (different != 0) {
        out += "* where it is not F: " + std::to_string(different) + " of " +
               std::to_string(shown.choices.size()) + "\n";
    }
    std::string_view group;
    for (std::size_t i = 0; i < shown.choices.size(); ++i) {
        const SemanticsChoice& choice = shown.choices[i];
        if (point_of(choice.decision).group != group) {
            group = point_of(choice.decision).group;
            out += "\n" + heading(console, group);
        }
        const bool differs = choice.value != last.choices[i].value;
        std::string left = (differs ? "* " : "  ") + std::string(choice.decision);
        left.resize(std::max<std::size_t>(left.size() + 1, meaning_column), ' ');
        std::string text = std::string(choice.value) + ": " +
                           std::string(meaning_of(choice.decision, choice.value));
        if (differs) text += " (F: " + std::string(last.choices[i].value) + ")";
        out += line(std::move(left), text, meaning_column);
    }
    if (!shown.quirks.empty()) out += "\n" + heading(console, "Old mistakes");
    for (const std::string_view id : shown.quirks) {
        const QuirkInfo& quirk = *quirk_called(id);
        out +=
            line("* " + std::string(id) + " " + std::string(quirk.name), quirk.why, meaning_column);
    }
    return out;
}

Json show_json(const SemanticsDescription& shown) {
    const SemanticsDescription last = last_version();
    Json out{{"name", shown.name}, {"preset", shown.preset}, {"digest", shown.digest}};
    if (!shown.title.empty()) out["title"] = shown.title;
    out["choices"] = Json::array();
    for (std::size_t i = 0; i < shown.choices.size(); ++i) {
        const SemanticsChoice& choice = shown.choices[i];
        out["choices"].push_back(Json{{"decision", choice.decision},
                                      {"value", choice.value},
                                      {"meaning", meaning_of(choice.decision, choice.value)},
                                      {"F", last.choices[i].value}});
    }
    if (!shown.quirks.empty()) out["quirks"] = shown.quirks;
    return out;
}

// --- diff ------------------------------------------------------------------------------------

std::string diff_text(const Console& console, const SemanticsDescription& first,
                      const SemanticsDescription& second) {
    const std::vector<SemanticsDifference> all = compare_semantics(first, second);
    if (all.empty()) return first.name + " and " + second.name + " decide everything alike.\n";
    const auto mistakes = static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(),
        [](const SemanticsDifference& one) { return quirk_called(one.decision) != nullptr; }));
    std::string out = first.name + " and " + second.name + " differ at " +
                      std::to_string(all.size() - mistakes) + " of " +
                      std::to_string(first.choices.size()) + " decision points";
    if (mistakes != 0) out += " and in " + counted(mistakes, "old mistake", "old mistakes");
    out += ".\n";
    const std::size_t column = 4 + std::max(first.name.size(), second.name.size()) + 2;
    for (const SemanticsDifference& one : all) {
        out += "\n" + painted(console, "1", one.decision) + "  " +
               wrapped(question_of(one.decision) + " (" + source_of(one.decision) + ")",
                       one.decision.size() + 2, 2) +
               "\n";
        out +=
            line("  " + first.name,
                 std::string(one.first) + ": " + std::string(meaning_of(one.decision, one.first)),
                 column);
        out +=
            line("  " + second.name,
                 std::string(one.second) + ": " + std::string(meaning_of(one.decision, one.second)),
                 column);
    }
    return out;
}

Json diff_json(const SemanticsDescription& first, const SemanticsDescription& second) {
    Json out{{"first", first.name}, {"second", second.name}, {"differences", Json::array()}};
    for (const SemanticsDifference& one : compare_semantics(first, second)) {
        const auto side = [&](std::string_view value) {
            return Json{{"value", value}, {"meaning", meaning_of(one.decision, value)}};
        };
        out["differences"].push_back(Json{{"decision", one.decision},
                                          {"question", question_of(one.decision)},
                                          {"source", source_of(one.decision)},
                                          {"first", side(one.first)},
                                          {"second", side(one.second)}});
    }
    return out;
}

}  // namespace

int verb_semantics(const Arguments& arguments, Console& console) {
    const std::vector<std::string>& words = arguments.positionals();
    const std::size_t wanted = words[0] == "list" ? 0 : words[0] == "show" ? 1 : 2;
    if (words.size() != wanted + 1) {
        constexpr const char* needs[] = {"nothing else", "one semantics", "two semantics"};
        console.mistakes(
            {usage_error("E-CLI-031", "utsim semantics " + words[0] + " needs " + needs[wanted],
                         wanted == 1   ? "for example utsim semantics show E1"
                         : wanted == 2 ? "for example utsim semantics diff E1 E2"
                                       : "")});
        return exit_usage;
    }
    std::vector<SemanticsDescription> read;
    std::vector<Error> mistakes;
    for (std::size_t i = 1; i < words.size(); ++i) {
        Result<SemanticsDescription> one = described(words[i]);
        if (one.ok()) {
            read.push_back(std::move(one).value());
        } else {
            for (Error& error : one.take_errors()) mistakes.push_back(std::move(error));
        }
    }
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_rejected;
    }
    if (console.json()) {
        if (wanted == 0) console.result("utsim.semantics-list/1", list_json());
        if (wanted == 1) console.result("utsim.semantics-show/1", show_json(read[0]));
        if (wanted == 2) console.result("utsim.semantics-diff/1", diff_json(read[0], read[1]));
    } else {
        console.out(wanted == 0   ? list_text(console)
                    : wanted == 1 ? show_text(console, read[0])
                                  : diff_text(console, read[0], read[1]));
    }
    return exit_held;
}

}  // namespace utsim::cli
