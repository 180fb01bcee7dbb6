// SPDX-License-Identifier: MIT
// Links of both kinds, and what is in a folder.
#include <cstring>

#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/path.hpp"
#include "process/proc.hpp"

namespace utsim {

namespace {

std::int64_t make_link(Task* current, std::uint64_t target_at, std::int32_t directory,
                       std::uint64_t path) {
    PathText target;
    if (const std::int64_t failed = copy_path(current, target_at, target); failed != 0) {
        return failed;
    }
    if (target.size == 0) return -K_ENOENT;
    Place place;
    const std::int64_t failed = find_place(current, directory, path, place);
    if (place.inode != nullptr) return -K_EEXIST;
    if (failed != 0) return failed;
    Kernel& kernel = kernel_of(current);
    Inode* made = make_inode(kernel, place.folder, place.name, InodeKind::symlink, 0777);
    if (made == nullptr) return -K_ENOSPC;
    made->target = copy_text(kernel, target.view());
    made->size = target.size;
    made->uid = process_of(current).cred.euid;
    made->gid = process_of(current).cred.egid;
    return 0;
}

constexpr std::uint32_t at_symlink_follow = 0x400;

/// A further name for what is there. Only who may do everything can give one to an open file.
std::int64_t add_name(Task* current, std::int32_t from_directory, std::uint64_t from,
                      std::int32_t to_directory, std::uint64_t to, std::uint32_t flags) {
    const bool empty_path = (flags & K_AT_EMPTY_PATH) != 0;
    if ((flags & ~(at_symlink_follow | K_AT_EMPTY_PATH)) != 0) return -K_EINVAL;
    if (empty_path && !process_of(current).cred.privileged()) return -K_ENOENT;
    const bool follow = (flags & at_symlink_follow) != 0;
    Inode* inode = nullptr;
    std::int64_t failed =
        find_user_path(current, from_directory, from,
                       (follow ? 0 : K_AT_SYMLINK_NOFOLLOW) | (flags & K_AT_EMPTY_PATH), &inode);
    if (failed != 0) return failed;
    Place place;
    failed = find_place(current, to_directory, to, place);
    if (place.inode != nullptr) return -K_EEXIST;
    if (failed != 0) return failed;
    if (inode->proc_entry != 0) return -K_EXDEV;
    if (is_directory(*inode)) return -K_EPERM;
    if (inode->links == 0) return inode->parent != nullptr ? -K_ENOENT : -K_EXDEV;
    const bool made = make_name(kernel_of(current), place.folder, place.name, *inode) != nullptr;
    return made ? 0 : -K_ENOSPC;
}

}  // namespace

std::int64_t sys_symlink(Task* current) {
    return make_link(current, current->regs.rdi(), K_AT_FDCWD, current->regs.rsi());
}

std::int64_t sys_symlinkat(Task* current) {
    const cpu::Registers& r = current->regs;
    return make_link(current, r.rdi(), int_of(r.rsi()), r.rdx());
}

std::int64_t sys_link(Task* current) {
    const cpu::Registers& r = current->regs;
    return add_name(current, K_AT_FDCWD, r.rdi(), K_AT_FDCWD, r.rsi(), 0);
}

std::int64_t sys_linkat(Task* current) {
    const cpu::Registers& r = current->regs;
    return add_name(current, int_of(r.rdi()), r.rsi(), int_of(r.rdx()), r.gpr[10],
                    static_cast<std::uint32_t>(r.gpr[8]));
}

std::int64_t sys_getdents64(Task* current) {
    OpenFile* file = find_file(current, int_of(current->regs.rdi()));
    if (file == nullptr) return -K_EBADF;
    if (!is_directory(*file->inode)) return -K_ENOTDIR;
    Inode& folder = *file->inode;
    if (folder.proc_entry != 0) {
        fill_proc_folder(current, folder);
    } else {
        fill_directory(kernel_of(current), folder);
    }
    std::uint64_t index = 0;
    std::uint64_t done = 0;
    const std::uint64_t room = static_cast<std::uint32_t>(current->regs.rdx());
    std::int64_t failed = 0;
    const auto give = [&](const Inode& inode, std::string_view name) {
        if (index++ < file->position) return true;
        constexpr std::size_t header = 19;
        alignas(8) char entry[header + longest_name + 9] = {};
        const std::size_t size = (header + name.size() + 1 + 7) & ~std::size_t{7};
        if (done + size > room) {
            failed = done == 0 ? -K_EINVAL : 0;
            return false;
        }
        const std::uint64_t number = inode.number;
        const std::uint64_t next = index;
        const auto length = static_cast<std::uint16_t>(size);
        std::memcpy(entry, &number, 8);
        std::memcpy(entry + 8, &next, 8);
        std::memcpy(entry + 16, &length, 2);
        entry[18] = static_cast<char>(mode_of(inode.kind) >> 12);  // DT_*
        std::memcpy(entry + header, name.data(), name.size());
        if (copy_to_user(current, current->regs.rsi() + done, entry, size) != 0) {
            failed = done == 0 ? -K_EFAULT : 0;
            return false;
        }
        done += size;
        file->position = index;
        return true;
    };
    bool more = give(folder, ".") && give(folder.parent != nullptr ? *folder.parent : folder, "..");
    for (const Inode* child : list_entries<&Inode::sibling>(&folder.children)) {
        if (!more) break;
        more = give(child->same != nullptr ? *child->same : *child, child->name);
    }
    return failed != 0 ? failed : static_cast<std::int64_t>(done);
}

}  // namespace utsim
