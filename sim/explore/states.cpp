// SPDX-License-Identifier: MIT
// Depth-first search over snapshots that comes to each state once. A state is looked at where
// something is to be decided, and at the end of a run; what lies between two of them is one
// transition. With a bound, a state that is reached again with fewer preemptions is gone through
// again, since more can be done from there.
#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/check.hpp"
#include "explore/audit.hpp"
#include "explore/choice_stack.hpp"
#include "explore/search.hpp"
#include "explore/state_estimate.hpp"
#include "explore/visited_states.hpp"
#include "sched/state_key.hpp"

namespace utsim {

namespace {

/// A search through fewer states has come to its end before anybody asks.
constexpr std::uint64_t first_estimate = 30'000;

class StateSearch {
public:
    StateSearch(Trial& trial, std::uint32_t bound, const SearchLimits& limits, SearchClient& client)
        : trial_(trial),
          limits_(limits),
          client_(client),
          chooser_(bound),
          bound_(bound),
          bounded_(bound != unbounded) {}

    SearchResult search() {
        trial_.world().forget_stacks();
        trial_.restart();
        trial_.world().wipe_stacks(true);
        StateKeys keys(trial_.world());
        keys_ = &keys;
        if (limits_.audit) audit_ = std::make_unique<Audit>(trial_.world());
        for (const std::string& field : limits_.left_out) {
            const bool known = keys.leave_out(field) || trial_.leave_out(field);
            UTSIM_CHECK(known, "a field that there is not cannot be left out");
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
            // Whoever comes to the same state without such a failure must still find it new.
            const bool fresh = tell_broken() && is_new(end);
            if (fresh && end == RunEnd::paused) {
                if (!push()) return SearchEnd::out_of_memory;
                if (visited_.size() >= next_estimate_) estimate();
            } else {
                if (fresh) ends(end);
                OpenChoice* choice = backtrack();
                if (choice == nullptr) return SearchEnd::complete;
                trial_.world().restore(choice->world);
                told_ = choice->told;
                chooser_.plan(*choice);
            }
            result_.counts.states = visited_.size();
            if (!client_.go_on(result_.counts)) return SearchEnd::stopped;
        }
    }

    /// False: the client does not want to know what follows.
    bool tell_broken() {
        const std::vector<Failure> failures = trial_.broken_so_far();
        tell_new(failures);
        return std::all_of(failures.begin(), failures.end(),
                           [this](const Failure& f) { return client_.leads_on(f); });
    }

    /// Of what has gone wrong on this path, in the order in which it did.
    void tell_new(const std::vector<Failure>& failures) {
        for (; told_ < failures.size(); ++told_) client_.found(failures[told_]);
    }

    bool is_new(RunEnd end) {
        const std::uint64_t more = what_else_counts(bounded_, chooser_, end);
        const std::uint32_t cost = bounded_ ? chooser_.preemptions() : 0;
        const StateKey whole = keys_->key(more);
        key_ = keys_->world_key();
        if (audit_ != nullptr) audit_->look(whole, more, result_.counts);
        closes_loop();
        return visited_.visit(keys_->parts(), static_cast<std::uint8_t>(cost));
    }

    bool push() {
        const std::uint64_t snapshots = trial_.world().snapshot_bytes();
        const std::uint64_t set =
            visited_.is_full() ? visited_.bytes_when_grown() : visited_.bytes();
        result_.counts.memory = std::max(result_.counts.memory, snapshots + set);
        if (result_.counts.memory > limits_.memory || open_.depth() >= limits_.depth) return false;
        on_path_.emplace(key_.low, open_.depth());
        OpenChoice& choice = open_.push();
        choice.key = key_;
        choice.told = told_;
        trial_.world().snapshot(choice.world);
        chooser_.describe(choice);
        chooser_.plan(choice);
        return true;
    }

    void estimate() {
        next_estimate_ = visited_.size() * 2;
        result_.counts.estimate = estimate_states(trial_, visited_, *keys_, bound_, open_.depth(),
                                                  [this] { return client_.go_on(result_.counts); });
        retrace();
    }

