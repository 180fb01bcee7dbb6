// SPDX-License-Identifier: MIT
// Moves between vector registers, general registers and memory, parts of registers in and out, sign
// masks. A cache is nothing that a program of ours could notice, so those "non-temporal" are moves.
#include <type_traits>

#include "cpu/handler_sets_vector.hpp"
#include "cpu/vector.hpp"

namespace utsim::cpu {
namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr std::uint8_t rdi = 7;

// -- Into an XMM or MMX register.

struct Copy {
    template <typename V>
    static V apply(const V&, const V& b) {
        return b;
    }
};
struct CopyLow {  // MOVQ: zeroes above
    static Xmm apply(const Xmm&, const Xmm& b) { return {{b.half[0], 0}}; }
};
struct LowFromLow {
    static Xmm apply(const Xmm& a, const Xmm& b) { return {{b.half[0], a.half[1]}}; }
};
struct HighFromLow {
    static Xmm apply(const Xmm& a, const Xmm& b) { return {{a.half[0], b.half[0]}}; }
};
struct LowFromHigh {
    static Xmm apply(const Xmm& a, const Xmm& b) { return {{b.half[1], a.half[1]}}; }
};

/// MOVUPS, MOVUPD, MOVDQU, LDDQU.
struct LoadUnaligned {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        Xmm value = c.r.fpu.xmm[i.source & 15];
        if (S == Shape::rm && !c.load(i, value)) return Status::fault;
        set_vector(c, i.destination, value);
        return Status::retired;
    }
};

/// `to` with its lowest T from `from`.
template <typename T>
Xmm with_low(const Xmm& to, const Xmm& from) {
    auto x = lanes<T>(to);
    x[0] = lanes<T>(from)[0];
    return vector_of<Xmm>(x);
}

/// MOVSS, MOVSD: from a register the rest stays, from memory it becomes zero.
template <typename T>
struct LoadScalar {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        Xmm value;
        if (!read_vector<S, T>(c, i, value)) return Status::fault;
        const Xmm old = c.r.fpu.xmm[i.destination];
        set_vector(c, i.destination, S == Shape::rm ? value : with_low<T>(old, value));
        return Status::retired;
    }
};

/// MOVD and MOVQ from a general register.
template <typename V>
struct FromGeneral {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        if constexpr (sizeof(V) == 8) {
            enter_mmx(c.r.fpu);
            set_vector(c, i.destination, Mmx{value});
        } else {
            set_vector(c, i.destination, Xmm{{value, 0}});
        }
        return Status::retired;
    }
};

// -- Out of one.

struct StoreAligned {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        const Xmm value = c.r.fpu.xmm[i.source];
        if constexpr (S == Shape::mr) return store_aligned(c, i, value);
        set_vector(c, i.destination, value);
        return Status::retired;
    }
};
struct StoreUnaligned {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        const Xmm value = c.r.fpu.xmm[i.source];
        if constexpr (S == Shape::mr) return c.store(i, value) ? c.stored() : Status::fault;
        set_vector(c, i.destination, value);
        return Status::retired;
    }
};

/// MOVSS, MOVSD: in a register, the rest stays.
template <typename T>
struct StoreScalar {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        const Xmm value = c.r.fpu.xmm[i.source];
        if constexpr (S == Shape::mr) {
            return c.store(i, lanes<T>(value)[0]) ? c.stored() : Status::fault;
        }
        set_vector(c, i.destination, with_low<T>(c.r.fpu.xmm[i.destination], value));
        return Status::retired;
    }
};

/// MOVQ, MOVLPS, MOVHPS: half a register; into a register with zeroes above.
template <unsigned Half>
struct StoreHalf {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        const u64 value = c.r.fpu.xmm[i.source].half[Half];
        if constexpr (S == Shape::mr) return c.store(i, value) ? c.stored() : Status::fault;
        set_vector(c, i.destination, Xmm{{value, 0}});
        return Status::retired;
    }
};

struct StoreMmx {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if (!mmx_permitted(c)) return Status::fault;
        const Mmx value = vector_register<Mmx>(c, i.source);
        if (S == Shape::mr && !c.store(i, value.bits)) return Status::fault;
        enter_mmx(c.r.fpu);
        if constexpr (S == Shape::mr) return c.stored();
        set_vector(c, i.destination, value);
        return Status::retired;
    }
};

template <typename V>
struct ToGeneral {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        const T value = lanes<T>(vector_register<V>(c, i.source))[0];
        if (S == Shape::mr && !c.store(i, value)) return Status::fault;
        if constexpr (sizeof(V) == 8) enter_mmx(c.r.fpu);
        if constexpr (S == Shape::mr) return c.stored();
        c.set_reg<T>(i.destination, value);
        return Status::retired;
    }
};

