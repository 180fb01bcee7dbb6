// SPDX-License-Identifier: MIT
// `utsim gdb`: a run is served to gdb, which goes through it forwards and backwards.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exec_scenario.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/gdb_wire.hpp"
#include "cli/interrupt.hpp"
#include "cli/memory.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "debug/server.hpp"
#include "scenario/scenario.hpp"
#include "trace/replay.hpp"

namespace utsim::cli {

namespace {

/// What is served.
struct Served {
    Scenario scenario;
    RunOptions options;
    debug::Monitor::Again again;
};

/// Whether `path` is a program and no scenario or trace.
bool is_program(const std::string& path) {
    const Result<std::string> text = read_input(path, 64 << 20);
    return text.ok() && (text->rfind("\x7f"
                                     "ELF",
                                     0) == 0 ||
                         text->rfind("#!", 0) == 0);
}

/// Of a file or a pipe that is not the protocol: what the program reads.
std::string input_of_program(bool protocol) {
    struct stat status{};
    const bool file = fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    return protocol || !file ? std::string() : all_of_input();
}

/// An option that means something for programs alone, or for what is no trace.
const char* misplaced_option(const Arguments& arguments, bool program, bool trace) {
    for (const char* option : {"--root", "--as", "--uid", "--no-env"}) {
        if (!program && arguments.has(option)) return option;
    }
    for (const char* option : {"--semantics", "--schedule", "--seed", "--granularity",
                               "--max-steps", "--max-instructions"}) {
        if (trace && arguments.has(option)) return option;
    }
    return nullptr;
}

Error misplaced(const char* option, const std::string& file) {
    return usage_error("E-CLI-046", std::string(option) + " means nothing for " + file,
                       "--root, --as, --uid and --no-env are for programs; a trace is run as it "
                       "was recorded");
}

Result<Served> served_program(const Arguments& arguments, const std::vector<std::string>& words,
                              bool protocol) {
    const std::string text = exec_scenario(arguments, words, input_of_program(protocol)).dump(1);
    UTSIM_TRY(scenario, load_scenario_text(text, "exec"));
    RunOptions options = run_options(arguments);
    if (options.schedule.empty() && !options.seed) options.schedule = exec_schedule;
    return Served{scenario, options, [&arguments, words](const std::string& schedule) {
                      return exec_command(arguments, words, schedule);
                  }};
}

Result<Served> served_trace(const std::string& text, const std::string& file) {
    UTSIM_TRY(trace, RecordedTrace::read(text, file));
    UTSIM_TRY(input, input_of(trace, file));
    std::string command = "utsim replay " + file_argument(input.scenario.file());
    const RunOptions& options = input.options;
    for (const auto& [name, value] : {std::pair{"--semantics", options.semantics},
                                      std::pair{"--granularity", options.granularity}}) {
        if (!value.empty()) command += " " + shell_word(std::string(name) + "=" + value);
    }
    if (options.max_steps != 0) command += " --max-steps=" + std::to_string(options.max_steps);
    return Served{std::move(input.scenario), std::move(input.options),
                  [command](const std::string& schedule) {
                      return command + " --schedule=" + shell_word(schedule);
                  }};
}

Result<Served> served(const Arguments& arguments, const std::vector<std::string>& words,
                      bool protocol) {
    const std::string& file = words[0];
    const bool program = is_program(file);
    Result<std::string> text = program ? std::string() : read_scenario_or_trace(file);
    if (!text.ok()) return text.take_errors();
    const bool trace = !program && looks_like_trace(*text);
    if (const char* option = misplaced_option(arguments, program, trace)) {
        return misplaced(option, shown_name(file));
    }
    if (program) return served_program(arguments, words, protocol);
    if (words.size() > 1) {
        return usage_error("E-CLI-047", "only programs have arguments: " + shell_word(words[1]),
                           "utsim gdb FILE, or utsim gdb -- PROGRAM ARGS");
    }
    if (trace) return served_trace(*text, shown_name(file));
    UTSIM_TRY(scenario, load_scenario_text(*text, shown_name(file)));
    return Served{scenario, run_options(arguments),
                  [&arguments, scenario](const std::string& schedule) {
                      return reproduce_command(scenario, arguments, schedule);
                  }};
}

/// Where the host has the programs of a scenario.
class Programs final : public debug::HostFiles {
public:
    explicit Programs(const Scenario& scenario) {
        const Json file = Json::parse(scenario.data().source, nullptr, false);
        if (!file.is_object() || !file.contains("tasks")) return;
        const std::filesystem::path folder = std::filesystem::path(scenario.file()).parent_path();
        for (const Json& task : file["tasks"]) {
            if (task.contains("elf")) add("", folder / task["elf"].get<std::string>());
            if (!task.contains("exec")) continue;
            const Json& exec = task["exec"];
            const std::string path = exec["path"].get<std::string>();
            const std::string name = std::filesystem::path(path).filename().string();
            add(exec.value("as", "/bin/" + name), folder / path);
            if (exec.contains("root")) root_ = folder / exec["root"].get<std::string>();
        }
    }

