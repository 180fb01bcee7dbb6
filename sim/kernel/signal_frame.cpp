// SPDX-License-Identifier: MIT
// Signal frames. Real code gets the x86-64 Linux layout on its own stack (struct rt_sigframe); an
// abstract program has no stack, so its frames are a chain of arena objects.
#include "kernel/signal_frame.hpp"

#include <cstring>

#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
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

struct StackInfo {
    std::uint64_t sp;
    std::uint32_t flags;
    std::uint32_t pad;
    std::uint64_t size;
};

/// The 128 bytes of siginfo, as far as a handler can use them here.
struct UserSigInfo {
    std::int32_t signo, error, code, pad0;
    union {
        struct {
            std::int32_t pid, uid, status, pad;
        } sender;
        std::uint64_t address;
    } fields;
    std::uint8_t rest[96];
};
static_assert(sizeof(UserSigInfo) == 128);

/// `struct rt_sigframe`.
struct RtSigFrame {
    std::uint64_t restorer;
    std::uint64_t uc_flags;
    std::uint64_t uc_link;
    StackInfo uc_stack;
    SigContext context;
    SigSet uc_sigmask;
    UserSigInfo info;
};
static_assert(sizeof(RtSigFrame) == 440);

constexpr std::uint64_t red_zone = 128;
/// What sigreturn may change: the arithmetic flags and TF, DF, RF, AC.
constexpr std::uint64_t fix_eflags =
    cpu::flag::arithmetic | cpu::flag::tf | cpu::flag::df | cpu::flag::rf | cpu::flag::ac;

void save_context(const cpu::Registers& r, SigContext& c) {
    c.r8 = r.gpr[8], c.r9 = r.gpr[9], c.r10 = r.gpr[10], c.r11 = r.gpr[11];
    c.r12 = r.gpr[12], c.r13 = r.gpr[13], c.r14 = r.gpr[14], c.r15 = r.gpr[15];
    c.rax = r.gpr[0], c.rcx = r.gpr[1], c.rdx = r.gpr[2], c.rbx = r.gpr[3];
    c.rsp = r.gpr[4], c.rbp = r.gpr[5], c.rsi = r.gpr[6], c.rdi = r.gpr[7];
    c.rip = r.rip, c.eflags = r.rflags;
    c.cs = r.cs, c.ss = r.ss;
}

void restore_context(const SigContext& c, cpu::Registers& r) {
    r.gpr[8] = c.r8, r.gpr[9] = c.r9, r.gpr[10] = c.r10, r.gpr[11] = c.r11;
    r.gpr[12] = c.r12, r.gpr[13] = c.r13, r.gpr[14] = c.r14, r.gpr[15] = c.r15;
    r.gpr[0] = c.rax, r.gpr[1] = c.rcx, r.gpr[2] = c.rdx, r.gpr[3] = c.rbx;
    r.gpr[4] = c.rsp, r.gpr[5] = c.rbp, r.gpr[6] = c.rsi, r.gpr[7] = c.rdi;
    r.rip = c.rip;
    r.rflags = (r.rflags & ~fix_eflags) | (c.eflags & fix_eflags);
}

void fill_info(const SigInfo& info, UserSigInfo& user) {
    user.signo = info.si_signo;
    user.error = info.si_errno;
    user.code = info.si_code;
    const bool from_fault = info.si_code > K_SI_USER && info.si_signo != K_SIGCHLD;
    if (from_fault) {
        user.fields.address = info.si_addr;
    } else {
        user.fields.sender = {info.si_pid, info.si_uid, info.si_status, 0};
    }
}

bool build_machine_frame(Task* current, int signr, const SigInfo& info, const KSigaction& ka) {
    if ((ka.flags & K_SA_RESTORER) == 0) return false;
    RtSigFrame frame;
    std::memset(&frame, 0, sizeof frame);
    frame.restorer = ka.restorer;
    save_context(current->regs, frame.context);
    frame.context.oldmask = current->blocked;
    frame.uc_sigmask = current->restore_sigmask ? current->saved_sigmask : current->blocked.load();
    fill_info(info, frame.info);
    std::uint64_t sp = current->regs.rsp() - red_zone - sizeof frame;
    sp = (sp & ~std::uint64_t{15}) - 8;
    if (copy_to_user(current, sp, &frame, sizeof frame) != 0) return false;
    cpu::Registers& regs = current->regs;
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
    if (current->orig_ax < 0) return;
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
    current->regs.rflags &= ~(cpu::flag::df | cpu::flag::tf);
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

void set_blocked(Task* current, SigSet set) {
    current->sighand->siglock.lock("sigreturn");
    current->blocked = set & ~sig_kernel_only;
    recalc_sigpending(current);
    current->sighand->siglock.unlock("sigreturn");
}

}  // namespace

std::int64_t sigreturn(Task* current) {
    current->orig_ax = -1;
    if (current->program != nullptr) {
        AbstractFrame* frame = current->frame;
        if (frame == nullptr) {
            force_sigsegv(current, 0);
            return 0;
        }
        current->frame = frame->outer;
        current->regs = frame->regs;
        set_blocked(current, frame->blocked);
        return static_cast<std::int64_t>(current->regs.rax());
    }
    RtSigFrame frame;
    // The handler's return has popped the restorer's address.
    if (copy_from_user(current, &frame, current->regs.rsp() - 8, sizeof frame) != 0) {
        force_sigsegv(current, 0);
        return 0;
    }
    restore_context(frame.context, current->regs);
    set_blocked(current, frame.uc_sigmask);
    return static_cast<std::int64_t>(current->regs.rax());
}

}  // namespace utsim
