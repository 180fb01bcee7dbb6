// SPDX-License-Identifier: MIT
// `utsim help`, `utsim completion`, `utsim version`: the command table, printed.
#include <utsim/version.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/manual.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

int verb_help(const Arguments& arguments, Console& console) {
    if (arguments.has("--man")) {
        console.out(man_page());
    } else if (arguments.has("--markdown")) {
        console.out(markdown_reference());
    } else if (arguments.positionals().empty()) {
        console.out(console.json() ? overview_json() : overview_text());
    } else {
        const CommandInfo* command = find_command(arguments.positionals()[0]);
        if (command == nullptr) {
            console.mistakes({unknown_command(arguments.positionals()[0])});
            return exit_usage;
        }
        console.out(console.json() ? command_json(*command) : command_help(*command));
    }
    return exit_held;
}

int verb_completion(const Arguments&, Console& console) {
    const std::string script = bash_completion();
    console.out(console.json() ? dump(Json{{"shell", "bash"}, {"script", script}}) : script);
    return exit_held;
}

int verb_version(const Arguments&, Console& console) {
    console.out(console.json() ? dump(Json{{"utsim", version()}})
                               : std::string("utsim ") + version() + "\n");
    return exit_held;
}

}  // namespace utsim::cli
