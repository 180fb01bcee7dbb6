// SPDX-License-Identifier: MIT
// The grammar of strace as far as it goes: `name(args) = result`, `--- SIGNAL {...} ---` for what
// happens to a task, `+++ exited with N +++` for its end. Engines speak with `=>` before them.
#include "trace/event_text.hpp"

#include "cpu/disassembler.hpp"
#include "event/names.hpp"
#include "event/ptrace_names.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

/// Reads fields by position and prints them; all the sentences below are made with it.
class Words {
public:
    Words(const Event& event, const TraceNames& names) : event_(event), names_(names) {}

    std::int64_t number(std::size_t field) const { return event_.value[field]; }
    bool flag(std::size_t field) const { return number(field) != 0; }
    std::uint64_t bits(std::size_t field) const {
        return static_cast<std::uint64_t>(number(field));
    }
    /// The field's word, or its number.
    std::string word(std::size_t field) const {
        const FieldContext context{event_.kind, field, event_.value.data()};
        std::string out;
        if (is_nobody(format_of(context), number(field))) return "nobody";
        if (!append_symbol(out, context, number(field), names_)) append_decimal(out, number(field));
        return out;
    }
    std::string engine(std::size_t field) const {
        return engine_text(EngineId{static_cast<std::uint32_t>(number(field))}, names_);
    }
    /// A callback's word without the `UTRACE_` that everybody knows.
    std::string action(std::size_t field, CallbackKind kind) const {
        std::string full;
        append_callback_word(full, kind, bits(field));
        return without_prefixes(full);
    }
    /// The event is about another task than the one that caused it.
    bool foreign(std::size_t field) const {
        const auto id = TaskId{static_cast<std::uint32_t>(number(field))};
        return !event_.actor.valid() || names_.task(id) != names_.actor(event_.actor);
    }
    /// `victim: ` when the event is about another task.
    std::string whose(std::size_t field) const { return foreign(field) ? word(field) + ": " : ""; }

private:
    const Event& event_;
    const TraceNames& names_;
};

EventText line(Ink ink, std::string text) {
    return {CallEdge::none, ink, {}, std::move(text), {}, {}};
}

std::string quoted(std::string_view text) {
    constexpr std::size_t shown = 64;
    const std::string_view start = text.substr(0, shown);
    std::string out;
    if (is_utf8(start)) {
        append_json_string(out, start);
    } else {
        out += "0x";
        append_hex_bytes(out, start);
    }
    if (text.size() > shown) out += "...";
    return out;
}

/// An argument of a system call: nobody knows its type, so small numbers are decimal.
constexpr std::int64_t nr_ptrace = 101;

std::string argument_text(std::uint64_t value) {
    std::string out;
    const auto number = static_cast<std::int64_t>(value);
    if (number > -4096 && number < 4096) {
        append_decimal(out, number);
    } else {
        append_hex(out, value);
    }
    return out;
}

// --- calls -------------------------------------------------------------------------------------

EventText api_text(const Words& words, CallEdge edge) {
    const auto call = static_cast<ApiCall>(words.number(0));
    EventText out{edge, Ink::call, words.word(0), {}, {}, {}};
    if (call == ApiCall::lookup) out.name = "utrace_attach_task";
    out.text = out.name + "(" + words.word(1);
    const bool attaches = call == ApiCall::attach || call == ApiCall::lookup;
    if (words.number(2) != 0xffffffff && !attaches) out.text += ", " + words.engine(2);
    if (call == ApiCall::control || call == ApiCall::kill) out.text += ", " + words.word(3);
    if (call == ApiCall::set_events || attaches) out.text += ", " + words.word(4);
    if (edge != CallEdge::closes) return out;
    out.result = attaches && words.number(5) == 0 && words.number(2) != 0xffffffff ? words.engine(2)
                                                                                   : words.word(5);
    return out;
}

std::string callback_arguments(const Words& words, CallbackKind kind) {
    const auto argument = [&](std::size_t index) { return words.word(5 + index); };
    switch (kind) {
        case CallbackKind::quiesce:
            return ", event=" + words.word(4);
        case CallbackKind::signal: {
            std::string out = ", " + argument(0);
            if (words.number(5) != 0) out += " {" + argument(1) + "}";
            if (words.number(7) > 1) out += ", a handler";
            return out;
        }
        case CallbackKind::clone:
            return ", " + argument(0) + ", " + argument(1);
        case CallbackKind::jctl:
            return ", " + argument(0) + ", notify=" + argument(1);
        case CallbackKind::syscall_entry:
            return ", " + argument(0);
        case CallbackKind::syscall_exit:
            return ", " + argument(0) + " = " + argument(1);
        case CallbackKind::exit:
            return ", code=" + argument(1);
        case CallbackKind::death:
            return std::string(words.flag(5) ? ", last of its group" : "") + ", " + argument(1);
        default:
            return "";
    }
}

