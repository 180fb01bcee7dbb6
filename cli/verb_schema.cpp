// SPDX-License-Identifier: MIT
// `utsim schema` and `utsim validate`: what a scenario may look like, and whether some do.
#include <utsim/scenario.hpp>
#include <utsim/semantics.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

int verb_schema(const Arguments& arguments, Console& console) {
    const std::vector<std::string>& words = arguments.positionals();
    console.out(!words.empty() && words[0] == "semantics" ? semantics_schema() : scenario_schema());
    return exit_held;
}

int verb_validate(const Arguments& arguments, Console& console) {
    Json list = Json::array();
    std::size_t wrong = 0;
    for (const std::string& file : arguments.positionals()) {
        const Result<Scenario> scenario = load_scenario_file(file);
        Json entry{{"file", file}, {"ok", scenario.ok()}};
        if (scenario.ok()) {
            entry["digest"] = scenario->digest();
            if (!console.json()) console.out("ok  " + file + "\n");
        } else {
            ++wrong;
            entry["errors"] = Json::array();
            for (const Error& error : scenario.errors()) {
                entry["errors"].push_back(error_json(error));
            }
            if (!console.json()) console.mistakes(scenario.errors());
        }
        list.push_back(std::move(entry));
    }
    if (console.json()) console.out(dump(Json{{"files", list}}));
    return wrong == 0 ? exit_held : exit_rejected;
}

}  // namespace utsim::cli
