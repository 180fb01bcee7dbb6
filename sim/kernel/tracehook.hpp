// SPDX-License-Identifier: MIT
/// The hook layer between the kernel and utrace, in the order of the table in spec 5.0.
///
/// Each hook is a cheap test of `utrace_flags` and then a call into sim/utrace. What ptrace needs
/// and utrace has no event for follows, by the hooks of `kernel/ptrace.hpp`.
#pragma once

#include <utsim/utrace.hpp>

#include "kernel/task.hpp"

namespace utsim {

inline bool task_wants(const Task* task, std::uint64_t events) {
    return (task->utrace_flags & events) != 0;
}

void tracehook_init_task(Task* child);
/// Once more, when the child of `parent` is linked.
void tracehook_finish_clone(const Task* parent, Task* child);
void tracehook_report_clone(Task* current, std::uint64_t clone_flags, Task* child);
void tracehook_report_clone_complete(Task* current, std::uint64_t clone_flags, int pid);
/// A vfork child has given the memory back.
void tracehook_report_vfork_done(Task* current, int pid);
/// `old_pid` is the id that the thread had before it became the leader.
void tracehook_report_exec(Task* current, int old_pid);
void tracehook_report_exit(Task* current, long* code);
/// The signal for the parent, DEATH_REAP or DEATH_DELAYED_GROUP_LEADER (spec 5.10).
int tracehook_notify_death(Task* current);
void tracehook_report_death(Task* current, int signal, bool group_dead);
void tracehook_prepare_release_task(Task* task);
void tracehook_free_task(Task* task);
/// True: abort the call.
bool tracehook_report_syscall_entry(Task* current);
void tracehook_report_syscall_exit(Task* current, bool step);
void tracehook_signal_handler(Task* current, bool stepping);
bool tracehook_consider_ignored_signal(const Task* task, int signal);
bool tracehook_consider_fatal_signal(const Task* task, int signal);
bool tracehook_force_sigpending(Task* current);
int tracehook_get_signal(Task* current, SigInfo* info, KSigaction* return_ka);
int tracehook_notify_jctl(Task* current, int notify, int why);
void tracehook_finish_jctl(Task* current);
void tracehook_notify_resume(Task* current);

}  // namespace utsim
