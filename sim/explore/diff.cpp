// SPDX-License-Identifier: MIT
// `diff`: one scenario in detail, or many in classes. In detail everything is listened to: all
// events for the context, the contract for its verdicts, and what it costs.
#include <utsim/diff.hpp>

#include <algorithm>
#include <set>

#include "contract/clauses.hpp"
#include "contract/contract.hpp"
#include "explore/hunt.hpp"
#include "explore/shrink.hpp"
#include "semantics/cost.hpp"
#include "semantics/decision_table.hpp"
#include "semantics/quirks.hpp"
#include "trace/event_log.hpp"
#include "trace/event_text.hpp"

namespace utsim {

namespace {

constexpr std::size_t context_before = 3;
constexpr std::size_t context_after = 4;

/// Hears one side of a comparison.
class DiffWitness final : public EventSink {
public:
    explicit DiffWitness(const NameTable& names) : contract(names) {}
    void emit(const Event& event) override {
        log.append(event);
        costs.add(event);
        contract.emit(event);
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}

    EventLog log;
    Costs costs;
    Contract contract;
};

/// An observed event as a line. Of instructions in a row the first is there, and how many follow.
std::string line_of(const Event& event, const Observed& observed, const TraceNames& names) {
    const EventText text = event_text(event, names);
    std::string out = text.text;
    if (text.edge != CallEdge::none) out += ")";
    if (!text.result.empty()) out += " = " + text.result;
    if (observed.kind == EventKind::instruction && observed.value[2] > event.value[2]) {
        out += ", and " + std::to_string(observed.value[2] - event.value[2]) + " more";
    }
    return out;
}

std::vector<std::string> lines(const DiffWitness& witness, const Observation& seen,
                               const std::vector<std::uint32_t>& view, std::size_t from,
                               std::size_t to, const TraceNames& names) {
    std::vector<std::string> out;
    for (std::size_t i = from; i < std::min(to, view.size()); ++i) {
        const Observed& observed = seen.seen()[view[i]];
        out.push_back(line_of(witness.log.at(observed.index), observed, names));
    }
    return out;
}

/// Lines that read alike although their events differ are told apart by the field that does.
void tell_apart(DiffDivergence& out, const Divergence& divergence, const Duel& duel,
                const TraceNames& names_a, const TraceNames& names_b) {
    for (std::size_t i = 0; i < std::min(out.a.size(), out.b.size()); ++i) {
        if (out.a[i] != out.b[i]) continue;
        const Observed& a = duel.a().seen().seen()[divergence.seen_a[divergence.at + i]];
        const Observed& b = duel.b().seen().seen()[divergence.seen_b[divergence.at + i]];
        const DifferingField field = differing_field(a, names_a, b, names_b);
        if (field.name.empty() || field.a == field.b) continue;
        out.a[i] += "  (" + field.name + " " + field.a + ")";
        out.b[i] += "  (" + field.name + " " + field.b + ")";
    }
}

DiffDivergence describe(const Divergence& divergence, const Duel& duel, const DiffWitness& a,
                        const DiffWitness& b, const TraceNames& names_a,
                        const TraceNames& names_b) {
    DiffDivergence out;
    out.observer = observer_kind_name(divergence.who);
    out.name = divergence.name;
    out.kind = divergence.kind();
    const std::size_t at = divergence.at;
    const std::size_t from = at > context_before ? at - context_before : 0;
    out.before = lines(a, duel.a().seen(), divergence.seen_a, from, at, names_a);
    out.meets = divergence.meets;
    const std::size_t end_a =
        divergence.meets ? std::min(divergence.meets_a, at + context_after) : at + context_after;
    const std::size_t end_b =
        divergence.meets ? std::min(divergence.meets_b, at + context_after) : at + context_after;
    out.a = lines(a, duel.a().seen(), divergence.seen_a, at, end_a, names_a);
    out.b = lines(b, duel.b().seen(), divergence.seen_b, at, end_b, names_b);
    tell_apart(out, divergence, duel, names_a, names_b);
    if (divergence.meets) {
        out.meets_at = lines(a, duel.a().seen(), divergence.seen_a, divergence.meets_a,
                             divergence.meets_a + 1, names_a)
                           .front();
    }
    return out;
}

std::string verdict(const Contract& contract, std::size_t clause, std::string_view id,
                    std::string& message) {
    for (const Violation& violation : contract.violations()) {
        if (violation.rule != id) continue;
        if (message.empty()) message = violation.message;
        return "violated";
    }
    return contract.exercised(clause) > 0 ? "held" : "vacuous";
}

std::vector<DiffClause> clauses_that_change(const Contract& a, const Contract& b) {
    std::vector<DiffClause> out;
    const auto all = all_clauses();
    for (std::size_t i = 0; i < all.size(); ++i) {
        DiffClause clause;
        clause.clause = std::string(all[i]->id);
        clause.in_a = verdict(a, i, clause.clause, clause.message);
        clause.in_b = verdict(b, i, clause.clause, clause.message);
        if (clause.in_a == clause.in_b) continue;
        // That something had no chance to go wrong changes nothing for anybody.
        if (clause.in_a != "violated" && clause.in_b != "violated") continue;
        out.push_back(std::move(clause));
    }
    return out;
}

void tell_costs(const Costs& a, const Costs& b, DiffRun& run) {
    run.cost_a = a.total();
    run.cost_b = b.total();
    for (std::size_t i = 0; i < cost_kinds; ++i) {
        if (a.count[i] == b.count[i]) continue;
        const CostInfo& info = cost_table()[i];
        run.costs.push_back({std::string(info.name), a.count[i], b.count[i], info.units});
    }
}

Result<Order> order_of(const Scenario& scenario, const DiffOptions& options) {
    Order order;
    const std::string& text = options.schedule.empty() ? scenario.schedule() : options.schedule;
    if (text.empty()) return order;
    UTSIM_TRY(schedule, parse_schedule(text));
    order.kind = Order::Kind::schedule;
    order.schedule = std::move(schedule);
    return order;
}

Result<Granularity> granularity_of(const Scenario& scenario, const DiffOptions& options) {
    RunOptions run;
    run.granularity = options.granularity;
    UTSIM_TRY(chosen, scenario_run_options(scenario, run));
    return chosen.granularity;
}

/// The shortest text for a semantics that is `named` but for a few choices.
std::string name_near(const NamedSemantics& named, const Semantics& semantics) {
    const std::string preset = named.name.substr(0, named.name.find(','));
    const PresetInfo* base = find_preset(preset);
    return base != nullptr ? semantics_name(*base, semantics) : named.name;
}

void start(DiffReport& report, const NamedSemantics& a, const NamedSemantics& b) {
    report.a = a.name;
    report.b = b.name;
    for (const std::size_t row : differing_decisions(a.semantics, b.semantics)) {
        if (row >= decision_count) {
            const bool in_a = a.semantics.has(static_cast<Quirk>(row - decision_count));
            report.decisions.push_back(
                {std::string(decision_name(row)), in_a ? "on" : "off", in_a ? "off" : "on", 0, 0});
            continue;
        }
        const DecisionInfo& info = decision_table()[row];
        report.decisions.push_back({std::string(info.name),
                                    std::string(info.values[a.semantics.choice[row]].name),
                                    std::string(info.values[b.semantics.choice[row]].name), 0, 0});
    }
}

void count_decisions(DiffReport& report) {
    for (DiffDecision& decision : report.decisions) {
        for (const DiffClass& found : report.classes) {
            const auto& names = found.decisions;
            if (std::find(names.begin(), names.end(), decision.name) == names.end()) continue;
            (names.size() == 1 ? decision.found : decision.with_others) += found.count;
        }
    }
}

void tell_hunt(DiffReport& report, const Hunt& hunt, const NamedSemantics& a,
               const NamedSemantics& b, bool generated) {
    report.scenarios = hunt.tally().scenarios;
    report.schedules = hunt.tally().schedules;
    report.events = hunt.tally().events;
    report.interrupted = hunt.interrupted();
    report.out_of_time = hunt.out_of_time();
    for (const auto& [key, found] : hunt.classes()) {
        DiffClass out;
        const Cause& cause = found.cause;
        for (const std::size_t row : cause.rows) {
            out.decisions.emplace_back(decision_name(row));
        }
        out.kind = cause.kind;
        out.direct = cause.direct;
        out.count = found.count;
        out.schedule = found.schedule;
        const Semantics near_a =
            cause.at_b ? with_choices(b.semantics, a.semantics, cause.rows) : a.semantics;
        const Semantics near_b =
            cause.at_b ? b.semantics : with_choices(a.semantics, b.semantics, cause.rows);
        out.shows_a = name_near(cause.at_b ? b : a, near_a);
        out.shows_b = name_near(cause.at_b ? b : a, near_b);
        if (generated && !found.text.empty()) {
            const std::string& left = cause.direct ? a.name : out.shows_a;
            const std::string& right = cause.direct ? b.name : out.shows_b;
            out.scenario = lay_out_scenario(
                found.text, left + " and " + right + " differ by " + key.first,
                {cause.kind, "utsim diff " + left + " " + right}, left, found.schedule);
        }
        report.classes.push_back(std::move(out));
    }
    count_decisions(report);
}

}  // namespace

bool DiffReport::differs() const {
    return !classes.empty() || std::any_of(runs.begin(), runs.end(), [](const DiffRun& run) {
        return !run.divergences.empty();
    });
}

Result<DiffReport> diff(const Scenario& scenario, const std::string& a, const std::string& b,
                        const DiffOptions& options) {
    UTSIM_TRY(named_a, parse_semantics(a));
    UTSIM_TRY(named_b, parse_semantics(b));
    UTSIM_TRY(order, order_of(scenario, options));
    UTSIM_TRY(granularity, granularity_of(scenario, options));
    Duel duel(granularity);
    duel.set_max_steps(options.max_steps);
    DiffReport report;
    start(report, named_a, named_b);
    DiffRun run;
    run.scenario = scenario.file();
    run.schedule = order.kind == Order::Kind::schedule ? format_schedule(order.schedule) : "";

    // The names of a World are known once it is built.
    duel.lead(scenario, named_a.semantics, order);
    const bool same = duel.same(named_b.semantics);
    DiffWitness witness_a(duel.a().names());
    DiffWitness witness_b(duel.b().names());
    duel.a().set_listener(&witness_a);
    duel.b().set_listener(&witness_b);
    const RunEnd end_a = duel.lead(scenario, named_a.semantics, order);
    duel.same(named_b.semantics);
    const RunEnd end_b = duel.b_end();
    duel.a().set_listener(nullptr);
    duel.b().set_listener(nullptr);
    witness_a.contract.finish(end_a, duel.a().world().step());
    witness_b.contract.finish(end_b, duel.b().world().step());
    run.end_a = run_end_name(end_a);
    run.end_b = run_end_name(end_b);
    const WorldNames names_a(duel.a().world());
    const WorldNames names_b(duel.b().world());
    run.comparable_until = steps_part(duel.a().seen(), duel.b().seen());
    run.clauses = clauses_that_change(witness_a.contract, witness_b.contract);
    tell_costs(witness_a.costs, witness_b.costs, run);
    report.scenarios = 1;
    report.schedules = 1;
    report.events = duel.a().seen().seen().size();
    if (!same) {
        const Comparison comparison = duel.compared();
        for (const Divergence& divergence : comparison.divergences) {
            run.divergences.push_back(
                describe(divergence, duel, witness_a, witness_b, names_a, names_b));
        }
        std::set<std::string> causes;
        for (const Cause& cause :
             attribute(duel, scenario, order, named_a.semantics, named_b.semantics, comparison)) {
            causes.insert(decision_names(cause.rows));
        }
        run.causes.assign(causes.begin(), causes.end());
    }
    report.runs.push_back(std::move(run));
    return report;
}

Result<DiffReport> diff_explore(const Scenario& scenario, const std::string& a,
                                const std::string& b, const DiffOptions& options) {
    UTSIM_TRY(named_a, parse_semantics(a));
    UTSIM_TRY(named_b, parse_semantics(b));
    UTSIM_TRY(granularity, granularity_of(scenario, options));
    static constexpr const char* words[] = {"api", "lock", "access"};
    DiffOptions chosen = options;
    chosen.granularity = words[static_cast<std::size_t>(granularity)];
    DiffReport report;
    start(report, named_a, named_b);
    Hunt hunt(named_a, named_b, chosen);
    hunt.orders_of(scenario);
    tell_hunt(report, hunt, named_a, named_b, false);
    return report;
}

Result<DiffReport> diff_generated(std::uint64_t count, const std::string& a, const std::string& b,
                                  const DiffOptions& options) {
    UTSIM_TRY(named_a, parse_semantics(a));
    UTSIM_TRY(named_b, parse_semantics(b));
    DiffReport report;
    start(report, named_a, named_b);
    Hunt hunt(named_a, named_b, options);
    hunt.generated(count);
    tell_hunt(report, hunt, named_a, named_b, true);
    return report;
}

}  // namespace utsim
