// SPDX-License-Identifier: MIT
// A difference is seen best where both runs stand beside each other, so that is what its page is.
#include "cli/diff_pages.hpp"

#include "base/check.hpp"
#include "cli/exit_code.hpp"
#include "cli/numbers.hpp"
#include "cli/run_choices.hpp"
#include "cli/words.hpp"

namespace utsim::cli {

namespace {

/// Options of a comparison that its runs have as well, as they stand on a command line.
std::string option_words(const Arguments& arguments, const std::string& schedule) {
    std::string out;
    if (!schedule.empty()) out += " " + shell_word("--schedule=" + schedule);
    for (const char* option : {"--granularity", "--max-steps"}) {
        if (!arguments.has(option)) continue;
        out += " " + shell_word(std::string(option) + "=" + arguments.text(option));
    }
    return out;
}

}  // namespace

std::string diff_command(const Arguments& arguments, const TwoSemantics& sides,
                         const std::string& file, const std::string& schedule) {
    return "utsim diff " + shell_word(sides.a) + " " + shell_word(sides.b) + " " +
           file_argument(file) + option_words(arguments, schedule);
}

bool only_counted(const DiffReport& report, const DiffClass& found) {
    return report.scenarios > 1 && found.scenario.empty();
}

/// How each side is seen again, at the step that is chosen in the page.
std::vector<std::string> DiffPages::commands(const TwoSemantics& sides, const std::string& file,
                                             const std::string& schedule) const {
    std::vector<std::string> out;
    for (const std::string& semantics : {sides.a, sides.b}) {
        out.push_back("utsim replay " + file_argument(file) + option_words(arguments_, schedule) +
                      " " + shell_word("--semantics=" + semantics) + " --around={step},5");
    }
    return out;
}

void DiffPages::add_run(const DiffReport& report, const DiffRun& run, const Scenario& scenario) {
    if (!folder_.wanted()) return;
    folder_.search_ended(report.interrupted);
    const TwoSemantics sides{report.a, report.b};
    for (const DiffDivergence& one : run.divergences) {
        ++differences_;
        IndexEntry entry;
        entry.title = scenario.name() + ": " + one.observer + " " + one.name;
        entry.message = one.kind;
        if (!run.causes.empty()) entry.message += ", because of " + joined(run.causes, ", ");
        for (const std::string& line : one.a) entry.story.push_back(sides.a + ": " + line);
        for (const std::string& line : one.b) entry.story.push_back(sides.b + ": " + line);
        entry.command = diff_command(arguments_, sides, run.scenario, run.schedule);
        if (&one != &run.divergences.front()) {
            folder_.add_line_of_last(std::move(entry));
            continue;
        }
        folder_.add_two(scenario.name() + "-" + sides.a + "-" + sides.b, std::move(entry), scenario,
                        found_options(arguments_, run.schedule), sides,
                        commands(sides, run.scenario, run.schedule));
    }
}

void DiffPages::add_class(const DiffClass& found, const Scenario* searched) {
    ++differences_;
    const TwoSemantics sides{found.shows_a, found.shows_b};
    IndexEntry entry;
    entry.title = joined(found.decisions, "+");
    entry.message = found.kind + " (" + grouped(found.count) + ")";
    // The search has ended, or had enough examples, before this one had a scenario.
    if (searched == nullptr && found.scenario.empty()) return folder_.add_line(std::move(entry));
    const std::string name = joined({sides.a, sides.b, entry.title}, "-");
    // What was made up has its schedule in its file.
    const std::string schedule = searched != nullptr ? found.schedule : std::string();
    const std::string file =
        searched != nullptr ? searched->file() : folder_.keep_scenario(name, found.scenario);
    const Result<Scenario> scenario = searched != nullptr
                                          ? Result<Scenario>(*searched)
                                          : load_scenario_text(found.scenario, file);
    UTSIM_CHECK(scenario.ok(), "the scenario of a difference is rejected");
    entry.command = diff_command(arguments_, sides, file, schedule);
    folder_.add_two(name, std::move(entry), *scenario, found_options(arguments_, schedule), sides,
                    commands(sides, file, schedule));
}

void DiffPages::add_classes(const DiffReport& report, const Scenario* searched) {
    if (!folder_.wanted()) return;
    folder_.search_ended(report.interrupted);
    for (const DiffClass& found : report.classes) add_class(found, searched);
}

int DiffPages::finish(const TwoSemantics& sides, int code) {
    const std::vector<Error> mistakes =
        folder_.finish(sides.a + " and " + sides.b,
                       counted(differences_, "difference", "differences") + " between " + sides.a +
                           " and " + sides.b + ".",
                       console_);
    console_.mistakes(mistakes);
    return code_of_files(mistakes, folder_.given_up() ? exit_interrupted : code);
}

}  // namespace utsim::cli
