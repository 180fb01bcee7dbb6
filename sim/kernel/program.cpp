// SPDX-License-Identifier: MIT
// Storage and addresses of abstract programs.
#include "kernel/program.hpp"

#include <algorithm>

#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::uint32_t first_capacity = 8;

void grow(World& world, Program* program) {
    const std::uint32_t wider = program->capacity == 0 ? first_capacity : program->capacity * 2;
    ProgramOp* ops = world.arena().make_array<ProgramOp>(wider);
    for (std::uint32_t i = 0; i < program->count; ++i) ops[i] = program->ops[i];
    program->ops = ops;
    program->capacity = wider;
}

}  // namespace

bool program_place(std::uint64_t ip, ProgramPlace& place) {
    if (ip >= program_base && ip < handlers_begin) {
        place = {0, (ip - program_base) / op_size};
        return true;
    }
    const std::uint64_t end = handlers_begin + handler_stride * (signal_count + 1);
    if (ip < handlers_begin || ip >= end) return false;
    place.signal = static_cast<int>((ip - handlers_begin) / handler_stride);
    place.index = (ip - handlers_begin) % handler_stride / op_size;
    return true;
}

Program* make_program(World& world, std::uint64_t base) {
    Program* program = world.arena().make<Program>();
    program->base = base;
    return program;
}

namespace {

/// Puts `op` behind the last of `program`, which has room for it.
ProgramOp* place_op(World& world, Program* program, const ProgramOp& op) {
    ProgramOp* place = &program->ops[program->count++];
    *place = op;
    place->index = program->length;
    if (op.kind == OpKind::jump && op.count != 0) {
        place->taken = world.arena().make<std::uint32_t>(0u);
    }
    program->length += op.repeat;
    return place;
}

}  // namespace

ProgramOp* append_op(World& world, Program* program, const ProgramOp& op, Task* task) {
    if (program->count == program->capacity) grow(world, program);
    ProgramOp* place = place_op(world, program, op);
    if (task != nullptr) kick_process(task);
    return place;
}

Program* make_fixed_program(World& world, std::uint64_t base, std::span<const ProgramOp> ops) {
    Program* program = make_program(world, base);
    program->ops = world.arena().make_fixed_array<ProgramOp>(ops.size());
    program->capacity = static_cast<std::uint32_t>(ops.size());
    for (const ProgramOp& op : ops) place_op(world, program, op);
    return program;
}

namespace {

/// The program of the chain that holds `ip`, or null.
const Program* program_at(const Program* program, std::uint64_t ip) {
    while (program != nullptr &&
           (ip < program->base || (ip - program->base) / op_size >= program->length)) {
        program = program->next;
    }
    return program;
}

}  // namespace

const ProgramOp* find_op(const Program* program, std::uint64_t ip) {
    const Program* found = program_at(program, ip);
    if (found == nullptr) return nullptr;
    const auto starts_behind = [](std::uint64_t at, const ProgramOp& op) { return at < op.index; };
    const std::uint64_t index = (ip - found->base) / op_size;
    return std::upper_bound(found->ops, found->ops + found->count, index, starts_behind) - 1;
}

std::uint64_t repeats_left(const Program* program, const ProgramOp& op, std::uint64_t ip) {
    const Program* found = program_at(program, ip);
    return op.index + op.repeat - (ip - found->base) / op_size;
}

}  // namespace utsim
