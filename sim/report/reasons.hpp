// SPDX-License-Identifier: MIT
/// Why a call was answered as it was, and why an event came as it did, under one semantics.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/explain.hpp>

#include "event/event.hpp"
#include "semantics/semantics.hpp"

namespace utsim {

/// `step.arm=resume`.
std::string decision_text(const Semantics& semantics, std::string_view decision);
/// What the semantics chose there.
std::string_view decision_value(const Semantics& semantics, std::string_view decision);
/// A reason that follows from a decision alone: its meaning, and the decision.
ExplainedReason decision_reason(const Semantics& semantics, std::string_view decision);

/// One row: an answer of one call, and why.
struct CallReason {
    std::int64_t call;          ///< ApiCall
    std::int64_t action;        ///< of utrace_control; -1: any
    std::int64_t result;        ///< 0 or a negated errno
    std::string_view text;      ///< a sentence with `{engine}` and its like
    std::string_view clauses;   ///< ids, parted by spaces
    std::string_view decision;  ///< a decision point that it follows from, or empty
    std::string_view value;     ///< the row is for this value only; empty: for each
};
std::span<const CallReason> call_reasons();

/// The reasons for the result of an `api` event; empty when the result needs none.
std::vector<ExplainedReason> reasons_of_call(const Event& event, const NameTable& names,
                                             const Semantics& semantics);

}  // namespace utsim
