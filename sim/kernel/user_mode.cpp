// SPDX-License-Identifier: MIT
// User mode. Before each instruction others may run, and work that somebody has put on the task's
// flags brings it into the kernel, as the timer tick would. Abstract operations and real
// instructions end in the same few outcomes: retired, a system call, an exception.
#include "kernel/user_mode.hpp"

#include <algorithm>
#include <utility>

#include "cpu/address_space.hpp"
#include "cpu/fault_signal.hpp"
#include "kernel/entry.hpp"
#include "kernel/exit.hpp"
#include "kernel/fork.hpp"
#include "kernel/memory.hpp"
#include "kernel/program.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"
#include "sched/world_instruction.hpp"

namespace utsim {

namespace {

/// SIGSEGV of an abstract program carries the kernel-internal code of a fault: no mapping there.
constexpr int segv_maperr = 1;

void retire(Task* current, bool trap) {
    if (!trap) return;
    World& world = world_of(current);
    if (current->debug.dr6 == 0) current->debug.dr6 = cpu::dr6_single_step;  // of abstract code
    world.emit(EventKind::debug_trap, current->id.value, current->regs.rip, current->debug.dr6);
    current->in_user = false;
    do_debug(current);
    return_from_interrupt(current, ReturnPath::trap);
}

void raise_fault(Task* current, const SigInfo& info, std::uint8_t vector, std::uint64_t error) {
    current->trap.number = vector;
    current->trap.error_code = error;
    current->in_user = false;
    current->orig_ax = -1;
    force_sig_info(current, info);
    return_from_interrupt(current, ReturnPath::fault);
}

/// TF traps after the instruction, with BTF only if it transferred control (spec 6.6).
bool trap_due(const Task* current, std::uint64_t flags_before, bool branch) {
    if ((flags_before & cpu::flag::tf) == 0) return false;
    return !current->debug.btf || branch;
}

bool jump_taken(const ProgramOp* op) {
    if (op->count == 0) return true;
    if (*op->taken < op->count) {
        ++*op->taken;
        return true;
    }
    *op->taken = 0;
    return false;
}

/// What a task may go through at once from the point on at which it stands.
struct Stride {
    std::uint64_t instructions = 1;
    bool each_told = false;  ///< by itself, not in one event for all of them
};

/// Whether the next instruction is to be executed by itself: TF is set, an interrupt can come only
/// behind it, or others do (in a search that is so as a rule, and no listener need be asked).
bool goes_by_itself(const World& world, const Task* current) {
    return (current->regs.rflags & cpu::flag::tf) != 0 || current->debug.mov_ss_shadow ||
           world.others_come_next();
}

Stride stride(Task* current) {
    World& world = world_of(current);
    if (goes_by_itself(world, current)) return {};
    const std::uint64_t ahead = world.points_ahead(PointKind::user);
    const std::uint64_t most = std::min(world.instructions_at_once(), 1 + ahead);
    return {most, most > 1 && world.tells_each_instruction()};
}

void execute_jump(Task* current, const ProgramOp* op) {
    World& world = world_of(current);
    const std::uint64_t ip = current->regs.rip;
    const std::uint64_t flags = current->regs.rflags;
    const bool branch = jump_taken(op);
    current->regs.rip = branch ? program_base + op->target * op_size : ip + op_size;
    world.count_instructions(1);
    world.emit_instructions(current->id, ip, 1, branch, {});
    retire(current, trap_due(current, flags, branch));
}

/// The plain operation or branch at the task's ip, and its repetitions as far as they may go.
void execute_plain(Task* current, const ProgramOp* op) {
    World& world = world_of(current);
    const std::uint64_t ip = current->regs.rip;
    const std::uint64_t flags = current->regs.rflags;
    const bool branch = op->kind == OpKind::branch;
    const Stride most = stride(current);
    std::uint64_t count = most.each_told ? 1 : most.instructions;
    if (count > 1) count = std::min(count, repeats_left(current->program, *op, ip));
    current->regs.rip = ip + count * op_size;
    world.pass_points(count - 1);
    world.count_instructions(count);
    world.emit_instructions(current->id, ip, count, branch, {});
    retire(current, trap_due(current, flags, branch));
}

void execute_fault(Task* current) {
    World& world = world_of(current);
    const std::uint64_t ip = current->regs.rip;
    SigInfo info;
    info.si_signo = K_SIGSEGV;
    info.si_code = segv_maperr;
    world.count_instructions(1);
    world.emit_text(EventKind::fault, "an abstract operation that faults", current->id.value, ip,
                    cpu::vector::page_fault, 4, 0, K_SIGSEGV);
    raise_fault(current, info, cpu::vector::page_fault, 4);
}

void execute_trap(Task* current) {
    World& world = world_of(current);
    const std::uint64_t ip = current->regs.rip;
    current->regs.rip = ip + op_size;
    SigInfo info;
    info.si_signo = K_SIGTRAP;
    info.si_code = K_SI_KERNEL;
    world.count_instructions(1);
    world.emit(EventKind::instruction, current->id.value, ip, 1, 0);
    raise_fault(current, info, cpu::vector::breakpoint, 0);
}

void execute_call(Task* current, const ProgramOp* op) {
    current->op = op;
    load_arguments(current, *op);
    current->regs.rip += op_size;
    world_of(current).count_instructions(1);
    system_call(current);
}

/// The program (main or a handler) whose last operation is right before `ip`, or null.
Program* program_that_ends_at(Program* program, std::uint64_t ip) {
    while (program != nullptr && ip != program->base + program->length * op_size) {
        program = program->next;
    }
    return program;
}

/// Behind its last operation a program waits for more, or ends like a main that returns.
void end_of_program(Task* current, const Program* program) {
    World& world = world_of(current);
    if (!program->idle_at_end) {
        ProgramOp exit_op;
        exit_op.kind = OpKind::exit_group;
        exit_op.nr = nr_exit_group;
        execute_call(current, &exit_op);
        return;
    }
    world.block(BlockReason::user_idle, "user_mode", PointKind::user, about(current->id));
}

[[gnu::noinline]] void execute_operation(Task* current) {
    const ProgramOp* op = find_op(current->program, current->regs.rip);
    if (op == nullptr) {
        const Program* ended = program_that_ends_at(current->program, current->regs.rip);
        // A handler that does not return with sigreturn runs into nothing.
        if (ended == nullptr || (ended != current->program && !ended->idle_at_end)) {
            return execute_fault(current);
        }
        return end_of_program(current, ended);
    }
    switch (op->kind) {
        case OpKind::plain:
        case OpKind::branch:
            return execute_plain(current, op);
        case OpKind::jump:
            return execute_jump(current, op);
        case OpKind::fault:
            return execute_fault(current);
        case OpKind::trap:
            return execute_trap(current);
        default:
            return execute_call(current, op);
    }
}

/// A page fault that is not the program's mistake: the page is brought in and the instruction tried
/// again, or, at the limit of pages, the task is killed as the kernel's last resort does it.
void kernel_page_fault(Task* current, const cpu::StepResult& result) {
    current->in_user = false;
    current->orig_ax = -1;
    if (result.fault_kind == cpu::FaultKind::away) {
        RwSemaphore& mmap_sem = current->mm->mmap_sem;
        mmap_sem.down_read("do_page_fault");
        read_page_in(current, current->mm, result.fault_address);
        mmap_sem.up_read("do_page_fault");
    } else {
        SigInfo info;
        info.si_code = K_SI_KERNEL;
        send_signal_to(current, K_SIGKILL, &info, true);
    }
    return_from_interrupt(current, ReturnPath::fault);
}

/// The error code that the program may see. What is not its own half of memory looks protected, so
/// that nobody learns what the kernel has mapped there.
std::uint64_t visible_error_code(const cpu::StepResult& result) {
    constexpr std::uint64_t user_space_end = 0x7ffffffff000;
    constexpr std::uint64_t present = 1;
    const bool hidden =
        result.vector == cpu::vector::page_fault && result.fault_address >= user_space_end;
    return result.error_code | (hidden ? present : 0);
}

constexpr int bus_adrerr = 2;

/// There is a mapping, but what it shows has ended: a file is shorter than that.
bool is_behind_file(const Task* current, const cpu::StepResult& result) {
    const bool absent =
        result.vector == cpu::vector::page_fault && result.fault_kind == cpu::FaultKind::unmapped;
    return absent && current->mm->space->region_at(result.fault_address) != nullptr;
}

/// A real instruction's exception, as Linux answers it.
void machine_exception(Task* current, std::uint64_t ip, const cpu::StepResult& result) {
    World& world = world_of(current);
    cpu::LinuxSignal signal = cpu::linux_signal_for(result, current->regs.rip);
    if (is_behind_file(current, result)) signal = {K_SIGBUS, bus_adrerr, result.fault_address};
    const char* reason = result.reason != nullptr ? result.reason : "";
    world.emit_text(EventKind::fault, reason, current->id.value, ip, result.vector,
                    result.error_code, result.fault_address, signal.signo);
    if (signal.signo == 0) return kernel_page_fault(current, result);
    SigInfo info;
    info.si_signo = signal.signo;
    info.si_code = signal.code;
    info.si_addr = signal.address;
    if (result.vector == cpu::vector::page_fault) current->trap.cr2 = result.fault_address;
    raise_fault(current, info, result.vector, visible_error_code(result));
}

/// The bytes from `ip` on, as many of an instruction's as can be fetched.
class InstructionBytes {
public:
    [[gnu::noinline]] std::string_view fetch(Task* current, std::uint64_t ip) {
        const std::uint8_t* here = current->mm->space->readable(ip, all);
        if (here != nullptr) return {reinterpret_cast<const char*>(here), all};
        std::size_t got = 0;
        cpu::MemoryFault fault;
        if (!current->mm->space->fetch(ip, bytes_, got, fault)) got = 0;
        return {reinterpret_cast<const char*>(bytes_), got};
    }
    /// How many there are where none is missing.
    static constexpr std::size_t all = 15;

private:
    std::uint8_t bytes_[all];
};

/// The instruction at `ip` has retired, all by itself.
[[gnu::always_inline]] inline void retired_one(Task* current, std::uint64_t ip, bool taken_branch) {
    InstructionBytes bytes;
    world_of(current).emit_instruction(current->id, ip, taken_branch,
                                       [&] { return bytes.fetch(current, ip); });
}

/// `count` instructions from `ip` on have retired; the task has passed the point before the first.
void retired(Task* current, std::uint64_t ip, std::uint64_t count, const cpu::StepResult& last) {
    World& world = world_of(current);
    if (count == 0) return;
    // What loads the flags is told by itself, since it decides whose TF is.
    const std::uint64_t alone = count == 1 || last.flags_loaded ? 1 : 0;
    if (count > alone) {
        world.pass_points(count - alone - 1);
        world.count_instructions(count - alone);
        world.emit_instructions(current->id, ip, count - alone, last.taken_branch, {});
    }
    if (alone == 0) return;
    if (count > 1) world.pass_points(1);
    retired_one(current, count == 1 ? ip : last.address, last.taken_branch);
}

/// Tells a sink of the instructions of a stride, one by one while they are executed. Each event is
/// as if the task had come to the point before that instruction and gone on.
class EachTold {
public:
    explicit EachTold(Task* current) : current_(current), world_(world_of(current)) {
        record_.kind = EventKind::instruction;
        record_.actor = world_.current().id;
        record_.value[0] = current->id.value;
        record_.value[2] = 1;
    }

