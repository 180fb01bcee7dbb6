// SPDX-License-Identifier: MIT
// Signal frames. Real code gets the x86-64 Linux layout on its own stack (struct rt_sigframe); an
// abstract program has no stack, so its frames are a chain of arena objects.
#include "kernel/signal_frame.hpp"

#include <cstring>

#include "cpu/x87_unit.hpp"
#include "kernel/alt_stack.hpp"
#include "kernel/entry.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/siginfo.hpp"
#include "kernel/signal.hpp"
#include "kernel/tracehook.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

/// `struct sigcontext` of x86-64.
struct SigContext {
    std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    std::uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
    std::uint16_t cs, gs, fs, ss;
    std::uint64_t err, trapno, oldmask, cr2, fpstate;
    std::uint64_t reserved[8];
};
static_assert(sizeof(SigContext) == 256);

/// `struct rt_sigframe`.
struct RtSigFrame {
    std::uint64_t restorer;
    std::uint64_t uc_flags;
    std::uint64_t uc_link;
    UserStack uc_stack;
    SigContext context;
    SigSet uc_sigmask;
    UserSigInfo info;
};
static_assert(sizeof(RtSigFrame) == 440);

constexpr std::uint64_t red_zone = 128;
/// The frame holds SS, and what it holds is to be loaded again. There is no UC_FP_XSTATE: without
/// XSAVE the FPU's state is what FXSAVE stores.
constexpr std::uint64_t uc_sigcontext_ss = 2;
constexpr std::uint64_t uc_strict_restore_ss = 4;
/// `struct _fpstate`: behind what FXSAVE stores, and 48 bytes that it leaves alone, come the
/// kernel's own, which are zero without XSAVE.
constexpr std::uint64_t fpstate_bytes = 512;
constexpr std::uint64_t fpstate_own = 464;
constexpr std::uint64_t fpstate_alignment = 64;
/// What sigreturn may change: the arithmetic flags and TF, DF, RF, AC.
constexpr std::uint64_t fix_eflags =
    cpu::flag::arithmetic | cpu::flag::tf | cpu::flag::df | cpu::flag::rf | cpu::flag::ac;

void save_context(const Task* current, SigContext& c) {
    const cpu::Registers& r = current->regs;
    c.r8 = r.gpr[8], c.r9 = r.gpr[9], c.r10 = r.gpr[10], c.r11 = r.gpr[11];
    c.r12 = r.gpr[12], c.r13 = r.gpr[13], c.r14 = r.gpr[14], c.r15 = r.gpr[15];
    c.rax = r.gpr[0], c.rcx = r.gpr[1], c.rdx = r.gpr[2], c.rbx = r.gpr[3];
    c.rsp = r.gpr[4], c.rbp = r.gpr[5], c.rsi = r.gpr[6], c.rdi = r.gpr[7];
    c.rip = r.rip, c.eflags = r.rflags;
    c.cs = r.cs, c.ss = r.ss;  // FS and GS are 0 in a frame: their bases are what counts
    // Those of the last exception, also when this signal has nothing to do with it.
    c.err = current->trap.error_code, c.trapno = current->trap.number, c.cr2 = current->trap.cr2;
}

void restore_context(const SigContext& c, cpu::Registers& r) {
    r.gpr[8] = c.r8, r.gpr[9] = c.r9, r.gpr[10] = c.r10, r.gpr[11] = c.r11;
    r.gpr[12] = c.r12, r.gpr[13] = c.r13, r.gpr[14] = c.r14, r.gpr[15] = c.r15;
    r.gpr[0] = c.rax, r.gpr[1] = c.rcx, r.gpr[2] = c.rdx, r.gpr[3] = c.rbx;
    r.gpr[4] = c.rsp, r.gpr[5] = c.rbp, r.gpr[6] = c.rsi, r.gpr[7] = c.rdi;
    r.rip = c.rip;
    r.rflags = (r.rflags & ~fix_eflags) | (c.eflags & fix_eflags);
}

