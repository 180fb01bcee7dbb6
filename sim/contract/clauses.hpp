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
std::span<const Clause> invariant_clauses();

}  // namespace utsim
