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

#include "test/cpu/oracle.hpp"

namespace utsim::cpu::testing {

class HostProcess : public Oracle {
public:
    /// Maps the regions of `lockstep_map`, shared with a child that has nothing else. Check
    /// `usable` afterwards; `why_not` says what is missing.
    HostProcess() {
        stay_on_one_processor();
        why_not_ = start();
        usable_ = why_not_ == nullptr;
    }
    ~HostProcess() override {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
        if (mapped_) munmap(reinterpret_cast<void*>(begin_), size_);
    }
    HostProcess(const HostProcess&) = delete;
    HostProcess& operator=(const HostProcess&) = delete;

    bool usable() const override { return usable_; }
    const char* why_not() const { return why_not_; }
    std::uint8_t* bytes(std::uint64_t address) const override {
        return reinterpret_cast<std::uint8_t*>(address);
    }

    void set(const Registers& r) override {
        raw_.r15 = r.gpr[15], raw_.r14 = r.gpr[14], raw_.r13 = r.gpr[13], raw_.r12 = r.gpr[12];
        raw_.r11 = r.gpr[11], raw_.r10 = r.gpr[10], raw_.r9 = r.gpr[9], raw_.r8 = r.gpr[8];
        raw_.rdi = r.gpr[7], raw_.rsi = r.gpr[6], raw_.rbp = r.gpr[5], raw_.rsp = r.gpr[4];
        raw_.rbx = r.gpr[3], raw_.rdx = r.gpr[2], raw_.rcx = r.gpr[1], raw_.rax = r.gpr[0];
        raw_.rip = r.rip, raw_.eflags = r.rflags;
        raw_.fs_base = r.fs_base, raw_.gs_base = r.gs_base;
        raw_.cs = r.cs, raw_.ss = r.ss, raw_.ds = r.ds, raw_.es = r.es, raw_.fs = r.fs;
        raw_.gs = r.gs, raw_.orig_rax = ~std::uint64_t{0};
        ptrace(PTRACE_SETREGS, child_, nullptr, &raw_);
        set_fpu(r.fpu);
    }
    Registers get() override {
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
        r.fpu = get_fpu();
        return r;
    }

    bool step() override {
        if (ptrace(PTRACE_SINGLESTEP, child_, nullptr, nullptr) != 0) return usable_ = false;
        return usable_ = wait_for_stop();
    }
    int signal() const override { return signal_; }
    LinuxSignal stop() const override {
        siginfo_t info{};
        ptrace(PTRACE_GETSIGINFO, child_, nullptr, &info);
        return {info.si_signo, info.si_code, reinterpret_cast<std::uint64_t>(info.si_addr)};
    }

    /// Whether an address of 51 bits is #GP, not a page fault: so without five-level paging.
    bool addresses_of_48_bits() {
        constexpr std::uint8_t load[] = {0x8a, 0x00};  // mov al, [rax]
        std::memcpy(bytes(begin_), load, sizeof load);
        Registers r = get();
        r.rip = begin_;
        r.gpr[0] = std::uint64_t{1} << 50;
        set(r);
        const bool general_protection = step() && stop() == LinuxSignal{SIGSEGV, SI_KERNEL, 0};
        std::memset(bytes(begin_), 0, sizeof load);
        return general_protection;
    }

private:
    static constexpr std::uint64_t begin_ = lockstep_map::code, size_ = lockstep_map::size;

    /// Null, or why it cannot be.
    const char* start() {
        void* at = mmap(reinterpret_cast<void*>(begin_), size_, PROT_READ | PROT_WRITE | PROT_EXEC,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != reinterpret_cast<void*>(begin_)) return "the test's region is not free";
        mapped_ = true;
        child_ = fork();
        if (child_ == 0) {
            if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
            leave_restartable_sequences();
            raise(SIGSTOP);
            _exit(0);
        }
        if (child_ < 0 || !wait_for_stop()) return "ptrace is not permitted";
        return set_up() ? nullptr : "ptrace does not single-step a 64-bit program here";
    }

    // The registers of x87, MMX and SSE, as a whole.
    void set_fpu(const FpuState& fpu) {
        if (fpu == last_fpu_) return;
        std::memcpy(&raw_fpu_, &fpu, sizeof fpu);
        ptrace(PTRACE_SETFPREGS, child_, nullptr, &raw_fpu_);
        last_fpu_ = fpu;
    }
    FpuState get_fpu() {
        ptrace(PTRACE_GETFPREGS, child_, nullptr, &raw_fpu_);
        std::memcpy(static_cast<void*>(&last_fpu_), &raw_fpu_, sizeof last_fpu_);
        last_fpu_.mxcsr_mask = FpuState{}.mxcsr_mask;
        return last_fpu_;
    }

    /// Leaves the child nothing but the regions, each with its protection.
    bool set_up() {
        using namespace lockstep_map;
        constexpr std::uint64_t user_end = 0x7ffffffff000;
        constexpr std::uint64_t set_seccomp = 22, strict = 1;
        ptrace(PTRACE_SETOPTIONS, child_, nullptr, PTRACE_O_EXITKILL);
        const Registers r = get();
        const bool done = r.cs == user_code_selector && r.ss == user_data_selector &&
                          call(SYS_munmap, end, user_end - end) &&
                          call(SYS_munmap, 0x1000, begin_ - 0x1000) &&
                          call(SYS_mprotect, data, data_size, PROT_READ | PROT_WRITE) &&
                          call(SYS_mprotect, read_only, 0x1000, PROT_READ) &&
                          call(SYS_mprotect, no_access, 0x1000, PROT_NONE) &&
                          // From here on a system call would kill the child.
                          call(SYS_prctl, set_seccomp, strict);
        std::memset(bytes(begin_), 0, 2);
        return done;
    }

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

    pid_t child_ = -1;
    bool mapped_ = false;
    bool usable_ = false;
    const char* why_not_ = nullptr;
    int signal_ = 0;
    user_regs_struct raw_{};
    user_fpregs_struct raw_fpu_{};
    static_assert(sizeof(FpuState) <= sizeof raw_fpu_);
    FpuState last_fpu_;  ///< what the child is known to hold
};

}  // namespace utsim::cpu::testing

#else

#include "test/cpu/oracle.hpp"

namespace utsim::cpu::testing {

class HostProcess : public NoOracle {
public:
    const char* why_not() const { return "this is not x86-64 Linux"; }
    bool addresses_of_48_bits() { return false; }
};

}  // namespace utsim::cpu::testing

#endif
