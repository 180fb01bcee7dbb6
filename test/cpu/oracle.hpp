// SPDX-License-Identifier: MIT
/// Something that executes one instruction as our processor should: a host, or what stands for one.
#pragma once

#include <cstdint>

#include "cpu/cpu.hpp"
#include "cpu/fault_signal.hpp"

namespace utsim::cpu::testing {

struct Encoding;
class AccessList;

/// Where things are, in the model and in every oracle.
namespace lockstep_map {
inline constexpr std::uint64_t code = 0x10000000, code_size = 0x4000;        // rwx
inline constexpr std::uint64_t data = code + code_size, data_size = 0x2000;  // rw
inline constexpr std::uint64_t read_only = data + data_size;                 // r, one page
inline constexpr std::uint64_t no_access = read_only + 0x1000;               // one page
inline constexpr std::uint64_t end = no_access + 0x1000;
inline constexpr std::uint64_t size = end - code;
}  // namespace lockstep_map

class Oracle {
public:
    virtual ~Oracle() = default;
    virtual bool usable() const = 0;
    /// Its memory, to read and write.
    virtual std::uint8_t* bytes(std::uint64_t address) const = 0;
    virtual void set(const Registers& r) = 0;
    virtual Registers get() = 0;
    /// One instruction, with TF set. False if it is gone, which ends its use.
    virtual bool step() = 0;
    /// The signal that the last step ended in, and with its details.
    virtual int signal() const = 0;
    virtual LinuxSignal stop() const = 0;

    /// Whether `step` sets TF. Otherwise it executes an instruction to its end, all iterations of
    /// it, and comes back by jumps that the caller has written: one with number 0 at `exit`, one
    /// with number 1 where a branch goes.
    virtual bool single_steps() const { return true; }
    /// Of those that do not single-step: whether it can execute this at all; before everything.
    virtual bool can_execute(const Encoding&, const Registers&, const AccessList&) { return true; }
    /// The address behind the instruction, if there is one.
    virtual std::uint64_t exit() const { return 0; }
    /// Whether it can come back from this.
    virtual bool can_end_in(const Registers&, const Registers&, bool /* retired */) { return true; }
    /// A jump to exit `number`, as bytes.
    struct Jump {
        std::uint8_t bytes[7];
    };
    virtual Jump jump(unsigned) const { return {}; }
};

/// Where there is none that could be asked.
class NoOracle : public Oracle {
public:
    bool usable() const override { return false; }
    std::uint8_t* bytes(std::uint64_t) const override { return nullptr; }
    void set(const Registers&) override {}
    Registers get() override { return {}; }
    bool step() override { return false; }
    int signal() const override { return 0; }
    LinuxSignal stop() const override { return {}; }
};

}  // namespace utsim::cpu::testing
