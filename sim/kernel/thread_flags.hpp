// SPDX-License-Identifier: MIT
/// Per-thread atomic bits with x86 numbering (spec 1.4), and the masks of the exit loop (5.2).
#pragma once

#include <cstdint>

namespace utsim {

enum ThreadFlag : int {
    TIF_SYSCALL_TRACE = 0,
    TIF_NOTIFY_RESUME = 1,
    TIF_SIGPENDING = 2,
    TIF_NEED_RESCHED = 3,
    TIF_SINGLESTEP = 4,
    TIF_SYSCALL_EMU = 6,
    TIF_SYSCALL_AUDIT = 7,
    TIF_SECCOMP = 8,
    TIF_MCE_NOTIFY = 10,
    TIF_USER_RETURN_NOTIFY = 11,
    TIF_FORCED_TF = 24,
    TIF_BLOCKSTEP = 25,
};

constexpr std::uint32_t tif(ThreadFlag flag) { return std::uint32_t{1} << flag; }

/// Any of these sends a system call down the slow entry path.
inline constexpr std::uint32_t TIF_WORK_SYSCALL_ENTRY =
    tif(TIF_SYSCALL_TRACE) | tif(TIF_SYSCALL_EMU) | tif(TIF_SYSCALL_AUDIT) | tif(TIF_SECCOMP) |
    tif(TIF_SINGLESTEP);
/// Work that makes the exit path call `syscall_trace_leave`.
inline constexpr std::uint32_t TIF_WORK_SYSCALL_EXIT =
    tif(TIF_SYSCALL_TRACE) | tif(TIF_SYSCALL_AUDIT) | tif(TIF_SINGLESTEP);
/// What `do_notify_resume` handles.
inline constexpr std::uint32_t TIF_DO_NOTIFY = tif(TIF_SIGPENDING) | tif(TIF_MCE_NOTIFY) |
                                               tif(TIF_USER_RETURN_NOTIFY) | tif(TIF_NOTIFY_RESUME);
/// The mask after a system call.
inline constexpr std::uint32_t TIF_ALLWORK = 0xffff & ~tif(TIF_SECCOMP);
/// The mask on return from an interrupt or exception.
inline constexpr std::uint32_t TIF_WORK_IRQ =
    TIF_ALLWORK & ~(tif(TIF_SYSCALL_TRACE) | tif(TIF_SYSCALL_AUDIT) | tif(TIF_SINGLESTEP) |
                    tif(TIF_SECCOMP) | tif(TIF_SYSCALL_EMU));

}  // namespace utsim
