// SPDX-License-Identifier: MIT
/// From a path to an inode: `namei`.
#pragma once

#include <cstdint>
#include <string_view>

#include "process/process.hpp"

namespace utsim {

inline constexpr std::int32_t K_AT_FDCWD = -100;
inline constexpr std::uint32_t K_AT_SYMLINK_NOFOLLOW = 0x100;
inline constexpr std::uint32_t K_AT_REMOVEDIR = 0x200;
inline constexpr std::uint32_t K_AT_EMPTY_PATH = 0x1000;

/// A path in the kernel's hands.
struct PathText {
    char bytes[ProcessLimits::path];
    std::size_t size = 0;
    std::string_view view() const { return {bytes, size}; }
};

/// getname(): 0, -EFAULT, or -ENAMETOOLONG. An empty path is for the caller to refuse.
std::int64_t copy_path(Task* current, std::uint64_t address, PathText& out);
/// A text of at most `room` - 1 bytes with its zero; its length, -EFAULT, or -ENAMETOOLONG.
std::int64_t copy_string(Task* current, std::uint64_t address, char* out, std::size_t room);

/// What a walk has come to.
struct Place {
    Inode* inode = nullptr;   ///< null: the last name does not exist
    Inode* entry = nullptr;   ///< the name itself: the inode, or a further name of it
    Inode* folder = nullptr;  ///< where it is, or would be
    char name[longest_name + 1] = {};
};

/// Walks `path` from the folder of `directory` (AT_FDCWD: the working folder). With `follow` the
/// last name may be a link. 0 also when only the last name is missing; else a negated errno.
std::int64_t walk_path(Task* current, std::int32_t directory, std::string_view path, bool follow,
                       Place& out);
/// The same for what must exist: -ENOENT.
std::int64_t find_path(Task* current, std::int32_t directory, std::string_view path, bool follow,
                       Inode** out);
/// The same for an address of the caller's.
std::int64_t find_user_path(Task* current, std::int32_t directory, std::uint64_t address,
                            std::uint32_t at_flags, Inode** out);

/// The place of a name that is to be made, or is to go: 0 with its folder writable.
std::int64_t find_place(Task* current, std::int32_t directory, std::uint64_t address, Place& place);
/// Where a link leads; empty when nowhere.
std::string_view link_target(Task* current, const Inode& link);

/// The name among the children, or null. Of /proc's folders it may be made just now.
Inode* find_child(Task* current, Inode& folder, std::string_view name);
/// Gives every entry of a directory that was there at the start its inode.
void fill_directory(Kernel& kernel, Inode& folder);
/// A new inode in `folder`; null at the limit.
Inode* make_inode(Kernel& kernel, Inode* folder, std::string_view name, InodeKind kind,
                  std::uint16_t mode);
/// Takes a name out of its folder. With its last one an inode is freed when nobody has it open.
void unlink_inode(Kernel& kernel, Inode& inode);
void put_inode(Kernel& kernel, Inode* inode);
/// The same for one that nobody has got yet.
void free_inode(Kernel& kernel, Inode* inode);

/// What a name is a name of.
inline Inode* inode_of(Inode* entry) {
    return entry != nullptr && entry->same != nullptr ? entry->same : entry;
}
/// A further name for `inode` in `folder`; null at the limit.
Inode* make_name(Kernel& kernel, Inode* folder, std::string_view name, Inode& inode);

/// The absolute path; how long it is, without a zero. It is cut to `room`.
std::size_t path_of(const Inode& inode, char* out, std::size_t room);

/// Whether the caller may do what bits 4 (read), 2 (write), 1 (execute) say.
bool may_access(const Task* current, const Inode& inode, unsigned wanted);

}  // namespace utsim
