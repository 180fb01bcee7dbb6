// SPDX-License-Identifier: MIT
/// Which memory an instruction touches, and all that a processor might complain of when it does:
/// where that is more than one thing, the manuals leave open which of them is reported.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cpu/address_space.hpp"
#include "cpu/fault_signal.hpp"
#include "cpu/handler_sets_vector.hpp"
#include "test/cpu/encoding.hpp"

namespace utsim::cpu::testing {

struct MemoryAccess {
    std::uint64_t address = 0;
    unsigned size = 0;
    bool write = false;
    bool stack = false;
};

/// What Linux makes of #GP and #SS.
inline constexpr LinuxSignal general_protection_signal{11, 0x80, 0};
inline constexpr LinuxSignal stack_fault_signal{7, 0x80, 0};
inline constexpr LinuxSignal alignment_signal{7, 1, 0};

/// Not canonical with 48 bits of address, but with 57.
inline bool only_wide_canonical(std::uint64_t address) {
    const auto top = static_cast<std::int64_t>(address) >> 56;
    return !is_canonical(address) && (top == 0 || top == -1);
}

class AccessList {
public:
    AccessList(const Encoding& e, const Registers& before, AddressSpace& space)
        : e_(e),
          i_(e.instruction()),
          now_(before, space, e),
          space_(space) {
        if (!e.implemented()) return;
        bytes_ = e.operand_bytes();
        if (e.in_memory()) add_operand();
        add_implied();
    }

    const std::vector<MemoryAccess>& all() const { return all_; }
    /// Where a near branch would go, if the instruction is one that can be told.
    bool has_target() const { return has_target_; }
    std::uint64_t target() const { return target_; }

    /// Every report that may come of these accesses, each once.
    std::vector<LinuxSignal> possible_faults() const {
        std::vector<LinuxSignal> out;
        const auto add = [&out](const LinuxSignal& one) {
            if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
        };
        for (const MemoryAccess& a : all_) add_faults(a, add);
        // Misaligned, or with a bad MXCSR.
        if (e_.is({&execute::fxsave, &execute::fxrstor}) && all_.front().address % 16 != 0) {
            add(general_protection_signal);
        }
        if (e_.is({&execute::fxrstor}) && !out.empty()) add(general_protection_signal);
        if (has_target_ && !is_canonical(target_)) add(general_protection_signal);
        // What else is wrong with a frame is looked at at some time as well.
        const bool frame =
            e_.is({&execute::ret_far, &execute::iret, &execute::privileged, &execute::pop_segment,
                   &execute::mov_to_segment, &execute::lss, &execute::lfs, &execute::lgs,
                   &execute::call_far, &execute::jmp_far});
        if (frame && !out.empty()) add(general_protection_signal);
        return out;
    }
    bool touches_wide_canonical() const {
        return (has_target_ && only_wide_canonical(target_)) ||
               std::any_of(all_.begin(), all_.end(),
                           [](const MemoryAccess& a) { return only_wide_canonical(a.address); });
    }
    /// A value in memory before the instruction; 0 where there is none.
    std::uint64_t value_at(std::uint64_t address, unsigned size) const {
        std::uint64_t value = 0;
        space_.read_force(address, &value, size);
        return value;
    }

private:
    static constexpr std::uint8_t rbx = 3, rsp = 4, rbp = 5, rsi = 6, rdi = 7;

    std::uint64_t gpr(std::uint8_t n) const { return now_.r.gpr[n]; }
    std::uint64_t cut(std::uint64_t value) const {
        return e_.address_size ? static_cast<std::uint32_t>(value) : value;
    }
    std::uint64_t with_segment(std::uint64_t offset) const {
        return cut(offset) + now_.core.word_at(i_.segment);
    }
    void add(std::uint64_t address, unsigned size, bool write, bool stack) {
        all_.push_back({address, size, write, stack});
    }
    void push(std::uint64_t top, unsigned size) { add(top, size, true, true); }
    void pop(unsigned n, unsigned size) { add(gpr(rsp) + n * size, size, false, true); }
    void set_target(std::uint64_t target) {
        has_target_ = true;
        target_ = target;
    }

