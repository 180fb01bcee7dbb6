// SPDX-License-Identifier: MIT
// Storage and addresses of abstract programs.
#include "kernel/program.hpp"

#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t handler_stride = 0x100000;
constexpr std::uint64_t handlers_begin = 0x20000000;
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

ProgramOp* append_op(World& world, Program* program, const ProgramOp& op, Task* task) {
    if (program->count == program->capacity) grow(world, program);
    ProgramOp* place = &program->ops[program->count++];
    *place = op;
    if (task != nullptr) kick_process(task);
    return place;
}

ProgramOp* find_op(Program* program, std::uint64_t ip) {
    for (; program != nullptr; program = program->next) {
        const std::uint64_t index = (ip - program->base) / op_size;
        if (ip >= program->base && index < program->count) return &program->ops[index];
    }
    return nullptr;
}

}  // namespace utsim
