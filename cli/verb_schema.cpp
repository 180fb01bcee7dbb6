// SPDX-License-Identifier: MIT
// `utsim schema`: what a format looks like.
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

}  // namespace utsim::cli
