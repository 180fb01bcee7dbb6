// SPDX-License-Identifier: MIT
// CMPXCHG CMPXCHG8B CMPXCHG16B XADD. LOCK needs no work here: a World runs one instruction at a
// time. What is visible is that these always write, so they fault on read-only memory even when the
// comparison fails.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rax = 0;
constexpr std::uint8_t rcx = 1;
constexpr std::uint8_t rdx = 2;
constexpr std::uint8_t rbx = 3;

template <typename T>
void set_compare_flags(Flags& f, T a, T b) {
    f.set_sub(a, b, static_cast<T>(a - b));
}

struct Cmpxchg {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const T expected = c.reg<T>(rax);
        const T wanted = c.reg<T>(i.source);
        if constexpr (S == Shape::rr) {
            const T old = c.reg<T>(i.destination);
            set_compare_flags(c.flags, expected, old);
            // The register that is not written keeps its upper half, unlike a 32-bit MOV.
            if (old == expected) {
                c.set_reg<T>(i.destination, wanted);
            } else {
                c.set_reg<T>(rax, old);
            }
            return Status::retired;
        } else {
            T found{};
            const Status status = modify<S, T>(c, i, [&](T old) {
                found = old;
                set_compare_flags(c.flags, expected, old);
                return old == expected ? wanted : old;
            });
            if (status != Status::fault && found != expected) c.set_reg<T>(rax, found);
            return status;
        }
    }
};

struct Xadd {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const T addend = c.reg<T>(i.source);
        T old{};
        const auto sum = [&](T value) {
            old = value;
            const T r = static_cast<T>(value + addend);
            c.flags.set_add(value, addend, r);
            return r;
        };
        if constexpr (S == Shape::rr) {
            const T r = sum(c.reg<T>(i.destination));
            c.set_reg<T>(i.source, old);
            c.set_reg<T>(i.destination, r);  // last: this one wins if both are the same
            return Status::retired;
        } else {
            const Status status = modify<S, T>(c, i, sum);
            if (status != Status::fault) c.set_reg<T>(i.source, old);
            return status;
        }
    }
};

template <typename T>
struct Pair {
    T low, high;
    bool operator==(const Pair&) const = default;
};

/// Compares RDX:RAX, stores RCX:RBX; CMPXCHG16B insists on alignment.
template <typename T>
Status compare_exchange_pair(Core& c, const Instruction& i) {
    const std::uint64_t address = c.address(i);
    if (sizeof(T) == 8 && address % 16 != 0) return c.protect("CMPXCHG16B needs alignment");
    const Pair<T> expected{c.reg<T>(rax), c.reg<T>(rdx)};
    const Pair<T> wanted{c.reg<T>(rbx), c.reg<T>(rcx)};
    Pair<T> found{};
    const Status status = modify_at<Pair<T>>(c, address, Core::segment(i), [&](Pair<T> old) {
        found = old;
        c.flags.set_zf(old == expected);
        return old == expected ? wanted : old;
    });
    if (status != Status::fault && !(found == expected)) {
        c.set_reg<T>(rax, found.low);
        c.set_reg<T>(rdx, found.high);
    }
    return status;
}

consteval HandlerSet memory_only(Handler handler) {
    HandlerSet set;
    for (Handler& slot : set.at[static_cast<std::size_t>(Shape::m)]) slot = handler;
    return set;
}

}  // namespace

namespace execute {
constinit const HandlerSet cmpxchg = handlers<Cmpxchg, Shape::rr, Shape::mr>();
constinit const HandlerSet xadd = handlers<Xadd, Shape::rr, Shape::mr>();
constinit const HandlerSet cmpxchg8b = memory_only(compare_exchange_pair<std::uint32_t>);
constinit const HandlerSet cmpxchg16b = memory_only(compare_exchange_pair<std::uint64_t>);
}  // namespace execute
}  // namespace utsim::cpu
