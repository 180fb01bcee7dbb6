// SPDX-License-Identifier: MIT
// BMI1 and BMI2, which come with a VEX prefix, ADCX and ADOX, CRC32, and the instructions for the
// bases of FS and GS. The register that VEX.vvvv names stands in the immediate.
#include <bit>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rdx = 2;

std::uint8_t third(const Instruction& i) { return static_cast<std::uint8_t>(i.immediate); }
template <typename T>
constexpr unsigned width = 8 * sizeof(T);

/// The flags of a result. The manuals leave PF and AF open: PF is that of the result.
template <typename T>
void set_flags(Core& c, T result, bool carry) {
    std::uint64_t bits = carry ? flag::cf : 0;
    if (std::popcount(static_cast<std::uint8_t>(result)) % 2 == 0) bits |= flag::pf;
    if (result == 0) bits |= flag::zf;
    if ((result >> (width<T> - 1)) != 0) bits |= flag::sf;
    c.flags.load(bits);
}

struct Andn {
    template <typename T>
    static T apply(Core& c, T value, T other) {
        const T result = static_cast<T>(~other & value);
        set_flags(c, result, false);
        return result;
    }
};
struct Bzhi {
    template <typename T>
    static T apply(Core& c, T value, T other) {
        const unsigned n = other & 0xff;
        const T result = n < width<T> ? static_cast<T>(value & ((T{1} << n) - 1)) : value;
        set_flags(c, result, n >= width<T>);
        return result;
    }
};
struct Bextr {
    template <typename T>
    static T apply(Core& c, T value, T other) {
        const unsigned start = other & 0xff, length = (other >> 8) & 0xff;
        T result = start < width<T> ? static_cast<T>(value >> start) : T{0};
        if (length < width<T>) result &= static_cast<T>((T{1} << length) - 1);
        set_flags(c, result, false);
        c.flags.load((c.flags.bits() & ~flag::sf) | flag::af);
        return result;
    }
};
struct Pdep {
    template <typename T>
    static T apply(Core&, T mask, T value) {
        T result = 0;
        for (; mask != 0; mask &= static_cast<T>(mask - 1), value >>= 1) {
            if ((value & 1) != 0) result |= static_cast<T>(mask & -mask);
        }
        return result;
    }
};
struct Pext {
    template <typename T>
    static T apply(Core&, T mask, T value) {
        T result = 0;
        for (T bit = 1; mask != 0; mask &= static_cast<T>(mask - 1), bit <<= 1) {
            if ((value & mask & -mask) != 0) result |= bit;
        }
        return result;
    }
};
struct Shlx {
    template <typename T>
    static T apply(Core&, T value, T other) {
        return static_cast<T>(value << (other & (width<T> - 1)));
    }
};
struct Shrx {
    template <typename T>
    static T apply(Core&, T value, T other) {
        return static_cast<T>(value >> (other & (width<T> - 1)));
    }
};
struct Sarx {
    template <typename T>
    static T apply(Core&, T value, T other) {
        using Signed = std::make_signed_t<T>;
        return static_cast<T>(static_cast<Signed>(value) >> (other & (width<T> - 1)));
    }
};

/// ModRM.reg gets what is made of ModRM.rm and VEX.vvvv.
template <typename Op>
struct ThreeOperands {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        c.set_reg<T>(i.destination, Op::template apply<T>(c, value, c.reg<T>(third(i))));
        return Status::retired;
    }
};

struct Blsr {
    template <typename T>
    static T apply(T a) {
        return static_cast<T>(a & (a - 1));
    }
    static bool carry(bool zero) { return zero; }
};
struct Blsmsk {
    template <typename T>
    static T apply(T a) {
        return static_cast<T>(a ^ (a - 1));
    }
    static bool carry(bool zero) { return zero; }
};
struct Blsi {
    template <typename T>
    static T apply(T a) {
        return static_cast<T>(a & -a);
    }
    static bool carry(bool zero) { return !zero; }
};

/// VEX.vvvv gets what is made of ModRM.rm.
template <typename Op>
struct LowestBit {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        const T result = Op::template apply<T>(value);
        set_flags(c, result, Op::carry(value == 0));
        c.set_reg<T>(third(i), result);
        return Status::retired;
    }
};

