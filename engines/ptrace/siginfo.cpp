// SPDX-License-Identifier: MIT
// What a stop's signal says, what is queued, and what is blocked.
#include <utsim/errno.hpp>

#include "engines/ptrace/request.hpp"
#include "kernel/memory.hpp"
#include "kernel/siginfo.hpp"
#include "kernel/signal.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

struct PeekArguments {
    std::uint64_t offset;
    std::uint32_t flags;
    std::int32_t count;
};

constexpr std::uint32_t peek_shared = 1;

/// The record at `index` in the order of the queue; null behind the last.
const SigQueue* queued(SigPending& pending, std::uint64_t index) {
    for (SigQueue* record : list_entries<&SigQueue::entry>(&pending.list)) {
        if (index-- == 0) return record;
    }
    return nullptr;
}

}  // namespace

std::int64_t ptrace_siginfo(const PtraceCall& call) {
    Tracee& tracee = call.task->ptrace;
    UserSigInfo user;
    if (call.request == PTRACE_SETSIGINFO) {
        if (copy_from_user(call.current, &user, call.data, sizeof user) != 0) return -K_EFAULT;
        if (!tracee.has_info) return -K_EINVAL;
        tracee.info = kernel_siginfo(user);
        return 0;
    }
    if (!tracee.has_info) return -K_EINVAL;
    user = user_siginfo(tracee.info);
    return copy_to_user(call.current, call.data, &user, sizeof user);
}

std::int64_t ptrace_peek_siginfo(const PtraceCall& call) {
    PeekArguments arguments;
    if (copy_from_user(call.current, &arguments, call.addr, sizeof arguments) != 0) {
        return -K_EFAULT;
    }
    if ((arguments.flags & ~peek_shared) != 0 || arguments.count < 0) return -K_EINVAL;
    const bool shared = (arguments.flags & peek_shared) != 0;
    SigPending& pending = shared ? call.task->signal->shared_pending : call.task->pending;
    std::int64_t done = 0;
    for (; done < arguments.count; ++done) {
        const std::uint64_t index = arguments.offset + static_cast<std::uint64_t>(done);
        const SigQueue* record = queued(pending, index);
        if (record == nullptr) break;
        const UserSigInfo user = user_siginfo(record->info);
        const std::uint64_t to = call.data + static_cast<std::uint64_t>(done) * sizeof user;
        if (copy_to_user(call.current, to, &user, sizeof user) != 0) {
            return done > 0 ? done : -K_EFAULT;
        }
    }
    return done;
}

std::int64_t ptrace_sigmask(const PtraceCall& call) {
    SigSet set = call.task->blocked;
    if (call.addr != sizeof set) return -K_EINVAL;
    if (call.request == PTRACE_GETSIGMASK) {
        return copy_to_user(call.current, call.data, &set, sizeof set);
    }
    if (copy_from_user(call.current, &set, call.data, sizeof set) != 0) return -K_EFAULT;
    Sighand* sighand = lock_task_sighand(call.task, "ptrace_setsigmask");
    if (sighand == nullptr) return -K_ESRCH;
    // What is pending is looked at anew when the task is let go.
    call.task->blocked = set & ~sig_kernel_only;
    sighand->siglock.unlock("ptrace_setsigmask");
    return 0;
}

}  // namespace utsim
