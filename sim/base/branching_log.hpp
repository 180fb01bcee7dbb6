// SPDX-License-Identifier: MIT
/// `BranchingLog<T>`: a log that only grows, and that can go back to where it was at some moment,
/// also to one on another branch.
///
/// A moment holds what was added since the moment before it, so keeping every moment of a long run
/// costs no more than the run.
#pragma once

#include <cstddef>
#include <vector>

#include "base/growing_array.hpp"
#include "base/ref.hpp"

namespace utsim {

template <typename T>
class BranchingLog {
public:
    /// What was added between two moments, and all that came before.
    class Part : public RefCounted<Part> {
    public:
        Part(Ref<Part> before, std::vector<T> added)
            : before_(std::move(before)),
              added_(std::move(added)),
              end_((before_ ? before_->end_ : 0) + added_.size()) {}
        ~Part() {
            // One by one: a long chain would end one destructor inside the other.
            Ref<Part> next = std::move(before_);
            while (next && !next->shared()) next = Ref<Part>(std::exchange(next->before_, {}));
        }

    private:
        friend class BranchingLog;
        Ref<Part> before_;
        std::vector<T> added_;
        std::size_t end_;
    };
    using Moment = Ref<Part>;

    const GrowingArray<T>& items() const { return items_; }
    void add(const T& item) { items_.push_back(item); }
    void clear() {
        items_.clear();
        kept_ = {};
    }

    /// The log as of now.
    Moment moment() {
        const std::size_t kept = end_of(kept_);
        if (items_.size() > kept) {
            const T* first = items_.begin() + kept;
            kept_ = Moment(new Part(kept_, std::vector<T>(first, items_.end())));
        }
        return kept_;
    }

    /// Back, or over, to `moment`.
    void go_to(const Moment& moment) {
        std::vector<const Part*> missing;  // on the way to `moment`, the last one first
        const Part* have = kept_.get();
        const Part* want = moment.get();
        while (have != want) {
            if (end_of(have) >= end_of(want)) {
                have = have->before_.get();
            } else {
                missing.push_back(want);
                want = want->before_.get();
            }
        }
        items_.shorten(end_of(have));
        for (auto part = missing.rbegin(); part != missing.rend(); ++part) {
            items_.append((*part)->added_);
        }
        kept_ = moment;
    }

private:
    static std::size_t end_of(const Part* part) { return part != nullptr ? part->end_ : 0; }
    static std::size_t end_of(const Moment& moment) { return end_of(moment.get()); }

    GrowingArray<T> items_;
    Moment kept_;  ///< the last moment at which the log was what it begins with
};

}  // namespace utsim
