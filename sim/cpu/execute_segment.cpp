// SPDX-License-Identifier: MIT
// MOV to and from segment registers, and the checks behind them. The descriptor table is the one
// 64-bit Linux gives a program that never called set_thread_area or modify_ldt, on a kernel that
// runs no 32-bit programs: selectors 0x2b (data), 0x33 (code) and 0x7b (whose limit is the number
// of the processor); anything else is #GP. LAR and its like (execute_descriptor.cpp) tell of it.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/segments.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint16_t privilege = 3;

constexpr Descriptor descriptors[] = {
    {0x28, true, true, 0xcff300},
    {0x30, true, false, 0xaffb00},
    {0x78, true, false, 0x40f500, true},
};

/// A descriptor's number without the requested privilege level.
constexpr std::uint16_t entry(std::uint16_t selector) {
    return static_cast<std::uint16_t>(selector & ~privilege);
}

struct MovFromSegment {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const std::uint16_t selector = segment_register(c.r, i.source);
        if constexpr (S == Shape::mr) {
            return c.store(i, selector) ? c.stored() : Status::fault;
        } else {
            c.set_reg<T>(i.destination, static_cast<T>(selector));
            return Status::retired;
        }
    }
};

struct MovToSegment {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint16_t selector{};
        if (!read_source<S>(c, i, selector)) return Status::fault;
        return load_segment(c, i.destination, selector);
    }
};

}  // namespace

const Descriptor* find_descriptor(std::uint16_t selector) {
    for (const Descriptor& one : descriptors) {
        if (one.selector == entry(selector)) return &one;
    }
    return nullptr;
}

std::uint16_t& segment_register(Registers& r, std::uint8_t number) {
    switch (number) {
        case segment_number::es:
            return r.es;
        case segment_number::cs:
            return r.cs;
        case segment_number::ss:
            return r.ss;
        case segment_number::ds:
            return r.ds;
        case segment_number::fs:
            return r.fs;
        default:
            return r.gs;
    }
}

Status load_segment(Core& c, std::uint8_t number, std::uint16_t selector) {
    const bool null = entry(selector) == 0;
    if (number == segment_number::ss) {
        if (null) return c.protect();
        if (selector != user_data_selector) {
            return c.raise(vector::general_protection, entry(selector));
        }
        c.r.ss = selector;
        return Status::shadow;
    }
    if (!null && find_descriptor(selector) == nullptr) {
        return c.raise(vector::general_protection, entry(selector));
    }
    segment_register(c.r, number) = selector;
    if (number == segment_number::fs) c.r.fs_base = 0;
    if (number == segment_number::gs) c.r.gs_base = 0;
    return Status::retired;
}

bool may_return_to(Core& c, std::uint64_t rip, std::uint16_t code_selector) {
    if (code_selector != user_code_selector) {
        c.raise(vector::general_protection, entry(code_selector));
        return false;
    }
    if (!is_canonical(rip)) {
        c.protect();
        return false;
    }
    return true;
}

bool may_go_to(Core& c, std::uint16_t code_selector) {
    if (entry(code_selector) == entry(user_code_selector)) return true;
    c.raise(vector::general_protection, entry(code_selector));
    return false;
}

void load_user_flags(Core& c, std::uint64_t value, std::uint64_t mask) {
    mask &= flag::user;
    c.r.rflags = (c.r.rflags & ~mask & ~flag::rf) | (value & mask);
    c.flags.load(c.r.rflags);
    c.checks_alignment = (c.r.rflags & flag::ac) != 0;
}

namespace execute {
constinit const HandlerSet mov_from_segment = handlers<MovFromSegment, Shape::rr, Shape::mr>();
constinit const HandlerSet mov_to_segment = handlers<MovToSegment, Shape::rr, Shape::rm>();
}  // namespace execute
}  // namespace utsim::cpu