EventText callback_text(const Words& words, CallEdge edge) {
    const auto kind = static_cast<CallbackKind>(words.number(2));
    EventText out{edge, Ink::callback, words.engine(1) + " " + words.word(2), {}, {}, {}};
    out.text = "=> " + out.name + "(";
    if (edge == CallEdge::closes) {
        out.result = words.action(3, kind);
        return out;
    }
    if (kind != CallbackKind::reap && kind != CallbackKind::death)
        out.text += words.action(3, kind);
    std::string arguments = callback_arguments(words, kind);
    if (out.text.back() == '(' && arguments.size() > 2) arguments.erase(0, 2);
    out.text += arguments;
    return out;
}

/// Some calls answer with an address or a mode.
std::string syscall_result(const Words& words, const SyscallInfo* info) {
    const std::string_view types = info != nullptr ? info->arguments : std::string_view();
    const std::size_t type = types.find('=');
    if (type == std::string_view::npos || words.number(2) < 0) return words.word(2);
    std::string out;
    if (types.substr(type) == "=mode") {
        out = "0";
        for (int shift = 6; shift >= 0; shift -= 3) {
            out += static_cast<char>('0' + (words.number(2) >> shift & 7));
        }
        return out;
    }
    append_hex(out, words.bits(2));
    return out;
}

/// Those that a call begins with; `...` stands for what comes when it is over.
std::string begun_arguments(std::string_view text) {
    constexpr std::string_view more = "...";
    constexpr std::string_view comma = ", ";
    if (text == more) return "";
    const bool cut = text.size() > more.size() + comma.size() &&
                     text.substr(text.size() - more.size() - comma.size()) == ", ...";
    return std::string(cut ? text.substr(0, text.size() - more.size() - comma.size()) : text);
}

EventText syscall_text(const Words& words, const Event& event) {
    EventText out{CallEdge::closes, Ink::call, words.word(1), {}, {}, {}};
    const SyscallInfo* info = find_syscall(static_cast<int>(words.number(1)));
    if (info == nullptr) out.name = "syscall " + words.word(1);
    out.text = out.name + "(";
    if (event.kind != EventKind::syscall_enter) {  // `...`: for who has not heard how it began
        out.result = syscall_result(words, info);
        if (event.kind == EventKind::syscall_skipped) out.result += " (did not run)";
        if (event.text.empty()) {
            if (info == nullptr || argument_count(*info) != 0) out.text += "...";
            return out;
        }
        // A trace can say this of a call that nobody knows.
        const bool first = info != nullptr && info->arguments.starts_with('>');
        out.rest = (first ? "" : ", ") + std::string(event.text);
        if (!first) out.text += "...";
        return out;
    }
    out.edge = CallEdge::opens;
    if (!event.text.empty()) {
        out.text += begun_arguments(event.text);
        return out;
    }
    const int count = info != nullptr ? argument_count(*info) : 6;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t value = words.bits(static_cast<std::size_t>(2 + i));
        const bool is_request = words.number(1) == nr_ptrace && i == 0;
        const char* request = is_request ? ptrace_request_name(value) : nullptr;
        out.text += (i != 0 ? ", " : "") + (request != nullptr ? request : argument_text(value));
    }
    return out;
}

// --- what a task does and what happens to it ---------------------------------------------------

std::string machine_text(std::string_view bytes, std::uint64_t address) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return cpu::disassemble({begin, bytes.size()}, address).text;
}

std::string instruction_text(const Words& words, const Event& event) {
    const auto count = words.number(2);
    if (count > 1) return std::to_string(count) + " instructions from " + words.word(1) + " on";
    if (event.text.empty()) {
        return "operation " + words.word(1) + (words.flag(3) ? ", branch taken" : "");
    }
    return machine_text(event.text, words.bits(1)) + "  ; " + words.word(1) +
           (words.flag(3) ? ", branch taken" : "");
}

std::string fault_text(const Words& words, const Event& event) {
    std::string out = "fault at " + words.word(1);
    if (words.number(4) != 0) out += ", address " + words.word(4);
    if (!event.text.empty()) out += " (" + std::string(event.text) + ")";
    return out + ": " + words.word(5);
}

std::string user_text(const Words& words) {
    return "back to user mode at " + words.word(2) + " (" + words.word(1) +
           (words.flag(3) ? ", TF" : "") + (words.flag(4) ? ", BTF" : "") + ")";
}

std::string signal_text(const Words& words) {
    std::string out =
        "--- " + words.word(1) + " {si_code=" + words.word(3) + "} sent to " + words.word(0);
    if (words.flag(2)) out += "'s process";
    if (!words.flag(4)) out += ", not queued";
    return out + " ---";
}

