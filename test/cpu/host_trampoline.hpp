// SPDX-License-Identifier: MIT
/// Executes one instruction on this processor within this process, a hundred times faster than
/// ptrace: loads all registers, jumps to it, and comes back by a jump that stands behind it (and
/// at the target of a branch), or by the signal that it ends in.
///
/// Between the two jumps nothing is as C++ wants it, so both ends are assembly, and all they know
/// is a block of memory at a fixed address that 32 bits can name, far from what guests point at.
#pragma once

#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define UTSIM_HAS_TRAMPOLINE 1

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "cpu/cpu.hpp"
#include "cpu/fault_signal.hpp"

namespace utsim::cpu::testing {

/// The block. The assembly below names its fields by number.
struct TrampolineBlock {
    std::uint64_t in[16];    // 000
    std::uint64_t in_rip;    // 080
    std::uint64_t in_flags;  // 088
    std::uint64_t host_rsp;  // 090
    std::uint64_t exits[2];  // 098: behind the instruction, and at the target of a branch
    std::uint64_t in_fs;     // 0a8
    std::uint64_t host_fs;   // 0b0
    std::uint64_t uses_fs;   // 0b8: the base of FS is changed and restored
    siginfo_t* info;         // 0c0
    ucontext_t* context;     // 0c8
    std::uint64_t unused[6];
    std::uint64_t out[16];    // 100
    std::uint64_t exit;       // 180: which one, or 2 for a signal
    std::uint64_t out_flags;  // 188
    std::uint64_t unused_too[14];
    alignas(64) unsigned char in_fpu[512];   // 200
    alignas(64) unsigned char out_fpu[512];  // 400
    std::uint32_t host_mxcsr;                // 600
};
static_assert(offsetof(TrampolineBlock, exits) == 0x98);
static_assert(offsetof(TrampolineBlock, context) == 0xc8);
static_assert(offsetof(TrampolineBlock, out) == 0x100 && offsetof(TrampolineBlock, exit) == 0x180);
static_assert(offsetof(TrampolineBlock, in_fpu) == 0x200);
static_assert(offsetof(TrampolineBlock, host_mxcsr) == 0x600);

inline constexpr std::uint64_t trampoline_block = 0x6a5b7000;

#define UTSIM_AT(offset) "0x6a5b7" offset
#define UTSIM_GPR(do_this)                                                                     \
    do_this("00", "rax") do_this("08", "rcx") do_this("10", "rdx") do_this("18", "rbx")        \
        do_this("28", "rbp") do_this("30", "rsi") do_this("38", "rdi") do_this("40", "r8")     \
            do_this("48", "r9") do_this("50", "r10") do_this("58", "r11") do_this("60", "r12") \
                do_this("68", "r13") do_this("70", "r14") do_this("78", "r15")
#define UTSIM_LOAD(offset, name) "movq " UTSIM_AT("0" offset) ", %" name "\n"
#define UTSIM_STORE(offset, name) "movq %" name ", " UTSIM_AT("1" offset) "\n"
#define UTSIM_SET_FS(from) \
    "cmpq $0, " UTSIM_AT("0b8") "\n je 7f\n movl $158, %eax\n movl $0x1002, %edi\n" \
    "movq " UTSIM_AT(from) ", %rsi\n syscall\n 7:\n"

/// Goes to the instruction and comes back.
__attribute__((naked, noinline)) inline void trampoline_enter() {
    asm("push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"
        "movq %rsp, " UTSIM_AT("090") "\n"
        "leaq 1f(%rip), %rax\n movq %rax, " UTSIM_AT("098") "\n"
        "leaq 2f(%rip), %rax\n movq %rax, " UTSIM_AT("0a0") "\n"
        UTSIM_SET_FS("0a8")
        "fxrstor64 " UTSIM_AT("200") "\n"
        "movl $" UTSIM_AT("088") ", %esp\n popfq\n"
        UTSIM_GPR(UTSIM_LOAD) UTSIM_LOAD("20", "rsp")
        "jmp *" UTSIM_AT("080") "\n"
        "1: movq $0, " UTSIM_AT("180") "\n jmp 3f\n"
        "2: movq $1, " UTSIM_AT("180") "\n"
        "3:\n"
        UTSIM_GPR(UTSIM_STORE) UTSIM_STORE("20", "rsp")
        "movl $" UTSIM_AT("190") ", %esp\n pushfq\n"
        "fxsave64 " UTSIM_AT("400") "\n"
        "movq " UTSIM_AT("090") ", %rsp\n push $2\n popfq\n"
        UTSIM_SET_FS("0b0")
        "fninit\n ldmxcsr " UTSIM_AT("600") "\n"
        "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n");
}

/// The handler of all signals meanwhile. Does not return to where the signal came from.
__attribute__((naked, noinline)) inline void trampoline_signal(int, siginfo_t*, void*) {
    asm("push $2\n popfq\n"
        "movq $2, " UTSIM_AT("180") "\n"
        "movq %rsi, " UTSIM_AT("0c0") "\n movq %rdx, " UTSIM_AT("0c8") "\n"
        "movq " UTSIM_AT("090") ", %rsp\n"
        UTSIM_SET_FS("0b0")
        "fninit\n ldmxcsr " UTSIM_AT("600") "\n"
        "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n");
}

/// One at a time in a process.
class Trampoline {
public:
    /// A jump to exit 0 or 1: `jmp [exits + 8 * number]`.
    static constexpr std::size_t jump_size = 7;
    static void write_jump(std::uint8_t* to, unsigned number) {
        const std::uint32_t address = 0x6a5b7098 + 8 * number;
        const std::uint8_t code[3] = {0xff, 0x24, 0x25};
        std::memcpy(to, code, 3);
        std::memcpy(to + 3, &address, 4);
    }

