// SPDX-License-Identifier: MIT
/// `UndoList<T>`: a list of records that can go back to what it was at a mark.
///
/// A search marks every moment, and between two moments an event changes one or two records. So a
/// mark is a number: the first change of a record behind it saves what the record was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace utsim {

template <typename T>
class UndoList {
public:
    struct Mark {
        std::size_t saved = 0;
        std::size_t size = 0;
    };

    std::size_t size() const { return items_.size(); }
    /// What nobody ever edited is as it is made.
    const T& at(std::uint32_t index) const {
        static const T nothing{};
        return index < items_.size() ? items_[index] : nothing;
    }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

    /// Of nobody: what is written there is forgotten.
    static constexpr std::uint32_t nobody = ~std::uint32_t{0};

    /// To be changed. Valid until the next call.
    T& edit(std::uint32_t index) {
        if (index == nobody) return nobody_ = T();
        if (index >= items_.size()) items_.resize(index + 1);
        if (age_ != 0) save(index);
        return items_[index];
    }

    void clear() {
        items_.clear();
        forget_marks();
    }
    /// The records stay, and nobody will ask for what they were. What is done with `plain` then is
    /// as if they had been made so.
    void forget_marks() {
        saved_.clear();
        age_ = 0;
    }
    /// To be changed while there are no marks.
    T& plain(std::uint32_t index) { return items_[index]; }

    Mark mark() {
        age_ = ++ages_;
        return {saved_.size(), items_.size()};
    }
    /// Back to `mark`, any number of times. Marks made since are void.
    void rewind(const Mark& mark) {
        rewind(mark, [](std::uint32_t, const T&, const T&) {});
    }
    /// Likewise; calls `f(index, is, was)` before `is` becomes again what it `was`.
    template <typename F>
    void rewind(const Mark& mark, F&& f) {
        while (saved_.size() > mark.saved) {
            const Saved& last = saved_.back();
            f(last.index, items_[last.index], last.was);
            items_[last.index] = last.was;
            saved_.pop_back();
        }
        if (items_.size() != mark.size) items_.resize(mark.size);
        age_ = ++ages_;
    }

private:
    struct Saved {
        std::uint32_t index;
        T was;
    };

    void save(std::uint32_t index) {
        if (index >= saved_in_.size()) saved_in_.resize(items_.size(), 0);
        if (saved_in_[index] == age_) return;
        saved_in_[index] = age_;
        saved_.push_back({index, items_[index]});
    }

    std::vector<T> items_;
    T nobody_{};
    /// In which age each record was saved last, as far as any was. Age 0 is the time before the
    /// first mark: nothing needs to be saved in it. Ages never come again.
    std::vector<std::uint64_t> saved_in_;
    std::vector<Saved> saved_;
    std::uint64_t age_ = 0;
    std::uint64_t ages_ = 0;
};

}  // namespace utsim
