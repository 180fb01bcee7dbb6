// SPDX-License-Identifier: MIT
// The tables behind the names. Numbers that users know from Linux are spelt out here and not taken
// from the host's headers: the guest is x86-64 Linux on any host.
#include "event/names.hpp"

#include <algorithm>

#include <utsim/utrace.hpp>

#include "event/event.hpp"

namespace utsim {

namespace {

constexpr NamedValue resume_actions[] = {
    {"UTRACE_STOP", UTRACE_STOP},           {"UTRACE_INTERRUPT", UTRACE_INTERRUPT},
    {"UTRACE_REPORT", UTRACE_REPORT},       {"UTRACE_SINGLESTEP", UTRACE_SINGLESTEP},
    {"UTRACE_BLOCKSTEP", UTRACE_BLOCKSTEP}, {"UTRACE_RESUME", UTRACE_RESUME},
    {"UTRACE_DETACH", UTRACE_DETACH},
};

constexpr NamedValue signal_actions[] = {
    {"UTRACE_SIGNAL_DELIVER", UTRACE_SIGNAL_DELIVER},
    {"UTRACE_SIGNAL_IGN", UTRACE_SIGNAL_IGN},
    {"UTRACE_SIGNAL_TERM", UTRACE_SIGNAL_TERM},
    {"UTRACE_SIGNAL_CORE", UTRACE_SIGNAL_CORE},
    {"UTRACE_SIGNAL_STOP", UTRACE_SIGNAL_STOP},
    {"UTRACE_SIGNAL_TSTP", UTRACE_SIGNAL_TSTP},
    {"UTRACE_SIGNAL_REPORT", UTRACE_SIGNAL_REPORT},
    {"UTRACE_SIGNAL_HANDLER", UTRACE_SIGNAL_HANDLER},
};

constexpr NamedValue syscall_actions[] = {
    {"UTRACE_SYSCALL_RUN", UTRACE_SYSCALL_RUN},
    {"UTRACE_SYSCALL_ABORT", UTRACE_SYSCALL_ABORT},
};

constexpr NamedValue events[] = {
    {"QUIESCE", 1 << EVENT_QUIESCE},
    {"REAP", 1 << EVENT_REAP},
    {"CLONE", 1 << EVENT_CLONE},
    {"EXEC", 1 << EVENT_EXEC},
    {"EXIT", 1 << EVENT_EXIT},
    {"DEATH", 1 << EVENT_DEATH},
    {"SYSCALL_ENTRY", 1 << EVENT_SYSCALL_ENTRY},
    {"SYSCALL_EXIT", 1 << EVENT_SYSCALL_EXIT},
    {"SIGNAL", 1 << EVENT_SIGNAL},
    {"SIGNAL_IGN", 1 << EVENT_SIGNAL_IGN},
    {"SIGNAL_STOP", 1 << EVENT_SIGNAL_STOP},
    {"SIGNAL_TERM", 1 << EVENT_SIGNAL_TERM},
    {"SIGNAL_CORE", 1 << EVENT_SIGNAL_CORE},
    {"JCTL", 1 << EVENT_JCTL},
    {"ENGINE_STOP", 1 << UTRACE_NEVENTS},
};

constexpr NamedValue attach_flags[] = {
    {"UTRACE_ATTACH_MATCH_OPS", UTRACE_ATTACH_MATCH_OPS},
    {"UTRACE_ATTACH_MATCH_DATA", UTRACE_ATTACH_MATCH_DATA},
    {"UTRACE_ATTACH_CREATE", UTRACE_ATTACH_CREATE},
    {"UTRACE_ATTACH_EXCLUSIVE", UTRACE_ATTACH_EXCLUSIVE},
};

template <typename Enum>
constexpr std::int64_t number(Enum value) {
    return static_cast<std::int64_t>(value);
}

constexpr NamedValue api_calls[] = {
    {"utrace_attach_task", number(ApiCall::attach)},
    {"lookup", number(ApiCall::lookup)},
    {"utrace_set_events", number(ApiCall::set_events)},
    {"utrace_control", number(ApiCall::control)},
    {"utrace_barrier", number(ApiCall::barrier)},
    {"utrace_prepare_examine", number(ApiCall::prepare_examine)},
    {"utrace_finish_examine", number(ApiCall::finish_examine)},
    {"utrace_engine_get", number(ApiCall::get)},
    {"utrace_engine_put", number(ApiCall::put)},
    {"kill", number(ApiCall::kill)},
    {"wake", number(ApiCall::wake)},
    {"page_out", number(ApiCall::page_out)},
    {"reap", number(ApiCall::reap)},
    {"set_regs", number(ApiCall::set_regs)},
    {"get_regs", number(ApiCall::get_regs)},
    {"state", number(ApiCall::state)},
};

constexpr NamedValue callbacks[] = {
    {"report_quiesce", number(CallbackKind::quiesce)},
    {"report_signal", number(CallbackKind::signal)},
    {"report_clone", number(CallbackKind::clone)},
    {"report_jctl", number(CallbackKind::jctl)},
    {"report_exec", number(CallbackKind::exec)},
    {"report_syscall_entry", number(CallbackKind::syscall_entry)},
    {"report_syscall_exit", number(CallbackKind::syscall_exit)},
    {"report_exit", number(CallbackKind::exit)},
    {"report_death", number(CallbackKind::death)},
    {"report_reap", number(CallbackKind::reap)},
    {"release", number(CallbackKind::release)},
};

constexpr NamedValue task_states[] = {
    {"TASK_RUNNING", 0},  {"TASK_INTERRUPTIBLE", 1}, {"TASK_UNINTERRUPTIBLE", 2},
    {"TASK_DEAD", 64},    {"TASK_KILLABLE", 130},    {"TASK_STOPPED", 132},
    {"TASK_TRACED", 136},
};

constexpr NamedValue state_bits[] = {
    {"TASK_INTERRUPTIBLE", 1}, {"TASK_UNINTERRUPTIBLE", 2}, {"__TASK_STOPPED", 4},
    {"__TASK_TRACED", 8},      {"TASK_DEAD", 64},           {"TASK_WAKEKILL", 128},
    {"TASK_WAKING", 256},
};

constexpr NamedValue exit_states[] = {{"EXIT_ZOMBIE", 16}, {"EXIT_DEAD", 32}};

constexpr NamedValue clds[] = {
    {"CLD_EXITED", CLD_EXITED_},   {"CLD_KILLED", CLD_KILLED_},   {"CLD_DUMPED", CLD_DUMPED_},
    {"CLD_TRAPPED", CLD_TRAPPED_}, {"CLD_STOPPED", CLD_STOPPED_}, {"CLD_CONTINUED", CLD_CONTINUED_},
};

constexpr NamedValue step_switches[] = {
    {"user_enable_single_step", number(StepSwitch::enable_single)},
    {"user_enable_block_step", number(StepSwitch::enable_block)},
    {"user_disable_single_step", number(StepSwitch::disable)},
};

constexpr NamedValue return_paths[] = {
    {"sys", number(ReturnPath::sys)},   {"irq", number(ReturnPath::irq)},
    {"trap", number(ReturnPath::trap)}, {"fault", number(ReturnPath::fault)},
    {"fork", number(ReturnPath::fork)},
};

constexpr NamedValue clone_flags[] = {
    {"CLONE_VM", 0x100},
    {"CLONE_FS", 0x200},
    {"CLONE_FILES", 0x400},
    {"CLONE_SIGHAND", 0x800},
    {"CLONE_PTRACE", 0x2000},
    {"CLONE_VFORK", 0x4000},
    {"CLONE_PARENT", 0x8000},
    {"CLONE_THREAD", 0x10000},
    {"CLONE_NEWNS", 0x20000},
    {"CLONE_SYSVSEM", 0x40000},
    {"CLONE_SETTLS", 0x80000},
    {"CLONE_PARENT_SETTID", 0x100000},
    {"CLONE_CHILD_CLEARTID", 0x200000},
    {"CLONE_DETACHED", 0x400000},
    {"CLONE_UNTRACED", 0x800000},
    {"CLONE_CHILD_SETTID", 0x1000000},
    {"CLONE_NEWUTS", 0x4000000},
    {"CLONE_NEWIPC", 0x8000000},
    {"CLONE_NEWUSER", 0x10000000},
    {"CLONE_NEWPID", 0x20000000},
    {"CLONE_NEWNET", 0x40000000},
};

constexpr NamedValue signals[] = {
    {"SIGHUP", 1},       {"SIGINT", 2},       {"SIGQUIT", 3},      {"SIGILL", 4},
    {"SIGTRAP", 5},      {"SIGABRT", 6},      {"SIGBUS", 7},       {"SIGFPE", 8},
    {"SIGKILL", 9},      {"SIGUSR1", 10},     {"SIGSEGV", 11},     {"SIGUSR2", 12},
    {"SIGPIPE", 13},     {"SIGALRM", 14},     {"SIGTERM", 15},     {"SIGSTKFLT", 16},
    {"SIGCHLD", 17},     {"SIGCONT", 18},     {"SIGSTOP", 19},     {"SIGTSTP", 20},
    {"SIGTTIN", 21},     {"SIGTTOU", 22},     {"SIGURG", 23},      {"SIGXCPU", 24},
    {"SIGXFSZ", 25},     {"SIGVTALRM", 26},   {"SIGPROF", 27},     {"SIGWINCH", 28},
    {"SIGIO", 29},       {"SIGPWR", 30},      {"SIGSYS", 31},      {"SIGRTMIN", 32},
    {"SIGRTMIN+1", 33},  {"SIGRTMIN+2", 34},  {"SIGRTMIN+3", 35},  {"SIGRTMIN+4", 36},
    {"SIGRTMIN+5", 37},  {"SIGRTMIN+6", 38},  {"SIGRTMIN+7", 39},  {"SIGRTMIN+8", 40},
    {"SIGRTMIN+9", 41},  {"SIGRTMIN+10", 42}, {"SIGRTMIN+11", 43}, {"SIGRTMIN+12", 44},
    {"SIGRTMIN+13", 45}, {"SIGRTMIN+14", 46}, {"SIGRTMIN+15", 47}, {"SIGRTMIN+16", 48},
    {"SIGRTMIN+17", 49}, {"SIGRTMIN+18", 50}, {"SIGRTMIN+19", 51}, {"SIGRTMIN+20", 52},
    {"SIGRTMIN+21", 53}, {"SIGRTMIN+22", 54}, {"SIGRTMIN+23", 55}, {"SIGRTMIN+24", 56},
    {"SIGRTMIN+25", 57}, {"SIGRTMIN+26", 58}, {"SIGRTMIN+27", 59}, {"SIGRTMIN+28", 60},
    {"SIGRTMIN+29", 61}, {"SIGRTMIN+30", 62}, {"SIGRTMIN+31", 63}, {"SIGRTMIN+32", 64},
};

constexpr NamedValue results[] = {
    {"-EPERM", -K_EPERM},
    {"-ENOENT", -K_ENOENT},
    {"-ESRCH", -K_ESRCH},
    {"-EINTR", -K_EINTR},
    {"-EIO", -K_EIO},
    {"-ENXIO", -K_ENXIO},
    {"-E2BIG", -K_E2BIG},
    {"-ENOEXEC", -K_ENOEXEC},
    {"-EBADF", -K_EBADF},
    {"-ECHILD", -K_ECHILD},
    {"-EAGAIN", -K_EAGAIN},
    {"-ENOMEM", -K_ENOMEM},
    {"-EACCES", -K_EACCES},
    {"-EFAULT", -K_EFAULT},
    {"-EBUSY", -K_EBUSY},
    {"-EEXIST", -K_EEXIST},
    {"-EXDEV", -K_EXDEV},
    {"-ENODEV", -K_ENODEV},
    {"-ENOTDIR", -K_ENOTDIR},
    {"-EISDIR", -K_EISDIR},
    {"-EINVAL", -K_EINVAL},
    {"-ENFILE", -K_ENFILE},
    {"-EMFILE", -K_EMFILE},
    {"-ENOTTY", -K_ENOTTY},
    {"-EFBIG", -K_EFBIG},
    {"-ENOSPC", -K_ENOSPC},
    {"-ESPIPE", -K_ESPIPE},
    {"-EROFS", -K_EROFS},
    {"-EMLINK", -K_EMLINK},
    {"-EPIPE", -K_EPIPE},
    {"-ERANGE", -K_ERANGE},
    {"-ENAMETOOLONG", -K_ENAMETOOLONG},
    {"-ENOSYS", -K_ENOSYS},
    {"-ENOTEMPTY", -K_ENOTEMPTY},
    {"-ELOOP", -K_ELOOP},
    {"-EOVERFLOW", -K_EOVERFLOW},
    {"-ENOTSOCK", -K_ENOTSOCK},
    {"-EAFNOSUPPORT", -K_EAFNOSUPPORT},
    {"-EMSGSIZE", -90},  // those of sockets: process/socket.hpp
    {"-ENOPROTOOPT", -92},
    {"-EPROTONOSUPPORT", -93},
    {"-ESOCKTNOSUPPORT", -94},
    {"-EOPNOTSUPP", -K_EOPNOTSUPP},
    {"-ECONNRESET", -104},
    {"-ENOBUFS", -105},
    {"-EISCONN", -106},
    {"-ENOTCONN", -107},
    {"-ETIMEDOUT", -K_ETIMEDOUT},
    {"-ECONNREFUSED", -111},
    {"-EALREADY", -K_EALREADY},
    {"-EINPROGRESS", -K_EINPROGRESS},
    {"-ERESTARTSYS", -K_ERESTARTSYS},
    {"-ERESTARTNOINTR", -K_ERESTARTNOINTR},
    {"-ERESTARTNOHAND", -K_ERESTARTNOHAND},
    {"-ERESTART_RESTARTBLOCK", -K_ERESTART_RESTARTBLOCK},
};

constexpr NamedValue registers[] = {
    {"rax", 0},       {"rcx", 1},      {"rdx", 2},      {"rbx", 3},  {"rsp", 4},  {"rbp", 5},
    {"rsi", 6},       {"rdi", 7},      {"r8", 8},       {"r9", 9},   {"r10", 10}, {"r11", 11},
    {"r12", 12},      {"r13", 13},     {"r14", 14},     {"r15", 15}, {"rip", 16}, {"rflags", 17},
    {"orig_rax", 18}, {"fs_base", 19}, {"gs_base", 20},
};

constexpr NamedValue dispositions[] = {{"none", -1},
                                       {"SIG_DFL", 0},
                                       {"SIG_IGN", 1},
                                       {"handler", 2}};

constexpr NamedValue user_codes[] = {{"SI_USER", 0}, {"SI_KERNEL", 0x80}, {"SI_TKILL", -6}};
constexpr NamedValue ill_codes[] = {{"ILL_ILLOPN", 2}, {"ILL_PRVOPC", 5}};
constexpr NamedValue fpe_codes[] = {{"FPE_INTDIV", 1}, {"FPE_INTOVF", 2}};
constexpr NamedValue segv_codes[] = {{"SEGV_MAPERR", 1}, {"SEGV_ACCERR", 2}};
constexpr NamedValue bus_codes[] = {{"BUS_ADRALN", 1}, {"BUS_ADRERR", 2}};
constexpr NamedValue trap_codes[] = {{"TRAP_BRKPT", 1},
                                     {"TRAP_TRACE", 2},
                                     {"TRAP_BRANCH", 3},
                                     {"TRAP_HWBKPT", 4}};

constexpr Names code_tables[] = {user_codes, ill_codes,  fpe_codes, segv_codes,
                                 bus_codes,  trap_codes, clds};

Names code_names(std::int64_t signal) {
    switch (signal) {
        case 4:
            return ill_codes;
        case 5:
            return trap_codes;
        case 7:
            return bus_codes;
        case 8:
            return fpe_codes;
        case 11:
            return segv_codes;
        case 17:
            return clds;
        default:
            return {};
    }
}

}  // namespace

std::string_view name_of(Names names, std::int64_t value) {
    for (const NamedValue& entry : names) {
        if (entry.value == value) return entry.name;
    }
    return {};
}

const NamedValue* find_name(Names names, std::string_view name) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const NamedValue& entry) { return entry.name == name; });
    return found != names.end() ? &*found : nullptr;
}

