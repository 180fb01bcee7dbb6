// SPDX-License-Identifier: MIT
// Capture and recapture: the search has caught some states, walks catch others, and how many are in
// both tells how many there are.
#include "explore/state_estimate.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "explore/choice_stack.hpp"
#include "explore/search.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t walks = 128;

/// Goes through one run by chance and tells the states on the way.
class Walk {
public:
    Walk(std::uint64_t seed, std::uint32_t bound, std::size_t expected_choices)
        : random_(seed),
          bounded_(bound != unbounded),
          bound_(bound),
          expected_(static_cast<std::uint32_t>(std::max<std::size_t>(expected_choices, 1))),
          chooser_(bound) {}

    /// At most `most` states, since a run need not come to its end.
    template <typename Look>
    void go(Trial& trial, StateKeys& keys, std::uint64_t most, const Look& look) {
        trial.restart();
        for (std::uint64_t i = 0; i < most; ++i) {
            const RunEnd end = trial.go(chooser_);
            if (end == RunEnd::stopped) return;
            keys.key(what_else_counts(bounded_, chooser_, end));
            look(keys.parts());
            if (end != RunEnd::paused) return;
            chooser_.describe(choice_);
            choice_.next = alternative();
            chooser_.plan(choice_);
        }
    }

private:
    /// With a bound, as many preemptions as it allows, spread over the run.
    std::uint32_t alternative() {
        const auto count = static_cast<std::uint32_t>(choice_.count());
        if (!bounded_ || !choice_.current.valid()) return random_.below(count);
        if (random_.below(expected_) >= bound_) return 0;
        return 1 + random_.below(count - 1);
    }

    Random random_;
    bool bounded_;
    std::uint32_t bound_;
    std::uint32_t expected_;
    PlannedChooser chooser_;
    OpenChoice choice_;
};

}  // namespace

std::uint64_t estimate_states(Trial& trial, const VisitedStates& visited, StateKeys& keys,
                              std::uint32_t bound, std::size_t expected_choices,
                              const std::function<bool()>& go_on) {
    // Guessing is not to take longer than the search has.
    const std::uint64_t most = std::max<std::uint64_t>(visited.size() / walks, 1);
    VisitedStates met;
    VisitedStates met_again;
    std::uint64_t known = 0;
    std::uint64_t known_again = 0;
    const auto look = [&](std::span<const StateKey> state) {
        if (met.visit(state, 0)) {
            known += visited.knows(state);
        } else if (met_again.visit(state, 0)) {
            known_again += visited.knows(state);
        }
    };
    for (std::uint64_t seed = 1; seed <= walks && go_on(); ++seed) {
        Walk(seed, bound, expected_choices).go(trial, keys, most, look);
    }
    // What several walks came to is easily come to, and so is seen early by the search as well: it
    // says little of the rest.
    const std::uint64_t rare = met.size() - met_again.size();
    const std::uint64_t rare_known = known - known_again;
    return rare_known == 0 ? 0 : visited.size() * rare / rare_known;
}

}  // namespace utsim
