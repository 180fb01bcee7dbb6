// SPDX-License-Identifier: MIT
// utsim-survey: what the monitors say about generated scenarios. Prints each finding with how often
// it was met, saves the smallest scenario that shows it, and fails if one is not known
// (docs/contract.md).
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "survey/known.hpp"
#include "survey/reduce.hpp"
#include "survey/survey.hpp"

namespace utsim::survey {

namespace {

struct CommandLine {
    Options options;
    std::string save;  ///< a folder; empty: nothing is saved
    std::string known;
    bool shrink = false;
    bool duties = true;  ///< findings against engines and callers are shown
};

constexpr std::string_view usage =
    "usage: utsim-survey [--semantics=F] [--count=1000] [--seed=1] [--orders=4] [--jobs=2]\n"
    "                    [--clauses=all] [--no-duties] [--save=FOLDER [--shrink]] [--known=FILE]\n";

bool take(std::string_view word, std::string_view name, std::string& value) {
    if (word.substr(0, name.size()) != name) return false;
    value = word.substr(name.size());
    return true;
}

bool parse(int argc, char** argv, CommandLine& line) {
    std::string semantics = "F";
    std::string clauses = "all";
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        std::string value;
        const auto number = [&value] { return std::strtoull(value.c_str(), nullptr, 10); };
        if (take(word, "--semantics=", semantics) || take(word, "--clauses=", clauses)) continue;
        if (take(word, "--save=", line.save) || take(word, "--known=", line.known)) continue;
        if (word == "--shrink") {
            line.shrink = true;
        } else if (word == "--no-duties") {
            line.duties = false;
        } else if (take(word, "--count=", value)) {
            line.options.count = number();
        } else if (take(word, "--seed=", value)) {
            line.options.seed = number();
        } else if (take(word, "--orders=", value)) {
            line.options.orders = number();
        } else if (take(word, "--jobs=", value)) {
            line.options.jobs = static_cast<unsigned>(number());
        } else {
            return false;
        }
    }
    const Result<NamedSemantics> named = parse_semantics(semantics);
    const Result<ContractChoice> choice = ContractChoice::parse(clauses);
    if (!named.ok() || !choice.ok()) return false;
    line.options.semantics = *named;
    line.options.choice = *choice;
    return true;
}

void save(const CommandLine& line, const FindingKey& key, const Finding& finding,
          std::size_t number) {
    const std::string name = key.first + "-" + std::to_string(number) + ".json";
    std::ofstream file(std::filesystem::path(line.save) / name);
    file << as_file(line.options, key, finding, line.shrink);
}

void print(const CommandLine& line, const Survey& result) {
    std::size_t shown = 0;
    std::size_t number = 0;
    std::set<std::string> clauses;
    for (const auto& [key, finding] : result.findings) {
        ++number;
        if (finding.duty && !line.duties) continue;
        ++shown;
        clauses.insert(key.first);
        std::printf("%-6s %6llu scenarios %6llu runs  #%zu %s%s\n", key.first.c_str(),
                    static_cast<unsigned long long>(finding.scenarios),
                    static_cast<unsigned long long>(finding.runs), number,
                    finding.duty ? "(duty) " : "", key.second.c_str());
        if (!line.save.empty()) save(line, key, finding, number);
    }
    std::printf("%s: %llu scenarios, %llu runs, %llu events: %zu findings about %zu clauses\n",
                line.options.semantics.name.c_str(),
                static_cast<unsigned long long>(line.options.count),
                static_cast<unsigned long long>(result.runs),
                static_cast<unsigned long long>(result.events), shown, clauses.size());
}

/// Whether there is a reason for each finding.
bool all_known(const CommandLine& line, const Survey& result) {
    const std::optional<Known> known = read_known(line.known, line.options.semantics.name);
    if (!known.has_value()) return false;
    bool good = true;
    for (const auto& [key, finding] : result.findings) {
        if (known->count(key.first) != 0) continue;
        std::printf("not known: %s in scenario %llu: %s\n", key.first.c_str(),
                    static_cast<unsigned long long>(finding.best.index), finding.message.c_str());
        good = false;
    }
    return good;
}

int run(int argc, char** argv) {
    CommandLine line;
    if (!parse(argc, argv, line)) {
        std::fputs(usage.data(), stderr);
        return 2;
    }
    if (!line.save.empty()) std::filesystem::create_directories(line.save);
    const Survey result = survey(line.options);
    print(line, result);
    if (!line.known.empty() && !all_known(line, result)) return 1;
    return 0;
}

}  // namespace

}  // namespace utsim::survey

int main(int argc, char** argv) { return utsim::survey::run(argc, argv); }
