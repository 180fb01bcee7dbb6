// SPDX-License-Identifier: MIT
// Filling the decode cache. Decoding runs ahead along the straight line until control cannot get
// any further, so a loop body is decoded once and then executed element by element.
#include "cpu/code_page.hpp"

#include <new>

#include "cpu/decode.hpp"

namespace utsim::cpu {
namespace {

/// How far decoding runs ahead; what lies further is decoded when it is reached.
constexpr unsigned run_limit = 32;

Instruction look_up_instruction() {
    Instruction i;
    i.execute = execute::look_up;
    return i;
}

}  // namespace

const Instruction* CodePage::decode_run(const std::uint8_t* bytes, std::size_t offset) {
    const std::size_t first = instructions.size();
    for (unsigned n = 0; n < run_limit && offset < page_size && slot[offset] == 0; ++n) {
        const Decoded decoded = decode(bytes + offset, page_size - offset);
        if (decoded.decodability == Decodability::incomplete) break;
        instructions.push_back(decoded.instruction);
        slot[offset] = static_cast<std::uint16_t>(instructions.size());
        if (decoded.instruction.has(instruction_flag::ends_run)) return &instructions[first];
        offset += decoded.instruction.length;
    }
    if (instructions.size() == first) return nullptr;
    instructions.push_back(look_up_instruction());
    return &instructions[first];
}

const Instruction* InstructionFinder::find_slowly(Core& core) {
    const std::uint64_t rip = core.r.rip;
    if (core.memory.code_epoch() != core.epoch) {
        core.memory.free_dropped_code();
        core.epoch = core.memory.code_epoch();
    }
    page_address_ = no_page;
    Page* page = core.memory.code_page(rip, core.memory_fault);
    if (page == nullptr) {
        core.access_failed(Segment::data);
        return nullptr;
    }
    if (page->code == nullptr) {
        page->code = new CodePage;
        page->drop_code = [](CodePage* code) { delete code; };
    }
    page_address_ = page_of(rip);
    code_ = page->code;
    bytes_ = page->bytes;
    core.memory.remember_code(rip, code_);
    const std::uint16_t slot = code_->slot[rip & page_mask];
    if (slot != 0) return &code_->instructions[slot - 1u];
    const Instruction* found = code_->decode_run(page->bytes, rip & page_mask);
    return found != nullptr ? found : decode_across_pages(core);
}

const Instruction* InstructionFinder::decode_across_pages(Core& core) {
    std::uint8_t bytes[longest_instruction] = {};
    std::size_t got = 0;
    MemoryFault fault;
    core.memory.fetch(core.r.rip, bytes, got, fault);
    const Decoded decoded = decode(bytes, got);
    if (decoded.decodability == Decodability::incomplete) {
        core.memory_fault = fault;
        core.access_failed(Segment::data);
        return nullptr;
    }
    ::new (&across_.instruction[0]) Instruction(decoded.instruction);
    ::new (&across_.instruction[1]) Instruction(look_up_instruction());
    return &across_.instruction[0];
}

}  // namespace utsim::cpu
