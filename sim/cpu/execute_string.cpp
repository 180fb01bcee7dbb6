// SPDX-License-Identifier: MIT
// MOVS STOS LODS CMPS SCAS, alone or with REP. One call of a handler is one iteration: that is the
// unit in which the processor can be interrupted or trapped, and it keeps REP with a huge count
// from running away. RSI, RDI and RCX show the progress, so an iteration that faults restarts
// there.
#include <algorithm>
#include <cstring>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rax = 0;
constexpr std::uint8_t rcx = 1;
constexpr std::uint8_t rsi = 6;
constexpr std::uint8_t rdi = 7;

bool repeats(const Instruction& i) {
    return i.has(instruction_flag::repeat | instruction_flag::repeat_not);
}

/// A pointer or count register at the address size.
std::uint64_t at_address_size(const Instruction& i, std::uint64_t value) {
    return i.has(instruction_flag::address32) ? static_cast<std::uint32_t>(value) : value;
}

template <typename T>
void advance(Core& c, const Instruction& i, std::uint8_t pointer) {
    const bool down = (c.r.rflags & flag::df) != 0;
    const std::uint64_t step = down ? std::uint64_t{0} - sizeof(T) : sizeof(T);
    c.r.gpr[pointer] = at_address_size(i, c.r.gpr[pointer] + step);
}

template <typename T>
bool load_rsi(Core& c, const Instruction& i, T& out) {
    const std::uint64_t offset = at_address_size(i, c.r.gpr[rsi]);
    return c.load(offset + c.word_at(i.segment), out, Segment::data);
}

template <typename T>
bool load_rdi(Core& c, const Instruction& i, T& out) {
    return c.load(at_address_size(i, c.r.gpr[rdi]), out, Segment::data);
}

template <typename T>
bool store_rdi(Core& c, const Instruction& i, T value) {
    return c.store(at_address_size(i, c.r.gpr[rdi]), value, Segment::data);
}

struct Movs {
    static constexpr bool compares = false;
    template <typename T>
    static bool iterate(Core& c, const Instruction& i) {
        T value{};
        if (!load_rsi(c, i, value) || !store_rdi(c, i, value)) return false;
        advance<T>(c, i, rsi);
        advance<T>(c, i, rdi);
        return true;
    }
};

struct Stos {
    static constexpr bool compares = false;
    template <typename T>
    static bool iterate(Core& c, const Instruction& i) {
        if (!store_rdi(c, i, c.reg<T>(rax))) return false;
        advance<T>(c, i, rdi);
        return true;
    }
};

struct Lods {
    static constexpr bool compares = false;
    template <typename T>
    static bool iterate(Core& c, const Instruction& i) {
        T value{};
        if (!load_rsi(c, i, value)) return false;
        c.set_reg<T>(rax, value);
        advance<T>(c, i, rsi);
        return true;
    }
};

struct Cmps {
    static constexpr bool compares = true;
    template <typename T>
    static bool iterate(Core& c, const Instruction& i) {
        T a{}, b{};
        if (!load_rsi(c, i, a) || !load_rdi(c, i, b)) return false;
        c.flags.set_sub(a, b, static_cast<T>(a - b));
        advance<T>(c, i, rsi);
        advance<T>(c, i, rdi);
        return true;
    }
};

struct Scas {
    static constexpr bool compares = true;
    template <typename T>
    static bool iterate(Core& c, const Instruction& i) {
        const T a = c.reg<T>(rax);
        T b{};
        if (!load_rdi(c, i, b)) return false;
        c.flags.set_sub(a, b, static_cast<T>(a - b));
        advance<T>(c, i, rdi);
        return true;
    }
};

template <typename Op>
struct String {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if (!repeats(i)) return Op::template iterate<T>(c, i) ? c.stored() : Status::fault;

