// SPDX-License-Identifier: MIT
// The system call path and the loop that does outstanding work before the task may run user code.
// The masks decide what is looked at again and what only once (spec 5.2).
#include "kernel/entry.hpp"

#include "cpu/segments.hpp"
#include "kernel/kernel.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::int64_t no_call = -1;

/// The number that `value`, from RAX or a tracer, stands for.
std::int64_t call_number(const Task* current, std::int64_t value) {
    const bool low = decided(current, SyscallNumberBits::low_32);
    return low ? static_cast<std::int32_t>(value) : value;
}

/// A call that is not made keeps what a tracer has put into RAX, at least if it is number -1.
bool keeps_result(const Task* current, bool slow, std::int64_t nr) {
    if (!slow) return false;
    return nr == no_call || decided(current, SyscallInvalid::keeps_result);
}

bool is_forbidden(Task* current) {
    return test_tsk_thread_flag(current, TIF_SECCOMP) &&
           !kernel_of(current).process_hooks->seccomp(current);
}

/// spec 5.1 step 2b: the number to run, or -1 for none.
std::int64_t syscall_trace_enter(Task* current) {
    if (test_tsk_thread_flag(current, TIF_SINGLESTEP)) current->regs.rflags |= cpu::flag::tf;
    const bool filter_first = decided(current, PtraceSeccomp::filter_first);
    if (filter_first && is_forbidden(current)) return no_call;
    bool skip = test_tsk_thread_flag(current, TIF_SYSCALL_EMU);
    if (skip || test_tsk_thread_flag(current, TIF_SYSCALL_TRACE)) {
        if (tracehook_report_syscall_entry(current)) skip = true;
    }
    if (!skip && !filter_first) skip = is_forbidden(current);
    return skip ? no_call : call_number(current, current->orig_ax);
}

/// exit.step-trap=arch: the flag is looked at afresh after the report, so a step that was asked for
/// meanwhile ends here, with no instruction executed (spec 6.9).
bool exit_path_makes_step_trap(const Task* current) {
    return decided(current, ExitStepTrap::arch) && decided(current, Arch::x86) &&
           test_tsk_thread_flag(current, TIF_SINGLESTEP) &&
           tracehook_consider_fatal_signal(current, K_SIGTRAP);
}

/// spec 5.2: `step` is sampled now, before the report.
void syscall_trace_leave(Task* current) {
    const bool step = test_tsk_thread_flag(current, TIF_SINGLESTEP) &&
                      !test_tsk_thread_flag(current, TIF_SYSCALL_EMU) &&
                      !decided(current, Arch::s390);
    if (step || test_tsk_thread_flag(current, TIF_SYSCALL_TRACE)) {
        tracehook_report_syscall_exit(current, step);
    }
    if (exit_path_makes_step_trap(current)) send_sigtrap(current, K_TRAP_BRKPT);
}

/// spec 5.3: `work` is a snapshot; flags set meanwhile are for the outer loop.
void do_notify_resume(Task* current, std::uint32_t work) {
    if ((work & tif(TIF_SIGPENDING)) != 0) {
        current->step_event = false;
        do_signal(current);
    }
    if ((work & tif(TIF_NOTIFY_RESUME)) != 0) {
        clear_tsk_thread_flag(current, TIF_NOTIFY_RESUME);
        tracehook_notify_resume(current);
    }
}

/// arch=s390: the step event of the call instruction is looked at when there is no other work left
/// (spec 6.12). True: it made a signal.
bool report_step_event(Task* current) {
    if (!current->step_event) return false;
    current->step_event = false;
    if (!step_trap_is_a_signal(current)) return false;
    send_sigtrap(current, K_TRAP_TRACE);
    return true;
}

void exit_work(Task* current, std::uint32_t mask) {
    for (;;) {
        const std::uint32_t work = current->thread_flags & mask;
        if (work == 0) {
            if (!report_step_event(current)) return;
            continue;
        }
        if ((work & tif(TIF_NEED_RESCHED)) != 0) {
            clear_tsk_thread_flag(current, TIF_NEED_RESCHED);
            schedule(current, "exit_work");
            continue;
        }
        if ((work & TIF_WORK_SYSCALL_EXIT) != 0) {
            syscall_trace_leave(current);
            mask &= ~(TIF_WORK_SYSCALL_EXIT | tif(TIF_SYSCALL_EMU));
            continue;
        }
        if ((work & TIF_DO_NOTIFY) != 0) do_notify_resume(current, work);
        mask = TIF_WORK_IRQ;
    }
}

/// What a debugger has put into a data segment register without a descriptor is not kept.
void forget_unknown_selectors(cpu::Registers& regs) {
    constexpr std::uint16_t last_null = 3;
    for (std::uint16_t* selector : {&regs.ds, &regs.es, &regs.fs, &regs.gs}) {
        if (*selector > last_null && cpu::find_descriptor(*selector) == nullptr) *selector = 0;
    }
}

