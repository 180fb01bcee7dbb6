// SPDX-License-Identifier: MIT
/// The model and another processor side by side on the same memory, one instruction at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "cpu/cpu.hpp"
#include "cpu/decode.hpp"
#include "cpu/fault_signal.hpp"
#include "test/cpu/comparison.hpp"
#include "test/cpu/memory_world.hpp"
#include "test/cpu/oracle.hpp"
#include "test/cpu/single_step.hpp"

namespace utsim::cpu::testing {

/// Maps the regions of `lockstep_map`.
inline void map_regions(AddressSpace& space) {
    using namespace lockstep_map;
    const auto map = [&space](std::uint64_t address, std::uint64_t bytes, std::uint8_t protection) {
        space.map(address, bytes, protection, Placement::fixed);
    };
    map(code, code_size, Protection::all);
    map(data, data_size, Protection::read | Protection::write);
    map(read_only, 0x1000, Protection::read);
    map(no_access, 0x1000, Protection::none);
}

class Lockstep {
public:
    Lockstep(Oracle& oracle, const HostIdentity& identity)
        : space_(world_.create()),
          host_(oracle),
          comparison_(identity, ledger_) {
        map_regions(space_);
        // Code holds what the oracle was set up with.
        if (usable()) resynchronise();
    }

    bool usable() const { return host_.usable(); }
    /// Whether the oracle has all the extensions that the model has.
    void set_extensions(bool there) { extensions_ = there; }

    /// Writes to both memories.
    void poke(std::uint64_t address, const void* bytes, std::size_t size) {
        std::memcpy(host_.bytes(address), bytes, size);
        space_.write_force(address, bytes, size);
    }
    std::uint64_t peek(std::uint64_t address) const {
        std::uint64_t value;
        std::memcpy(&value, host_.bytes(address), sizeof value);
        return value;
    }

    enum class Verdict { same, skipped, different };

    /// Executes the instruction at `r.rip` in both (and, behind MOV SS, the one after it), and
    /// leaves the model's result in `r`. Skipped, with nothing done, if the model does not
    /// implement it, it is a system call, or the table forbids to execute it on this host.
    Verdict step(Registers& r) {
        before_ = r;
        left_out_ = nullptr;
        const Encoding e = fetch(r.rip);
        if (!may_execute(e)) return Verdict::skipped;
        const OpenParts parts(e, r, space_);
        left_out_ = comparison_.forbidden(parts);
        if (left_out_ != nullptr) return Verdict::skipped;
        if (!host_.can_execute(e, r, parts.accesses())) return Verdict::skipped;
        if (host_.exit() != 0) poke_jump(host_.exit(), 0);
        const SingleStep step(space_, r, host_.single_steps());
        if (step.result.unimplemented) return Verdict::skipped;
        if (!host_.can_end_in(r, step.registers, step.result.outcome == Outcome::retired)) {
            resynchronise();
            return Verdict::skipped;
        }
        const bool branches = step.registers.rip != host_.exit() && step.registers.rip != r.rip;
        if (!host_.single_steps() && branches) poke_jump(step.registers.rip, 1);
        model_ = step.registers;
        result_ = step.result;
        // RF that IRET loads is gone after the jump back.
        const bool completed = result_.outcome == Outcome::retired;
        if (!host_.single_steps() && completed) model_.rflags &= ~flag::rf;
        steps_ = step.instructions;

        if (!host_.single_steps() || !(r == last_)) host_.set(r);
        if (!host_.step()) return fail("the host process died");
        real_ = host_.get();
        ++compared_;
        const Verdict verdict = compare(parts);
        take_over(r);
        last_ = real_ == r ? r : Registers{};
        if (verdict == Verdict::same && comparison_.differs()) follow_model();
        return verdict;
    }

    /// Makes the model's memory equal to the host's, to go on after a difference.
    void resynchronise() {
        space_.write_force(lockstep_map::code, host_.bytes(lockstep_map::code), compared_bytes);
    }
    /// The mnemonic of the last instruction.
    const std::string& mnemonic() const { return mnemonic_; }

    /// How the last call of `step` ended in the model.
    const StepResult& result() const { return result_; }
    /// If the last call of `step` was forbidden by a row of the table: which.
    const OpenRow* left_out() const { return left_out_; }
    std::uint64_t compared() const { return compared_; }
    const std::string& report() const { return report_; }
    const Ledger& ledger() const { return ledger_; }

private:
    static constexpr std::uint64_t compared_bytes = lockstep_map::no_access - lockstep_map::code;

