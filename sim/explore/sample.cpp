// SPDX-License-Identifier: MIT
// Samples: each run has a seed of its own, from which it follows by which sampler and how, so one
// run can be repeated without the others.
#include <algorithm>

#include "explore/pct.hpp"
#include "explore/pos.hpp"
#include "explore/search.hpp"
#include "explore/visited_states.hpp"
#include "sched/choosers.hpp"
#include "sched/run_digest.hpp"

namespace utsim {

namespace {

/// A random walk that counts how often there was something to decide.
class CountingWalk final : public RandomWalk {
public:
    using RandomWalk::RandomWalk;
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override {
        ++asked;
        return RandomWalk::next(world, ready, current);
    }
    std::uint64_t asked = 0;
};

class SampleSearch {
public:
    SampleSearch(Trial& trial, SearchClient& client) : trial_(trial), client_(client) {
        trial.world().set_digest(&digest_);
    }
    ~SampleSearch() { trial_.world().set_digest(nullptr); }
    SampleSearch(const SampleSearch&) = delete;
    SampleSearch& operator=(const SampleSearch&) = delete;

    SearchResult search(Sampler sampler, std::uint64_t seed, std::uint64_t runs) {
        for (std::uint64_t i = 0; i < runs; ++i) {
            const RunEnd end =
                run(sampler == Sampler::mixed ? turn_of(seed + i) : sampler, seed + i);
            note(end);
            if (!client_.go_on(result_.counts)) {
                result_.end = SearchEnd::stopped;
                break;
            }
        }
        return result_;
    }

private:
    /// Half of the runs are POS's, which is never bad; the others have a quarter each.
    static Sampler turn_of(std::uint64_t seed) {
        static constexpr Sampler turns[] = {Sampler::pos, Sampler::pct, Sampler::pos,
                                            Sampler::random};
        return turns[seed % std::size(turns)];
    }

    RunEnd run(Sampler sampler, std::uint64_t seed) {
        if (sampler == Sampler::pct) {
            pct_.start(seed, expected_choices());
            const RunEnd end = go(pct_);
            PctRuns& pct = result_.pct;
            ++pct.of_depth[pct_.depth()];
            pct.actors = std::max(pct.actors, trial_.world().actor_count());
            pct.longer += pct_.choices() > pct.choices;
            return end;
        }
        if (sampler == Sampler::pos) {
            pos_.start(seed);
            return go(pos_);
        }
        RandomWalk walk(seed);
        return go(walk);
    }

    RunEnd go(Chooser& chooser) {
        trial_.restart();
        digest_.restart();
        return trial_.go(chooser);
    }

    void note(RunEnd end) {
        SearchCounts& counts = result_.counts;
        ++counts.schedules;
        counts.cut += trial_.cut_short(end);
        const std::uint64_t digest = digest_.value();
        if (different_.visit({digest, digest}, 0)) result_.digests.push_back(digest);
        for (const Failure& failure : trial_.judge(end)) client_.found(failure);
        client_.ended(end);
    }

    /// What PCT draws its places from: as many choices as the longest of a few walks had, and a
    /// quarter more. The walks are always the same ones, so that a later run can be repeated alone.
    std::uint64_t expected_choices() {
        constexpr std::uint64_t walks = 8;
        std::uint64_t& choices = result_.pct.choices;
        if (choices != 0) return choices;
        for (std::uint64_t i = 0; i < walks; ++i) {
            CountingWalk walk(i);
            go(walk);
            choices = std::max(choices, walk.asked);
        }
        choices += choices / 4 + 1;
        return choices;
    }

    Trial& trial_;
    SearchClient& client_;
    RunDigest digest_;
    VisitedStates different_;
    PosChooser pos_;
    PctChooser pct_;
    SearchResult result_;
};

}  // namespace

SearchResult search_sampled(Trial& trial, Sampler sampler, std::uint64_t seed, std::uint64_t runs,
                            SearchClient& client) {
    return SampleSearch(trial, client).search(sampler, seed, runs);
}

}  // namespace utsim
