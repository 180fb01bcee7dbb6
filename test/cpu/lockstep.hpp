// SPDX-License-Identifier: MIT
/// The model and the host processor side by side on the same memory, one instruction at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "cpu/cpu.hpp"
#include "cpu/decode.hpp"
#include "cpu/fault_signal.hpp"
#include "test/cpu/host_process.hpp"
#include "test/cpu/memory_world.hpp"

namespace utsim::cpu::testing {

/// Where things are, in both.
namespace lockstep_map {
inline constexpr std::uint64_t code = 0x10000000, code_size = 0x4000;        // rwx
inline constexpr std::uint64_t data = code + code_size, data_size = 0x2000;  // rw
inline constexpr std::uint64_t read_only = data + data_size;                 // r, one page
inline constexpr std::uint64_t no_access = read_only + 0x1000;               // one page
inline constexpr std::uint64_t end = no_access + 0x1000;
}  // namespace lockstep_map

class Lockstep {
public:
    Lockstep() : space_(world_.create()), host_(lockstep_map::code, map_size) {
        using namespace lockstep_map;
        map(code, code_size, Protection::all);
        map(data, data_size, Protection::read | Protection::write);
        map(read_only, 0x1000, Protection::read);
        map(no_access, 0x1000, Protection::none);
        usable_ = host_.usable() && host_.protect(data, data_size, 3) &&
                  host_.protect(read_only, 0x1000, 1) && host_.protect(no_access, 0x1000, 0) &&
                  host_.seal();
    }

    bool usable() const { return usable_ && host_.usable(); }

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
    /// leaves the result in `r`. Skipped, with nothing done, if the model does not implement it or
    /// it is one whose result depends on the machine.
    Verdict step(Registers& r) {
        before_ = r;
        if (!may_execute(r.rip)) return Verdict::skipped;
        model_ = r;
        model_.rflags |= flag::tf;
        steps_ = 0;
        do {
            result_ = cpu::step(model_, debug_, space_, environment_);
            ++steps_;
        } while (result_.outcome == Outcome::retired && !result_.debug_trap && steps_ < 4);
        debug_ = DebugState{};
        if (result_.unimplemented) return Verdict::skipped;

        if (!(r == last_)) host_.set(r);
        if (!host_.step()) return fail("the host process died");
        real_ = host_.get();
        ++compared_;
        r = real_;
        r.rflags &= ~(flag::tf | flag::rf);
        last_ = real_.rflags == r.rflags ? r : Registers{};
        return compare();
    }

    /// Makes the model's memory equal to the host's, to go on after a difference.
    void resynchronise() {
        space_.write_force(lockstep_map::code, host_.bytes(lockstep_map::code),
                           lockstep_map::no_access - lockstep_map::code);
    }
    /// The mnemonic of the last instruction.
    const std::string& mnemonic() const { return mnemonic_; }

    /// How the last call of `step` ended in the model.
    const StepResult& result() const { return result_; }
    std::uint64_t compared() const { return compared_; }
    const std::string& report() const { return report_; }

private:
    static constexpr std::uint64_t map_size = lockstep_map::end - lockstep_map::code;

    void map(std::uint64_t address, std::uint64_t size, std::uint8_t protection) {
        space_.map(address, size, protection, Placement::fixed);
    }

    bool may_execute(std::uint64_t rip) {
        std::uint8_t bytes[longest_instruction] = {};
        std::size_t got = 0;
        MemoryFault fault;
        if (!space_.fetch(rip, bytes, got, fault)) return true;
        const Decoded d = decode(bytes, got);
        if (d.decodability == Decodability::unimplemented) return false;
        if (d.decodability != Decodability::implemented) return true;
        const HandlerSet* set = d.row->set;
        // The kernel, the clock and CPUID differ; INT1 hangs under some hypervisors.
        if (set == &execute::syscall || set == &execute::cpuid || set == &execute::rdtsc ||
            set == &execute::rdtscp || set == &execute::int1) {
            return false;
        }
        if (set == &execute::int_n) {
            // A few vectors that hypervisors have their own ideas about, and 32-bit system calls.
            const unsigned number = d.instruction.immediate & 0xff;
            return (number < 0x15 || number > 0x1f) && number != 0x80;
        }
        // AMD processors obey an operand-size prefix on near branches, and a REP prefix replaces
        // the condition of LOOPE and LOOPNE; nobody uses either.
        if ((d.row->attributes & attribute::force64) != 0) {
            for (std::size_t n = 0; n + 1 < d.instruction.length; ++n) {
                if (bytes[n] == 0x66 || bytes[n] == 0xf2 || bytes[n] == 0xf3) return false;
            }
        }
        return true;
    }

    Verdict compare() {
        constexpr std::uint64_t ignored = flag::tf;
        Registers a = model_, b = real_;
        a.rflags &= ~ignored;
        b.rflags &= ~ignored;
        ignore_null_segments(a, b);
        if (!(a == b)) return fail("registers differ");
        const LinuxSignal wanted = linux_signal_for(result_, model_.rip);
        if (wanted.signo != host_.signal()) return fail("signals differ");
        if (result_.outcome == Outcome::exception || compared_ % 16 == 0) {
            const HostProcess::Stop stop = host_.stop();
            const LinuxSignal got{stop.signo, stop.code, stop.address};
            // Between iterations of REP the kernel reports a step like any other.
            if (!(wanted == got)) return fail("siginfo differs");
        }
        return compare_memory(compared_ % 64 == 0);
    }

    /// The return from the trap makes 0 of a null selector with a privilege level, and kernels
    /// differ in what base they keep with a null FS or GS.
    static void ignore_null_segments(Registers& a, Registers& b) {
        const auto null = [](std::uint16_t selector) { return (selector & ~3) == 0; };
        if (null(a.ds) && null(b.ds)) a.ds = b.ds;
        if (null(a.es) && null(b.es)) a.es = b.es;
        if (null(a.fs) && null(b.fs) && a.fs_base == 0) a.fs = b.fs, a.fs_base = b.fs_base;
        if (null(a.gs) && null(b.gs) && a.gs_base == 0) a.gs = b.gs, a.gs_base = b.gs_base;
    }

    Verdict compare_memory(bool all) {
        using namespace lockstep_map;
        const std::uint64_t begin = all ? code : data;
        const std::uint64_t bytes = all ? no_access - code : data_size;
        memory_.resize(bytes);
        space_.read_force(begin, memory_.data(), bytes);
        // The test's own mapping of the region stays readable whatever the child may do.
        if (std::memcmp(memory_.data(), host_.bytes(begin), bytes) == 0) return Verdict::same;
        std::uint64_t at = 0;
        while (memory_[at] == host_.bytes(begin)[at]) ++at;
        std::ostringstream text;
        text << "memory differs at " << std::hex << begin + at;
        return fail(text.str());
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
        const HostProcess::Stop stop = host_.stop();
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
        report_ = text.str();
        return Verdict::different;
    }

    MemoryWorld world_;
    AddressSpace& space_;
    HostProcess host_;
    bool usable_ = false;

    Registers before_, model_, real_;
    Registers last_;  ///< what the host is known to hold
    DebugState debug_;
    Environment environment_;
    StepResult result_;
    int steps_ = 0;
    std::uint64_t compared_ = 0;
    std::vector<std::uint8_t> memory_;
    std::string report_;
    std::string mnemonic_;
};

}  // namespace utsim::cpu::testing
