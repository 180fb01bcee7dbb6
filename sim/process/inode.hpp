// SPDX-License-Identifier: MIT
/// Files as programs meet them: an inode is a name in the tree with what it stands for, an open
/// file is a place in it, a descriptor a number for that.
#pragma once

#include <cstdint>
#include <string_view>

#include "cpu/address_space.hpp"
#include "process/wait_queue.hpp"
#include "sched/arena_array.hpp"

namespace utsim {

struct TreeFile;
struct OpenFile;
struct Pipe;
struct Socket;
struct Tty;
struct ProcText;
struct Task;
struct FileOps;

enum class InodeKind : std::uint8_t {
    regular,
    directory,
    symlink,
    pipe,
    socket,    ///< one end of a pair
    null,      ///< /dev/null
    zero,      ///< /dev/zero
    full,      ///< /dev/full
    random,    ///< /dev/random, /dev/urandom
    terminal,  ///< /dev/tty, and the descriptors that a program starts with
    input,     ///< standard input that is not a terminal
    master,    ///< /dev/ptmx
    slave,     ///< /dev/pts/N
    proc,      ///< of /proc: contents are made when it is opened
};

/// `st_mode` without the permission bits.
std::uint32_t mode_of(InodeKind kind);

inline constexpr std::size_t longest_name = 255;
/// What one call reads or writes at most; as on Linux it may be less than was asked for.
inline constexpr std::uint64_t most_bytes_of_a_call = 1u << 20;

struct Inode {
    InodeKind kind = InodeKind::regular;
    std::uint16_t mode = 0644;
    std::uint32_t number = 0;
    std::uint32_t links = 1;  ///< names
    std::uint32_t users = 0;  ///< open files, working folders
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    Inode* parent = nullptr;
    const char* name = "";               ///< in the arena, or fixed
    const char* target = nullptr;        ///< of a link that a program made: where it leads
    const TreeFile* lower = nullptr;     ///< what it was at the start; null for what programs made
    bool filled = false;                 ///< a directory whose `lower` entries have their inodes
    cpu::AddressSpace* upper = nullptr;  ///< contents that were written, from `body_at` on
    std::uint64_t size = 0;              ///< of a regular file; of a pipe, nothing
    Pipe* pipe = nullptr;
    Socket* socket = nullptr;
    Tty* tty = nullptr;
    Inode* same = nullptr;  ///< set in a further name of an inode: which
    ListHead names;         ///< of an inode: its further names; of such a name: its place there
    std::uint16_t proc_entry = 0;  ///< which file of /proc, and
    std::int32_t proc_pid = 0;     ///< whose
    std::uint64_t changed = 0;     ///< nanoseconds
    ListHead children;
    ListHead sibling;
};

template <typename V>
void describe(V& v, Inode& i) {
    v.field("kind", i.kind);
    v.field("mode", i.mode);
    v.field("number", i.number);
    v.field("links", i.links);
    v.field("users", i.users);
    v.field("uid", i.uid);
    v.field("gid", i.gid);
    v.field("parent", i.parent);
    v.field("name", i.name);
    v.field("target", i.target);
    v.field("lower", i.lower);
    v.field("filled", i.filled);
    v.field("upper", i.upper);
    v.field("size", i.size);
    v.field("pipe", i.pipe);
    v.field("socket", i.socket);
    v.field("tty", i.tty);
    v.field("same", i.same);
    v.field("names", i.names);
    v.field("proc_entry", i.proc_entry);
    v.field("proc_pid", i.proc_pid);
    v.field("changed", i.changed);
    v.field("children", i.children);
    v.field("sibling", i.sibling);
}

inline bool is_directory(const Inode& inode) { return inode.kind == InodeKind::directory; }

/// Flags of open(2).
enum OpenFlag : std::uint32_t {
    K_O_ACCMODE = 3,
    K_O_WRONLY = 1,
    K_O_RDWR = 2,
    K_O_CREAT = 0100,
    K_O_EXCL = 0200,
    K_O_TRUNC = 01000,
    K_O_APPEND = 02000,
    K_O_NONBLOCK = 04000,
    K_O_DIRECTORY = 0200000,
    K_O_NOFOLLOW = 0400000,
    K_O_CLOEXEC = 02000000,
    K_O_PATH = 010000000,
};

/// `struct file`: shared by dup and fork.
struct OpenFile {
    const FileOps* ops = nullptr;
    Inode* inode = nullptr;
    std::uint32_t flags = 0;
    std::uint32_t users = 1;
    std::uint64_t position = 0;
    ProcText* text = nullptr;  ///< of /proc: the contents as they were when it was opened
    std::uint32_t text_size = 0;
    Task* task = nullptr;  ///< of /proc/PID/mem: whose memory, with a reference

    bool readable() const { return (flags & K_O_ACCMODE) != K_O_WRONLY; }
    bool writable() const { return (flags & K_O_ACCMODE) != 0; }
};

template <typename V>
void describe(V& v, OpenFile& f) {
    v.aside("ops", f.ops);  // goes with the inode's kind
    v.field("inode", f.inode);
    v.field("flags", f.flags);
    v.field("users", f.users);
    v.field("position", f.position);
    v.field("text", f.text);
    v.field("text_size", f.text_size);
    v.field("task", f.task);
}

/// What poll(2) tells.
enum PollEvent : std::uint32_t {
    K_POLLIN = 1,
    K_POLLOUT = 4,
    K_POLLERR = 8,
    K_POLLHUP = 16,
    K_POLLNVAL = 32,
    K_POLLRDHUP = 0x2000,
};

/// What the kinds of files do: `struct file_operations`. Addresses are the caller's; results are
/// counts or negated errnos. Null: the call has no meaning (-EINVAL).
struct FileOps {
    std::int64_t (*read)(Task* current, OpenFile& file, std::uint64_t to, std::uint64_t n);
    std::int64_t (*write)(Task* current, OpenFile& file, std::uint64_t from, std::uint64_t n);
    std::uint32_t (*poll)(Task* current, OpenFile& file);
    void (*release)(Task* current, OpenFile& file);
    bool has_position;  ///< read and write move `position`; lseek works
};

const FileOps& ops_of(InodeKind kind);

// --- contents of regular files (file_body.cpp) ---

/// The bytes at `offset` as far as there are any; how many.
std::size_t read_body(const Inode& inode, std::uint64_t offset, void* out, std::size_t n);
/// Writes them, making the file longer where it must; how many, or a negated errno.
std::int64_t write_body(Task* current, Inode& inode, std::uint64_t offset, const void* in,
                        std::size_t n);
/// Sets its size. 0 or a negated errno.
std::int64_t truncate_body(Task* current, Inode& inode, std::uint64_t size);
/// The memory that holds them, and where in it they begin, for who maps the file. Null at the limit
/// of pages. Behind the file's last page it is none (SIGBUS), wherever that will be.
struct SharedBody {
    cpu::AddressSpace* space;
    std::uint64_t begin;
};
SharedBody share_body(Task* current, Inode& inode);
/// Memory for several to share, with one use, the caller's; it ends with the page of its last byte.
SharedBody make_shared_memory(Task* current, std::uint64_t number, std::uint64_t size);
/// Programs can make a file this long.
inline constexpr std::uint64_t largest_file = std::uint64_t{64} << 20;
/// A mapping of one can begin so far into it, and be so long.
inline constexpr std::uint64_t furthest_mapping = std::uint64_t{1} << 45;

}  // namespace utsim
