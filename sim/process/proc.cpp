// SPDX-License-Identifier: MIT
// /proc. Its folders are inodes like others; entries appear when they are looked up or listed, and
// those of a process go with it.
#include "process/proc.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <string>

#include "event/names.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/ptrace.hpp"
#include "process/calls.hpp"
#include "process/path.hpp"

namespace utsim {

namespace {

/// Which entry an inode is: `Inode::proc_entry`.
enum class Entry : std::uint16_t {
    none,
    root,
    process,
    self,
    stat,
    status,
    cmdline,
    environ,
    comm,
    maps,
    mem,
    exe,
    cwd,
    fd,
    descriptor,
    task,
    thread,
    auxv,
    uptime,
    meminfo,
    version,
};

struct Named {
    const char* name;
    Entry entry;
    InodeKind kind;
    std::uint16_t mode;
};

constexpr Named in_root[] = {
    {"self", Entry::self, InodeKind::symlink, 0777},
    {"uptime", Entry::uptime, InodeKind::proc, 0444},
    {"meminfo", Entry::meminfo, InodeKind::proc, 0444},
    {"version", Entry::version, InodeKind::proc, 0444},
};
constexpr Named in_process[] = {
    {"stat", Entry::stat, InodeKind::proc, 0444},
    {"status", Entry::status, InodeKind::proc, 0444},
    {"cmdline", Entry::cmdline, InodeKind::proc, 0444},
    {"environ", Entry::environ, InodeKind::proc, 0400},
    {"comm", Entry::comm, InodeKind::proc, 0644},
    {"maps", Entry::maps, InodeKind::proc, 0444},
    {"mem", Entry::mem, InodeKind::proc, 0600},
    {"auxv", Entry::auxv, InodeKind::proc, 0400},
    {"exe", Entry::exe, InodeKind::symlink, 0777},
    {"cwd", Entry::cwd, InodeKind::symlink, 0777},
    {"fd", Entry::fd, InodeKind::directory, 0500},
    {"task", Entry::task, InodeKind::directory, 0555},
};

Entry entry_of(const Inode& inode) { return static_cast<Entry>(inode.proc_entry); }

/// A number and nothing else; -1 otherwise.
int number_in(std::string_view text) {
    int number = -1;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = failed == std::errc() && end == text.data() + text.size() && number >= 0;
    return good && (text.size() == 1 || text[0] != '0') ? number : -1;
}

Inode* make_entry(Kernel& kernel, Inode& folder, std::string_view name, Entry entry, InodeKind kind,
                  std::uint16_t mode, int pid) {
    for (Inode* child : list_entries<&Inode::sibling>(&folder.children)) {
        if (name == child->name) return child;
    }
    Inode* inode = make_inode(kernel, &folder, name, kind, mode);
    if (inode == nullptr) return nullptr;
    inode->proc_entry = static_cast<std::uint16_t>(entry);
    inode->proc_pid = pid;
    return inode;
}

Task* live_task(Task* current, int pid) {
    Task* task = find_task_by_pid(kernel_of(current), pid);
    return task != nullptr && task->process != nullptr ? task : nullptr;
}

/// Entries of processes that are gone.
void drop_dead(Task* current, Inode& folder) {
    for (Inode* child : list_entries_safe<&Inode::sibling>(&folder.children)) {
        const Entry entry = entry_of(*child);
        const bool of_task = entry == Entry::process || entry == Entry::thread;
        const bool gone = of_task && live_task(current, child->proc_pid) == nullptr;
        const bool closed = entry == Entry::descriptor;
        if ((gone || closed) && child->users == 0) {
            drop_children(kernel_of(current), *child);
            unlink_inode(kernel_of(current), *child);
        }
    }
}

char state_letter(const Task* task) {
    if (task->exit_state == EXIT_ZOMBIE) return 'Z';
    if (task->exit_state == EXIT_DEAD) return 'X';
    if (task_is_traced(task)) return 't';
    if (task_is_stopped(task)) return 'T';
    if ((task->state & TASK_UNINTERRUPTIBLE) != 0) return 'D';
    if ((task->state & TASK_INTERRUPTIBLE) != 0) return 'S';
    return 'R';
}

const char* state_words(char letter) {
    switch (letter) {
        case 'Z':
            return "zombie";
        case 'X':
            return "dead";
        case 't':
            return "tracing stop";
        case 'T':
            return "stopped";
        case 'D':
            return "disk sleep";
        case 'S':
            return "sleeping";
        default:
            return "running";
    }
}

std::string hex(std::uint64_t value, int digits) {
    constexpr const char* letters = "0123456789abcdef";
    std::string text(static_cast<std::size_t>(digits), '0');
    for (auto at = text.rbegin(); at != text.rend(); ++at, value >>= 4) *at = letters[value & 15];
    return text;
}

SigSet handled(const Task* task, bool ignored) {
    SigSet set = 0;
    const Sighand* sighand = task->sighand;
    for (int signal = 1; sighand != nullptr && signal <= signal_count; ++signal) {
        const std::uint64_t handler = sighand->action[signal - 1].handler;
        const bool is =
            ignored ? handler == K_SIG_IGN : handler != K_SIG_IGN && handler != K_SIG_DFL;
        if (is) set |= sigmask(signal);
    }
    return set;
}

int parent_pid(const Task* task) {
    return task->real_parent != nullptr ? task->real_parent->tgid : 0;
}

/// The same number as each namespace has it, from outside to where `task` is.
std::string in_namespaces(const Task* task, int pid, const PidNamespace* ns) {
    const std::string outer = ns != nullptr ? in_namespaces(task, pid, ns->outer) : "";
    return outer + "\t" + std::to_string(pid_nr_ns(ns, pid));
}

int tracer_pid(const Task* task) { return ptraced(task) ? task->parent->pid : 0; }

std::string status_text(const Task* task) {
    const Process& p = process_of(task);
    const char letter = state_letter(task);
    std::string t = "Name:\t" + std::string(p.comm) + "\n";
    t += "State:\t" + std::string(1, letter) + " (" + state_words(letter) + ")\n";
    t += "Tgid:\t" + std::to_string(task->tgid) + "\nPid:\t" + std::to_string(task->pid) + "\n";
    t += "PPid:\t" + std::to_string(parent_pid(task)) + "\n";
    t += "TracerPid:\t" + std::to_string(tracer_pid(task)) + "\n";
    const auto ids = [](const char* name, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
        return std::string(name) + ":\t" + std::to_string(a) + "\t" + std::to_string(b) + "\t" +
               std::to_string(c) + "\t" + std::to_string(b) + "\n";
    };
    t += ids("Uid", p.cred.uid, p.cred.euid, p.cred.suid);
    t += ids("Gid", p.cred.gid, p.cred.egid, p.cred.sgid);
    t += "NStgid:" + in_namespaces(task, task->tgid, task->pid_ns) + "\n";
    t += "NSpid:" + in_namespaces(task, task->pid, task->pid_ns) + "\n";
    t += "NSpgid:" + in_namespaces(task, task->signal->pgrp, task->pid_ns) + "\n";
    t += "NSsid:" + in_namespaces(task, p.group->session, task->pid_ns) + "\n";
    t += "Threads:\t" + std::to_string(task->signal->threads) + "\n";
    t += "SigPnd:\t" + hex(task->pending.signal, 16) + "\n";
    t += "ShdPnd:\t" + hex(task->signal->shared_pending.signal, 16) + "\n";
    t += "SigBlk:\t" + hex(task->blocked, 16) + "\n";
    t += "SigIgn:\t" + hex(handled(task, true), 16) + "\n";
    t += "SigCgt:\t" + hex(handled(task, false), 16) + "\n";
    return t;
}

std::string stat_text(const Task* task) {
    const Process& p = process_of(task);
    std::string t = std::to_string(task->pid) + " (" + p.comm + ") " + state_letter(task);
    const auto add = [&](std::uint64_t n) { t += " " + std::to_string(n); };
    add(static_cast<std::uint64_t>(parent_pid(task)));
    add(static_cast<std::uint64_t>(task->signal->pgrp));
    add(static_cast<std::uint64_t>(p.group->session));
    const Tty* tty = p.group->tty;
    constexpr std::uint32_t first_slave = 0x8800;
    add(tty != nullptr ? first_slave + tty->index : 0);
    t += " " + std::to_string(tty != nullptr ? tty->foreground : -1);
    for (int i = 9; i <= 19; ++i) add(i == 18 ? 20 : 0);  // flags to nice; 18 is the priority
    add(task->signal->threads);
    add(0);                          // itrealvalue
    add(p.start_time / 10'000'000);  // in hundredths of a second
    for (int i = 23; i <= 52; ++i) add(0);
    return t + "\n";
}

/// Of eight digits, or as many as it needs.
std::string map_address(std::uint64_t value) {
    const int digits = (64 - std::countl_zero(value | 1) + 3) / 4;
    return hex(value, std::max(digits, 8));
}

std::string maps_text(const Task* task) {
    std::string t;
    if (task->mm == nullptr || task->mm->space == nullptr) return t;
    task->mm->space->for_each_region([&](const cpu::Region& region) {
        const std::uint8_t p = region.protection;
        t += map_address(region.begin) + "-" + map_address(region.end) + " ";
        t += (p & cpu::Protection::read) != 0 ? 'r' : '-';
        t += (p & cpu::Protection::write) != 0 ? 'w' : '-';
        t += (p & cpu::Protection::exec) != 0 ? 'x' : '-';
        t += region.object != nullptr && !region.is_private ? 's' : 'p';
        t += " 00000000 00:00 0";
        const char* name = nullptr;
        if (region.kind == cpu::RegionKind::heap) name = "[heap]";
        if (region.kind == cpu::RegionKind::stack) name = "[stack]";
        if (region.kind == cpu::RegionKind::image) name = process_of(task).group->exe;
        if (name != nullptr) t += "                          " + std::string(name);
        t += "\n";
    });
    return t;
}

std::string memory_text(const Task* task, std::uint64_t begin, std::uint64_t end) {
    std::string t;
    if (task->mm == nullptr || task->mm->space == nullptr || end <= begin) return t;
    t.resize(std::min<std::uint64_t>(end - begin, ProcessLimits::arguments));
    t.resize(task->mm->space->read_force(begin, t.data(), t.size()));
    return t;
}

/// The auxiliary vector lies behind the pointers to the environment.
std::string text_of(Task* current, Entry entry, Task* task) {
    const ProcessGroup* group = task != nullptr ? process_of(task).group : nullptr;
    switch (entry) {
        case Entry::stat:
            return stat_text(task);
        case Entry::status:
            return status_text(task);
        case Entry::cmdline:
            return memory_text(task, group->texts.arguments, group->texts.environment);
        case Entry::environ:
            return memory_text(task, group->texts.environment, group->texts.end);
        case Entry::auxv:
            return memory_text(task, group->texts.vector, group->texts.vector_end);
        case Entry::comm:
            return std::string(process_of(task).comm) + "\n";
        case Entry::maps:
            return maps_text(task);
        case Entry::uptime: {
            const std::uint64_t hundredths = world_of(current).nanoseconds() / 10'000'000;
            const std::string rest = std::to_string(100 + hundredths % 100).substr(1);
            return std::to_string(hundredths / 100) + "." + rest + " 0.00\n";
        }
        case Entry::meminfo:
            return "MemTotal:        1048576 kB\nMemFree:          524288 kB\n";
        case Entry::version:
            return "Linux version " + std::string(kernel_release(current)) + " (utsim)\n";
        default:
            return {};
    }
}

bool is_in_process(Entry entry) { return entry >= Entry::stat && entry <= Entry::auxv; }

}  // namespace

void mount_proc(Kernel& kernel, Inode& root) {
    Inode* proc = nullptr;
    for (Inode* child : list_entries<&Inode::sibling>(&root.children)) {
        if (std::string_view(child->name) == "proc") proc = child;
    }
    if (proc == nullptr) proc = make_inode(kernel, &root, "proc", InodeKind::directory, 0555);
    proc->lower = nullptr;
    proc->proc_entry = static_cast<std::uint16_t>(Entry::root);
}

void drop_children(Kernel& kernel, Inode& folder) {
    for (Inode* child : list_entries_safe<&Inode::sibling>(&folder.children)) {
        drop_children(kernel, *child);
        unlink_inode(kernel, *child);
    }
}

Inode* find_proc_child(Task* current, Inode& folder, std::string_view name) {
    Kernel& kernel = kernel_of(current);
    const int number = number_in(name);
    const auto make = [&](const Named& one) {
        return make_entry(kernel, folder, name, one.entry, one.kind, one.mode, folder.proc_pid);
    };
    drop_dead(current, folder);
    switch (entry_of(folder)) {
        case Entry::root:
            for (const Named& one : in_root) {
                if (name == one.name) return make(one);
            }
            if (number < 1 || live_task(current, number) == nullptr) return nullptr;
            return make_entry(kernel, folder, name, Entry::process, InodeKind::directory, 0555,
                              number);
        case Entry::process:
        case Entry::thread:
            for (const Named& one : in_process) {
                if (name == one.name) return make(one);
            }
            return nullptr;
        case Entry::task: {
            const Task* task = number >= 1 ? live_task(current, number) : nullptr;
            const Task* leader = live_task(current, folder.proc_pid);
            if (task == nullptr || leader == nullptr || task->tgid != leader->tgid) return nullptr;
            return make_entry(kernel, folder, name, Entry::thread, InodeKind::directory, 0555,
                              number);
        }
        case Entry::fd: {
            const Task* task = live_task(current, folder.proc_pid);
            if (task == nullptr || process_of(task).files == nullptr || number < 0 ||
                find_file(task, number) == nullptr) {
                return nullptr;
            }
            return make_entry(kernel, folder, name, Entry::descriptor, InodeKind::symlink, 0700,
                              folder.proc_pid);
        }
        default:
            return nullptr;
    }
}

void fill_proc_folder(Task* current, Inode& folder) {
    const auto look = [&](std::string_view name) { find_proc_child(current, folder, name); };
    switch (entry_of(folder)) {
        case Entry::root:
            for (const Named& one : in_root) look(one.name);
            for (const Task* task : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
                if (task->process != nullptr && thread_group_leader(task)) {
                    look(std::to_string(task->pid));
                }
            }
            return;
        case Entry::process:
        case Entry::thread:
            for (const Named& one : in_process) look(one.name);
            return;
        case Entry::task: {
            const Task* leader = live_task(current, folder.proc_pid);
            if (leader == nullptr) return;
            for (const Task* task : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
                if (task->tgid == leader->tgid) look(std::to_string(task->pid));
            }
            return;
        }
        case Entry::fd: {
            const Task* task = live_task(current, folder.proc_pid);
            if (task == nullptr || process_of(task).files == nullptr) return;
            const std::uint32_t count = process_of(task).files->table.size;
            for (std::uint32_t n = 0; n < count; ++n) look(std::to_string(n));
            return;
        }
        default:
            return;
    }
}

std::string_view proc_link_target(Task* current, const Inode& link) {
    const auto keep = [&](std::string_view text) {
        char(&kept)[ProcessLimits::path] = processes_of(current).link;
        std::memcpy(kept, text.data(), std::min(text.size(), sizeof kept));
        return std::string_view(kept, text.size());
    };
    if (entry_of(link) == Entry::self) return keep(std::to_string(current->tgid));
    const Task* task = live_task(current, link.proc_pid);
    if (task == nullptr) return {};
    const Process& process = process_of(task);
    std::string path(ProcessLimits::path, '\0');
    switch (entry_of(link)) {
        case Entry::exe:
            return process.group->exe;
        case Entry::cwd:
            if (process.fs == nullptr) return {};
            path.resize(path_of(*process.fs->cwd, path.data(), path.size()));
            return keep(path);
        case Entry::descriptor: {
            if (process.files == nullptr) return {};
            const OpenFile* file = find_file(task, number_in(link.name));
            if (file == nullptr) return {};
            path.resize(path_of(*file->inode, path.data(), path.size()));
            const InodeKind kind = file->inode->kind;
            if (kind == InodeKind::pipe || kind == InodeKind::socket) {
                path = std::string(kind == InodeKind::pipe ? "pipe" : "socket") + ":[" +
                       std::to_string(file->inode->number) + "]";
            }
            return keep(path);
        }
        default:
            return {};
    }
}

std::int64_t open_proc_file(Task* current, OpenFile& file) {
    const Entry entry = entry_of(*file.inode);
    Task* task = nullptr;
    if (is_in_process(entry)) {
        task = live_task(current, file.inode->proc_pid);
        if (task == nullptr) return -K_ENOENT;
    }
    if (entry == Entry::mem) {
        get_task_struct(task);
        file.task = task;
        return 0;
    }
    file.text = processes_of(current).texts.take();
    if (file.text == nullptr) return -K_ENFILE;
    const std::string text = text_of(current, entry, task);
    const std::size_t size = std::min(text.size(), ProcText::room);
    std::memcpy(file.text->bytes, text.data(), size);
    file.text_size = static_cast<std::uint32_t>(size);
    return 0;
}

}  // namespace utsim
