// SPDX-License-Identifier: MIT
// Options of a run, and the command line that has the same ones.
#include "cli/run_choices.hpp"

#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/judgement.hpp"
#include "sched/schedule.hpp"

namespace utsim::cli {

RunOptions run_options(const Arguments& arguments) {
    RunOptions options;
    options.semantics = arguments.text("--semantics");
    options.schedule = arguments.text("--schedule");
    options.seed = arguments.number("--seed");
    options.quantum = arguments.number_or("--quantum", 1);
    options.granularity = arguments.text("--granularity");
    options.stop = &interrupt_flag();
    options.max_steps = arguments.number_or("--max-steps", 0);
    options.max_instructions = arguments.number_or("--max-instructions", 0);
    return options;
}

RunOptions found_options(const Arguments& arguments, const std::string& schedule) {
    RunOptions options;
    options.semantics = arguments.text("--semantics");
    options.schedule = schedule;
    options.granularity = arguments.text("--granularity");
    options.max_steps = arguments.number_or("--max-steps", 0);
    return options;
}

std::vector<Error> check_run_options(const Arguments& arguments) {
    std::vector<Error> errors;
    const Result<Schedule> schedule = parse_schedule(arguments.text("--schedule"));
    if (!schedule.ok()) {
        for (Error error : schedule.errors()) {
            error.file = "--schedule";
            errors.push_back(std::move(error));
        }
    }
    for (Error& error : check_contract_option(arguments)) errors.push_back(std::move(error));
    return errors;
}

Error for_scenarios_only(std::string_view option, const std::string& file) {
    return usage_error("E-CLI-017",
                       std::string(option) + " is for scenarios, and " + file + " is a trace",
                       "a trace is taken as it was recorded");
}

std::string shell_word(const std::string& text) {
    static constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@+%";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
}

std::string file_argument(const std::string& file) {
    if (file == shown_name("-")) return "-";
    return shell_word(file.starts_with('-') ? "./" + file : file);
}

std::string reproduce_command(const Scenario& scenario, const Arguments& arguments,
                              const std::string& schedule, const std::string& semantics) {
    std::string out = "utsim replay " + file_argument(scenario.file());
    if (!schedule.empty()) out += " " + shell_word("--schedule=" + schedule);
    if (!semantics.empty() && !arguments.has("--semantics")) {
        out += " " + shell_word("--semantics=" + semantics);
    }
    for (const char* option :
         {"--semantics", "--granularity", "--max-steps", "--max-instructions"}) {
        if (!arguments.has(option)) continue;
        out += " " + shell_word(std::string(option) + "=" + arguments.text(option));
    }
    return out;
}

std::vector<std::string> replay_commands(const std::string& replay) {
    return {replay + " --at={step} --state", replay + " --around={step},5"};
}

}  // namespace utsim::cli
