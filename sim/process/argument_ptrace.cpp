// SPDX-License-Identifier: MIT
// ptrace(2): what its third and fourth argument are depends on the first.
#include <algorithm>
#include <cstring>

#include "event/ptrace_names.hpp"
#include "process/argument.hpp"

namespace utsim {

namespace {

enum Request : std::uint64_t {
    peek_text = 1,
    peek_data = 2,
    peek_user = 3,
    poke_text = 4,
    poke_data = 5,
    poke_user = 6,
    get_registers = 12,
    set_registers = 13,
    set_options_of_old = 21,
    set_options = 0x4200,
    get_message = 0x4201,
    get_siginfo = 0x4202,
    set_siginfo = 0x4203,
    get_set = 0x4204,
    set_set = 0x4205,
    seize = 0x4206,
    get_mask = 0x420a,
    set_mask = 0x420b,
    call_info = 0x420e,
};

/// CONT, DETACH and their like: the fourth argument is a signal.
bool lets_run(std::uint64_t request) {
    constexpr std::uint64_t all[] = {7, 9, 17, 24, 31, 32, 33};
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
    constexpr std::uint64_t all[] = {peek_text,   peek_data,   peek_user, get_registers,
                                     get_message, get_siginfo, get_mask,  call_info};
    return std::find(std::begin(all), std::end(all), request) != std::end(all);
}

void write_ptrace_address(ArgumentText& out, const Argument& argument) {
    const std::uint64_t request = argument.all[0];
    const std::uint64_t value = argument.value();
    switch (request) {
        case peek_user:
        case poke_user:
            if (value % 8 == 0 && value / 8 < std::size(places)) {
                out.text("8*");
                return out.text(places[value / 8]);
            }
            return out.unsigned_decimal(value);
        case get_set:
        case set_set:
            write_argument_words(out, "note", value);
            return;
        case get_mask:
        case set_mask:
        case call_info:
            return out.unsigned_decimal(value);
        default:
            return out.address(value);
    }
}

void write_ptrace_data(ArgumentText& out, const Argument& argument) {
    const std::uint64_t request = argument.all[0];
    if (lets_run(request)) return out.signal(argument.value());
    switch (request) {
        case set_options:
        case set_options_of_old:
        case seize:
            write_argument_words(out, "ptrace_options", argument.value());
            return;
        case peek_text:
        case peek_data:
        case peek_user:
            return write_word(out, argument, true);
        case get_message:
            return write_word(out, argument, false);
        case get_siginfo:
        case set_siginfo:
            return write_siginfo(out, argument);
        case get_mask:
        case set_mask:
            return write_sigset(out, argument);
        case get_registers:
        case set_registers:
            return write_registers(out, argument);
        case call_info:
            return write_call_info(out, argument);
        default:
            return out.address(argument.value());
    }
}

}  // namespace utsim
