// SPDX-License-Identifier: MIT
// From words back to numbers. Everything here comes from a file: nothing is assumed about it.
#include <charconv>
#include <initializer_list>

#include "event/names.hpp"
#include "kernel/program.hpp"
#include "sched/point.hpp"
#include "trace/value.hpp"
#include "trace/value_words.hpp"

namespace utsim {

using namespace words;

namespace {

bool parse_hex(std::string_view text, std::uint64_t& out) {
    if (text.substr(0, 2) != "0x" || text.size() > 18) return false;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 2, end, out, 16);
    return error == std::errc{} && stop == end && text.size() > 2;
}

bool parse_named(std::string_view text, Names names, std::int64_t& value) {
    const NamedValue* entry = find_name(names, text);
    if (entry == nullptr) return false;
    value = entry->value;
    return true;
}

/// Names of `tables` and hexadecimal rests, joined by `|`.
bool parse_joined(std::string_view text, std::initializer_list<Names> tables, std::int64_t& value) {
    std::uint64_t bits = 0;
    while (true) {
        const std::size_t bar = text.find('|');
        const std::string_view word = text.substr(0, bar);
        std::uint64_t part = 0;
        std::int64_t named = 0;
        bool found = word == "0" || parse_hex(word, part);
        for (const Names table : tables) {
            if (!found && parse_named(word, table, named)) {
                part = static_cast<std::uint64_t>(named);
                found = true;
            }
        }
        if (!found) return false;
        bits |= part;
        if (bar == std::string_view::npos) break;
        text.remove_prefix(bar + 1);
    }
    value = static_cast<std::int64_t>(bits);
    return true;
}

bool parse_word(std::string_view text, CallbackKind kind, std::int64_t& value) {
    if (kind == CallbackKind::signal) {
        return parse_joined(text, {signal_action_names(), signal_extra, resume_action_names()},
                            value);
    }
    if (kind == CallbackKind::syscall_entry) {
        return parse_joined(text, {syscall_action_names(), syscall_extra, resume_action_names()},
                            value);
    }
    return parse_joined(text, {resume_action_names()}, value);
}

bool parse_lock(std::string_view text, NameLookup& names, std::int64_t& value) {
    const std::size_t dot = text.rfind('.');
    std::int64_t owner = nobody;
    if (dot != std::string_view::npos) {
        if (!names.find_task(text.substr(0, dot), owner)) return false;
        text.remove_prefix(dot + 1);
    }
    for (int i = 1; i <= static_cast<int>(LockClass::test); ++i) {
        if (text != lock_class_name(static_cast<LockClass>(i))) continue;
        value = static_cast<std::int64_t>(static_cast<std::uint64_t>(i) << lock_shift) | owner;
        return true;
    }
    return false;
}

bool parse_result(std::string_view text, std::int64_t& value) {
    if (text.empty() || text[0] != '-' || !parse_named(text.substr(1), errno_names(), value)) {
        return false;
    }
    value = -value;
    return true;
}

bool parse_syscall(std::string_view text, std::int64_t& value) {
    const SyscallInfo* info = find_syscall(text);
    if (info == nullptr) return false;
    value = info->nr;
    return true;
}

bool parse_decimal(std::string_view text, std::uint64_t& out) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && stop == end;
}

/// `main+3`, `h10+0`: it must be what the printer makes of the address.
bool parse_program_point(std::string_view text, std::uint64_t& address) {
    const std::size_t plus = text.find('+');
    std::uint64_t index = 0;
    std::uint64_t signal = 0;
    if (plus == std::string_view::npos || !parse_decimal(text.substr(plus + 1), index))
        return false;
    const std::string_view name = text.substr(0, plus);
    const bool handler = name != "main";
    if (handler && (name.empty() || name[0] != 'h' || !parse_decimal(name.substr(1), signal))) {
        return false;
    }
    if (index > handler_base(0) || signal > signal_count || (handler && signal == 0)) return false;
    address = (handler ? handler_base(static_cast<int>(signal)) : program_base) + index * op_size;
    ProgramPlace place;
    return program_place(address, place) && place.index == index &&
           place.signal == static_cast<int>(signal);
}

bool parse_program_point_or_hex(std::string_view text, std::int64_t& value) {
    std::uint64_t address = 0;
    if (!parse_hex(text, address) && !parse_program_point(text, address)) return false;
    value = static_cast<std::int64_t>(address);
    return true;
}

bool parse_hex_value(std::string_view text, std::int64_t& value) {
    std::uint64_t bits = 0;
    if (!parse_hex(text, bits)) return false;
    value = static_cast<std::int64_t>(bits);
    return true;
}

}  // namespace

bool parse_symbol(std::string_view text, const FieldContext& context, NameLookup& names,
                  std::int64_t& value) {
    const Format format = format_of(context);
    switch (format) {
        case Format::number:
        case Format::flag:
            return false;
        case Format::hex:
        case Format::address:
            return parse_hex_value(text, value);
        case Format::actor:
            return names.find_actor(text, value);
        case Format::task:
            return names.find_task(text, value);
        case Format::engine:
            return names.find_engine(text, value);
        case Format::static_text:
            return names.find_text(text, value);
        case Format::api:
            return parse_named(text, api_call_names(), value);
        case Format::callback:
            return parse_named(text, callback_names(), value);
        case Format::resume:
            return parse_named(text, resume_action_names(), value);
        case Format::word_signal:
            return parse_word(text, CallbackKind::signal, value);
        case Format::word_syscall:
            return parse_word(text, CallbackKind::syscall_entry, value);
        case Format::word:
            return parse_word(text, callback_of(context), value);
        case Format::event_bit:
        case Format::event_mask:
            return parse_joined(text, {event_names(), mask_extra}, value);
        case Format::attach_flags:
            return parse_joined(text, {attach_flag_names()}, value);
        case Format::result:
            return parse_result(text, value);
        case Format::task_state:
            return parse_named(text, task_state_names(), value) ||
                   parse_joined(text, {task_state_bits()}, value);
        case Format::exit_state:
            return parse_named(text, exit_state_names(), value);
        case Format::signal:
            return parse_named(text, signal_names(), value);
        case Format::syscall:
            return parse_syscall(text, value);
        case Format::cld:
            return parse_named(text, cld_names(), value);
        case Format::step_switch:
            return parse_named(text, step_switch_names(), value);
        case Format::via:
            return parse_named(text, return_path_names(), value);
        case Format::program_point:
            return parse_program_point_or_hex(text, value);
        case Format::clone_flags:
            return parse_joined(text, {clone_flag_names(), signal_names()}, value);
        case Format::lock:
            return parse_lock(text, names, value);
    }
    return false;
}

}  // namespace utsim
