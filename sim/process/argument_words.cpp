// SPDX-License-Identifier: MIT
// The names that values of arguments have. A new type that is a name or a set of names is a table
// here, and its row in the list of types below.
#include "process/argument_text.hpp"

#include "event/ptrace_names.hpp"
#include "kernel/ptrace.hpp"
#include "process/ioctl.hpp"

namespace utsim {

namespace {

constexpr NamedValue access_words[] = {{"R_OK", 4}, {"W_OK", 2}, {"X_OK", 1}};
constexpr NamedValue arch_words[] = {{"ARCH_SET_GS", 0x1001},
                                     {"ARCH_SET_FS", 0x1002},
                                     {"ARCH_GET_FS", 0x1003},
                                     {"ARCH_GET_GS", 0x1004}};
constexpr NamedValue at_words[] = {{"AT_SYMLINK_NOFOLLOW", 0x100},
                                   {"AT_REMOVEDIR", 0x200},
                                   {"AT_SYMLINK_FOLLOW", 0x400},
                                   {"AT_NO_AUTOMOUNT", 0x800},
                                   {"AT_EMPTY_PATH", 0x1000}};
constexpr NamedValue clock_words[] = {
    {"CLOCK_REALTIME", 0},          {"CLOCK_MONOTONIC", 1},     {"CLOCK_PROCESS_CPUTIME_ID", 2},
    {"CLOCK_THREAD_CPUTIME_ID", 3}, {"CLOCK_MONOTONIC_RAW", 4}, {"CLOCK_REALTIME_COARSE", 5},
    {"CLOCK_MONOTONIC_COARSE", 6},  {"CLOCK_BOOTTIME", 7}};
constexpr NamedValue descriptor_words[] = {{"FD_CLOEXEC", 1}};
constexpr NamedValue fcntl_words[] = {{"F_DUPFD", 0},
                                      {"F_GETFD", 1},
                                      {"F_SETFD", 2},
                                      {"F_GETFL", 3},
                                      {"F_SETFL", 4},
                                      {"F_GETLK", 5},
                                      {"F_SETLK", 6},
                                      {"F_SETLKW", 7},
                                      {"F_SETOWN", 8},
                                      {"F_GETOWN", 9},
                                      {"F_SETSIG", 10},
                                      {"F_GETSIG", 11},
                                      {"F_DUPFD_CLOEXEC", 1030},
                                      {"F_SETPIPE_SZ", 1031},
                                      {"F_GETPIPE_SZ", 1032}};
constexpr NamedValue futex_words[] = {{"FUTEX_WAIT", 0},        {"FUTEX_WAKE", 1},
                                      {"FUTEX_REQUEUE", 3},     {"FUTEX_CMP_REQUEUE", 4},
                                      {"FUTEX_WAKE_OP", 5},     {"FUTEX_LOCK_PI", 6},
                                      {"FUTEX_UNLOCK_PI", 7},   {"FUTEX_TRYLOCK_PI", 8},
                                      {"FUTEX_WAIT_BITSET", 9}, {"FUTEX_WAKE_BITSET", 10}};
constexpr NamedValue how_words[] = {{"SIG_BLOCK", 0}, {"SIG_UNBLOCK", 1}, {"SIG_SETMASK", 2}};
constexpr NamedValue id_type_words[] = {{"P_ALL", 0}, {"P_PID", 1}, {"P_PGID", 2}, {"P_PIDFD", 3}};
constexpr NamedValue ioctl_words[] = {
    {"TCGETS", K_TCGETS},         {"TCSETS", K_TCSETS},         {"TCSETSW", K_TCSETSW},
    {"TCSETSF", K_TCSETSF},       {"TCSBRK", K_TCSBRK},         {"TCFLSH", K_TCFLSH},
    {"TIOCSCTTY", K_TIOCSCTTY},   {"TIOCGPGRP", K_TIOCGPGRP},   {"TIOCSPGRP", K_TIOCSPGRP},
    {"TIOCGWINSZ", K_TIOCGWINSZ}, {"TIOCSWINSZ", K_TIOCSWINSZ}, {"FIONREAD", K_FIONREAD},
    {"FIONBIO", K_FIONBIO},       {"TIOCNOTTY", K_TIOCNOTTY},   {"TIOCGSID", K_TIOCGSID},
    {"FIONCLEX", K_FIONCLEX},     {"FIOCLEX", K_FIOCLEX},       {"TIOCSPTLCK", K_TIOCSPTLCK},
    {"TIOCGPTN", K_TIOCGPTN},
};
constexpr NamedValue itimer_words[] = {{"ITIMER_REAL", 0},
                                       {"ITIMER_VIRTUAL", 1},
                                       {"ITIMER_PROF", 2}};
constexpr NamedValue madvise_words[] = {{"MADV_NORMAL", 0},     {"MADV_RANDOM", 1},
                                        {"MADV_SEQUENTIAL", 2}, {"MADV_WILLNEED", 3},
                                        {"MADV_DONTNEED", 4},   {"MADV_FREE", 8}};
constexpr NamedValue map_words[] = {
    {"MAP_SHARED", 1},        {"MAP_PRIVATE", 2},       {"MAP_FIXED", 0x10},
    {"MAP_ANONYMOUS", 0x20},  {"MAP_GROWSDOWN", 0x100}, {"MAP_NORESERVE", 0x4000},
    {"MAP_POPULATE", 0x8000}, {"MAP_STACK", 0x20000},   {"MAP_FIXED_NOREPLACE", 0x100000}};
constexpr NamedValue mremap_words[] = {{"MREMAP_MAYMOVE", 1},
                                       {"MREMAP_FIXED", 2},
                                       {"MREMAP_DONTUNMAP", 4}};
constexpr NamedValue note_words[] = {{"NT_PRSTATUS", 1},
                                     {"NT_PRFPREG", 2},
                                     {"NT_X86_XSTATE", 0x202}};
constexpr NamedValue open_words[] = {
    {"O_CREAT", 0100},        {"O_EXCL", 0200},        {"O_NOCTTY", 0400},
    {"O_TRUNC", 01000},       {"O_APPEND", 02000},     {"O_NONBLOCK", 04000},
    {"O_DSYNC", 010000},      {"O_DIRECT", 040000},    {"O_LARGEFILE", 0100000},
    {"O_DIRECTORY", 0200000}, {"O_NOFOLLOW", 0400000}, {"O_NOATIME", 01000000},
    {"O_CLOEXEC", 02000000},  {"O_PATH", 010000000}};
constexpr NamedValue poll_words[] = {{"POLLIN", 1},      {"POLLPRI", 2},       {"POLLOUT", 4},
                                     {"POLLERR", 8},     {"POLLHUP", 16},      {"POLLNVAL", 32},
                                     {"POLLRDNORM", 64}, {"POLLRDHUP", 0x2000}};
constexpr NamedValue prctl_words[] = {
    {"PR_SET_PDEATHSIG", 1},        {"PR_GET_PDEATHSIG", 2},     {"PR_GET_DUMPABLE", 3},
    {"PR_SET_DUMPABLE", 4},         {"PR_SET_NAME", 15},         {"PR_GET_NAME", 16},
    {"PR_GET_SECCOMP", 21},         {"PR_SET_SECCOMP", 22},      {"PR_SET_CHILD_SUBREAPER", 36},
    {"PR_GET_CHILD_SUBREAPER", 37}, {"PR_SET_NO_NEW_PRIVS", 38}, {"PR_GET_NO_NEW_PRIVS", 39},
    {"PR_SET_PTRACER", 0x59616d61}, {"PR_SET_VMA", 0x53564d41}};
constexpr NamedValue prot_words[] = {{"PROT_READ", 1}, {"PROT_WRITE", 2}, {"PROT_EXEC", 4}};
constexpr NamedValue option_words[] = {
    {"PTRACE_O_TRACESYSGOOD", PTRACE_O_TRACESYSGOOD},
    {"PTRACE_O_TRACEFORK", ptrace_option(PTRACE_EVENT_FORK)},
    {"PTRACE_O_TRACEVFORK", ptrace_option(PTRACE_EVENT_VFORK)},
    {"PTRACE_O_TRACECLONE", ptrace_option(PTRACE_EVENT_CLONE)},
    {"PTRACE_O_TRACEEXEC", ptrace_option(PTRACE_EVENT_EXEC)},
    {"PTRACE_O_TRACEVFORKDONE", ptrace_option(PTRACE_EVENT_VFORK_DONE)},
    {"PTRACE_O_TRACEEXIT", ptrace_option(PTRACE_EVENT_EXIT)},
    {"PTRACE_O_TRACESECCOMP", ptrace_option(PTRACE_EVENT_SECCOMP)},
    {"PTRACE_O_EXITKILL", PTRACE_O_EXITKILL},
    {"PTRACE_O_SUSPEND_SECCOMP", PTRACE_O_SUSPEND_SECCOMP}};
constexpr NamedValue random_words[] = {{"GRND_NONBLOCK", 1}, {"GRND_RANDOM", 2}};
constexpr NamedValue resource_words[] = {
    {"RLIMIT_CPU", 0},       {"RLIMIT_FSIZE", 1}, {"RLIMIT_DATA", 2},    {"RLIMIT_STACK", 3},
    {"RLIMIT_CORE", 4},      {"RLIMIT_RSS", 5},   {"RLIMIT_NPROC", 6},   {"RLIMIT_NOFILE", 7},
    {"RLIMIT_MEMLOCK", 8},   {"RLIMIT_AS", 9},    {"RLIMIT_LOCKS", 10},  {"RLIMIT_SIGPENDING", 11},
    {"RLIMIT_MSGQUEUE", 12}, {"RLIMIT_NICE", 13}, {"RLIMIT_RTPRIO", 14}, {"RLIMIT_RTTIME", 15}};
constexpr NamedValue sa_words[] = {{"SA_NOCLDSTOP", 1},        {"SA_NOCLDWAIT", 2},
                                   {"SA_SIGINFO", 4},          {"SA_RESTORER", 0x4000000},
                                   {"SA_ONSTACK", 0x8000000},  {"SA_RESTART", 0x10000000},
                                   {"SA_NODEFER", 0x40000000}, {"SA_RESETHAND", 0x80000000}};
constexpr NamedValue timer_words[] = {{"TIMER_ABSTIME", 1}};
constexpr NamedValue wait_words[] = {{"WNOHANG", 1},         {"WSTOPPED", 2},
                                     {"WEXITED", 4},         {"WCONTINUED", 8},
                                     {"WNOWAIT", 0x1000000}, {"__WNOTHREAD", 0x20000000},
                                     {"__WALL", 0x40000000}, {"__WCLONE", 0x80000000}};
constexpr NamedValue whence_words[] = {{"SEEK_SET", 0},
                                       {"SEEK_CUR", 1},
                                       {"SEEK_END", 2},
                                       {"SEEK_DATA", 3},
                                       {"SEEK_HOLE", 4}};

struct WordType {
    std::string_view name;
    Names words;
    bool is_set;
    std::string_view nothing;  ///< a set without members
};

constexpr WordType word_types[] = {
    {"access", access_words, true, "F_OK"},
    {"arch", arch_words, false, {}},
    {"at_flags", at_words, true, "0"},
    {"clock", clock_words, false, {}},
    {"descriptor", descriptor_words, true, "0"},
    {"descriptor_flags", open_words, true, "0"},
    {"fcntl", fcntl_words, false, {}},
    {"how", how_words, false, {}},
    {"id_type", id_type_words, false, {}},
    {"ioctl", ioctl_words, false, {}},
    {"itimer", itimer_words, false, {}},
    {"madvise", madvise_words, false, {}},
    {"map", map_words, true, "0"},
    {"mremap", mremap_words, true, "0"},
    {"note", note_words, false, {}},
    {"poll", poll_words, true, "0"},
    {"prctl", prctl_words, false, {}},
    {"prot", prot_words, true, "PROT_NONE"},
    {"ptrace_options", option_words, true, "0"},
    {"random", random_words, true, "0"},
    {"resource", resource_words, false, {}},
    {"sa_flags", sa_words, true, "0"},
    {"timer_flags", timer_words, true, "0"},
    {"wait", wait_words, true, "0"},
    {"whence", whence_words, false, {}},
};

/// The members of a set that have names, and what is left.
void write_set(ArgumentText& out, Names words, std::uint64_t bits, std::string_view nothing) {
    if (bits == 0) return out.text(nothing);
    bool first = true;
    for (const NamedValue& word : words) {
        const auto bit = static_cast<std::uint64_t>(word.value);
        if ((bits & bit) == 0) continue;
        bits &= ~bit;
        if (!first) out.text("|");
        first = false;
        out.text(word.name);
    }
    if (bits == 0) return;
    if (!first) out.text("|");
    out.hex(bits);
}

void write_open_flags(ArgumentText& out, std::uint64_t flags) {
    constexpr std::uint64_t mode_bits = 3;
    constexpr std::string_view modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
    out.text(modes[flags & mode_bits]);
    if ((flags & ~mode_bits) == 0) return;
    out.text("|");
    write_set(out, open_words, flags & ~mode_bits, {});
}

void write_clone_flags(ArgumentText& out, std::uint64_t flags) {
    constexpr std::uint64_t signal_bits = 0xff;
    const std::uint64_t signal = flags & signal_bits;
    if ((flags & ~signal_bits) != 0) write_set(out, clone_flag_names(), flags & ~signal_bits, {});
    if (signal == 0) return out.text((flags & ~signal_bits) == 0 ? "0" : "");
    if ((flags & ~signal_bits) != 0) out.text("|");
    out.signal(signal);
}

void write_futex_operation(ArgumentText& out, std::uint64_t operation) {
    constexpr std::uint64_t is_private = 128;
    constexpr std::uint64_t by_wall_clock = 256;
    const std::uint64_t command = operation & ~(is_private | by_wall_clock);
    const std::string_view name = name_of(futex_words, static_cast<std::int64_t>(command));
    if (name.empty()) return out.hex(operation);
    out.text(name);
    if ((operation & is_private) != 0) out.text("|FUTEX_PRIVATE_FLAG");
    if ((operation & by_wall_clock) != 0) out.text("|FUTEX_CLOCK_REALTIME");
}

void write_request(ArgumentText& out, std::uint64_t request) {
    const char* name = ptrace_request_name(request);
    if (name != nullptr) return out.text(name);
    out.hex(request);
}

}  // namespace

bool write_argument_words(ArgumentText& out, std::string_view type, std::uint64_t value) {
    if (type == "open") return write_open_flags(out, value), true;
    if (type == "clone") return write_clone_flags(out, value), true;
    if (type == "futex") return write_futex_operation(out, value & 0xffffffff), true;
    if (type == "ptrace") return write_request(out, value), true;
    for (const WordType& one : word_types) {
        if (one.name != type) continue;
        if (one.is_set) return write_set(out, one.words, value & 0xffffffff, one.nothing), true;
        const std::string_view name = name_of(one.words, static_cast<std::int64_t>(value));
        name.empty() ? out.hex(value) : out.text(name);
        return true;
    }
    return false;
}

}  // namespace utsim