struct Mulx {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(value) * c.reg<T>(rdx);
        c.set_reg<T>(third(i), static_cast<T>(product));
        c.set_reg<T>(i.destination, static_cast<T>(product >> width<T>));
        return Status::retired;
    }
};

struct Rorx {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        const auto by = static_cast<int>(i.immediate & (width<T> - 1));
        c.set_reg<T>(i.destination, std::rotr(value, by));
        return Status::retired;
    }
};

/// ADC with a carry of its own, which is the only flag that it looks at or changes.
template <std::uint64_t Carry>
struct AddCarry {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        const std::uint64_t old = c.flags.bits();
        const T sum = static_cast<T>(c.reg<T>(i.destination) + value);
        const T result = static_cast<T>(sum + ((old & Carry) != 0 ? 1 : 0));
        const bool carry = sum < value || result < sum;
        c.set_reg<T>(i.destination, result);
        c.flags.load((old & ~Carry) | (carry ? Carry : 0));
        return Status::retired;
    }
};

/// CRC-32C of so many bytes more, low bit first.
template <typename T>
std::uint32_t crc32c(std::uint32_t crc, T data) {
    constexpr std::uint32_t polynomial = 0x82f63b78;
    for (unsigned n = 0; n < sizeof(T); ++n) {
        crc ^= static_cast<std::uint8_t>(std::uint64_t{data} >> (8 * n));
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
    }
    return crc;
}

struct Crc32 {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        c.set_reg(i.destination, crc32c(c.reg<std::uint32_t>(i.destination), value));
        return Status::retired;
    }
};
struct Crc32Byte {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        return Crc32::run<S, std::uint8_t>(c, i);
    }
};

template <std::uint64_t Registers::* Base>
struct ReadBase {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        c.set_reg<T>(i.destination, static_cast<T>(c.r.*Base));
        return Status::retired;
    }
};
template <std::uint64_t Registers::* Base>
struct WriteBase {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const std::uint64_t base = c.reg<T>(i.destination);
        if (!is_canonical(base)) return c.protect();
        c.r.*Base = base;
        return Status::retired;
    }
};

template <typename Op>
consteval HandlerSet from_source() {
    return handlers<Op, Shape::rr, Shape::rm>();
}
template <typename Op>
consteval HandlerSet three() {
    return from_source<ThreeOperands<Op>>();
}

}  // namespace

namespace execute {
constinit const HandlerSet andn = three<Andn>();
constinit const HandlerSet bzhi = three<Bzhi>();
constinit const HandlerSet bextr = three<Bextr>();
constinit const HandlerSet pdep = three<Pdep>();
constinit const HandlerSet pext = three<Pext>();
constinit const HandlerSet shlx = three<Shlx>();
constinit const HandlerSet shrx = three<Shrx>();
constinit const HandlerSet sarx = three<Sarx>();
constinit const HandlerSet blsr = from_source<LowestBit<Blsr>>();
constinit const HandlerSet blsmsk = from_source<LowestBit<Blsmsk>>();
constinit const HandlerSet blsi = from_source<LowestBit<Blsi>>();
constinit const HandlerSet mulx = from_source<Mulx>();
constinit const HandlerSet rorx = from_source<Rorx>();
constinit const HandlerSet adcx = from_source<AddCarry<flag::cf>>();
constinit const HandlerSet adox = from_source<AddCarry<flag::of>>();
constinit const HandlerSet crc32 = from_source<Crc32>();
constinit const HandlerSet crc32_byte = from_source<Crc32Byte>();
constinit const HandlerSet rdfsbase = handlers<ReadBase<&Registers::fs_base>, Shape::r>();
constinit const HandlerSet rdgsbase = handlers<ReadBase<&Registers::gs_base>, Shape::r>();
constinit const HandlerSet wrfsbase = handlers<WriteBase<&Registers::fs_base>, Shape::r>();
constinit const HandlerSet wrgsbase = handlers<WriteBase<&Registers::gs_base>, Shape::r>();
}  // namespace execute
}  // namespace utsim::cpu
