// SPDX-License-Identifier: MIT
// Filters are classic BPF over the number and arguments of a call. They are checked when they are
// set, so that running one needs no checks but for division by zero. Of several the least
// permissive answer counts.
#include "process/seccomp.hpp"

#include <utsim/errno.hpp>

#include <cstring>

#include "kernel/exit.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/syscalls.hpp"
#include "kernel/wake.hpp"

namespace utsim {

namespace {

constexpr std::uint32_t longest_filter = 4096;
/// Filters of one task together, in instructions.
constexpr std::uint32_t longest_chain = 32768;
constexpr std::uint32_t memory_words = 16;

/// `struct seccomp_data`.
struct Data {
    std::int32_t number;
    std::uint32_t arch;
    std::uint64_t ip, arguments[6];
};
static_assert(sizeof(Data) == 64);

enum Class : std::uint16_t { ld, ldx, st, stx, alu, jmp, ret, misc };
enum Load : std::uint16_t { imm = 0x00, abs = 0x20, mem = 0x60, len = 0x80 };
constexpr std::uint16_t from_x = 8;
constexpr std::uint16_t from_a = 0x10;

enum Action : std::uint32_t {
    kill_process = 0x80000000,
    kill_thread = 0,
    trap = 0x00030000,
    fails = 0x00050000,
    notify = 0x7fc00000,
    trace = 0x7ff00000,
    log = 0x7ffc0000,
    allow = 0x7fff0000,
};
constexpr std::uint32_t action_mask = 0xffff0000;
constexpr std::uint32_t data_mask = 0xffff;

Class class_of(const BpfInstruction& i) { return static_cast<Class>(i.code & 7); }

bool is_load(const BpfInstruction& i) {
    const int mode = i.code & 0xe0;
    if ((i.code & 0x18) != 0) return false;  // words only
    if (mode == abs) return class_of(i) == ld && i.k % 4 == 0 && i.k < sizeof(Data);
    return mode == imm || mode == len || (mode == mem && i.k < memory_words);
}

bool is_arithmetic(const BpfInstruction& i) {
    const int operation = i.code & 0xf0;
    const bool constant = (i.code & from_x) == 0;
    if (operation == 0x30 && constant) return i.k != 0;  // by zero
    if ((operation == 0x60 || operation == 0x70) && constant) return i.k < 32;
    return operation <= 0xa0 && operation != 0x90;
}

/// What one instruction may be, `left` of them following it.
bool is_valid(const BpfInstruction& i, std::uint32_t left) {
    if (i.code > 0xff) return false;
    switch (class_of(i)) {
        case ld:
        case ldx:
            return is_load(i);
        case st:
        case stx:
            return (i.code & 0xf8) == 0 && i.k < memory_words;
        case alu:
            return is_arithmetic(i);
        case jmp:
            if ((i.code & 0xf0) == 0) return (i.code & from_x) == 0 && i.k < left;
            return (i.code & 0xf0) <= 0x40 && i.jump_true < left && i.jump_false < left;
        case ret:
            return (i.code & 0xf8) == 0 || (i.code & 0xf8) == from_a;
        case misc:
            return (i.code & 0xf8) == 0 || (i.code & 0xf8) == 0x80;
    }
    return false;
}

bool is_valid(const ArenaArray<BpfInstruction>& code) {
    for (std::uint32_t n = 0; n < code.size; ++n) {
        if (!is_valid(code[n], code.size - n - 1)) return false;
    }
    return class_of(code[code.size - 1]) == ret;
}

std::uint32_t compute(int operation, std::uint32_t a, std::uint32_t b) {
    switch (operation) {
        case 0x00:
            return a + b;
        case 0x10:
            return a - b;
        case 0x20:
            return a * b;
        case 0x30:
            return a / b;
        case 0x40:
            return a | b;
        case 0x50:
            return a & b;
        case 0x60:
            return a << (b & 31);
        case 0x70:
            return a >> (b & 31);
        case 0x80:
            return 0 - a;
        default:
            return a ^ b;
    }
}

bool compares(int operation, std::uint32_t a, std::uint32_t b) {
    switch (operation) {
        case 0x10:
            return a == b;
        case 0x20:
            return a > b;
        case 0x30:
            return a >= b;
        default:
            return (a & b) != 0;
    }
}

std::uint32_t load(const BpfInstruction& i, const Data& data, const std::uint32_t* memory) {
    switch (i.code & 0xe0) {
        case abs: {
            std::uint32_t word;
            std::memcpy(&word, reinterpret_cast<const char*>(&data) + i.k, sizeof word);
            return word;
        }
        case mem:
            return memory[i.k];
        case len:
            return sizeof data;
        default:
            return i.k;
    }
}

std::uint32_t run_filter(const ArenaArray<BpfInstruction>& code, const Data& data) {
    std::uint32_t memory[memory_words] = {};
    std::uint32_t a = 0;
    std::uint32_t x = 0;
    for (std::uint32_t n = 0;; ++n) {
        const BpfInstruction& i = code[n];
        const std::uint32_t operand = (i.code & from_x) != 0 ? x : i.k;
        const int operation = i.code & 0xf0;
        switch (class_of(i)) {
            case ld:
                a = load(i, data, memory);
                break;
            case ldx:
                x = load(i, data, memory);
                break;
            case st:
                memory[i.k] = a;
                break;
            case stx:
                memory[i.k] = x;
                break;
            case alu:
                if (operation == 0x30 && operand == 0) return kill_thread;
                a = compute(operation, a, operand);
                break;
            case jmp:
                if (operation == 0) {
                    n += i.k;
                } else {
                    n += compares(operation, a, operand) ? i.jump_true : i.jump_false;
                }
                break;
            case ret:
                return (i.code & from_a) != 0 ? a : i.k;
            case misc:
                if ((i.code & 0x80) != 0) {
                    a = x;
                } else {
                    x = a;
                }
                break;
        }
    }
}

/// The less an answer permits the smaller it is, as a signed number.
std::uint32_t ask_filters(const Task* current, const Data& data) {
    std::uint32_t answer = allow;
    for (const SeccompFilter* f = process_of(current).seccomp; f != nullptr; f = f->older) {
        const std::uint32_t one = run_filter(f->code, data);
        const auto rank = [](std::uint32_t a) {
            return static_cast<std::int32_t>(a & action_mask);
        };
        if (rank(one) < rank(answer)) answer = one;
    }
    return answer;
}

Data data_of(const Task* current) {
    const cpu::Registers& r = current->regs;
    return {static_cast<std::int32_t>(current->orig_ax),
            audit_arch_x86_64,
            r.rip,
            {r.rdi(), r.rsi(), r.rdx(), r.gpr[10], r.gpr[8], r.gpr[9]}};
}

void raise_sigsys(Task* current, std::uint32_t data) {
    // The call looks as if it had not been made.
    current->regs.rax() = static_cast<std::uint64_t>(current->orig_ax);
    SigInfo info;
    info.si_signo = K_SIGSYS;
    info.si_code = 1;  // SYS_SECCOMP
    info.si_errno = static_cast<int>(data);
    info.si_addr = current->regs.rip;
    info.si_value = static_cast<std::uint32_t>(current->orig_ax) | std::uint64_t{audit_arch_x86_64}
                                                                       << 32;
    force_sig_info(current, info);
}

bool fail(Task* current, std::int64_t result) {
    current->regs.rax() = static_cast<std::uint64_t>(result);
    return false;
}

bool seccomp_filter_allows(Task* current, bool asked_tracer) {
    constexpr std::uint32_t largest_error = 4095;
    const std::uint32_t answer = ask_filters(current, data_of(current));
    const std::uint32_t data = answer & data_mask;
    switch (answer & action_mask) {
        case allow:
        case log:
            return true;
        case fails:
            return fail(current, -static_cast<std::int64_t>(std::min(data, largest_error)));
        case trap:
            raise_sigsys(current, data);
            return false;
        case trace:
            // What the tracer makes of the call is looked at again, but it is not asked again.
            if (asked_tracer) return true;
            if (!ptraced(current) ||
                !ptrace_hooks_of(current).seccomp(current, static_cast<std::uint16_t>(data))) {
                return fail(current, -K_ENOSYS);
            }
            if (fatal_signal_pending(current)) return false;
            if (static_cast<std::int32_t>(current->orig_ax) < 0) return false;
            return seccomp_filter_allows(current, true);
        case notify:
            return fail(current, -K_ENOSYS);
        case kill_thread:
            do_exit(current, K_SIGSYS);
        default:
            do_group_exit(current, K_SIGSYS);
    }
}

bool strict_allows(Task* current) {
    constexpr std::int64_t allowed[] = {0, 1, 60, 15};  // read, write, exit, rt_sigreturn
    for (const std::int64_t one : allowed) {
        if (current->orig_ax == one) return true;
    }
    do_exit(current, K_SIGKILL);
}

/// What the caller hands over, as the room's draft, when it is a filter and may be added: 0, or a
/// negated errno.
std::int64_t read_filter(Task* current, std::uint64_t address) {
    const Process& process = process_of(current);
    struct {
        std::uint16_t count;
        std::uint64_t code;
    } program{};
    if (decided(current, PtraceSeccomp::absent) || process.seccomp_mode == 1) return -K_EINVAL;
    if (copy_from_user(current, &program, address, sizeof program) != 0) return -K_EFAULT;
    if (program.count == 0 || program.count > longest_filter) return -K_EINVAL;
    if (!process.no_new_privileges && !process.cred.privileged()) return -K_EACCES;
    std::uint32_t total = program.count;
    for (const SeccompFilter* f = process.seccomp; f != nullptr; f = f->older) {
        total += f->code.size + 4;
    }
    if (total > longest_chain) return -K_ENOMEM;
    ProcessModel& model = processes_of(current);
    ArenaArray<BpfInstruction>& draft = model.filter_draft;
    draft.size = 0;
    for (std::uint32_t n = 0; n < program.count; ++n) {
        BpfInstruction one{};
        if (copy_from_user(current, &one, program.code + n * sizeof one, sizeof one) != 0) {
            return -K_EFAULT;
        }
        draft.add(world_of(current).arena(), one);
    }
    if (!is_valid(draft)) return -K_EINVAL;
    const bool fits = model.filter_instructions + draft.size <= ProcessLimits::filter_instructions;
    return fits ? 0 : -K_ENOMEM;
}

void add_draft(Task* current) {
    Process& process = process_of(current);
    Arena& arena = world_of(current).arena();
    ProcessModel& model = processes_of(current);
    const ArenaArray<BpfInstruction>& draft = model.filter_draft;
    model.filter_instructions += draft.size;
    auto* filter = arena.make<SeccompFilter>();
    for (std::uint32_t n = draft.size; n-- > 0;) filter->code.set(arena, n, draft[n]);
    filter->older = process.seccomp;
    process.seccomp = filter;
    process.seccomp_mode = 2;
    set_tsk_thread_flag(current, TIF_SECCOMP);
}

template <typename Use>
void for_each_other_thread(Task* current, const Use& use) {
    for (Task* other : list_entries<&Task::tasks>(&kernel_of(current).tasks)) {
        if (other == current || other->signal != current->signal || other->process == nullptr) {
            continue;
        }
        use(other);
    }
}

/// A thread with filters that the caller does not have; they could not be taken from it. 0: none.
int thread_apart(Task* current) {
    int pid = 0;
    for_each_other_thread(current, [&](const Task* other) {
        const Process& process = process_of(other);
        const SeccompFilter* f = process_of(current).seccomp;
        while (f != nullptr && f != process.seccomp) f = f->older;
        const bool apart = process.seccomp_mode == 1 || f != process.seccomp;
        if (apart && pid == 0) pid = pid_vnr(current, other->pid);
    });
    return pid;
}

/// All threads get what the caller has.
void synchronize(Task* current) {
    for_each_other_thread(current, [&](Task* other) {
        process_of(other).seccomp = process_of(current).seccomp;
        process_of(other).seccomp_mode = 2;
        process_of(other).no_new_privileges |= process_of(current).no_new_privileges;
        set_tsk_thread_flag(other, TIF_SECCOMP);
    });
}

/// 0, a negated errno, or with `all` the thread that stands in the way.
std::int64_t add_filter(Task* current, std::uint64_t address, bool all) {
    if (const std::int64_t failed = read_filter(current, address); failed != 0) return failed;
    if (const int apart = all ? thread_apart(current) : 0; apart != 0) return apart;
    add_draft(current);
    if (all) synchronize(current);
    return 0;
}

}  // namespace

std::int64_t set_seccomp_mode(Task* current, std::uint64_t mode, std::uint64_t filter) {
    Process& process = process_of(current);
    if (mode == 2) return add_filter(current, filter, false);
    if (mode != 1 || process.seccomp_mode == 2) return -K_EINVAL;
    process.seccomp_mode = 1;
    set_tsk_thread_flag(current, TIF_SECCOMP);
    return 0;
}

std::int64_t sys_seccomp(Task* current) {
    enum Operation : std::uint32_t { set_strict, set_filter, action_available };
    constexpr std::uint64_t all_threads = 1;
    constexpr std::uint64_t known_flags = 7;
    const std::uint64_t flags = current->regs.rsi();
    const std::uint64_t argument = current->regs.rdx();
    switch (static_cast<std::uint32_t>(current->regs.rdi())) {
        case set_strict:
            return flags != 0 || argument != 0 ? -K_EINVAL : set_seccomp_mode(current, 1, 0);
        case set_filter:
            if ((flags & ~known_flags) != 0) return -K_EINVAL;
            return add_filter(current, argument, (flags & all_threads) != 0);
        case action_available: {
            std::uint32_t action = 0;
            if (copy_from_user(current, &action, argument, sizeof action) != 0) return -K_EFAULT;
            constexpr std::uint32_t known[] = {kill_process, kill_thread, trap, fails,
                                               trace,        log,         allow};
            for (const std::uint32_t one : known) {
                if (action == one) return 0;
            }
            return -K_EOPNOTSUPP;
        }
        default:
            return -K_EINVAL;
    }
}

bool seccomp_allows(Task* current) {
    if ((current->ptrace.options & PTRACE_O_SUSPEND_SECCOMP) != 0) return true;
    if (process_of(current).seccomp_mode == 1) return strict_allows(current);
    return seccomp_filter_allows(current, false);
}

}  // namespace utsim
