// SPDX-License-Identifier: MIT
/// What numbers of the kernel's structs mean: which are flags, which are signals, which are
/// addresses. A field without a row here is shown as the number that it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.hpp"
#include "event/names.hpp"

namespace utsim::view {

struct Meaning {
    enum class Way : std::uint8_t {
        plain,      ///< as its type says
        hex,        ///< an address, a word of bits without names
        format,     ///< as events write it
        one_of,     ///< one of `names`
        flags,      ///< `names` joined by `|`
        argument,   ///< as arguments of system calls of the type `text` are told
        signals,    ///< a set of signals
        handler,    ///< SIG_DFL, SIG_IGN or an address
        registers,  ///< an array in the order of the encoding, hexadecimal
        by_signal,  ///< an array with one item for each signal
        by_lock,    ///< an array with one item for each class of locks
        ring_of,    ///< a list's head: its members are structs called `text`, linked by `place`
        hidden,     ///< told elsewhere, or nothing that a reader could use
    };
    Way way = Way::plain;
    Format format{};
    Names (*names)() = nullptr;
    std::string_view text;
    std::string_view place;
};

/// Of a field, by its struct's name and its own.
Meaning meaning_of(std::string_view type, std::string_view field);

/// `value` in the words of `meaning`; empty when it is to be a plain number.
std::string in_words(const Meaning& meaning, std::uint64_t value);

}  // namespace utsim::view
