// SPDX-License-Identifier: MIT
// The x87 instructions that handle the unit's state: control and status words, environments (14 or
// 28 bytes), whole states (94 or 108 bytes). FIP, FDP and FOP are those of an instruction whose
// exception is pending, else zero; their selectors are always zero.
#include <algorithm>
#include <cstring>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/x87_access.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rax = 0;
constexpr unsigned top_shift = 11;

unsigned top_of(const FpuState& f) { return (f.fsw >> top_shift) & 7u; }

/// What FNINIT leaves: the numbers stay, the tags say that there are none.
void initialise(FpuState& f) {
    f.fcw = 0x037f;
    f.fsw = 0;
    f.ftw = 0;
    settle_x87(f);
}

/// FTW as it is in an environment: two bits a register, by number.
unsigned whole_tag_word(const FpuState& f) {
    constexpr unsigned valid = 0, zero = 1, special = 2, empty = 3;
    unsigned word = 0;
    for (unsigned n = 0; n < 8; ++n) {
        const X87Register& r = f.st[(n - top_of(f)) & 7];
        const unsigned exponent = r.sign_exponent & 0x7fffu;
        unsigned tag = valid;
        if ((f.ftw >> n & 1) == 0) {
            tag = empty;
        } else if (exponent == 0 && r.significand == 0) {
            tag = zero;
        } else if (exponent == 0 || exponent == 0x7fff || r.significand >> 63 == 0) {
            tag = special;
        }
        word |= tag << (2 * n);
    }
    return word;
}

std::uint8_t short_tags(std::uint64_t word) {
    unsigned tags = 0;
    for (unsigned n = 0; n < 8; ++n) tags |= ((word >> (2 * n) & 3) != 3 ? 1u : 0u) << n;
    return static_cast<std::uint8_t>(tags);
}

/// An environment, of fields of T (16 or 32 bits).
template <typename T>
struct Environment87 {
    static constexpr T unused = static_cast<T>(~T{0xffff});

    T fcw, fsw, ftw, fip, fop, fdp, fds;

    explicit Environment87(const FpuState& f)
        : fcw(static_cast<T>(f.fcw | unused)),
          fsw(static_cast<T>(f.fsw | unused)),
          ftw(static_cast<T>(whole_tag_word(f) | unused)),
          fip(static_cast<T>(f.fip)),
          fop(static_cast<T>(sizeof(T) == 4 ? std::uint32_t{f.fop} << 16 : 0)),
          fdp(static_cast<T>(f.fdp)),
          fds(unused) {}

    void load_into(FpuState& f) const {
        f.fcw = static_cast<std::uint16_t>(fcw);
        f.fsw = static_cast<std::uint16_t>(fsw);
        f.ftw = short_tags(ftw);
        f.fip = fip;
        f.fop = static_cast<std::uint16_t>(sizeof(T) == 4 ? std::uint32_t{fop} >> 16 : 0);
        f.fdp = fdp;
        settle_x87(f);
    }
};

/// The numbers do not move when TOP does: ST(0) becomes another one.
void turn(FpuState& f, unsigned old_top) {
    const unsigned by = (top_of(f) - old_top) & 7;
    std::rotate(f.st, f.st + by, f.st + 8);
}

template <typename T>
struct Narrow {
    using type = std::uint32_t;  // REX.W changes nothing
};
template <>
struct Narrow<std::uint16_t> {
    using type = std::uint16_t;
};
template <typename T>
using Field = typename Narrow<T>::type;

struct StoreEnvironment {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const Environment87<Field<T>> e(c.r.fpu);
        if (!store_bytes(c, i, &e, sizeof e, sizeof(Field<T>))) return Status::fault;
        c.r.fpu.fcw |= x87_flag::exceptions;
        settle_x87(c.r.fpu);
        return c.stored();
    }
};

struct LoadEnvironment {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if (x87_is_due(c)) return Status::fault;
        Environment87<Field<T>> e(c.r.fpu);
        if (!load_bytes(c, i, &e, sizeof e, sizeof(Field<T>))) return Status::fault;
        const unsigned top = top_of(c.r.fpu);
        e.load_into(c.r.fpu);
        turn(c.r.fpu, top);
        return Status::retired;
    }
};

