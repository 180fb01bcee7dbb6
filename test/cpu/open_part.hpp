// SPDX-License-Identifier: MIT
/// The rows of the table that apply to one instruction in one state, and which bits of its result
/// each of them leaves open.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cpu/x87_transcendental.hpp"
#include "cpu/x87_unit.hpp"
#include "test/cpu/memory_access.hpp"
#include "test/cpu/open_choice.hpp"

namespace utsim::cpu::testing {

struct OpenPart {
    Open id;
    std::uint64_t flags = 0;
    int xmm = -1;  ///< a vector register that is open
    int reg = -1;  ///< a register of which `bits` are open
    std::uint64_t bits = 0;
    std::uint64_t memory = 0;  ///< where `bytes` of memory are open
    std::uint64_t bytes = 0;
    bool report = false;         ///< which of `OpenParts::faults` is reported
    bool outcome = false;        ///< everything
    std::uint16_t selector = 0;  ///< which one the row selector is about
    std::uint16_t fsw = 0;       ///< bits of FSW
    std::uint8_t near = 0;       ///< ST registers of which the last digit is open, a bit each
    bool numbers = false;        ///< what is in ST(0)
    bool pointers = false;       ///< FIP, FDP and FOP
};

class OpenParts {
public:
    OpenParts(const Encoding& e, const Registers& before, AddressSpace& space)
        : e_(e),
          before_(before),
          accesses_(e, before, space),
          faults_(accesses_.possible_faults()) {
        find_prefixes();
        if (e.decodability_undefined()) find_undefined();
        if (!e.implemented()) return;
        find_shifts();
        find_double_shifts();
        find_arithmetic();
        find_bits();
        find_vectors();
        find_masked_stores();
        find_transition();
        find_upper_halves();
        find_faults();
        find_strings();
        find_selectors();
        find_descriptor_tables();
        find_not_executed();
        if (e_.decoded.row->form == Form::x87) find_x87();
        find_state_faults();
        if (e_.is({&execute::andn, &execute::blsi, &execute::blsmsk, &execute::blsr,
                   &execute::bzhi})) {
            flags(Open::bmi_flags, flag::af | flag::pf);
        }
        if (e_.is({&execute::bextr})) flags(Open::bmi_flags, flag::af | flag::pf | flag::sf);
        if (e_.is(
                {&execute::rdfsbase, &execute::rdgsbase, &execute::wrfsbase, &execute::wrgsbase})) {
            outcome(Open::bases);
        }
        if (e_.is({&execute::fxsave})) {
            const std::uint64_t address = accesses_.all().front().address;
            memory(Open::x87_pointers, address + 6, 18);
            memory(Open::fxsave, address + 28, 4);
        }
        if (e_.is({&execute::fxrstor})) {
            const std::uint64_t address = accesses_.all().front().address;
            if ((accesses_.value_at(address + 24, 4) & 1u << 17) != 0) outcome(Open::fxsave);
            parts_.push_back({.id = Open::x87_pointers, .pointers = true});
        }
    }

    const std::vector<OpenPart>& all() const { return parts_; }
    const AccessList& accesses() const { return accesses_; }
    const std::vector<LinuxSignal>& faults() const { return faults_; }

private:
    static constexpr std::uint64_t upper = 0xffffffff00000000;
    static constexpr std::uint64_t all_bits = ~std::uint64_t{0};

    void flags(Open id, std::uint64_t which) { parts_.push_back({.id = id, .flags = which}); }
    void reg(Open id, int number, std::uint64_t bits) {
        parts_.push_back({.id = id, .reg = number, .bits = bits});
    }
    void memory(Open id, std::uint64_t address, std::uint64_t bytes) {
        parts_.push_back({.id = id, .memory = address, .bytes = bytes});
    }
    void outcome(Open id, std::uint64_t selector = 0) {
        parts_.push_back(
            {.id = id, .outcome = true, .selector = static_cast<std::uint16_t>(selector)});
    }

