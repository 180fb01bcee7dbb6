// SPDX-License-Identifier: MIT
// Walking paths. Directories that the world started with get inodes when somebody first looks into
// them, so that a large tree costs nothing as long as nobody does.
#include "process/path.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernel/memory.hpp"
#include "process/file_tree.hpp"
#include "process/proc.hpp"

namespace utsim {

namespace {

/// MAXSYMLINKS.
constexpr int most_links = 40;

InodeKind kind_of(FileType type) {
    switch (type) {
        case FileType::directory:
            return InodeKind::directory;
        case FileType::symlink:
            return InodeKind::symlink;
        default:
            return InodeKind::regular;
    }
}

}  // namespace

std::int64_t copy_string(Task* current, std::uint64_t address, char* out, std::size_t room) {
    std::size_t done = 0;
    while (done < room) {
        // No further than the page's end: what lies behind need not be there.
        const std::uint64_t at = address + done;
        const std::size_t piece =
            std::min<std::size_t>(room - done, cpu::page_size - (at & (cpu::page_size - 1)));
        if (copy_from_user(current, out + done, at, piece) != 0) return -K_EFAULT;
        if (const void* end = std::memchr(out + done, '\0', piece)) {
            return static_cast<const char*>(end) - out;
        }
        done += piece;
    }
    return -K_ENAMETOOLONG;
}

std::int64_t copy_path(Task* current, std::uint64_t address, PathText& out) {
    const std::int64_t size = copy_string(current, address, out.bytes, sizeof out.bytes);
    if (size < 0) return size;
    out.size = static_cast<std::size_t>(size);
    return 0;
}

Inode* make_inode(Kernel& kernel, Inode* folder, std::string_view name, InodeKind kind,
                  std::uint16_t mode) {
    ProcessModel& model = *kernel.processes;
    Inode* inode = model.inodes.take();
    if (inode == nullptr) return nullptr;
    inode->kind = kind;
    inode->mode = mode;
    inode->number = model.next_inode++;
    inode->name = copy_text(kernel, name);
    inode->changed = kernel.world->nanoseconds();
    inode->parent = folder;
    list_init(&inode->children);
    list_init(&inode->sibling);
    list_init(&inode->names);
    if (folder != nullptr) list_add_tail(&inode->sibling, &folder->children);
    return inode;
}

void free_inode(Kernel& kernel, Inode* inode) {
    drop_text(kernel, inode->name);
    drop_text(kernel, inode->target);
    kernel.processes->inodes.give_back(inode);
}

void put_inode(Kernel& kernel, Inode* inode) {
    if (inode == nullptr) return;
    --inode->users;
    if (inode->users != 0 || inode->links != 0) return;
    if (inode->upper != nullptr) inode->upper->drop_use();
    free_inode(kernel, inode);
}

namespace {

/// One name less, and the inode has others.
void drop_name(Kernel& kernel, Inode& entry) {
    --inode_of(&entry)->links;
    if (entry.same != nullptr) {
        list_del_init(&entry.sibling);
        list_del_init(&entry.names);
        return free_inode(kernel, &entry);
    }
    // The inode takes over the place of another of its names.
    Inode* other = list_first_entry<&Inode::names>(&entry.names);
    std::swap(entry.name, other->name);
    entry.parent = other->parent;
    list_del_init(&entry.sibling);
    list_add(&entry.sibling, &other->sibling);
    list_del_init(&other->sibling);
    list_del_init(&other->names);
    free_inode(kernel, other);
}

}  // namespace

Inode* make_name(Kernel& kernel, Inode* folder, std::string_view name, Inode& inode) {
    Inode* entry = make_inode(kernel, folder, name, inode.kind, inode.mode);
    if (entry == nullptr) return nullptr;
    entry->same = &inode;
    list_add_tail(&entry->names, &inode.names);
    ++inode.links;
    inode.changed = kernel.world->nanoseconds();
    return entry;
}

std::string_view link_target(Task* current, const Inode& link) {
    if (link.target != nullptr) return link.target;
    return link.lower != nullptr ? std::string_view(link.lower->bytes)
                                 : proc_link_target(current, link);
}

void unlink_inode(Kernel& kernel, Inode& inode) {
    if (inode.same != nullptr || !list_empty(&inode.names)) return drop_name(kernel, inode);
    list_del_init(&inode.sibling);
    // Its folder may go before whoever is in it does.
    inode.parent = kernel.processes->root;
    inode.links = 0;
    ++inode.users;
    put_inode(kernel, &inode);
}

void fill_directory(Kernel& kernel, Inode& folder) {
    if (folder.filled || folder.lower == nullptr) return;
    folder.filled = true;
    for (const auto& [name, file] : folder.lower->children) {
        Inode* inode = make_inode(kernel, &folder, name, kind_of(file->type), file->mode);
        if (inode == nullptr) return;
        inode->lower = file.get();
        inode->size = file->bytes.size();
        inode->changed = 0;
    }
}

Inode* find_child(Task* current, Inode& folder, std::string_view name) {
    Kernel& kernel = kernel_of(current);
    if (folder.proc_entry != 0) return find_proc_child(current, folder, name);
    fill_directory(kernel, folder);
    for (Inode* child : list_entries<&Inode::sibling>(&folder.children)) {
        if (name == child->name) return child;
    }
    return nullptr;
}

bool may_access(const Task* current, const Inode& inode, unsigned wanted) {
    const Credentials& cred = process_of(current).cred;
    if (cred.privileged()) {
        return (wanted & 1) == 0 || is_directory(inode) || (inode.mode & 0111) != 0;
    }
    unsigned allowed = inode.mode & 7;
    if (cred.euid == inode.uid) {
        allowed = inode.mode >> 6 & 7;
    } else if (cred.egid == inode.gid) {
        allowed = inode.mode >> 3 & 7;
    }
    return (allowed & wanted) == wanted;
}

namespace {

/// One walk; links make it begin again with what they say.
class Walk {
public:
    Walk(Task* current, Inode* start, bool follow, Place& out)
        : current_(current),
          at_(start),
          follow_(follow),
          out_(out) {}