    Trampoline() {
        void* at = mmap(reinterpret_cast<void*>(trampoline_block), 0x1000, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != reinterpret_cast<void*>(trampoline_block)) return;
        mapped_ = true;
        b().host_mxcsr = 0x1f80;
        constexpr long get_fs = 0x1003;
        syscall(SYS_arch_prctl, get_fs, &b().host_fs);
        const stack_t stack{stack_, 0, sizeof stack_};
        sigaltstack(&stack, &old_stack_);
        struct sigaction action{};
        action.sa_sigaction = trampoline_signal;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
        for (std::size_t n = 0; n < signals; ++n) sigaction(signal_[n], &action, &old_[n]);
    }
    ~Trampoline() {
        if (!mapped_) return;
        set_gs_base(0);
        for (std::size_t n = 0; n < signals; ++n) sigaction(signal_[n], &old_[n], nullptr);
        sigaltstack(&old_stack_, nullptr);
        munmap(reinterpret_cast<void*>(trampoline_block), 0x1000);
    }
    Trampoline(const Trampoline&) = delete;
    Trampoline& operator=(const Trampoline&) = delete;

    bool usable() const { return mapped_; }

    void set(const Registers& r, bool uses_fs) {
        std::memcpy(b().in, r.gpr, sizeof b().in);
        b().in_rip = r.rip;
        b().in_flags = r.rflags;
        b().in_fs = r.fs_base;
        b().uses_fs = uses_fs ? 1 : 0;
        std::memcpy(b().in_fpu, &r.fpu, sizeof r.fpu);
        set_gs_base(r.gs_base);
    }

    /// Executes it. `exits` is where RIP is at each of the two; segments are as in `before`.
    void run(const Registers& before, const std::uint64_t (&exits)[2]) {
        std::memset(b().out_fpu, 0, sizeof(FpuState));  // AMD leaves some fields as they are
        trampoline_enter();
        after_ = before;
        signal_there_ = {};
        if (b().exit == 2) return from_signal();
        std::memcpy(after_.gpr, b().out, sizeof b().out);
        after_.rflags = b().out_flags;
        after_.rip = exits[b().exit];
        take_fpu(b().out_fpu);
    }
    const Registers& after() const { return after_; }
    const LinuxSignal& signal() const { return signal_there_; }

private:
    static TrampolineBlock& b() { return *reinterpret_cast<TrampolineBlock*>(trampoline_block); }

    void take_fpu(const void* from) {
        std::memcpy(static_cast<void*>(&after_.fpu), from, sizeof after_.fpu);
        after_.fpu.mxcsr_mask = FpuState{}.mxcsr_mask;
    }

    void from_signal() {
        const greg_t* g = b().context->uc_mcontext.gregs;
        constexpr int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                   REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                   REG_R12, REG_R13, REG_R14, REG_R15};
        for (int n = 0; n < 16; ++n) after_.gpr[n] = static_cast<std::uint64_t>(g[order[n]]);
        after_.rip = static_cast<std::uint64_t>(g[REG_RIP]);
        after_.rflags = static_cast<std::uint64_t>(g[REG_EFL]);
        take_fpu(b().context->uc_mcontext.fpregs);
        const siginfo_t& info = *b().info;
        constexpr greg_t page_fault = 14, by_fetch = 1 << 4;
        const bool fetch = g[REG_TRAPNO] == page_fault && (g[REG_ERR] & by_fetch) != 0;
        if (fetch && static_cast<std::uint64_t>(g[REG_CR2]) == after_.rip) {
            // A branch to where no code is has been executed; this is the next instruction's fault.
            after_.rflags &= ~flag::rf;
            return;
        }
        signal_there_ = {info.si_signo, info.si_code,
                         reinterpret_cast<std::uint64_t>(info.si_addr)};
        // What the kernel leaves there for a signal that has no address.
        if (info.si_code == SI_KERNEL) signal_there_.address = 0;
    }

    void set_gs_base(std::uint64_t base) {
        if (base == gs_base_) return;
        constexpr long set_gs = 0x1001;
        syscall(SYS_arch_prctl, set_gs, base);
        gs_base_ = base;
    }

    static constexpr std::size_t signals = 5;
    static constexpr int signal_[signals] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    bool mapped_ = false;
    std::uint64_t gs_base_ = 0;
    stack_t old_stack_{};
    struct sigaction old_[signals] = {};
    Registers after_;
    LinuxSignal signal_there_;
    alignas(64) unsigned char stack_[65536];
};

#undef UTSIM_AT
#undef UTSIM_GPR
#undef UTSIM_LOAD
#undef UTSIM_STORE
#undef UTSIM_SET_FS

}  // namespace utsim::cpu::testing

#endif