    void add_operand() {
        if (e_.is({&execute::lea, &execute::nop})) return;
        std::uint64_t address = now_.core.address(i_);
        unsigned size = bytes_;
        if (e_.is({&execute::movzx_byte, &execute::movsx_byte, &execute::crc32_byte})) size = 1;
        if (e_.is({&execute::movzx_word, &execute::movsx_word, &execute::mov_to_segment,
                   &execute::mov_from_segment, &execute::sldt, &execute::str, &execute::smsw,
                   &execute::verr, &execute::verw, &execute::lar, &execute::lsl})) {
            size = 2;
        }
        if (e_.is({&execute::movsxd, &execute::ldmxcsr, &execute::stmxcsr})) size = 4;
        if (e_.is({&execute::clflush})) size = 1;
        if (e_.is({&execute::cmpxchg8b})) size = 8;
        if (e_.is({&execute::cmpxchg16b})) size = 16;
        if (e_.decoded.row->form == Form::x87) size = x87_bytes();
        if (e_.is({&execute::fxsave, &execute::fxrstor})) size = 512;
        if (e_.is({&execute::bt, &execute::bts, &execute::btr, &execute::btc}) &&
            e_.form().roles == Roles::E_G) {
            address = bit_string_address(size);
        }
        if (e_.is({&execute::pop})) {  // the address is that after RSP moved
            Registers moved = now_.r;
            now_.r.gpr[rsp] += size;
            address = now_.core.address(i_);
            now_.r = moved;
        }
        const bool stack = Core::segment(i_) == Segment::stack;
        if (e_.is({&execute::sgdt, &execute::sidt})) {
            add(address, 2, true, stack);
            return add(address + 2, 8, true, stack);
        }
        if (e_.is({&execute::lss, &execute::lfs, &execute::lgs, &execute::call_far,
                   &execute::jmp_far})) {
            size = far_offset_bytes();
            add(address, size, false, stack);
            return add(address + size, 2, false, stack);
        }
        const bool reads_only =
            e_.form().in_memory == Shape::rm ||
            e_.is({&execute::cmp, &execute::test, &execute::bt, &execute::push, &execute::mul,
                   &execute::imul_one, &execute::div, &execute::idiv, &execute::call_indirect,
                   &execute::jmp_indirect, &execute::privileged, &execute::ldmxcsr,
                   &execute::clflush, &execute::verr, &execute::verw});
        if (e_.is({&execute::x87_load_2, &execute::x87_load_4, &execute::x87_load_8,
                   &execute::x87_load_10, &execute::x87_load_control,
                   &execute::x87_load_environment, &execute::x87_restore, &execute::fxrstor})) {
            return add(address, size, false, stack);
        }
        add(address, size, !reads_only, stack);
        if (e_.is({&execute::call_indirect, &execute::jmp_indirect})) {
            set_target(value_at(address, 8));
        }
    }

    unsigned far_offset_bytes() const { return std::min(bytes_, 4u); }
    unsigned x87_bytes() const {
        const bool narrow = bytes_ == 2;
        if (e_.is({&execute::x87_load_4, &execute::x87_store_4})) return 4;
        if (e_.is({&execute::x87_load_8, &execute::x87_store_8})) return 8;
        if (e_.is({&execute::x87_load_10, &execute::x87_store_10})) return 10;
        if (e_.is({&execute::x87_load_environment, &execute::x87_store_environment})) {
            return narrow ? 14 : 28;
        }
        if (e_.is({&execute::x87_restore, &execute::x87_save})) return narrow ? 94 : 108;
        return 2;
    }

    std::uint64_t bit_string_address(unsigned size) const {
        const unsigned unused = 64 - 8 * size;
        const auto number = static_cast<std::int64_t>(gpr(i_.source) << unused) >> unused;
        const std::int64_t element = number >> (size == 8 ? 6 : size == 4 ? 5 : 4);
        return with_segment(now_.core.offset(i_) + static_cast<std::uint64_t>(element) * size);
    }

    void add_implied() {
        add_stack();
        add_branches();
        add_strings();
        if (e_.is({&execute::xlat})) {
            add(with_segment(gpr(rbx) + (gpr(0) & 0xff)), 1, false, false);
        }
        if (e_.is({&execute::maskmov.mmx, &execute::maskmov.xmm})) {
            add(with_segment(gpr(rdi)), bytes_, true, false);
        }
        if (e_.is({&execute::privileged}) && e_.opcode >= 0x6c && e_.opcode <= 0x6f &&
            e_.map == Map::one_byte) {
            const bool in = e_.opcode < 0x6e;
            add(in ? cut(gpr(rdi)) : with_segment(gpr(rsi)), e_.opcode % 2 == 0 ? 1 : bytes_, in,
                false);
        }
    }

    void add_stack() {
        if (e_.is({&execute::push, &execute::push_segment, &execute::pushf})) {
            push(gpr(rsp) - bytes_, bytes_);
        }
        if (e_.is({&execute::pop, &execute::pop_segment, &execute::popf})) pop(0, bytes_);
        if (e_.is({&execute::leave})) add(gpr(rbp), bytes_, false, true);
        if (e_.is({&execute::enter})) add_enter();
    }

