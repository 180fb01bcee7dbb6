// SPDX-License-Identifier: MIT
/// A program ready to be loaded: what an ELF file, an assembly text or plain bytes become, and how
/// exec puts it and its arguments into an address space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/address_space.hpp"
#include "cpu/features.hpp"

namespace utsim::cpu {

struct Assembly;

/// Host-side and immutable once made; any number of tasks and runs can be started from one.
struct Image {
    struct Segment {
        std::uint64_t address = 0;
        std::uint64_t size = 0;  ///< in memory; what `bytes` does not cover is zero
        std::uint8_t protection = 0;
        std::vector<std::uint8_t> bytes;
    };
    struct Symbol {
        std::string name;
        std::uint64_t address;
        std::uint64_t size;  ///< 0 when not known
    };
    /// The initial contents of thread-local storage (PT_TLS); size 0 without any.
    struct Tls {
        std::uint64_t address = 0;
        std::uint64_t file_size = 0;
        std::uint64_t size = 0;
        std::uint64_t align = 1;
    };

    std::vector<Segment> segments;  ///< by address; no two share a page
    std::uint64_t entry = 0;
    std::uint64_t header_address = 0;  ///< of the program headers (AT_PHDR); 0 if not in memory
    std::uint64_t header_count = 0;
    Tls tls;
    bool executable_stack = false;
    std::vector<Symbol> symbols;  ///< functions and labels, by address

    /// The first address behind all segments, rounded up to a page: where the heap starts.
    std::uint64_t end() const;
    /// `fib+4`, or an empty text for an address that no symbol covers.
    std::string name_of(std::uint64_t address) const;
};

/// The text as one segment that may be read, written and executed; starts at the label `_start` or
/// `start`, or at its first byte.
Image make_image(const Assembly& assembly);
/// Bare machine code, likewise.
Image make_image(std::span<const std::uint8_t> bytes, std::uint64_t address);

/// Maps the segments, sets the heap, and maps the stack. 0, or -ENOMEM at a limit, or -EEXIST when
/// something is in the way (exec clears the space first).
std::int64_t load_image(const Image& image, AddressSpace& space);

/// What a new program finds on its stack besides pointers.
struct InitialStack {
    std::span<const std::string_view> arguments;
    std::span<const std::string_view> environment;
    std::string_view file;                 ///< AT_EXECFN
    std::uint64_t random = 0;              ///< seed of the 16 bytes at AT_RANDOM
    std::uint64_t hardware = cpuid_1_edx;  ///< AT_HWCAP
    std::uint64_t user = 1000;             ///< AT_UID
    std::uint64_t effective_user = 1000;
    std::uint64_t group = 1000;  ///< AT_GID
    std::uint64_t effective_group = 1000;
};

/// Where things have gone: the texts of the arguments, behind them those of the environment, and
/// the auxiliary vector.
struct StackPlaces {
    std::uint64_t arguments = 0;
    std::uint64_t environment = 0;
    std::uint64_t end = 0;
    std::uint64_t vector = 0;
    std::uint64_t vector_end = 0;
};

template <typename V>
void describe(V& v, StackPlaces& p) {
    v.field("arguments", p.arguments);
    v.field("environment", p.environment);
    v.field("end", p.end);
    v.field("vector", p.vector);
    v.field("vector_end", p.vector_end);
}

/// -E2BIG: arguments and environment take more than a quarter of the stack.
inline constexpr std::int64_t stack_too_big = -7;

/// Fills the top of the stack as the System V ABI lays it out for x86-64, with an auxiliary vector
/// like Linux's. Returns the stack pointer, or a negative error. Allocates nothing on the host's
/// heap but pages, so it may be called on a fiber.
std::int64_t build_initial_stack(const Image& image, AddressSpace& space,
                                 const InitialStack& contents, StackPlaces* places = nullptr);

}  // namespace utsim::cpu
