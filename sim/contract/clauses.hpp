// SPDX-License-Identifier: MIT
/// Where each group of clauses is written down, one file a group.
#pragma once

#include "contract/clause.hpp"
#include "contract/judge.hpp"

namespace utsim {

std::span<const Clause> attach_clauses();
std::span<const Clause> lifetime_clauses();
std::span<const Clause> round_clauses();
std::span<const Clause> answer_clauses();
std::span<const Clause> quiesce_clauses();
std::span<const Clause> signal_clauses();
std::span<const Clause> signal_outcome_clauses();
std::span<const Clause> clone_exec_jctl_clauses();
std::span<const Clause> syscall_clauses();
std::span<const Clause> death_clauses();
std::span<const Clause> stop_clauses();
std::span<const Clause> set_events_clauses();
std::span<const Clause> control_clauses();
std::span<const Clause> request_clauses();
std::span<const Clause> step_clauses();
std::span<const Clause> barrier_clauses();
std::span<const Clause> examine_clauses();
std::span<const Clause> internal_clauses();
std::span<const Clause> hook_clauses();
std::span<const Clause> machine_clauses();
std::span<const Clause> ptrace_clauses();
std::span<const Clause> invariant_clauses();
std::span<const Clause> event_invariant_clauses();

}  // namespace utsim
