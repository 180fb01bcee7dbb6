// SPDX-License-Identifier: MIT
// `utsim explain`: a trace, or the run of a scenario, in sentences.
#include <utsim/explain.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_output.hpp"
#include "cli/run_choices.hpp"
#include "cli/terminal_width.hpp"
#include "cli/verbs.hpp"
#include "trace/reader.hpp"

namespace utsim::cli {

namespace {

Result<RecordedTrace> trace_of(const Arguments& arguments, const std::string& text,
                               const std::string& file) {
    if (looks_like_trace(text)) {
        for (const OptionInfo& option : arguments.command().options) {
            if (!arguments.has(option.name)) continue;
            return for_scenarios_only(option.name, file);
        }
        return RecordedTrace::read(text, shown_name(file));
    }
    const Result<Scenario> scenario = load_scenario_text(text, shown_name(file));
    if (!scenario.ok()) return scenario.errors();
    const ReproduceContext context(reproduce_command(*scenario, arguments, {}));
    UTSIM_TRY(run, record_run(*scenario, run_options(arguments)));
    interrupted();  // there is time to tell what was seen so far
    return run.trace;
}

Json reason_json(const ExplainedReason& reason) {
    return Json{
        {"text", reason.text}, {"clauses", reason.clauses}, {"decisions", reason.decisions}};
}

Json trace_json(const RecordedTrace& trace) {
    Json out{{"scenario", trace.scenario()}, {"semantics", trace.semantics()}};
    out["lines"] = Json::array();
    for (const ExplainedLine& line : explain(trace)) {
        Json one{{"step", line.step}, {"actor", line.actor}, {"text", line.text}};
        one["reasons"] = Json::array();
        for (const ExplainedReason& reason : line.reasons) {
            one["reasons"].push_back(reason_json(reason));
        }
        out["lines"].push_back(std::move(one));
    }
    return out;
}

}  // namespace

int verb_explain(const Arguments& arguments, Console& console) {
    const std::vector<Error> mistakes = check_run_options(arguments);
    if (!mistakes.empty()) {
        console.mistakes(mistakes);
        return exit_usage;
    }
    const std::string& file = arguments.positionals()[0];
    const Result<std::string> text = read_scenario_or_trace(file);
    if (!text.ok()) {
        console.mistakes(text.errors());
        return exit_rejected;
    }
    const Result<RecordedTrace> trace = trace_of(arguments, *text, file);
    if (!trace.ok()) {
        console.mistakes(trace.errors());
        return exit_rejected;
    }
    if (console.json()) {
        console.result("utsim.explain/1", trace_json(*trace));
    } else {
        console.out(explain_text(*trace, terminal_width));
    }
    return exit_held;
}

}  // namespace utsim::cli
