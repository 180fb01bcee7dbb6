// SPDX-License-Identifier: MIT
// PCMPESTRM PCMPESTRI PCMPISTRM PCMPISTRI: two strings of up to 16 bytes or 8 words are compared,
// each element of the one with each of the other; the immediate says how, and what becomes of it.
#include <algorithm>
#include <bit>

#include "cpu/handler_sets_vector.hpp"
#include "cpu/vector.hpp"

namespace utsim::cpu {
namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr std::uint8_t rax = 0, rcx = 1, rdx = 2;

struct String {
    std::array<std::int32_t, 16> at{};
    unsigned length = 0;
};

class StringCompare {
public:
    explicit StringCompare(u64 immediate)
        : words_((immediate & 1) != 0),
          is_signed_((immediate & 2) != 0),
          how_(immediate >> 2 & 3),
          polarity_(immediate >> 4 & 3),
          elements_(words_ ? 8 : 16) {}

    unsigned elements() const { return elements_; }

    /// Ends before the first zero.
    String implicit(const Xmm& x) const {
        String s = read(x);
        s.length = static_cast<unsigned>(std::find(s.at.begin(), s.at.begin() + elements_, 0) -
                                         s.at.begin());
        return s;
    }
    /// Has as many elements as a register says, or all if it says more; the sign does not count.
    template <typename T>
    String explicit_(const Xmm& x, T length) const {
        String s = read(x);
        if (length >> (8 * sizeof(T) - 1) != 0) length = T{0} - length;
        s.length = static_cast<unsigned>(std::min<T>(length, static_cast<T>(elements_)));
        return s;
    }

    /// A bit for each element of `b`.
    u32 compare(const String& a, const String& b) const {
        u32 bits = 0;
        for (unsigned j = 0; j < elements_; ++j) bits |= static_cast<u32>(matches(a, b, j)) << j;
        const u32 all = (1u << elements_) - 1;
        if (polarity_ == 1) bits ^= all;
        if (polarity_ == 3) bits ^= (1u << b.length) - 1;
        return bits & all;
    }

private:
    String read(const Xmm& x) const {
        String s;
        for (unsigned n = 0; n < elements_; ++n) {
            if (words_) {
                const u16 word = lanes<u16>(x)[n];
                s.at[n] = is_signed_ ? static_cast<std::int16_t>(word) : std::int32_t{word};
            } else {
                const u8 byte = lanes<u8>(x)[n];
                s.at[n] = is_signed_ ? static_cast<std::int8_t>(byte) : std::int32_t{byte};
            }
        }
        return s;
    }

    bool matches(const String& a, const String& b, unsigned j) const {
        const auto end = a.at.begin() + a.length;
        switch (how_) {
            case 0:  // any of them
                return j < b.length && std::find(a.at.begin(), end, b.at[j]) != end;
            case 1:  // within one of the ranges
                for (unsigned n = 0; j < b.length && n + 1 < a.length; n += 2) {
                    if (a.at[n] <= b.at[j] && b.at[j] <= a.at[n + 1]) return true;
                }
                return false;
            case 2:  // equal at this place, or both at their ends
                if (j >= a.length || j >= b.length) return j >= a.length && j >= b.length;
                return a.at[j] == b.at[j];
            default:  // `a` begins here, or as much of it as there is room for
                for (unsigned n = 0; n < a.length && j + n < elements_; ++n) {
                    if (j + n >= b.length || a.at[n] != b.at[j + n]) return false;
                }
                return true;
        }
    }

    bool words_;
    bool is_signed_;
    u64 how_;
    u64 polarity_;
    unsigned elements_;
};

/// The result as a mask in XMM0: bits, or whole elements.
Xmm as_mask(u32 bits, unsigned elements, bool expanded) {
    if (!expanded) return {{bits, 0}};
    Lanes<u8, Xmm> out;
    const unsigned width = 16 / elements;
    for (unsigned n = 0; n < 16; ++n) out[n] = (bits >> n / width & 1) != 0 ? 0xff : 0;
    return vector_of<Xmm>(out);
}

unsigned as_index(u32 bits, unsigned elements, bool last) {
    if (bits == 0) return elements;
    return static_cast<unsigned>(last ? 31 - std::countl_zero(bits) : std::countr_zero(bits));
}

template <bool Explicit, bool Mask>
struct CompareStrings {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        Xmm second = c.r.fpu.xmm[i.source & 15];
        if (S == Shape::rm && !c.load(i, second)) return Status::fault;
        const Xmm first = c.r.fpu.xmm[i.destination];
        const StringCompare compare(i.immediate);
        const String a =
            Explicit ? compare.explicit_(first, c.reg<T>(rax)) : compare.implicit(first);
        const String b =
            Explicit ? compare.explicit_(second, c.reg<T>(rdx)) : compare.implicit(second);
        const u32 bits = compare.compare(a, b);
        const unsigned elements = compare.elements();
        const bool option = (i.immediate & 0x40) != 0;
        if constexpr (Mask) {
            c.r.fpu.xmm[0] = as_mask(bits, elements, option);
        } else {
            c.set_reg<u32>(rcx, as_index(bits, elements, option));
        }
        c.flags.load((bits != 0 ? flag::cf : 0) | (b.length < elements ? flag::zf : 0) |
                     (a.length < elements ? flag::sf : 0) | ((bits & 1) != 0 ? flag::of : 0));
        return Status::retired;
    }
};

template <bool Explicit, bool Mask>
consteval HandlerSet compare_strings() {
    return sized_handlers<CompareStrings<Explicit, Mask>, Shape::rr, Shape::rm>();
}

}  // namespace

namespace execute {
constinit const HandlerSet pcmpestrm = compare_strings<true, true>();
constinit const HandlerSet pcmpestri = compare_strings<true, false>();
constinit const HandlerSet pcmpistrm = compare_strings<false, true>();
constinit const HandlerSet pcmpistri = compare_strings<false, false>();
}  // namespace execute
}  // namespace utsim::cpu
