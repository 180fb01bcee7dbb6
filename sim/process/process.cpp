// SPDX-License-Identifier: MIT
// What fork, exec and exit do to a process besides what they do to its threads, and how the first
// process comes about.
#include "process/process.hpp"

#include <algorithm>
#include <cstring>

#include "kernel/fork.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/signal.hpp"
#include "process/argument.hpp"
#include "process/call_table.hpp"
#include "process/file_tree.hpp"
#include "process/futex.hpp"
#include "process/job_control.hpp"
#include "process/path.hpp"
#include "process/pipe.hpp"
#include "process/proc.hpp"
#include "process/seccomp.hpp"
#include "process/timers.hpp"
#include "process/tty.hpp"
#include "process/usage.hpp"

namespace utsim {

namespace {

static_assert(FileTreeLimits::path == ProcessLimits::path);

/// Which of the sizes a text with its zero needs.
std::size_t text_class(std::size_t size) {
    std::size_t n = 0;
    while ((std::size_t{16} << n) < size) ++n;
    UTSIM_CHECK(n < ProcessModel::text_sizes, "a text is longer than a path can be");
    static_assert(ProcessLimits::path == std::size_t{16} << (ProcessModel::text_sizes - 1));
    return n;
}

}  // namespace

char* copy_text(Kernel& kernel, std::string_view text) {
    const std::size_t n = text_class(text.size() + 1);
    TextBlock*& free = kernel.processes->free_texts[n];
    char* copy = reinterpret_cast<char*>(free);
    if (free != nullptr) {
        free = free->next;
    } else {
        copy = static_cast<char*>(kernel.world->arena().allocate(std::size_t{16} << n, 8));
    }
    std::memset(copy, 0, std::size_t{16} << n);
    std::memcpy(copy, text.data(), text.size());
    return copy;
}

void drop_text(Kernel& kernel, const char* text) {
    if (text == nullptr || !kernel.world->arena().contains(text)) return;
    const std::size_t n = text_class(std::strlen(text) + 1);
    TextBlock*& free = kernel.processes->free_texts[n];
    free = ::new (const_cast<char*>(text)) TextBlock{free};
}

void set_comm(Task* task, std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    char(&comm)[16] = process_of(task).comm;
    std::memset(comm, 0, sizeof comm);
    std::memcpy(comm, name.data(), std::min(name.size(), sizeof comm - 1));
}

namespace {

FilesStruct* copy_files(World& world, const FilesStruct& from) {
    auto* files = world.arena().make<FilesStruct>();
    for (std::uint32_t n = 0; n < from.table.size; ++n) {
        const Descriptor& one = from.table[n];
        if (one.file == nullptr) continue;
        ++one.file->users;
        files->table.set(world.arena(), n, one);
    }
    return files;
}

FsStruct* copy_fs(World& world, const FsStruct& from) {
    auto* fs = world.arena().make<FsStruct>(from);
    fs->users = 1;
    ++fs->cwd->users;
    return fs;
}

ProcessGroup* copy_group(Kernel& kernel, const ProcessGroup& from) {
    auto* group = kernel.world->arena().make<ProcessGroup>(from);
    group->exe = copy_text(kernel, from.exe);
    group->users = 1;
    group->real_timer = {};
    group->subreaper = false;
    group->has_run_exec = false;
    group->from_outside = false;
    group->gone = group->of_children = {};
    share_terminal(*group);
    return group;
}

constexpr std::uint64_t unknown_namespaces =
    K_CLONE_NEWNS | K_CLONE_NEWUTS | K_CLONE_NEWIPC | K_CLONE_NEWUSER | K_CLONE_NEWNET;

void put_group(Task* task, bool hang_up) {
    ProcessGroup& group = *process_of(task).group;
    if (--group.users != 0) return;
    if (hang_up) disarm_timers(group);
    leave_terminal(task, hang_up);
    drop_text(kernel_of(task), group.exe);
    group.exe = "";
}

/// What clone and unshare are refused: 0, or a negated errno.
std::int64_t refuse_namespaces(const Task* current, std::uint64_t flags) {
    if ((flags & unknown_namespaces) != 0) return -K_EINVAL;
    const bool may = process_of(current).cred.privileged();
    return (flags & K_CLONE_NEWPID) != 0 && !may ? -K_EPERM : 0;
}

int copy_process(Task* current, Task* child, std::uint64_t flags) {
    World& world = world_of(current);
    const Process& from = process_of(current);
    auto* process = world.arena().make<Process>();
    child->process = process;
    if ((flags & K_CLONE_FILES) != 0) {
        process->files = from.files;
        ++process->files->users;
    } else {
        process->files = copy_files(world, *from.files);
    }
    if ((flags & K_CLONE_FS) != 0) {
        process->fs = from.fs;
        ++process->fs->users;
    } else {
        process->fs = copy_fs(world, *from.fs);
    }
    if ((flags & K_CLONE_THREAD) != 0) {
        process->group = from.group;
        ++process->group->users;
    } else {
        process->group = copy_group(kernel_of(current), *from.group);
    }
    process->cred = from.cred;
    process->no_new_privileges = from.no_new_privileges;
    process->personality = from.personality;
    process->seccomp = from.seccomp;
    process->seccomp_mode = from.seccomp_mode;
    std::memcpy(process->comm, from.comm, sizeof process->comm);
    process->start_time = world.nanoseconds();
    process->retired_before = current->environment.retired;
    return 0;
}

void put_files(Task* task) {
    Process& process = process_of(task);
    FilesStruct* files = process.files;
    if (files == nullptr || --files->users != 0) return;
    for (std::uint32_t n = 0; n < files->table.size; ++n) {
        OpenFile* file = files->table[n].file;
        files->table[n] = {};
        if (file != nullptr) put_file(task, file);
    }
}

void put_fs(Task* task) {
    FsStruct* fs = process_of(task).fs;
    if (--fs->users == 0) put_inode(kernel_of(task), fs->cwd);
}

void abandon_process(Task* child) {
    put_files(child);
    put_fs(child);
    put_group(child, false);
    child->process = nullptr;
}

void exec_process(Task* current) {
    World& world = world_of(current);
    Process& process = process_of(current);
    if (process.files->users > 1) {
        --process.files->users;
        process.files = copy_files(world, *process.files);
    }
    const ArenaArray<Descriptor>& table = process.files->table;
    for (std::uint32_t n = 0; n < table.size; ++n) {
        if (table[n].file != nullptr && table[n].close_on_exec) {
            close_descriptor(current, static_cast<std::int32_t>(n));
        }
    }
    process.robust_list = 0;
    process.group->has_run_exec = true;
    process.group->dumpable = true;
    process.cred.suid = process.cred.euid;
    process.cred.sgid = process.cred.egid;
}

/// PR_SET_PDEATHSIG of the children.
void signal_children(Task* current) {
    RwLock& tasklist_lock = kernel_of(current).tasklist_lock;
    tasklist_lock.read_lock("exit_pdeath");
    for (Task* child : list_entries<&Task::sibling>(&current->children)) {
        if (child->process == nullptr) continue;
        const int signal = process_of(child).parent_death_signal;
        if (signal == 0) continue;
        SigInfo info;
        info.si_signo = signal;
        info.si_pid = pid_vnr(child, current->tgid);
        send_signal_to(child, signal, &info, true);
    }
    tasklist_lock.read_unlock("exit_pdeath");
}

void exit_process(Task* current) {
    Process& process = process_of(current);
    exit_robust_list(current);
    keep_usage(current);
    put_files(current);
    process.files = nullptr;
    put_fs(current);
    process.fs = nullptr;
    put_group(current, true);
    signal_children(current);
}

Task* find_reaper(Task* current) {
    for (Task* task = current->real_parent; task->process != nullptr; task = task->real_parent) {
        if (task->pid_ns != current->pid_ns) break;
        const bool alive = (task->flags & PF_EXITING) == 0;
        if (process_of(task).group->subreaper && alive) return task->group_leader;
    }
    return child_reaper(current);
}

constexpr ProcessHooks hooks = {
    run_process_call, refuse_namespaces, copy_process,       abandon_process, seccomp_allows,
    exec_process,     exit_process,      find_reaper,        wake_futex_word, add_usage_of_child,
    write_usage,      pgrp_is_orphaned,  kill_orphaned_pgrp, continue_timer,  write_arguments,
};

void make_device(Kernel& kernel, Inode* folder, std::string_view name, InodeKind kind) {
    make_inode(kernel, folder, name, kind, 0666);
}

Inode* folder_of(Kernel& kernel, Inode* parent, std::string_view name, std::uint16_t mode) {
    fill_directory(kernel, *parent);
    for (Inode* child : list_entries<&Inode::sibling>(&parent->children)) {
        if (name == child->name) return child;
    }
    return make_inode(kernel, parent, name, InodeKind::directory, mode);
}

}  // namespace

std::int64_t sys_unshare(Task* current) {
    constexpr std::uint64_t of_threads = K_CLONE_VM | K_CLONE_SIGHAND | K_CLONE_THREAD;
    constexpr std::uint64_t known = of_threads | K_CLONE_FS | K_CLONE_FILES | K_CLONE_NEWPID;
    World& world = world_of(current);
    Process& process = process_of(current);
    const std::uint64_t flags = current->regs.rdi();
    if ((flags & ~known) != 0) return -K_EINVAL;
    if ((flags & of_threads) != 0 && !thread_group_empty(current)) return -K_EINVAL;
    std::int64_t refused = refuse_namespaces(current, flags);
    if (refused == 0) refused = refuse_pid_ns(current, flags);
    if (refused != 0) return refused;
    current->pid_ns_for_children = pid_ns_of_children(current, flags);
    if ((flags & K_CLONE_FS) != 0 && process.fs->users > 1) {
        --process.fs->users;
        process.fs = copy_fs(world, *process.fs);
    }
    if ((flags & K_CLONE_FILES) != 0 && process.files->users > 1) {
        --process.files->users;
        process.files = copy_files(world, *process.files);
    }
    return 0;
}

void boot_processes(Kernel& kernel, const FileTree* tree, std::string_view input,
                    std::uint64_t seed) {
    World& world = *kernel.world;
    auto* model = world.arena().make<ProcessModel>();
    kernel.processes = model;
    kernel.process_hooks = &hooks;
    world.run_clock();
    model->tree = tree;
    model->input_bytes = input.data();
    model->input_size = input.size();
    model->random_state = seed;
    model->inodes.init(ProcessLimits::inodes);
    model->open_files.init(ProcessLimits::open_files);
    model->pipes.init(ProcessLimits::pipes);
    model->texts.init(ProcessLimits::open_files);
    model->blocks.init((ProcessLimits::pipes + ProcessLimits::sockets) * Pipe::blocks);
    model->sockets.init(ProcessLimits::sockets);
    model->socket_parts.init(ProcessLimits::messages);
    list_init(&model->dropped_parts);
    model->pollers.init();
    list_init(&model->futexes);

    model->root = make_inode(kernel, nullptr, "", InodeKind::directory, 0755);
    model->root->lower = tree != nullptr ? &tree->root() : nullptr;
    Inode* dev = folder_of(kernel, model->root, "dev", 0755);
    make_device(kernel, dev, "null", InodeKind::null);
    make_device(kernel, dev, "zero", InodeKind::zero);
    make_device(kernel, dev, "full", InodeKind::full);
    make_device(kernel, dev, "random", InodeKind::random);
    make_device(kernel, dev, "urandom", InodeKind::random);
    make_device(kernel, dev, "ptmx", InodeKind::master);
    model->ttys.init(ProcessLimits::terminals);
    model->terminals = folder_of(kernel, dev, "pts", 0755);
    ++model->terminals->users;
    model->terminal = make_inode(kernel, dev, "tty", InodeKind::terminal, 0666);
    model->input = make_inode(kernel, nullptr, "pipe:[input]", InodeKind::input, 0600);
    // They are there as long as the world is, whatever becomes of their names.
    ++model->terminal->users;
    ++model->input->users;
    folder_of(kernel, model->root, "tmp", 01777);
    mount_proc(kernel, *model->root);
}

void begin_process(Task* task, const ProcessSpec& spec) {
    Kernel& kernel = kernel_of(task);
    World& world = *kernel.world;
    ProcessModel& model = *kernel.processes;
    auto* process = world.arena().make<Process>();
    task->process = process;
    process->cred = spec.cred;
    process->files = world.arena().make<FilesStruct>();
    process->fs = world.arena().make<FsStruct>();
    process->fs->cwd = model.root;
    ++model.root->users;
    process->group = world.arena().make<ProcessGroup>();
    process->group->session = task->pid;
    process->group->texts = spec.texts;
    process->group->from_outside = true;
    // A path can have more slashes than it needs.
    process->group->exe = copy_text(kernel, spec.path.substr(0, ProcessLimits::path - 1));
    process->group->limits[resource_nofile] = {ProcessLimits::descriptors,
                                               ProcessLimits::descriptors};
    Inode* cwd = nullptr;
    if (find_path(task, K_AT_FDCWD, spec.cwd, true, &cwd) == 0 && is_directory(*cwd)) {
        --model.root->users;
        ++cwd->users;
        process->fs->cwd = cwd;
    }
    set_comm(task, spec.path);
    OpenFile* in = make_open_file(kernel, model.input, 0);
    OpenFile* out = make_open_file(kernel, model.terminal, K_O_RDWR);
    OpenFile* err = make_open_file(kernel, model.terminal, K_O_RDWR);
    out->position = 1;  // which of the two the trace shows
    err->position = 2;
    for (OpenFile* file : {in, out, err}) install_file(task, file, false);
}

}  // namespace utsim
