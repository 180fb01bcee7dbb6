// SPDX-License-Identifier: MIT
// The story is that of `explain`, cut down to those whom the breach is about, with the moments put
// in at which somebody was left standing.
#include "check/finding.hpp"

#include <utsim/explain.hpp>
#include <utsim/trace.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "explore/contract_run.hpp"
#include "explore/search.hpp"
#include "explore/shrink.hpp"
#include "semantics/presets.hpp"

namespace utsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_sentences = 10;

/// Where somebody was left standing although he could have gone on.
struct Interruption {
    std::uint64_t step = 0;
    std::string who;
    std::string function;  ///< empty: in none of the kernel
    std::string label;
    std::string by;
};

/// Follows a schedule and notes the interruptions.
class NotingChooser final : public ScheduleChooser {
public:
    using ScheduleChooser::ScheduleChooser;
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override {
        const ActorId chosen = ScheduleChooser::next(world, ready, current);
        if (chosen.valid() && current.valid() && chosen != current) {
            const Actor& left = world.actor(current);
            const PointKind kind = left.point.kind;
            const bool inside = kind != PointKind::start && kind != PointKind::user &&
                                kind != PointKind::controller;
            interruptions.push_back({world.step(), std::string(world.names().actor(current)),
                                     inside ? left.point.function : "", world.point_label(left),
                                     std::string(world.names().actor(chosen))});
        }
        return chosen;
    }
    std::vector<Interruption> interruptions;
};

std::vector<Interruption> interruptions_of(const Scenario& scenario, const Schedule& schedule,
                                           const ReduceOptions& options) {
    Trial trial(scenario, reducing_run(options, options.semantics), ContractChoice::none());
    trial.restart();
    NotingChooser chooser(schedule);
    trial.go(chooser);
    return chooser.interruptions;
}

/// The recorded versions that break `clause` here, as far as `options.go_on` lets us look.
std::vector<std::string> versions_that_break(const Scenario& scenario, const std::string& clause,
                                             const Order& order, const ReduceOptions& options) {
    const ContractChoice choice = *ContractChoice::parse(clause);
    std::vector<std::string> out;
    for (const PresetInfo& preset : presets()) {
        if (!preset.recorded()) continue;
        if (!options.go_on()) break;
        Court court(reducing_run(options, *parse_semantics(preset.name)), choice, false);
        if (breaks_in_some_order(court, scenario, clause, order)) {
            out.emplace_back(preset.name);
        }
    }
    return out;
}

/// The words of `text` that name tasks, engines or controllers.
std::vector<std::string> names_in(const std::string& text, const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" ,.;:()'", at), text.size());
        const std::string word = text.substr(at, end - at);
        if (std::find(names.begin(), names.end(), word) != names.end()) out.push_back(word);
        at = end + 1;
    }
    return out;
}

bool share_one(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](const std::string& word) {
        return std::find(b.begin(), b.end(), word) != b.end();
    });
}

/// The sentences that lead to the breach, with the interruptions among them. What is about others
/// than those whom the breach is about is left out, but for calls of the API.
std::vector<std::string> story_of(const std::vector<ExplainedLine>& lines,
                                  const std::vector<Interruption>& interruptions,
                                  const CheckFinding& finding,
                                  const std::vector<std::string>& names) {
    const std::vector<std::string> about = names_in(finding.message, names);
    std::vector<std::string> out;
    std::size_t next = 0;
    const std::string breach = "Here " + finding.clause + " is broken";
    for (const ExplainedLine& line : lines) {
        while (next < interruptions.size() && interruptions[next].step <= line.step) {
            const Interruption& one = interruptions[next++];
            out.push_back(one.by + " comes in while " + one.who + " stands at " + one.label);
        }
        if (line.text.rfind(breach, 0) == 0) {
            for (const ExplainedReason& reason : line.reasons) out.push_back(reason.text);
            break;
        }
        // Of what else is broken, other findings tell.
        if (line.text.rfind("Here ", 0) == 0 || line.step == 0) continue;
        const bool is_call = line.text.find(" calls utrace_") != std::string::npos;
        const std::vector<std::string> in_it = names_in(line.text, names);
        if (is_call || in_it.empty() || share_one(in_it, about)) out.push_back(line.text);
    }
    if (out.size() > most_sentences) {
        out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most_sentences));
    }
    for (std::string& sentence : out) {
        if (sentence.back() != '.') sentence += '.';
    }
    return out;
}

/// Of all who have one in the scenario.
std::vector<std::string> names_of(const std::string& text) {
    std::vector<std::string> out;
    const Json tree = Json::parse(text);
    for (const char* list : {"tasks", "children", "engines", "controllers"}) {
        if (!tree.contains(list)) continue;
        for (const Json& one : tree[list]) {
            if (one.contains("name")) out.push_back(one["name"].get<std::string>());
        }
    }
    return out;
}

