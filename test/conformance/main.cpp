// SPDX-License-Identifier: MIT
// utsim-conformance: runs recorded scenarios on the model and writes logs in the recorded format;
// with --expect it also compares them with recorded logs.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>

#include "compare.hpp"
#include "sched/world.hpp"
#include "semantics/parse.hpp"
#include "session.hpp"

namespace {

using namespace utsim;
using namespace utsim::conformance;

struct Options {
    std::string era;
    std::string input;
    std::string output;
    std::string only;
    std::string expect;
    Level level = Level::core;
    double at_least = 100;
    int show = 10;
};

std::vector<Json> run_all(const Options& options, const Semantics& semantics) {
    std::vector<Json> logs;
    World world;
    world.semantics = &semantics;
    for (const Json& line : read_json_lines(options.input)) {
        if (!options.only.empty() && line["name"] != options.only) continue;
        const Scenario scenario = parse_scenario(line);
        world.reset();
        Session session(world, scenario);
        logs.push_back(session.run());
    }
    return logs;
}

/// True when enough scenarios agree.
bool compare_all(const Options& options, const std::vector<Json>& logs) {
    std::map<std::string, Json> expected;
    for (Json& line : read_json_lines(options.expect)) {
        std::string name = line["name"];
        if (options.only.empty() || name == options.only) expected[name] = std::move(line);
    }
    std::size_t agreeing = 0;
    int shown = 0;
    for (const Json& log : logs) {
        const std::string name = log["name"];
        const std::string difference = expected.count(name) != 0
                                           ? first_difference(expected[name], log, options.level)
                                           : "nothing is recorded of it";
        if (difference.empty()) {
            ++agreeing;
        } else if (shown++ < options.show) {
            std::printf("%s: %s\n", name.c_str(), difference.c_str());
        }
    }
    std::printf("%zu of %zu scenarios agree\n", agreeing, expected.size());
    return static_cast<double>(agreeing) * 100 >=
           static_cast<double>(expected.size()) * options.at_least;
}

int run(const Options& options) {
    const auto named = parse_semantics(options.era);
    if (!named.ok()) throw std::runtime_error(named.errors().front().message);
    const std::vector<Json> logs = run_all(options, named->semantics);
    if (!options.output.empty()) write_json_lines(options.output, logs);
    if (options.expect.empty()) return 0;
    return compare_all(options, logs) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Runs recorded scenarios and writes logs in the recorded format."};
    app.add_option("ERA", options.era, "the semantics to run, E1 to F for example")->required();
    app.add_option("IN", options.input, "scenarios, JSON Lines, plain or .gz")->required();
    app.add_option("OUT", options.output, "where the logs go, plain or .gz");
    app.add_option("--only", options.only, "one scenario by its name");
    app.add_option("--expect", options.expect, "recorded logs to compare with");
    const std::map<std::string, Level> levels{{"core", Level::core}, {"step", Level::step}};
    app.add_option("--level", options.level, "what is compared: core or step")
        ->transform(CLI::CheckedTransformer(levels));
    app.add_option("--at-least", options.at_least, "percent of scenarios that must agree");
    app.add_option("--show", options.show, "how many differences to print");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "utsim-conformance: %s\n", error.what());
        return 3;
    }
}
