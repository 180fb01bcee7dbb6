// SPDX-License-Identifier: MIT
/// Signals: generation, queues, delivery (spec 5.4 to 5.8).
#pragma once

#include <utsim/errno.hpp>

#include "kernel/task.hpp"

namespace utsim {

// --- generation (signal_send.cpp) ---
/// Sends to one thread (`group` false) or to its process. Takes siglock. 0 or a negated errno.
int send_signal_to(Task* target, int signal, const SigInfo* info, bool group);
/// Cannot be blocked or ignored: for faults and traps.
void force_sig_info(Task* target, const SigInfo& info);
/// Wakes for a signal: TIF_SIGPENDING, INTERRUPTIBLE sleepers, with `resume` also WAKEKILL ones.
/// siglock held.
void signal_wake_up(Task* task, bool resume);
void zap_other_threads(Task* current);
/// Sets a disposition; what is pending and is ignored from now on is gone. Takes siglock. The
/// action that was there before.
KSigaction do_sigaction(Task* current, int signal, const KSigaction& action);
/// Locks the sighand if the task still has one; null otherwise (lock_task_sighand).
Sighand* lock_task_sighand(Task* task, const char* function);

// --- queues (signal_queue.cpp); siglock held ---
void recalc_sigpending(Task* current);
/// One task's flag, for others: sets it if something is pending, never clears.
bool recalc_sigpending_tsk(Task* task);
/// Takes a signal not in `mask` off the private, then the shared queue; 0 if there is none.
int dequeue_signal(Task* current, SigSet mask, SigInfo* info);
void flush_sigqueue(World& world, SigPending& pending);
/// Replaces the blocked set, but for what cannot be blocked. Takes siglock.
void set_current_blocked(Task* current, SigSet set, const char* function);
/// Allocates a record; null when out of them.
SigQueue* sigqueue_alloc(Task* task);

// --- delivery (signal_deliver.cpp) ---
/// spec 5.5; > 0 with the disposition in `ka`, or 0.
int get_signal_to_deliver(Task* current, SigInfo* info, KSigaction* ka);
void do_signal(Task* current);

// --- job control (jobctl.cpp) ---
bool do_signal_stop(Task* current, int signr);

}  // namespace utsim
