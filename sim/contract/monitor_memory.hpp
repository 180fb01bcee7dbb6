// SPDX-License-Identifier: MIT
/// The numbers that monitors keep: one for each engine, for each task and for all, of each monitor,
/// and as many moments. It knows which monitors keep any that is not 0, for those wait for
/// something.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "contract/undo_list.hpp"

namespace utsim {

/// No step.
inline constexpr std::uint64_t never = ~std::uint64_t{0};

/// What a number is about, and whether it is a value, a step, or a count that is compared.
enum class Keeping : std::uint8_t {
    of_engine,
    of_task,
    of_all,
    moment_of_engine,
    moment_of_task,
    moment_of_all,
    count_of_engine,
    count_of_task,
    count_,
};

class MonitorMemory {
public:
    /// Everything is 0, for so many monitors.
    void clear(std::size_t monitors);

    /// Of monitor `slot`, about the engine or task `id`.
    std::uint64_t get(Keeping what, std::size_t slot, std::uint32_t id) const {
        return list(what).at(place(slot, id));
    }
    const std::uint64_t& at(Keeping what, std::size_t slot, std::uint32_t id) const {
        return list(what).at(place(slot, id));
    }
    void set(Keeping what, std::size_t slot, std::uint32_t id, std::uint64_t value) {
        UndoList<std::uint64_t>& list = lists_[static_cast<std::size_t>(what)];
        const std::uint64_t was = list.at(place(slot, id));
        if (was == value) return;
        list.edit(place(slot, id)) = value;
        count(slot, was, value);
    }

    /// Everything that monitor `slot` keeps is 0.
    void forget(std::size_t slot);

    /// Bit i is set when monitor 64 * `word` + i keeps a number that is not 0.
    std::uint64_t armed(std::size_t word) const { return armed_[word]; }

    using Mark =
        std::array<UndoList<std::uint64_t>::Mark, static_cast<std::size_t>(Keeping::count_)>;
    Mark mark();
    void rewind(const Mark& mark);

    /// Calls `f(slot, id, value)` for each number that is not 0, by monitor and then by id.
    template <typename F>
    void each(Keeping what, F&& f) const {
        const UndoList<std::uint64_t>& numbers = list(what);
        const std::uint32_t ids = ids_in(numbers);
        for (std::size_t word = 0; word < armed_.size(); ++word) {
            for (std::uint64_t left = armed_[word]; left != 0; left &= left - 1) {
                const std::size_t slot =
                    64 * word + static_cast<std::size_t>(std::countr_zero(left));
                for (std::uint32_t id = 0; id < ids; ++id) {
                    const std::uint64_t& value = numbers.at(place(slot, id));
                    if (value != 0) f(slot, id, value);
                }
            }
        }
    }

    /// All that is kept, see described.hpp: a record for each number that is not 0, which has the
    /// monitor, whom it is about, and the number.
    template <typename V>
    void describe(V& v) const {
        for (std::size_t i = 0; i < lists_.size(); ++i) {
            const auto what = static_cast<Keeping>(i);
            each(what, [&](std::size_t slot, std::uint32_t id, std::uint64_t value) {
                v.record("number", static_cast<std::uint32_t>(i));
                v.plain("monitor", slot);
                v.plain("about", id);
                const std::uint64_t kept = value - 1;
                if (what <= Keeping::of_all) return v.plain("value", value);
                if (what <= Keeping::moment_of_all) return v.stamp("step", kept);
                v.count("count", kept);
            });
        }
    }

private:
    const UndoList<std::uint64_t>& list(Keeping what) const {
        return lists_[static_cast<std::size_t>(what)];
    }
    std::uint32_t ids_in(const UndoList<std::uint64_t>& numbers) const {
        return slots_ == 0 ? 0 : static_cast<std::uint32_t>((numbers.size() + slots_ - 1) / slots_);
    }
    std::uint32_t place(std::size_t slot, std::uint32_t id) const {
        return static_cast<std::uint32_t>(id * slots_ + slot);
    }
    void clear_numbers();
    void count(std::size_t slot, std::uint64_t was, std::uint64_t is) {
        if (was == 0 && ++kept_[slot] == 1) armed_[slot / 64] |= std::uint64_t{1} << slot % 64;
        if (is == 0 && --kept_[slot] == 0) armed_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
    }

    std::size_t slots_ = 0;
    std::array<UndoList<std::uint64_t>, static_cast<std::size_t>(Keeping::count_)> lists_;
    std::vector<std::uint32_t> kept_;   ///< numbers that are not 0, of each monitor
    std::vector<std::uint64_t> armed_;  ///< a bit for each monitor that has one
};

/// A number that the monitor in charge keeps. To read it costs nothing; a change is written down.
class Number {
public:
    Number(MonitorMemory& memory, Keeping what, std::size_t slot, std::uint32_t id)
        : memory_(memory),
          slot_(slot),
          id_(id),
          what_(what) {}

    operator std::uint64_t() const { return is_nobody() ? 0 : memory_.get(what_, slot_, id_); }
    Number& operator=(std::uint64_t value) {
        // A trace that somebody has edited may tell of something that nobody did. Nothing is kept
        // of it.
        if (!is_nobody()) memory_.set(what_, slot_, id_, value);
        return *this;
    }
    Number& operator=(const Number& other) { return *this = std::uint64_t{other}; }
    Number(const Number&) = default;
    Number& operator|=(std::uint64_t bits) { return *this = *this | bits; }
    Number& operator&=(std::uint64_t bits) { return *this = *this & bits; }
    Number& operator++() { return *this = *this + 1; }

private:
    bool is_nobody() const { return id_ == ~std::uint32_t{0}; }

    MonitorMemory& memory_;
    std::size_t slot_;
    std::uint32_t id_;
    Keeping what_;
};

/// A step, or a count, that the monitor in charge keeps; or `never`.
class Moment {
public:
    explicit Moment(const Number& number) : number_(number) {}

    operator std::uint64_t() const { return std::uint64_t{number_} - 1; }  // 0 is `never`
    Moment& operator=(std::uint64_t step) {
        number_ = step + 1;
        return *this;
    }
    Moment& operator=(const Moment& other) { return *this = std::uint64_t{other}; }
    Moment(const Moment&) = default;

private:
    Number number_;
};

}  // namespace utsim
