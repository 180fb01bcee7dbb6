// SPDX-License-Identifier: MIT
// `utsim run`: one line for each scenario, and for each that fails what is needed to see it again.
#include <algorithm>

#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/ci_report.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/judgement.hpp"
#include "cli/limit_table.hpp"
#include "cli/output_file.hpp"
#include "cli/run_choices.hpp"
#include "cli/verbs.hpp"

namespace utsim::cli {

namespace {

struct Totals {
    std::size_t ok = 0;
    std::size_t failed = 0;
    std::size_t vacuous = 0;
    std::size_t rejected = 0;
    std::size_t interrupted = 0;
    bool refused = false;    ///< a trace would have replaced something else
    bool unwritten = false;  ///< a trace could not be written
    std::size_t all() const { return ok + failed + vacuous + rejected + interrupted; }
};

std::string plural(std::uint64_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

class Runner {
public:
    Runner(const Arguments& arguments, Console& console)
        : arguments_(arguments),
          console_(console),
          ci_(arguments, console),
          options_(run_options(arguments)),
          contract_(contract_choice(arguments)) {
        format_ = arguments.text("--format");
        trace_file_ = arguments.text("--trace");
        if (format_.empty()) format_ = trace_file_.empty() ? "none" : "jsonl";
        if (trace_file_.empty()) trace_file_ = "-";
    }

    void run_file(const std::string& file) {
        const Result<Scenario> scenario = load_scenario(file);
        if (!scenario.ok()) return reject(file, scenario.errors());
        const std::vector<std::string>& cases = scenario->cases();
        if (cases.empty() || arguments_.has("--semantics")) {
            run_once(*scenario, file);
        } else if (format_ != "none" && cases.size() > 1) {
            reject(file, {usage_error("E-CLI-018",
                                      "a trace is of one run, and this file has cases for " +
                                          std::to_string(cases.size()) + " semantics",
                                      "choose one: --semantics=" + cases[0])});
        } else {
            for (const std::string& semantics : cases) {
                if (stopped()) break;
                case_ = semantics;
                run_once(*scenario, file);
            }
            case_.clear();
        }
    }

    /// Ctrl-C has ended a run: there are no more.
    bool stopped() const { return totals_.interrupted != 0; }

    int finish() {
        if (console_.json()) {
            Json result{{"scenarios", std::move(list_)},
                        {"ok", totals_.ok},
                        {"failed", totals_.failed},
                        {"vacuous", totals_.vacuous},
                        {"rejected", totals_.rejected}};
            if (stopped()) result["interrupted"] = totals_.interrupted;
            console_.result("utsim.run/1", std::move(result));
        } else if (!ci_.ktap() && totals_.all() != (arguments_.has("--quiet") ? totals_.ok : 0)) {
            console_.out(summary() + "\n");
        }
        const std::vector<Error> unwritten = ci_.finish(summary());
        for (const Error& error : unwritten) {
            (is_write_error(error) ? totals_.unwritten : totals_.refused) = true;
        }
        console_.mistakes(unwritten);
        if (totals_.unwritten) return exit_unwritten;
        if (totals_.rejected != 0 || totals_.refused) return exit_rejected;
        if (totals_.failed != 0) return exit_violated;
        if (totals_.vacuous != 0 && arguments_.has("--fail-on-vacuous")) return exit_violated;
        if (totals_.vacuous != 0 && arguments_.has("--require")) return exit_inconclusive;
        if (totals_.all() == 0) {
            console_.err("utsim: nothing ran: no scenario was found\n");
            return exit_nothing_ran;
        }
        return exit_held;
    }

private:
    /// Under the semantics of `case_`, if there is one.
    void run_once(const Scenario& scenario, const std::string& file) {
        const ReproduceContext context(reproduce_command(scenario, arguments_, {}, case_));
        RunOptions options = options_;
        if (!case_.empty()) options.semantics = case_;
        if (format_ == "none") {
            std::string fingerprint;
            const Result<JudgedRun> run =
                run_judged(scenario, options, contract_, console_.json() ? &fingerprint : nullptr);
            if (!run.ok()) return reject(file, run.errors());
            return tell(scenario, *run, fingerprint);
        }
        const Result<RecordedRun> run = record_run(scenario, options);
        if (!run.ok()) return reject(file, run.errors());
        interrupted();
        write_trace(run->trace);
        const JudgedRun judged{run->report, judge_recorded(*run, scenario, options, contract_)};
        tell(scenario, judged, run->trace.claimed_fingerprint());
    }

    /// What is said behind the name of a scenario that has cases.
    std::string case_text(const Scenario& scenario) const {
        if (scenario.cases().empty()) return {};
        const std::string& semantics = case_.empty() ? options_.semantics : case_;
        const auto& cases = scenario.cases();
        const bool there = std::find(cases.begin(), cases.end(), semantics) != cases.end();
        return "  " + semantics + (there ? "" : " (no case of the file is about it)");
    }

    std::string semantics_of(const Scenario& scenario) const {
        if (!case_.empty()) return case_;
        return options_.semantics.empty() ? scenario.semantics() : options_.semantics;
    }

    void reject(const std::string& file, const std::vector<Error>& errors) {
        ++totals_.rejected;
        console_.mistakes(errors);
        ci_.add_mistakes(file, errors);
        list_.push_back(Json{{"file", file}, {"result", "rejected"}});
    }

    void write_trace(const RecordedTrace& trace) {
        TraceTextOptions text;
        text.color = console_.color() && trace_file_ == "-";
        const std::string form = format_ == "jsonl" ? trace.jsonl() : trace.text(text);
        if (trace_file_ == "-") return console_.out(form);
        const Result<Done> written = write_file(trace_file_, form, &trace_file);
        if (written.ok()) return;
        (is_write_error(written.errors().front()) ? totals_.unwritten : totals_.refused) = true;
        console_.mistakes(written.errors());
    }

    void tell(const Scenario& scenario, const JudgedRun& run, const std::string& fingerprint) {
        const RunReport& report = run.report;
        const bool held = run.held();
        const char* word = !held ? "FAIL" : report.vacuous() != 0 ? "vacuous" : "ok";
        if (report.interrupted()) {
            interrupted();  // there is time to tell what was seen so far
            word = "stopped";
        }
        (report.interrupted()    ? totals_.interrupted
         : !held                 ? totals_.failed
         : report.vacuous() != 0 ? totals_.vacuous
                                 : totals_.ok) += 1;
        add_case(scenario, run);
        if (ci_.ktap()) return;
        if (console_.json()) return tell_json(scenario, run, word, fingerprint);
        if (arguments_.has("--quiet") && std::string(word) == "ok") return;
        std::string line = "  " + std::string(word);
        line.resize(11, ' ');
        line = painted(console_, held ? report.vacuous() != 0 ? "33" : "32" : "1;31", line);
        std::string name = scenario.name();
        name.resize(std::max<std::size_t>(name.size(), 36), ' ');
        console_.out(line + name + "  " + plural(report.steps, "step") + case_text(scenario) +
                     "\n");
        if (report.interrupted()) {
            return console_.out(
                "           interrupted; expectations about the whole run are not judged\n");
        }
        const std::vector<Told> told = !held ? failure(scenario, run) : vacuity(scenario, report);
        for (const Told& one : told) {
            console_.out("           " + one.what + "\n");
            if (!one.where.empty()) console_.out("             " + one.where + "\n");
        }
        if (held) return;
        console_.out("           reproduce  " +
                     reproduce_command(scenario, arguments_, shown_again(scenario, report), case_) +
                     "\n");
    }

    /// One thing that is wrong, and a place in the file or what else helps.
    struct Told {
        std::string what;
        std::string where;
        std::size_t line = 0;
        std::size_t column = 0;
    };

    void add_case(const Scenario& scenario, const JudgedRun& run) {
        const RunReport& report = run.report;
        CiCase one;
        one.file = scenario.file();
        one.name = scenario.name() + case_text(scenario);
        std::vector<Told> told;
        if (report.interrupted()) {
            one.verdict = CiVerdict::skipped;
            one.message = "interrupted";
        } else if (!run.held()) {
            one.verdict = CiVerdict::failed;
            told = failure(scenario, run);
            one.reproduce =
                reproduce_command(scenario, arguments_, shown_again(scenario, report), case_);
        } else if (report.vacuous() != 0) {
            const bool bad = arguments_.has("--fail-on-vacuous");
            one.verdict = bad ? CiVerdict::failed : CiVerdict::skipped;
            told = vacuity(scenario, report);
        }
        for (const Told& what : told) {
            if (one.message.empty()) one.message = what.what;
            if (one.line == 0) {
                one.line = what.line;
                one.column = what.column;
            }
            one.details.push_back(what.what);
            if (!what.where.empty()) one.details.push_back("  " + what.where);
        }
        ci_.add(std::move(one));
    }

    /// The schedule that fails in the same way: what was run, or the one that did not fit.
    std::string shown_again(const Scenario& scenario, const RunReport& report) const {
        if (report.end != "paused") return report.schedule;
        return options_.schedule.empty() ? scenario.schedule() : options_.schedule;
    }

    std::string place(const Scenario& scenario, const ExpectationResult& expectation) const {
        return scenario.file() + ":" + std::to_string(expectation.line) + ":" +
               std::to_string(expectation.column);
    }

    std::vector<Told> failure(const Scenario& scenario, const JudgedRun& run) const {
        const RunReport& report = run.report;
        std::vector<Told> out;
        if (!report.end_as_expected) {
            out.push_back({"the run ended: " + report.end +
                               (report.end_detail.empty() ? "" : ", " + report.end_detail),
                           what_raises(report)});
        }
        for (const ExpectationResult& expectation : report.expectations) {
            if (expectation.verdict != Verdict::violated) continue;
            // What never came has no step.
            const std::string step =
                expectation.step == 0 ? "" : " (step " + std::to_string(expectation.step) + ")";
            out.push_back({expectation.what + ": " + expectation.message + step,
                           place(scenario, expectation), expectation.line, expectation.column});
        }
        for (const Violation& violation : run.contract.unexpected) {
            out.push_back({violation_text(violation), ""});
        }
        for (const ExpectedBreach& breach : run.contract.missing) {
            out.push_back({missing_text(breach),
                           scenario.file() + ":" + std::to_string(breach.place.line) + ":" +
                               std::to_string(breach.place.column),
                           breach.place.line, breach.place.column});
        }
        return out;
    }

    std::vector<Told> vacuity(const Scenario& scenario, const RunReport& report) const {
        std::vector<Told> out;
        for (const ExpectationResult& expectation : report.expectations) {
            if (expectation.verdict != Verdict::vacuous) continue;
            out.push_back({"never had a chance to fail: " + expectation.what,
                           place(scenario, expectation), expectation.line, expectation.column});
        }
        return out;
    }

    void tell_json(const Scenario& scenario, const JudgedRun& run, const char* word,
                   const std::string& fingerprint) {
        const RunReport& report = run.report;
        Json entry;
        entry["file"] = scenario.file();
        entry["name"] = scenario.name();
        entry["semantics"] = semantics_of(scenario);
        entry["result"] = report.interrupted()          ? "interrupted"
                          : std::string(word) == "FAIL" ? "failed"
                                                        : word;
        entry["end"] = report.end;
        if (!report.end_detail.empty()) entry["end_detail"] = report.end_detail;
        entry["steps"] = report.steps;
        entry["instructions"] = report.instructions;
        entry["schedule"] = report.schedule;
        entry["fingerprint"] = fingerprint;
        entry["expectations"] = Json::array();
        for (const ExpectationResult& one : report.expectations) {
            entry["expectations"].push_back(expectation_json(one));
        }
        entry["contract"] = violations_json(run.contract);
        entry["missing_breaches"] = missing_json(run.contract);
        if (!run.held()) {
            entry["reproduce"] =
                reproduce_command(scenario, arguments_, shown_again(scenario, report), case_);
        }
        list_.push_back(std::move(entry));
    }

    std::string summary() const {
        std::string line =
            plural(totals_.all(), "scenario") + ": " + std::to_string(totals_.ok) + " ok";
        if (totals_.failed != 0) line += ", " + std::to_string(totals_.failed) + " failed";
        if (totals_.vacuous != 0) line += ", " + std::to_string(totals_.vacuous) + " vacuous";
        if (stopped()) line += ", " + std::to_string(totals_.interrupted) + " interrupted";
        if (totals_.rejected != 0) line += ", " + std::to_string(totals_.rejected) + " rejected";
        return line;
    }

    const Arguments& arguments_;
    Console& console_;
    CiReport ci_;
    RunOptions options_;
    ContractChoice contract_;
    std::string format_;
    std::string trace_file_;
    std::string case_;  ///< semantics of the case that is being run
    Totals totals_;
    Json list_ = Json::array();
};

}  // namespace

int verb_run(const Arguments& arguments, Console& console) {
    std::vector<Error> mistakes = check_run_options(arguments);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const Result<std::vector<std::string>> files = find_scenarios(arguments.positionals());
    if (!files.ok()) {
        console.mistakes(files.errors());
        return exit_rejected;
    }
    const bool traces = arguments.has("--trace") || arguments.has("--format");
    const bool one_stream = console.json() && traces && arguments.text("--trace") != "" &&
                            arguments.text("--trace") != "-";
    if (traces && files->size() > 1) {
        console.mistakes({usage_error("E-CLI-015", "a trace is of one scenario, and here are " +
                                                       std::to_string(files->size()))});
        return exit_usage;
    }
    if (console.json() && traces && !one_stream && arguments.text("--format") != "none") {
        console.mistakes({usage_error("E-CLI-016", "--json and a trace cannot both be printed",
                                      "give the trace a file: --trace=FILE")});
        return exit_usage;
    }
    Runner runner(arguments, console);
    for (const std::string& file : *files) {
        if (runner.stopped()) break;
        runner.run_file(file);
    }
    return runner.finish();
}

}  // namespace utsim::cli
