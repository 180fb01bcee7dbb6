// SPDX-License-Identifier: MIT
/// Something that executes one instruction as our processor should: a host, or what stands for one.
#pragma once

#include <cstdint>

#include "cpu/cpu.hpp"
#include "cpu/fault_signal.hpp"

namespace utsim::cpu::testing {

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
};

}  // namespace utsim::cpu::testing
