// SPDX-License-Identifier: MIT
// One task that is a process, with the arguments, environment and folder of the command line.
#include "cli/exec_scenario.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/arguments.hpp"
#include "cli/run_choices.hpp"

namespace utsim::cli {

namespace {

/// As on a machine that has been up for a while; single digits are for those who start it.
constexpr int first_pid = 1000;
constexpr std::size_t most_input = std::size_t{16} << 20;

/// The file's name, as far as scenarios allow it: what else files are called stands in the path.
std::string task_name(const std::string& path) {
    constexpr std::size_t longest = 31;
    const auto is_letter_of_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    std::string name = std::filesystem::path(path).filename().string();
    for (char& c : name) {
        const bool fits = is_letter_of_name(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!fits) c = '_';
    }
    if (name.empty()) return "program";
    if (!is_letter_of_name(name[0])) name = "program-" + name;
    return name.substr(0, longest);
}

}  // namespace

std::string all_of_input() {
    std::string input;
    if (isatty(STDIN_FILENO) != 0) return input;
    struct stat status{};
    if (fstat(STDIN_FILENO, &status) != 0) return input;
    char buffer[65536];
    while (input.size() < most_input) {
        const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (got <= 0) break;
        input.append(buffer, static_cast<std::size_t>(got));
    }
    return input;
}

Json exec_scenario(const Arguments& arguments, const std::vector<std::string>& words,
                   const std::string& input) {
    Json exec;
    exec["path"] = words[0];
    if (arguments.has("--root")) {
        exec["root"] = arguments.text("--root");
    } else {
        std::error_code failed;
        const std::filesystem::path cwd = std::filesystem::current_path(failed);
        if (!failed) exec["cwd"] = cwd.string();
    }
    if (arguments.has("--as")) exec["as"] = arguments.text("--as");
    if (!input.empty()) exec["stdin"] = input;
    exec["uid"] = arguments.number_or("--uid", 0);
    Json task;
    task["name"] = task_name(words[0]);
    task["pid"] = first_pid;
    task["exec"] = exec;
    task["argv"] = words;
    task["env"] = Json::array();
    if (!arguments.has("--no-env")) {
        for (char** one = environ; *one != nullptr; ++one) task["env"].push_back(*one);
    }
    Json scenario;
    scenario["format"] = "utsim.scenario/1";
    scenario["limits"] = {
        {"steps", arguments.number_or("--max-steps", 1'000'000'000)},
        {"instructions", arguments.number_or("--max-instructions", 10'000'000'000)},
        {"events", arguments.number_or("--max-events", 100'000'000)}};
    scenario["tasks"] = Json::array({task});
    return scenario;
}

std::string exec_command(const Arguments& arguments, const std::vector<std::string>& words,
                         const std::string& schedule) {
    // Options of a command come before its program.
    std::string command = "utsim exec";
    // An empty schedule preempts nobody, which on the command line is one of a single step.
    const std::string text = schedule.empty() ? "A1" : schedule;
    if (text != exec_schedule) command += " --schedule=" + shell_word(text);
    for (const char* option : {"--root", "--as", "--uid", "--semantics", "--granularity",
                               "--max-steps", "--max-instructions", "--max-events"}) {
        if (arguments.has(option)) {
            command += " " + std::string(option) + "=" + shell_word(arguments.text(option));
        }
    }
    if (arguments.has("--no-env")) command += " --no-env";
    for (const std::string& word : words) command += " " + shell_word(word);
    return command;
}

}  // namespace utsim::cli
