// SPDX-License-Identifier: MIT
/// What the kernel room calls at its hook sites (spec 2.9 and section 4). All but the two marked
/// run in the task's own context; `sim/kernel/tracehook.cpp` is their only caller.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>

namespace utsim {

struct Task;
struct SigInfo;
struct KSigaction;

void utrace_init_task(Task* task);
/// Of a quirk: the child's struct starts as a copy of the parent's, but for its engines.
void utrace_inherit(const Task* parent, Task* child);
/// The task_struct goes away: poisons the Utrace.
void utrace_free_task(Task* task);
bool utrace_interrupt_pending(Task* current);

void utrace_resume(Task* current);
/// siglock held on entry. -1: siglock released, restart; 0: siglock held, dequeue normally; > 0:
/// siglock held, `return_ka` is the disposition (spec 4.20).
int utrace_get_signal(Task* current, SigInfo* info, KSigaction* return_ka);
void utrace_signal_handler(Task* current, bool stepping);
void utrace_finish_stop(Task* current);
/// The task wakes up from a job control stop, which a tracer may have made a traced one.
void utrace_finish_jctl(Task* current);

void utrace_report_clone(Task* current, std::uint64_t clone_flags, Task* child);
void utrace_finish_vfork(Task* current);
void utrace_report_exec(Task* current);
/// True: abort the call.
bool utrace_report_syscall_entry(Task* current);
void utrace_report_syscall_exit(Task* current);
/// siglock held on entry and exit.
void utrace_report_jctl(Task* current, int notify, int what);
void utrace_report_exit(Task* current, long* code);
void utrace_report_death(Task* current, bool group_dead, int signal);
/// `reap` true: called by whoever releases `target`, in any context (spec 4.27).
void utrace_maybe_reap(Task* target, bool reap);

}  // namespace utsim
