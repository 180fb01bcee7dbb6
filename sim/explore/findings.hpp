// SPDX-License-Identifier: MIT
/// What a search has found: every distinct failure once, with the first schedule that led to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "explore/search.hpp"

namespace utsim {

class Findings {
public:
    /// More distinct ones are counted, not kept.
    static constexpr std::size_t most = 100;

    struct Item {
        SearchHit hit;
        std::uint64_t times = 0;
    };

    /// `failure` was met again, or for the first time; `schedule` makes the schedule that led
    /// there.
    template <typename MakeSchedule>
    void add(const Failure& failure, MakeSchedule&& schedule) {
        for (Item& item : items_) {
            if (!item.hit.failure.same_as(failure)) continue;
            ++item.times;
            return;
        }
        if (items_.size() < most) {
            items_.push_back({{failure, schedule()}, 1});
        } else {
            ++not_kept_;
        }
    }
    /// What another part of the search has found, behind what is here already.
    void add_all(const Findings& other) {
        not_kept_ += other.not_kept_;
        for (const Item& item : other.items_) {
            add(item.hit.failure, [&] { return item.hit.schedule; });
            for (Item& mine : items_) {
                if (mine.hit.failure.same_as(item.hit.failure)) mine.times += item.times - 1;
            }
        }
    }
    const std::vector<Item>& items() const { return items_; }
    bool empty() const { return items_.empty(); }
    /// How often something was met that is not among the items.
    std::uint64_t not_kept() const { return not_kept_; }

private:
    std::vector<Item> items_;
    std::uint64_t not_kept_ = 0;
};

}  // namespace utsim
