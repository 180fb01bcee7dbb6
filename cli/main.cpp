// SPDX-License-Identifier: MIT
// The program: finds the command, reads its arguments, runs it.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/manual.hpp"
#include "cli/memory.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

/// Mistakes in the rest of the line are to be told as JSON too.
bool asks_for_json(const std::vector<std::string>& words) {
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::find(words.begin(), end, "--json") != end;
}

int run_command(const CommandInfo& command, std::vector<std::string> words, Console& console) {
    Result<Arguments> arguments = parse_arguments(command, std::move(words));
    if (!arguments.ok()) {
        console.mistakes(arguments.errors());
        return exit_usage;
    }
    console.configure(*arguments);
    set_memory_limit(arguments->number_or("--max-memory", default_memory_limit));
    tell_memory_as_json(console.json());
    if (arguments->has("--help")) {
        return explain_command(command, console);
    }
    const Result<Done> named = arguments->name_semantics();
    if (!named.ok()) {
        console.mistakes(named.errors());
        return exit_rejected;
    }
    return command.run(*arguments, console);
}

int run_words(std::vector<std::string> words, Console& console) {
    if (words.empty()) {
        console.out(overview_text());
        return exit_held;
    }
    if (asks_for_json(words)) console.speak_json();
    std::string name = words[0];
    words.erase(words.begin());
    if (name == "--help" || name == "-h") name = "help";
    if (name == "--version") name = "version";
    const CommandInfo* command = find_command(name);
    if (command == nullptr) {
        console.mistakes({unknown_command(name)});
        return exit_usage;
    }
    return run_command(*command, std::move(words), console);
}

/// Descriptors that are closed must not become files: what is meant for them would be in there.
void open_standard_streams() {
    for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) continue;
        (void)::open("/dev/null", O_RDONLY);  // takes the lowest; writing to it fails, as it should
    }
}

}  // namespace

}  // namespace utsim::cli

int main(int count, char** words) {
    using namespace utsim::cli;
    open_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);
    catch_interrupts();
    watch_memory();
    Console console;
    try {
        const int code = run_words({words + (count > 0 ? 1 : 0), words + count}, console);
        console.conclude();
        if (!console.finish()) return exit_unwritten;
        return interrupted() ? exit_interrupted : code;
    } catch (const std::exception& problem) {
        console.flush();
        std::fprintf(stderr,
                     "utsim: internal error: %s\nThis is a bug in utsim. Please report it.\n",
                     problem.what());
        return exit_internal;
    }
}
