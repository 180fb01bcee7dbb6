// SPDX-License-Identifier: MIT
// Words are either one name or several joined by `|`, the last of which may be `0x...` for bits
// that have no name. `value_parse.cpp` is the other direction, over the same name tables.
#include "trace/value.hpp"
#include "event/names.hpp"
#include "kernel/program.hpp"
#include "sched/point.hpp"
#include "trace/json_text.hpp"
#include "trace/value_words.hpp"

namespace utsim {

using namespace words;

namespace {

void join(std::string& out, std::size_t start, std::string_view word) {
    if (out.size() != start) out += '|';
    out += word;
}

void join_rest(std::string& out, std::size_t start, std::uint64_t rest) {
    if (rest == 0 && out.size() != start) return;
    if (out.size() != start) out += '|';
    append_hex(out, rest);
}

/// Single bits, lowest first, then what is left.
void append_bits(std::string& out, Names names, std::uint64_t bits) {
    const std::size_t start = out.size();
    for (const NamedValue& entry : names) {
        const auto bit = static_cast<std::uint64_t>(entry.value);
        if ((bits & bit) != bit) continue;
        join(out, start, entry.name);
        bits &= ~bit;
    }
    join_rest(out, start, bits);
}

/// One row of `names` for the bits under `mask`; returns the bits it could not name.
std::uint64_t append_part(std::string& out, std::size_t start, Names names, std::uint64_t word,
                          std::uint64_t mask) {
    const std::string_view name = name_of(names, static_cast<std::int64_t>(word & mask));
    if (name.empty()) return word & mask;
    join(out, start, name);
    return 0;
}

Format call_format(ApiCall call, const FieldInfo& field) {
    const bool action = field.name == "action";
    const bool flags = field.name == "flags";
    if (action && call == ApiCall::control) return Format::resume;
    if (action && call == ApiCall::kill) return Format::signal;
    if (flags && call == ApiCall::set_events) return Format::event_mask;
    if (flags && (call == ApiCall::attach || call == ApiCall::lookup)) return Format::attach_flags;
    return field.format;
}

/// Where `arg0` stands among the fields of a callback.
constexpr std::size_t first_argument = 5;

Format argument_format(CallbackKind kind, std::size_t argument) {
    switch (kind) {
        case CallbackKind::signal:
            return argument == 0 ? Format::signal : Format::number;
        case CallbackKind::clone:
            return argument == 0   ? Format::clone_flags
                   : argument == 1 ? Format::task
                                   : Format::number;
        case CallbackKind::jctl:
            return argument < 2 ? Format::cld : Format::number;
        case CallbackKind::syscall_entry:
        case CallbackKind::syscall_exit:
            return argument == 0   ? Format::syscall
                   : argument == 1 ? Format::result
                                   : Format::number;
        case CallbackKind::death:
            return argument == 1 ? Format::signal : Format::number;
        default:
            return Format::number;
    }
}

void append_lock(std::string& out, std::uint64_t lock, const NameTable& names) {
    const auto owner = TaskId{static_cast<std::uint32_t>(lock)};
    if (owner.valid()) {
        out += names.task(owner);
        out += '.';
    }
    out += lock_class_name(static_cast<LockClass>(lock >> lock_shift));
}

bool lock_has_name(std::uint64_t lock, const NameTable& names) {
    const std::uint64_t lock_class = lock >> lock_shift;
    if (lock_class == 0 || lock_class > static_cast<std::uint64_t>(LockClass::test)) return false;
    const auto owner = TaskId{static_cast<std::uint32_t>(lock)};
    return !owner.valid() || !names.task(owner).empty();
}

bool append_named(std::string& out, Names names, std::int64_t value) {
    const std::string_view name = name_of(names, value);
    out += name;
    return !name.empty();
}

bool append_result(std::string& out, std::int64_t value) {
    const char* name = value < 0 && value > -4096 ? errno_name(static_cast<int>(-value)) : nullptr;
    if (name == nullptr) return false;
    out += '-';
    out += name;
    return true;
}

bool append_syscall(std::string& out, std::int64_t nr) {
    const SyscallInfo* info =
        nr >= 0 && nr <= 0xffff ? find_syscall(static_cast<int>(nr)) : nullptr;
    if (info == nullptr) return false;
    out += info->name;
    return true;
}

void append_program_point(std::string& out, std::uint64_t ip) {
    ProgramPlace place;
    if (ip % op_size != 0 || !program_place(ip, place)) {
        append_hex(out, ip);
        return;
    }
    out += place.signal == 0 ? "main" : "h";
    if (place.signal != 0) append_decimal(out, place.signal);
    out += '+';
    append_unsigned(out, place.index);
}

bool append_task_state(std::string& out, std::int64_t value) {
    if (append_named(out, task_state_names(), value)) return true;
    append_bits(out, task_state_bits(), static_cast<std::uint64_t>(value));
    return true;
}

bool append_clone_flags(std::string& out, std::uint64_t flags) {
    const std::size_t start = out.size();
    const std::uint64_t signal = flags & 0xff;
    const std::string_view name = name_of(signal_names(), static_cast<std::int64_t>(signal));
    const std::uint64_t rest = name.empty() ? flags : flags & ~std::uint64_t{0xff};
    if (rest != 0) append_bits(out, clone_flag_names(), rest);
    if (!name.empty()) join(out, start, name);
    if (out.size() == start) out += '0';
    return true;
}

bool append_id_name(std::string& out, std::string_view name) {
    out += name;
    return !name.empty();
}

bool append_id(std::string& out, Format format, std::int64_t value, const NameTable& names) {
    if (value < 0 || value >= nobody) return false;
    const auto id = static_cast<std::uint32_t>(value);
    switch (format) {
        case Format::actor:
            return append_id_name(out, names.actor(ActorId{id}));
        case Format::task:
            return append_id_name(out, names.task(TaskId{id}));
        case Format::engine:
            return append_id_name(out, names.engine(EngineId{id}));
        case Format::static_text:
            return append_id_name(out, names.static_text(id));
        default:
            return false;
    }
}

}  // namespace

CallbackKind words::callback_of(const FieldContext& context) {
    const KindInfo& info = kind_info(context.kind);
    for (std::size_t i = 0; i < context.field; ++i) {
        if (info.field[i].format != Format::callback) continue;
        const std::int64_t kind = context.values[i];
        if (kind >= 0 && kind < callback_kinds) return static_cast<CallbackKind>(kind);
    }
    return CallbackKind::quiesce;
}

Format format_of(const FieldContext& context) {
    const FieldInfo& field = kind_info(context.kind).field[context.field];
    switch (context.kind) {
        case EventKind::api:
        case EventKind::api_enter:
            return call_format(static_cast<ApiCall>(context.values[0]), field);
        case EventKind::callback:
            return context.field < first_argument
                       ? field.format
                       : argument_format(callback_of(context), context.field - first_argument);
        default:
            return field.format;
    }
}

bool is_nobody(Format format, std::int64_t value) {
    return value == nobody &&
           (format == Format::actor || format == Format::task || format == Format::engine);
}

void append_callback_word(std::string& out, CallbackKind kind, std::uint64_t word) {
    const std::size_t start = out.size();
    std::uint64_t left = word & ~std::uint64_t{UTRACE_RESUME_MASK};
    std::uint64_t unnamed = 0;
    const bool signal = kind == CallbackKind::signal;
    if (signal || kind == CallbackKind::syscall_entry) {
        unnamed |= append_part(out, start, signal ? signal_action_names() : syscall_action_names(),
                               word, UTRACE_SIGNAL_MASK);
        if ((word & UTRACE_SIGNAL_HOLD) != 0) {
            join(out, start, signal ? signal_extra[0].name : syscall_extra[0].name);
        }
        left &= ~std::uint64_t{UTRACE_SIGNAL_MASK | UTRACE_SIGNAL_HOLD};
    }
    unnamed |= append_part(out, start, resume_action_names(), word, UTRACE_RESUME_MASK);
    join_rest(out, start, unnamed | left);
}

void append_event_mask(std::string& out, std::uint64_t mask) {
    const std::size_t start = out.size();
    if (mask == 0) {
        out += '0';
        return;
    }
    if ((mask & UTRACE_EVENT_SIGNAL_ALL) == UTRACE_EVENT_SIGNAL_ALL) {
        const std::uint64_t rest = mask & ~UTRACE_EVENT_SIGNAL_ALL;
        if (rest != 0) append_bits(out, event_names(), rest);
        join(out, start, mask_extra[0].name);
        return;
    }
    append_bits(out, event_names(), mask);
}

void append_attach_flags(std::string& out, std::uint64_t flags) {
    if (flags == 0) {
        out += '0';
        return;
    }
    append_bits(out, attach_flag_names(), flags);
}

bool append_symbol(std::string& out, const FieldContext& context, std::int64_t value,
                   const NameTable& names) {
    const auto bits = static_cast<std::uint64_t>(value);
    const Format format = format_of(context);
    switch (format) {
        case Format::number:
        case Format::flag:
            return false;
        case Format::hex:
        case Format::address:
            append_hex(out, bits);
            return true;
        case Format::actor:
        case Format::task:
        case Format::engine:
        case Format::static_text:
            return append_id(out, format, value, names);
        case Format::api:
            return append_named(out, api_call_names(), value);
        case Format::callback:
            return append_named(out, callback_names(), value);
        case Format::resume:
            return append_named(out, resume_action_names(), value);
        case Format::word_signal:
            append_callback_word(out, CallbackKind::signal, bits);
            return true;
        case Format::word_syscall:
            append_callback_word(out, CallbackKind::syscall_entry, bits);
            return true;
        case Format::word:
            append_callback_word(out, callback_of(context), bits);
            return true;
        case Format::event_bit:
        case Format::event_mask:
            append_event_mask(out, bits);
            return true;
        case Format::attach_flags:
            append_attach_flags(out, bits);
            return true;
        case Format::result:
            return append_result(out, value);
        case Format::task_state:
            return append_task_state(out, value);
        case Format::exit_state:
            return append_named(out, exit_state_names(), value);
        case Format::signal:
            return append_named(out, signal_names(), value);
        case Format::syscall:
            return append_syscall(out, value);
        case Format::cld:
            return append_named(out, cld_names(), value);
        case Format::step_switch:
            return append_named(out, step_switch_names(), value);
        case Format::via:
            return append_named(out, return_path_names(), value);
        case Format::program_point:
            append_program_point(out, bits);
            return true;
        case Format::clone_flags:
            return append_clone_flags(out, bits);
        case Format::lock:
            if (!lock_has_name(bits, names)) return false;
            append_lock(out, bits, names);
            return true;
    }
    return false;
}

}  // namespace utsim
