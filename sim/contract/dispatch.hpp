// SPDX-License-Identifier: MIT
/// Who hears what: made once from a choice of clauses, and shared by all who judge by that choice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "contract/clause.hpp"

namespace utsim {

struct FactRow;

/// Which conditions hold, a bit for each `When`.
using WhenSet = std::uint32_t;
inline constexpr WhenSet bit(When when) { return WhenSet{1} << static_cast<unsigned>(when); }

class Dispatch {
public:
    /// Of the chosen clauses, as indices into `all_clauses()`; a clause's place in the choice is
    /// its *slot*.
    explicit Dispatch(const std::vector<std::size_t>& chosen);
    /// The same, from a small store: most who ask do so for the same choice.
    static std::shared_ptr<const Dispatch> of(const std::vector<std::size_t>& chosen);

    std::size_t slots() const { return clauses_.size(); }
    /// In groups of 64.
    std::size_t words() const { return words_; }
    const Clause& clause(std::size_t slot) const { return *clauses_[slot]; }
    Monitor monitor(std::size_t slot) const { return monitors_[slot]; }
    const std::vector<std::size_t>& chosen() const { return chosen_; }
    /// Slots with something to say at the end, in order.
    const std::vector<std::size_t>& at_end() const { return at_end_; }
    /// Of a clause; `slots()` when it was not chosen.
    std::size_t slot_of(std::size_t clause) const {
        return clause < slot_of_.size() ? slot_of_[clause] : slots();
    }

    /// Whether some chosen clause goes by it.
    bool is_read(const FactRow& fact) const;
    /// Calls `use(slot)` for each chosen clause that it names as its reader.
    template <typename Use>
    void each_reader(const FactRow& fact, Use&& use) const {
        for (const std::size_t clause : readers_of(fact)) {
            if (slot_of(clause) != slots()) use(slot_of(clause));
        }
    }

    /// Under which conditions somebody hears of the topic.
    WhenSet heard(Topic topic) const { return heard_[topic]; }
    /// Who hears of one topic. Bit i: slot 64 * `word` + i does, under that condition.
    class Row {
    public:
        std::uint64_t operator()(When when, std::size_t word) const {
            return bits_[static_cast<std::size_t>(when) * words_ + word];
        }

    private:
        friend class Dispatch;
        Row(const std::uint64_t* bits, std::size_t words) : bits_(bits), words_(words) {}
        const std::uint64_t* bits_;
        std::size_t words_;
    };
    Row row(Topic topic) const { return {&listeners_[place(topic, When::always, 0)], words_}; }
    /// Whoever hears anything of the kind of event, under any condition.
    std::uint64_t everybody(EventKind kind, std::size_t word) const {
        return everybody_[static_cast<std::size_t>(kind) * words_ + word];
    }

private:
    static std::vector<std::size_t> readers_of(const FactRow& fact);
    std::size_t place(Topic topic, When when, std::size_t word) const {
        constexpr auto conditions = static_cast<std::size_t>(When::count_);
        return (topic * conditions + static_cast<std::size_t>(when)) * words_ + word;
    }

    std::vector<std::size_t> chosen_;
    std::vector<const Clause*> clauses_;
    std::vector<Monitor> monitors_;
    std::vector<std::size_t> at_end_;
    std::vector<std::size_t> slot_of_;
    std::size_t words_ = 0;
    std::array<WhenSet, topic_count> heard_{};
    std::vector<std::uint64_t> listeners_;
    std::vector<std::uint64_t> everybody_;
};

}  // namespace utsim