/// Where the frame goes: below what runs now, or to the top of the handler stack, and between it
/// and that the FPU's state. False: on that stack there is no room left.
bool place_frame(const Task* current, const KSigaction& ka, std::uint64_t* address,
                 std::uint64_t* fpstate) {
    const AltStack& stack = current->alt_stack;
    std::uint64_t sp = current->regs.rsp();
    const bool nested = alt_stack_state(stack, sp) == K_SS_ONSTACK;
    sp -= red_zone;
    const bool enters = (ka.flags & K_SA_ONSTACK) != 0 && alt_stack_state(stack, sp) == 0;
    if (enters) sp = stack.low + stack.size;
    sp = (sp - fpstate_bytes) & ~(fpstate_alignment - 1);
    *fpstate = sp;
    sp -= sizeof(RtSigFrame);
    *address = (sp & ~std::uint64_t{15}) - 8;
    return !(nested || enters) || in_alt_stack(stack, *address);
}

bool save_fpstate(Task* current, std::uint64_t address) {
    const cpu::FpuState& fpu = current->regs.fpu;
    constexpr std::uint8_t own[fpstate_bytes - fpstate_own] = {};
    return copy_to_user(current, address, &fpu, sizeof fpu) == 0 &&
           copy_to_user(current, address + fpstate_own, own, sizeof own) == 0;
}

/// As FXRSTOR would, which faults at a wrong alignment and at bits that MXCSR does not have. Then
/// there is only the initial state left, which is also what no state means.
bool restore_fpstate(Task* current, std::uint64_t address) {
    cpu::FpuState& fpu = current->regs.fpu;
    fpu = {};
    if (address == 0) return true;
    cpu::FpuState image;
    std::uint8_t bytes[fpstate_bytes];
    if (address % 16 != 0 || copy_from_user(current, bytes, address, sizeof bytes) != 0) {
        return false;
    }
    std::memcpy(static_cast<void*>(&image), bytes, sizeof image);
    if (!cpu::accept_fpu_image(image)) return false;
    fpu = image;
    return true;
}

bool build_machine_frame(Task* current, int signr, const SigInfo& info, const KSigaction& ka) {
    if ((ka.flags & K_SA_RESTORER) == 0) return false;
    RtSigFrame frame;
    std::memset(&frame, 0, sizeof frame);
    frame.restorer = ka.restorer;
    frame.uc_flags = uc_sigcontext_ss | uc_strict_restore_ss;
    AltStack& stack = current->alt_stack;
    frame.uc_stack = {stack.low, stack.flags, 0, stack.size};
    save_context(current, frame.context);
    frame.uc_sigmask = current->restore_sigmask ? current->saved_sigmask : current->blocked.load();
    frame.context.oldmask = frame.uc_sigmask;
    frame.info = user_siginfo(info);
    std::uint64_t sp = 0;
    if (!place_frame(current, ka, &sp, &frame.context.fpstate)) return false;
    if (!save_fpstate(current, frame.context.fpstate)) return false;
    if (copy_to_user(current, sp, &frame, sizeof frame) != 0) return false;
    if ((stack.flags & K_SS_AUTODISARM) != 0) stack = {0, 0, K_SS_DISABLE};
    cpu::Registers& regs = current->regs;
    regs.fpu = {};
    regs.rsp() = sp;
    regs.rip = ka.handler;
    regs.rdi() = static_cast<std::uint64_t>(signr);
    regs.rsi() = sp + offsetof(RtSigFrame, info);
    regs.rdx() = sp + offsetof(RtSigFrame, uc_flags);
    regs.rax() = 0;
    regs.cs = cpu::user_code_selector;
    regs.ss = cpu::user_data_selector;
    return true;
}

bool build_abstract_frame(Task* current, const KSigaction& ka) {
    World& world = world_of(current);
    if (world.arena().left() < sizeof(AbstractFrame) + 64) return false;
    AbstractFrame* frame = world.arena().make<AbstractFrame>();
    frame->regs = current->regs;
    frame->blocked = current->restore_sigmask ? current->saved_sigmask : current->blocked.load();
    frame->outer = current->frame;
    current->frame = frame;
    current->regs.rip = ka.handler;
    current->regs.rax() = 0;
    return true;
}

/// spec 5.4 handle_signal (1): the interrupted call fails with EINTR or is made again afterwards.
void settle_system_call(Task* current, const KSigaction& ka) {
    if (!in_system_call(current)) return;
    bool again = false;
    switch (static_cast<std::int64_t>(current->regs.rax())) {
        case -K_ERESTART_RESTARTBLOCK:
        case -K_ERESTARTNOHAND:
            break;
        case -K_ERESTARTSYS:
            again = (ka.flags & K_SA_RESTART) != 0;
            break;
        case -K_ERESTARTNOINTR:
            again = true;
            break;
        default:
            return;
    }
    if (again) {
        constexpr std::uint64_t syscall_length = 2;
        current->regs.rax() = static_cast<std::uint64_t>(current->orig_ax);
        current->regs.rip -= syscall_length;
    } else {
        current->regs.rax() = static_cast<std::uint64_t>(-K_EINTR);
    }
}

