// SPDX-License-Identifier: MIT
// Depth-first search over snapshots. At each choice the World is kept, the first alternative is
// taken, and when a run has ended the deepest choice with an alternative left is restored. Nothing
// is run twice: the prefix of a schedule is in the snapshot.
#include <algorithm>

#include "explore/choice_stack.hpp"
#include "explore/search.hpp"

namespace utsim {

SearchResult search_bound(Trial& trial, std::uint32_t preemptions, const SearchLimits& limits,
                          SearchClient& client) {
    SearchResult result;
    SearchCounts& counts = result.counts;
    PlannedChooser chooser(preemptions);
    ChoiceStack open;
    trial.restart();
    for (;;) {
        const RunEnd end = trial.go(chooser);
        result.bounded = chooser.bounded();
        if (end == RunEnd::paused) {
            counts.memory = std::max<std::uint64_t>(counts.memory, trial.world().snapshot_bytes());
            if (counts.memory > limits.memory || open.depth() >= limits.depth) {
                result.end = SearchEnd::out_of_memory;
                return result;
            }
            OpenChoice& choice = open.push();
            trial.world().snapshot(choice.world);
            chooser.describe(choice);
            chooser.plan(choice);
            continue;
        }
        // Schedules with fewer preemptions belong to a smaller bound, where they were counted.
        if (chooser.preemptions() == preemptions) {
            ++counts.schedules;
            counts.cut += trial.cut_short(end);
            for (const Failure& failure : trial.judge(end)) client.found(failure);
            client.ended(end);
        }
        if (!client.go_on(counts)) {
            result.end = SearchEnd::stopped;
            return result;
        }
        OpenChoice* choice = open.backtrack();
        if (choice == nullptr) return result;
        trial.world().restore(choice->world);
        chooser.plan(*choice);
    }
}

}  // namespace utsim
