// SPDX-License-Identifier: MIT
// `utsim help`, `utsim completion`, `utsim version`: the command table, printed.
#include <utsim/version.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/limit_table.hpp"
#include "cli/manual.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

int verb_help(const Arguments& arguments, Console& console) {
    if (arguments.has("--man")) {
        console.out(man_page());
    } else if (arguments.has("--markdown")) {
        console.out(markdown_reference());
    } else if (arguments.has("--limits")) {
        console.out(limits_text());
    } else if (arguments.positionals().empty()) {
        if (console.json()) {
            console.result("utsim.help/1", overview_json());
        } else {
            console.out(overview_text());
        }
    } else {
        const CommandInfo* command = find_command(arguments.positionals()[0]);
        if (command == nullptr) {
            console.mistakes({unknown_command(arguments.positionals()[0])});
            return exit_usage;
        }
        return explain_command(*command, console);
    }
    return exit_held;
}

int explain_command(const CommandInfo& command, Console& console) {
    if (console.json()) {
        console.result("utsim.command/1", command_json(command));
    } else {
        console.out(command_help(command));
    }
    return exit_held;
}

int verb_completion(const Arguments&, Console& console) {
    const std::string script = bash_completion();
    if (console.json()) {
        console.result("utsim.completion/1", Json{{"shell", "bash"}, {"script", script}});
    } else {
        console.out(script);
    }
    return exit_held;
}

int verb_version(const Arguments&, Console& console) {
    if (console.json()) {
        console.result("utsim.version/1", Json{{"utsim", version()}});
    } else {
        console.out(std::string("utsim ") + version() + "\n");
    }
    return exit_held;
}

}  // namespace utsim::cli
