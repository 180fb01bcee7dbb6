// SPDX-License-Identifier: MIT
/// What makes a task a process: descriptors, a place in the tree of files, credentials, a name, and
/// what its threads share besides signals. All of it lies in the World's arena.
///
/// The room stands on the kernel: `sim/kernel` calls it through `ProcessHooks` and knows none of
/// its types, so that worlds of abstract tasks carry nothing of this.
#pragma once

#include <cstdint>
#include <string_view>

#include "cpu/image.hpp"
#include "kernel/kernel.hpp"
#include "kernel/task.hpp"
#include "process/inode.hpp"
#include "process/pipe.hpp"
#include "process/socket.hpp"
#include "process/tty.hpp"
#include "sched/pool.hpp"

namespace utsim {

class FileTree;
struct SeccompFilter;

/// `struct sock_filter`.
struct BpfInstruction {
    std::uint16_t code;
    std::uint8_t jump_true;
    std::uint8_t jump_false;
    std::uint32_t k;
};

template <typename V>
void describe(V& v, BpfInstruction& i) {
    v.field("code", i.code);
    v.field("jump_true", i.jump_true);
    v.field("jump_false", i.jump_false);
    v.field("k", i.k);
}

/// Limits with names; what one forbids fails as on a machine that is that small.
struct ProcessLimits {
    static constexpr std::uint32_t descriptors = 1024;      ///< of one process: -EMFILE
    static constexpr std::uint32_t open_files = 16 * 1024;  ///< of the world: -ENFILE
    static constexpr std::uint32_t inodes = 64 * 1024;      ///< -ENOSPC
    static constexpr std::uint32_t pipes = 4096;            ///< -ENFILE
    static constexpr std::uint32_t sockets = 1024;          ///< ends of pairs: -ENFILE
    static constexpr std::uint32_t messages = 4096;         ///< on their way: -ENOBUFS
    static constexpr std::uint32_t terminals = 64;          ///< -ENOSPC
    /// of seccomp, all that a run sets: -ENOMEM
    static constexpr std::uint32_t filter_instructions = 256 * 1024;
    static constexpr std::size_t path = 4096;             ///< -ENAMETOOLONG
    static constexpr std::size_t arguments = 128 * 1024;  ///< bytes of argv and envp: -E2BIG
};

struct Descriptor {
    OpenFile* file = nullptr;
    bool close_on_exec = false;
};

template <typename V>
void describe(V& v, Descriptor& d) {
    v.field("file", d.file);
    v.field("close_on_exec", d.close_on_exec);
}

/// `struct files_struct`: shared by CLONE_FILES.
struct FilesStruct {
    ArenaArray<Descriptor> table;
    std::uint32_t users = 1;
};

template <typename V>
void describe(V& v, FilesStruct& f) {
    v.field("table", f.table);
    v.field("users", f.users);
}

/// `struct fs_struct`: shared by CLONE_FS.
struct FsStruct {
    Inode* cwd = nullptr;
    std::uint32_t umask = 022;
    std::uint32_t users = 1;
};

template <typename V>
void describe(V& v, FsStruct& f) {
    v.field("cwd", f.cwd);
    v.field("umask", f.umask);
    v.field("users", f.users);
}

/// Real, effective and saved ids.
struct Credentials {
    std::uint32_t uid = 0, euid = 0, suid = 0;
    std::uint32_t gid = 0, egid = 0, sgid = 0;

