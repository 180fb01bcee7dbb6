// SPDX-License-Identifier: MIT
// Whose terminal it is: opening a pair and letting it go, sessions and their foreground group, what
// happens to who uses it from the background, and ioctl.
#include <utsim/errno.hpp>

#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/signal.hpp"
#include "process/ioctl.hpp"
#include "process/job_control.hpp"
#include "process/path.hpp"
#include "process/process.hpp"
#include "process/tty.hpp"

namespace utsim {

namespace {

void put_tty(Task* current, Tty& tty) {
    if (--tty.users != 0) return;
    Inode* slave = tty.slave;
    slave->tty = nullptr;
    if (slave->links != 0) unlink_inode(kernel_of(current), *slave);
    put_inode(kernel_of(current), slave);
    processes_of(current).ttys.give_back(&tty);
}

/// To each process of which `wanted(task)` holds.
template <typename Wanted>
void signal_processes(Task* current, int signal, Wanted&& wanted) {
    RwLock& tasklist_lock = kernel_of(current).tasklist_lock;
    tasklist_lock.read_lock("tty_signal");
    for (Task* task : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
        if (task->process == nullptr || !task->hashed || !thread_group_leader(task)) continue;
        if (!wanted(task)) continue;
        SigInfo info;
        info.si_signo = signal;
        info.si_code = K_SI_KERNEL;
        send_signal_to(task, signal, &info, true);
    }
    tasklist_lock.read_unlock("tty_signal");
}

/// Nobody is at the other end any more: the session hears of it.
void hang_up(Task* current, Tty& tty) {
    for (const int signal : {K_SIGHUP, K_SIGCONT}) {
        signal_processes(current, signal, [&](const Task* task) {
            return process_of(task).group->tty == &tty &&
                   (task->tgid == tty.session || task->signal->pgrp == tty.foreground);
        });
    }
}

void adopt_terminal(Task* current, Tty& tty) {
    ProcessGroup& group = *process_of(current).group;
    group.tty = &tty;
    ++tty.users;
    tty.session = group.session;
    tty.foreground = current->signal->pgrp;
}

std::int64_t set_foreground(Task* current, Tty& tty, std::uint64_t address) {
    std::int32_t pgrp = 0;
    if (copy_from_user(current, &pgrp, address, sizeof pgrp) != 0) return -K_EFAULT;
    if (process_of(current).group->tty != &tty) return -K_ENOTTY;
    if (const std::int64_t failed = tty_stop_background(current, tty, K_SIGTTOU); failed != 0) {
        return failed;
    }
    if (pgrp <= 0) return -K_EINVAL;
    pgrp = find_vpid(current, pgrp);
    if (pgrp == 0) return -K_ESRCH;
    bool found = false;
    bool ours = false;
    for (const Task* task : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
        if (task->process == nullptr || task->signal->pgrp != pgrp) continue;
        found = true;
        ours |= process_of(task).group->session == process_of(current).group->session;
    }
    if (!ours) return found ? -K_EPERM : -K_ESRCH;
    tty.foreground = pgrp;
    tty_changed(current, tty);
    return 0;
}

std::int64_t make_controlling(Task* current, Tty& tty) {
    const ProcessGroup& group = *process_of(current).group;
    if (group.tty == &tty) return 0;
    if (group.session != current->tgid || group.tty != nullptr || tty.session != 0) return -K_EPERM;
    adopt_terminal(current, tty);
    return 0;
}

std::int64_t set_termios(Task* current, Tty& tty, std::uint64_t address) {
    Termios wanted;
    if (copy_from_user(current, &wanted, address, sizeof wanted) != 0) return -K_EFAULT;
    if (const std::int64_t failed = tty_stop_background(current, tty, K_SIGTTOU); failed != 0) {
        return failed;
    }
    tty.termios = wanted;
    if ((wanted.local & tty_icanon) == 0) tty.whole = tty.input.size;
    tty_changed(current, tty);
    return 0;
}

}  // namespace

void tty_changed(Task* current, Tty& tty) {
    tty.wait.wake_all();
    processes_of(current).pollers.wake_all();
}

void tty_signal_group(Task* current, int pgrp, int signal) {
    if (pgrp == 0) return;
    signal_processes(current, signal, [&](const Task* task) { return task->signal->pgrp == pgrp; });
}

bool tty_is_background(const Task* current, const Tty& tty) {
    return process_of(current).group->tty == &tty && tty.foreground != 0 &&
           current->signal->pgrp != tty.foreground;
}

std::int64_t tty_stop_background(Task* current, const Tty& tty, int signal) {
    if (!tty_is_background(current, tty)) return 0;
    const bool ignored = current->sighand->action[signal - 1].handler == K_SIG_IGN;
    if (ignored || in_set(current->blocked, signal)) return signal == K_SIGTTIN ? -K_EIO : 0;
    if (pgrp_is_orphaned(current)) return -K_EIO;
    tty_signal_group(current, current->signal->pgrp, signal);
    return -K_ERESTARTSYS;
}

void release_tty_master(Task* current, OpenFile& file) {
    Tty& tty = tty_of(file);
    if (--tty.masters == 0) hang_up(current, tty);
    tty_changed(current, tty);
    put_tty(current, tty);
}

void release_tty_slave(Task* current, OpenFile& file) {
    Tty& tty = tty_of(file);
    --tty.slaves;
    tty_changed(current, tty);
    put_tty(current, tty);
}

std::int64_t open_master(Task* current, OpenFile& file) {
    Kernel& kernel = kernel_of(current);
    ProcessModel& model = *kernel.processes;
    Tty* tty = model.ttys.take();
    if (tty == nullptr) return -K_ENOSPC;
    char name[12] = {};
    char* end = name + sizeof name - 1;
    std::uint32_t rest = tty->index = model.next_tty++;
    do *--end = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    tty->slave = make_inode(kernel, model.terminals, end, InodeKind::slave, 0620);
    // Each opening is another pair, so it gets an inode of its own.
    Inode* inode = make_inode(kernel, nullptr, "ptmx", InodeKind::master, 0666);
    if (tty->slave == nullptr || inode == nullptr) {
        if (tty->slave != nullptr) unlink_inode(kernel, *tty->slave);
        model.ttys.give_back(tty);
        return -K_ENOSPC;
    }
    tty->wait.init();
    tty->masters = tty->users = 1;
    tty->slave->tty = tty;
    ++tty->slave->users;
    inode->links = 0;
    inode->tty = tty;
    ++inode->users;
    put_inode(kernel, file.inode);
    file.inode = inode;
    return 0;
}

std::int64_t open_slave(Task* current, OpenFile& file) {
    Tty* tty = file.inode->tty;
    if (tty == nullptr || tty->masters == 0) return -K_EIO;
    constexpr std::uint32_t no_controlling = 0400;
    ++tty->slaves;
    ++tty->users;
    tty->was_open = true;
    if ((file.flags & no_controlling) == 0) make_controlling(current, *tty);
    return 0;
}

void share_terminal(ProcessGroup& group) {
    if (group.tty != nullptr) ++group.tty->users;
}

void leave_terminal(Task* current, bool ends) {
    ProcessGroup& group = *process_of(current).group;
    Tty* tty = group.tty;
    if (tty == nullptr) return;
    if (ends && tty->session == current->tgid) {
        const int foreground = tty->foreground;
        tty->session = tty->foreground = 0;
        tty_signal_group(current, foreground, K_SIGHUP);
        tty_signal_group(current, foreground, K_SIGCONT);
        for (Task* task : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
            if (task->process == nullptr || task->signal == current->signal) continue;
            ProcessGroup& other = *process_of(task).group;
            if (other.tty != tty) continue;
            other.tty = nullptr;
            put_tty(current, *tty);
        }
    }
    group.tty = nullptr;
    put_tty(current, *tty);
}

std::int64_t tty_ioctl(Task* current, OpenFile& file, std::uint32_t request,
                       std::uint64_t argument) {
    Tty& tty = tty_of(file);
    const auto give = [&](const auto& value) -> std::int64_t {
        return copy_to_user(current, argument, &value, sizeof value);
    };
    if (request >= K_TCSETS && request <= K_TCSETSF) {
        const std::int64_t failed = set_termios(current, tty, argument);
        if (failed == 0 && request == K_TCSETSF) tty.input.size = tty.whole = 0;
        return failed;
    }
    const bool is_master = file.inode->kind == InodeKind::master;
    const bool ours = is_master || process_of(current).group->tty == &tty;
    switch (request) {
        case K_TCGETS:
            return give(tty.termios);
        case K_TIOCGWINSZ:
            return give(tty.window);
        case K_TIOCSWINSZ:
            if (copy_from_user(current, tty.window, argument, sizeof tty.window) != 0) {
                return -K_EFAULT;
            }
            tty_signal_group(current, tty.foreground, K_SIGWINCH);
            return 0;
        case K_TCFLSH:
            if (argument != 1) tty.input.size = tty.whole = 0;
            if (argument != 0) tty.output.size = 0;
            tty_changed(current, tty);  // whoever waits for room has it
            return 0;
        case K_FIONREAD:
            return give(is_master ? tty.output.size : tty.input.size);
        case K_TIOCGPGRP:
            return ours ? give(pid_vnr(current, tty.foreground)) : -K_ENOTTY;
        case K_TIOCGSID:
            return ours ? give(pid_vnr(current, tty.session)) : -K_ENOTTY;
        case K_TIOCSPGRP:
            return set_foreground(current, tty, argument);
        case K_TIOCSCTTY:
            return make_controlling(current, tty);
        case K_TIOCNOTTY:
            if (process_of(current).group->tty != &tty) return -K_ENOTTY;
            leave_terminal(current, true);
            return 0;
        case K_TIOCGPTN:
            return is_master ? give(tty.index) : -K_ENOTTY;
        case K_TCSBRK:
        case K_TIOCSPTLCK:
            return 0;
        default:
            return -K_ENOTTY;
    }
}

}  // namespace utsim
