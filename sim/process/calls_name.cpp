// SPDX-License-Identifier: MIT
// Calls about names: stat, access, folders, making, linking and removing.
#include <algorithm>
#include <cstring>

#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/file_tree.hpp"
#include "process/path.hpp"
#include "process/proc.hpp"
#include "process/tty.hpp"

namespace utsim {

namespace {

/// `struct stat` of x86-64.
struct Stat {
    std::uint64_t dev, ino, nlink;
    std::uint32_t mode, uid, gid, pad;
    std::uint64_t rdev;
    std::int64_t size, blksize, blocks;
    std::uint64_t time[6];
    std::int64_t unused[3];
};
static_assert(sizeof(Stat) == 144);

std::uint64_t device_number(InodeKind kind) {
    switch (kind) {
        case InodeKind::null:
            return 0x103;
        case InodeKind::zero:
            return 0x105;
        case InodeKind::full:
            return 0x107;
        case InodeKind::random:
            return 0x109;
        case InodeKind::terminal:
            return 0x500;
        case InodeKind::master:
            return 0x502;
        case InodeKind::slave:
            return 0x8800;
        default:
            return 0;
    }
}

std::int64_t give_stat(Task* current, const Inode& inode, std::uint64_t address) {
    Stat stat{};
    stat.dev = 1;
    stat.ino = inode.number;
    stat.nlink = inode.links;
    stat.mode = mode_of(inode.kind) | inode.mode;
    stat.uid = inode.uid;
    stat.gid = inode.gid;
    stat.rdev = device_number(inode.kind);
    if (inode.kind == InodeKind::slave && inode.tty != nullptr) stat.rdev += inode.tty->index;
    stat.size = static_cast<std::int64_t>(inode.size);
    stat.blksize = 4096;
    stat.blocks = (stat.size + 511) / 512;
    for (int i = 0; i < 6; i += 2) {
        stat.time[i] = inode.changed / 1'000'000'000;
        stat.time[i + 1] = inode.changed % 1'000'000'000;
    }
    return copy_to_user(current, address, &stat, sizeof stat);
}

std::int64_t stat_path(Task* current, std::int32_t directory, std::uint64_t path,
                       std::uint64_t address, std::uint32_t at_flags) {
    Inode* inode = nullptr;
    const std::int64_t failed = find_user_path(current, directory, path, at_flags, &inode);
    return failed != 0 ? failed : give_stat(current, *inode, address);
}

std::int64_t check_access(Task* current, std::int32_t directory, std::uint64_t path,
                          std::uint32_t wanted) {
    if ((wanted & ~7u) != 0) return -K_EINVAL;
    Inode* inode = nullptr;
    const std::int64_t failed = find_user_path(current, directory, path, 0, &inode);
    if (failed != 0) return failed;
    return may_access(current, *inode, wanted) ? 0 : -K_EACCES;
}

}  // namespace

std::int64_t find_place(Task* current, std::int32_t directory, std::uint64_t address,
                        Place& place) {
    PathText path;
    std::int64_t failed = copy_path(current, address, path);
    if (failed == 0) failed = walk_path(current, directory, path.view(), false, place);
    if (failed != 0) return failed;
    if (place.folder == nullptr) return -K_EBUSY;
    if (place.folder->proc_entry != 0) return -K_EPERM;
    if (place.folder->links == 0) return -K_ENOENT;  // removed, with somebody in it
    return may_access(current, *place.folder, 3) ? 0 : -K_EACCES;
}

namespace {

std::int64_t make_directory(Task* current, std::int32_t directory, std::uint64_t address,
                            std::uint64_t mode) {
    Place place;
    const std::int64_t failed = find_place(current, directory, address, place);
    if (place.inode != nullptr) return -K_EEXIST;
    if (failed != 0) return failed;
    const FsStruct& fs = *process_of(current).fs;
    const auto bits = static_cast<std::uint16_t>(mode & 07777 & ~std::uint64_t{fs.umask});
    Inode* made =
        make_inode(kernel_of(current), place.folder, place.name, InodeKind::directory, bits);
    if (made == nullptr) return -K_ENOSPC;
    made->uid = process_of(current).cred.euid;
    made->gid = process_of(current).cred.egid;
    return 0;
}

bool is_inside(const Inode* inode, const Inode* folder) {
    for (; inode != nullptr; inode = inode->parent) {
        if (inode == folder) return true;
    }
    return false;
}

std::int64_t remove(Task* current, std::int32_t directory, std::uint64_t address, bool folder) {
    Place place;
    const std::int64_t failed = find_place(current, directory, address, place);
    if (failed != 0) return failed;
    if (place.inode == nullptr) return -K_ENOENT;
    if (folder != is_directory(*place.inode)) return folder ? -K_ENOTDIR : -K_EISDIR;
    if (folder) {
        if (place.inode->parent == nullptr || place.inode->proc_entry != 0) return -K_EBUSY;
        // `.` and `..` are names for it, but not entries that could go.
        if (place.inode == place.folder || is_inside(place.folder, place.inode)) return -K_EINVAL;
        fill_directory(kernel_of(current), *place.inode);
        if (!list_empty(&place.inode->children)) return -K_ENOTEMPTY;
    }
    unlink_inode(kernel_of(current), *place.entry);
    return 0;
}

std::int64_t rename(Task* current, std::int32_t from_directory, std::uint64_t from,
                    std::int32_t to_directory, std::uint64_t to) {
    Place old_place;
    Place new_place;
    std::int64_t failed = find_place(current, from_directory, from, old_place);
    if (failed == 0 && old_place.inode == nullptr) failed = -K_ENOENT;
    if (failed == 0) failed = find_place(current, to_directory, to, new_place);
    if (failed != 0) return failed;
    Inode* moved = old_place.entry;
    Inode* there = new_place.entry;
    if (inode_of(moved) == inode_of(there)) return 0;
    if (is_directory(*moved) && is_inside(new_place.folder, moved)) return -K_EINVAL;
    if (is_inside(old_place.folder, moved)) return -K_EBUSY;  // `.`, `..`
    if (there != nullptr && is_inside(new_place.folder, there)) return -K_ENOTEMPTY;
    if (moved->parent == nullptr || moved->proc_entry != 0) return -K_EBUSY;
    if (there != nullptr) {
        if (is_directory(*there) && !is_directory(*moved)) return -K_EISDIR;
        if (!is_directory(*there) && is_directory(*moved)) return -K_ENOTDIR;
        if (is_directory(*there)) {
            fill_directory(kernel_of(current), *there);
            if (!list_empty(&there->children)) return -K_ENOTEMPTY;
        }
        unlink_inode(kernel_of(current), *there);
    }
    drop_text(kernel_of(current), moved->name);
    moved->name = copy_text(kernel_of(current), new_place.name);
    moved->parent = new_place.folder;
    list_move_tail(&moved->sibling, &new_place.folder->children);
    return 0;
}

std::int64_t read_link(Task* current, std::int32_t directory, std::uint64_t path,
                       std::uint64_t address, std::uint64_t room) {
    if (static_cast<std::int64_t>(room) <= 0) return -K_EINVAL;
    Inode* inode = nullptr;
    const std::int64_t failed =
        find_user_path(current, directory, path, K_AT_SYMLINK_NOFOLLOW, &inode);
    if (failed != 0) return failed;
    if (inode->kind != InodeKind::symlink) return -K_EINVAL;
    const std::string_view target = link_target(current, *inode);
    if (target.empty()) return -K_ENOENT;
    const std::size_t n = std::min<std::size_t>(room, target.size());
    return copy_to_user(current, address, target.data(), n) != 0 ? -K_EFAULT
                                                                 : static_cast<std::int64_t>(n);
}

std::int64_t change_folder(Task* current, Inode* inode) {
    if (!is_directory(*inode)) return -K_ENOTDIR;
    if (!may_access(current, *inode, 1)) return -K_EACCES;
    FsStruct& fs = *process_of(current).fs;
    ++inode->users;
    put_inode(kernel_of(current), fs.cwd);
    fs.cwd = inode;
    return 0;
}

}  // namespace

std::int64_t sys_stat(Task* current) {
    return stat_path(current, K_AT_FDCWD, current->regs.rdi(), current->regs.rsi(), 0);
}

std::int64_t sys_lstat(Task* current) {
    return stat_path(current, K_AT_FDCWD, current->regs.rdi(), current->regs.rsi(),
                     K_AT_SYMLINK_NOFOLLOW);
}

std::int64_t sys_fstat(Task* current) {
    const OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    return file == nullptr ? -K_EBADF : give_stat(current, *file->inode, current->regs.rsi());
}

std::int64_t sys_newfstatat(Task* current) {
    return stat_path(current, int_of(current->regs.rdi()), current->regs.rsi(), current->regs.rdx(),
                     static_cast<std::uint32_t>(current->regs.gpr[10]));
}

std::int64_t sys_access(Task* current) {
    return check_access(current, K_AT_FDCWD, current->regs.rdi(),
                        static_cast<std::uint32_t>(current->regs.rsi()));
}

std::int64_t sys_faccessat(Task* current) {
    return check_access(current, int_of(current->regs.rdi()), current->regs.rsi(),
                        static_cast<std::uint32_t>(current->regs.rdx()));
}

std::int64_t sys_getcwd(Task* current) {
    char path[ProcessLimits::path];
    if (process_of(current).fs->cwd->links == 0) return -K_ENOENT;
    const std::size_t size = path_of(*process_of(current).fs->cwd, path, sizeof path);
    if (size == sizeof path) return -K_ENAMETOOLONG;
    path[size] = '\0';
    if (size + 1 > current->regs.rsi()) return -K_ERANGE;
    if (copy_to_user(current, current->regs.rdi(), path, size + 1) != 0) return -K_EFAULT;
    return static_cast<std::int64_t>(size + 1);
}

std::int64_t sys_chdir(Task* current) {
    Inode* inode = nullptr;
    const std::int64_t failed = find_user_path(current, K_AT_FDCWD, current->regs.rdi(), 0, &inode);
    return failed != 0 ? failed : change_folder(current, inode);
}

std::int64_t sys_fchdir(Task* current) {
    const OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    return file == nullptr ? -K_EBADF : change_folder(current, file->inode);
}

std::int64_t sys_mkdir(Task* current) {
    return make_directory(current, K_AT_FDCWD, current->regs.rdi(), current->regs.rsi());
}

std::int64_t sys_mkdirat(Task* current) {
    return make_directory(current, int_of(current->regs.rdi()), current->regs.rsi(),
                          current->regs.rdx());
}

std::int64_t sys_rmdir(Task* current) {
    return remove(current, K_AT_FDCWD, current->regs.rdi(), true);
}

std::int64_t sys_unlink(Task* current) {
    return remove(current, K_AT_FDCWD, current->regs.rdi(), false);
}

std::int64_t sys_unlinkat(Task* current) {
    const bool folder = (current->regs.rdx() & K_AT_REMOVEDIR) != 0;
    return remove(current, int_of(current->regs.rdi()), current->regs.rsi(), folder);
}

std::int64_t sys_rename(Task* current) {
    return rename(current, K_AT_FDCWD, current->regs.rdi(), K_AT_FDCWD, current->regs.rsi());
}

std::int64_t sys_renameat(Task* current) {
    return rename(current, int_of(current->regs.rdi()), current->regs.rsi(),
                  int_of(current->regs.rdx()), current->regs.gpr[10]);
}

/// renameat2: its flags ask for more than a simple rename.
std::int64_t sys_renameat2(Task* current) {
    return current->regs.gpr[8] != 0 ? -K_EINVAL : sys_renameat(current);
}

std::int64_t sys_readlink(Task* current) {
    return read_link(current, K_AT_FDCWD, current->regs.rdi(), current->regs.rsi(),
                     current->regs.rdx());
}

std::int64_t sys_readlinkat(Task* current) {
    return read_link(current, int_of(current->regs.rdi()), current->regs.rsi(), current->regs.rdx(),
                     current->regs.gpr[10]);
}

namespace {

/// Only its owner, and who may do everything, changes what an inode says of itself.
std::int64_t change_mode(Task* current, Inode& inode, std::uint64_t mode) {
    const Credentials& cred = process_of(current).cred;
    if (!cred.privileged() && cred.euid != inode.uid) return -K_EPERM;
    inode.mode = static_cast<std::uint16_t>(mode & 07777);
    return 0;
}

/// -1 leaves an id as it is. The owner can only say again what is true already.
std::int64_t change_owner(Task* current, Inode& inode, std::uint64_t user, std::uint64_t group) {
    constexpr std::uint32_t keep = 0xffffffff;
    const auto uid = static_cast<std::uint32_t>(user);
    const auto gid = static_cast<std::uint32_t>(group);
    const bool changes = (uid != keep && uid != inode.uid) || (gid != keep && gid != inode.gid);
    if (changes && !process_of(current).cred.privileged()) return -K_EPERM;
    if (uid != keep) inode.uid = uid;
    if (gid != keep) inode.gid = gid;
    return 0;
}

/// Of the path at `address`.
template <typename Change>
std::int64_t for_path(Task* current, std::int32_t directory, std::uint64_t address,
                      std::uint32_t at_flags, Change&& change) {
    Inode* inode = nullptr;
    const std::int64_t failed = find_user_path(current, directory, address, at_flags, &inode);
    return failed != 0 ? failed : change(*inode);
}

std::int64_t chown_path(Task* current, std::uint32_t at_flags) {
    const cpu::Registers& r = current->regs;
    return for_path(current, K_AT_FDCWD, r.rdi(), at_flags,
                    [&](Inode& inode) { return change_owner(current, inode, r.rsi(), r.rdx()); });
}

}  // namespace

std::int64_t sys_chmod(Task* current) {
    const cpu::Registers& r = current->regs;
    return for_path(current, K_AT_FDCWD, r.rdi(), 0,
                    [&](Inode& inode) { return change_mode(current, inode, r.rsi()); });
}

std::int64_t sys_fchmodat(Task* current) {
    const cpu::Registers& r = current->regs;
    return for_path(current, int_of(r.rdi()), r.rsi(), 0,
                    [&](Inode& inode) { return change_mode(current, inode, r.rdx()); });
}

std::int64_t sys_fchmod(Task* current) {
    const OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    return file == nullptr ? -K_EBADF : change_mode(current, *file->inode, current->regs.rsi());
}

std::int64_t sys_chown(Task* current) { return chown_path(current, 0); }
std::int64_t sys_lchown(Task* current) { return chown_path(current, K_AT_SYMLINK_NOFOLLOW); }

std::int64_t sys_fchownat(Task* current) {
    const cpu::Registers& r = current->regs;
    return for_path(current, int_of(r.rdi()), r.rsi(), static_cast<std::uint32_t>(r.gpr[8]),
                    [&](Inode& inode) { return change_owner(current, inode, r.rdx(), r.gpr[10]); });
}

std::int64_t sys_fchown(Task* current) {
    const cpu::Registers& r = current->regs;
    const OpenFile* file = find_file(current, int_of(r.rdi()));
    return file == nullptr ? -K_EBADF : change_owner(current, *file->inode, r.rsi(), r.rdx());
}

std::int64_t sys_umask(Task* current) {
    FsStruct& fs = *process_of(current).fs;
    const std::uint32_t old = fs.umask;
    fs.umask = static_cast<std::uint32_t>(current->regs.rdi()) & 0777;
    return old;
}

}  // namespace utsim
