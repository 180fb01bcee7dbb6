// SPDX-License-Identifier: MIT
// `utsim coverage`: which clauses some scenarios put to the test. A clause that none of them gave a
// chance to be broken was not kept, it was not asked about.
#include <algorithm>
#include <cstdio>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"
#include "contract/clause.hpp"

namespace utsim::cli {

namespace {

/// What all runs together say about one clause.
struct Tally {
    std::uint64_t chances = 0;
    std::uint64_t runs = 0;         ///< runs that gave it a chance
    std::uint64_t broken_runs = 0;  ///< runs that broke it
    std::string first;              ///< the first scenario that gave it a chance
};

class Coverage {
public:
    explicit Coverage(Console& console) : console_(console), tallies_(all_clauses().size()) {}

    /// One run for each semantics that the scenario has cases for.
    bool add(const Scenario& scenario, const RunOptions& options) {
        std::vector<std::string> semantics = scenario.cases();
        if (semantics.empty() || !options.semantics.empty()) semantics = {options.semantics};
        for (const std::string& name : semantics) {
            RunOptions one = options;
            one.semantics = name;
            const Result<JudgedRun> run = run_judged(scenario, one, ContractChoice::all());
            if (!run.ok()) {
                console_.mistakes(run.errors());
                return false;
            }
            count(scenario, run->contract);
        }
        return true;
    }

    std::size_t runs() const { return runs_; }

    /// Where to look for a template of a clause that was missed; for a missed one only.
    void set_templates(const Coverage* builtins) { builtins_ = builtins; }
    bool misses_something() const { return counts().exercised < counts().monitored; }

    void tell(bool only_missed) const {
        for (const Clause* clause : all_clauses()) {
            if (!clause->has_monitor()) continue;
            const Tally& tally = of(clause);
            if (tally.chances != 0 && only_missed) continue;
            if (tally.chances != 0) {
                console_.out(line(clause, tally.broken_runs != 0 ? "broken" : "held",
                                  std::to_string(tally.chances) + " in " +
                                      std::to_string(tally.runs) +
                                      (tally.runs == 1 ? " run" : " runs") + broken_text(tally)));
            } else {
                console_.out(line(clause, "missed", template_text(clause)));
            }
        }
        summary();
    }

    Json json(bool only_missed) const {
        Json out;
        out["runs"] = runs_;
        out["clauses"] = Json::array();
        for (const Clause* clause : all_clauses()) {
            const Tally& tally = of(clause);
            if (only_missed && (tally.chances != 0 || !clause->has_monitor())) continue;
            Json one{{"clause", clause->id}, {"binds", bound_name(clause->bound)}};
            one["state"] = state(clause, tally);
            if (!clause->has_monitor()) {
                one["reason"] = clause->undecidable;
            } else {
                one["chances"] = tally.chances;
                one["runs"] = tally.runs;
                one["broken_runs"] = tally.broken_runs;
                if (!tally.first.empty()) one["first"] = tally.first;
                if (tally.chances == 0 && !template_of(clause).empty()) {
                    one["template"] = template_of(clause);
                }
            }
            out["clauses"].push_back(std::move(one));
        }
        const Counts all = counts();
        out["monitored"] = all.monitored;
        out["exercised"] = all.exercised;
        out["missed"] = all.monitored - all.exercised;
        out["undecidable"] = all_clauses().size() - all.monitored;
        return out;
    }

private:
    struct Counts {
        std::size_t monitored = 0;
        std::size_t exercised = 0;
        std::size_t broken = 0;
    };

    const Tally& of(const Clause* clause) const { return tallies_[find_clause(clause->id)]; }

    void count(const Scenario& scenario, const ContractVerdict& verdict) {
        ++runs_;
        for (std::size_t i = 0; i < tallies_.size(); ++i) {
            Tally& tally = tallies_[i];
            if (verdict.exercised[i] == 0) continue;
            tally.chances += verdict.exercised[i];
            ++tally.runs;
            if (tally.first.empty()) tally.first = scenario.name();
        }
        for (std::size_t i = 0; i < tallies_.size(); ++i) {
            const bool broken =
                std::any_of(verdict.broken.begin(), verdict.broken.end(),
                            [&](const Violation& v) { return v.rule == all_clauses()[i]->id; });
            if (!broken) continue;
            Tally& tally = tallies_[i];
            ++tally.broken_runs;
            if (verdict.exercised[i] != 0) continue;  // some count only what ends well
            ++tally.chances;
            ++tally.runs;
            if (tally.first.empty()) tally.first = scenario.name();
        }
    }