    std::int64_t go(std::string_view path) {
        if (!path.empty() && path[0] == '/') at_ = processes_of(current_).root;
        out_.inode = out_.entry = at_;
        out_.folder = at_->parent;
        while (!path.empty()) {
            const std::size_t slash = path.find('/');
            const std::string_view name = path.substr(0, slash);
            std::string_view rest = slash == std::string_view::npos ? "" : path.substr(slash);
            rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
            const bool folder_meant = slash != std::string_view::npos;
            path = rest;
            if (name.empty()) continue;
            const std::int64_t failed = step(name, rest.empty(), folder_meant);
            if (failed != 0) return failed;
        }
        return 0;
    }

private:
    /// Goes on from `at_` by one name.
    std::int64_t step(std::string_view name, bool last, bool folder_meant) {
        if (name.size() > longest_name) return -K_ENAMETOOLONG;
        if (!is_directory(*at_)) return -K_ENOTDIR;
        if (!may_access(current_, *at_, 1)) return -K_EACCES;
        out_.folder = at_;
        std::memcpy(out_.name, name.data(), name.size());
        out_.name[name.size()] = '\0';
        if (name == ".") return 0;
        if (name == "..") {
            if (at_->parent != nullptr) at_ = at_->parent;
            out_.inode = out_.entry = at_;
            return 0;
        }
        out_.entry = find_child(current_, *at_, name);
        Inode* child = out_.inode = inode_of(out_.entry);
        if (child == nullptr) return last ? 0 : -K_ENOENT;
        if (child->kind == InodeKind::symlink && (!last || follow_ || folder_meant)) {
            return follow_link(*child, last);
        }
        if (folder_meant && !is_directory(*child)) return -K_ENOTDIR;
        at_ = child;
        return 0;
    }

    std::int64_t follow_link(const Inode& link, bool last) {
        if (++links_ > most_links) return -K_ELOOP;
        const std::string_view target = link_target(current_, link);
        if (target.empty()) return -K_ENOENT;
        const bool follow = std::exchange(follow_, true);
        const std::int64_t failed = go(target);
        follow_ = follow;
        if (failed != 0) return failed;
        if (out_.inode == nullptr) return last ? 0 : -K_ENOENT;
        at_ = out_.inode;
        return 0;
    }

    Task* current_;
    Inode* at_;
    bool follow_;
    Place& out_;
    int links_ = 0;
};

}  // namespace

std::int64_t walk_path(Task* current, std::int32_t directory, std::string_view path, bool follow,
                       Place& out) {
    if (path.empty()) return -K_ENOENT;
    Inode* start = process_of(current).fs->cwd;
    if (directory != K_AT_FDCWD && path[0] != '/') {
        const OpenFile* file = find_file(current, directory);
        if (file == nullptr) return -K_EBADF;
        start = file->inode;
        if (!is_directory(*start)) return -K_ENOTDIR;
    }
    return Walk(current, start, follow, out).go(path);
}

std::int64_t find_path(Task* current, std::int32_t directory, std::string_view path, bool follow,
                       Inode** out) {
    Place place;
    const std::int64_t failed = walk_path(current, directory, path, follow, place);
    if (failed != 0) return failed;
    *out = place.inode;
    return place.inode != nullptr ? 0 : -K_ENOENT;
}

std::int64_t find_user_path(Task* current, std::int32_t directory, std::uint64_t address,
                            std::uint32_t at_flags, Inode** out) {
    PathText path;
    if (const std::int64_t failed = copy_path(current, address, path); failed != 0) return failed;
    if (path.size == 0 && (at_flags & K_AT_EMPTY_PATH) != 0) {
        if (directory == K_AT_FDCWD) {
            *out = process_of(current).fs->cwd;
            return 0;
        }
        const OpenFile* file = find_file(current, directory);
        if (file == nullptr) return -K_EBADF;
        *out = file->inode;
        return 0;
    }
    return find_path(current, directory, path.view(), (at_flags & K_AT_SYMLINK_NOFOLLOW) == 0, out);
}

std::size_t path_of(const Inode& inode, char* out, std::size_t room) {
    if (inode.parent == nullptr) {
        const std::string_view name = inode.name[0] == '\0' ? "/" : inode.name;
        const std::size_t n = std::min(room, name.size());
        std::memcpy(out, name.data(), n);
        return n;
    }
    // From the last name to the first, since folders can be nested as deeply as there are inodes.
    std::size_t length = 0;
    for (const Inode* at = &inode; at->parent != nullptr; at = at->parent) {
        length += 1 + std::strlen(at->name);
    }
    std::size_t end = length;
    for (const Inode* at = &inode; at->parent != nullptr; at = at->parent) {
        const std::string_view name = at->name;
        const std::size_t begin = end - name.size();
        if (begin <= room) out[begin - 1] = '/';
        if (begin < room)
            std::memcpy(out + begin, name.data(), std::min(room - begin, name.size()));
        end = begin - 1;
    }
    return std::min(room, length);
}

}  // namespace utsim
