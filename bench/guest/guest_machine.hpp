// SPDX-License-Identifier: MIT
/// A static C program on the core alone or in Unicorn, with just the system calls that a C library
/// makes between its start and its end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/arena.hpp"
#include "cpu/address_space.hpp"
#include "cpu/cpu.hpp"
#include "cpu/image.hpp"

namespace bench {

enum class CoreWay { run, observed, step };
enum class UnicornWay { full, hook, one };

/// How many instructions have retired; ends with the program or behind `most`.
class GuestMachine {
public:
    GuestMachine(const utsim::cpu::Image& image, const std::string& path);

    std::uint64_t execute(CoreWay way, std::uint64_t most);
    const std::string& output() const { return output_; }
    const utsim::cpu::Registers& registers() const { return registers_; }
    const utsim::cpu::AddressSpace& memory() const { return memory_; }

private:
    utsim::cpu::RunResult go_on(CoreWay way, std::uint64_t most);
    std::int64_t system_call();

    utsim::Arena arena_;
    utsim::cpu::PagePool pool_{1 << 20};
    utsim::cpu::AddressSpace& memory_;
    utsim::cpu::Registers registers_;
    utsim::cpu::DebugState debug_;
    utsim::cpu::Environment environment_;
    std::string output_;
    bool exited_ = false;
    std::uint64_t heard_ = 0;
};

/// Whether Unicorn was there when this was built.
bool have_unicorn();

class UnicornGuest {
public:
    UnicornGuest(const utsim::cpu::Image& image, const std::string& path);
    ~UnicornGuest();

    /// How many instructions a hook or single steps have counted, at most `most`; a free run goes
    /// to the end of the program and counts nothing.
    std::uint64_t execute(UnicornWay way, std::uint64_t most);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bench
