// SPDX-License-Identifier: MIT
// The tables are bits, so that who hears an event is a few ANDs and ORs, and monitors are called in
// the order of their slots whatever condition lets them hear.
#include "contract/dispatch.hpp"

#include <algorithm>
#include <mutex>

#include "base/check.hpp"
#include "contract/fact.hpp"

namespace utsim {

Dispatch::Dispatch(const std::vector<std::size_t>& chosen)
    : chosen_(chosen),
      slot_of_(all_clauses().size(), chosen.size()),
      words_((chosen.size() + 63) / 64),
      listeners_(place(topic_count, When::always, 0)),
      everybody_(topics::event_kinds * words_) {
    for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
        const Clause& clause = *all_clauses()[chosen[slot]];
        clauses_.push_back(&clause);
        monitors_.push_back(clause.monitor);
        if (clause.at_end != nullptr) at_end_.push_back(slot);
        slot_of_[chosen[slot]] = slot;
        const std::uint64_t mine = std::uint64_t{1} << slot % 64;
        for (std::size_t i = 0; i < static_cast<std::size_t>(When::count_); ++i) {
            const auto when = static_cast<When>(i);
            clause.hears.at(when).each([&](Topic topic) {
                listeners_[place(topic, when, slot / 64)] |= mine;
                heard_[topic] |= bit(when);
            });
        }
        const TopicSet all = clause.hears.all();
        for (std::size_t kind = 0; kind < topics::event_kinds; ++kind) {
            if ((all & on(static_cast<EventKind>(kind))).empty()) continue;
            everybody_[kind * words_ + slot / 64] |= mine;
        }
    }
}

std::vector<std::size_t> Dispatch::readers_of(const FactRow& fact) {
    std::vector<std::size_t> clauses;
    std::string_view left = fact.readers;
    while (!left.empty()) {
        const std::string_view id = left.substr(0, left.find(' '));
        left.remove_prefix(std::min(left.size(), id.size() + 1));
        clauses.push_back(find_clause(id));
        UTSIM_CHECK(clauses.back() < all_clauses().size(), "a fact has a reader that there is not");
    }
    return clauses;
}

bool Dispatch::is_read(const FactRow& fact) const {
    bool read = fact.readers.empty();
    each_reader(fact, [&](std::size_t) { read = true; });
    return read;
}

std::shared_ptr<const Dispatch> Dispatch::of(const std::vector<std::size_t>& chosen) {
    // Nothing of a run depends on what is in the store: a table follows from its choice.
    static std::mutex mutex;
    static std::shared_ptr<const Dispatch> last;
    const std::lock_guard<std::mutex> lock(mutex);
    if (last == nullptr || last->chosen() != chosen) last = std::make_shared<Dispatch>(chosen);
    return last;
}

}  // namespace utsim