    /// What a write of `bits` to the destination of this size may change.
    std::uint64_t operand_mask() const {
        const unsigned size = e_.operand_bytes();
        return size == 8 ? all_bits : (std::uint64_t{1} << (8 * size)) - 1;
    }
    std::uint64_t gpr(unsigned n) const { return before_.gpr[n & 15]; }
    int destination() const { return e_.instruction().destination & 15; }
    /// The operand that ModRM.rm or an implied register names, before the instruction.
    std::uint64_t source_value() const {
        const std::uint64_t raw =
            e_.in_memory() ? accesses_.value_at(accesses_.all().front().address, e_.operand_bytes())
                           : gpr(e_.instruction().source);
        return raw & operand_mask();
    }

    void find_prefixes() {
        if (e_.contradictory) outcome(Open::prefix_group);
        if (!e_.implemented() || !e_.repeat) return;
        const Prefix wanted = e_.decoded.row->prefix;
        const bool means_something = wanted == Prefix::xF3 || wanted == Prefix::xF2 ||
                                     e_.has(attribute::repeats) || e_.has(attribute::force64) ||
                                     (e_.is({&execute::nop}) && e_.opcode == 0x90);
        if (!means_something) outcome(Open::repeat_elsewhere);
    }

    void find_undefined() {
        const char* name = e_.decoded.row != nullptr ? e_.decoded.row->name : "";
        const std::string_view is = name;
        if (is == "SYSENTER") return outcome(Open::sysenter);
        if (is == "SYSEXIT") {
            faults_ = {{4, 2, before_.rip}, general_protection_signal};
            parts_.push_back({.id = Open::sysexit, .report = true});
        }
        if (e_.lock && (is == "VERR" || is == "VERW")) outcome(Open::lock_operand);
        // With a row it is UD2 and its like, LOCK where it must not be, or a segment register that
        // does not exist: defined.
        if (e_.decoded.row == nullptr) outcome(Open::reserved_opcode);
    }

    unsigned count() const {
        const bool immediate = e_.form().immediate != Immediate::none;
        const std::uint64_t raw = immediate ? e_.instruction().immediate : gpr(1);
        return raw & (e_.operand_bytes() == 8 ? 63 : 31);
    }
    void find_count_zero() {
        if (e_.in_memory()) return outcome(Open::shift_zero);
        if (e_.operand_bytes() == 4) reg(Open::shift_zero, destination(), upper);
    }

    void find_shifts() {
        const bool rotate = e_.is({&execute::rol, &execute::ror, &execute::rcl, &execute::rcr});
        const bool shift = e_.is({&execute::shl, &execute::shr, &execute::sar});
        if (!rotate && !shift) return;
        const unsigned n = count();
        if (n == 0) return find_count_zero();
        if (rotate) {
            if (n > 1) flags(Open::rotate_of, flag::of);
            return;
        }
        flags(Open::shift_af, flag::af);
        if (n > 1) flags(Open::shift_of, flag::of);
        const bool whole = n >= 8 * e_.operand_bytes();
        if (whole && !e_.is({&execute::sar})) flags(Open::shift_cf, flag::cf);
    }

    void find_double_shifts() {
        if (!e_.is({&execute::shld_immediate, &execute::shld_cl, &execute::shrd_immediate,
                    &execute::shrd_cl})) {
            return;
        }
        const unsigned n = count();
        if (n == 0) return find_count_zero();
        if (n > 8 * e_.operand_bytes()) {
            flags(Open::double_wide, flag::arithmetic);
            if (e_.in_memory()) {
                const MemoryAccess& a = accesses_.all().front();
                return memory(Open::double_wide, a.address, a.size);
            }
            return reg(Open::double_wide, destination(), operand_mask());
        }
        flags(Open::double_af, flag::af);
        if (n > 1) flags(Open::double_of, flag::of);
    }

    void find_arithmetic() {
        if (e_.is({&execute::and_, &execute::or_, &execute::xor_, &execute::test})) {
            flags(Open::logic_af, flag::af);
        }
        if (e_.is({&execute::mul, &execute::imul_one, &execute::imul_two, &execute::imul_three})) {
            flags(Open::multiply_flags, flag::sf | flag::zf | flag::af | flag::pf);
        }
        if (e_.is({&execute::div, &execute::idiv})) flags(Open::divide_flags, flag::arithmetic);
    }

