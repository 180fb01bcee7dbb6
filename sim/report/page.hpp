// SPDX-License-Identifier: MIT
/// One page that shows a run: self-contained, with the run in it as data.
///
/// The script, the style and the frame are the files of sim/report/page/, which are part of the
/// program. What comes from a run stands in the page as JSON and reaches the reader as text only.
#pragma once

#include <string>
#include <vector>

#include <utsim/trace.hpp>

#include "report/timeline.hpp"
#include "view/state.hpp"

namespace utsim {

/// A clause that a run breaks.
struct PageFinding {
    std::string clause;
    std::string message;
    std::string by;
    std::uint64_t step = 0;
    std::uint64_t since = 0;  ///< where the promise was made; `step` when nowhere
    bool expected = false;
};

/// What became another at each step.
struct StateHistory {
    struct Step {
        std::uint64_t step = 0;
        std::vector<StateChange> changes;
    };
    StateItem first;  ///< before the first step
    std::vector<Step> steps;
    bool complete = true;  ///< false: a run too long for that; steps behind the last have none
};

struct PageRun {
    RecordedRun run;
    StateHistory states;
};

/// Runs it and keeps what a page shows.
Result<PageRun> run_for_page(const Scenario& scenario, const RunOptions& options);

struct PageText {
    std::string title;
    std::vector<PageFinding> findings;
    /// Commands to copy; `{step}` becomes the chosen step.
    std::vector<std::string> commands;
    /// The file of the index that the page belongs to, in the same folder (index_page.hpp).
    std::string index = {};
};

/// A second run, to be shown beside the first and aligned with it where they are alike.
struct PageBeside {
    const RecordedRun& other;
    std::string name;  ///< what the first one is called
    std::string other_name;
};

std::string page_of(const PageRun& run, const PageText& text, const PageBeside* beside = nullptr);

/// The sentence of a clause; empty when there is none of that id.
std::string promise_of(const std::string& clause);

/// The same as JSON that can stand in a page: no `<`, `>` or `&`.
std::string in_page(std::string json);

}  // namespace utsim
