// SPDX-License-Identifier: MIT
/// The decoded instructions of one page, and finding the one at an address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cpu/core.hpp"
#include "cpu/decode.hpp"
#include "cpu/instruction.hpp"
#include "cpu/page.hpp"

namespace utsim::cpu {

/// Decoded form of a page's bytes; it belongs to the page and dies with its contents.
///
/// Instructions lie in the order in which control runs through them, so the next one is simply the
/// next element; a run that meets its page's end, or decoded code, ends in a `look_up` pseudo
/// instruction. An instruction that crosses into the next page is never kept, because that
/// page can change without this one.
struct CodePage {
    /// By offset in the page: 0 if nothing was decoded there, else 1 + index.
    std::uint16_t slot[page_size] = {};
    std::vector<Instruction> instructions;

    /// Decodes from `offset` on. Null when the first instruction crosses the page's end.
    const Instruction* decode_run(const std::uint8_t* bytes, std::size_t offset);
};

/// Finds instructions for one run of the core; remembers the page it was in last.
class InstructionFinder {
public:
    /// The instruction at RIP, or null with the exception set in `core`. What was found earlier
    /// is gone.
    const Instruction* find(Core& core) {
        const std::uint64_t rip = core.r.rip;
        if (page_of(rip) == page_address_ && core.memory.code_epoch() == core.epoch) [[likely]] {
            const std::uint16_t slot = code_->slot[rip & page_mask];
            if (slot != 0) [[likely]]
                return &code_->instructions[slot - 1u];
        }
        return find_slowly(core);
    }

    /// The instruction at `rip` if it was decoded and its page is the one that was executed last,
    /// else null: for who needs one instruction and no finder.
    static const Instruction* known(const AddressSpace& memory, std::uint64_t rip) {
        const CodePage* code = memory.known_code(rip);
        if (code == nullptr) [[unlikely]]
            return nullptr;
        const std::uint16_t slot = code->slot[rip & page_mask];
        return slot != 0 ? &code->instructions[slot - 1u] : nullptr;
    }

    /// The bytes of the instruction at `rip`, which was executed on the page that was found last;
    /// null when they may have changed since, or go on on the next page.
    const std::uint8_t* bytes_at(const Core& core, std::uint64_t rip) const {
        const std::uint64_t offset = rip & page_mask;
        const bool here =
            offset <= page_size - longest_instruction && core.memory.code_epoch() == core.epoch;
        return here ? bytes_ + offset : nullptr;
    }

    /// Whether `i`, which was found last, goes on on a page whose changes change no epoch.
    bool crosses_pages(const Instruction* i) const { return i == &across_.instruction[0]; }

private:
    const Instruction* find_slowly(Core& core);
    const Instruction* decode_across_pages(Core& core);

    /// An instruction that crosses pages, with the `look_up` behind it; rarely needed, so not
    /// initialised.
    union Across {
        Across() {}
        Instruction instruction[2];
    };

    static constexpr std::uint64_t no_page = 1;
    std::uint64_t page_address_ = no_page;
    CodePage* code_ = nullptr;
    const std::uint8_t* bytes_ = nullptr;
    Across across_;
};

}  // namespace utsim::cpu