constexpr std::size_t number_bytes = 10;

struct Save {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const Environment87<Field<T>> e(c.r.fpu);
        std::uint8_t image[sizeof e + 8 * number_bytes];
        std::memcpy(image, &e, sizeof e);
        for (unsigned n = 0; n < 8; ++n) {
            std::memcpy(image + sizeof e + n * number_bytes, &c.r.fpu.st[n], number_bytes);
        }
        if (!store_bytes(c, i, image, sizeof image, sizeof(Field<T>))) return Status::fault;
        const unsigned top = top_of(c.r.fpu);
        initialise(c.r.fpu);
        turn(c.r.fpu, top);
        return c.stored();
    }
};

struct Restore {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if (x87_is_due(c)) return Status::fault;
        Environment87<Field<T>> e(c.r.fpu);
        std::uint8_t image[sizeof e + 8 * number_bytes];
        if (!load_bytes(c, i, image, sizeof image, sizeof(Field<T>))) return Status::fault;
        std::memcpy(&e, image, sizeof e);
        for (unsigned n = 0; n < 8; ++n) {
            const std::uint8_t* number = image + sizeof e + n * number_bytes;
            std::memcpy(&c.r.fpu.st[n].significand, number, 8);
            std::memcpy(&c.r.fpu.st[n].sign_exponent, number + 8, 2);
        }
        e.load_into(c.r.fpu);
        return Status::retired;
    }
};

Status wait(Core& c, const Instruction&) { return x87_is_due(c) ? Status::fault : Status::retired; }

Status nothing(Core&, const Instruction&) { return Status::retired; }

Status fninit(Core& c, const Instruction&) {
    const unsigned top = top_of(c.r.fpu);
    initialise(c.r.fpu);
    turn(c.r.fpu, top);
    return Status::retired;
}

Status fnclex(Core& c, const Instruction&) {
    c.r.fpu.fsw &= static_cast<std::uint16_t>(~(x87_flag::exceptions | x87_flag::stack_fault));
    settle_x87(c.r.fpu);
    return Status::retired;
}

Status fldcw(Core& c, const Instruction& i) {
    if (x87_is_due(c)) return Status::fault;
    std::uint16_t value{};
    if (!c.load(i, value)) return Status::fault;
    c.r.fpu.fcw = value;
    settle_x87(c.r.fpu);
    return Status::retired;
}

Status fnstcw(Core& c, const Instruction& i) {
    return c.store(i, c.r.fpu.fcw) ? c.stored() : Status::fault;
}

Status fnstsw(Core& c, const Instruction& i) {
    return c.store(i, c.r.fpu.fsw) ? c.stored() : Status::fault;
}

Status fnstsw_ax(Core& c, const Instruction&) {
    c.set_reg<std::uint16_t>(rax, c.r.fpu.fsw);
    return Status::retired;
}

}  // namespace

namespace execute {
constinit const HandlerSet x87_wait = whatever_operands(wait);
constinit const HandlerSet x87_nothing = whatever_operands(nothing);
constinit const HandlerSet x87_initialise = whatever_operands(fninit);
constinit const HandlerSet x87_clear_exceptions = whatever_operands(fnclex);
constinit const HandlerSet x87_load_control = whatever_operands(fldcw);
constinit const HandlerSet x87_store_control = whatever_operands(fnstcw);
constinit const HandlerSet x87_store_status = whatever_operands(fnstsw);
constinit const HandlerSet x87_status_to_ax = whatever_operands(fnstsw_ax);
constinit const HandlerSet x87_load_environment = handlers<LoadEnvironment, Shape::m>();
constinit const HandlerSet x87_store_environment = handlers<StoreEnvironment, Shape::m>();
constinit const HandlerSet x87_restore = handlers<Restore, Shape::m>();
constinit const HandlerSet x87_save = handlers<Save, Shape::m>();
}  // namespace execute
}  // namespace utsim::cpu
