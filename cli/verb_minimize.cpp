// SPDX-License-Identifier: MIT
// `utsim minimize`: makes a failing scenario, or the run of a trace, small.
#include <utsim/check.hpp>
#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/check_report.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/verbs.hpp"
#include "trace/recorded_trace.hpp"

namespace utsim::cli {

namespace {

/// A failing run as it was given.
struct Given {
    std::string text;
    MinimizeOptions options;
};

Result<Given> given(const Arguments& arguments) {
    const std::string& file = arguments.positionals()[0];
    UTSIM_TRY(text, read_scenario_or_trace(file));
    Given out;
    out.options.semantics = arguments.text("--semantics");
    out.options.schedule = arguments.text("--schedule");
    out.options.granularity = arguments.text("--granularity");
    out.options.clause = arguments.text("--clause");
    out.options.stop = &interrupt_flag();
    if (!looks_like_trace(text)) {
        out.text = text;
        return out;
    }
    UTSIM_TRY(trace, RecordedTrace::read(text, shown_name(file)));
    out.text = trace.source();
    if (out.options.semantics.empty()) out.options.semantics = trace.semantics();
    if (out.options.schedule.empty()) out.options.schedule = trace.schedule();
    if (out.options.granularity.empty()) {
        out.options.granularity = trace.data().trace.header.granularity;
    }
    return out;
}

}  // namespace

int verb_minimize(const Arguments& arguments, Console& console) {
    const Result<Given> run = given(arguments);
    if (!run.ok()) {
        console.mistakes(run.errors());
        return exit_rejected;
    }
    const std::string file = shown_name(arguments.positionals()[0]);
    const Result<MinimizeReport> report = minimize_scenario(run->text, file, run->options);
    const bool stopped = interrupted();
    if (!report.ok()) {
        console.mistakes(report.errors());
        return exit_rejected;
    }
    const std::string out = arguments.text("--out");
    if (!out.empty()) {
        const Result<Done> written = write_file(out, report->scenario, nullptr);
        if (!written.ok()) {
            console.mistakes(written.errors());
            return exit_unwritten;
        }
    }
    if (console.json()) {
        console.result("utsim.minimize/1", minimized_json(*report, out));
    } else {
        tell_minimized(console, *report, out);
        if (out.empty()) console.out(report->scenario);
    }
    return stopped ? exit_interrupted : exit_held;
}

}  // namespace utsim::cli
