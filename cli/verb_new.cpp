// SPDX-License-Identifier: MIT
// `utsim new`: a file to start from.
#include <utsim/scenario.hpp>

#include "base/suggest.hpp"
#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "scenario/schema.hpp"

namespace utsim::cli {

namespace {

constexpr std::string_view default_template = "tutorial/stop";

std::string title_of(const BuiltinScenario& scenario) {
    const Result<Scenario> loaded =
        load_scenario_text(scenario.text, "builtin:" + std::string(scenario.name));
    return loaded.ok() ? loaded->title() : std::string();
}

int list_templates(Console& console) {
    Json list = Json::array();
    std::size_t width = 0;
    for (const BuiltinScenario& one : builtin_scenarios()) width = std::max(width, one.name.size());
    for (const BuiltinScenario& one : builtin_scenarios()) {
        const std::string title = title_of(one);
        list.push_back(Json{{"name", one.name}, {"title", title}});
        std::string line(one.name);
        line.resize(width + 2, ' ');
        if (!console.json()) console.out(line + title + "\n");
    }
    if (console.json()) console.result("utsim.templates/1", Json{{"templates", list}});
    return exit_held;
}

/// The templates stand in a checkout, where their `$schema` is a file. A new file can be anywhere,
/// so its `$schema` is the name that the schema has everywhere.
std::string as_new_file(std::string_view text) {
    constexpr std::string_view key = "\"$schema\": \"";
    std::string out(text);
    const std::size_t at = out.find(key);
    if (at == std::string::npos) return out;
    const std::size_t value = at + key.size();
    return out.replace(value, out.find('"', value) - value, scenario_schema_urn);
}

int unknown_template(const std::string& name, Console& console) {
    std::vector<std::string_view> names;
    for (const BuiltinScenario& one : builtin_scenarios()) names.push_back(one.name);
    std::string hint = did_you_mean(name, names);
    if (hint.empty()) hint = "utsim new --list shows what there is";
    console.mistakes(
        {usage_error("E-CLI-030", "there is no template '" + name + "'", std::move(hint))});
    return exit_usage;
}

}  // namespace

int verb_new(const Arguments& arguments, Console& console) {
    if (arguments.has("--list")) return list_templates(console);
    if (arguments.positionals().empty()) {
        console.mistakes({usage_error("E-CLI-009", "utsim new needs NAME: the file to write",
                                      "utsim new --list shows the templates")});
        return exit_usage;
    }
    if (arguments.positionals()[0].empty()) {
        console.mistakes({usage_error("E-CLI-009", "utsim new needs a NAME that is not empty")});
        return exit_usage;
    }
    std::string from = arguments.text("--from");
    if (from.empty()) from = default_template;
    const BuiltinScenario* scenario = find_builtin_scenario(from);
    if (scenario == nullptr) return unknown_template(from, console);
    std::string path = arguments.positionals()[0];
    if (path.size() < 5 || path.compare(path.size() - 5, 5, ".json") != 0) path += ".json";
    const Result<Done> written = write_file(path, as_new_file(scenario->text), nullptr);
    if (!written.ok()) {
        console.mistakes(written.errors());
        return is_write_error(written.errors().front()) ? exit_unwritten : exit_rejected;
    }
    if (console.json()) {
        console.result("utsim.new/1", Json{{"file", path}, {"from", scenario->name}});
    } else {
        console.out("wrote " + path + " from " + std::string(scenario->name) +
                    "\nNext:  utsim run " + file_argument(path) + "\n       utsim replay " +
                    file_argument(path) + "\n");
    }
    return exit_held;
}

}  // namespace utsim::cli