/// A controller that did not come to its end need not.
void let_wait(Json& controller, const RunReport& report) {
    if (!controller.contains("name")) return;
    const std::string what = controller["name"].get<std::string>() + " comes to its end";
    for (const ExpectationResult& result : report.expectations) {
        if (result.what == what && result.verdict == Verdict::violated) {
            controller["may_wait"] = true;
        }
    }
}

/// The scenario as a file that expects what it breaks.
std::string as_file(const std::string& text, const CheckFinding& finding, const JudgedRun& run,
                    const ReduceOptions& options) {
    Json tree = Json::parse(text);
    Json clauses = Json::array();
    for (const Violation& violation : run.contract.broken) {
        if (std::find(clauses.begin(), clauses.end(), Json(violation.rule)) == clauses.end()) {
            clauses.push_back(violation.rule);
        }
    }
    if (tree.contains("controllers")) {
        for (Json& controller : tree["controllers"]) let_wait(controller, run.report);
    }
    tree.erase("expect");
    tree.erase("schedule");
    tree.erase("semantics");
    tree["expect"] = Json::array({Json{{"contract", clauses}}});
    const std::string& end = run.report.end;
    if (end != run_end_name(RunEnd::quiet)) tree["expect"].push_back(Json{{"end", end}});
    if (end == run_end_name(RunEnd::limit) && options.max_steps != 0) {
        tree["limits"]["steps"] = options.max_steps;
    }
    std::vector<std::string> notes = {finding.message + "."};
    notes.insert(notes.end(), finding.story.begin(), finding.story.end());
    return lay_out_scenario(with_granularity(tree.dump(), options.granularity_word),
                            finding.clause + " is broken in " + finding.functions[0], notes,
                            options.semantics.name, finding.schedule);
}

void count_calls(const RecordedTrace& trace, CheckFinding& finding) {
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const RecordedTrace::Entry entry = trace.event(i);
        finding.calls += entry.kind == "api" && !entry.actor.empty();
        finding.callbacks += entry.kind == "callback";
    }
}

}  // namespace

bool is_serial(const Schedule& schedule) {
    return schedule.stretches.empty() && schedule.others.empty() && schedule.turn == 0;
}

std::string with_granularity(const std::string& text, const std::string& word) {
    Json tree = Json::parse(text);
    if (tree.value("granularity", "lock") == word) return text;
    tree["granularity"] = word;
    return tree.dump();
}

CheckFinding describe_finding(const Reduced& reduced, const FindingKey& key,
                              const ReduceOptions& options) {
    const Scenario scenario = *load_scenario_text(reduced.text, "finding");
    CheckFinding finding;
    finding.clause = key.clause;
    const std::size_t clause = find_clause(key.clause);
    if (clause != all_clauses().size()) finding.promise = all_clauses()[clause]->text;
    finding.functions.push_back(key.function);
    if (!is_serial(reduced.schedule)) finding.schedule = format_schedule(reduced.schedule);
    finding.switches = switches(reduced.schedule);

    const std::vector<Interruption> interruptions =
        interruptions_of(scenario, reduced.schedule, options);
    finding.preemptions = interruptions.size();
    for (const Interruption& one : interruptions) {
        if (one.function.empty()) continue;
        if (std::find(finding.functions.begin(), finding.functions.end(), one.function) ==
            finding.functions.end()) {
            finding.functions.push_back(one.function);
        }
    }
    std::sort(finding.functions.begin() + 1, finding.functions.end());

    RunOptions run;
    run.semantics = options.semantics.name;
    run.schedule = finding.schedule;
    run.max_steps = options.max_steps;
    run.granularity = options.granularity_word;
    const Result<JudgedRun> judged = run_judged(scenario, run, ContractChoice::all());
    const Result<RecordedRun> recorded = record_run(scenario, run);
    UTSIM_CHECK(judged.ok() && recorded.ok(), "a finding that does not run");
    for (const Violation& violation : judged->contract.broken) {
        if (violation.rule != key.clause || !finding.message.empty()) continue;
        finding.message = violation.message;
        finding.by = violation.by;
    }
    finding.steps = recorded->report.steps;
    count_calls(recorded->trace, finding);
    finding.story =
        story_of(explain(recorded->trace), interruptions, finding, names_of(reduced.text));

    Order order;
    if (!is_serial(reduced.schedule)) {
        order.kind = Order::Kind::schedule;
        order.schedule = reduced.schedule;
    }
    finding.broken_in = versions_that_break(scenario, key.clause, order, options);
    finding.scenario = as_file(reduced.text, finding, *judged, options);
    return finding;
}

}  // namespace utsim
