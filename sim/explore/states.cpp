// SPDX-License-Identifier: MIT
// Depth-first search over snapshots that comes to each state once. A state is looked at where
// something is to be decided, and at the end of a run; what lies between two of them is one
// transition. With a bound, a state that is reached again with fewer preemptions is gone through
// again, since more can be done from there.
#include <algorithm>

#include "base/check.hpp"
#include "explore/choice_stack.hpp"
#include "explore/search.hpp"
#include "explore/visited_states.hpp"
#include "sched/state_key.hpp"

namespace utsim {

namespace {

class StateSearch {
public:
    StateSearch(Trial& trial, std::uint32_t bound, const SearchLimits& limits, SearchClient& client)
        : trial_(trial),
          limits_(limits),
          client_(client),
          chooser_(bound),
          bounded_(bound != unbounded) {}

    SearchResult search() {
        trial_.restart();
        trial_.world().wipe_stacks(true);
        StateKeys keys(trial_.world());
        keys_ = &keys;
        for (const std::string& field : limits_.left_out) {
            UTSIM_CHECK(keys.leave_out(field), "a field that there is not cannot be left out");
        }
        result_.end = walk();
        trial_.world().wipe_stacks(false);
        result_.bounded = chooser_.bounded();
        result_.counts.states = visited_.size();
        return result_;
    }

private:
    SearchEnd walk() {
        for (;;) {
            const RunEnd end = trial_.go(chooser_);
            ++result_.counts.transitions;
            for (const Failure& failure : trial_.broken_so_far()) client_.found(failure);
            const bool fresh = is_new(end);
            if (fresh && end == RunEnd::paused) {
                if (!push()) return SearchEnd::out_of_memory;
            } else {
                if (fresh) ends(end);
                OpenChoice* choice = open_.backtrack();
                if (choice == nullptr) return SearchEnd::complete;
                trial_.world().restore(choice->world);
                chooser_.plan(*choice);
            }
            result_.counts.states = visited_.size();
            if (!client_.go_on(result_.counts)) return SearchEnd::stopped;
        }
    }

    bool is_new(RunEnd end) {
        // What another preemption would cost depends on who ran, so with a bound that counts too.
        const std::uint64_t ran = bounded_ && end == RunEnd::paused ? chooser_.current().value : 0;
        const std::uint32_t cost = bounded_ ? chooser_.preemptions() : 0;
        return visited_.visit(keys_->key(ran << 8 | static_cast<std::uint64_t>(end)),
                              static_cast<std::uint8_t>(cost));
    }

    bool push() {
        const std::uint64_t snapshots = trial_.world().snapshot_bytes();
        const std::uint64_t set =
            visited_.is_full() ? visited_.bytes_when_grown() : visited_.bytes();
        result_.counts.memory = std::max(result_.counts.memory, snapshots + set);
        if (result_.counts.memory > limits_.memory || open_.depth() >= limits_.depth) return false;
        OpenChoice& choice = open_.push();
        trial_.world().snapshot(choice.world);
        chooser_.describe(choice);
        chooser_.plan(choice);
        return true;
    }

    void ends(RunEnd end) {
        ++result_.counts.schedules;
        result_.counts.cut += end == RunEnd::limit;
        for (const Failure& failure : trial_.judge(end)) client_.found(failure);
        client_.ended(end);
    }

    Trial& trial_;
    const SearchLimits& limits_;
    SearchClient& client_;
    PlannedChooser chooser_;
    bool bounded_;
    StateKeys* keys_ = nullptr;
    VisitedStates visited_;
    ChoiceStack open_;
    SearchResult result_;
};

}  // namespace

SearchResult search_states(Trial& trial, std::uint32_t preemptions, const SearchLimits& limits,
                           SearchClient& client) {
    return StateSearch(trial, preemptions, limits, client).search();
}

}  // namespace utsim
