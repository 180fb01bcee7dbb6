// SPDX-License-Identifier: MIT
/// The host processor as an oracle: a child process whose address space is exactly the test's
/// regions, single-stepped with ptrace. Only on x86-64 Linux; elsewhere it says that it cannot.
#pragma once

#if defined(__x86_64__) && defined(__linux__)

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif

#include <cstdint>
#include <cstring>

#include "cpu/cpu.hpp"

namespace utsim::cpu::testing {

class HostProcess {
public:
    /// What the last step ended in.
    struct Stop {
        int signo = 0;
        int code = 0;
        std::uint64_t address = 0;
    };

    /// Maps `size` bytes at `begin`, shared with the child, which has nothing else. `begin` must be
    /// executable scratch of at least one page. Check `usable` afterwards.
    HostProcess(std::uint64_t begin, std::uint64_t size) : begin_(begin), size_(size) {
        stay_on_one_processor();
        void* at = mmap(reinterpret_cast<void*>(begin), size, PROT_READ | PROT_WRITE | PROT_EXEC,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != reinterpret_cast<void*>(begin)) return;
        child_ = fork();
        if (child_ == 0) {
            ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
            leave_restartable_sequences();
            raise(SIGSTOP);
            _exit(0);
        }
        if (child_ < 0 || !wait_for_stop()) return;
        ptrace(PTRACE_SETOPTIONS, child_, nullptr, PTRACE_O_EXITKILL);
        constexpr std::uint64_t user_end = 0x7ffffffff000;
        usable_ = call(SYS_munmap, begin + size, user_end - begin - size) &&
                  call(SYS_munmap, 0x1000, begin - 0x1000);
        std::memset(reinterpret_cast<void*>(begin), 0, 2);
    }
    ~HostProcess() {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
        munmap(reinterpret_cast<void*>(begin_), size_);
    }
    HostProcess(const HostProcess&) = delete;
    HostProcess& operator=(const HostProcess&) = delete;

    bool usable() const { return usable_; }
    std::uint8_t* bytes(std::uint64_t address) const {
        return reinterpret_cast<std::uint8_t*>(address);
    }
    /// Changes the protection of part of the region, in the child only.
    bool protect(std::uint64_t address, std::uint64_t size, int protection) {
        std::uint8_t saved[2];
        std::memcpy(saved, bytes(begin_), 2);
        const bool done = call(SYS_mprotect, address, size, static_cast<std::uint64_t>(protection));
        std::memcpy(bytes(begin_), saved, 2);
        return done;
    }

    /// From here on a system call would kill the child: no test means to make one.
    bool seal() {
        std::uint8_t saved[2];
        std::memcpy(saved, bytes(begin_), 2);
        constexpr std::uint64_t set_seccomp = 22, strict = 1;
        const bool done = call(SYS_prctl, set_seccomp, strict);
        std::memcpy(bytes(begin_), saved, 2);
        return done;
    }

    void set(const Registers& r) {
        raw_.r15 = r.gpr[15], raw_.r14 = r.gpr[14], raw_.r13 = r.gpr[13], raw_.r12 = r.gpr[12];
        raw_.r11 = r.gpr[11], raw_.r10 = r.gpr[10], raw_.r9 = r.gpr[9], raw_.r8 = r.gpr[8];
        raw_.rdi = r.gpr[7], raw_.rsi = r.gpr[6], raw_.rbp = r.gpr[5], raw_.rsp = r.gpr[4];
        raw_.rbx = r.gpr[3], raw_.rdx = r.gpr[2], raw_.rcx = r.gpr[1], raw_.rax = r.gpr[0];
        raw_.rip = r.rip, raw_.eflags = r.rflags;
        raw_.fs_base = r.fs_base, raw_.gs_base = r.gs_base;
        raw_.cs = r.cs, raw_.ss = r.ss, raw_.ds = r.ds, raw_.es = r.es, raw_.fs = r.fs;
        raw_.gs = r.gs, raw_.orig_rax = ~std::uint64_t{0};
        ptrace(PTRACE_SETREGS, child_, nullptr, &raw_);
    }
    Registers get() {
        ptrace(PTRACE_GETREGS, child_, nullptr, &raw_);
        const std::uint64_t gpr[16] = {raw_.rax, raw_.rcx, raw_.rdx, raw_.rbx, raw_.rsp, raw_.rbp,
                                       raw_.rsi, raw_.rdi, raw_.r8,  raw_.r9,  raw_.r10, raw_.r11,
                                       raw_.r12, raw_.r13, raw_.r14, raw_.r15};
        Registers r;
        std::memcpy(r.gpr, gpr, sizeof gpr);
        r.rip = raw_.rip, r.rflags = raw_.eflags;
        r.fs_base = raw_.fs_base, r.gs_base = raw_.gs_base;
        r.cs = static_cast<std::uint16_t>(raw_.cs), r.ss = static_cast<std::uint16_t>(raw_.ss);
        r.ds = static_cast<std::uint16_t>(raw_.ds), r.es = static_cast<std::uint16_t>(raw_.es);
        r.fs = static_cast<std::uint16_t>(raw_.fs), r.gs = static_cast<std::uint16_t>(raw_.gs);
        return r;
    }

