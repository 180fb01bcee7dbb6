// SPDX-License-Identifier: MIT
/// Random instructions for the lockstep test, made from the opcode table row by row so that rare
/// ones come as often as common ones; operands mostly point at memory that is there.
#pragma once

#include <cstdint>
#include <vector>

#include "cpu/operand_form.hpp"
#include "test/cpu/lockstep.hpp"
#include "test/cpu/random_source.hpp"
#include "test/cpu/sse_generator.hpp"
#include "test/cpu/x87_generator.hpp"

namespace utsim::cpu::testing {

class InstructionGenerator {
public:
    InstructionGenerator(Random& random, Lockstep& machine) : random_(random), machine_(machine) {
        for (const Map map : {Map::one_byte, Map::two_byte, Map::three_byte_38, Map::three_byte_3a,
                              Map::vex_38, Map::vex_3a}) {
            for (unsigned opcode = 0; opcode < 256; ++opcode) {
                for (const Row& row : rows_for(map, static_cast<std::uint8_t>(opcode))) {
                    if (row.form == Form::unimplemented) continue;
                    entries_.push_back({map, static_cast<std::uint8_t>(opcode), &row});
                }
            }
        }
    }

    /// New registers, and a place in the code.
    Registers fresh(const Registers& old) {
        Registers r;
        for (std::uint64_t& value : r.gpr)
            value = random_.one_in(2) ? pointer() : random_.interesting();
        r.gpr[rsp] = pointer() & ~std::uint64_t{7};
        // The debugger interface cannot change ID, so it stays what it is.
        r.rflags = flag::fixed | flag::interrupt | (old.rflags & flag::id) |
                   (random_.next() & flag::arithmetic);
        r.fpu = old.fpu;
        r.fs_base = random_.one_in(2) ? 0 : random_.below(256);
        r.gs_base = random_.one_in(2) ? 0 : pointer();
        r.rip = lockstep_map::code + 0x200 + random_.below(lockstep_map::code_size - 0x400);
        return r;
    }

    /// An opcode and one of the rows that may match it.
    struct Entry {
        Map map;
        std::uint8_t opcode;
        const Row* row;
    };
    /// One form of an entry: where ModRM points, and what widens or narrows the operand.
    struct Wish {
        Entry entry;
        bool memory = false;
        bool operand16 = false;
        bool rex_w = false;
    };
    const std::vector<Entry>& entries() const { return entries_; }

    /// Writes an instruction of this form, if there is one (decode it to see).
    void generate(Registers& r, const Wish& wish) {
        wish_ = &wish;
        generate(r);
        wish_ = nullptr;
    }

    /// Writes an instruction at `r.rip` and prepares registers and memory for it.
    void generate(Registers& r) {
        const std::uint64_t place = r.rip - lockstep_map::code;
        if (place < 0x100 || place > lockstep_map::code_size - 0x100 || random_.one_in(64)) {
            r = fresh(r);
        }
        if (random_.one_in(4)) r.gpr[random_.below(16)] = random_.interesting();
        normalise(r);
        r_ = &r;
        bytes_.clear();
        if (wish_ == nullptr && random_.one_in(16)) {
            for (int n = 0; n < 15; ++n) bytes_.push_back(random_.byte());
        } else {
            pick_entry();
            if (is_vector()) prepare_vectors();
            if ((is_x87() || is_fxsave()) && !random_.one_in(8)) x87_.fill(r.fpu);
            encode();
        }
        bytes_.resize(bytes_.size() < 15 ? bytes_.size() : 15);
        for (int n = 0; n < 15; ++n) bytes_.push_back(0x90);  // what MOV SS drags along
        machine_.poke(r.rip, bytes_.data(), bytes_.size());
    }

private:
    static constexpr std::uint8_t rax = 0, rcx = 1, rdx = 2, rsp = 4, rbp = 5, rsi = 6, rdi = 7;

    void pick_entry() {
        if (wish_ != nullptr) {
            entry_ = wish_->entry;
            return;
        }
        do {
            entry_ = entries_[random_.below(entries_.size())];
        } while (entry_.row->set == &execute::nop && !random_.one_in(8));
    }

    /// Mostly well inside the data, sometimes near the end, where read-only memory begins.
    std::uint64_t pointer() {
        using namespace lockstep_map;
        if (random_.one_in(16)) return read_only - 16 + random_.below(0x1020);
        const std::uint64_t at = data + 0x200 + random_.below(data_size - 0x400);
        return random_.one_in(2) ? at & ~std::uint64_t{15} : at;
    }
    std::uint64_t code_pointer() {
        return lockstep_map::code + 0x200 + random_.below(lockstep_map::code_size - 0x400);
    }