// -- Between MMX and XMM.

struct MmxToXmm {  // MOVQ2DQ
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if (!mmx_permitted(c)) return Status::fault;
        const Mmx value = vector_register<Mmx>(c, i.source);
        enter_mmx(c.r.fpu);
        set_vector(c, i.destination, Xmm{{value.bits, 0}});
        return Status::retired;
    }
};
struct XmmToMmx {  // MOVDQ2Q
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if (!mmx_permitted(c)) return Status::fault;
        enter_mmx(c.r.fpu);
        set_vector(c, i.destination, Mmx{c.r.fpu.xmm[i.source].half[0]});
        return Status::retired;
    }
};

// -- One lane.

template <typename V>
unsigned lane_number(const Instruction& i, std::size_t lane_bytes) {
    return static_cast<unsigned>(i.immediate & (sizeof(V) / lane_bytes - 1));
}

/// PINSRW and its like; `T` is the operand size, of which a lane of type `Lane` is taken.
template <typename V, typename Lane>
struct Insert {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        using Element = std::conditional_t<std::is_void_v<Lane>, T, Lane>;
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        Element value{};
        if constexpr (S == Shape::rm) {
            if (!c.load(i, value)) return Status::fault;
        } else {
            value = static_cast<Element>(c.r.gpr[i.source]);
        }
        auto x = lanes<Element>(vector_register<V>(c, i.destination));
        if constexpr (sizeof(V) == 8) enter_mmx(c.r.fpu);
        x[lane_number<V>(i, sizeof(Element))] = value;
        set_vector(c, i.destination, vector_of<V>(x));
        return Status::retired;
    }
};

/// PEXTRW and its like: into a register with zeroes above.
template <typename V, typename Lane>
struct Extract {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        using Element = std::conditional_t<std::is_void_v<Lane>, T, Lane>;
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        const auto x = lanes<Element>(vector_register<V>(c, i.source));
        const Element value = x[lane_number<V>(i, sizeof(Element))];
        if constexpr (sizeof(V) == 8) enter_mmx(c.r.fpu);
        if constexpr (S == Shape::mr) return c.store(i, value) ? c.stored() : Status::fault;
        c.set_reg<u64>(i.destination, value);
        return Status::retired;
    }
};

/// PMOVMSKB, MOVMSKPS, MOVMSKPD: the top bit of each lane.
template <typename V, typename Lane>
struct SignMask {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        const auto x = lanes<Lane>(vector_register<V>(c, i.source));
        if constexpr (sizeof(V) == 8) enter_mmx(c.r.fpu);
        u64 mask = 0;
        for (std::size_t n = 0; n < x.size(); ++n) {
            mask |= static_cast<u64>(x[n] >> (8 * sizeof(Lane) - 1)) << n;
        }
        c.set_reg<u64>(i.destination, mask);
        return Status::retired;
    }
};

/// MASKMOVQ, MASKMOVDQU: the bytes of the first operand whose byte of the second has its top bit
/// set, at RDI. All of the memory must be writable, whatever the mask is, and for RFLAGS.AC aligned
/// to eight bytes.
template <typename V>
struct MaskedStore {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (sizeof(V) == 8) {
            if (!mmx_permitted(c)) return Status::fault;
        }
        u64 address = c.r.gpr[rdi];
        if (i.has(instruction_flag::address32)) address = static_cast<u32>(address);
        address += c.word_at(i.segment);
        if constexpr (sizeof(V) == 8) enter_mmx(c.r.fpu);  // even if a fault follows
        const auto x = lanes<u8>(vector_register<V>(c, i.destination));
        const auto mask = lanes<u8>(vector_register<V>(c, i.source));
        if (c.checks_alignment && !c.aligned(address, sizeof(u64))) return Status::fault;
        if (!c.memory.check(address, sizeof(V), Access::write, c.memory_fault)) {
            c.access_failed(Segment::data);
            return Status::fault;
        }
        for (std::size_t n = 0; n < x.size(); ++n) {
            if ((mask[n] & 0x80) == 0) continue;
            if (!c.store(address + n, x[n], Segment::data)) return Status::fault;
        }
        return c.stored();
    }
};

// -- What belongs to no register in particular.

Status emms(Core& c, const Instruction&) {
    if (!mmx_permitted(c)) return Status::fault;
    enter_mmx(c.r.fpu);
    c.r.fpu.ftw = 0;
    return Status::retired;
}

struct LoadMxcsr {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        u32 value{};
        if (!c.load(i, value)) return Status::fault;
        if ((value & ~c.r.fpu.mxcsr_mask) != 0) return c.protect("MXCSR has no such bit");
        c.r.fpu.mxcsr = value;
        return Status::retired;
    }
};
struct StoreMxcsr {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        return c.store(i, c.r.fpu.mxcsr) ? c.stored() : Status::fault;
    }
};

