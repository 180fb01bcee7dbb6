// SPDX-License-Identifier: MIT
/// Signals as data: sets, siginfo, dispositions, queues, and the classes of spec 1A.6.
#pragma once

#include <cstdint>

#include "sched/list.hpp"

namespace utsim {

inline constexpr int signal_count = 64;  ///< signals are 1..64, as on Linux

enum SignalNumber : int {
    K_SIGHUP = 1,
    K_SIGINT = 2,
    K_SIGQUIT = 3,
    K_SIGILL = 4,
    K_SIGTRAP = 5,
    K_SIGABRT = 6,
    K_SIGBUS = 7,
    K_SIGFPE = 8,
    K_SIGKILL = 9,
    K_SIGUSR1 = 10,
    K_SIGSEGV = 11,
    K_SIGUSR2 = 12,
    K_SIGPIPE = 13,
    K_SIGALRM = 14,
    K_SIGTERM = 15,
    K_SIGSTKFLT = 16,
    K_SIGCHLD = 17,
    K_SIGCONT = 18,
    K_SIGSTOP = 19,
    K_SIGTSTP = 20,
    K_SIGTTIN = 21,
    K_SIGTTOU = 22,
    K_SIGURG = 23,
    K_SIGXCPU = 24,
    K_SIGXFSZ = 25,
    K_SIGVTALRM = 26,
    K_SIGPROF = 27,
    K_SIGWINCH = 28,
    K_SIGIO = 29,
    K_SIGPWR = 30,
    K_SIGSYS = 31,
    K_SIGRTMIN = 32,
};

/// `SIGUSR1` for 10, `SIGRTMIN+2` style for real-time ones, null outside 1..64.
const char* signal_name(int signal);

using SigSet = std::uint64_t;
constexpr SigSet sigmask(int signal) { return SigSet{1} << (signal - 1); }

inline constexpr SigSet sig_kernel_only = sigmask(K_SIGKILL) | sigmask(K_SIGSTOP);
inline constexpr SigSet sig_kernel_stop =
    sigmask(K_SIGSTOP) | sigmask(K_SIGTSTP) | sigmask(K_SIGTTIN) | sigmask(K_SIGTTOU);
inline constexpr SigSet sig_kernel_ignore =
    sigmask(K_SIGCONT) | sigmask(K_SIGCHLD) | sigmask(K_SIGWINCH) | sigmask(K_SIGURG);
inline constexpr SigSet sig_kernel_coredump =
    sigmask(K_SIGQUIT) | sigmask(K_SIGILL) | sigmask(K_SIGTRAP) | sigmask(K_SIGABRT) |
    sigmask(K_SIGFPE) | sigmask(K_SIGSEGV) | sigmask(K_SIGBUS) | sigmask(K_SIGSYS) |
    sigmask(K_SIGXCPU) | sigmask(K_SIGXFSZ);
/// Raised by the task's own instructions; dequeued before all others (spec 5.5).
inline constexpr SigSet sig_synchronous = sigmask(K_SIGSEGV) | sigmask(K_SIGBUS) |
                                          sigmask(K_SIGILL) | sigmask(K_SIGTRAP) |
                                          sigmask(K_SIGFPE);

constexpr bool in_set(SigSet set, int signal) {
    return signal >= 1 && signal <= signal_count && (set & sigmask(signal)) != 0;
}

/// The fields of siginfo that somebody here reads.
struct SigInfo {
    int si_signo = 0;
    int si_errno = 0;
    int si_code = 0;
    int si_pid = 0;
    int si_uid = 0;
    int si_status = 0;
    std::uint64_t si_addr = 0;
    std::uint64_t si_value = 0;
};

template <typename V>
void describe(V& v, SigInfo& i) {
    v.field("si_signo", i.si_signo);
    v.field("si_errno", i.si_errno);
    v.field("si_code", i.si_code);
    v.field("si_pid", i.si_pid);
    v.field("si_uid", i.si_uid);
    v.field("si_status", i.si_status);
    v.field("si_addr", i.si_addr);
    v.field("si_value", i.si_value);
}

inline constexpr int K_SI_USER = 0;
inline constexpr int K_SI_KERNEL = 0x80;
inline constexpr int K_SI_QUEUE = -1;
inline constexpr int K_SI_TKILL = -6;
inline constexpr int K_TRAP_BRKPT = 1;
inline constexpr int K_TRAP_TRACE = 2;
inline constexpr int K_TRAP_HWBKPT = 4;

inline constexpr std::uint64_t K_SIG_DFL = 0;
inline constexpr std::uint64_t K_SIG_IGN = 1;

inline constexpr std::uint64_t K_SA_NOCLDSTOP = 1;
inline constexpr std::uint64_t K_SA_NOCLDWAIT = 2;
inline constexpr std::uint64_t K_SA_SIGINFO = 4;
inline constexpr std::uint64_t K_SA_ONSTACK = 0x08000000;
inline constexpr std::uint64_t K_SA_RESTART = 0x10000000;
inline constexpr std::uint64_t K_SA_NODEFER = 0x40000000;
inline constexpr std::uint64_t K_SA_ONESHOT = 0x80000000;  // SA_RESETHAND
inline constexpr std::uint64_t K_SA_RESTORER = 0x04000000;

/// `stack_t::ss_flags`.
inline constexpr std::uint32_t K_SS_ONSTACK = 1;
inline constexpr std::uint32_t K_SS_DISABLE = 2;
inline constexpr std::uint32_t K_SS_AUTODISARM = 1u << 31;

/// One entry of a disposition table.
struct KSigaction {
    std::uint64_t handler = K_SIG_DFL;
    std::uint64_t flags = 0;
    std::uint64_t restorer = 0;  ///< where a handler of real code returns to
    SigSet mask = 0;
};

template <typename V>
void describe(V& v, KSigaction& a) {
    v.field("handler", a.handler);
    v.field("flags", a.flags);
    v.field("restorer", a.restorer);
    v.field("mask", a.mask);
}

/// A queued signal's details. A forced signal can be pending without one.
struct SigQueue {
    ListHead entry;
    SigInfo info;
};

template <typename V>
void describe(V& v, SigQueue& q) {
    v.field("entry", q.entry);
    v.field("info", q.info);
}

/// A pending set: bits, and the records in order of arrival.
struct SigPending {
    ListHead list;
    SigSet signal = 0;
};

template <typename V>
void describe(V& v, SigPending& p) {
    v.field("list", p.list);
    v.field("signal", p.signal);
}

}  // namespace utsim
