// SPDX-License-Identifier: MIT
// One table of what calls can answer. A row that depends on the semantics names the decision point,
// and the sentence of that decision's value is told with it.
#include "report/reasons.hpp"

#include <cctype>

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "report/sentence.hpp"
#include "semantics/decision_table.hpp"

namespace utsim {

namespace {

constexpr std::int64_t of(ApiCall call) { return static_cast<std::int64_t>(call); }
constexpr std::int64_t any = -1;

constexpr std::int64_t control = of(ApiCall::control);
constexpr std::int64_t set_events = of(ApiCall::set_events);
constexpr std::int64_t attach = of(ApiCall::attach);
constexpr std::int64_t lookup = of(ApiCall::lookup);
constexpr std::int64_t barrier = of(ApiCall::barrier);
constexpr std::int64_t prepare = of(ApiCall::prepare_examine);
constexpr std::int64_t finish = of(ApiCall::finish_examine);

constexpr CallReason table[] = {
    // control: accepted
    {control, UTRACE_STOP, 0, "{task} was stopped already; now it stays so until {engine} lets go",
     "C-200 C-201", "", ""},
    {control, UTRACE_RESUME, 0, "{engine} gives up its stop, if it had one", "C-205 C-207", "", ""},
    {control, UTRACE_REPORT, 0, "a callback will come before {task} is back in user mode",
     "C-208 C-209", "", ""},
    {control, UTRACE_INTERRUPT, 0,
     "{engine} will get report_signal, and what {task} sleeps in is interrupted", "C-212 C-213", "",
     ""},
    {control, UTRACE_SINGLESTEP, 0, "the step is accepted", "C-217 C-218", "step.arm", ""},
    {control, UTRACE_BLOCKSTEP, 0, "the step is accepted", "C-217 C-222", "step.arm", ""},
    {control, UTRACE_DETACH, 0, "no callback of {engine} is running, and none will come", "C-198",
     "", ""},
    // control: refused
    {control, UTRACE_STOP, -K_EINPROGRESS,
     "{task} is not stopped yet: it will be asked soon, and {engine} must answer STOP to keep it",
     "C-160 C-202", "", ""},
    {control, UTRACE_DETACH, -K_EINPROGRESS,
     "a callback of {engine} may be running; it is detached when that ends", "C-195", "", ""},
    {control, UTRACE_SINGLESTEP, -K_EAGAIN,
     "{task} is not stopped for tracing, and nobody would arm the step later", "C-221",
     "step.running", "refused"},
    {control, UTRACE_BLOCKSTEP, -K_EAGAIN,
     "{task} is not stopped for tracing, and nobody would arm the step later", "C-221",
     "step.running", "refused"},
    {control, UTRACE_SINGLESTEP, -K_EOPNOTSUPP, "this machine cannot step instructions", "C-216",
     "step.unsupported", ""},
    {control, UTRACE_BLOCKSTEP, -K_EOPNOTSUPP, "this machine cannot step blocks", "C-216",
     "step.unsupported", ""},
    {control, UTRACE_SINGLESTEP, -K_EINVAL,
     "who steps must have QUIESCE, so as to be asked when others act", "C-220", "", ""},
    {control, UTRACE_BLOCKSTEP, -K_EINVAL,
     "who steps must have QUIESCE, so as to be asked when others act", "C-220", "", ""},
    {control, UTRACE_REPORT, -K_EINVAL, "without QUIESCE there is no callback to ask for", "C-211",
     "", ""},
    {control, any, -K_EINVAL, "the action makes no sense here", "", "control.invalid", ""},
    {control, UTRACE_DETACH, -K_EALREADY,
     "{task} is dying and its death callbacks may be running: {engine} can leave from there",
     "C-193 C-194", "", ""},
    {control, UTRACE_DETACH, -K_ESRCH, "{engine} is detached, or is being reaped", "C-192 C-037",
     "gate.reap", ""},
    {control, any, -K_ESRCH, "{task} is dead, or {engine} is detached", "C-190 C-037", "", ""},
    // set_events
    {set_events, any, 0, "no callback that was given up is running or will come", "C-174 C-180", "",
     ""},
    {set_events, any, -K_EINPROGRESS,
     "{task} may just be in a callback that {engine} gives up; utrace_barrier waits for its end",
     "C-179 C-184", "", ""},
    {set_events, any, -K_EALREADY, "{task} is dying, and it is too late for that change",
     "C-175 C-176", "events.refusal", ""},
    {set_events, any, -K_ESRCH, "{engine} is detached, or {task} is being reaped", "C-177",
     "gate.reap", ""},
    // attach and lookup
    {attach, any, -K_EEXIST, "an engine that matches is there already", "C-008", "", ""},
    {attach, any, -K_EPERM, "kernel threads cannot be traced", "C-019", "", ""},
    {attach, any, -K_ESRCH, "{task} is being released, or does not exist", "C-013 C-021", "", ""},
    {attach, any, -K_EINVAL, "this combination of flags and callback table is not allowed", "", "",
     ""},
    {lookup, any, -K_ENOENT, "no engine of {task} matches", "C-007", "attach.lookup", ""},
    {lookup, any, -K_ESRCH, "{task} is being released, or does not exist", "C-013 C-021", "", ""},
    // barrier and examination
    {barrier, any, 0, "at some moment of the call {engine} was in no callback", "C-228", "", ""},
    {barrier, any, -K_ERESTARTSYS, "a signal interrupted the wait", "C-227", "", ""},
    {barrier, any, -K_ESRCH, "{engine} is completely detached", "C-232", "", ""},
    {prepare, any, 0, "{task} is stopped and off the CPU", "C-240", "", ""},
    {prepare, any, -K_EAGAIN, "{task} runs in spite of the hold", "C-239", "", ""},
    {prepare, any, -K_EINVAL, "{engine} does not hold {task}", "C-239", "", ""},
    {prepare, any, -K_ESRCH, "{task} is dead", "C-239", "", ""},
    {finish, any, 0, "{task} has not moved since", "C-242", "", ""},
    {finish, any, -K_EAGAIN, "{task} has been awake since: what was read may be wrong", "C-243", "",
     ""},
    {finish, any, -K_EINVAL, "{engine} holds {task} no longer: what was read may be wrong", "C-243",
     "", ""},
    {finish, any, -K_ESRCH, "{task} has died meanwhile", "C-243", "", ""},
};

std::string filled(std::string_view text, const Event& event, const NameTable& names) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find('}', open);
        out += named_word(event, text.substr(open + 1, close - open - 1), names);
        text.remove_prefix(close + 1);
    }
    return out;
}