std::string exit_text(const Words& words) {
    const std::uint64_t code = words.bits(1);
    const int signal = static_cast<int>(code & 0x7f);
    if (signal == 0) return "+++ exited with " + std::to_string((code >> 8) & 0xff) + " +++";
    const char* name = signal_name(signal);
    return "+++ killed by " + (name != nullptr ? std::string(name) : std::to_string(signal)) +
           ((code & 0x80) != 0 ? " (core dumped)" : "") + " +++";
}

std::string state_text(const Words& words) {
    const bool running = words.number(1) == 0;
    std::string state = words.number(2) != 0 && running ? words.word(2) : words.word(1);
    if (words.number(2) != 0 && !running) state += ", " + words.word(2);
    return words.whose(0) + "--- " + state + " ---";
}

std::string new_task_text(const Words& words) {
    return "new task " + words.word(0) + " (pid " + words.word(2) + "), " + words.word(3);
}

std::string step_switch_text(const Words& words) {
    std::string out = words.word(1) + "(" + words.word(0) + ")";
    if (words.number(3) > 0) out += " with " + words.word(3) + " spinlock(s) held";
    return out;
}

// --- complaints and the end ----------------------------------------------------------------------

std::string sleep_text(const Words& words) {
    return "!!! sleeping with a spinlock held: " + words.word(0) + " may sleep, " + words.word(1) +
           " was taken in " + words.word(2);
}

std::string order_text(const Words& words) {
    return "!!! lock order: " + words.word(0) + " takes " + words.word(1) + " with " +
           words.word(2) + " held since " + words.word(3);
}

std::string end_task_text(const Words& words) {
    std::string out = "at the end: " + words.word(0) + " ";
    if (words.number(2) != 0) return out + words.word(2);
    out += words.word(1);
    if (words.number(3) != 0) out += " at " + words.word(3);  // kernel threads have no place
    if (words.number(5) != 0) out += ", pending " + words.word(5);
    if (words.number(6) != 0) out += ", shared pending " + words.word(6);
    return out;
}

std::string run_end_text(const Words& words, const Event& event) {
    std::string out = "the run ends: " + words.word(0);
    const bool usual = words.word(0) == "quiet";  // then the detail is what everybody waits for
    if (!event.text.empty() && !usual) out += " (" + std::string(event.text) + ")";
    return out;
}

std::string new_parent_text(const Words& words) {
    return words.word(0) + (words.flag(3) ? " is traced by " + words.word(1)
                                          : " is from now on a child of " + words.word(1));
}

/// What wait tells of the stop, and what it does not tell.
std::string ptrace_stop_text(const Words& words) {
    static constexpr std::string_view kinds[] = {
        "",
        ", which it is about to take",
        ", its group is stopped",
        "",
        ", at the entry of a call",
        ", at the end of a call",
        "",
        ", at a handler",
    };
    char stop[80];
    write_ptrace_stop(stop, sizeof stop, static_cast<int>(words.number(5) >> 8));
    const std::uint64_t kind = words.bits(2);
    return words.word(0) + " stops for its tracer " + words.word(1) + ": " + stop +
           std::string(kind < std::size(kinds) ? kinds[kind] : "");
}

EventText rare_text(const Event& event, const Words& words) {
    const std::string text(event.text);
    switch (event.kind) {
        case EventKind::bug:
            return line(Ink::alarm, "!!! BUG in " + words.word(0) + ": " + words.word(1));
        case EventKind::warning:
            return line(Ink::alarm, "!!! warning in " + words.word(0) + ": " + words.word(1));
        case EventKind::sleep_in_atomic:
            return line(Ink::alarm, sleep_text(words));
        case EventKind::lock_order:
            return line(Ink::alarm, order_text(words));
        case EventKind::access:
            return line(Ink::faint,
                        (words.flag(1) ? "writes cell " : "reads cell ") + words.word(0));
        case EventKind::lock_taken:
            return line(Ink::faint, "takes " + words.word(0) + " in " + words.word(1));
        case EventKind::lock_released:
            return line(Ink::faint, "releases " + words.word(0) + " in " + words.word(1));
        case EventKind::note:
            return line(Ink::plain, "# " + text);
        case EventKind::expect_failed:
            return line(Ink::alarm, "!!! expected otherwise: " + text);
        case EventKind::end_task:
            return line(Ink::faint, end_task_text(words));
        case EventKind::blocked:
            return line(Ink::faint, "at the end: waits in " + words.word(0));
        case EventKind::run_end:
            return line(Ink::plain, run_end_text(words, event));
        default:
            break;
    }
    return line(Ink::plain, std::string(kind_info(event.kind).name));
}

