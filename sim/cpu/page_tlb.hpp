// SPDX-License-Identifier: MIT
/// A small direct-mapped cache from page address to host bytes: what makes a guest access cheap.
///
/// A tag says that one kind of access needs no further check. A write tag is only given while the
/// page belongs to this space alone and holds no decoded code, so copying on write and
/// self-modifying code are noticed without a test on the fast path. An entry never has a write
/// tag and a fetch tag at once. While data breakpoints are armed, a page with a watched byte gets
/// neither a read nor a write tag, so that each access to it takes the slow way, which looks.
#pragma once

#include <bit>
#include <cstdint>

#include "cpu/page.hpp"

namespace utsim::cpu {

class AddressSpace;
class DataWatch;

struct PageTlb {
    static constexpr unsigned entries = 64;
    /// Equal to no page address.
    static constexpr std::uint64_t no_page = 1;

    struct Entry {
        std::uint64_t read_tag = no_page;
        std::uint64_t write_tag = no_page;
        std::uint64_t fetch_tag = no_page;
        std::uint8_t* bytes = nullptr;
        Page* page = nullptr;  ///< null for a page that reads as zeroes and was never written
    };

    Entry entry[entries];
    const AddressSpace* owner = nullptr;  ///< whose pages these are
    std::uint64_t used = 0;               ///< bit i: entry i may hold a tag
    /// What was executed last, and the pool's `code_epoch` then: good as long as that is the same.
    std::uint64_t code_tag = no_page;
    std::uint64_t code_epoch = 0;
    CodePage* code = nullptr;
    DataWatch* watch = nullptr;  ///< what is armed while instructions run, or null

    static unsigned slot(std::uint64_t address) {
        return static_cast<unsigned>(address >> 12) & (entries - 1);
    }
    Entry& at(std::uint64_t address) { return entry[slot(address)]; }

    /// The entry for `address`, emptied first when it holds another page.
    Entry& take(std::uint64_t address) {
        const unsigned i = slot(address);
        used |= std::uint64_t{1} << i;
        return entry[i];
    }

    /// Every entry that may hold a tag.
    template <typename Visit>
    void for_each(Visit&& visit) {
        for (std::uint64_t left = used; left != 0; left &= left - 1) {
            visit(entry[std::countr_zero(left)]);
        }
    }

    void flush() {
        code_tag = no_page;
        for (; used != 0; used &= used - 1) entry[std::countr_zero(used)] = Entry{};
    }
    /// Takes the right to write without asking from every entry: the pages became shared.
    void disarm_writes() {
        for_each([](Entry& e) { e.write_tag = no_page; });
    }
};

}  // namespace utsim::cpu