    cpu::Observer observer() {
        return {[](void* self, const cpu::Observed& instruction) {
                    return static_cast<EachTold*>(self)->tell(instruction);
                },
                this};
    }

private:
    bool tell(const cpu::Observed& instruction) {
        world_.pass_points(ahead_);
        ahead_ = 1;
        record_.value[1] = static_cast<std::int64_t>(instruction.rip);
        record_.value[3] = instruction.taken_branch;
        const auto* bytes = reinterpret_cast<const char*>(instruction.bytes);
        if (bytes != nullptr) [[likely]] {
            record_.text = {bytes, InstructionBytes::all};
        } else {
            record_.text = bytes_.fetch(current_, instruction.rip);
        }
        return world_.emit_instruction_of_stride(record_);
    }

    Task* current_;
    World& world_;
    std::uint64_t ahead_ = 0;  ///< points between where the task is and the next instruction
    Event record_;
    InstructionBytes bytes_;
};

/// #DB before an instruction. RF lets it pass when the task comes back to it.
void breakpoint_fault(Task* current) {
    current->regs.rflags |= cpu::flag::rf;
    retire(current, true);
}

/// What the last instruction of a stretch means, behind `before` that have retired and were told.
void end_of_stretch(Task* current, const cpu::StepResult& result, std::uint64_t before) {
    World& world = world_of(current);
    if (result.outcome == cpu::Outcome::exception) {
        if (before != 0) world.pass_points(1);
        if (result.breakpoints != 0 && !result.trap) return breakpoint_fault(current);
        // INT1, or what MOV SS held back and INT3 let through: one SIGTRAP, as a second is not
        // queued.
        if (result.breakpoints != 0 || result.vector == cpu::vector::debug) {
            current->virtual_dr6 = std::exchange(current->debug.dr6, 0);
            clear_tsk_thread_flag(current, TIF_BLOCKSTEP);
        }
        world.count_instructions(1);
        return machine_exception(current, result.address, result);
    }
    if (result.outcome == cpu::Outcome::syscall) {
        if (result.debug_trap) do_debug(current);  // held by MOV SS: comes on the kernel's entry
        return system_call(current);
    }
    retire(current, result.debug_trap);
}

/// A single instruction: others may run before the next, or TF is set.
void execute_one(Task* current) {
    const std::uint64_t ip = current->regs.rip;
    const cpu::StepResult result =
        cpu::step(current->regs, current->debug, *current->mm->space, current->environment);
    if (result.outcome == cpu::Outcome::retired && !result.debug_trap) [[likely]] {
        return retired_one(current, ip, result.taken_branch);
    }
    const bool retires = result.outcome != cpu::Outcome::exception;
    if (retires) retired_one(current, ip, result.taken_branch);
    end_of_stretch(current, result, retires ? 1 : 0);
}

/// Goes on until something happens, or could happen if somebody decided so: to the next instruction
/// before which the chooser is to be asked, or a limit is near.
void execute_stride(Task* current, const Stride& most) {
    const std::uint64_t ip = current->regs.rip;
    cpu::RunResult run;
    if (most.each_told) {
        EachTold told(current);
        run = cpu::run_observed(current->regs, current->debug, *current->mm->space,
                                current->environment, most.instructions, told.observer());
    } else {
        run = cpu::run(current->regs, current->debug, *current->mm->space, current->environment,
                       most.instructions);
    }
    const bool exception = run.last.outcome == cpu::Outcome::exception;
    const std::uint64_t before = run.retired - (exception && run.last.trap ? 1 : 0);
    if (!most.each_told) retired(current, ip, before, exception ? cpu::StepResult{} : run.last);
    end_of_stretch(current, run.last, before);
}

// Neither this nor `execute_operation` may become a part of `run_user_mode`: what they leave in
// their frames would lie on the stack at the point before an instruction, and tell states apart.
[[gnu::noinline]] void execute_machine_code(Task* current) {
    if (goes_by_itself(world_of(current), current)) return execute_one(current);
    const Stride most = stride(current);
    if (most.instructions == 1) return execute_one(current);
    execute_stride(current, most);
}

}  // namespace

void run_user_mode(Task* current) {
    World& world = world_of(current);
    for (;;) {
        world.user_point("user_mode", about(current->id));
        // MOV SS and POP SS let no interrupt come between them and the next instruction.
        const bool interruptible = !current->debug.mov_ss_shadow;
        if (interruptible && (current->thread_flags & TIF_WORK_IRQ) != 0) {
            return_from_interrupt(current, ReturnPath::irq);
        } else if (current->program != nullptr) {
            execute_operation(current);
        } else {
            execute_machine_code(current);
        }
    }
}

void task_fiber(void* argument) {
    Task* current = static_cast<Task*>(argument);
    current->in_user = true;
    if (current->newborn) {
        // CLONE_STOPPED starts it asleep; otherwise the state is RUNNING and this does nothing.
        schedule(current, "ret_from_fork");
        ret_from_fork(current);
    }
    run_user_mode(current);
}

}  // namespace utsim
