// SPDX-License-Identifier: MIT
// The types of arguments, by the words that the table of calls (event/syscall_names.cpp) has for
// them. What a pointer leads to is read without asking whether the caller might: nothing happens to
// the caller by it. A new type is a function here and its row below.
#include "process/argument.hpp"

#include <algorithm>
#include <cstring>

#include "cpu/address_space.hpp"
#include "kernel/memory.hpp"

namespace utsim {

namespace {

constexpr std::size_t shown_of_data = 32;
constexpr std::size_t shown_of_path = 128;
constexpr std::size_t shown_of_list = 8;
constexpr std::uint64_t at_cwd = static_cast<std::uint64_t>(-100);

std::int64_t as_int(std::uint64_t value) { return static_cast<std::int32_t>(value); }

// --- numbers -----------------------------------------------------------------------------------

void write_int(ArgumentText& out, const Argument& a) { out.decimal(as_int(a.value())); }
void write_uint(ArgumentText& out, const Argument& a) { out.unsigned_decimal(a.value()); }
void write_offset(ArgumentText& out, const Argument& a) {
    out.decimal(static_cast<std::int64_t>(a.value()));
}
void write_hex(ArgumentText& out, const Argument& a) { out.hex(a.value()); }
void write_mode(ArgumentText& out, const Argument& a) { out.octal(a.value() & 0xffffffff); }
void write_address(ArgumentText& out, const Argument& a) { out.address(a.value()); }
void write_signal(ArgumentText& out, const Argument& a) { out.signal(a.value() & 0xffffffff); }
void write_directory(ArgumentText& out, const Argument& a) {
    if (as_int(a.value()) == as_int(at_cwd)) return out.text("AT_FDCWD");
    write_int(out, a);
}

// --- texts -------------------------------------------------------------------------------------

void write_string(ArgumentText& out, const Argument& a, std::uint64_t address, std::size_t shown) {
    char bytes[shown_of_path + 1];
    const std::size_t got = read_argument(a, address, bytes, shown + 1);
    if (got == 0) return out.address(address);
    const auto* zero = static_cast<const char*>(std::memchr(bytes, 0, got));
    const std::size_t size = zero != nullptr ? static_cast<std::size_t>(zero - bytes) : got;
    out.quoted({bytes, std::min(size, shown)}, zero == nullptr);
}

void write_data(ArgumentText& out, const Argument& a, std::uint64_t address, std::uint64_t size) {
    char bytes[shown_of_data];
    const std::size_t wanted = std::min<std::uint64_t>(size, sizeof bytes);
    const std::size_t got = read_argument(a, address, bytes, wanted);
    if (wanted != 0 && got == 0) return out.address(address);
    out.quoted({bytes, got}, size > got);
}

void write_path(ArgumentText& out, const Argument& a) {
    write_string(out, a, a.value(), shown_of_path);
}
void write_bytes(ArgumentText& out, const Argument& a) { write_data(out, a, a.value(), a.next()); }
void write_bytes_read(ArgumentText& out, const Argument& a) {
    write_data(out, a, a.value(), static_cast<std::uint64_t>(a.result));
}

void write_argv(ArgumentText& out, const Argument& a) {
    for (std::size_t i = 0;; ++i) {
        std::uint64_t text = 0;
        if (!read_struct(a, a.value() + i * 8, text)) return out.address(a.value());
        if (i == 0) out.text("[");
        if (text == 0) break;
        if (i != 0) out.text(", ");
        if (i == shown_of_list) {
            out.text("...");
            break;
        }
        write_string(out, a, text, shown_of_data);
    }
    out.text("]");
}

void write_environment(ArgumentText& out, const Argument& a) {
    std::uint64_t text = 0;
    std::uint64_t count = 0;
    constexpr std::uint64_t most = 4096;
    while (count < most && read_struct(a, a.value() + count * 8, text) && text != 0) ++count;
    out.address(a.value());
    if (a.value() == 0) return;
    out.text(" /* ");
    out.unsigned_decimal(count);
    out.text(count == 1 ? " var */" : " vars */");
}

/// As many structs as the next argument says.
template <typename T, typename Write>
void write_list(ArgumentText& out, const Argument& a, const Write& write) {
    T one{};
    out.text("[");
    for (std::uint64_t i = 0; i < a.next(); ++i) {
        if (i != 0) out.text(", ");
        if (i == shown_of_list || !read_struct(a, a.value() + i * sizeof one, one)) {
            out.text("...");
            break;
        }
        write(one);
    }
    out.text("]");
}

void write_vectors(ArgumentText& out, const Argument& a, std::uint64_t left, bool contents) {
    struct Vector {
        std::uint64_t base, size;
    };
    write_list<Vector>(out, a, [&](const Vector& one) {
        out.text("{iov_base=");
        if (contents) {
            write_data(out, a, one.base, std::min(one.size, left));
        } else {
            out.address(one.base);
        }
        left -= std::min(one.size, left);
        out.text(", iov_len=");
        out.unsigned_decimal(one.size);
        out.text("}");
    });
}

void write_iovec(ArgumentText& out, const Argument& a) {
    write_vectors(out, a, ~std::uint64_t{0}, true);
}
void write_iovec_read(ArgumentText& out, const Argument& a) {
    write_vectors(out, a, static_cast<std::uint64_t>(a.result), true);
}
void write_remote(ArgumentText& out, const Argument& a) { write_vectors(out, a, 0, false); }

// --- times -------------------------------------------------------------------------------------

void write_time(ArgumentText& out, std::int64_t seconds, std::int64_t rest, const char* unit) {
    out.text("{tv_sec=");
    out.decimal(seconds);
    out.text(unit);
    out.decimal(rest);
    out.text("}");
}

void write_timespec(ArgumentText& out, const Argument& a) {
    std::int64_t time[2];
    if (!read_struct(a, a.value(), time)) return out.address(a.value());
    write_time(out, time[0], time[1], ", tv_nsec=");
}

void write_timeval(ArgumentText& out, const Argument& a) {
    std::int64_t time[2];
    if (!read_struct(a, a.value(), time)) return out.address(a.value());
    write_time(out, time[0], time[1], ", tv_usec=");
}

void write_itimerval(ArgumentText& out, const Argument& a) {
    std::int64_t time[4];
    if (!read_struct(a, a.value(), time)) return out.address(a.value());
    out.text("{it_interval=");
    write_time(out, time[0], time[1], ", tv_usec=");
    out.text(", it_value=");
    write_time(out, time[2], time[3], ", tv_usec=");
    out.text("}");
}

// --- other structures --------------------------------------------------------------------------

void write_pipe(ArgumentText& out, const Argument& a) {
    std::int32_t ends[2];
    if (!read_struct(a, a.value(), ends)) return out.address(a.value());
    out.text("[");
    out.decimal(ends[0]);
    out.text(", ");
    out.decimal(ends[1]);
    out.text("]");
}

void write_number(ArgumentText& out, const Argument& a) {
    std::int32_t number = 0;
    if (!read_struct(a, a.value(), number)) return out.address(a.value());
    out.text("[");
    out.decimal(number);
    out.text("]");
}

void write_stat(ArgumentText& out, const Argument& a) {
    struct {
        std::uint64_t device, inode, links;
        std::uint32_t mode, uid, gid, pad;
        std::uint64_t rdev, size;
    } stat{};
    if (!read_struct(a, a.value(), stat)) return out.address(a.value());
    constexpr std::string_view kinds[] = {"0",        "S_IFIFO", "S_IFCHR", "3", "S_IFDIR", "5",
                                          "S_IFBLK",  "7",       "S_IFREG", "9", "S_IFLNK", "11",
                                          "S_IFSOCK", "13",      "14",      "15"};
    out.text("{st_mode=");
    out.text(kinds[stat.mode >> 12 & 0xf]);
    out.text("|");
    out.octal(stat.mode & 07777);
    out.text(", st_size=");
    out.unsigned_decimal(stat.size);
    out.text(", ...}");
}

void write_utsname(ArgumentText& out, const Argument& a) {
    constexpr std::size_t field = 65;
    out.text("{sysname=");
    write_string(out, a, a.value(), field - 1);
    out.text(", release=");
    write_string(out, a, a.value() + 2 * field, field - 1);
    out.text(", ...}");
}

void write_limit(ArgumentText& out, std::uint64_t limit) {
    if (limit == ~std::uint64_t{0}) return out.text("RLIM_INFINITY");
    out.unsigned_decimal(limit);
}

void write_rlimit(ArgumentText& out, const Argument& a) {
    std::uint64_t limits[2];
    if (!read_struct(a, a.value(), limits)) return out.address(a.value());
    out.text("{rlim_cur=");
    write_limit(out, limits[0]);
    out.text(", rlim_max=");
    write_limit(out, limits[1]);
    out.text("}");
}

void write_pollfd(ArgumentText& out, const Argument& a) {
    struct PollFd {
        std::int32_t fd;
        std::uint16_t events, revents;
    };
    write_list<PollFd>(out, a, [&](const PollFd& one) {
        out.text("{fd=");
        out.decimal(one.fd);
        out.text(", events=");
        write_argument_words(out, "poll", one.events);
        out.text("}");
    });
}

void write_fdset(ArgumentText& out, const Argument& a) {
    constexpr std::uint64_t most = 1024;
    std::uint64_t words[most / 64] = {};
    const std::uint64_t count = std::min(a.all[0] & 0xffffffff, most);
    const std::size_t bytes = (count + 63) / 64 * 8;
    if (a.value() == 0 || read_argument(a, a.value(), words, bytes) != bytes) {
        return out.address(a.value());
    }
    out.text("[");
    bool first = true;
    for (std::uint64_t fd = 0; fd < count; ++fd) {
        if ((words[fd / 64] >> fd % 64 & 1) == 0) continue;
        if (!first) out.text(" ");
        first = false;
        out.unsigned_decimal(fd);
    }
    out.text("]");
}

void write_fcntl_argument(ArgumentText& out, const Argument& a) {
    constexpr std::uint64_t set_descriptor = 2;
    constexpr std::uint64_t set_file = 4;
    const std::uint64_t command = a.all[1];
    if (command == set_descriptor) {
        write_argument_words(out, "descriptor", a.value());
    } else if (command == set_file) {
        write_argument_words(out, "open", a.value());
    } else {
        out.hex(a.value());
    }
}

void write_prctl_argument(ArgumentText& out, const Argument& a) {
    constexpr std::uint64_t set_death_signal = 1;
    constexpr std::uint64_t set_name = 15;
    if (a.all[0] == set_death_signal) return out.signal(a.value());
    if (a.all[0] == set_name) return write_path(out, a);
    out.hex(a.value());
}

struct Type {
    std::string_view name;
    void (*write)(ArgumentText& out, const Argument& argument);
};

constexpr Type types[] = {
    {"addr", write_address},
    {"argv", write_argv},
    {"at", write_directory},
    {"bytes", write_bytes},
    {">bytes", write_bytes_read},
    {"environment", write_environment},
    {"fcntl_argument", write_fcntl_argument},
    {"fd", write_int},
    {"fdset", write_fdset},
    {"hex", write_hex},
    {"id", write_int},
    {"int", write_int},
    {"iovec", write_iovec},
    {">iovec", write_iovec_read},
    {"itimerval", write_itimerval},
    {"mode", write_mode},
    {"open_mode", write_mode},
    {"number", write_number},
    {"off", write_offset},
    {"path", write_path},
    {"pid", write_int},
    {"pipe", write_pipe},
    {"pollfd", write_pollfd},
    {"prctl_argument", write_prctl_argument},
    {"ptrace_address", write_ptrace_address},
    {"ptrace_data", write_ptrace_data},
    {"remote", write_remote},
    {"rlimit", write_rlimit},
    {"sigaction", write_sigaction},
    {"siginfo", write_siginfo},
    {"signal", write_signal},
    {"sigset", write_sigset},
    {"size", write_uint},
    {"stack", write_stack},
    {"stat", write_stat},
    {"status", write_status},
    {"timespec", write_timespec},
    {"timeval", write_timeval},
    {"uint", write_uint},
    {"utsname", write_utsname},
};

void write_argument(ArgumentText& out, std::string_view type, const Argument& argument) {
    for (const std::string_view name : {type, type.substr(type[0] == '>' ? 1 : 0)}) {
        for (const Type& one : types) {
            if (one.name == name) return one.write(out, argument);
        }
    }
    if (!write_argument_words(out, type, argument.value())) out.hex(argument.value());
}

/// open() looks at its last argument only then.
bool creates(std::uint64_t open_flags) {
    constexpr std::uint64_t create = 0100;
    return (open_flags & create) != 0;
}

/// The words of a row of the table, one after the other; none when there are no more.
std::string_view next_type(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view type = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return type.empty() || type[0] == '=' ? std::string_view() : type;
}

}  // namespace

std::size_t read_argument(const Argument& argument, std::uint64_t address, void* out,
                          std::size_t n) {
    const Mm* mm = argument.task->mm;
    if (mm == nullptr || mm->space == nullptr || address == 0) return 0;
    return mm->space->read_force(address, out, n);
}

std::size_t write_arguments(const Task* current, std::int64_t nr, const std::int64_t* result,
                            char* out, std::size_t room) {
    const SyscallInfo* info = find_syscall(static_cast<int>(nr));
    if (info == nullptr) return 0;
    const cpu::Registers& r = current->regs;
    const std::uint64_t all[6] = {r.gpr[7], r.gpr[6], r.gpr[2], r.gpr[10], r.gpr[8], r.gpr[9]};
    ArgumentText text(out, room);
    std::string_view types_left = info->arguments;
    bool answered = false;
    std::size_t index = 0;
    for (std::string_view type = next_type(types_left); !type.empty();
         type = next_type(types_left), ++index) {
        const bool answers =
            type[0] == '>' || (type == "ptrace_data" && ptrace_writes_data(all[0]));
        answered = answered || answers;
        if (answered && result == nullptr) {
            text.text(index == 0 ? "..." : ", ...");
            break;
        }
        if (!answered && result != nullptr) continue;  // the beginning of the call has told it
        if (type == "open_mode" && !creates(all[index - 1])) break;
        if (text.size() != 0) text.text(", ");
        const Argument argument{current, all, index, result != nullptr ? *result : 0};
        // What a call that failed would have written is not there.
        const bool failed = answers && result != nullptr && *result < 0;
        write_argument(text, failed ? "addr" : type, argument);
    }
    return text.size();
}

}  // namespace utsim