    std::string first() const { return known_.empty() ? std::string() : known_[0].second; }
    std::string find(const std::string& path) const override {
        for (const auto& [inside, outside] : known_) {
            if (inside == path) return outside;
        }
        const std::string outside = (root_ / std::filesystem::path(path).relative_path()).string();
        std::error_code failed;
        return !root_.empty() && std::filesystem::exists(outside, failed) ? outside : std::string();
    }

    std::optional<std::uint64_t> size(const std::string& outside) const override {
        if (!is_ours(outside)) return std::nullopt;
        std::error_code failed;
        if (!std::filesystem::is_regular_file(outside, failed)) return std::nullopt;
        const std::uintmax_t bytes = std::filesystem::file_size(outside, failed);
        return failed ? std::nullopt : std::optional<std::uint64_t>(bytes);
    }
    std::string read(const std::string& outside, std::uint64_t offset,
                     std::size_t n) const override {
        std::string bytes(n, '\0');
        std::ifstream file(outside, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(offset));
        file.read(bytes.data(), static_cast<std::streamsize>(n));
        bytes.resize(static_cast<std::size_t>(file.gcount()));
        return bytes;
    }

private:
    /// A program of the scenario, or a file of the tree that its processes see.
    bool is_ours(const std::string& outside) const {
        for (const auto& [inside, known] : known_) {
            if (known == outside) return true;
        }
        if (root_.empty()) return false;
        std::error_code no_root;
        std::error_code no_path;
        const std::filesystem::path root = std::filesystem::canonical(root_, no_root);
        const std::filesystem::path path = std::filesystem::canonical(outside, no_path);
        if (no_root || no_path) return false;
        const auto [in_root, in_path] =
            std::mismatch(root.begin(), root.end(), path.begin(), path.end());
        return in_root == root.end() && in_path != path.end();
    }

    void add(std::string inside, const std::filesystem::path& path) {
        std::error_code failed;
        const std::filesystem::path outside = std::filesystem::absolute(path, failed);
        if (!std::filesystem::exists(outside, failed)) return;
        known_.emplace_back(std::move(inside), outside.lexically_normal().string());
    }

    std::vector<std::pair<std::string, std::string>> known_;
    std::filesystem::path root_;
};

std::vector<std::string> gdb_words(const std::string& program, const std::string& target) {
    std::vector<std::string> words{"gdb", "-q", "-iex", "set sysroot /"};
    if (!program.empty()) words.push_back(program);
    for (const std::string& command : {std::string("set architecture i386:x86-64"), target}) {
        words.insert(words.end(), {"-ex", command});
    }
    return words;
}

class Serving {
public:
    Serving(debug::Session& session, debug::ServerOptions options, Console& console)
        : session_(session),
          options_(std::move(options)),
          console_(console) {}