    void find_bits() {
        constexpr std::uint64_t osap = flag::of | flag::sf | flag::af | flag::pf;
        if (e_.is({&execute::bsf, &execute::bsr})) {
            flags(Open::scan_flags, osap | flag::cf);
            if (source_value() == 0) {
                const bool narrow = e_.operand_bytes() == 2;
                reg(Open::scan_zero, destination(), narrow ? 0xffff : all_bits);
            }
        }
        if (e_.is({&execute::tzcnt, &execute::lzcnt})) flags(Open::count_flags, osap);
        if (e_.is({&execute::bt, &execute::bts, &execute::btr, &execute::btc})) {
            flags(Open::bit_test_flags, osap | flag::zf);
        }
        if (e_.is({&execute::bswap}) && e_.operand_bytes() == 2) {
            reg(Open::bswap_16, destination(), 0xffff);
        }
    }

    void find_vectors() {
        if (e_.is({&execute::rcpps, &execute::rcpss, &execute::rsqrtps, &execute::rsqrtss})) {
            parts_.push_back({.id = Open::reciprocal, .xmm = destination()});
        }
        if (e_.is({&execute::ldmxcsr})) {
            constexpr std::uint64_t misaligned_mode = 1u << 17;
            const std::uint64_t value = accesses_.value_at(accesses_.all().front().address, 4);
            if ((value & misaligned_mode) != 0) outcome(Open::mxcsr_bits);
        }
    }

    void find_masked_stores() {
        if (e_.is({&execute::maskmov.mmx, &execute::maskmov.xmm}) && !faults_.empty()) {
            outcome(Open::masked_store);
        }
    }

    /// Where the change to MMX can be told, and may come or not.
    void find_transition() {
        const FpuState& f = before_.fpu;
        constexpr std::uint16_t top = 7 << 11;
        if ((f.fsw & top) == 0 && f.ftw == 0xff) return;
        const bool to_mmx = e_.is(
            {&execute::cvtps2pi, &execute::cvttps2pi, &execute::cvtpd2pi, &execute::cvttpd2pi});
        const bool may_trap = (~f.mxcsr & 0x1f80) != 0;
        if ((e_.is({&execute::cvtpi2ps}) && e_.in_memory()) || (to_mmx && may_trap) ||
            (e_.is({&execute::maskmov.mmx}) && !faults_.empty())) {
            outcome(Open::mmx_transition);
        }
    }

    void find_upper_halves() {
        if (e_.is({&execute::cmpxchg}) && e_.operand_bytes() == 4) {
            reg(Open::cmpxchg_upper, 0, upper);
            if (!e_.in_memory()) reg(Open::cmpxchg_upper, destination(), upper);
        }
        if (e_.is({&execute::cmpxchg8b})) {
            reg(Open::cmpxchg_upper, 0, upper);
            reg(Open::cmpxchg_upper, 2, upper);
        }
        if (e_.is({&execute::movsxd}) && e_.in_memory() && e_.operand_bytes() == 2 &&
            !faults_.empty()) {
            outcome(Open::movsxd_16);
        }
    }

    void find_faults() {
        if (faults_.size() > 1) {
            parts_.push_back({.id = Open::two_faults, .report = true});
            if (e_.ignored_segment) parts_.push_back({.id = Open::fault_prefix, .report = true});
        }
        if (e_.is({&execute::enter}) && !faults_.empty()) {
            constexpr std::uint64_t frames = 33 * 8;
            memory(Open::enter_fault, gpr(4) - frames, frames);
        }
        if (accesses_.touches_wide_canonical()) outcome(Open::canonical_width);
        if (e_.is({&execute::iret})) {
            const unsigned size = e_.operand_bytes();
            const std::uint64_t stack = accesses_.value_at(gpr(4) + 3 * size, size);
            if (!is_canonical(stack)) outcome(Open::iret_stack);
            if (only_wide_canonical(stack)) outcome(Open::canonical_width);
        }
    }