    /// Back to the last open choice, from the start: those who listen can only go back along the
    /// path on which they are.
    void retrace() {
        trial_.restart();
        PlannedChooser way(bound_);
        for (std::size_t i = 0; i < open_.depth(); ++i) {
            OpenChoice& choice = open_.at(i);
            const RunEnd end = trial_.go(way);
            if (end == RunEnd::stopped) return;  // from outside: the search ends as well
            UTSIM_CHECK(end == RunEnd::paused, "a run takes the same way again");
            trial_.world().snapshot(choice.world);
            --choice.next;
            way.plan(choice);
        }
    }

    OpenChoice* backtrack() {
        const std::size_t before = open_.depth();
        OpenChoice* choice = open_.backtrack();
        for (std::size_t i = open_.depth(); i < before; ++i) {
            const auto here = on_path_.find(open_.at(i).key.low);
            if (here != on_path_.end() && here->second == i) on_path_.erase(here);
        }
        return choice;
    }

    /// The path has come back to where it was, whatever is remembered of it. If nothing happened on
    /// the way round, and nobody who could always go on was kept from it, it can go round for ever.
    void closes_loop() {
        const auto found = on_path_.find(key_.low);
        if (found == on_path_.end() || !(open_.at(found->second).key == key_)) return;
        const std::size_t first = found->second;
        World& world = trial_.world();
        if (world.last_progress() >= open_.at(first).world.step()) return;
        std::vector<ActorId> turning;
        for (std::size_t i = first; i < open_.depth(); ++i) {
            const ActorId taken = open_.at(i).taken();
            if (std::find(turning.begin(), turning.end(), taken) == turning.end()) {
                turning.push_back(taken);
            }
        }
        for (const ActorId id : open_.at(first).options) {
            if (std::find(turning.begin(), turning.end(), id) != turning.end()) continue;
            const bool always = std::all_of(
                &open_.at(first), &open_.at(open_.depth() - 1) + 1, [id](const OpenChoice& c) {
                    return std::find(c.options.begin(), c.options.end(), id) != c.options.end();
                });
            if (always) return;
        }
        std::sort(turning.begin(), turning.end(),
                  [](ActorId a, ActorId b) { return a.value < b.value; });
        Failure failure;
        failure.kind = run_end_name(RunEnd::livelock);
        std::string places;
        for (const ActorId id : turning) {
            if (!id.valid()) continue;
            const std::string name(world.names().actor(id));
            failure.subject += (failure.subject.empty() ? "" : ", ") + name;
            places +=
                (places.empty() ? "" : ", ") + name + " at " + world.point_label(world.actor(id));
        }
        failure.message = "these turn for ever and nothing happens: " + places;
        client_.found(failure);
    }

    void ends(RunEnd end) {
        ++result_.counts.schedules;
        result_.counts.cut += trial_.cut_short(end);
        tell_new(trial_.judge(end));
        client_.ended(end);
    }

    Trial& trial_;
    const SearchLimits& limits_;
    SearchClient& client_;
    PlannedChooser chooser_;
    std::uint32_t bound_;
    bool bounded_;
    StateKeys* keys_ = nullptr;
    StateKey key_;  ///< of the World as it was looked at last
    VisitedStates visited_;
    ChoiceStack open_;
    std::uint64_t next_estimate_ = first_estimate;
    std::size_t told_ = 0;  ///< failures of this path that were told
    // tidy: allow hash (it is looked things up in, and never walked)
    std::unordered_map<std::uint64_t, std::size_t> on_path_;  ///< key to depth
    std::unique_ptr<Audit> audit_;
    SearchResult result_;
};

}  // namespace

SearchResult search_states(Trial& trial, std::uint32_t preemptions, const SearchLimits& limits,
                           SearchClient& client) {
    return StateSearch(trial, preemptions, limits, client).search();
}

}  // namespace utsim