    /// What PTRACE_SETREGS refuses or forgets is put right.
    void normalise(Registers& r) {
        if (r.fs != 0 || r.gs != 0) {
            r.fs = r.gs = 0;
            r.fs_base = random_.below(256);
        }
        for (std::uint16_t* selector : {&r.ds, &r.es}) {
            if ((*selector & 3) != 3) *selector = 0;
        }
        // The kernel returns with IRET, which on AMD wants a canonical RSP, and loses NT.
        if (!is_canonical(r.gpr[rsp])) r.gpr[rsp] = pointer();
        r.rflags &= ~flag::nt;
        if (random_.one_in(16)) r.rflags &= ~(flag::df | flag::ac);
    }

    bool rex_w() const { return (rex_ & 8) != 0; }
    bool is_io() const {
        return entry_.map == Map::one_byte && entry_.opcode >= 0x6c && entry_.opcode <= 0x6f;
    }
    bool is_fxsave() const { return sets(execute::fxsave) || sets(execute::fxrstor); }
    bool is_x87() const {
        return entry_.row->form == Form::x87 || entry_.row->set == &execute::x87_wait;
    }
    bool sets(const HandlerSet& set) const { return entry_.row->set == &set; }

    bool is_vector() const {
        const Form form = entry_.row->form;
        return form < Form::undefined && form_info(form).has_vector();
    }
    void prepare_vectors() {
        sse_.fill(r_->fpu);
        if (sets(execute::maskmov.mmx) || sets(execute::maskmov.xmm)) {
            r_->gpr[rdi] =
                random_.one_in(4) ? lockstep_map::read_only - random_.below(20) : pointer();
            if (random_.one_in(4)) sse_.clear_masks(r_->fpu);
        }
        if (sets(execute::pcmpestrm) || sets(execute::pcmpestri)) {
            r_->gpr[rax] = random_.below(40) - 20;
            r_->gpr[rdx] = random_.below(40) - 20;
        }
    }

    void encode() {
        const Row& row = *entry_.row;
        const bool has_form = row.form != Form::undefined;
        const FormInfo& form = form_info(has_form ? row.form : Form::Ev);
        rex_ = random_.one_in(2) ? static_cast<std::uint8_t>(0x40 | (random_.byte() & 15)) : 0;
        if (wish_ != nullptr) {
            rex_ = static_cast<std::uint8_t>(wish_->rex_w ? rex_ | 0x48 : rex_ & 0xf7);
        }
        if ((row.attributes & attribute::rex_w) != 0) rex_ |= 0x48;
        if ((row.attributes & attribute::without_rex_b) != 0 && rex_ != 0) rex_ &= 0xfe;
        in_memory_ = form.has_modrm() && wants_memory(row);
        segment_ = 0;
        address32_ = random_.one_in(16);
        put_prefixes(row);
        if (is_vex()) {
            put_vex(row);
        } else if (rex_ != 0) {
            bytes_.push_back(rex_);
        }
        if (entry_.map != Map::one_byte && !is_vex()) bytes_.push_back(0x0f);
        if (entry_.map == Map::three_byte_38) bytes_.push_back(0x38);
        if (entry_.map == Map::three_byte_3a) bytes_.push_back(0x3a);
        bytes_.push_back(entry_.opcode);
        prepare_implied();
        if (form.has_modrm()) put_modrm(row, form);
        put_immediate(form, row);
    }

    bool is_vex() const { return entry_.map == Map::vex_38 || entry_.map == Map::vex_3a; }
    void put_vex(const Row& row) {
        const unsigned pp = row.prefix == Prefix::x66   ? 1
                            : row.prefix == Prefix::xF3 ? 2
                            : row.prefix == Prefix::xF2 ? 3
                                                        : 0;
        const bool third = (row.attributes & attribute::third_register) != 0;
        const unsigned vvvv = third ? static_cast<unsigned>(random_.below(16)) : 0;
        const unsigned map = entry_.map == Map::vex_38 ? 2 : 3;
        bytes_.push_back(0xc4);
        bytes_.push_back(static_cast<std::uint8_t>(((~rex_ & 7u) << 5) | map));
        const unsigned w = (rex_ & 8u) << 4;
        bytes_.push_back(static_cast<std::uint8_t>(w | (~vvvv & 15u) << 3 | pp));
    }

