// SPDX-License-Identifier: MIT
// Stepping on x86 (spec section 6). TF in the saved flags belongs either to the program or to the
// debugger; TIF_FORCED_TF remembers which. Arming a step must look at the next instruction, and
// reading it may sleep: that is why who arms it, and with which locks held, matters.
#include "kernel/step.hpp"

#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::size_t longest_instruction = 15;

void emit_switch(Task* child, StepSwitch what) {
    World& world = world_of(child);
    const bool self = world.on_fiber() && current_task(world) == child;
    world.emit(EventKind::step_switch, child->id.value, static_cast<int>(what), self,
               world.locks_held());
}

/// BTF is in a register of the calling CPU, whoever `child` is (spec 6.5).
void set_calling_cpu_btf(Task* child, bool on) {
    World& world = world_of(child);
    const bool of_child = decided(child, DebugBtf::of_the_task);
    Task* caller = world.on_fiber() && !of_child ? current_task(world) : child;
    if (caller == nullptr) caller = child;
    caller->debug.btf = on;
}

void drop_block_step(Task* child) {
    if (!test_tsk_thread_flag(child, TIF_BLOCKSTEP)) return;
    set_calling_cpu_btf(child, false);
    clear_tsk_thread_flag(child, TIF_BLOCKSTEP);
}

bool is_prefix(std::uint8_t byte) {
    switch (byte) {
        case 0x66:
        case 0x67:
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
        case 0x64:
        case 0x65:
        case 0xf0:
        case 0xf2:
        case 0xf3:
            return true;
        default:
            return false;
    }
}

/// spec 6.4: true when TF is now the debugger's.
bool enable_single_step(Task* child) {
    if (test_tsk_thread_flag(child, TIF_SINGLESTEP)) child->regs.rflags |= cpu::flag::tf;
    set_tsk_thread_flag(child, TIF_SINGLESTEP);
    const std::uint64_t old_flags = child->regs.rflags;
    child->regs.rflags |= cpu::flag::tf;
    if (is_setting_trap_flag(child)) {
        clear_tsk_thread_flag(child, TIF_FORCED_TF);
        return false;
    }
    if ((old_flags & cpu::flag::tf) != 0) return test_tsk_thread_flag(child, TIF_FORCED_TF);
    set_tsk_thread_flag(child, TIF_FORCED_TF);
    return true;
}

void enable_step(Task* child, bool block) {
    if (enable_single_step(child) && block) {
        set_calling_cpu_btf(child, true);
        set_tsk_thread_flag(child, TIF_BLOCKSTEP);
    } else {
        drop_block_step(child);
    }
}

}  // namespace

bool arch_has_single_step(const Task* task) {
    if (decided(task, HasStep::scenario)) return kernel_of(task).machine.has_single_step;
    return decided(task, HasStep::yes);
}

bool arch_has_block_step(const Task* task) {
    if (decided(task, Arch::s390)) return false;
    if (decided(task, HasBlockStep::scenario)) return kernel_of(task).machine.has_block_step;
    return decided(task, HasBlockStep::yes);
}

bool is_setting_trap_flag(Task* child) {
    std::uint8_t code[longest_instruction];
    const std::size_t got = read_next_instruction(child, code, sizeof code);
    for (std::size_t i = 0; i < got; ++i) {
        constexpr std::uint8_t popf = 0x9d;
        constexpr std::uint8_t iret = 0xcf;
        if (code[i] == popf || code[i] == iret) return true;
        if (is_prefix(code[i])) continue;
        const bool rex = code[i] >= 0x40 && code[i] <= 0x4f;
        if (rex && child->regs.cs == cpu::user_code_selector) continue;
        return false;
    }
    return false;
}

void user_enable_single_step(Task* child) {
    emit_switch(child, StepSwitch::enable_single);
    enable_step(child, false);
}

void user_enable_block_step(Task* child) {
    emit_switch(child, StepSwitch::enable_block);
    enable_step(child, true);
}

void user_disable_single_step(Task* child) {
    emit_switch(child, StepSwitch::disable);
    drop_block_step(child);
    clear_tsk_thread_flag(child, TIF_SINGLESTEP);
    if (test_and_clear_tsk_thread_flag(child, TIF_FORCED_TF)) {
        child->regs.rflags &= ~cpu::flag::tf;
    }
}

void send_sigtrap(Task* current, int si_code) {
    SigInfo info;
    info.si_signo = K_SIGTRAP;
    info.si_code = si_code;
    info.si_addr = current->regs.rip;
    current->trap.number = cpu::vector::debug;
    current->trap.error_code = 0;
    force_sig_info(current, info);
}

void do_debug(Task* current) {
    // Delivering #DB has cleared BTF; the flag follows.
    current->debug.btf = false;
    clear_tsk_thread_flag(current, TIF_BLOCKSTEP);
    const std::uint64_t dr6 = current->debug.dr6;
    current->debug.dr6 = 0;
    current->virtual_dr6 = dr6;
    const bool only_a_breakpoint =
        (dr6 & cpu::dr6_breakpoints) != 0 && (dr6 & cpu::dr6_single_step) == 0;
    if (only_a_breakpoint) {
        constexpr int trap_hwbkpt = 4;
        send_sigtrap(current, trap_hwbkpt);
    } else if (step_trap_is_a_signal(current)) {
        send_sigtrap(current, K_TRAP_TRACE);
    }
}

bool step_trap_is_a_signal(const Task* current) {
    if (!decided(current, Arch::s390)) return true;
    return decided(current, S390StepTrap::if_fatal_is_wanted) &&
           tracehook_consider_fatal_signal(current, K_SIGTRAP);
}

}  // namespace utsim
