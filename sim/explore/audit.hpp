// SPDX-License-Identifier: MIT
/// Whether the keys of states can be believed: a sample of the states is kept word by word, and
/// compared whenever its key comes again; and all are counted by a coarser key, which says how many
/// states there are at least.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "explore/search.hpp"
#include "explore/visited_states.hpp"
#include "sched/state_key.hpp"

namespace utsim {

class Audit {
public:
    /// `world` as it stands before its first step.
    explicit Audit(World& world) : exact_(world), coarse_(world) { coarse_.take_only_code(); }

    /// The World is in a state that has this key.
    void look(const StateKey& key, std::uint64_t more, SearchCounts& counts) {
        coarse_.key(more);
        seen_.visit(coarse_.parts(), 0);
        counts.coarse = seen_.size();
        const auto found = kept_.find({key.low, key.high});
        if (found != kept_.end()) {
            ++counts.audited;
            counts.mistaken += found->second != exact_.words(more);
        } else if (others_++ % one_of == 0 && kept_.size() < most_kept) {
            // Not by the key: it is another one on each machine.
            kept_.emplace(std::pair{key.low, key.high}, exact_.words(more));
        }
    }

private:
    static constexpr std::uint64_t one_of = 16;
    static constexpr std::size_t most_kept = 20'000;
    std::uint64_t others_ = 0;  ///< visits of states that are not kept

    StateKeys exact_;
    StateKeys coarse_;
    VisitedStates seen_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::uint64_t>> kept_;
};

}  // namespace utsim
