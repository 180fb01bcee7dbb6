// SPDX-License-Identifier: MIT
// `utsim exec`: an unmodified program runs inside, like a command; or in many orders, to see what
// can come of it.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <regex>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/trace_file.hpp"
#include "cli/verbs.hpp"
#include "explore/outcomes.hpp"
#include "trace/stream.hpp"

namespace utsim::cli {

namespace {

/// As on a machine that has been up for a while; single digits are for those who start it.
constexpr int first_pid = 1000;
constexpr const char* usual_schedule = "fair=10000";
constexpr std::size_t most_input = std::size_t{16} << 20;

/// Standard input, unless a person sits there.
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

/// The scenario that a command line stands for.
Json scenario_of(const Arguments& arguments) {
    const std::vector<std::string>& words = arguments.positionals();
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
    const std::string input = all_of_input();
    if (!input.empty()) exec["stdin"] = input;
    exec["uid"] = arguments.number_or("--uid", 0);
    Json task;
    task["name"] = std::filesystem::path(words[0]).filename().string();
    if (task["name"].get<std::string>().empty()) task["name"] = "program";
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
        {"events", 100'000'000}};
    scenario["tasks"] = Json::array({task});
    return scenario;
}

/// Hands on what programs write, as they write it.
class Terminal final : public EventSink {
public:
    void emit(const Event& event) override {
        if (event.kind != EventKind::output) return;
        const int fd = event.value[1] == 2 ? STDERR_FILENO : STDOUT_FILENO;
        std::string_view rest = event.text;
        while (!rest.empty()) {
            const ssize_t done = ::write(fd, rest.data(), rest.size());
            if (done <= 0) return;
            rest.remove_prefix(static_cast<std::size_t>(done));
        }
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override { return false; }
};

std::string status_text(const Outcome& outcome) {
    if (outcome.hangs()) return outcome.end == "quiet" ? "hangs" : "does not end: " + outcome.end;
    return "exit " + std::to_string(outcome.status);
}

std::string first_line(const std::string& text) {
    constexpr std::size_t most = 60;
    std::string line = text.substr(0, text.find('\n'));
    if (line.size() > most) line = line.substr(0, most) + "...";
    return line;
}

/// `exit != 0`, `exit = 3`, `output ~ TEXT`, `hang`; null when it is none of these.
std::function<bool(const Outcome&)> condition(const std::string& text) {
    const auto value_behind = [&](const char* start) -> std::optional<std::string> {
        const std::string_view word = start;
        if (text.compare(0, word.size(), word) != 0) return std::nullopt;
        const std::size_t at = text.find_first_not_of(' ', word.size());
        return at == std::string::npos ? std::string() : text.substr(at);
    };
    if (text == "hang") return [](const Outcome& o) { return o.hangs(); };
    for (const bool equal : {false, true}) {
        const auto value = value_behind(equal ? "exit =" : "exit !=");
        const auto number = value ? parse_number(*value) : std::nullopt;
        if (!number) continue;
        const int status = static_cast<int>(*number);
        return [=](const Outcome& o) { return !o.hangs() && (o.status == status) == equal; };
    }
    for (const bool there : {false, true}) {
        const auto value = value_behind(there ? "output ~" : "output !~");
        if (!value || value->empty()) continue;
        const std::string wanted = *value;
        return
            [=](const Outcome& o) { return (o.output.find(wanted) != std::string::npos) == there; };
    }
    return nullptr;
}

std::string again(const Arguments& arguments, const std::string& schedule) {
    std::string command = "utsim exec";
    if (!schedule.empty()) command += " --schedule=" + shell_word(schedule);
    for (const char* option : {"--root", "--as", "--uid", "--semantics"}) {
        if (arguments.has(option)) {
            command += " " + std::string(option) + "=" + shell_word(arguments.text(option));
        }
    }
    if (arguments.has("--no-env")) command += " --no-env";
    for (const std::string& word : arguments.positionals()) command += " " + shell_word(word);
    return command;
}

int refuse(Console& console, const std::vector<Error>& mistakes, int code) {
    console.mistakes(mistakes);
    return code;
}

int run_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                RunOptions options) {
    Terminal terminal;
    OutcomeListener listener(&terminal);
    options.sink = &listener;
    (void)console.flush();
    RunReport report;
    if (arguments.has("--trace")) {
        Result<RecordedRun> run = record_run(scenario, options);
        if (!run.ok()) return refuse(console, run.errors(), exit_rejected);
        report = run->report;
        const Result<Done> written =
            write_file(arguments.text("--trace"), run->trace.jsonl(), &trace_file);
        if (!written.ok()) return refuse(console, written.errors(), exit_unwritten);
    } else {
        const Result<RunReport> run = run_scenario(scenario, options);
        if (!run.ok()) return refuse(console, run.errors(), exit_rejected);
        report = *run;
    }
    const Outcome outcome = listener.take(report.end, report.end_detail);
    if (!outcome.hangs()) return outcome.status;
    console.err("utsim: the program did not end: " + outcome.end +
                (outcome.detail.empty() ? "" : ", " + outcome.detail) + "\n");
    return exit_violated;
}

int explore_program(const Arguments& arguments, Console& console, const Scenario& scenario,
                    const RunOptions& options) {
    OutcomeSearch search;
    search.first_seed = arguments.number_or("--seed", 1);
    search.runs = arguments.number_or("--runs", 1000);
    search.seconds = static_cast<double>(arguments.number_or("--budget", 0));
    if (arguments.has("--until")) {
        search.until = condition(arguments.text("--until"));
        if (search.until == nullptr) {
            console.mistakes(
                {usage_error("E-CLI-036", "--until cannot be \"" + arguments.text("--until") + "\"",
                             "hang, exit != N, exit = N, output ~ TEXT, output !~ "
                             "TEXT")});
            return exit_usage;
        }
    }
    search.progress = [&](std::uint64_t runs, std::size_t distinct) {
        if (runs % 64 != 0) return;
        console.progress(std::to_string(runs) + " orders, " + std::to_string(distinct) +
                         " outcomes");
    };
    const Result<OutcomeReport> report = search_outcomes(scenario, options, search);
    console.progress("");
    if (!report.ok()) {
        console.mistakes(report.errors());
        return exit_rejected;
    }
    for (std::size_t i = 0; i < report->found.size(); ++i) {
        const OutcomeFound& found = report->found[i];
        if (search.until && !(report->met && i == report->met_at)) continue;
        console.out("  " + status_text(found.outcome) + ", " + std::to_string(found.count) +
                    " of " + std::to_string(report->runs) + " orders");
        const std::string line = first_line(found.outcome.output);
        if (!line.empty()) console.out(", writes \"" + line + "\"");
        console.out("\n");
        if (!found.outcome.detail.empty()) console.out("    " + found.outcome.detail + "\n");
        console.out("    reproduce  " + again(arguments, found.schedule) + "\n");
    }
    if (search.until && !report->met) {
        console.out("  not met in " + std::to_string(report->runs) + " orders\n");
        return exit_held;
    }
    return search.until ? exit_violated : exit_held;
}

}  // namespace

int verb_exec(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_run_options(arguments);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const Result<Scenario> scenario = load_scenario_text(scenario_of(arguments).dump(1), "exec");
    if (!scenario.ok()) {
        console.mistakes(scenario.errors());
        return exit_rejected;
    }
    RunOptions options = run_options(arguments);
    options.stop = &interrupt_flag();
    // As on a machine with one processor: nobody who turns in a loop keeps the others waiting.
    if (options.schedule.empty() && !options.seed) options.schedule = usual_schedule;
    if (arguments.has("--explore") || arguments.has("--until")) {
        options.seed.reset();
        return explore_program(arguments, console, *scenario, options);
    }
    return run_program(arguments, console, *scenario, options);
}

}  // namespace utsim::cli