    bool wants_memory(const Row& row) {
        if (row.modrm >= 0) return row.modrm < 0xc0;
        if (wish_ != nullptr) return wish_->memory;
        if ((row.attributes & attribute::register_only) != 0) return false;
        if ((row.attributes & attribute::memory_only) != 0) return true;
        return row.form == Form::Gv_M || row.form == Form::M || random_.one_in(2);
    }

    void put_prefixes(const Row& row) {
        operand16_ = random_.one_in(4) && (row.attributes & attribute::force64) == 0;
        if (wish_ != nullptr) operand16_ = wish_->operand16;
        if (row.prefix == Prefix::none || is_vex()) operand16_ = false;
        if (row.prefix == Prefix::x66 && !is_vex()) operand16_ = true;
        if (operand16_) bytes_.push_back(0x66);
        if (address32_) bytes_.push_back(0x67);
        const bool lockable = in_memory_ && (row.attributes & attribute::lock) != 0;
        if (!is_vex() && random_.one_in(lockable ? 3 : 128)) bytes_.push_back(0xf0);
        if (random_.one_in(16)) {
            segment_ = random_.one_in(2) ? 0x64 : 0x65;
            bytes_.push_back(segment_);
        }
        if (random_.one_in(32)) bytes_.push_back(random_.one_in(2) ? 0x36 : 0x3e);
        const bool repeats = (row.attributes & attribute::repeats) != 0 || is_io();
        if (is_vex()) return;
        if (row.prefix == Prefix::xF3 || row.prefix == Prefix::xF2) {
            bytes_.push_back(row.prefix == Prefix::xF3 ? 0xf3 : 0xf2);
        } else if (row.prefix != Prefix::none && row.prefix != Prefix::x66 &&
                   random_.one_in(repeats ? 2 : 64)) {
            bytes_.push_back(random_.one_in(2) ? 0xf2 : 0xf3);
        }
    }

    /// Registers and memory that the opcode uses without naming them.
    void prepare_implied() {
        Registers& r = *r_;
        if ((entry_.row->attributes & attribute::repeats) != 0 && !random_.one_in(16)) {
            r.gpr[rsi] = pointer() - (segment_ == 0x64   ? r.fs_base
                                      : segment_ == 0x65 ? r.gs_base
                                                         : 0);
            r.gpr[rdi] = pointer();
            r.gpr[rcx] = random_.below(4);
        }
        if (is_io() && random_.one_in(2)) r.gpr[rcx] = 0;
        const bool stack = sets(execute::push) || sets(execute::pop) ||
                           sets(execute::push_segment) || sets(execute::pop_segment) ||
                           sets(execute::pushf) || sets(execute::popf) || sets(execute::call) ||
                           sets(execute::call_indirect) || sets(execute::call_far) ||
                           sets(execute::ret) || sets(execute::ret_far) || sets(execute::iret) ||
                           sets(execute::enter);
        if (stack && !random_.one_in(16)) r.gpr[rsp] = pointer();
        if ((sets(execute::leave) || sets(execute::enter)) && !random_.one_in(16)) {
            r.gpr[rbp] = pointer();
        }
        if (sets(execute::xlat)) r.gpr[3] = pointer();
        if ((sets(execute::div) || sets(execute::idiv)) && !random_.one_in(4)) {
            r.gpr[rdx] = random_.one_in(4) ? ~std::uint64_t{0} : 0;
        }
        if (sets(execute::cmpxchg) && random_.one_in(2)) r.gpr[rax] = r.gpr[random_.below(16)];
        prepare_stack_top();
    }

    bool takes_selector() const {
        return sets(execute::mov_to_segment) || sets(execute::verr) || sets(execute::verw) ||
               sets(execute::lar) || sets(execute::lsl);
    }
    bool takes_far_pointer() const {
        return sets(execute::lss) || sets(execute::lfs) || sets(execute::lgs) ||
               sets(execute::call_far) || sets(execute::jmp_far);
    }
    void prepare_far_pointer(std::uint64_t target) {
        const bool transfer = sets(execute::call_far) || sets(execute::jmp_far);
        const unsigned size = operand16_ && !rex_w() ? 2 : 4;
        poke(target, random_.one_in(8) ? random_.next() : code_pointer(), size);
        poke(target + size, transfer && !random_.one_in(8) ? 0x33u : selector(), 2);
    }