    /// A session; whether it ended as it should.
    bool serve(int in, int out) {
        DescriptorWire wire(in, out);
        debug::Server server(session_, wire, options_);
        const debug::ServerEnd end = server.serve();
        if (interrupted() || end == debug::ServerEnd::detached) return true;
        console_.err(end == debug::ServerEnd::gone
                         ? "utsim: gdb has gone\n"
                         : "utsim: what came was no debugger: the session is over\n");
        return false;
    }

    int on_port(const Arguments& arguments, const std::string& program) {
        LoopbackPort port(static_cast<std::uint16_t>(arguments.number_or("--port", 0)));
        if (!port.ok()) {
            console_.mistakes({usage_error("E-CLI-048", "the port cannot be had: " + port.problem(),
                                           "without --port one is chosen that is free")});
            return exit_unwritten;
        }
        const std::vector<std::string> words =
            gdb_words(program, "target remote localhost:" + std::to_string(port.number()));
        std::string line;
        for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
        const bool launch = arguments.has("--launch");
        outlive_clients(launch);
        if (!launch) {
            console_.out(line + "\n");
            (void)console_.flush();
        }
        std::optional<Started> gdb;
        if (launch) gdb.emplace(words);
        const auto over = [&] { return interrupted() || (gdb && gdb->over()); };
        for (;;) {
            const int client = port.accept(over);
            if (client < 0) break;
            const bool well = serve(client, client);
            ::close(client);
            if (well) break;
        }
        if (!gdb || gdb->wait()) return exit_held;
        console_.mistakes({usage_error("E-CLI-052", "gdb could not be started",
                                       "without --launch the command is printed that connects "
                                       "any gdb")});
        return exit_unwritten;
    }

private:
    debug::Session& session_;
    debug::ServerOptions options_;
    Console& console_;
};

}  // namespace

int verb_gdb(const Arguments& arguments, Console& console) {
    const std::vector<Error> mistakes = check_run_options(arguments);
    std::vector<std::string> words = arguments.positionals();
    const bool protocol = words[0] == "-" && words.size() > 1;
    if (protocol) words.erase(words.begin());
    if (!mistakes.empty()) {
        return refuse(console, mistakes, exit_usage);
    }
    if (protocol && (arguments.has("--port") || arguments.has("--launch"))) {
        return refuse(console,
                      {usage_error("E-CLI-049", "gdb is at standard input or at a port, not both",
                                   "leave out -, or --port and --launch")},
                      exit_usage);
    }
    Result<Served> what = served(arguments, words, protocol);
    if (!what.ok()) {
        return refuse(console, what.errors(), exit_rejected);
    }
    debug::TravelLimits limits;
    limits.bytes = std::min<std::size_t>(limits.bytes, memory_left() / 2);
    Result<std::unique_ptr<debug::Travel>> travel =
        debug::Travel::create(what->scenario, what->options, limits);
    if (!travel.ok()) {
        return refuse(console, travel.errors(), exit_rejected);
    }
    debug::Session session(std::move(travel).value());
    if (session.tasks().empty()) {
        return refuse(console,
                      {usage_error("E-CLI-050", "there is no task in " + what->scenario.file(),
                                   "gdb needs one to look at")},
                      exit_nothing_ran);
    }
    if (arguments.has("--at")) session.go_to(*arguments.number("--at"));
    const Programs programs(what->scenario);
    debug::ServerOptions options;
    options.again = what->again;
    options.files = &programs;
    options.talk = [&](const std::string& text) { console.err("utsim: " + text); };
    Serving serving(session, options, console);
    if (!protocol) return serving.on_port(arguments, programs.first());
    outlive_clients(false);
    serving.serve(STDIN_FILENO, STDOUT_FILENO);
    return exit_held;
}

}  // namespace utsim::cli
