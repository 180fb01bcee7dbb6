// SPDX-License-Identifier: MIT
// `utsim check`: the check is elsewhere; here are its options, and the findings of earlier checks.
#include <utsim/check.hpp>
#include <utsim/semantics.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>

#include "cli/arguments.hpp"
#include "cli/check_end.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/judgement.hpp"
#include "cli/numbers.hpp"
#include "cli/output_file.hpp"
#include "cli/results_file.hpp"
#include "cli/shard.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t largest_failure = std::size_t{1} << 20;

/// `a=1,b=2`.
Result<std::vector<std::pair<std::string, std::uint32_t>>> weights_of(const std::string& text) {
    std::vector<std::pair<std::string, std::uint32_t>> out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string one = text.substr(at, end - at);
        const std::size_t equals = one.find('=');
        const std::optional<std::uint64_t> number =
            equals == std::string::npos ? std::nullopt : parse_number(one.substr(equals + 1));
        if (!number || *number > 1'000'000) {
            return usage_error(
                "E-CLI-014",
                "--weights takes NAME=NUMBER with commas between them, not '" + one + "'",
                "utsim check --list-weights shows the names");
        }
        out.emplace_back(one.substr(0, equals), static_cast<std::uint32_t>(*number));
        at = end + 1;
    }
    return out;
}

Result<GeneratorOptions> generator_options(const Arguments& arguments) {
    GeneratorOptions options;
    UTSIM_TRY(weights, weights_of(arguments.text("--weights")));
    options.weights = weights;
    options.unlawful = arguments.has("--unlawful");
    options.focus = arguments.text("--focus");
    return options;
}

/// The semantics that is checked, and the one that has to keep what is broken.
Result<Done> name_sides(const Arguments& arguments, CheckOptions& options) {
    const std::vector<std::string>& words = arguments.positionals();
    options.semantics = arguments.text("--semantics");
    if (words.empty()) return Done{};
    if (words.size() != 2 || arguments.has("--semantics")) {
        return usage_error(words.size() == 1 ? "E-CLI-009" : "E-CLI-010",
                           "check takes two semantics, A and B, or --semantics=SEM alone",
                           "utsim check A B tells what B breaks and A keeps");
    }
    UTSIM_TRY(a, semantics_named(words[0]));
    UTSIM_TRY(b, semantics_named(words[1]));
    options.kept_by = a;
    options.semantics = b;
    return Done{};
}

Result<CheckOptions> check_options(const Arguments& arguments, Console& console) {
    CheckOptions options;
    UTSIM_TRY(named, name_sides(arguments, options));
    (void)named;
    UTSIM_TRY(generator, generator_options(arguments));
    options.generator = generator;
    if (arguments.has("--contract")) options.contract = arguments.text("--contract");
    options.seed = arguments.number_or("--seed", options.seed);
    if (arguments.has("--time")) {
        options.time_ms = parse_duration(arguments.text("--time"));
        if (!options.time_ms) {
            return usage_error("E-CLI-014",
                               "--time takes a time, not '" + arguments.text("--time") + "'",
                               "90, 90s, 5m or 2h");
        }
        options.count = ~std::uint64_t{0};
    }
    options.count = arguments.number_or("--count", options.count);
    options.orders = arguments.number_or("--orders", options.orders);
    options.deep_states = arguments.number_or("--deep", options.deep_states);
    options.jobs = static_cast<unsigned>(
        arguments.number_or("--jobs", std::max(1u, std::thread::hardware_concurrency())));
    if (arguments.has("--shard")) {
        UTSIM_TRY(shard, shard_named(arguments.text("--shard")));
        options.shard = shard.number;
        options.shards = shard.of;
    }
    options.stop = &interrupt_flag();
    if (console.shows_progress()) {
        options.progress = [&console](const CheckProgress& progress) {
            console.progress("scenarios " + grouped(progress.scenarios) + "   runs " +
                             grouped(progress.runs) + "   kept " + grouped(progress.kept) +
                             "   findings " + grouped(progress.findings) +
                             (progress.minimizing ? "   minimizing" : ""));
        };
    }
    return options;
}

/// The scenarios below `folder`; what cannot be read is passed over, as it is nobody's input.
std::vector<std::string> earlier_failures(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code error;
    if (folder.empty() || !std::filesystem::is_directory(folder, error)) return out;
    const Result<std::vector<std::string>> files = find_scenarios({folder});
    if (!files.ok()) return out;
    for (const std::string& file : *files) {
        const Result<std::string> text = read_input(file, largest_failure);
        if (text.ok()) out.push_back(*text);
    }
    return out;
}

int list_weights(Console& console, const GeneratorOptions& options) {
    const Result<ScenarioGenerator> generator = ScenarioGenerator::create(options);
    if (!generator.ok()) {
        console.mistakes(generator.errors());
        return exit_usage;
    }
    Json rows = Json::array();
    for (const GeneratorWeight& row : generator->weights()) {
        rows.push_back({{"name", row.name},
                        {"weight", row.weight},
                        {"usual", row.usual},
                        {"percent", row.percent},
                        {"about", row.about}});
        if (console.json()) continue;
        std::string name = row.name;
        name.resize(std::max<std::size_t>(name.size(), 34), ' ');
        std::string weight = std::to_string(row.weight) + (row.percent ? "%" : "");
        weight.resize(std::max<std::size_t>(weight.size(), 6), ' ');
        console.out(name + " " + weight + row.about + "\n");
    }
    if (console.json()) console.result("utsim.weights/1", Json{{"weights", rows}});
    return exit_held;
}

}  // namespace

int verb_check(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_contract_option(arguments);
    Result<CheckOptions> options = check_options(arguments, console);
    if (!options.ok()) {
        mistakes.insert(mistakes.end(), options.errors().begin(), options.errors().end());
    }
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    if (arguments.has("--list-weights")) return list_weights(console, options->generator);
    Result<ReportFolder> pages = ReportFolder::open(arguments);
    if (!pages.ok()) {
        return refuse(console, pages.errors(), code_of_files(pages.errors(), exit_held));
    }
    const bool part = arguments.has("--shard") || arguments.has("--results");
    // What happens to be left over on one machine must not change what its part of a check is.
    if (!part) options->first = earlier_failures(failures_folder(arguments));
    std::optional<ResultsFile> results;
    if (arguments.has("--results")) {
        Result<ResultsFile> opened = ResultsFile::open(arguments.text("--results"));
        if (!opened.ok()) {
            console.mistakes(opened.errors());
            return code_of_files(opened.errors(), exit_held);
        }
        results = std::move(*opened);
        options->results = results->lines();
        options->results_file = arguments.text("--results");
        options->block_done = [&results](const std::string& line) { results->add(line); };
    }
    const Result<CheckReport> report = check(*options);
    interrupted();
    console.progress({});
    if (!report.ok()) {
        console.mistakes(report.errors());
        return report.errors().front().file.empty() ? exit_usage : exit_rejected;
    }
    const int code = end_check(arguments, console, *report, *pages);
    if (results && !results->mistakes().empty()) {
        console.mistakes(results->mistakes());
        return exit_unwritten;
    }
    // A part can be empty; a whole that is has looked at nothing.
    return code == exit_held && report->runs == 0 && options->shards == 1 ? exit_nothing_ran : code;
}

}  // namespace utsim::cli
