// SPDX-License-Identifier: MIT
// The x87 instructions that compute, move or compare. The host's unit does it (see x87_unit.hpp);
// here is what it must not see: the guest's memory, exceptions that are pending, and the digits of
// the transcendental functions.
#include <cstring>

#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/x87_access.hpp"
#include "cpu/x87_transcendental.hpp"

namespace utsim::cpu {
namespace {

unsigned escape_of(const Instruction& i) { return static_cast<unsigned>(i.immediate >> 8) & 7; }
std::uint8_t modrm_of(const Instruction& i) { return static_cast<std::uint8_t>(i.immediate); }
unsigned digit_of(const Instruction& i) { return (modrm_of(i) >> 3) & 7u; }

/// ZF, PF and CF, which FCMOVcc looks at and FCOMI sets.
constexpr std::uint64_t compare_flags = flag::zf | flag::pf | flag::cf;

Status register_form(Core& c, const Instruction& i) {
    if (x87_is_due(c)) return Status::fault;
    X87Unit unit(c.r.fpu);
    unit.flags = static_cast<std::uint8_t>(c.flags.bits() & compare_flags);
    unit.run(escape_of(i), modrm_of(i));
    unit.copy_to(c.r.fpu);
    retire_x87(c, i, c.r.fpu);
    return Status::retired;
}

/// FCOMI and its kin. An unmasked exception leaves the flags as they were.
Status compare(Core& c, const Instruction& i) {
    if (x87_is_due(c)) return Status::fault;
    X87Unit unit(c.r.fpu);
    unit.flags = static_cast<std::uint8_t>(c.flags.bits() & compare_flags);
    unit.run(escape_of(i), modrm_of(i));
    unit.copy_to(c.r.fpu);
    retire_x87(c, i, c.r.fpu);
    c.flags.load(unit.flags & compare_flags);
    return Status::retired;
}

Status transcendental(Core& c, const Instruction& i) {
    if (x87_is_due(c)) return Status::fault;
    constexpr std::uint16_t sticky = x87_flag::exceptions | x87_flag::stack_fault;
    FpuState before = c.r.fpu;
    const std::uint16_t flagged = before.fsw & sticky;
    before.fsw &= static_cast<std::uint16_t>(~sticky);
    X87Unit unit(before);
    unit.run(escape_of(i), modrm_of(i));
    FpuState& after = c.r.fpu;
    unit.copy_to(after);
    compute_transcendental(modrm_of(i), before, after);
    after.fsw |= flagged;
    settle_x87(after);
    retire_x87(c, i, after);
    return Status::retired;
}

constexpr std::size_t alignment_of(std::size_t bytes) { return bytes == 10 ? 8 : bytes; }

template <std::size_t Bytes>
Status load_form(Core& c, const Instruction& i) {
    if (x87_is_due(c)) return Status::fault;
    std::uint8_t operand[16];
    if (!load_bytes(c, i, operand, Bytes, alignment_of(Bytes))) return Status::fault;
    X87Unit unit(c.r.fpu);
    unit.run_at(escape_of(i), digit_of(i), operand);
    unit.copy_to(c.r.fpu);
    retire_x87(c, i, c.r.fpu);
    return Status::retired;
}

template <std::size_t Bytes>
Status store_form(Core& c, const Instruction& i) {
    if (x87_is_due(c)) return Status::fault;
    std::uint8_t operand[16];
    X87Unit unit(c.r.fpu);
    unit.run_at(escape_of(i), digit_of(i), operand);
    FpuState next = c.r.fpu;
    unit.copy_to(next);
    // Of the unmasked exceptions only an inexact result comes after the store.
    const bool stores = (x87_pending(next) & ~x87_flag::inexact) == 0;
    const bool stored = stores ? store_bytes(c, i, operand, Bytes, alignment_of(Bytes))
                               : may_store_bytes(c, i, Bytes, alignment_of(Bytes));
    if (!stored) return Status::fault;
    retire_x87(c, i, next);
    c.r.fpu = next;
    return c.stored();
}

}  // namespace

namespace {

/// Alignment, and of what is longer than a number both ends, in the order that was measured.
bool may_start(Core& c, const Instruction& i, std::uint64_t address, std::size_t n,
               std::size_t alignment, Access access) {
    if (c.checks_alignment && !c.aligned(address, alignment)) return false;
    constexpr std::size_t longest_number = 10, longest_environment = 108;
    const auto reaches = [&](std::uint64_t byte) {
        return c.memory.check(byte, 1, access, c.memory_fault) || c.access_failed(Core::segment(i));
    };
    if (n <= longest_number) return true;
    return (n > longest_environment || reaches(address)) && reaches(address + n - 1);
}

}  // namespace

bool load_bytes(Core& c, const Instruction& i, void* out, std::size_t n, std::size_t alignment) {
    const std::uint64_t address = c.address(i);
    if (!may_start(c, i, address, n, alignment, Access::read)) return false;
    return c.memory.read(address, out, n, c.memory_fault) || c.access_failed(Core::segment(i));
}

bool may_store_bytes(Core& c, const Instruction& i, std::size_t n, std::size_t alignment) {
    const std::uint64_t address = c.address(i);
    if (!may_start(c, i, address, n, alignment, Access::write)) return false;
    return c.memory.check(address, n, Access::write, c.memory_fault) ||
           c.access_failed(Core::segment(i));
}

bool store_bytes(Core& c, const Instruction& i, const void* in, std::size_t n,
                 std::size_t alignment) {
    const std::uint64_t address = c.address(i);
    if (!may_start(c, i, address, n, alignment, Access::write)) return false;
    return c.memory.write(address, in, n, c.memory_fault) || c.access_failed(Core::segment(i));
}

void retire_x87(Core& c, const Instruction& i, FpuState& next) {
    if (x87_pending(next) == 0) [[likely]]
        return;
    next.fip = c.r.rip - i.length;
    next.fop = i.immediate & 0x7ff;
    next.fdp = modrm_of(i) < 0xc0 ? c.offset(i) : 0;
}

namespace execute {
constinit const HandlerSet x87_register = whatever_operands(register_form);
constinit const HandlerSet x87_compare = whatever_operands(compare);
constinit const HandlerSet x87_transcendental = whatever_operands(transcendental);
constinit const HandlerSet x87_load_2 = whatever_operands(load_form<2>);
constinit const HandlerSet x87_load_4 = whatever_operands(load_form<4>);
constinit const HandlerSet x87_load_8 = whatever_operands(load_form<8>);
constinit const HandlerSet x87_load_10 = whatever_operands(load_form<10>);
constinit const HandlerSet x87_store_2 = whatever_operands(store_form<2>);
constinit const HandlerSet x87_store_4 = whatever_operands(store_form<4>);
constinit const HandlerSet x87_store_8 = whatever_operands(store_form<8>);
constinit const HandlerSet x87_store_10 = whatever_operands(store_form<10>);
}  // namespace execute
}  // namespace utsim::cpu
