// SPDX-License-Identifier: MIT
// What a program can ask about the descriptor tables and the processor: SLDT STR SMSW SGDT SIDT,
// VERR VERW LAR LSL, RDPID; and LSS LFS LGS, which load a selector together with a register.
//
// Where the tables are is the kernel's business. Linux answers these questions with fixed numbers
// when the processor keeps programs from asking (UMIP); so does this one, always.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/segments.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint64_t no_local_table = 0;
constexpr std::uint64_t task_selector = 0x40;
constexpr std::uint64_t cr0 = 0x80050033;  // PG AM WP NE ET MP PE
constexpr std::uint64_t gdt_base = 0xfffffffffffe0000, idt_base = 0xffffffffffff0000;

/// To a register the whole number, to memory sixteen bits.
template <std::uint64_t Value>
struct StoreWord {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        if constexpr (S == Shape::m) {
            return c.store(i, static_cast<std::uint16_t>(Value)) ? c.stored() : Status::fault;
        } else {
            c.set_reg<T>(i.destination, static_cast<T>(Value));
            return Status::retired;
        }
    }
};

/// A limit of sixteen bits, then the base.
template <std::uint64_t Base>
struct StoreTable {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const std::uint64_t address = c.address(i);
        if (!c.may_store(address, 2, Core::segment(i)) ||
            !c.store(address + 2, Base, Core::segment(i)) ||
            !c.store(address, std::uint16_t{0}, Core::segment(i))) {
            return Status::fault;
        }
        return c.stored();
    }
};

template <bool Descriptor::* Question>
struct Verify {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint16_t selector{};
        if (!read_source<S>(c, i, selector)) return Status::fault;
        const Descriptor* found = find_descriptor(selector);
        c.flags.set_zf(found != nullptr && found->*Question);
        return Status::retired;
    }
};

/// What is told of a descriptor, if there is one; else nothing but ZF changes.
template <std::uint32_t (*Tell)(const Core&, const Descriptor&)>
struct Ask {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        std::uint16_t selector{};
        if (!read_source<S>(c, i, selector)) return Status::fault;
        const Descriptor* found = find_descriptor(selector);
        if (found != nullptr) c.set_reg<T>(i.destination, static_cast<T>(Tell(c, *found)));
        c.flags.set_zf(found != nullptr);
        return Status::retired;
    }
};

std::uint32_t rights(const Core&, const Descriptor& d) { return d.rights; }
std::uint32_t limit(const Core& c, const Descriptor& d) {
    return d.limit_is_processor ? c.environment.tsc_aux : ~0u;
}

struct Rdpid {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        c.set_reg<std::uint64_t>(i.destination, c.environment.tsc_aux);
        return Status::retired;
    }
};

template <std::uint8_t Number>
struct LoadFar {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        FarPointer pointer;
        if (!load_far_pointer<T>(c, i, pointer)) return Status::fault;
        const Status status = load_segment(c, Number, pointer.selector);
        if (status == Status::fault) return status;
        c.set_reg<T>(i.destination, static_cast<T>(pointer.offset));
        return Status::retired;  // of LSS too: it casts no shadow, unlike MOV SS and POP SS
    }
};

}  // namespace

namespace execute {
constinit const HandlerSet sldt = handlers<StoreWord<no_local_table>, Shape::r, Shape::m>();
constinit const HandlerSet str = handlers<StoreWord<task_selector>, Shape::r, Shape::m>();
constinit const HandlerSet smsw = handlers<StoreWord<cr0>, Shape::r, Shape::m>();
constinit const HandlerSet sgdt = handlers<StoreTable<gdt_base>, Shape::m>();
constinit const HandlerSet sidt = handlers<StoreTable<idt_base>, Shape::m>();
constinit const HandlerSet verr = handlers<Verify<&Descriptor::readable>, Shape::r, Shape::m>();
constinit const HandlerSet verw = handlers<Verify<&Descriptor::writable>, Shape::r, Shape::m>();
constinit const HandlerSet lar = handlers<Ask<rights>, Shape::rr, Shape::rm>();
constinit const HandlerSet lsl = handlers<Ask<limit>, Shape::rr, Shape::rm>();
constinit const HandlerSet rdpid = handlers<Rdpid, Shape::r>();
constinit const HandlerSet lss = handlers<LoadFar<segment_number::ss>, Shape::rm>();
constinit const HandlerSet lfs = handlers<LoadFar<segment_number::fs>, Shape::rm>();
constinit const HandlerSet lgs = handlers<LoadFar<segment_number::gs>, Shape::rm>();
}  // namespace execute
}  // namespace utsim::cpu
