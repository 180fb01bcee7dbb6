// SPDX-License-Identifier: MIT
// A look at the next instruction. What it is is remembered by its address; when another program
// has something else there, a switch is tried at a place that does not matter, no more.
#include "explore/place.hpp"

#include "cpu/address_space.hpp"
#include "cpu/decode.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

/// Anything but the stack and thread-local variables. LEA is taken for an access, which does no
/// harm.
bool is_access(const cpu::Instruction& instruction) {
    using namespace cpu;
    const bool addresses = instruction.base != word::zero || instruction.index != word::zero;
    const bool of_thread =
        instruction.has(instruction_flag::stack) || instruction.segment == word::fs_base;
    return addresses && !of_thread;
}

Place place_at(const cpu::AddressSpace& space, std::uint64_t ip) {
    std::uint8_t bytes[cpu::longest_instruction] = {};
    const std::size_t got = space.read_force(ip, bytes, sizeof bytes);
    if (got >= 2 && bytes[0] == 0x0f && bytes[1] == 0x05) return Place::call;
    const cpu::Decoded decoded = cpu::decode(bytes, got);
    if (decoded.decodability != cpu::Decodability::implemented) return Place::own;
    return is_access(decoded.instruction) ? Place::memory : Place::own;
}

/// Whether another task can reach any of its memory: threads all of it, processes what they share.
bool is_shared(const Mm& mm) {
    if (mm.users > 1) return true;
    bool shared = false;
    mm.space->for_each_region([&](const cpu::Region& region) {
        shared |= region.object != nullptr && !region.is_private;
    });
    return shared;
}

}  // namespace

Place Places::of(const Actor& actor) {
    if (actor.point.kind != PointKind::user) {
        return level_of(actor.point.kind) == Granularity::api ? Place::call : Place::inside;
    }
    const auto* task = static_cast<const Task*>(actor.task);
    if (task == nullptr || task->mm == nullptr || task->mm->space == nullptr) return Place::call;
    const std::uint64_t ip = task->regs.rip;
    const auto [known, is_new] = instructions_.try_emplace(ip, Place::own);
    if (is_new) known->second = place_at(*task->mm->space, ip);
    if (known->second == Place::memory && !is_shared(*task->mm)) return Place::own;
    return known->second;
}

}  // namespace utsim
