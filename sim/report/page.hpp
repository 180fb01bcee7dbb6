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
    std::string promise;  ///< the clause's sentence
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
};

std::string page_of(const PageRun& run, const PageText& text);
/// Two runs side by side, aligned where they are alike; `names` is what they are called.
std::string page_of_two(const PageRun& a, const PageRun& b, const std::string (&names)[2],
                        const PageText& text);

/// The sentence of a clause; empty when there is none of that id.
std::string promise_of(const std::string& clause);

/// A page that leads to others: their files, and a line about each.
struct PageLink {
    std::string file;
    std::string text;
};
std::string index_page(const std::string& title, const std::vector<PageLink>& links);

/// The same as JSON that can stand in a page: no `<`, `>` or `&`.
std::string in_page(std::string json);

}  // namespace utsim
