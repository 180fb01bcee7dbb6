// SPDX-License-Identifier: MIT
/// One 4 KiB page of guest memory, as the host keeps it.
///
/// Pages are reference counted with plain integers, because a World is single-threaded, and live
/// outside the arena: forks, snapshots and page tables share them, and whoever writes to a shared
/// one first makes a copy. Nobody but the cpu room touches one directly.
#pragma once

#include <cstddef>
#include <cstdint>

namespace utsim::cpu {

/// The decoded instructions of one page; see cpu/code_page.hpp. A page owns at most one.
struct CodePage;
using DropCode = void (*)(CodePage*);

inline constexpr std::uint64_t page_size = 4096;
inline constexpr std::uint64_t page_mask = page_size - 1;

/// User addresses end here: 2^47 less one page, which Linux keeps free as well.
inline constexpr std::uint64_t user_end = 0x7ffffffff000;

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~page_mask; }
constexpr std::uint64_t page_round_up(std::uint64_t n) { return (n + page_mask) & ~page_mask; }
constexpr bool is_canonical(std::uint64_t address) {
    return static_cast<std::int64_t>(address << 16) >> 16 == static_cast<std::int64_t>(address);
}

struct alignas(64) Page {
    std::uint8_t bytes[page_size];
    int references = 0;            ///< from page leaves; 0 while it waits in the pool
    CodePage* code = nullptr;      ///< decoded form of `bytes`, set by the interpreter
    DropCode drop_code = nullptr;  ///< how to free `code`
    Page* next_free = nullptr;
    std::uint64_t digest = 0;  ///< of `bytes`, 0 when all are zero; if `digest_known`
    bool digest_known = false;
};

}  // namespace utsim::cpu