    bool privileged() const { return euid == 0; }
};

template <typename V>
void describe(V& v, Credentials& c) {
    v.field("uid", c.uid);
    v.field("euid", c.euid);
    v.field("suid", c.suid);
    v.field("gid", c.gid);
    v.field("egid", c.egid);
    v.field("sgid", c.sgid);
}

struct ResourceLimit {
    std::uint64_t soft = ~std::uint64_t{0};
    std::uint64_t hard = ~std::uint64_t{0};
};

template <typename V>
void describe(V& v, ResourceLimit& l) {
    v.field("soft", l.soft);
    v.field("hard", l.hard);
}

inline constexpr int resource_count = 16;
inline constexpr int resource_nofile = 7;

/// ITIMER_REAL: SIGALRM at `expires`, and every `interval` from then on, but not before the one
/// before was taken.
struct IntervalTimer {
    std::uint64_t expires = 0;   ///< nanoseconds; 0: not armed
    std::uint64_t interval = 0;  ///< nanoseconds; 0: once
    std::uint64_t expired = 0;   ///< nanoseconds: when it did last
};

template <typename V>
void describe(V& v, IntervalTimer& t) {
    v.field("expires", t.expires);
    v.field("interval", t.interval);
    v.field("expired", t.expired);
}

/// What somebody has used up (usage.hpp): nanoseconds, and pages of memory at a time.
struct Usage {
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    std::uint64_t most_pages = 0;
};

template <typename V>
void describe(V& v, Usage& u) {
    v.field("user", u.user);
    v.field("system", u.system);
    v.field("most_pages", u.most_pages);
}

/// What the threads of a process share besides the kernel's `SignalStruct`.
struct ProcessGroup {
    int session = 0;
    Tty* tty = nullptr;  ///< the session's terminal, as long as it has one
    bool subreaper = false;
    bool has_run_exec = false;  ///< setpgid of it is refused then
    bool from_outside = false;  ///< the first of a run: a shell that we do not see looks after it
    std::uint32_t users = 1;
    IntervalTimer real_timer;
    Usage gone;         ///< of threads that have ended
    Usage of_children;  ///< of those that were collected, and theirs
    ResourceLimit limits[resource_count];
    // Of the program; what exec replaces.
    bool dumpable = true;
    const char* exe = "";    ///< path, in the arena
    cpu::StackPlaces texts;  ///< where argv and envp lie, for /proc
};

template <typename V>
void describe(V& v, ProcessGroup& g) {
    v.field("session", g.session);
    v.field("tty", g.tty);
    v.field("subreaper", g.subreaper);
    v.field("has_run_exec", g.has_run_exec);
    v.field("from_outside", g.from_outside);
    v.field("users", g.users);
    v.field("real_timer", g.real_timer);
    v.field("gone", g.gone);
    v.field("of_children", g.of_children);
    v.field("limits", g.limits);
    v.field("dumpable", g.dumpable);
    v.field("exe", g.exe);
    v.field("texts", g.texts);
}

/// `task->process`.
struct Process {
    FilesStruct* files = nullptr;
    FsStruct* fs = nullptr;
    ProcessGroup* group = nullptr;
    Credentials cred;
    char comm[16] = {};
    int parent_death_signal = 0;
    bool no_new_privileges = false;
    std::uint32_t personality = 0;           ///< what it was told; nothing here is different for it
    std::uint8_t seccomp_mode = 0;           ///< of prctl: 0 none, 1 strict, 2 filters
    const SeccompFilter* seccomp = nullptr;  ///< the newest; never changed
    std::uint64_t robust_list = 0;
    std::uint64_t start_time = 0;      ///< nanoseconds
    std::uint64_t retired_before = 0;  ///< instructions that its parent had retired
    std::uint64_t calls = 0;
};

template <typename V>
void describe(V& v, Process& p) {
    v.field("files", p.files);
    v.field("fs", p.fs);
    v.field("group", p.group);
    v.field("cred", p.cred);
    v.field("comm", p.comm);
    v.field("parent_death_signal", p.parent_death_signal);
    v.field("no_new_privileges", p.no_new_privileges);
    v.field("personality", p.personality);
    v.field("seccomp_mode", p.seccomp_mode);
    v.field("seccomp", p.seccomp);
    v.field("robust_list", p.robust_list);
    v.field("start_time", p.start_time);
    v.field("retired_before", p.retired_before);
    v.field("calls", p.calls);
}

/// Somebody who sleeps at a word of memory.
struct FutexWaiter {
    ListHead node;
    Task* task = nullptr;
    cpu::AddressSpace::Key key{};  ///< shared words are one word, wherever they are mapped
    std::uint32_t bits = 0;
    bool woken = false;
};

template <typename V>
void describe(V& v, FutexWaiter& w) {
    v.field("node", w.node);
    v.field("task", w.task);
    v.field("space", w.key.space);
    v.field("address", w.key.address);
    v.field("bits", w.bits);
    v.field("woken", w.woken);
}

/// What a file of /proc says, while somebody has it open. Longer texts are cut.
struct ProcText {
    static constexpr std::size_t room = 16 * 1024;
    alignas(8) char bytes[room] = {};
};

template <typename V>
void describe(V& v, ProcText& t) {
    v.field("bytes", t.bytes);
}

/// Texts that come and go (names, links): memory of a few sizes, used again.
struct TextBlock {
    TextBlock* next = nullptr;
};

template <typename V>
void describe(V& v, TextBlock& b) {
    v.aside("next", b.next);
}

/// The state of the room that belongs to no single process: `Kernel::processes`.
struct ProcessModel {
    const FileTree* tree = nullptr;  ///< the host's; outlives the World
    Inode* root = nullptr;
    Inode* terminal = nullptr;
    Inode* input = nullptr;
    Inode* terminals = nullptr;  ///< /dev/pts
    std::uint32_t next_tty = 0;
    const char* input_bytes = nullptr;  ///< standard input, all of it
    std::uint64_t input_size = 0;
    std::uint64_t input_position = 0;
    std::uint32_t next_inode = 1;
    std::uint64_t random_state = 0;  ///< of getrandom and AT_RANDOM
    Pool<Inode> inodes;
    Pool<OpenFile> open_files;
    Pool<Pipe> pipes;
    Pool<PipeBlock> blocks;
    Pool<Socket> sockets;
    Pool<SocketPart> socket_parts;
    ListHead dropped_parts;  ///< of sockets that were closed, with descriptors to be closed
    bool drops_parts = false;
    static constexpr std::size_t text_sizes = 9;  ///< 16 bytes to 4 KiB
    TextBlock* free_texts[text_sizes] = {};
    ArenaArray<BpfInstruction> filter_draft;  ///< what is to be a filter, until it is checked
    std::uint32_t filter_instructions = 0;
    Pool<ProcText> texts;
    Pool<Tty> ttys;
    char link[ProcessLimits::path] = {};  ///< the link of /proc that was read last
    WaitQueue pollers;                    ///< everybody in poll and select
    ListHead futexes;                     ///< FutexWaiter
    Task* timer_thread = nullptr;
};

template <typename V>
void describe(V& v, ProcessModel& m) {
    v.aside("tree", m.tree);
    v.field("root", m.root);
    v.field("terminal", m.terminal);
    v.field("input", m.input);
    v.field("terminals", m.terminals);
    v.field("next_tty", m.next_tty);
    v.field("ttys", m.ttys);
    v.aside("input_bytes", m.input_bytes);
    v.aside("input_size", m.input_size);
    v.field("input_position", m.input_position);
    v.field("next_inode", m.next_inode);
    v.field("random_state", m.random_state);
    v.field("inodes", m.inodes);
    v.field("open_files", m.open_files);
    v.field("pipes", m.pipes);
    v.aside("blocks", m.blocks);
    v.field("sockets", m.sockets);
    v.field("socket_parts", m.socket_parts);
    v.field("dropped_parts", m.dropped_parts);
    v.field("drops_parts", m.drops_parts);
    v.aside("free_texts", m.free_texts);
    v.aside("filter_draft", m.filter_draft);
    v.field("filter_instructions", m.filter_instructions);
    v.field("texts", m.texts);
    v.aside("link", m.link);
    v.field("pollers", m.pollers);
    v.field("futexes", m.futexes);
    v.field("timer_thread", m.timer_thread);
}

inline ProcessModel& processes_of(const Task* task) { return *kernel_of(task).processes; }
inline Process& process_of(const Task* task) { return *task->process; }
/// An argument that is an `int`.
inline std::int32_t int_of(std::uint64_t value) { return static_cast<std::int32_t>(value); }

// --- random numbers (random.cpp) ---

std::uint64_t next_random(Task* task);
/// That many bytes to an address of the caller's, or as many as one call gives; or -EFAULT.
std::int64_t give_random(Task* current, std::uint64_t to, std::uint64_t n);

// --- descriptors (descriptors.cpp) ---

/// The open file behind a descriptor, or null.
OpenFile* find_file(const Task* task, std::int32_t descriptor);
/// A new open file with one user; null at the limit. It counts as a user of `inode`.
OpenFile* make_open_file(Kernel& kernel, Inode* inode, std::uint32_t flags);
void put_file(Task* current, OpenFile* file);
/// The lowest free descriptor from `from` on is made to lead to `file`; its number, or -EMFILE with
/// nothing changed. Takes over the caller's use of `file` when it succeeds.
std::int64_t install_file(Task* current, OpenFile* file, bool close_on_exec, std::int32_t from = 0);
/// 0 or -EBADF.
std::int64_t close_descriptor(Task* current, std::int32_t descriptor);
/// dup2 and dup3 after their checks: `to` leads to `file` from now on.
std::int64_t replace_descriptor(Task* current, OpenFile* file, std::int32_t to, bool close_on_exec);

/// The file of a descriptor, the call's first argument unless another is named, with a user more,
/// so that a thread that closes it meanwhile does no harm.
class HeldFile {
public:
    explicit HeldFile(Task* current) : HeldFile(current, int_of(current->regs.rdi())) {}
    HeldFile(Task* current, std::int32_t descriptor)
        : current_(current),
          file_(find_file(current, descriptor)) {
        if (file_ != nullptr) ++file_->users;
    }
    ~HeldFile() {
        if (file_ != nullptr) put_file(current_, file_);
    }
    HeldFile(const HeldFile&) = delete;
    HeldFile& operator=(const HeldFile&) = delete;
    /// Null: there is none.
    OpenFile* get() const { return file_; }

private:
    Task* current_;
    OpenFile* file_;
};

/// What the first process of a scenario starts with.
struct ProcessSpec {
    std::string_view path;  ///< of the program, absolute; /proc/self/exe
    std::string_view cwd = "/";
    Credentials cred;
    cpu::StackPlaces texts;
};

/// Sets the room up in a kernel: root, /dev, /proc, hooks. `tree` outlives the World.
void boot_processes(Kernel& kernel, const FileTree* tree, std::string_view input,
                    std::uint64_t seed);
/// Makes `task`, which `create_task` has made, the first thread of a process.
void begin_process(Task* task, const ProcessSpec& spec);

/// A copy of `text` (shorter than `ProcessLimits::path`) with a zero behind it, until `drop_text`.
char* copy_text(Kernel& kernel, std::string_view text);
/// Null and texts that nobody copied (empty ones) are left alone.
void drop_text(Kernel& kernel, const char* text);
/// Names the task for /proc and prctl: the last part of `path`, 15 bytes.
void set_comm(Task* task, std::string_view path);

}  // namespace utsim
