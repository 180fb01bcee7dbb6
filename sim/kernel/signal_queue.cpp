// SPDX-License-Identifier: MIT
// The pending sets: which signal comes next, and when TIF_SIGPENDING tells the truth
// (spec 5.5, 5.6).
#include "kernel/kernel.hpp"
#include "kernel/process_hooks.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

#include <bit>

namespace utsim {

namespace {

int next_signal(const World& world, const SigPending& pending, SigSet mask) {
    const SigSet candidates = pending.signal & ~mask;
    if (candidates == 0) return 0;
    const bool sorts = world.semantics->decided(SignalOrder::synchronous_first);
    const SigSet synchronous = sorts ? candidates & sig_synchronous : 0;
    return std::countr_zero(synchronous != 0 ? synchronous : candidates) + 1;
}

/// Takes the oldest record of `signal`; the bit stays while another record is queued.
void collect_signal(World& world, SigPending& pending, int signal, SigInfo* info) {
    SigQueue* first = nullptr;
    bool another = false;
    for (SigQueue* record : list_entries<&SigQueue::entry>(&pending.list)) {
        if (record->info.si_signo != signal) continue;
        if (first != nullptr) {
            another = true;
            break;
        }
        first = record;
    }
    if (!another) pending.signal &= ~sigmask(signal);
    if (first == nullptr) {
        *info = SigInfo{};
        info->si_signo = signal;
        info->si_code = K_SI_USER;
        return;
    }
    *info = first->info;
    list_del_init(&first->entry);
    world.kernel->sigqueues.give_back(first);
}

int dequeue_from(World& world, SigPending& pending, SigSet mask, SigInfo* info) {
    const int signal = next_signal(world, pending, mask);
    if (signal != 0) collect_signal(world, pending, signal, info);
    return signal;
}

/// With what the task does about it by itself: 0 the default, 1 nothing, 2 a handler.
void tell_taken(Task* current, const SigInfo& info, int signal) {
    const std::uint64_t handler = current->sighand->action[signal - 1].handler;
    const int disposition = handler == K_SIG_DFL ? 0 : handler == K_SIG_IGN ? 1 : 2;
    world_of(current).emit(EventKind::signal_taken, current->id.value, signal, info.si_code,
                           disposition);
}

}  // namespace

SigQueue* sigqueue_alloc(Task* task) {
    SigQueue* record = kernel_of(task).sigqueues.take();
    if (record != nullptr) list_init(&record->entry);
    return record;
}

void flush_sigqueue(World& world, SigPending& pending) {
    pending.signal = 0;
    for (SigQueue* record : list_entries_safe<&SigQueue::entry>(&pending.list)) {
        list_del_init(&record->entry);
        world.kernel->sigqueues.give_back(record);
    }
}

bool recalc_sigpending_tsk(Task* task) {
    const SigSet pending = task->pending.signal | task->signal->shared_pending.signal;
    const bool trap = (task->jobctl & JOBCTL_TRAP_MASK) != 0;
    if (trap || must_join_group_stop(task) || (pending & ~task->blocked) != 0) {
        set_tsk_thread_flag(task, TIF_SIGPENDING);
        return true;
    }
    return false;
}

void recalc_sigpending(Task* current) {
    if (tracehook_force_sigpending(current)) {
        set_tsk_thread_flag(current, TIF_SIGPENDING);
    } else if (!recalc_sigpending_tsk(current)) {
        clear_tsk_thread_flag(current, TIF_SIGPENDING);
    }
}

void set_current_blocked(Task* current, SigSet set, const char* function) {
    SpinLock& siglock = current->sighand->siglock;
    siglock.lock(function);
    current->blocked = set & ~sig_kernel_only;
    recalc_sigpending(current);
    siglock.unlock(function);
}

int dequeue_signal(Task* current, SigSet mask, SigInfo* info) {
    World& world = world_of(current);
    int signal = dequeue_from(world, current->pending, mask, info);
    if (signal == 0) {
        signal = dequeue_from(world, current->signal->shared_pending, mask, info);
        if (signal == K_SIGALRM && current->process != nullptr) {
            kernel_of(current).process_hooks->took_alarm(current);
        }
    }
    recalc_sigpending(current);
    if (in_set(sig_kernel_stop, signal)) current->signal->flags |= SIGNAL_STOP_DEQUEUED;
    if (signal != 0) tell_taken(current, *info, signal);
    return signal;
}

}  // namespace utsim
