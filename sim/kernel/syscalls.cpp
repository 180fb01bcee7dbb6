// SPDX-License-Identifier: MIT
// The system call table. A number that nobody implements gives -ENOSYS and one line in the trace.
#include "kernel/syscalls.hpp"

#include <algorithm>

#include "kernel/exit.hpp"
#include "kernel/fork.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/program.hpp"
#include "kernel/signal.hpp"
#include "kernel/signal_frame.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::size_t largest_write = 4096;

long exit_code_of(std::uint64_t status) { return static_cast<long>((status & 0xff) << 8); }

std::int64_t sys_clone(Task* current) {
    CloneArguments arguments;
    arguments.flags = current->regs.rdi();
    arguments.stack = current->regs.rsi();
    arguments.parent_tid = current->regs.rdx();
    arguments.child_tid = current->regs.r10();
    arguments.tls = current->regs.r8();
    return do_fork(current, arguments);
}

std::int64_t sys_fork(Task* current, std::uint64_t flags) {
    CloneArguments arguments;
    arguments.flags = flags | K_SIGCHLD;
    return do_fork(current, arguments);
}

std::int64_t sys_pause(Task* current) {
    set_task_state(current, TASK_INTERRUPTIBLE);
    schedule(current, "sys_pause");
    set_task_state(current, TASK_RUNNING);
    return -K_ERESTARTNOHAND;
}

std::int64_t sys_set_tid_address(Task* current) {
    current->clear_child_tid = current->regs.rdi();
    return pid_vnr(current, current->pid);
}

std::int64_t sys_tgkill(Task* current) {
    const auto tgid = static_cast<int>(current->regs.rdi());
    if (tgid <= 0) return -K_EINVAL;
    return sys_tkill(current, tgid, static_cast<int>(current->regs.rsi()),
                     static_cast<int>(current->regs.rdx()));
}

std::int64_t unknown_call(Task* current, std::int64_t nr) {
    world_of(current).emit(EventKind::syscall_unknown, current->id.value, nr);
    return -K_ENOSYS;
}

/// Calls that look into other tasks.
std::int64_t run_tracing_call(Task* current, std::int64_t nr) {
    switch (nr) {
        case nr_waitid:
            return sys_waitid(current);
        case nr_ptrace:
            return sys_ptrace(current);
        case nr_rt_sigqueueinfo:
            return sys_rt_sigqueueinfo(current);
        case nr_rt_tgsigqueueinfo:
            return sys_rt_tgsigqueueinfo(current);
        case nr_rt_sigtimedwait:
            return sys_rt_sigtimedwait(current);
        case nr_process_vm_readv:
            return sys_process_vm(current, false);
        case nr_process_vm_writev:
            return sys_process_vm(current, true);
        default:
            return unknown_call(current, nr);
    }
}

}  // namespace

std::int64_t run_numbered_call(Task* current, std::int64_t nr) {
    const cpu::Registers& regs = current->regs;
    switch (nr) {
        case nr_write:
            return sys_write(current);
        case nr_writev:
            return sys_writev(current);
        case nr_mmap:
        case nr_mprotect:
        case nr_munmap:
        case nr_brk:
            return sys_memory(current, nr);
        case nr_rt_sigaction:
            return sys_rt_sigaction(current);
        case nr_rt_sigprocmask:
            return sys_rt_sigprocmask(current);
        case nr_rt_sigpending:
            return sys_rt_sigpending(current);
        case nr_rt_sigsuspend:
            return sys_rt_sigsuspend(current);
        case nr_sigaltstack:
            return sys_sigaltstack(current);
        case nr_rt_sigreturn:
            return sigreturn(current);
        case nr_sched_yield:
            world_of(current).point(PointKind::schedule, "sys_sched_yield");
            return 0;
        case nr_pause:
            return sys_pause(current);
        case nr_nanosleep:
            return sys_nanosleep(current);
        case nr_getpid:
            return pid_vnr(current, current->tgid);
        case nr_getppid:
            return pid_vnr(current, current->real_parent->tgid);
        case nr_gettid:
            return pid_vnr(current, current->pid);
        case nr_clone:
            return sys_clone(current);
        case nr_fork:
            return sys_fork(current, 0);
        case nr_vfork:
            return sys_fork(current, K_CLONE_VFORK | K_CLONE_VM);
        case nr_exit:
            do_exit(current, exit_code_of(regs.gpr[7]));
        case nr_exit_group:
            do_group_exit(current, exit_code_of(regs.gpr[7]));
        case nr_wait4:
            return sys_wait4(current);
        case nr_kill:
            return sys_kill(current);
        case nr_tkill:
            return sys_tkill(current, 0, static_cast<int>(regs.gpr[7]),
                             static_cast<int>(regs.gpr[6]));
        case nr_tgkill:
            return sys_tgkill(current);
        case nr_arch_prctl:
            return sys_arch_prctl(current);
        case nr_set_tid_address:
            return sys_set_tid_address(current);
        case nr_restart_syscall:
            return sys_restart_syscall(current);
        default:
            return run_tracing_call(current, nr);
    }
}

std::int64_t run_system_call(Task* current, std::int64_t nr) {
    if (current->op != nullptr && current->op->nr == nr)
        return run_operation(current, *current->op);
    if (current->program != nullptr && current->program->scripted_calls) return 0;
    std::int64_t result = 0;
    const ProcessHooks* processes = kernel_of(current).process_hooks;
    if (current->process != nullptr && processes->run_call(current, nr, &result)) return result;
    return run_numbered_call(current, nr);
}

