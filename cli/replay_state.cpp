// SPDX-License-Identifier: MIT
// Of a scenario's run nobody hears but who is needed, and it ends where the state was seen, so a
// step far away costs what it takes to get there.
#include "cli/replay_state.hpp"

#include "base/suggest.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/interrupt.hpp"
#include "cli/judgement.hpp"
#include "cli/run_choices.hpp"
#include "contract/contract.hpp"
#include "trace/replay.hpp"
#include "trace/stream.hpp"
#include "view/moments.hpp"

namespace utsim::cli {

namespace {

constexpr std::string_view between = "..";

std::optional<std::pair<std::uint64_t, std::uint64_t>> range_of(std::string_view text) {
    const std::size_t dots = text.find(between);
    if (dots == std::string_view::npos) return std::nullopt;
    const auto from = parse_number(text.substr(0, dots));
    const auto to = parse_number(text.substr(dots + between.size()));
    if (!from || !to) return std::nullopt;
    return std::pair{*from, *to};
}

bool wants_monitors(const StateRequest& request) {
    return request.part.empty() || request.part.starts_with("monitors");
}

/// What a run said about itself.
struct RunFacts {
    std::string scenario;
    std::string semantics;
};

Error no_such_step(const StateRequest& request, const Moments& moments) {
    const std::uint64_t wanted = request.after[moments.states().size()];
    const std::uint64_t steps = moments.steps();
    return usage_error(
        "E-CLI-038", "there is no step " + std::to_string(wanted) + ": the run " +
                         (steps == 0 ? "has none" : "ends with step " + std::to_string(steps - 1)));
}

/// The part that was asked for; of a part that is there at one of two moments only, nothing at the
/// other.
Result<std::vector<StateItem>> parts_of(const StateRequest& request, const Moments& moments) {
    std::vector<StateItem> parts;
    bool found = request.part.empty();
    for (const StateItem& whole : moments.states()) {
        StateItem part = whole;
        if (!request.part.empty()) {
            part = {};
            found = find_state(whole, request.part, part) || found;
        }
        parts.push_back(std::move(part));
    }
    if (found) return parts;
    std::string known;
    std::vector<std::string> names = state_parts(moments.states().front());
    std::vector<std::string_view> views(names.begin(), names.end());
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    return usage_error("E-CLI-039", "there is no \"" + request.part + "\" in this state",
                       "its parts are " + known + "; below them, names with dots between");
}

int print_state(Console& console, const StateRequest& request, const RunFacts& facts,
                const Moments& moments) {
    if (moments.states().size() < request.after.size()) {
        console.mistakes({no_such_step(request, moments)});
        return exit_rejected;
    }
    const Result<std::vector<StateItem>> parts = parts_of(request, moments);
    if (!parts.ok()) {
        console.mistakes(parts.errors());
        return exit_rejected;
    }
    Json out{{"scenario", facts.scenario}, {"semantics", facts.semantics}};
    if (parts->size() == 1) {
        if (!console.json()) {
            console.out(state_text(parts->front()));
            return exit_held;
        }
        out["step"] = request.after[0];
        if (!request.part.empty()) out["part"] = request.part;
        out["state"] = Json::parse(state_json(parts->front()));
        console.result("utsim.state/1", std::move(out));
        return exit_held;
    }
    const std::vector<StateChange> changes = state_changes((*parts)[0], (*parts)[1]);
    if (!console.json()) {
        console.out(changes_text(changes));
        return exit_held;
    }
    out["from"] = request.after[0];
    out["to"] = request.after[1];
    out["changes"] = Json::array();
    for (const StateChange& change : changes) {
        Json one{{"path", change.path}};
        if (change.was_there) one["before"] = change.before;
        if (change.is_there) one["after"] = change.after;
        out["changes"].push_back(std::move(one));
    }
    console.result("utsim.state-changes/1", std::move(out));
    return exit_held;
}

TraceStream silent() {
    return TraceStream(TraceForm::nothing, {}, [](std::string_view) { return true; });
}

}  // namespace

std::optional<StateRequest> state_request(const Arguments& arguments,
                                          std::vector<Error>& mistakes) {
    if (!arguments.has("--state")) return std::nullopt;
    StateRequest request;
    const std::string word = arguments.text("--state");
    const auto mistake = [&](std::string message) {
        mistakes.push_back(usage_error("E-CLI-037", std::move(message),
                                       "--at=STEP --state, --at=STEP --state=PART, or "
                                       "--state=A..B for what changed"));
    };
    if (const auto range = range_of(word)) {
        if (arguments.has("--at")) mistake("--state=A..B has its own steps, so there is no --at");
        if (range->first >= range->second) mistake("--state=A..B goes forward");
        request.after = {range->first, range->second};
        return request;
    }
    if (!arguments.has("--at")) {
        mistake("--state needs to know after which step");
        return std::nullopt;
    }
    request.after = {*arguments.number("--at")};
    if (word != "all") request.part = word;
    return request;
}

int show_state(const Arguments& arguments, Console& console, const Scenario& scenario,
               const StateRequest& request) {
    TraceStream stream = silent();
    Contract contract(stream.names(), contract_choice(arguments));
    const bool monitors = wants_monitors(request) && contract.judges();
    Moments moments(request.after, monitors ? &contract : nullptr, true);
    RunOptions options = run_options(arguments);
    options.visitor = &moments;
    options.sink = monitors ? &contract : nullptr;
    const Result<RunReport> report =
        monitors ? stream_run(scenario, options, stream) : run_scenario(scenario, options);
    if (!report.ok()) {
        console.mistakes(report.errors());
        return exit_rejected;
    }
    interrupted();
    const std::string semantics =
        options.semantics.empty() ? scenario.semantics() : options.semantics;
    return print_state(console, request, {scenario.name(), semantics}, moments);
}

int show_state_of_trace(const Arguments& arguments, Console& console, LineSource& lines,
                        const std::string& file, const StateRequest& request) {
    TraceStream stream = silent();
    Contract contract(stream.names(), contract_choice(arguments));
    const bool monitors = wants_monitors(request) && contract.judges();
    Moments moments(request.after, monitors ? &contract : nullptr, false);
    const Result<ReplayReport> report =
        replay_lines(lines, shown_name(file), &stream, &interrupt_flag(),
                     {&moments, monitors ? &contract : nullptr});
    interrupted();
    if (!report.ok()) {
        console.mistakes(report.errors());
        return exit_rejected;
    }
    if (!report->same) {
        console.err("utsim: " + report->scenario + ": line " + std::to_string(report->line) +
                    " of the trace differs from the run; utsim replay shows how\n");
        return exit_diverged;
    }
    return print_state(console, request, {report->scenario, report->semantics}, moments);
}

}  // namespace utsim::cli
