// SPDX-License-Identifier: MIT
// Calls that make and close descriptors: open, pipe, dup, fcntl, close.
#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/path.hpp"
#include "process/pipe.hpp"
#include "process/proc.hpp"
#include "process/tty.hpp"

namespace utsim {

namespace {

/// What opening an inode may be refused for, but for its permissions.
std::int64_t check_open(const Inode& inode, std::uint32_t flags) {
    const bool writes = (flags & K_O_ACCMODE) != 0 || (flags & K_O_TRUNC) != 0;
    if (inode.kind == InodeKind::symlink && (flags & K_O_PATH) == 0) return -K_ELOOP;
    if (is_directory(inode) && (writes || (flags & K_O_CREAT) != 0)) return -K_EISDIR;
    if (!is_directory(inode) && (flags & K_O_DIRECTORY) != 0) return -K_ENOTDIR;
    return 0;
}

unsigned wanted_access(std::uint32_t flags) {
    switch (flags & K_O_ACCMODE) {
        case 0:
            return 4;
        case K_O_WRONLY:
            return 2;
        default:
            return 6;
    }
}

std::int64_t open_inode(Task* current, Inode* inode, std::uint32_t flags) {
    Kernel& kernel = kernel_of(current);
    // /dev/tty is the session's terminal, if it has one.
    const Tty* tty = process_of(current).group->tty;
    if (inode == kernel.processes->terminal && tty != nullptr) inode = tty->slave;
    OpenFile* file = make_open_file(kernel, inode, flags & ~(K_O_CREAT | K_O_EXCL | K_O_TRUNC));
    if (file == nullptr) return -K_ENFILE;
    std::int64_t result = 0;
    if (inode->kind == InodeKind::proc) result = open_proc_file(current, *file);
    if (inode->kind == InodeKind::regular && (flags & K_O_TRUNC) != 0) {
        result = truncate_body(current, *inode, 0);
    }
    const bool by_path = (flags & K_O_PATH) != 0;
    if (inode->kind == InodeKind::master && !by_path) result = open_master(current, *file);
    if (inode->kind == InodeKind::slave && !by_path) result = open_slave(current, *file);
    // There is nothing to release then.
    if (result != 0 || by_path) file->ops = &ops_of(InodeKind::null);
    if (result == 0) result = install_file(current, file, (flags & K_O_CLOEXEC) != 0);
    if (result < 0) put_file(current, file);
    return result;
}

std::int64_t do_open(Task* current, std::int32_t directory, std::uint64_t address,
                     std::uint32_t flags, std::uint32_t mode) {
    PathText path;
    if (const std::int64_t failed = copy_path(current, address, path); failed != 0) return failed;
    const bool exclusive = (flags & (K_O_CREAT | K_O_EXCL)) == (K_O_CREAT | K_O_EXCL);
    const bool follow = (flags & K_O_NOFOLLOW) == 0 && !exclusive;
    Place place;
    if (const std::int64_t failed = walk_path(current, directory, path.view(), follow, place);
        failed != 0) {
        return failed;
    }
    if (place.inode == nullptr) {
        if ((flags & K_O_CREAT) == 0) return -K_ENOENT;
        if (place.folder->proc_entry != 0) return -K_EACCES;
        if (path.view().back() == '/') return -K_EISDIR;
        if (place.folder->links == 0) return -K_ENOENT;
        if (!may_access(current, *place.folder, 3)) return -K_EACCES;
        const FsStruct& fs = *process_of(current).fs;
        const auto bits = static_cast<std::uint16_t>(mode & 07777 & ~fs.umask);
        place.inode =
            make_inode(kernel_of(current), place.folder, place.name, InodeKind::regular, bits);
        if (place.inode == nullptr) return -K_ENOSPC;
        place.inode->uid = process_of(current).cred.euid;
        place.inode->gid = process_of(current).cred.egid;
        return open_inode(current, place.inode, flags);
    }
    if (exclusive) return -K_EEXIST;
    if (const std::int64_t failed = check_open(*place.inode, flags); failed != 0) return failed;
    if (!may_access(current, *place.inode, wanted_access(flags))) return -K_EACCES;
    return open_inode(current, place.inode, flags);
}

std::int64_t do_pipe(Task* current, std::uint32_t flags) {
    if ((flags & ~(K_O_CLOEXEC | K_O_NONBLOCK)) != 0) return -K_EINVAL;
    OpenFile* ends[2] = {};
    const std::int64_t failed = make_pipe(current, flags & K_O_NONBLOCK, &ends[0], &ends[1]);
    if (failed != 0) return failed;
    const bool close_on_exec = (flags & K_O_CLOEXEC) != 0;
    const std::int64_t first = install_file(current, ends[0], close_on_exec);
    const std::int64_t second = first < 0 ? first : install_file(current, ends[1], close_on_exec);
    if (second < 0) {
        if (first >= 0) close_descriptor(current, int_of(static_cast<std::uint64_t>(first)));
        if (first < 0) put_file(current, ends[0]);
        put_file(current, ends[1]);
        return second;
    }
    const std::int32_t numbers[2] = {static_cast<std::int32_t>(first),
                                     static_cast<std::int32_t>(second)};
    if (copy_to_user(current, current->regs.rdi(), numbers, sizeof numbers) != 0) {
        close_descriptor(current, numbers[0]);
        close_descriptor(current, numbers[1]);
        return -K_EFAULT;
    }
    return 0;
}

std::int64_t duplicate(Task* current, std::int32_t from, std::int32_t lowest, bool close_on_exec) {
    OpenFile* file = find_file(current, from);
    if (file == nullptr) return -K_EBADF;
    ++file->users;
    const std::int64_t result = install_file(current, file, close_on_exec, lowest);
    if (result < 0) put_file(current, file);
    return result;
}

}  // namespace

std::int64_t sys_open(Task* current) {
    const cpu::Registers& r = current->regs;
    return do_open(current, K_AT_FDCWD, r.rdi(), static_cast<std::uint32_t>(r.rsi()),
                   static_cast<std::uint32_t>(r.rdx()));
}

std::int64_t sys_openat(Task* current) {
    const cpu::Registers& r = current->regs;
    return do_open(current, int_of(r.rdi()), r.rsi(), static_cast<std::uint32_t>(r.rdx()),
                   static_cast<std::uint32_t>(r.gpr[10]));
}

std::int64_t sys_creat(Task* current) {
    const cpu::Registers& r = current->regs;
    return do_open(current, K_AT_FDCWD, r.rdi(), K_O_CREAT | K_O_WRONLY | K_O_TRUNC,
                   static_cast<std::uint32_t>(r.rsi()));
}

std::int64_t sys_close(Task* current) {
    return close_descriptor(current, int_of(current->regs.rdi()));
}

std::int64_t sys_pipe(Task* current) { return do_pipe(current, 0); }

std::int64_t sys_pipe2(Task* current) {
    return do_pipe(current, static_cast<std::uint32_t>(current->regs.rsi()));
}

std::int64_t sys_dup(Task* current) {
    return duplicate(current, int_of(current->regs.rdi()), 0, false);
}

std::int64_t sys_dup2(Task* current) {
    OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    if (file == nullptr) return -K_EBADF;
    const std::int32_t to = int_of(current->regs.rsi());
    if (to == int_of(current->regs.rdi())) return to;
    return replace_descriptor(current, file, to, false);
}

std::int64_t sys_dup3(Task* current) {
    const auto flags = static_cast<std::uint32_t>(current->regs.rdx());
    const std::int32_t to = int_of(current->regs.rsi());
    if ((flags & ~K_O_CLOEXEC) != 0 || to == int_of(current->regs.rdi())) return -K_EINVAL;
    OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    if (file == nullptr) return -K_EBADF;
    return replace_descriptor(current, file, to, flags != 0);
}

std::int64_t sys_fcntl(Task* current) {
    enum Command : std::int32_t {
        dupfd = 0,
        getfd = 1,
        setfd = 2,
        getfl = 3,
        setfl = 4,
        setown = 8,
        getown = 9,
        dupfd_cloexec = 1030,
    };
    const cpu::Registers& r = current->regs;
    const std::int32_t descriptor = int_of(r.rdi());
    OpenFile* file = find_file(current, descriptor);
    if (file == nullptr) return -K_EBADF;
    Descriptor& entry = process_of(current).files->table[static_cast<std::uint32_t>(descriptor)];
    const std::int32_t argument = int_of(r.rdx());
    switch (int_of(r.rsi())) {
        case dupfd:
        case dupfd_cloexec:
            if (argument < 0) return -K_EINVAL;
            return duplicate(current, descriptor, argument, int_of(r.rsi()) == dupfd_cloexec);
        case getfd:
            return entry.close_on_exec ? 1 : 0;
        case setfd:
            entry.close_on_exec = (argument & 1) != 0;
            return 0;
        case getfl:
            return file->flags;
        case setfl: {
            constexpr std::uint32_t changeable = K_O_APPEND | K_O_NONBLOCK;
            file->flags =
                (file->flags & ~changeable) | (static_cast<std::uint32_t>(argument) & changeable);
            return 0;
        }
        case setown:
            return 0;
        case getown:
            return 0;
        default:
            return -K_EINVAL;
    }
}

}  // namespace utsim