        const std::uint64_t count = at_address_size(i, c.r.gpr[rcx]);
        if (count == 0) return Status::retired;
        if (!Op::template iterate<T>(c, i)) return Status::fault;
        c.r.gpr[rcx] = count - 1;
        bool more = count > 1;
        // REPE and REPNE also look at ZF; for the others the two prefixes are the same.
        if (Op::compares && c.flags.zf() != i.has(instruction_flag::repeat)) more = false;
        return more ? Status::repeat : c.stored();
    }
};

// --- many iterations at once ---------------------------------------------------------------------

constexpr std::uint64_t worth_while = 8;

/// How many elements fit between `address` and the end of its page.
template <typename T>
std::uint64_t left_in_page(std::uint64_t address) {
    return (page_size - (address & page_mask)) / sizeof(T);
}

template <typename T>
std::uint64_t move_in_bulk(Core& c, const Instruction& i, std::uint64_t most) {
    const std::uint64_t from = c.r.gpr[rsi] + c.word_at(i.segment);
    const std::uint64_t to = c.r.gpr[rdi];
    std::uint64_t n = std::min({most, left_in_page<T>(from), left_in_page<T>(to)});
    if (n < worth_while) return 0;
    const std::uint8_t* source = c.memory.readable(from, n * sizeof(T));
    std::uint8_t* destination = c.memory.writable(to, n * sizeof(T));
    if (source == nullptr || destination == nullptr) return 0;
    // What an iteration writes may be what a later one reads. The guest's addresses do not tell: a
    // page may be at two of them.
    const std::uint64_t ahead =
        reinterpret_cast<std::uintptr_t>(destination) - reinterpret_cast<std::uintptr_t>(source);
    if (ahead < n * sizeof(T)) n = ahead / sizeof(T);
    if (n < worth_while) return 0;
    std::memmove(destination, source, n * sizeof(T));
    c.r.gpr[rsi] += n * sizeof(T);
    c.r.gpr[rdi] += n * sizeof(T);
    return n;
}

template <typename T>
std::uint64_t store_in_bulk(Core& c, std::uint64_t most) {
    const std::uint64_t to = c.r.gpr[rdi];
    const std::uint64_t n = std::min(most, left_in_page<T>(to));
    if (n < worth_while) return 0;
    std::uint8_t* destination = c.memory.writable(to, n * sizeof(T));
    if (destination == nullptr) return 0;
    const T value = c.reg<T>(rax);
    for (std::uint64_t k = 0; k < n; ++k) {
        std::memcpy(destination + k * sizeof(T), &value, sizeof(T));
    }
    c.r.gpr[rdi] += n * sizeof(T);
    return n;
}

template <typename T>
std::uint64_t bulk_of(Core& c, const Instruction& i, std::uint64_t most) {
    if (i.execute == &String<Movs>::run<Shape::none, T>) return move_in_bulk<T>(c, i, most);
    if (i.execute == &String<Stos>::run<Shape::none, T>) return store_in_bulk<T>(c, most);
    return 0;
}

}  // namespace

namespace execute {
std::uint64_t repeat_in_bulk(Core& c, const Instruction& i, std::uint64_t most) {
    const bool plain =
        !i.has(instruction_flag::address32) && !c.checks_alignment && (c.r.rflags & flag::df) == 0;
    if (!plain || c.r.gpr[rcx] < worth_while) return 0;
    most = std::min(most, c.r.gpr[rcx] - 1);
    std::uint64_t done = bulk_of<std::uint8_t>(c, i, most);
    if (done == 0) done = bulk_of<std::uint16_t>(c, i, most);
    if (done == 0) done = bulk_of<std::uint32_t>(c, i, most);
    if (done == 0) done = bulk_of<std::uint64_t>(c, i, most);
    c.r.gpr[rcx] -= done;
    return done;
}

constinit const HandlerSet movs = handlers<String<Movs>, Shape::none>();
constinit const HandlerSet stos = handlers<String<Stos>, Shape::none>();
constinit const HandlerSet lods = handlers<String<Lods>, Shape::none>();
constinit const HandlerSet cmps = handlers<String<Cmps>, Shape::none>();
constinit const HandlerSet scas = handlers<String<Scas>, Shape::none>();
}  // namespace execute
}  // namespace utsim::cpu