    void find_strings() {
        if (!e_.repeat) return;
        if (e_.has(attribute::repeats)) {
            flags(Open::repeat_rf, flag::rf);
            if (e_.address_size && static_cast<std::uint32_t>(gpr(1)) == 0) {
                for (const int n : {1, 6, 7}) reg(Open::repeat_zero, n, upper);
            }
        }
        if (is_io() && gpr(1) == 0) outcome(Open::io_zero);
    }
    bool is_io() const {
        return e_.is({&execute::privileged}) && e_.map == Map::one_byte && e_.opcode >= 0x6c &&
               e_.opcode <= 0x6f;
    }

    static bool surely_exists(std::uint64_t selector) {
        const auto entry = static_cast<std::uint16_t>(selector & 0xfffc);
        return entry == 0 || entry == 0x28 || entry == 0x30;
    }
    void find_selectors() {
        std::uint64_t selector = 0;
        if (e_.is({&execute::mov_to_segment, &execute::lar, &execute::lsl})) {
            selector = e_.in_memory() ? accesses_.value_at(accesses_.all().front().address, 2)
                                      : gpr(e_.instruction().source);
        } else if (e_.is({&execute::verr, &execute::verw})) {
            selector = e_.in_memory() ? accesses_.value_at(accesses_.all().front().address, 2)
                                      : gpr(static_cast<unsigned>(destination()));
        } else if (e_.is({&execute::lss, &execute::lfs, &execute::lgs, &execute::call_far,
                          &execute::jmp_far})) {
            if (e_.rex_w) outcome(Open::far_pointer);
            selector = accesses_.value_at(accesses_.all()[1].address, 2);
        } else if (e_.is({&execute::pop_segment})) {
            selector = accesses_.value_at(gpr(4), 2);
        } else if (e_.is({&execute::ret_far, &execute::iret})) {
            const unsigned size = e_.operand_bytes();
            selector = accesses_.value_at(gpr(4) + size, 2);
            const std::uint64_t stack = accesses_.value_at(gpr(4) + 4 * size, 2);
            if (e_.is({&execute::iret}) && !surely_exists(stack)) {
                outcome(Open::selector, stack);
            }
        } else {
            return;
        }
        if (!surely_exists(selector)) outcome(Open::selector, selector);
        if (e_.is({&execute::lsl}) && (selector & 0xfffc) == 0x78) outcome(Open::processor_number);
    }

    void find_descriptor_tables() {
        const bool word = e_.is({&execute::sldt, &execute::str, &execute::smsw});
        if (!word && !e_.is({&execute::sgdt, &execute::sidt})) return;
        if (!faults_.empty()) return outcome(Open::descriptor_tables);
        if (!e_.in_memory()) return reg(Open::descriptor_tables, destination(), operand_mask());
        memory(Open::descriptor_tables, accesses_.all().front().address, word ? 2 : 10);
    }

    void find_not_executed() {
        if (e_.is({&execute::rdpid})) outcome(Open::processor_number);
        if (e_.has(attribute::force64) && (e_.operand_size || e_.repeat)) {
            outcome(Open::near_branch_16);
        }
        if (e_.is({&execute::int_n})) {
            const unsigned number = e_.instruction().immediate & 0xff;
            if ((number >= 0x15 && number <= 0x1f) || number == 0x80) outcome(Open::int_gates);
        }
        if (e_.is({&execute::int1})) outcome(Open::int1);
        if (e_.is({&execute::cpuid})) outcome(Open::cpuid);
        if (e_.is({&execute::rdtsc, &execute::rdtscp})) outcome(Open::tsc);
        if (e_.is({&execute::privileged}) && e_.map == Map::two_byte && e_.opcode == 0x33) {
            outcome(Open::rdpmc);
        }
        const bool hint = e_.opcode == 0x0d || (e_.opcode >= 0x19 && e_.opcode <= 0x1e);
        if (e_.is({&execute::nop}) && e_.map == Map::two_byte && hint) outcome(Open::hint_nop);
        if (e_.in_memory() && (e_.lock || e_.is({&execute::xchg}))) {
            const MemoryAccess& a = accesses_.all().front();
            if (a.address % 64 + a.size > 64) outcome(Open::split_lock);
        }
    }

