// SPDX-License-Identifier: MIT
// ptrace(2): what its third and fourth argument are depends on the first.
#include <algorithm>

#include "event/ptrace_requests.hpp"
#include "process/argument.hpp"

namespace utsim {

namespace {

/// CONT, DETACH and their like: the fourth argument is a signal.
bool lets_run(std::uint64_t request) {
    constexpr std::uint64_t all[] = {PTRACE_CONT,       PTRACE_SINGLESTEP, PTRACE_DETACH,
                                     PTRACE_SYSCALL,    PTRACE_SYSEMU,     PTRACE_SYSEMU_SINGLESTEP,
                                     PTRACE_SINGLEBLOCK};
    return std::find(std::begin(all), std::end(all), request) != std::end(all);
}

/// `struct user_regs_struct`.
constexpr std::string_view places[] = {"R15",     "R14",      "R13", "R12", "RBP",    "RBX", "R11",
                                       "R10",     "R9",       "R8",  "RAX", "RCX",    "RDX", "RSI",
                                       "RDI",     "ORIG_RAX", "RIP", "CS",  "EFLAGS", "RSP", "SS",
                                       "FS_BASE", "GS_BASE",  "DS",  "ES",  "FS",     "GS"};

void write_word(ArgumentText& out, const Argument& argument, bool in_hex) {
    std::uint64_t word = 0;
    if (read_argument(argument, argument.value(), &word, sizeof word) != sizeof word) {
        return out.address(argument.value());
    }
    out.text("[");
    in_hex ? out.hex(word) : out.unsigned_decimal(word);
    out.text("]");
}

void write_registers(ArgumentText& out, const Argument& argument) {
    std::uint64_t words[std::size(places)];
    if (read_argument(argument, argument.value(), words, sizeof words) != sizeof words) {
        return out.address(argument.value());
    }
    constexpr std::size_t shown[] = {16, 19, 10, 15, 14, 13, 12};
    constexpr std::string_view names[] = {
        "{rip=", ", rsp=", ", rax=", ", orig_rax=", ", rdi=", ", rsi=", ", rdx="};
    for (std::size_t i = 0; i < std::size(shown); ++i) {
        out.text(names[i]);
        out.hex(words[shown[i]]);
    }
    out.text(", ...}");
}

void write_call_info(ArgumentText& out, const Argument& argument) {
    struct {
        std::uint8_t op, pad[3];
        std::uint32_t arch;
        std::uint64_t ip, sp, value;
    } info{};
    static_assert(sizeof info == 32);
    if (read_argument(argument, argument.value(), &info, sizeof info) != sizeof info) {
        return out.address(argument.value());
    }
    constexpr std::string_view operations[] = {
        "{op=none", "{op=entry, nr=", "{op=exit, rval=", "{op=seccomp, nr="};
    const std::size_t operation = std::min<std::size_t>(info.op, std::size(operations) - 1);
    out.text(operations[operation]);
    if (operation != 0) out.decimal(static_cast<std::int64_t>(info.value));
    out.text(", ip=");
    out.hex(info.ip);
    out.text(", ...}");
}

}  // namespace

bool ptrace_writes_data(std::uint64_t request) {
    constexpr std::uint64_t all[] = {PTRACE_PEEKTEXT,   PTRACE_PEEKDATA,        PTRACE_PEEKUSER,
                                     PTRACE_GETREGS,    PTRACE_GETEVENTMSG,     PTRACE_GETSIGINFO,
                                     PTRACE_GETSIGMASK, PTRACE_GET_SYSCALL_INFO};
    return std::find(std::begin(all), std::end(all), request) != std::end(all);
}

void write_ptrace_address(ArgumentText& out, const Argument& argument) {
    const std::uint64_t request = argument.all[0];
    const std::uint64_t value = argument.value();
    switch (request) {
        case PTRACE_PEEKUSER:
        case PTRACE_POKEUSER:
            if (value % 8 == 0 && value / 8 < std::size(places)) {
                out.text("8*");
                return out.text(places[value / 8]);
            }
            return out.unsigned_decimal(value);
        case PTRACE_GETREGSET:
        case PTRACE_SETREGSET:
            write_argument_words(out, "note", value);
            return;
        case PTRACE_GETSIGMASK:
        case PTRACE_SETSIGMASK:
        case PTRACE_GET_SYSCALL_INFO:
            return out.unsigned_decimal(value);
        default:
            return out.address(value);
    }
}

void write_ptrace_data(ArgumentText& out, const Argument& argument) {
    const std::uint64_t request = argument.all[0];
    if (lets_run(request)) return out.signal(argument.value());
    switch (request) {
        case PTRACE_SETOPTIONS:
        case PTRACE_OLDSETOPTIONS:
        case PTRACE_SEIZE:
            write_argument_words(out, "ptrace_options", argument.value());
            return;
        case PTRACE_PEEKTEXT:
        case PTRACE_PEEKDATA:
        case PTRACE_PEEKUSER:
            return write_word(out, argument, true);
        case PTRACE_GETEVENTMSG:
            return write_word(out, argument, false);
        case PTRACE_GETSIGINFO:
        case PTRACE_SETSIGINFO:
            return write_siginfo(out, argument);
        case PTRACE_GETSIGMASK:
        case PTRACE_SETSIGMASK:
            return write_sigset(out, argument);
        case PTRACE_GETREGS:
        case PTRACE_SETREGS:
            return write_registers(out, argument);
        case PTRACE_GET_SYSCALL_INFO:
            return write_call_info(out, argument);
        default:
            return out.address(argument.value());
    }
}

}  // namespace utsim
