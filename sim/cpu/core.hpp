// SPDX-License-Identifier: MIT
/// What instruction handlers work on: the registers of the running task and the way to memory.
///
/// While it runs, RIP is already behind the instruction. It either completes or changes nothing: it
/// computes every address and makes every access that can fail before it writes a register, and
/// stores flags last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "cpu/address_space.hpp"
#include "cpu/cpu.hpp"
#include "cpu/flags.hpp"
#include "cpu/instruction.hpp"

namespace utsim::cpu {

/// Which exception a failed access to a bad address is.
enum class Segment : std::uint8_t { data, stack };

struct Core {
    Core(Registers& registers, DebugState& debug_state, AddressSpace& address_space,
         Environment& surroundings)
        : r(registers),
          debug(debug_state),
          memory(address_space),
          environment(surroundings),
          flags(registers.rflags),
          epoch(address_space.code_epoch()),
          checks_alignment((registers.rflags & flag::ac) != 0) {}

    Registers& r;
    DebugState& debug;
    AddressSpace& memory;
    Environment& environment;
    Flags flags;
    std::uint64_t epoch;
    bool checks_alignment;

    // Set before Status::fault or Status::trap is returned.
    std::uint8_t vector = 0;
    bool unimplemented = false;
    std::uint32_t error_code = 0;
    std::uint8_t float_exceptions = 0;
    /// With Status::clock: RDTSCP, not RDTSC.
    bool wants_aux = false;
    MemoryFault memory_fault{};
    const char* reason = nullptr;

    // -- Registers.

    std::uint64_t word_at(std::uint8_t number) const {
        std::uint64_t value;
        std::memcpy(&value, reinterpret_cast<const char*>(&r) + number * sizeof value,
                    sizeof value);
        return value;
    }

    template <typename T>
    T reg(std::uint8_t number) const {
        if constexpr (sizeof(T) == 1) {
            return static_cast<T>(r.gpr[number & 15] >> ((number & high_byte) >> 1));
        } else {
            return static_cast<T>(r.gpr[number]);
        }
    }

    /// Writing 32 bits clears the upper half; writing 8 or 16 leaves the rest alone.
    template <typename T>
    void set_reg(std::uint8_t number, T value) {
        if constexpr (sizeof(T) == 1) {
            const unsigned shift = (number & high_byte) >> 1;
            std::uint64_t& whole = r.gpr[number & 15];
            whole = (whole & ~(std::uint64_t{0xff} << shift)) | (std::uint64_t{value} << shift);
        } else if constexpr (sizeof(T) == 2) {
            r.gpr[number] = (r.gpr[number] & ~std::uint64_t{0xffff}) | value;
        } else {
            r.gpr[number] = value;
        }
    }

    /// RFLAGS as PUSHF and SYSCALL see it: RF reads as zero.
    std::uint64_t rflags() const {
        return (r.rflags & ~(flag::arithmetic | flag::rf)) | flags.bits();
    }

    // -- Addresses.

    /// Base, index and displacement, without the segment.
    std::uint64_t offset(const Instruction& i) const {
        const std::uint64_t sum = word_at(i.base) + (word_at(i.index) << i.scale) + i.displacement;
        if (i.has(instruction_flag::address32)) [[unlikely]] {
            return static_cast<std::uint32_t>(sum);
        }
        return sum;
    }
    std::uint64_t address(const Instruction& i) const { return offset(i) + word_at(i.segment); }

    static Segment segment(const Instruction& i) {
        return i.has(instruction_flag::stack) ? Segment::stack : Segment::data;
    }

    // -- Memory. False: the exception is set; return Status::fault.

    template <typename T>
    bool load(std::uint64_t address, T& out, Segment segment) {
        if (checks_alignment && !aligned(address, sizeof(T))) [[unlikely]]
            return false;
        if (!memory.load(address, out, memory_fault)) [[unlikely]]
            return access_failed(segment);
        return true;
    }
    template <typename T>
    bool store(std::uint64_t address, T value, Segment segment) {
        if (checks_alignment && !aligned(address, sizeof(T))) [[unlikely]]
            return false;
        if (!memory.store(address, value, memory_fault)) [[unlikely]]
            return access_failed(segment);
        return true;
    }
    /// For read-modify-write: a fault is one of writing, even if reading would fail first.
    template <typename T>
    bool load_to_modify(std::uint64_t address, T& out, Segment segment) {
        if (checks_alignment && !aligned(address, sizeof(T))) [[unlikely]]
            return false;
        if (!memory.load(address, out, memory_fault)) [[unlikely]] {
            memory.check(address, sizeof(T), Access::write, memory_fault);
            return access_failed(segment);
        }
        return true;
    }

    template <typename T>
    bool load(const Instruction& i, T& out) {
        return load(address(i), out, segment(i));
    }
    template <typename T>
    bool store(const Instruction& i, T value) {
        return store(address(i), value, segment(i));
    }

    /// How an instruction that wrote memory ends: the write may have hit decoded code.
    Status stored() const {
        return memory.code_epoch() == epoch ? Status::retired : Status::code_changed;
    }

    // -- Exceptions; all return Status::fault or false for the caller to return.

    Status raise(std::uint8_t number, std::uint32_t error = 0, const char* why = nullptr) {
        vector = number;
        error_code = error;
        reason = why;
        return Status::fault;
    }
    Status protect(const char* why = nullptr) { return raise(vector::general_protection, 0, why); }

    /// Turns `memory_fault` into #PF, or #GP or #SS for an address that is not canonical.
    bool access_failed(Segment segment);
    /// Whether a store there would succeed.
    bool may_store(std::uint64_t address, std::size_t bytes, Segment segment);
    /// With RFLAGS.AC set: #AC comes before a page fault, but behind a bad address.
    bool aligned(std::uint64_t address, std::size_t bytes);

    /// Ends a control transfer to `target`.
    Status jump(std::uint64_t target) {
        if (!is_canonical(target)) [[unlikely]]
            return protect();
        r.rip = target;
        return Status::branch;
    }
};

/// The two halves of the table's vocabulary: what an operand can be, and how wide.
enum class Shape : std::uint8_t { rr, rm, mr, ri, mi, r, m, none };
inline constexpr std::size_t shapes = 8;

/// The handlers of one mnemonic, by shape and operand size; null where there is no such form.
struct HandlerSet {
    Handler at[shapes][4] = {};

    constexpr Handler get(Shape shape, unsigned size) const {
        return at[static_cast<std::size_t>(shape)][size];
    }
};

}  // namespace utsim::cpu