    /// One PTRACE_SINGLESTEP. False if the child is gone, which ends its use.
    bool step() {
        ptrace(PTRACE_SINGLESTEP, child_, nullptr, nullptr);
        return usable_ = wait_for_stop();
    }
    /// The signal of the last stop with its details.
    Stop stop() const {
        siginfo_t info{};
        ptrace(PTRACE_GETSIGINFO, child_, nullptr, &info);
        return {info.si_signo, info.si_code, reinterpret_cast<std::uint64_t>(info.si_addr)};
    }
    int signal() const { return signal_; }

private:
    /// Parent and child on one processor switch faster than across two.
    static void stay_on_one_processor() {
        const int now = sched_getcpu();
        if (now < 0) return;
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(static_cast<unsigned>(now), &set);
        sched_setaffinity(0, sizeof set, &set);
    }

    /// The C library shares memory with the kernel for these; it will be gone.
    static void leave_restartable_sequences() {
#if defined(RSEQ_SIG) && defined(SYS_rseq)
        char* area = static_cast<char*>(__builtin_thread_pointer()) + __rseq_offset;
        constexpr int unregister = 1;
        syscall(SYS_rseq, area, 32, unregister, RSEQ_SIG);
#endif
    }

    bool wait_for_stop() {
        int status = 0;
        if (waitpid(child_, &status, __WALL) != child_ || !WIFSTOPPED(status)) return false;
        signal_ = WSTOPSIG(status);
        return true;
    }

    /// Makes the child execute a system call, with the first two bytes of the region as its text.
    bool call(std::uint64_t number, std::uint64_t a, std::uint64_t b, std::uint64_t c = 0) {
        bytes(begin_)[0] = 0x0f;
        bytes(begin_)[1] = 0x05;
        ptrace(PTRACE_GETREGS, child_, nullptr, &raw_);
        raw_.rip = begin_;
        raw_.rax = number, raw_.rdi = a, raw_.rsi = b, raw_.rdx = c;
        raw_.orig_rax = ~std::uint64_t{0};
        ptrace(PTRACE_SETREGS, child_, nullptr, &raw_);
        if (!step()) return false;
        ptrace(PTRACE_GETREGS, child_, nullptr, &raw_);
        return raw_.rax == 0;
    }

    std::uint64_t begin_;
    std::uint64_t size_;
    pid_t child_ = -1;
    bool usable_ = false;
    int signal_ = 0;
    user_regs_struct raw_{};
};

}  // namespace utsim::cpu::testing

#else

#include <cstdint>

#include "cpu/cpu.hpp"

namespace utsim::cpu::testing {

class HostProcess {
public:
    struct Stop {
        int signo = 0;
        int code = 0;
        std::uint64_t address = 0;
    };
    HostProcess(std::uint64_t, std::uint64_t) {}
    bool usable() const { return false; }
    std::uint8_t* bytes(std::uint64_t) const { return nullptr; }
    bool protect(std::uint64_t, std::uint64_t, int) { return false; }
    bool seal() { return false; }
    void set(const Registers&) {}
    Registers get() { return {}; }
    bool step() { return false; }
    Stop stop() const { return {}; }
    int signal() const { return 0; }
};

}  // namespace utsim::cpu::testing

#endif