    void add_enter() {
        const unsigned level = (i_.immediate >> 16) & 31;
        std::uint64_t top = gpr(rsp) - bytes_;
        push(top, bytes_);
        for (unsigned n = 1; n < level; ++n) {
            add(gpr(rbp) - n * bytes_, bytes_, false, true);
            push(top -= bytes_, bytes_);
        }
        if (level > 0) push(top -= bytes_, bytes_);
        push(top - (i_.immediate & 0xffff), bytes_);
    }

    void add_branches() {
        if (e_.is({&execute::call, &execute::jmp})) set_target(now_.r.rip + i_.immediate);
        if (e_.is({&execute::call_indirect, &execute::jmp_indirect}) && !e_.in_memory()) {
            set_target(gpr(i_.destination));
        }
        if (e_.is({&execute::call, &execute::call_indirect})) push(gpr(rsp) - 8, 8);
        if (e_.is({&execute::call_far})) {
            push(gpr(rsp) - bytes_, bytes_);
            push(gpr(rsp) - 2 * bytes_, bytes_);
        }
        if (e_.is({&execute::ret})) {
            pop(0, 8);
            set_target(value_at(gpr(rsp), 8));
        }
        if (e_.is({&execute::ret_far})) {
            pop(0, bytes_), pop(1, bytes_);
            set_target(value_at(gpr(rsp), bytes_));
            // A return to another level, which ends in #GP, may look at more of the frame.
            if ((value_at(gpr(rsp) + bytes_, bytes_) & 3) != 3) {
                add(gpr(rsp) + i_.immediate + 2 * bytes_, bytes_, false, true);
                add(gpr(rsp) + i_.immediate + 3 * bytes_, bytes_, false, true);
            }
        }
        if (e_.is({&execute::iret})) {
            for (unsigned n = 0; n < 5; ++n) pop(n, bytes_);
            set_target(value_at(gpr(rsp), bytes_));
        }
    }

    void add_strings() {
        const bool from = e_.is({&execute::movs, &execute::cmps, &execute::lods});
        const bool to = e_.is({&execute::movs, &execute::cmps, &execute::stos, &execute::scas});
        if (!from && !to) return;
        if (e_.repeat && cut(gpr(1)) == 0) return;
        if (from) add(with_segment(gpr(rsi)), bytes_, false, false);
        if (to) {
            add(cut(gpr(rdi)), bytes_, e_.is({&execute::movs, &execute::stos}), false);
        }
    }

    /// Of what no power of two is as long as, only the start is known to be looked at.
    static unsigned alignment(const MemoryAccess& a) {
        if (a.size == 10) return 8;
        if (a.size == 512) return 16;
        return a.size == 28 || a.size == 108 ? 4 : a.size == 14 || a.size == 94 ? 2 : a.size;
    }
    template <typename Add>
    void add_faults(const MemoryAccess& a, Add add) const {
        const bool misaligned = (now_.r.rflags & flag::ac) != 0 && a.address % alignment(a) != 0;
        if (misaligned) add(alignment_signal);
        if (a.size == 16 && a.address % 16 != 0) add(general_protection_signal);
        if (!is_canonical(a.address)) {
            const bool either = e_.ignored_segment;
            if (a.stack || either) add(stack_fault_signal);
            if (!a.stack || either) add(general_protection_signal);
            if (only_wide_canonical(a.address)) add({11, 1, a.address});
            return;
        }
        const std::uint64_t in_first = std::min<std::uint64_t>(a.size, 0x1000 - a.address % 0x1000);
        add_page_fault(a, a.address, in_first, add);
        if (in_first < a.size) add_page_fault(a, a.address + in_first, a.size - in_first, add);
    }
    template <typename Add>
    void add_page_fault(const MemoryAccess& a, std::uint64_t address, std::uint64_t size,
                        Add add) const {
        MemoryFault fault;
        if (space_.check(address, size, a.write ? Access::write : Access::read, fault)) return;
        if (!is_canonical(fault.address)) return add(general_protection_signal);
        add({11, fault.kind == FaultKind::unmapped ? 1 : 2, fault.address});
    }

    const Encoding& e_;
    const Instruction& i_;
    mutable Snapshot now_;
    AddressSpace& space_;
    unsigned bytes_ = 0;
    std::vector<MemoryAccess> all_;
    bool has_target_ = false;
    std::uint64_t target_ = 0;
};

}  // namespace utsim::cpu::testing
