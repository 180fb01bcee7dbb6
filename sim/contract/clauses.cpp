// SPDX-License-Identifier: MIT
// The list of all clauses, put together from the groups.
#include "contract/clauses.hpp"

#include <algorithm>
#include <vector>

namespace utsim {

namespace {

/// The contract's clauses first, then the invariants, then what tracers rely on, each by number.
std::pair<char, int> sort_key(const Clause* clause) {
    int number = 0;
    for (const char c : clause->id) {
        if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
    }
    return {clause->id.front(), number};
}

}  // namespace

std::span<const ClauseGroup> clause_groups() {
    static const ClauseGroup groups[] = {
        {"Attaching and engine handles", attach_clauses()},
        {"References and lifetime", lifetime_clauses()},
        {"System calls", syscall_clauses()},
        {"Exit, death, and reaping", death_clauses()},
        {"Stops and SIGKILL", stop_clauses()},
        {"utrace_set_events", set_events_clauses()},
        {"utrace_control: DETACH and STOP", control_clauses()},
        {"utrace_control: RESUME, REPORT, INTERRUPT", request_clauses()},
        {"utrace_control: steps", step_clauses()},
        {"utrace_barrier", barrier_clauses()},
        {"Examination", examine_clauses()},
        {"What the implementation says of itself", internal_clauses()},
        {"Hooks of the kernel", hook_clauses()},
        {"Stepping by the machine", machine_clauses()},
        {"Rounds", round_clauses()},
        {"Answers", answer_clauses()},
        {"report_quiesce", quiesce_clauses()},
        {"report_signal: what it is told", signal_clauses()},
        {"report_signal: what its answers do", signal_outcome_clauses()},
        {"report_clone, report_exec and report_jctl", clone_exec_jctl_clauses()},
        {"ptrace(2): what tracers rely on", ptrace_clauses()},
        {"Invariants: requests, locks, progress", invariant_clauses()},
        {"Invariants: events, arguments, steps", event_invariant_clauses()},
    };
    return groups;
}

std::span<const Clause* const> all_clauses() {
    static const std::vector<const Clause*> all = [] {
        std::vector<const Clause*> list;
        for (const ClauseGroup& group : clause_groups()) {
            for (const Clause& clause : group.clauses) list.push_back(&clause);
        }
        const auto before = [](const Clause* a, const Clause* b) {
            return sort_key(a) < sort_key(b);
        };
        std::sort(list.begin(), list.end(), before);  // no two ids are alike
        return list;
    }();
    return all;
}

std::size_t find_clause(std::string_view id) {
    const auto all = all_clauses();
    const auto found =
        std::find_if(all.begin(), all.end(), [id](const Clause* c) { return c->id == id; });
    return static_cast<std::size_t>(found - all.begin());
}

const char* bound_name(Bound bound) {
    switch (bound) {
        case Bound::utrace:
            return "utrace";
        case Bound::engine:
            return "engine";
        case Bound::caller:
            return "caller";
    }
    return "?";
}

}  // namespace utsim
