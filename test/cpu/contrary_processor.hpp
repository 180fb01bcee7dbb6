// SPDX-License-Identifier: MIT
/// A processor that does all that the manuals define, and whatever they leave open in another way
/// than ours does: what has to pass where nothing is known of a host.
#pragma once

#include <cstdint>
#include <vector>

#include "test/cpu/lockstep.hpp"
#include "test/cpu/random_source.hpp"

namespace utsim::cpu::testing {

class ContraryProcessor : public Oracle {
public:
    /// With `errs_in`, also one thing wrong that is defined, now and then: that must be noticed.
    enum class Error { none, flag, reg, memory, signal };
    explicit ContraryProcessor(Error errs_in = Error::none)
        : errs_in_(errs_in),
          space_(world_.create()),
          bytes_(lockstep_map::size) {
        map_regions(space_);
    }

    bool usable() const override { return true; }
    std::uint8_t* bytes(std::uint64_t address) const override {
        return bytes_.data() + (address - lockstep_map::code);
    }
    void set(const Registers& r) override { r_ = r; }
    Registers get() override { return r_; }
    int signal() const override { return signal_.signo; }
    LinuxSignal stop() const override { return signal_; }

    bool step() override {
        space_.write_force(lockstep_map::code, bytes_.data(), kept);
        std::uint8_t raw[longest_instruction] = {};
        std::size_t got = 0;
        MemoryFault fault;
        Encoding e;
        if (space_.fetch(r_.rip, raw, got, fault)) e = Encoding(raw, got);
        const OpenParts parts(e, r_, space_);
        const SingleStep step(space_, r_);
        r_ = step.registers;
        signal_ = step.signal;
        space_.read_force(lockstep_map::code, bytes_.data(), kept);
        for (const OpenPart& p : parts.all()) contradict(p, parts, step.result);
        if (errs_in_ != Error::none && random_.one_in(64)) err(parts);
        return true;
    }

    std::uint64_t errors() const { return errors_; }

private:
    static constexpr std::uint64_t kept = lockstep_map::no_access - lockstep_map::code;

    void contradict(const OpenPart& p, const OpenParts& parts, const StepResult& result) {
        const bool faulted = result.outcome == Outcome::exception;
        if (p.outcome) {
            // From an exception to another, or none; from none to one.
            signal_ =
                faulted && random_.one_in(2) ? LinuxSignal{5, 2, r_.rip} : LinuxSignal{11, 0x80, 0};
            r_.gpr[random_.below(16)] ^= random_.next();
            return;
        }
        if (p.report) {
            if (faulted) signal_ = parts.faults()[random_.below(parts.faults().size())];
            return;
        }
        if (p.bytes != 0) {
            if (faulted != (p.id == Open::enter_fault)) return;
            const std::uint64_t at = p.memory + random_.below(p.bytes);
            const bool there = at >= lockstep_map::data && at < lockstep_map::read_only;
            if (there) *bytes(at) ^= random_.byte();
            return;
        }
        if (faulted || (p.id == Open::repeat_rf && !result.repeating)) return;
        r_.rflags ^= random_.next() & p.flags;
        if (p.xmm >= 0) r_.fpu.xmm[p.xmm].half[0] ^= random_.next();
        r_.fpu.fsw ^= static_cast<std::uint16_t>(random_.next() & p.fsw);
        if (p.numbers) r_.fpu.st[0].significand ^= random_.next();
        if (p.pointers) r_.fpu.fip ^= random_.byte();
        if (p.near != 0) r_.fpu.st[0].significand ^= random_.below(2);
        if (p.reg >= 0) r_.gpr[p.reg] ^= random_.next() & p.bits;
    }

    /// Something that no row leaves open for this instruction.
    void err(const OpenParts& parts) {
        for (const OpenPart& p : parts.all()) {
            if (p.outcome || p.report || p.bytes != 0 || p.flags != 0) return;
        }
        ++errors_;
        if (errs_in_ == Error::flag) r_.rflags ^= flag::cf;
        if (errs_in_ == Error::reg) r_.gpr[15] ^= 1;
        if (errs_in_ == Error::memory) *bytes(lockstep_map::data + 8) ^= 1;
        if (errs_in_ == Error::signal) signal_.signo ^= 8;
    }

    Error errs_in_;
    MemoryWorld world_;
    AddressSpace& space_;
    mutable std::vector<std::uint8_t> bytes_;
    Registers r_;
    LinuxSignal signal_;
    Random random_{7};
    std::uint64_t errors_ = 0;
};

}  // namespace utsim::cpu::testing
