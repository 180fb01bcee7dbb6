// SPDX-License-Identifier: MIT
// A pass has no event of its own. It begins with a callback, goes on as long as each engine is
// called for the first time (twice with report_quiesce before another callback), and is over when
// the task does something else.
#include "report/pass.hpp"

#include <algorithm>

#include <utsim/utrace.hpp>

#include "event/names.hpp"
#include "report/reasons.hpp"

namespace utsim {

namespace {

std::string action_word(std::uint32_t action) {
    std::string_view name = name_of(resume_action_names(), action);
    constexpr std::string_view prefix = "UTRACE_";
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    return name.empty() ? std::to_string(action) : std::string(name);
}

bool is_step(std::uint32_t action) {
    return action == UTRACE_SINGLESTEP || action == UTRACE_BLOCKSTEP;
}

/// DETACH counts as RESUME.
std::uint32_t counted(std::uint32_t action) {
    return std::min<std::uint32_t>(action, UTRACE_RESUME);
}

/// The task of an event that says that it goes on; none when the event is of another kind.
std::optional<std::uint32_t> goes_on(const Event& event) {
    switch (event.kind) {
        case EventKind::task_state:
        case EventKind::step_switch:
        case EventKind::user:
        case EventKind::instruction:
        case EventKind::syscall_enter:
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
        case EventKind::handler:
        case EventKind::exit:
        case EventKind::debug_trap:
        case EventKind::end_task:
            return static_cast<std::uint32_t>(event.value[0]);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<ExplainedLine> Passes::follow(const Event& event) {
    if (event.kind == EventKind::callback) {
        const auto task = static_cast<std::uint32_t>(event.value[0]);
        Pass& pass = passes_[task];
        const auto engine = static_cast<std::uint32_t>(event.value[1]);
        const bool again =
            std::any_of(pass.called.begin(), pass.called.end(), [&](const auto& before) {
                const auto quiesce = static_cast<std::int64_t>(CallbackKind::quiesce);
                return before.first == engine &&
                       (before.second == event.value[2] || before.second != quiesce);
            });
        std::optional<ExplainedLine> over;
        if (pass.open && again) over = close(task, pass, event);
        called(event, pass);
        return over;
    }
    if (event.kind == EventKind::callback_end) {
        Pass& pass = passes_[static_cast<std::uint32_t>(event.value[0])];
        const auto engine = static_cast<std::uint32_t>(event.value[1]);
        const auto word = static_cast<std::uint32_t>(event.value[3]);
        const auto action = static_cast<std::uint32_t>(utrace_resume_action(word));
        const auto same = std::find_if(pass.answers.begin(), pass.answers.end(),
                                       [&](const Answer& one) { return one.engine == engine; });
        if (same != pass.answers.end()) {
            same->action = std::min(same->action, action);
        } else {
            pass.answers.push_back({engine, action});
        }
        pass.in_callback = false;
        return std::nullopt;
    }
    const std::optional<std::uint32_t> task = goes_on(event);
    if (!task) return std::nullopt;
    Pass& pass = passes_[*task];
    if (!pass.open || pass.in_callback) return std::nullopt;
    return close(*task, pass, event);
}

void Passes::called(const Event& event, Pass& pass) {
    const auto kind = static_cast<CallbackKind>(event.value[2]);
    if (kind == CallbackKind::death || kind == CallbackKind::reap) return;
    if (!pass.open) {
        pass = {};
        pass.open = true;
    }
    pass.in_callback = true;
    if (kind == CallbackKind::quiesce) pass.before_user = event.value[4] == 0;
    if (kind == CallbackKind::signal) pass.before_user = pass.signal = true;
    if (kind == CallbackKind::syscall_entry) pass.at_entry = true;
    pass.called.emplace_back(static_cast<std::uint32_t>(event.value[1]), event.value[2]);
}

std::optional<ExplainedLine> Passes::close(std::uint32_t task, Pass& pass, const Event& event) {
    const Pass done = std::move(pass);
    pass = {};
    std::uint32_t winner = UTRACE_RESUME;
    for (const Answer& answer : done.answers) winner = std::min(winner, answer.action);
    const bool all_let_go = winner == UTRACE_RESUME;
    if (all_let_go) return std::nullopt;
    const std::string name(names_.task(TaskId{task}));
    ExplainedLine line;
    line.step = event.step;
    line.actor = name;
    line.text = "Together: " + action_word(winner);
    explain_winner(done, winner, line);
    explain_effect(name, done, winner, line);
    explain_losers(done, winner, line);
    return line;
}

void Passes::explain_winner(const Pass& pass, std::uint32_t winner, ExplainedLine& line) const {
    std::string said;
    bool differ = false;
    bool block = false;
    for (const Answer& answer : pass.answers) {
        said +=
            (said.empty() ? "" : ", ") + engine(answer.engine) + " " + action_word(answer.action);
        differ = differ || counted(answer.action) != winner;
        block = block || answer.action == UTRACE_BLOCKSTEP;
    }
    if (!differ) return;
    ExplainedReason reason;
    reason.text = "Answered were " + said + ". The smallest of them constrains most, and wins.";
    reason.clauses = {"C-065", "C-066"};
    if (winner == UTRACE_SINGLESTEP && block) {
        reason.text += " Who asked for a block gets single steps as long as somebody wants those.";
        reason.clauses.emplace_back("C-223");
    }
    line.reasons.push_back(std::move(reason));
}

void Passes::explain_effect(const std::string& task, const Pass& pass, std::uint32_t winner,
                            ExplainedLine& line) const {
    ExplainedReason reason;
    if (winner == UTRACE_STOP && pass.at_entry) {
        reason.text = task + " stops before the call is made.";
        reason.clauses = {"C-124"};
    } else if (winner == UTRACE_STOP && pass.before_user) {
        reason.text = task + " stops here, until every engine that said STOP says otherwise.";
        reason.clauses = {"C-070", "C-159"};
    } else if (winner == UTRACE_STOP) {
        reason = decision_reason(semantics_, "report.stop");
        reason.text =
            "The stop comes when " + task + " is about to go back to user mode. " + reason.text;
        reason.clauses = {"C-067"};
    } else if (is_step(winner) && pass.before_user) {
        reason.text =
            "Nothing more comes before user mode, so " + task + " arms the step itself and goes.";
        reason.clauses = {"C-068"};
    } else if (is_step(winner)) {
        reason = decision_reason(semantics_, "report.step");
        reason.text = "User mode is not next. A step answered here: " + reason.text;
        reason.clauses = {"C-067", "C-068"};
    } else {
        reason.text = pass.signal
                          ? "The request is noted; asking again in a report of signals makes no "
                            "endless loop."
                          : "Everybody with QUIESCE is asked again before user mode.";
        reason.clauses = {pass.signal ? "C-100" : "C-069"};
    }
    line.reasons.push_back(std::move(reason));
}

void Passes::explain_losers(const Pass& pass, std::uint32_t winner, ExplainedLine& line) const {
    if (winner != UTRACE_STOP) return;
    for (const Answer& answer : pass.answers) {
        if (!is_step(answer.action)) continue;
        ExplainedReason reason = decision_reason(semantics_, "report.step");
        reason.text = engine(answer.engine) + "'s " + action_word(answer.action) +
                      " has to wait for the end of the stop. " + reason.text;
        line.reasons.push_back(std::move(reason));
    }
}

}  // namespace utsim
