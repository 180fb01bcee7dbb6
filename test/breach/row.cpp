// SPDX-License-Identifier: MIT
// Rows are text, so that a new one needs no compiler.
#include "breach/row.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "breach/edit.hpp"

namespace utsim::testing {

namespace {

Error mistake(const std::string& path, std::size_t line, std::string message) {
    Error error;
    error.code = "E-ROW";
    error.file = path;
    error.line = line;
    error.message = path + ":" + std::to_string(line) + ": " + std::move(message);
    return error;
}

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first);
}

/// What follows `word` in `line`, when it begins with it.
bool take(std::string& line, const std::string& word) {
    if (!line.starts_with(word + " ")) return false;
    line = trimmed(line.substr(word.size()));
    return true;
}

bool read_line(std::string line, Breach& breach) {
    if (take(line, "under")) {
        breach.semantics = line;
    } else if (take(line, "schedule")) {
        breach.schedule = line;
    } else if (take(line, "switch")) {
        breach.switches += "," + line;
    } else if (take(line, "not-yet:")) {
        breach.not_yet = line;
    } else if (take(line, "broken:")) {
        breach.broken = line;
    } else if (take(line, "also")) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) return false;
        breach.also.push_back({line.substr(0, colon), line.substr(colon + 2)});
    } else {
        breach.edits.push_back(line);
    }
    return true;
}

/// The lines of a file with their numbers; continued ones are put together.
std::vector<std::pair<std::size_t, std::string>> logical_lines(std::ifstream& in) {
    std::vector<std::pair<std::size_t, std::string>> lines;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        const std::string rest = trimmed(line);
        if (rest.empty() || rest[0] == '#') continue;
        if (rest[0] == '+' && !lines.empty()) {
            lines.back().second += " " + trimmed(rest.substr(1));
        } else {
            lines.emplace_back(number, line);
        }
    }
    return lines;
}

}  // namespace

Result<std::vector<Breach>> read_breaches(const std::string& path) {
    std::ifstream in(path);
    if (!in) return mistake(path, 0, "cannot be read");
    std::vector<Breach> rows;
    for (const auto& [number, line] : logical_lines(in)) {
        if (line[0] == ' ') {
            if (rows.empty() || !read_line(trimmed(line), rows.back())) {
                return mistake(path, number, "what does this line mean?");
            }
            continue;
        }
        const std::size_t space = line.find(' ');
        if (space == std::string::npos) return mistake(path, number, "which scenario?");
        Breach breach;
        breach.clause = line.substr(0, space);
        breach.scenario = trimmed(line.substr(space));
        breach.file = path;
        breach.line = number;
        rows.push_back(std::move(breach));
    }
    return rows;
}

std::vector<std::string> breach_files() {
    std::vector<std::string> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(UTSIM_SOURCE_DIR) + "/test/breach")) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".txt") && name != "CMakeLists.txt") {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

Result<Scenario> breach_scenario(const std::string& name) {
    constexpr std::string_view own = "own/";
    if (name.starts_with(own)) {
        return load_scenario_file(std::string(UTSIM_SOURCE_DIR) + "/test/breach/scenarios/" +
                                  name.substr(own.size()) + ".json");
    }
    const BuiltinScenario* builtin = find_builtin_scenario(name);
    if (builtin == nullptr) {
        Error error;
        error.message = "there is no scenario " + name;
        return error;
    }
    return load_scenario_text(builtin->text, name);
}

namespace {

/// The run of a row, and what it is after the edits.
struct Edited {
    Recording recording;
    std::set<std::string> before;  ///< reported of the run without switches and edits
    Stream stream;
};

Result<Edited> edited(const Breach& breach) {
    auto scenario = breach_scenario(breach.scenario);
    if (!scenario.ok()) return scenario.errors();
    RunOptions options;
    options.semantics = breach.semantics.empty() ? scenario->semantics() : breach.semantics;
    options.schedule = breach.schedule;
    auto recording = Recording::of(*scenario, options);
    if (!recording.ok()) return recording.errors();
    std::set<std::string> before = clauses_in(recording->judge(recording->stream()));
    if (!breach.switches.empty()) {
        options.semantics += breach.switches;
        recording = Recording::of(*scenario, options);
        if (!recording.ok()) return recording.errors();
    }
    Stream stream = recording->stream();
    for (const std::string& edit : breach.edits) {
        const auto applied = apply_edit(edit, stream, recording->names());
        if (!applied.ok()) return applied.errors();
    }
    return Edited{std::move(*recording), std::move(before), std::move(stream)};
}

}  // namespace

BreachOutcome try_breach(const Breach& breach) {
    BreachOutcome outcome;
    auto run = edited(breach);
    if (!run.ok()) {
        outcome.mistake = run.errors().front().message;
        return outcome;
    }
    outcome.before = run->before;
    outcome.after = run->recording.judge(run->stream);
    outcome.differs_by_tables = run->recording.differs_by_tables();
    constexpr std::uint64_t seeds = 6;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        for (const std::string& choice : {std::string("all"), breach.clause}) {
            const std::string difference = run->recording.differs_when_forgetful(
                run->stream, *ContractChoice::parse(choice), seed);
            if (outcome.differs_when_forgetful.empty() && !difference.empty()) {
                outcome.differs_when_forgetful =
                    choice + ", seed " + std::to_string(seed) + " " + difference;
            }
        }
    }
    return outcome;
}

std::map<std::string, std::string> try_each_field(const Breach& breach) {
    std::map<std::string, std::string> differences;
    auto run = edited(breach);
    if (!run.ok()) return differences;
    for (const std::string& choice : {std::string("all"), breach.clause}) {
        const ContractChoice clauses = *ContractChoice::parse(choice);
        for (std::uint64_t seed = 100; seed < 130; ++seed) {
            const std::string difference =
                run->recording.differs_when_forgetful(run->stream, clauses, seed);
            if (!difference.empty()) differences.emplace(choice + " any field", difference);
        }
        for (const std::string& field : run->recording.fields(run->stream, clauses)) {
            for (std::uint64_t seed = 0; seed < 2; ++seed) {
                const std::string difference =
                    run->recording.differs_when_forgetful(run->stream, clauses, seed, field);
                if (!difference.empty()) differences.emplace(choice + " " + field, difference);
            }
        }
    }
    return differences;
}

}  // namespace utsim::testing