    static const char* state(const Clause* clause, const Tally& tally) {
        if (!clause->has_monitor()) return "undecidable";
        if (tally.chances == 0) return "missed";
        return tally.broken_runs != 0 ? "broken" : "held";
    }

    Counts counts() const {
        Counts all;
        for (const Clause* clause : all_clauses()) {
            if (!clause->has_monitor()) continue;
            ++all.monitored;
            if (of(clause).chances != 0) ++all.exercised;
            if (of(clause).broken_runs != 0) ++all.broken;
        }
        return all;
    }

    std::string line(const Clause* clause, const char* word, const std::string& rest) const {
        std::string id(clause->id);
        id.resize(std::max<std::size_t>(id.size(), 6), ' ');
        std::string padded(word);
        padded.resize(std::max<std::size_t>(padded.size(), 7), ' ');
        const char* color = std::string(word) == "held" ? "32" : "33";
        return "  " + id + "  " + painted(console_, color, padded) + "  " + rest + "\n";
    }

    static std::string broken_text(const Tally& tally) {
        if (tally.broken_runs == 0) return {};
        return ", broken in " + std::to_string(tally.broken_runs);
    }

    /// The first built-in scenario that gives the clause a chance.
    std::string template_of(const Clause* clause) const {
        if (!clause->scenario.empty()) return std::string(clause->scenario);
        return builtins_ != nullptr ? builtins_->of(clause).first : std::string();
    }

    std::string template_text(const Clause* clause) const {
        const std::string name = template_of(clause);
        if (name.empty()) return "no scenario is known that puts it to the test";
        return "utsim new mine --from=" + name;
    }

    void summary() const {
        const Counts all = counts();
        const std::size_t groups = all_clauses().size();
        console_.out(std::to_string(runs_) + (runs_ == 1 ? " run: " : " runs: ") +
                     std::to_string(all.exercised) + " of " + std::to_string(all.monitored) +
                     " clauses put to the test, " + std::to_string(all.monitored - all.exercised) +
                     " missed, " + std::to_string(all.broken) + " broken in some run; " +
                     std::to_string(groups - all.monitored) + " cannot be decided from a trace\n");
    }

    Console& console_;
    std::vector<Tally> tallies_;
    std::size_t runs_ = 0;
    const Coverage* builtins_ = nullptr;
};

bool add_files(const std::vector<std::string>& files, const RunOptions& options, Console& console,
               Coverage& coverage) {
    for (const std::string& file : files) {
        const Result<Scenario> scenario = load_scenario(file);
        if (!scenario.ok()) {
            console.mistakes(scenario.errors());
            return false;
        }
        if (!coverage.add(*scenario, options)) return false;
    }
    return true;
}

bool add_builtins(const RunOptions& options, Console& console, Coverage& coverage) {
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const Result<Scenario> scenario =
            load_scenario_text(builtin.text, "builtin:" + std::string(builtin.name));
        if (!scenario.ok()) {
            console.mistakes(scenario.errors());
            return false;
        }
        if (!coverage.add(*scenario, options)) return false;
    }
    return true;
}

}  // namespace

int verb_coverage(const Arguments& arguments, Console& console) {
    RunOptions options;
    options.semantics = arguments.text("--semantics");
    options.seed = arguments.number("--seed");
    Coverage coverage(console);
    if (arguments.positionals().empty()) {
        if (!add_builtins(options, console, coverage)) return exit_rejected;
    } else {
        const Result<std::vector<std::string>> files = find_scenarios(arguments.positionals());
        if (!files.ok()) {
            console.mistakes(files.errors());
            return exit_rejected;
        }
        if (!add_files(*files, options, console, coverage)) return exit_rejected;
    }
    Coverage builtins(console);
    if (!arguments.positionals().empty() && coverage.misses_something()) {
        if (!add_builtins({}, console, builtins)) return exit_rejected;
        coverage.set_templates(&builtins);
    }
    if (console.json()) {
        console.result("utsim.coverage/1", coverage.json(arguments.has("--missed")));
    } else {
        coverage.tell(arguments.has("--missed"));
    }
    return coverage.runs() == 0 ? exit_nothing_ran : exit_held;
}

}  // namespace utsim::cli
