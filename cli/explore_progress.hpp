// SPDX-License-Identifier: MIT
/// The line that is drawn over while a search goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <utsim/explore.hpp>

namespace utsim::cli {

/// `1 preemption`, `2 preemptions`.
std::string preemptions_text(std::uint32_t preemptions);

class ExploreProgressLine {
public:
    /// What there is to say now: how much was seen and how fast, and of a round through states how
    /// much of it that may be, and how long it may take.
    std::string text(const ExploreProgress& progress);

private:
    // tidy: allow clock (progress is for the eyes: no result depends on it)
    using Clock = std::chrono::steady_clock;
    struct Round {
        Clock::time_point start;
        std::uint64_t states;  ///< at that time
        std::uint64_t schedules;
    };

    std::string rate_text(const ExploreProgress& progress);

    std::map<std::optional<std::uint32_t>, Round> rounds_;  ///< by their bound
};

}  // namespace utsim::cli