    void poke_jump(std::uint64_t address, unsigned number) {
        const Oracle::Jump jump = host_.jump(number);
        const bool in_code =
            address - lockstep_map::code <= lockstep_map::code_size - sizeof jump.bytes;
        if (in_code && !host_.single_steps()) poke(address, jump.bytes, sizeof jump.bytes);
    }

    Encoding fetch(std::uint64_t rip) {
        std::uint8_t bytes[longest_instruction] = {};
        std::size_t got = 0;
        MemoryFault fault;
        if (!space_.fetch(rip, bytes, got, fault)) return {};
        return Encoding(bytes, got);
    }

    bool may_execute(const Encoding& e) const {
        if (e.decoded.decodability == Decodability::unimplemented) return false;
        if (e.is({&execute::syscall})) return false;
        return extensions_ ||
               !(e.is_vector() ||
                 e.is({&execute::tzcnt, &execute::lzcnt,      &execute::popcnt,
                       &execute::movbe, &execute::cmpxchg16b, &execute::lahf,
                       &execute::sahf,  &execute::andn,       &execute::bzhi,
                       &execute::bextr, &execute::pdep,       &execute::pext,
                       &execute::shlx,  &execute::shrx,       &execute::sarx,
                       &execute::blsr,  &execute::blsmsk,     &execute::blsi,
                       &execute::mulx,  &execute::rorx,       &execute::adcx,
                       &execute::adox,  &execute::crc32,      &execute::crc32_byte}));
    }

    Verdict compare(const OpenParts& parts) {
        Observation model{model_, linux_signal_for(result_, model_.rip)};
        Observation real{real_, model.signal};
        // Asking for the details of a plain step costs as much as the step.
        const bool plain = result_.outcome != Outcome::exception && compared_ % 16 != 0;
        if (!plain || host_.signal() != model.signal.signo) real.signal = host_.stop();
        const char* what = comparison_.compare(parts, result_, model, real);
        if (what != nullptr) return fail(what);
        bool open_memory = false;  // what stands in code is made equal at once
        for (const OpenPart& p : parts.all()) open_memory |= p.bytes != 0;
        if (!host_.single_steps() && !open_memory && compared_ % 64 != 0) {
            return compare_touched(parts.accesses());
        }
        return compare_memory(open_memory || compared_ % 64 == 0);
    }

    Verdict compare_memory(bool all) {
        using namespace lockstep_map;
        const std::uint64_t begin = all ? code : data;
        const std::uint64_t bytes = all ? compared_bytes : data_size;
        return compare_range(begin, bytes);
    }
    Verdict compare_range(std::uint64_t begin, std::uint64_t bytes) {
        memory_.resize(bytes);
        space_.read_force(begin, memory_.data(), bytes);
        // The test's own mapping of the region stays readable whatever the child may do.
        const std::uint64_t at =
            comparison_.compare_memory(begin, memory_.data(), host_.bytes(begin), bytes);
        if (at == 0) return Verdict::same;
        std::ostringstream text;
        text << "memory differs at " << std::hex << at;
        return fail(text.str());
    }

    /// The memory that the instruction names; what else it changed is noticed soon.
    Verdict compare_touched(const AccessList& accesses) {
        using namespace lockstep_map;
        constexpr std::uint64_t around = 16;
        for (const MemoryAccess& a : accesses.all()) {
            if (!a.write || a.address < code + around) continue;
            const std::uint64_t begin = a.address - around, bytes = a.size + 2 * around;
            if (begin >= no_access || bytes > no_access - begin) continue;
            if (compare_range(begin, bytes) == Verdict::different) return Verdict::different;
        }
        return Verdict::same;
    }

    /// The state to go on from: the model's, but for what the debugger interface cannot set or
    /// keep: ID, and what becomes of null selectors on the way through the kernel.
    void take_over(Registers& r) const {
        const auto null = [](std::uint16_t selector) { return (selector & ~3) == 0; };
        r = model_;
        r.rflags &= ~(flag::tf | flag::rf | flag::id);
        r.rflags |= real_.rflags & flag::id;
        if (null(r.ds) && null(real_.ds)) r.ds = real_.ds;
        if (null(r.es) && null(real_.es)) r.es = real_.es;
        if (null(r.fs) && null(real_.fs)) r.fs = real_.fs, r.fs_base = real_.fs_base;
        if (null(r.gs) && null(real_.gs)) r.gs = real_.gs, r.gs_base = real_.gs_base;
    }
    /// Where the two may differ and do, both go on as the model did.
    void follow_model() {
        space_.read_force(lockstep_map::code, host_.bytes(lockstep_map::code), compared_bytes);
    }