/// CLFLUSH is checked like a read of one byte, and has nothing to do.
struct FlushLine {
    template <Shape S>
    static Status run(Core& c, const Instruction& i) {
        u8 value{};
        return c.load(i, value) ? Status::retired : Status::fault;
    }
};

template <typename Op>
consteval HandlerSet loads() {
    return vector_handlers<Op, Shape::rr, Shape::rm>();
}
template <typename Op>
consteval HandlerSet stores() {
    return vector_handlers<Op, Shape::rr, Shape::mr>();
}
template <typename Op>
consteval HandlerSet at_memory() {
    return handlers_of_any_size<Op, Shape::m>();
}

}  // namespace

namespace execute {
constinit const HandlerSet movaps_load = on_xmm<Copy>();
constinit const HandlerSet movaps_store = stores<StoreAligned>();
constinit const HandlerSet movups_load = loads<LoadUnaligned>();
constinit const HandlerSet movups_store = stores<StoreUnaligned>();
constinit const HandlerSet movss_load = loads<LoadScalar<u32>>();
constinit const HandlerSet movss_store = stores<StoreScalar<u32>>();
constinit const HandlerSet movsd_load = loads<LoadScalar<u64>>();
constinit const HandlerSet movsd_store = stores<StoreScalar<u64>>();
constinit const HandlerSet movlps_load = on_xmm<LowFromLow, u64>();
constinit const HandlerSet movhps_load = on_xmm<HighFromLow, u64>();
constinit const HandlerSet movhlps = on_xmm<LowFromHigh>();
constinit const HandlerSet movlps_store = stores<StoreHalf<0>>();
constinit const HandlerSet movhps_store = stores<StoreHalf<1>>();
constinit const HandlerSet movq_load = on_xmm<CopyLow, u64>();
constinit const VectorSets movd_load = {sized_handlers<FromGeneral<Mmx>, Shape::rr, Shape::rm>(),
                                        sized_handlers<FromGeneral<Xmm>, Shape::rr, Shape::rm>()};
constinit const VectorSets movd_store = {sized_handlers<ToGeneral<Mmx>, Shape::rr, Shape::mr>(),
                                         sized_handlers<ToGeneral<Xmm>, Shape::rr, Shape::mr>()};
constinit const HandlerSet movq_mmx_load = on_mmx<Copy>();
constinit const HandlerSet movq_mmx_store = stores<StoreMmx>();
constinit const HandlerSet movq2dq = loads<MmxToXmm>();
constinit const HandlerSet movdq2q = loads<XmmToMmx>();
constinit const VectorSets pinsrw = {sized_handlers<Insert<Mmx, u16>, Shape::rr, Shape::rm>(),
                                     sized_handlers<Insert<Xmm, u16>, Shape::rr, Shape::rm>()};
constinit const HandlerSet pinsrb = sized_handlers<Insert<Xmm, u8>, Shape::rr, Shape::rm>();
constinit const HandlerSet pinsrd = sized_handlers<Insert<Xmm, void>, Shape::rr, Shape::rm>();
constinit const VectorSets pextrw = {sized_handlers<Extract<Mmx, u16>, Shape::rr>(),
                                     sized_handlers<Extract<Xmm, u16>, Shape::rr, Shape::mr>()};
constinit const HandlerSet pextrb = sized_handlers<Extract<Xmm, u8>, Shape::rr, Shape::mr>();
constinit const HandlerSet pextrd = sized_handlers<Extract<Xmm, void>, Shape::rr, Shape::mr>();
constinit const HandlerSet extractps = sized_handlers<Extract<Xmm, u32>, Shape::rr, Shape::mr>();
constinit const VectorSets pmovmskb = {vector_handlers<SignMask<Mmx, u8>, Shape::rr>(),
                                       vector_handlers<SignMask<Xmm, u8>, Shape::rr>()};
constinit const HandlerSet movmskps = vector_handlers<SignMask<Xmm, u32>, Shape::rr>();
constinit const HandlerSet movmskpd = vector_handlers<SignMask<Xmm, u64>, Shape::rr>();
constinit const VectorSets maskmov = {vector_handlers<MaskedStore<Mmx>, Shape::rr>(),
                                      vector_handlers<MaskedStore<Xmm>, Shape::rr>()};
constinit const HandlerSet emms = implied(cpu::emms);
constinit const HandlerSet ldmxcsr = at_memory<LoadMxcsr>();
constinit const HandlerSet stmxcsr = at_memory<StoreMxcsr>();
constinit const HandlerSet clflush = at_memory<FlushLine>();
}  // namespace execute
}  // namespace utsim::cpu