    void prepare_stack_top() {
        const std::uint64_t top = r_->gpr[rsp];
        const bool writable = top >= lockstep_map::data && top < lockstep_map::read_only - 64;
        if (!writable || random_.one_in(16)) return;
        if (sets(execute::ret)) poke(top, code_pointer(), 8);
        if (sets(execute::pop_segment)) poke(top, selector(), 8);
        if (sets(execute::ret_far) || sets(execute::iret)) {
            const unsigned size = rex_w() ? 8 : operand16_ ? 2 : 4;
            const std::uint64_t frame[] = {code_pointer(), random_.one_in(16) ? selector() : 0x33u,
                                           random_.next() & ~flag::tf,
                                           random_.one_in(8) ? random_.next() : pointer(),
                                           random_.one_in(16) ? selector() : 0x2bu};
            for (unsigned n = 0; n < 5; ++n) poke(top + n * size, frame[n], size);
        }
    }
    void poke(std::uint64_t address, std::uint64_t value, unsigned size) {
        machine_.poke(address, &value, size);
    }
    std::uint16_t selector() {
        constexpr std::uint16_t some[] = {0,    1,    2,    3,    0x2b, 0x2b,
                                          0x2b, 0x33, 0x28, 0x1b, 0x10, 0x83};
        return random_.one_in(8) ? static_cast<std::uint16_t>(random_.below(256))
                                 : random_.pick(some);
    }

    void put_modrm(const Row& row, const FormInfo& form) {
        if (row.modrm >= 0) {
            bytes_.push_back(static_cast<std::uint8_t>(row.modrm));
            return;
        }
        const std::uint8_t field = row.digit >= 0 && row.form != Form::seg
                                       ? static_cast<std::uint8_t>(row.digit)
                                       : static_cast<std::uint8_t>(random_.below(8));
        const bool bit_string =
            form.roles == Roles::E_G &&
            (sets(execute::bt) || sets(execute::bts) || sets(execute::btr) || sets(execute::btc));
        if (bit_string) {
            r_->gpr[field | ((rex_ & 4) << 1)] = random_.below(512) - 256;
        }
        if (!in_memory_) {
            const std::uint8_t rm = static_cast<std::uint8_t>(random_.below(8));
            prepare_value(rm | ((rex_ & 1) << 3));
            bytes_.push_back(static_cast<std::uint8_t>(0xc0 | field << 3 | rm));
            return;
        }
        put_address(field, form, row);
    }

    /// Branch targets and selectors in registers.
    void prepare_value(int number) {
        if (random_.one_in(16)) return;
        if (sets(execute::jmp_indirect) || sets(execute::call_indirect)) {
            r_->gpr[number] = code_pointer();
        }
        if (takes_selector()) r_->gpr[number] = selector();
    }

    void put_address(std::uint8_t field, const FormInfo& form, const Row& row) {
        Registers& r = *r_;
        std::uint64_t target = pointer();
        if ((sets(execute::cmpxchg16b) || is_fxsave()) && !random_.one_in(8)) {
            target &= ~std::uint64_t{15};
        }
        if (!random_.one_in(16) && target + 8 < lockstep_map::read_only) {
            if (sets(execute::jmp_indirect) || sets(execute::call_indirect)) {
                poke(target, code_pointer(), 8);
            }
            if (takes_selector()) poke(target, selector(), 2);
            if (takes_far_pointer()) prepare_far_pointer(target);
            if (is_x87()) prepare_x87(target);
            if (sets(execute::fxrstor)) prepare_fxrstor(target);
        }
        if (is_vector()) prepare_memory(target);
        if (sets(execute::ldmxcsr))
            poke(target, sse_.mxcsr() | (random_.one_in(8) ? 1u << random_.below(32) : 0u), 4);
        if (segment_ == 0x64) target -= r.fs_base;
        if (segment_ == 0x65) target -= r.gs_base;
        switch (random_.below(4)) {
            case 0: {  // RIP-relative
                const std::uint64_t length = bytes_.size() + 5 + immediate_bytes(form, row);
                put_mode(0, field, 5);
                put_number(target - (r.rip + length), 4);
                return;
            }
            case 1:  // absolute
                put_mode(0, field, 4);
                bytes_.push_back(0x25);
                put_number(target, 4);
                return;
            default:
                put_sib(field, target);
        }
    }

    /// Mostly aligned where it must be.
    void prepare_memory(std::uint64_t& target) {
        if (!random_.one_in(8)) target &= ~std::uint64_t{15};
        if (target + 16 > lockstep_map::no_access) return;
        const Xmm value = sse_.value();
        machine_.poke(target, &value, sizeof value);
    }

