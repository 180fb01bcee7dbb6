// SPDX-License-Identifier: MIT
// Rounds can go on beside each other, so each has a rate of its own.
#include "cli/explore_progress.hpp"

#include <algorithm>

#include "cli/numbers.hpp"

namespace utsim::cli {

std::string preemptions_text(std::uint32_t preemptions) {
    return grouped(preemptions) + (preemptions == 1 ? " preemption" : " preemptions");
}

std::string ExploreProgressLine::rate_text(const ExploreProgress& progress) {
    const Clock::time_point now = Clock::now();
    const auto [known, fresh] =
        rounds_.try_emplace(progress.preemptions, Round{now, progress.states, progress.schedules});
    const Round& round = known->second;
    // Seeds of samples are drawn in many parts, each of which counts from the start.
    if (fresh || progress.states < round.states || progress.schedules < round.schedules) {
        known->second = {now, progress.states, progress.schedules};
        return {};
    }
    const double seconds = std::chrono::duration<double>(now - round.start).count();
    const bool states = progress.states != 0;
    const auto done = static_cast<double>(states ? progress.states - round.states
                                                 : progress.schedules - round.schedules);
    if (seconds < 0.5 || done == 0) return {};
    const double rate = done / seconds;
    std::string text = "   " + about(static_cast<std::uint64_t>(rate)) + "/s";
    if (states && progress.states_expected > progress.states) {
        const auto left = static_cast<double>(progress.states_expected - progress.states);
        text += "   " + std::to_string(progress.states * 100 / progress.states_expected) +
                " % of " + about(progress.states_expected) + "?   " +
                grouped(static_cast<std::uint64_t>(left / rate) + 1) + " s left?";
    }
    return text;
}

std::string ExploreProgressLine::text(const ExploreProgress& progress) {
    std::string text = "schedules " + grouped(progress.schedules);
    if (progress.states != 0) {
        text += "   states " + grouped(progress.states) + " (" +
                (progress.preemptions.has_value() ? preemptions_text(*progress.preemptions)
                                                  : "any preemptions") +
                ", " + grouped(progress.memory >> 20) + " MiB)";
    }
    return text + rate_text(progress) + "   longest " + grouped(progress.deepest) + "   findings " +
           grouped(progress.findings) + (progress.minimizing ? "   minimizing" : "");
}

}  // namespace utsim::cli