Names resume_action_names() { return resume_actions; }
Names signal_action_names() { return signal_actions; }
Names syscall_action_names() { return syscall_actions; }
Names event_names() { return events; }
Names attach_flag_names() { return attach_flags; }
Names api_call_names() { return api_calls; }
Names callback_names() { return callbacks; }
Names task_state_names() { return task_states; }
Names task_state_bits() { return state_bits; }
Names exit_state_names() { return exit_states; }
Names cld_names() { return clds; }
Names step_switch_names() { return step_switches; }
Names return_path_names() { return return_paths; }
Names clone_flag_names() { return clone_flags; }
Names signal_names() { return signals; }
Names result_names() { return results; }
Names register_names() { return registers; }
Names disposition_names() { return dispositions; }
std::span<const Names> si_code_tables() { return code_tables; }

// The tables hold string literals, so their views end in a zero.
const char* signal_name(int signal) {
    const std::string_view name = name_of(signals, signal);
    return name.empty() ? nullptr : name.data();
}

const char* errno_name(int number) {
    const std::string_view name = name_of(results, -std::int64_t{number});
    return name.empty() ? nullptr : name.data() + 1;
}

std::string_view si_code_name(std::int64_t signal, std::int64_t code) {
    const std::string_view user = name_of(user_codes, code);
    return user.empty() ? name_of(code_names(signal), code) : user;
}

const NamedValue* find_si_code(std::int64_t signal, std::string_view name) {
    const NamedValue* user = find_name(user_codes, name);
    return user != nullptr ? user : find_name(code_names(signal), name);
}

}  // namespace utsim