    void find_state_faults() {
        if (!e_.in_memory() || faults_.empty()) return;
        const bool fx = e_.is({&execute::fxsave, &execute::fxrstor});
        if (!fx && !e_.is({&execute::x87_load_environment, &execute::x87_store_environment,
                           &execute::x87_restore, &execute::x87_save})) {
            return;
        }
        const MemoryAccess& a = accesses_.all().front();
        if (fx || a.address % 0x1000 + a.size > 0x1000) outcome(Open::x87_state_fault);
        const bool ac = (before_.rflags & flag::ac) != 0;
        if (fx && ac && a.address % 16 != 0) {
            parts_.push_back({.id = Open::fxsave, .report = true});
        }
    }
    void find_x87() {
        using namespace x87_flag;
        parts_.push_back({.id = Open::x87_pointers, .pointers = true});
        if (e_.is({&execute::x87_store_environment, &execute::x87_save})) {
            const MemoryAccess& a = accesses_.all().front();
            const unsigned field = e_.operand_bytes() == 2 ? 2 : 4;
            memory(Open::x87_pointers, a.address + 3 * field, 4 * field);
        }
        if (e_.is({&execute::x87_store_2, &execute::x87_store_4, &execute::x87_store_8,
                   &execute::x87_store_10}) &&
            !faults_.empty()) {
            outcome(Open::x87_store);
        }
        const unsigned m = e_.modrm, digit = (m >> 3) & 7;
        const bool compares = e_.is({&execute::x87_compare}) ||
                              (e_.opcode == 0xd9 && m >= 0xe4 && m <= 0xe5) ||
                              (e_.opcode == 0xd9 && (m == 0xf5 || m == 0xf8)) ||
                              ((e_.opcode & 1) == 0 && (digit == 2 || digit == 3)) ||
                              (e_.opcode == 0xdd && m >= 0xe0) || e_.opcode == 0xda;
        const bool control = e_.is({&execute::x87_load_environment, &execute::x87_restore,
                                    &execute::x87_save, &execute::x87_store_environment,
                                    &execute::x87_initialise, &execute::x87_store_status,
                                    &execute::x87_status_to_ax, &execute::x87_store_control});
        if (!compares && !control) {
            parts_.push_back(
                {.id = Open::x87_conditions, .fsw = static_cast<std::uint16_t>(c0 | c2 | c3)});
        }
        if (e_.is({&execute::x87_transcendental})) find_x87_digits();
        find_x87_alias(m, digit);
    }
    void find_x87_digits() {
        using namespace x87_flag;
        constexpr auto open =
            static_cast<std::uint16_t>(c1 | inexact | underflow | overflow | summary | busy);
        const unsigned m = e_.modrm;
        parts_.push_back({.id = Open::x87_digits, .fsw = open, .near = 3, .pointers = true});
        const X87Register& x = before_.fpu.st[0];
        const unsigned exponent = x.sign_exponent & 0x7fffu;
        const bool beyond = m == x87_function::f2xm1 ? exponent >= 0x3fff : exponent >= 0x3ffd;
        if ((m == x87_function::f2xm1 || m == x87_function::fyl2xp1) && beyond) {
            parts_.push_back(
                {.id = Open::x87_undefined, .fsw = 0xffff, .numbers = true, .pointers = true});
        }
    }
    void find_x87_alias(unsigned modrm, unsigned digit) {
        if (modrm < 0xc0) return;
        const unsigned o = e_.opcode;
        const bool alias = (o == 0xd9 && digit == 3) || (o == 0xdc && (digit == 2 || digit == 3)) ||
                           (o == 0xdd && digit == 1) || (o == 0xde && digit == 2) ||
                           (o == 0xdf && digit <= 3) || e_.is({&execute::x87_nothing});
        if (alias) outcome(Open::x87_alias);
    }

    const Encoding& e_;
    const Registers& before_;
    AccessList accesses_;
    std::vector<LinuxSignal> faults_;
    std::vector<OpenPart> parts_;
};

}  // namespace utsim::cpu::testing