/// IRET refuses the selectors of a debugger who knows others than those of 64-bit user mode.
bool return_faults(Task* current) {
    cpu::Registers& regs = current->regs;
    if ((regs.ds | regs.es | regs.fs | regs.gs) != 0) forget_unknown_selectors(regs);
    const bool good_cs = regs.cs == cpu::user_code_selector;
    if (good_cs && regs.ss == cpu::user_data_selector) return false;
    constexpr std::uint16_t privilege_bits = 3;
    const std::uint16_t wrong = good_cs ? regs.ss : regs.cs;
    regs.cs = cpu::user_code_selector;
    regs.ss = cpu::user_data_selector;
    current->orig_ax = no_call;
    current->trap.number = cpu::vector::general_protection;
    current->trap.error_code = static_cast<std::uint16_t>(wrong & ~privilege_bits);
    SigInfo info;
    info.si_signo = K_SIGSEGV;
    info.si_code = K_SI_KERNEL;
    force_sig_info(current, info);
    return true;
}

void enter_user_mode(Task* current, ReturnPath via) {
    while (return_faults(current)) exit_work(current, TIF_WORK_IRQ);
    world_of(current).emit(EventKind::user, current->id.value, static_cast<int>(via),
                           current->regs.rip, (current->regs.rflags & cpu::flag::tf) != 0,
                           current->debug.btf, current->regs.rax());
    current->in_user = true;
}

/// A line about a call is cut there.
constexpr std::size_t longest_call = 1000;

bool tells_arguments(const Task* current) {
    return current->process != nullptr && world_of(current).tells_arguments();
}

/// Not inlined: the line must not stand on the stack while the call sleeps.
[[gnu::noinline]] void tell_entry(Task* current, std::int64_t nr) {
    const cpu::Registers& r = current->regs;
    char line[longest_call];
    std::size_t size = 0;
    if (tells_arguments(current)) {
        const ProcessHooks* hooks = kernel_of(current).process_hooks;
        size = hooks->write_arguments(current, nr, nullptr, line, sizeof line);
    }
    world_of(current).emit_text(EventKind::syscall_enter, std::string_view(line, size),
                                current->id.value, nr, r.gpr[7], r.gpr[6], r.gpr[2], r.gpr[10],
                                r.gpr[8], r.gpr[9]);
}

/// `asked`: the call that was begun; who has made another one of it has made its arguments, too.
[[gnu::noinline]] void tell_result(Task* current, std::int64_t asked, std::int64_t nr,
                                   std::int64_t result) {
    char line[longest_call];
    std::size_t size = 0;
    if (asked == nr && tells_arguments(current)) {
        const ProcessHooks* hooks = kernel_of(current).process_hooks;
        size = hooks->write_arguments(current, nr, &result, line, sizeof line);
    }
    world_of(current).emit_text(EventKind::syscall_ran, std::string_view(line, size),
                                current->id.value, nr, result);
}

}  // namespace

bool in_system_call(const Task* current) {
    const std::int64_t value = current->orig_ax;
    return decided(current, SyscallNumberBits::low_32) ? static_cast<std::int32_t>(value) != no_call
                                                       : value >= 0;
}

void system_call(Task* current) {
    World& world = world_of(current);
    cpu::Registers& regs = current->regs;
    current->in_user = false;
    current->orig_ax = static_cast<std::int64_t>(regs.rax());
    std::int64_t nr = call_number(current, current->orig_ax);
    const std::int64_t asked = nr;
    tell_entry(current, nr);
    current->step_event = decided(current, Arch::s390) && (regs.rflags & cpu::flag::tf) != 0;
    const bool slow = (current->thread_flags & TIF_WORK_SYSCALL_ENTRY) != 0;
    if (slow) {
        regs.rax() = static_cast<std::uint64_t>(-K_ENOSYS);
        nr = syscall_trace_enter(current);
    }
    if (nr < 0 || nr > max_syscall_number) {
        if (!keeps_result(current, slow, nr)) regs.rax() = static_cast<std::uint64_t>(-K_ENOSYS);
        world.emit(EventKind::syscall_skipped, current->id.value, nr, regs.rax());
    } else {
        const std::int64_t result = run_system_call(current, nr);
        regs.rax() = static_cast<std::uint64_t>(result);
        tell_result(current, asked, nr, result);
    }
    current->op = nullptr;
    const bool sysret =
        !slow && (current->thread_flags & TIF_ALLWORK) == 0 && nr != nr_rt_sigreturn;
    exit_work(current, TIF_ALLWORK);
    enter_user_mode(current, ReturnPath::sys);
    // SYSRET that loads TF traps before the next instruction; IRET after it (spec 6.6).
    if (sysret && current->mm != nullptr && (regs.rflags & cpu::flag::tf) != 0) {
        current->in_user = false;
        current->orig_ax = no_call;
        current->debug.dr6 |= cpu::dr6_single_step;
        do_debug(current);
        return_from_interrupt(current, ReturnPath::trap);
    }
}

void return_from_interrupt(Task* current, ReturnPath via) {
    current->in_user = false;
    current->orig_ax = no_call;
    exit_work(current, TIF_WORK_IRQ);
    enter_user_mode(current, via);
}

void ret_from_fork(Task* current) {
    current->in_user = false;
    exit_work(current, TIF_ALLWORK);
    enter_user_mode(current, ReturnPath::fork);
}

}  // namespace utsim