    Verdict fail(const std::string& what) {
        std::ostringstream text;
        text << what << "\n  bytes at rip:" << std::hex;
        std::uint8_t bytes[longest_instruction] = {};
        space_.read_force(before_.rip, bytes, sizeof bytes);
        for (const unsigned byte : bytes) text << ' ' << (byte < 16 ? "0" : "") << byte;
        const Decoded d = decode(bytes, sizeof bytes);
        mnemonic_ = d.row != nullptr ? d.row->name : "?";
        text << "  " << mnemonic_;
        const LinuxSignal wanted = linux_signal_for(result_, model_.rip);
        text << "\n  model: vector " << int{result_.vector} << " signal " << std::dec
             << wanted.signo << " code " << wanted.code << " addr " << std::hex << wanted.address
             << " steps " << steps_;
        const LinuxSignal stop = host_.stop();
        text << "\n  host: signal " << std::dec << stop.signo << " code " << stop.code << " addr "
             << std::hex << stop.address;
        text << "\n            before            model             host";
        const char* names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8",
                               "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags"};
        for (int n = 0; n < 18; ++n) {
            const auto value = [n](const Registers& r) {
                return n < 16 ? r.gpr[n] : n == 16 ? r.rip : r.rflags;
            };
            const bool differs = value(model_) != value(real_);
            text << "\n  " << (differs ? "* " : "  ") << names[n];
            for (const Registers* r : {&before_, &model_, &real_}) text << ' ' << value(*r);
        }
        text << "\n  segments model " << model_.cs << ' ' << model_.ss << ' ' << model_.ds << ' '
             << model_.es << ' ' << model_.fs << ' ' << model_.gs << ' ' << model_.fs_base << ' '
             << model_.gs_base << "\n  segments host  " << real_.cs << ' ' << real_.ss << ' '
             << real_.ds << ' ' << real_.es << ' ' << real_.fs << ' ' << real_.gs << ' '
             << real_.fs_base << ' ' << real_.gs_base;
        report_vectors(text);
        report_x87(text);
        report_ = text.str();
        return Verdict::different;
    }

    void report_vectors(std::ostream& text) const {
        const FpuState &a = before_.fpu, &b = model_.fpu, &c = real_.fpu;
        if (a == b && b == c) return;
        text << "\n  mxcsr " << a.mxcsr << ' ' << b.mxcsr << ' ' << c.mxcsr;
        for (unsigned n = 0; n < 16; ++n) {
            text << "\n  " << (b.xmm[n] == c.xmm[n] ? "  " : "* ") << "xmm" << std::dec << n
                 << std::hex;
            for (const FpuState* f : {&a, &b, &c}) {
                text << ' ' << f->xmm[n].half[1] << ':' << f->xmm[n].half[0];
            }
        }
    }

    void report_x87(std::ostream& text) const {
        if (model_.fpu == real_.fpu && before_.fpu == model_.fpu) return;
        constexpr const char* names[] = {"before", "model ", "host  "};
        const FpuState* const all[] = {&before_.fpu, &model_.fpu, &real_.fpu};
        for (int n = 0; n < 3; ++n) {
            const FpuState& f = *all[n];
            text << "\n  x87 " << names[n] << " fcw " << f.fcw << " fsw " << f.fsw << " ftw "
                 << int{f.ftw} << " fop " << f.fop << " fip " << f.fip << " fdp " << f.fdp;
            for (const X87Register& r : f.st) {
                text << ' ' << r.sign_exponent << ':' << r.significand;
            }
        }
    }

    MemoryWorld world_;
    AddressSpace& space_;
    Oracle& host_;
    Ledger ledger_;
    Comparison comparison_;
    bool extensions_ = true;
    const OpenRow* left_out_ = nullptr;

    Registers before_, model_, real_;
    Registers last_;  ///< what the host is known to hold
    StepResult result_;
    int steps_ = 0;
    std::uint64_t compared_ = 0;
    std::vector<std::uint8_t> memory_;
    std::string report_;
    std::string mnemonic_;
};

}  // namespace utsim::cpu::testing