EventText task_text(const Event& event, const Words& words) {
    switch (event.kind) {
        case EventKind::attach_match:
            return line(Ink::plain,
                        "looks for callback table " + words.word(2) + ", data " + words.word(3));
        case EventKind::engine_attached:
            return line(Ink::plain, words.engine(1) + " is attached to " + words.word(0));
        case EventKind::engine_listed:
            return line(Ink::plain, words.engine(1) + " takes part from now on");
        case EventKind::engine_release:
            return line(Ink::callback, "=> " + words.engine(0) + " release()");
        case EventKind::engine_stop:
            return line(
                Ink::callback,
                words.engine(1) + (words.flag(2) ? " holds " : " lets go of ") + words.word(0));
        case EventKind::engine_detached:
            return line(Ink::callback, "=> " + words.engine(1) + " is detached");
        case EventKind::task_state:
            return line(Ink::stop, state_text(words));
        case EventKind::step_switch:
            return line(Ink::plain, step_switch_text(words));
        case EventKind::read_instruction:
            return line(Ink::faint, std::string("looks at the next instruction through ") +
                                        (words.flag(1) ? "copy_from_user" : "access_process_vm"));
        case EventKind::page_in:
            return line(Ink::plain, "the page of " + words.word(1) + " is read in");
        case EventKind::syscall_unknown:
            return line(Ink::alarm, "system call " + words.word(1) + " is not modelled: -ENOSYS");
        case EventKind::instruction:
            return line(Ink::faint, instruction_text(words, event));
        case EventKind::debug_trap:
            return line(Ink::stop,
                        "debug trap at " + words.word(1) + " (dr6=" + words.word(2) + ")");
        case EventKind::fault:
            return line(Ink::stop, fault_text(words, event));
        case EventKind::user:
            return line(Ink::faint, user_text(words));
        case EventKind::signal_generated:
            return line(Ink::stop, signal_text(words));
        case EventKind::signal_taken:
            return line(Ink::plain, words.word(1) + " is taken off the queue");
        case EventKind::handler:
            return line(Ink::stop, "--- " + words.word(1) + " --- handler at " + words.word(3));
        case EventKind::core_dump:
            return line(Ink::stop, "core dump for " + words.word(1));
        case EventKind::exit:
            return line(Ink::stop, exit_text(words));
        case EventKind::exec:
            return line(Ink::plain,
                        event.text.empty() ? "new program" : "new program " + quoted(event.text));
        case EventKind::new_task:
            return line(Ink::plain, new_task_text(words));
        case EventKind::new_parent:
            return line(Ink::plain, new_parent_text(words));
        case EventKind::ptrace_stop:
            return line(Ink::stop, ptrace_stop_text(words));
        case EventKind::notify_parent:
            return line(Ink::plain, words.whose(0) + "--- parent told: " + words.word(1) + " ---");
        case EventKind::notify_cldstop:
            return line(Ink::plain, words.whose(0) + "--- parent told: " + words.word(1) + " ---");
        case EventKind::released:
            return line(Ink::stop, words.word(0) + " is released");
        case EventKind::output:
            return line(Ink::plain, "writes " + quoted(event.text) + " to fd " + words.word(1));
        default:
            return rare_text(event, words);
    }
}

}  // namespace

std::string engine_text(EngineId id, const NameTable& names) {
    if (!id.valid()) return "no engine";
    return "#" + std::to_string(std::uint64_t{id.value} + 1) + " " + std::string(names.engine(id));
}

EventText event_text(const Event& event, const TraceNames& names) {
    const Words words(event, names);
    switch (event.kind) {
        case EventKind::api_enter:
            return api_text(words, CallEdge::opens);
        case EventKind::api:
            return api_text(words, CallEdge::closes);
        case EventKind::callback:
            return callback_text(words, CallEdge::opens);
        case EventKind::callback_end:
            return callback_text(words, CallEdge::closes);
        case EventKind::syscall_enter:
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
            return syscall_text(words, event);
        default:
            return task_text(event, words);
    }
}

void SyscallNames::follow(const Event& event, EventText& text) {
    if (event.kind == EventKind::syscall_enter) {
        open_[event.actor.value] = text.name;
    } else if (event.kind == EventKind::syscall_ran || event.kind == EventKind::syscall_skipped) {
        const auto open = open_.find(event.actor.value);
        if (open != open_.end()) text.name = open->second;
    }
}

bool is_detail(const Event& event) {
    switch (event.kind) {
        case EventKind::attach_match:
        case EventKind::engine_attached:
        case EventKind::engine_listed:
        case EventKind::engine_stop:
        case EventKind::signal_taken:
        case EventKind::access:
        case EventKind::lock_taken:
        case EventKind::lock_released:
            return true;
        default:
            return false;
    }
}

}  // namespace utsim
