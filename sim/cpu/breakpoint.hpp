// SPDX-License-Identifier: MIT
/// Breakpoints in debug registers: what DR0 to DR3 and DR7 ask for, and what an access hits.
///
/// Where the manuals leave a choice: a breakpoint on execution is one of a single byte whatever its
/// length says, I/O breakpoints match nothing that user mode does, and of the address of a longer
/// one the low bits are ignored, as the length says. DR6 tells only of enabled breakpoints.
#pragma once

#include <cstdint>

#include "cpu/cpu.hpp"
#include "cpu/page.hpp"

namespace utsim::cpu {

/// DR7.R/W0 to R/W3.
enum class BreakOn : std::uint8_t { execution = 0, write = 1, input_output = 2, access = 3 };

/// One of the four, as DR7 has it.
struct Breakpoint {
    std::uint64_t address = 0;  ///< as it is in DR0 to DR3
    std::uint64_t length = 1;   ///< 1, 2, 4 or 8 bytes
    BreakOn on = BreakOn::execution;
    bool enabled = false;
};
constexpr Breakpoint breakpoint_in(std::uint64_t dr7, unsigned number, std::uint64_t address) {
    constexpr std::uint8_t lengths[4] = {1, 2, 8, 4};
    const auto control = static_cast<unsigned>(dr7 >> (16 + 4 * number));
    return {address, lengths[control >> 2 & 3], static_cast<BreakOn>(control & 3),
            (dr7 >> (2 * number) & 3) != 0};
}

/// The bits in DR6 of the enabled breakpoints on execution of `address`.
inline std::uint8_t execution_hits(const DebugState& debug, std::uint64_t address) {
    unsigned hits = 0;
    for (unsigned n = 0; n < 4; ++n) {
        const Breakpoint point = breakpoint_in(debug.dr7, n, debug.dr[n]);
        const bool hit =
            point.enabled && point.on == BreakOn::execution && point.address == address;
        hits |= static_cast<unsigned>(hit) << n;
    }
    return static_cast<std::uint8_t>(hits);
}

/// The enabled data breakpoints of one task, and which of them were hit. Not initialised before
/// `set`, since most who execute have none.
class DataWatch {
public:
    void set(const DebugState& debug) {
        count_ = hits_ = reads_ = 0;
        for (unsigned n = 0; n < 4; ++n) {
            const Breakpoint point = breakpoint_in(debug.dr7, n, debug.dr[n]);
            const bool data = point.on == BreakOn::write || point.on == BreakOn::access;
            if (!point.enabled || !data) continue;
            const std::uint64_t begin = point.address & ~(point.length - 1);
            range_[count_++] = {begin, point.length, static_cast<std::uint8_t>(1u << n),
                                point.on == BreakOn::access};
        }
    }
    bool empty() const { return count_ == 0; }

    void note(std::uint64_t address, std::uint64_t n, bool write) {
        for (unsigned i = 0; i < count_; ++i) {
            const Range& range = range_[i];
            const bool touches = address - range.begin < range.length || range.begin - address < n;
            if (!touches || !(write || range.reads_too)) continue;
            hits_ |= range.bit;
            if (!write) reads_ |= range.bit;
        }
    }
    bool is_on_page(std::uint64_t page) const {
        for (unsigned i = 0; i < count_; ++i) {
            if (page_of(range_[i].begin) == page) return true;
        }
        return false;
    }
    template <typename Visit>
    void for_each_page(Visit visit) const {
        for (unsigned i = 0; i < count_; ++i) visit(page_of(range_[i].begin));
    }
    /// What was hit since the last call.
    std::uint8_t take_hits() {
        const std::uint8_t hits = hits_;
        hits_ = 0;
        return hits;
    }

    /// Of these, what was read. The processor itself does not tell that.
    std::uint8_t take_reads() {
        const std::uint8_t reads = reads_;
        reads_ = 0;
        return reads;
    }

private:
    /// Aligned by its length, so never in two pages.
    struct Range {
        std::uint64_t begin, length;
        std::uint8_t bit;
        bool reads_too;
    };
    Range range_[4];
    std::uint8_t count_, hits_, reads_;
};

}  // namespace utsim::cpu