namespace {

/// Bytes that one call writes at most.
constexpr std::uint64_t one_call = 64 * 1024;

/// Like a pipe: a bad address after some bytes gives a short count.
std::int64_t write_from(Task* current, int fd, std::uint64_t from, std::uint64_t left) {
    World& world = world_of(current);
    std::int64_t done = 0;
    char buffer[largest_write];
    while (left > 0) {
        const std::size_t piece = left < sizeof buffer ? left : sizeof buffer;
        if (copy_from_user(current, buffer, from + static_cast<std::uint64_t>(done), piece) != 0) {
            return done > 0 ? done : -K_EFAULT;
        }
        world.emit_text(EventKind::output, std::string_view(buffer, piece), current->id.value, fd);
        done += static_cast<std::int64_t>(piece);
        left -= piece;
    }
    return done;
}

}  // namespace

std::int64_t sys_write(Task* current) {
    const int fd = static_cast<int>(current->regs.gpr[7]);
    if (fd != 1 && fd != 2) return -K_EBADF;
    return write_from(current, fd, current->regs.gpr[6], std::min(current->regs.gpr[2], one_call));
}

std::int64_t sys_writev(Task* current) {
    constexpr std::uint64_t most_pieces = 1024;
    const int fd = static_cast<int>(current->regs.gpr[7]);
    const std::uint64_t count = current->regs.gpr[2];
    if (fd != 1 && fd != 2) return -K_EBADF;
    if (count > most_pieces) return -K_EINVAL;
    std::int64_t done = 0;
    for (std::uint64_t n = 0; n < count; ++n) {
        struct {
            std::uint64_t base, length;
        } piece;
        const std::uint64_t at = current->regs.gpr[6] + n * sizeof piece;
        if (copy_from_user(current, &piece, at, sizeof piece) != 0) {
            return done > 0 ? done : -K_EFAULT;
        }
        const std::uint64_t room = one_call - static_cast<std::uint64_t>(done);
        const std::int64_t written =
            write_from(current, fd, piece.base, std::min(piece.length, room));
        if (written < 0) return done > 0 ? done : written;
        done += written;
        if (static_cast<std::uint64_t>(written) < piece.length) break;
    }
    return done;
}

namespace {

/// mmap_sem is held for writing.
std::int64_t change_memory(Task* current, std::int64_t nr) {
    cpu::AddressSpace& space = *current->mm->space;
    const cpu::Registers& regs = current->regs;
    const std::uint64_t address = regs.gpr[7];
    const std::uint64_t length = regs.gpr[6];
    const auto protection = static_cast<std::uint8_t>(regs.gpr[2] & 7);
    switch (nr) {
        case nr_brk:
            return static_cast<std::int64_t>(space.brk(address));
        case nr_munmap:
            return space.unmap(address, length);
        case nr_mprotect:
            // 8 is PROT_SEM, which changes nothing.
            if ((regs.gpr[2] & ~std::uint64_t{15}) != 0) return -K_EINVAL;
            return space.protect(address, length, protection);
        default:
            break;
    }
    constexpr std::uint64_t map_fixed = 0x10;
    constexpr std::uint64_t map_anonymous = 0x20;
    constexpr std::uint64_t map_fixed_noreplace = 0x100000;
    const std::uint64_t flags = regs.gpr[10];
    if ((flags & map_anonymous) == 0) return -K_EBADF;  // there are no files
    cpu::Placement placement = cpu::Placement::hint;
    if ((flags & map_fixed) != 0) placement = cpu::Placement::fixed;
    if ((flags & map_fixed_noreplace) != 0) placement = cpu::Placement::fixed_no_replace;
    return space.map(address, length, protection, placement);
}

}  // namespace

std::int64_t sys_memory(Task* current, std::int64_t nr) {
    if (current->mm == nullptr || current->mm->space == nullptr) return -K_ENOMEM;
    RwSemaphore& mmap_sem = current->mm->mmap_sem;
    mmap_sem.down_write("sys_memory");
    const std::int64_t result = change_memory(current, nr);
    mmap_sem.up_write("sys_memory");
    return result;
}

std::int64_t sys_arch_prctl(Task* current) {
    constexpr std::uint64_t arch_set_gs = 0x1001;
    constexpr std::uint64_t arch_set_fs = 0x1002;
    constexpr std::uint64_t arch_get_fs = 0x1003;
    constexpr std::uint64_t arch_get_gs = 0x1004;
    constexpr std::uint64_t user_space_end = 0x7ffffffff000;
    cpu::Registers& regs = current->regs;
    const std::uint64_t address = regs.rsi();
    switch (regs.rdi()) {
        case arch_set_fs:
        case arch_set_gs:
            if (address >= user_space_end) return -K_EPERM;
            (regs.rdi() == arch_set_fs ? regs.fs_base : regs.gs_base) = address;
            return 0;
        case arch_get_fs:
            return copy_to_user(current, address, &regs.fs_base, 8);
        case arch_get_gs:
            return copy_to_user(current, address, &regs.gs_base, 8);
        default:
            return -K_EINVAL;
    }
}

}  // namespace utsim
