// SPDX-License-Identifier: MIT
/// A trace told in sentences, with the rules behind what happened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <utsim/trace.hpp>

namespace utsim {

/// Why something happened as it did.
struct ExplainedReason {
    std::string text;                    ///< one sentence or two
    std::vector<std::string> clauses;    ///< of the contract: `C-065`
    std::vector<std::string> decisions;  ///< what the semantics decided: `step.arm=resume`
};

/// One sentence of the story.
struct ExplainedLine {
    std::uint64_t step = 0;
    std::string actor;  ///< who was running; empty when nobody was
    std::string text;
    std::vector<ExplainedReason> reasons;
};

/// The whole trace, in its order. Locks and cells are left out.
std::vector<ExplainedLine> explain(const RecordedTrace& trace);

/// The same as text, in lines of at most `width` columns.
std::string explain_text(const RecordedTrace& trace, std::size_t width = 100);

}  // namespace utsim
