// SPDX-License-Identifier: MIT
// Who a process is: user and group ids, process groups and sessions, names, limits, the machine.
#include <algorithm>
#include <cstring>

#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "process/calls.hpp"
#include "process/path.hpp"
#include "process/seccomp.hpp"
#include "process/tty.hpp"

namespace utsim {

namespace {

constexpr std::uint32_t keep = 0xffffffff;  ///< -1: the id stays

std::uint32_t id_of(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
/// A change of user ids makes a process undumpable.
void note_change(Task* current, const Credentials& before) {
    const Credentials& cred = process_of(current).cred;
    if (before.euid != cred.euid || before.egid != cred.egid || before.uid != cred.uid ||
        before.gid != cred.gid) {
        process_of(current).group->dumpable = false;
        process_of(current).parent_death_signal = 0;
    }
}

bool is_one_of(std::uint32_t id, std::uint32_t real, std::uint32_t effective, std::uint32_t saved) {
    return id == keep || id == real || id == effective || id == saved;
}

Task* process_with(Task* current, int pid) {
    if (pid == 0) return current->group_leader;
    Task* task = find_task_by_vpid(current, pid);
    return task != nullptr && task->process != nullptr ? task : nullptr;
}

}  // namespace

std::int64_t sys_getuid(Task* current) { return process_of(current).cred.uid; }
std::int64_t sys_geteuid(Task* current) { return process_of(current).cred.euid; }
std::int64_t sys_getgid(Task* current) { return process_of(current).cred.gid; }
std::int64_t sys_getegid(Task* current) { return process_of(current).cred.egid; }

std::int64_t sys_setuid(Task* current) {
    Credentials& cred = process_of(current).cred;
    const Credentials before = cred;
    const std::uint32_t id = id_of(current->regs.rdi());
    if (id == keep) return -K_EINVAL;
    if (cred.privileged()) {
        cred.uid = cred.euid = cred.suid = id;
    } else if (id == cred.uid || id == cred.suid) {
        cred.euid = id;
    } else {
        return -K_EPERM;
    }
    note_change(current, before);
    return 0;
}

std::int64_t sys_setgid(Task* current) {
    Credentials& cred = process_of(current).cred;
    const Credentials before = cred;
    const std::uint32_t id = id_of(current->regs.rdi());
    if (id == keep) return -K_EINVAL;
    if (cred.privileged()) {
        cred.gid = cred.egid = cred.sgid = id;
    } else if (id == cred.gid || id == cred.sgid) {
        cred.egid = id;
    } else {
        return -K_EPERM;
    }
    note_change(current, before);
    return 0;
}

std::int64_t sys_setresuid(Task* current) {
    Credentials& cred = process_of(current).cred;
    const Credentials before = cred;
    const std::uint32_t ids[3] = {id_of(current->regs.rdi()), id_of(current->regs.rsi()),
                                  id_of(current->regs.rdx())};
    for (const std::uint32_t id : ids) {
        if (!cred.privileged() && !is_one_of(id, cred.uid, cred.euid, cred.suid)) return -K_EPERM;
    }
    if (ids[0] != keep) cred.uid = ids[0];
    if (ids[1] != keep) cred.euid = ids[1];
    if (ids[2] != keep) cred.suid = ids[2];
    note_change(current, before);
    return 0;
}

std::int64_t sys_setresgid(Task* current) {
    Credentials& cred = process_of(current).cred;
    const Credentials before = cred;
    const std::uint32_t ids[3] = {id_of(current->regs.rdi()), id_of(current->regs.rsi()),
                                  id_of(current->regs.rdx())};
    for (const std::uint32_t id : ids) {
        if (!cred.privileged() && !is_one_of(id, cred.gid, cred.egid, cred.sgid)) return -K_EPERM;
    }
    if (ids[0] != keep) cred.gid = ids[0];
    if (ids[1] != keep) cred.egid = ids[1];
    if (ids[2] != keep) cred.sgid = ids[2];
    note_change(current, before);
    return 0;
}

namespace {

std::int64_t give_ids(Task* current, std::uint32_t real, std::uint32_t effective,
                      std::uint32_t saved) {
    const cpu::Registers& r = current->regs;
    if (copy_to_user(current, r.rdi(), &real, sizeof real) != 0) return -K_EFAULT;
    if (copy_to_user(current, r.rsi(), &effective, sizeof effective) != 0) return -K_EFAULT;
    return copy_to_user(current, r.rdx(), &saved, sizeof saved);
}

}  // namespace

std::int64_t sys_getresuid(Task* current) {
    const Credentials& cred = process_of(current).cred;
    return give_ids(current, cred.uid, cred.euid, cred.suid);
}

std::int64_t sys_getresgid(Task* current) {
    const Credentials& cred = process_of(current).cred;
    return give_ids(current, cred.gid, cred.egid, cred.sgid);
}

std::int64_t sys_setreuid(Task* current) {
    Credentials& cred = process_of(current).cred;
    const Credentials before = cred;
    const std::uint32_t real = id_of(current->regs.rdi());
    const std::uint32_t effective = id_of(current->regs.rsi());
    const bool may =
        cred.privileged() || ((real == keep || real == cred.uid || real == cred.euid) &&
                              is_one_of(effective, cred.uid, cred.euid, cred.suid));
    if (!may) return -K_EPERM;
    if (real != keep) cred.uid = real;
    if (effective != keep) cred.euid = effective;
    if (real != keep || (effective != keep && effective != before.uid)) cred.suid = cred.euid;
    note_change(current, before);
    return 0;
}

std::int64_t sys_setregid(Task* current) {
    Credentials& cred = process_of(current).cred;
    const Credentials before = cred;
    const std::uint32_t real = id_of(current->regs.rdi());
    const std::uint32_t effective = id_of(current->regs.rsi());
    const bool may =
        cred.privileged() || ((real == keep || real == cred.gid || real == cred.egid) &&
                              is_one_of(effective, cred.gid, cred.egid, cred.sgid));
    if (!may) return -K_EPERM;
    if (real != keep) cred.gid = real;
    if (effective != keep) cred.egid = effective;
    if (real != keep || (effective != keep && effective != before.gid)) cred.sgid = cred.egid;
    note_change(current, before);
    return 0;
}

/// There are no supplementary groups: none can be given up, or asked for (getgroups: none).
std::int64_t sys_setgroups(Task* current) {
    if (!process_of(current).cred.privileged()) return -K_EPERM;
    return current->regs.rdi() == 0 ? 0 : -K_EINVAL;
}

/// Remembered for who asks again; addresses are fixed in any case.
std::int64_t sys_personality(Task* current) {
    constexpr std::uint32_t only_ask = 0xffffffff;
    const auto wanted = static_cast<std::uint32_t>(current->regs.rdi());
    std::uint32_t& kept = process_of(current).personality;
    const std::uint32_t old = kept;
    if (wanted != only_ask) kept = wanted;
    return old;
}

std::int64_t sys_setpgid(Task* current) {
    const int pid = int_of(current->regs.rdi());
    int pgid = int_of(current->regs.rsi());
    if (pgid < 0) return -K_EINVAL;
    Task* task = process_with(current, pid);
    if (task == nullptr || !thread_group_leader(task)) return -K_ESRCH;
    const ProcessGroup& group = *process_of(task).group;
    if (task->real_parent != nullptr && task->real_parent->signal == current->signal) {
        if (group.session != process_of(current).group->session) return -K_EPERM;
        if (group.has_run_exec) return -K_EACCES;
    } else if (task->signal != current->signal) {
        return -K_ESRCH;
    }
    if (group.session == task->tgid) return -K_EPERM;  // a session's leader stays where it is
    pgid = pgid == 0 ? task->tgid : find_vpid(current, pgid);
    if (pgid != task->tgid) {
        bool found = false;
        for (Task* other : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
            found |= other->process != nullptr && other->signal->pgrp == pgid &&
                     process_of(other).group->session == group.session;
        }
        if (!found) return -K_EPERM;
    }
    task->signal->pgrp = pgid;
    return 0;
}

std::int64_t sys_getpgid(Task* current) {
    const Task* task = process_with(current, int_of(current->regs.rdi()));
    return task != nullptr ? pid_vnr(current, task->signal->pgrp) : -K_ESRCH;
}

std::int64_t sys_getpgrp(Task* current) { return pid_vnr(current, current->signal->pgrp); }

std::int64_t sys_getsid(Task* current) {
    const Task* task = process_with(current, int_of(current->regs.rdi()));
    return task != nullptr ? pid_vnr(current, process_of(task).group->session) : -K_ESRCH;
}

std::int64_t sys_setsid(Task* current) {
    const int pid = current->tgid;
    for (const Task* other : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
        if (other->process != nullptr && other->signal->pgrp == pid) return -K_EPERM;
    }
    leave_terminal(current, false);
    process_of(current).group->session = pid;
    current->signal->pgrp = pid;
    return pid_vnr(current, pid);
}

std::string_view kernel_release(const Task* current) {
    if (decided(current, UnameRelease::of_today)) return "6.18.0";
    return decided(current, UnameRelease::of_2_6_32) ? "2.6.32" : "2.6.34";
}

std::int64_t sys_uname(Task* current) {
    constexpr std::size_t field = 65;
    // What the modelled machine says of itself; a machine of that time.
    const std::string_view texts[6] = {"Linux",        "utsim",  kernel_release(current),
                                       "#1 SMP utsim", "x86_64", "(none)"};
    char name[6 * field] = {};
    for (std::size_t i = 0; i < 6; ++i) {
        std::memcpy(name + i * field, texts[i].data(), texts[i].size());
    }
    return copy_to_user(current, current->regs.rdi(), name, sizeof name);
}

std::int64_t sys_prctl(Task* current) {
    enum Option : std::uint32_t {
        set_pdeathsig = 1,
        get_pdeathsig = 2,
        get_dumpable = 3,
        set_dumpable = 4,
        set_name = 15,
        get_name = 16,
        get_seccomp = 21,
        set_seccomp = 22,
        set_child_subreaper = 36,
        get_child_subreaper = 37,
        set_no_new_privs = 38,
        get_no_new_privs = 39,
        set_ptracer = 0x59616d61,
    };
    Process& process = process_of(current);
    const std::uint64_t argument = current->regs.rsi();
    switch (static_cast<std::uint32_t>(current->regs.rdi())) {
        case set_pdeathsig:
            if (argument > static_cast<std::uint64_t>(signal_count)) return -K_EINVAL;
            process.parent_death_signal = static_cast<int>(argument);
            return 0;
        case get_pdeathsig:
            return copy_to_user(current, argument, &process.parent_death_signal, sizeof(int));
        case get_dumpable:
            return process.group->dumpable ? 1 : 0;
        case set_dumpable:
            if (argument > 1) return -K_EINVAL;
            process.group->dumpable = argument == 1;
            return 0;
        case set_name: {
            char name[sizeof process.comm] = {};
            const std::int64_t size = copy_string(current, argument, name, sizeof name);
            if (size == -K_EFAULT) return size;
            name[sizeof name - 1] = '\0';
            std::memset(process.comm, 0, sizeof process.comm);
            std::memcpy(process.comm, name, std::strlen(name));
            return 0;
        }
        case get_name:
            return copy_to_user(current, argument, process.comm, sizeof process.comm);
        case set_child_subreaper:
            process.group->subreaper = argument != 0;
            return 0;
        case get_child_subreaper: {
            const std::int32_t on = process.group->subreaper ? 1 : 0;
            return copy_to_user(current, argument, &on, sizeof on);
        }
        case set_no_new_privs:
            if (argument != 1) return -K_EINVAL;
            process.no_new_privileges = true;
            return 0;
        case get_no_new_privs:
            return process.no_new_privileges ? 1 : 0;
        case set_ptracer:
            return 0;
        case get_seccomp:
            return process.seccomp_mode;
        case set_seccomp:
            return set_seccomp_mode(current, argument, current->regs.rdx());
        default:
            return -K_EINVAL;
    }
}

namespace {

/// Sets a limit from the caller's memory; 0 or a negated errno.
std::int64_t set_limit(Task* current, ResourceLimit& limit, std::uint64_t address) {
    ResourceLimit wanted;
    if (copy_from_user(current, &wanted, address, sizeof wanted) != 0) return -K_EFAULT;
    if (wanted.soft > wanted.hard) return -K_EINVAL;
    if (wanted.hard > limit.hard && !process_of(current).cred.privileged()) return -K_EPERM;
    limit = wanted;
    return 0;
}

/// Null: there is no such resource.
ResourceLimit* limit_of(const Task* task, std::uint64_t resource) {
    const auto index = static_cast<std::uint32_t>(resource);
    const bool known = index < static_cast<std::uint32_t>(resource_count);
    return known ? &process_of(task).group->limits[index] : nullptr;
}

}  // namespace

std::int64_t sys_prlimit64(Task* current) {
    const Task* task = process_with(current, int_of(current->regs.rdi()));
    if (task == nullptr) return -K_ESRCH;
    ResourceLimit* limit = limit_of(task, current->regs.rsi());
    if (limit == nullptr) return -K_EINVAL;
    const ResourceLimit old = *limit;
    const std::uint64_t new_at = current->regs.rdx();
    const std::int64_t failed = new_at != 0 ? set_limit(current, *limit, new_at) : 0;
    const std::uint64_t old_at = current->regs.gpr[10];
    if (failed != 0 || old_at == 0) return failed;
    return copy_to_user(current, old_at, &old, sizeof old);
}

std::int64_t sys_getrlimit(Task* current) {
    const ResourceLimit* limit = limit_of(current, current->regs.rdi());
    if (limit == nullptr) return -K_EINVAL;
    return copy_to_user(current, current->regs.rsi(), limit, sizeof *limit);
}

std::int64_t sys_setrlimit(Task* current) {
    ResourceLimit* limit = limit_of(current, current->regs.rdi());
    return limit != nullptr ? set_limit(current, *limit, current->regs.rsi()) : -K_EINVAL;
}

std::int64_t sys_getrandom(Task* current) {
    return give_random(current, current->regs.rdi(), current->regs.rsi());
}

std::int64_t sys_sysinfo(Task* current) {
    struct {
        std::int64_t uptime;
        std::uint64_t loads[3], total, free, shared, buffer, total_swap, free_swap;
        std::uint16_t processes, pad;
        std::uint32_t pad2;
        std::uint64_t total_high, free_high;
        std::uint32_t unit, pad3;
    } info{};
    info.uptime = static_cast<std::int64_t>(world_of(current).nanoseconds() / 1'000'000'000);
    info.total = std::uint64_t{1} << 30;
    info.free = std::uint64_t{1} << 29;
    info.processes = 1;
    info.unit = 1;
    static_assert(sizeof info == 112);
    return copy_to_user(current, current->regs.rdi(), &info, sizeof info);
}

std::int64_t sys_sched_getaffinity(Task* current) {
    if (process_with(current, int_of(current->regs.rdi())) == nullptr) return -K_ESRCH;
    const std::uint64_t one_cpu = 1;
    if (current->regs.rsi() < sizeof one_cpu) return -K_EINVAL;
    if (copy_to_user(current, current->regs.rdx(), &one_cpu, sizeof one_cpu) != 0) {
        return -K_EFAULT;
    }
    return sizeof one_cpu;
}

std::int64_t sys_set_robust_list(Task* current) {
    constexpr std::uint64_t head_size = 24;
    if (current->regs.rsi() != head_size) return -K_EINVAL;
    process_of(current).robust_list = current->regs.rdi();
    return 0;
}

std::int64_t sys_getcpu(Task* current) {
    const std::uint32_t zero = 0;
    for (const std::uint64_t address : {current->regs.rdi(), current->regs.rsi()}) {
        if (address != 0 && copy_to_user(current, address, &zero, sizeof zero) != 0) {
            return -K_EFAULT;
        }
    }
    return 0;
}

/// Calls that have nothing to do here: the answer of a machine on which they change nothing.
std::int64_t sys_nothing(Task*) { return 0; }

}  // namespace utsim
