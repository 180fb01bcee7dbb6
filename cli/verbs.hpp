// SPDX-License-Identifier: MIT
/// What the commands do, one file each (`verb_<name>.cpp`). They return an exit code.
#pragma once

namespace utsim::cli {

class Arguments;
class Console;
struct CommandInfo;

int verb_asm(const Arguments& arguments, Console& console);
int verb_gdb(const Arguments& arguments, Console& console);
int verb_exec(const Arguments& arguments, Console& console);
int verb_check(const Arguments& arguments, Console& console);
int verb_completion(const Arguments& arguments, Console& console);
int verb_coverage(const Arguments& arguments, Console& console);
int verb_demo(const Arguments& arguments, Console& console);
int verb_diff(const Arguments& arguments, Console& console);
int verb_explain(const Arguments& arguments, Console& console);
int verb_explore(const Arguments& arguments, Console& console);
int verb_help(const Arguments& arguments, Console& console);
int verb_merge(const Arguments& arguments, Console& console);
int verb_minimize(const Arguments& arguments, Console& console);
int verb_museum(const Arguments& arguments, Console& console);
int verb_new(const Arguments& arguments, Console& console);
int verb_replay(const Arguments& arguments, Console& console);
int verb_report(const Arguments& arguments, Console& console);
int verb_run(const Arguments& arguments, Console& console);
int verb_schema(const Arguments& arguments, Console& console);
int verb_semantics(const Arguments& arguments, Console& console);
int verb_validate(const Arguments& arguments, Console& console);
int verb_version(const Arguments& arguments, Console& console);

/// What `--help` prints, and `help COMMAND`.
int explain_command(const CommandInfo& command, Console& console);

}  // namespace utsim::cli