void add_clauses(std::string_view ids, ExplainedReason& reason) {
    while (!ids.empty()) {
        const std::size_t space = ids.find(' ');
        reason.clauses.emplace_back(ids.substr(0, space));
        if (space == std::string_view::npos) return;
        ids.remove_prefix(space + 1);
    }
}

bool fits(const CallReason& row, const Event& event, const Semantics& semantics) {
    if (row.call != event.value[0] || row.result != event.value[5]) return false;
    if (row.action != any && row.action != event.value[3]) return false;
    return row.value.empty() || decision_value(semantics, row.decision) == row.value;
}

std::size_t row_index(std::string_view decision) {
    const auto rows = decision_table();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].name == decision) return i;
    }
    return rows.size();
}

}  // namespace

std::string_view decision_value(const Semantics& semantics, std::string_view decision) {
    const std::size_t row = row_index(decision);
    if (row == decision_table().size()) return {};
    return decision_table()[row].values[semantics.choice[row]].name;
}

std::string decision_text(const Semantics& semantics, std::string_view decision) {
    return std::string(decision) + "=" + std::string(decision_value(semantics, decision));
}

ExplainedReason decision_reason(const Semantics& semantics, std::string_view decision) {
    const std::size_t row = row_index(decision);
    ExplainedReason reason;
    if (row == decision_table().size()) return reason;
    reason.text = decision_table()[row].values[semantics.choice[row]].meaning;
    reason.decisions.push_back(decision_text(semantics, decision));
    return reason;
}

std::span<const CallReason> call_reasons() { return table; }

std::vector<ExplainedReason> reasons_of_call(const Event& event, const NameTable& names,
                                             const Semantics& semantics) {
    std::vector<ExplainedReason> reasons;
    for (const CallReason& row : table) {
        if (!fits(row, event, semantics)) continue;
        ExplainedReason reason;
        reason.text = filled(row.text, event, names);
        if (row.text[0] != '{') {  // names are left as they are
            reason.text[0] =
                static_cast<char>(std::toupper(static_cast<unsigned char>(reason.text[0])));
        }
        reason.text += ".";
        add_clauses(row.clauses, reason);
        if (!row.decision.empty()) {
            ExplainedReason decided = decision_reason(semantics, row.decision);
            reason.text += " " + decided.text;
            reason.decisions = std::move(decided.decisions);
        }
        reasons.push_back(std::move(reason));
        break;
    }
    return reasons;
}

}  // namespace utsim
