// SPDX-License-Identifier: MIT
// `utsim schema`: what a format looks like, of files that are read and of what is printed.
#include <utsim/scenario.hpp>
#include <utsim/semantics.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/output_forms.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

int verb_schema(const Arguments& arguments, Console& console) {
    const std::vector<std::string>& words = arguments.positionals();
    const std::string what = words.empty() ? "scenario" : words[0];
    console.out(what == "scenario"    ? scenario_schema()
                : what == "semantics" ? semantics_schema()
                                      : output_schema(what));
    return exit_held;
}

}  // namespace utsim::cli