    /// An operand, or an environment.
    void prepare_x87(std::uint64_t target) {
        const bool state = sets(execute::x87_load_environment) || sets(execute::x87_restore);
        if (state && !random_.one_in(8)) {
            FpuState f;
            x87_.fill(f);
            const unsigned size = operand16_ && !rex_w() ? 2 : 4;
            poke(target, f.fcw, size);
            poke(target + size, f.fsw, size);
            poke(target + 2 * size, random_.next(), size);
        } else if (!state) {
            const X87Generator::Operand operand = x87_.operand(entry_.opcode);
            machine_.poke(target, operand.bytes, sizeof operand.bytes);
        }
    }

    void prepare_fxrstor(std::uint64_t target) {
        FpuState f;
        x87_.fill(f);
        f.mxcsr = static_cast<std::uint32_t>(random_.next() & 0xffff);
        if (random_.one_in(8)) f.mxcsr |= 1u << (18 + random_.below(14));
        if (random_.one_in(4)) f.fip = random_.next(), f.fdp = random_.next(), f.fop = 0xabc;
        if (random_.one_in(4)) f.fsw = f.fcw = static_cast<std::uint16_t>(random_.next());
        for (Xmm& x : f.xmm) x = {{random_.interesting(), random_.interesting()}};
        if (target + sizeof f < lockstep_map::read_only) machine_.poke(target, &f, sizeof f);
    }

    void put_sib(std::uint8_t field, std::uint64_t target) {
        Registers& r = *r_;
        const auto base = static_cast<std::uint8_t>(random_.below(8));
        const auto index = static_cast<std::uint8_t>(random_.below(8));
        const std::uint8_t base_number = base | ((rex_ & 1) << 3);
        const std::uint8_t index_number = index | ((rex_ & 2) << 2);
        const bool indexed = random_.one_in(2) || base == 4;
        const auto scale = static_cast<std::uint8_t>(random_.below(4));
        if (!random_.one_in(32)) r.gpr[base_number] = pointer();
        std::uint64_t sum = r.gpr[base_number];
        if (indexed && index_number != rsp) {
            if (index_number != base_number) r.gpr[index_number] = random_.below(64) - 32;
            sum += r.gpr[index_number] << scale;
        }
        std::uint64_t displacement = target - sum;
        const bool small = random_.one_in(is_vector() ? 8 : 2);
        if (small) displacement = random_.below(256) - 128;
        put_mode(small ? 1 : 2, field, indexed ? 4 : base);
        if (indexed) bytes_.push_back(static_cast<std::uint8_t>(scale << 6 | index << 3 | base));
        put_number(displacement, small ? 1 : 4);
    }

    void put_mode(unsigned mode, unsigned field, unsigned rm) {
        bytes_.push_back(static_cast<std::uint8_t>(mode << 6 | field << 3 | rm));
    }
    void put_number(std::uint64_t value, unsigned size) {
        for (unsigned n = 0; n < size; ++n)
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * n)));
    }

    unsigned immediate_bytes(const FormInfo& form, const Row& row) const {
        switch (form.immediate) {
            case Immediate::Ib:
                return 1;
            case Immediate::Iw:
                return 2;
            case Immediate::Iw_Ib:
                return 3;
            case Immediate::Jz:
                return 4;
            case Immediate::O:
                return address32_ ? 4 : 8;
            case Immediate::Iz:
                return operand16_ && !rex_w() && row.attributes < 0x8000 ? 2 : 4;
            case Immediate::Iv:
                return rex_w() ? 8 : operand16_ ? 2 : 4;
            default:
                return 0;
        }
    }

    void put_immediate(const FormInfo& form, const Row& row) {
        const unsigned size = immediate_bytes(form, row);
        std::uint64_t value = random_.interesting();
        if (form.immediate == Immediate::O) {
            value = pointer();
            if (segment_ == 0x65) value -= r_->gs_base;
        }
        if (form.immediate == Immediate::Jz) value = code_pointer() - (r_->rip + bytes_.size() + 4);
        if (form.immediate == Immediate::Iw_Ib && !random_.one_in(4)) value &= 0x0300ff;
        if (form.immediate == Immediate::Iw) value &= 0x1ff;
        put_number(value, size);
    }

    Random& random_;
    Lockstep& machine_;
    SseGenerator sse_{random_};
    X87Generator x87_{random_};
    std::vector<Entry> entries_;
    const Wish* wish_ = nullptr;
    Registers* r_ = nullptr;
    std::vector<std::uint8_t> bytes_;
    Entry entry_{};
    std::uint8_t rex_ = 0;
    std::uint8_t segment_ = 0;
    bool operand16_ = false;
    bool address32_ = false;
    bool in_memory_ = false;
};

}  // namespace utsim::cpu::testing
