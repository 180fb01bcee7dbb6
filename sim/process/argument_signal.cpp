// SPDX-License-Identifier: MIT
// Arguments that are about signals and about waiting.
#include "event/ptrace_names.hpp"
#include "kernel/siginfo.hpp"
#include "process/argument.hpp"

namespace utsim {

namespace {

void write_signal_set(ArgumentText& out, std::uint64_t set) {
    int members = 0;
    for (std::uint64_t rest = set; rest != 0; rest &= rest - 1) ++members;
    const bool inverted = members > 32;
    if (inverted) set = ~set;
    out.text(inverted ? "~[" : "[");
    bool first = true;
    for (int signal = 1; signal <= 64; ++signal) {
        if ((set >> (signal - 1) & 1) == 0) continue;
        if (!first) out.text(" ");
        first = false;
        const std::string_view name = signal_name(signal);
        out.text(name.substr(name.substr(0, 3) == "SIG" ? 3 : 0));
    }
    out.text("]");
}

/// `SIGTRAP, PTRACE_EVENT_FORK`.
void write_stop(ArgumentText& out, std::uint32_t code) {
    char stop[128];
    const int size = write_ptrace_stop(stop, sizeof stop, static_cast<int>(code));
    out.text({stop, static_cast<std::size_t>(size)});
}

}  // namespace

void write_sigaction(ArgumentText& out, const Argument& a) {
    struct {
        std::uint64_t handler, flags, restorer, mask;
    } action{};
    if (!read_struct(a, a.value(), action)) return out.address(a.value());
    out.text("{sa_handler=");
    if (action.handler > 1) {
        out.hex(action.handler);
    } else {
        out.text(action.handler == 0 ? "SIG_DFL" : "SIG_IGN");
    }
    out.text(", sa_mask=");
    write_signal_set(out, action.mask);
    out.text(", sa_flags=");
    write_argument_words(out, "sa_flags", action.flags);
    out.text("}");
}

void write_stack(ArgumentText& out, const Argument& a) {
    struct {
        std::uint64_t sp;
        std::uint32_t flags, pad;
        std::uint64_t size;
    } stack{};
    if (!read_struct(a, a.value(), stack)) return out.address(a.value());
    out.text("{ss_sp=");
    out.address(stack.sp);
    out.text(", ss_flags=");
    out.hex(stack.flags);
    out.text(", ss_size=");
    out.unsigned_decimal(stack.size);
    out.text("}");
}

void write_status(ArgumentText& out, const Argument& a) {
    std::uint32_t status = 0;
    if (a.result == 0 || !read_struct(a, a.value(), status)) return out.address(a.value());
    constexpr std::uint32_t stopped = 0x7f;
    constexpr std::uint32_t continued = 0xffff;
    if (status == continued) return out.text("[continued]");
    const std::uint32_t low = status & 0x7f;
    if (low == stopped) {
        out.text("[stopped by ");
        write_stop(out, status >> 8);
    } else if (low != 0) {
        out.text("[killed by ");
        out.signal(low);
        if ((status & 0x80) != 0) out.text(", core");
    } else {
        out.text("[exited ");
        out.unsigned_decimal(status >> 8 & 0xff);
    }
    out.text("]");
}

void write_siginfo(ArgumentText& out, const Argument& a) {
    UserSigInfo info;
    if (!read_struct(a, a.value(), info)) return out.address(a.value());
    if (info.signo == 0) return out.text("{}");
    out.text("{si_signo=");
    out.signal(static_cast<std::uint64_t>(info.signo));
    out.text(", si_code=");
    const bool of_child = info.signo == K_SIGCHLD;
    const bool of_stop = (info.code & 0xff) == K_SIGTRAP && info.code > K_SIGTRAP;
    const std::string_view code = si_code_name(info.signo, info.code);
    if (of_stop) {
        write_stop(out, static_cast<std::uint32_t>(info.code));
    } else if (code.empty()) {
        out.hex(static_cast<std::uint32_t>(info.code));
    } else {
        out.text(code);
    }
    const bool sent = info.code <= 0 || of_child || of_stop;
    if (sent) {
        out.text(", si_pid=");
        out.decimal(static_cast<std::int32_t>(info.origin));
        out.text(", si_uid=");
        out.unsigned_decimal(info.origin >> 32);
    } else if (info.code != K_SI_KERNEL) {
        out.text(", si_addr=");
        out.address(info.origin);
    }
    if (of_child) {
        out.text(", si_status=");
        constexpr int exited = 1;
        const auto status = static_cast<std::uint32_t>(info.value);
        if (info.code == exited) {
            out.unsigned_decimal(status);
        } else {
            write_stop(out, status);
        }
    }
    out.text("}");
}

void write_sigset(ArgumentText& out, const Argument& a) {
    std::uint64_t set = 0;
    if (!read_struct(a, a.value(), set)) return out.address(a.value());
    write_signal_set(out, set);
}

}  // namespace utsim