void force_sigsegv(Task* current, int signr) {
    if (signr == K_SIGSEGV) current->sighand->action[K_SIGSEGV - 1].handler = K_SIG_DFL;
    SigInfo info;
    info.si_signo = K_SIGSEGV;
    info.si_code = K_SI_KERNEL;
    force_sig_info(current, info);
}

}  // namespace

bool handle_signal(Task* current, int signr, const SigInfo& info, const KSigaction& ka) {
    settle_system_call(current, ka);
    if ((current->regs.rflags & cpu::flag::tf) != 0 &&
        test_and_clear_tsk_thread_flag(current, TIF_FORCED_TF)) {
        current->regs.rflags &= ~cpu::flag::tf;  // the frame shows the program's own TF
    }
    const bool saved_tf = (current->regs.rflags & cpu::flag::tf) != 0;
    const bool built = current->program != nullptr ? build_abstract_frame(current, ka)
                                                   : build_machine_frame(current, signr, info, ka);
    if (!built) {
        force_sigsegv(current, signr);
        return false;
    }
    world_of(current).emit(EventKind::handler, current->id.value, signr, info.si_signo,
                           current->regs.rip, saved_tf);
    current->regs.rflags &= ~(cpu::flag::df | cpu::flag::rf | cpu::flag::tf);
    current->sighand->siglock.lock("handle_signal");
    SigSet blocked = current->blocked | ka.mask;
    if ((ka.flags & K_SA_NODEFER) == 0 && signr >= 1 && signr <= signal_count) {
        blocked |= sigmask(signr);
    }
    current->blocked = blocked & ~sig_kernel_only;
    recalc_sigpending(current);
    current->sighand->siglock.unlock("handle_signal");
    tracehook_signal_handler(current, test_tsk_thread_flag(current, TIF_SINGLESTEP));
    return true;
}

namespace {

/// The way back to user mode faults on a selector that is not a user's; only 64-bit code is one.
bool selectors_are_valid(const RtSigFrame& frame, std::uint16_t* wrong) {
    constexpr std::uint16_t user_privilege = 3;
    const std::uint16_t cs = frame.context.cs | user_privilege;
    const std::uint16_t ss = frame.context.ss | user_privilege;
    const bool strict = (frame.uc_flags & uc_strict_restore_ss) != 0;
    *wrong = cs != cpu::user_code_selector ? cs : ss;
    return cs == cpu::user_code_selector && (!strict || ss == cpu::user_data_selector);
}

}  // namespace

std::int64_t sigreturn(Task* current) {
    current->orig_ax = -1;
    current->restart = {};
    if (current->program != nullptr) {
        AbstractFrame* frame = current->frame;
        if (frame == nullptr) {
            force_sigsegv(current, 0);
            return 0;
        }
        current->frame = frame->outer;
        current->regs = frame->regs;
        set_current_blocked(current, frame->blocked, "sigreturn");
        return static_cast<std::int64_t>(current->regs.rax());
    }
    RtSigFrame frame;
    // The handler's return has popped the restorer's address.
    if (copy_from_user(current, &frame, current->regs.rsp() - 8, sizeof frame) != 0) {
        force_sigsegv(current, 0);
        return 0;
    }
    set_current_blocked(current, frame.uc_sigmask, "sigreturn");
    restore_context(frame.context, current->regs);
    if (!restore_fpstate(current, frame.context.fpstate)) {
        force_sigsegv(current, 0);
        return 0;
    }
    // Refusals count for nothing: a handler that ran on the stack may be on it still.
    set_alt_stack(current, frame.uc_stack, current->regs.rsp());
    std::uint16_t wrong = 0;
    if (!selectors_are_valid(frame, &wrong)) {
        constexpr std::uint16_t privilege_bits = 3;
        current->trap.number = cpu::vector::general_protection;
        current->trap.error_code = static_cast<std::uint16_t>(wrong & ~privilege_bits);
        force_sigsegv(current, 0);
    }
    return static_cast<std::int64_t>(current->regs.rax());
}

}  // namespace utsim
