// SPDX-License-Identifier: MIT
// Words are either one name or several joined by `|`, the last of which may be `0x...` for bits
// that have no name. `value_parse.cpp` is the other direction, over the same table.
#include "vocabulary/value.hpp"

#include "kernel/program.hpp"
#include "sched/point.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t lock_shift = 32;

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

bool append_named(std::string& out, Names names, std::int64_t value) {
    const std::string_view name = name_of(names, value);
    out += name;
    return !name.empty();
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

/// `SIGNAL_ALL|QUIESCE`, or `0`.
bool append_event_mask(std::string& out, std::uint64_t mask) {
    const std::size_t start = out.size();
    if (mask == 0) {
        out += '0';
        return true;
    }
    const bool all = (mask & UTRACE_EVENT_SIGNAL_ALL) == UTRACE_EVENT_SIGNAL_ALL;
    const std::uint64_t rest = all ? mask & ~UTRACE_EVENT_SIGNAL_ALL : mask;
    if (rest != 0) append_bits(out, event_names(), rest);
    if (all) join(out, start, "SIGNAL_ALL");
    return true;
}

bool append_attach_flags(std::string& out, std::uint64_t flags) {
    if (flags == 0) {
        out += '0';
    } else {
        append_bits(out, attach_flag_names(), flags);
    }
    return true;
}

/// Each list of `word` names the bits under its mask: those of the callback's kind, then the resume
/// action, which comes first only where people write.
bool append_parts(std::string& out, const Vocabulary& vocabulary, std::uint64_t word) {
    const std::size_t start = out.size();
    std::uint64_t unnamed = word;
    const auto append_list = [&](const WordList& list) {
        for (const NamedValue& entry : list.names) {
            const auto value = static_cast<std::uint64_t>(entry.value);
            const std::uint64_t mask = list.mask != 0 ? list.mask : value;
            if ((word & mask) != value) continue;
            join(out, start, entry.name);
            unnamed &= ~mask;
        }
    };
    for (const WordList& list : vocabulary.lists.subspan(1)) append_list(list);
    append_list(vocabulary.lists.front());
    join_rest(out, start, unnamed);
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

bool append_si_code(std::string& out, const FieldContext& context, std::int64_t code) {
    const std::string_view name = si_code_name(signal_of_code(context), code);
    out += name;
    return !name.empty();
}

}  // namespace

bool is_nobody(Format format, std::int64_t value) {
    return value == nobody &&
           (format == Format::actor || format == Format::task || format == Format::engine);
}

bool append_lock(std::string& out, std::int64_t value, const NameTable& names) {
    const auto lock = static_cast<std::uint64_t>(value);
    const std::uint64_t lock_class = lock >> lock_shift;
    if (lock_class == 0 || lock_class > static_cast<std::uint64_t>(LockClass::test)) return false;
    const auto owner = TaskId{static_cast<std::uint32_t>(lock)};
    if (owner.valid()) {
        const std::string_view task = names.task(owner);
        if (task.empty()) return false;
        out += task;
        out += '.';
    }
    out += lock_class_name(static_cast<LockClass>(lock_class));
    return true;
}

void append_callback_word(std::string& out, CallbackKind kind, std::uint64_t word) {
    const Format format = kind == CallbackKind::signal          ? Format::word_signal
                          : kind == CallbackKind::syscall_entry ? Format::word_syscall
                                                                : Format::word;
    append_parts(out, vocabulary_of(format), word);
}

bool append_symbol(std::string& out, const FieldContext& context, std::int64_t value,
                   const NameTable& names) {
    const Format format = format_of(context);
    if (format == Format::si_code) return append_si_code(out, context, value);
    return append_in_format(out, format, value, names);
}

bool append_in_format(std::string& out, Format format, std::int64_t value, const NameTable& names) {
    const auto bits = static_cast<std::uint64_t>(value);
    switch (format) {
        case Format::number:
        case Format::flag:
        case Format::si_code:  // depends on the signal
        case Format::count_:
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
        case Format::word:
        case Format::word_signal:
        case Format::word_syscall:
            return append_parts(out, vocabulary_of(format), bits);
        case Format::event_bit:
        case Format::event_mask:
            return append_event_mask(out, bits);
        case Format::attach_flags:
            return append_attach_flags(out, bits);
        case Format::task_state:
            return append_task_state(out, value);
        case Format::wait_status:
            return append_wait_status(out, value);
        case Format::syscall:
            return append_syscall(out, value);
        case Format::program_point:
            append_program_point(out, bits);
            return true;
        case Format::clone_flags:
            return append_clone_flags(out, bits);
        case Format::lock:
            return append_lock(out, value, names);
        case Format::api:
        case Format::callback:
        case Format::resume:
        case Format::result:
        case Format::exit_state:
        case Format::signal:
        case Format::disposition:
        case Format::cld:
        case Format::step_switch:
        case Format::via:
        case Format::ptrace_stop:
        case Format::ptrace_event:
            return append_named(out, vocabulary_of(format).lists.front().names, value);
    }
    return false;
}

}  // namespace utsim
