// SPDX-License-Identifier: MIT
// What calls and callbacks mean by their general fields. A field that means nothing in one of them
// is a number there, which is 0.
#include "vocabulary/field_format.hpp"

#include <algorithm>
#include <array>

#include <utsim/utrace.hpp>

namespace utsim {

namespace {

constexpr std::size_t call_field = 0;
constexpr std::size_t callback_field = 2;
constexpr std::size_t word_field = 3;
constexpr std::size_t first_argument = 5;  ///< `arg0` of callback
constexpr std::size_t first_left = 4;      ///< `left0` of callback_end

Format call_format(std::int64_t number, const FieldInfo& field) {
    const auto call = static_cast<ApiCall>(number);
    const bool action = field.name == "action";
    const bool flags = field.name == "flags";
    if (action && call == ApiCall::control) return Format::resume;
    if (action && call == ApiCall::kill) return Format::signal;
    if (flags && call == ApiCall::set_events) return Format::event_mask;
    if (flags && (call == ApiCall::attach || call == ApiCall::lookup)) return Format::attach_flags;
    return field.format;
}

Format signal_argument(std::size_t argument, const std::int64_t* values) {
    switch (argument) {
        case 0:
            return Format::signal;
        case 1:  // UTRACE_SIGNAL_REPORT comes without a signal
            return values[first_argument] != 0 ? Format::si_code : Format::number;
        default:
            return Format::disposition;
    }
}

Format argument_format(CallbackKind kind, std::size_t argument, const std::int64_t* values) {
    switch (kind) {
        case CallbackKind::signal:
            return signal_argument(argument, values);
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
        case CallbackKind::exit:
            return argument < 2 ? Format::wait_status : Format::number;
        case CallbackKind::death:
            return argument == 0 ? Format::flag : argument == 1 ? Format::signal : Format::number;
        default:
            return Format::number;
    }
}

/// What a callback has changed.
Format left_format(CallbackKind kind, std::size_t left) {
    switch (kind) {
        case CallbackKind::signal:
            return left == 0 ? Format::signal : Format::disposition;
        case CallbackKind::syscall_entry:
        case CallbackKind::syscall_exit:
            return left == 0 ? Format::syscall : Format::result;
        case CallbackKind::exit:
            return left == 0 ? Format::wait_status : Format::number;
        default:
            return Format::number;
    }
}

Format word_format(CallbackKind kind) {
    if (kind == CallbackKind::signal) return Format::word_signal;
    return kind == CallbackKind::syscall_entry ? Format::word_syscall : Format::word;
}

Format callback_format(const FieldContext& context, const FieldInfo& field) {
    if (context.field <= callback_field) return field.format;
    const std::int64_t number = context.values[callback_field];
    if (number < 0 || number >= callback_kinds) return field.format;
    const auto kind = static_cast<CallbackKind>(number);
    if (context.field == word_field) return word_format(kind);
    if (context.kind == EventKind::callback_end) {
        return left_format(kind, context.field - first_left);
    }
    if (context.field < first_argument) return field.format;
    return argument_format(kind, context.field - first_argument, context.values);
}

/// A task that lives has not ended in any way.
Format end_format(const FieldContext& context, const FieldInfo& field) {
    constexpr std::size_t exit_state_field = 2;
    const bool alive = field.format == Format::wait_status && context.values[exit_state_field] == 0;
    return alive ? Format::number : field.format;
}

}  // namespace

Format format_of(const FieldContext& context) {
    const FieldInfo& field = kind_info(context.kind).field[context.field];
    switch (context.kind) {
        case EventKind::api:
        case EventKind::api_enter:
            return call_format(context.values[call_field], field);
        case EventKind::callback:
        case EventKind::callback_end:
            return callback_format(context, field);
        case EventKind::end_task:
            return end_format(context, field);
        default:
            return field.format;
    }
}

bool deciding_field(EventKind kind, std::size_t& field) {
    switch (kind) {
        case EventKind::api:
        case EventKind::api_enter:
            field = call_field;
            return true;
        case EventKind::callback:
        case EventKind::callback_end:
            field = callback_field;
            return true;
        default:
            return false;
    }
}

std::vector<Format> formats_of(EventKind kind, std::size_t field) {
    std::vector<Format> formats;
    // A signal, or an exit state, is there or it is not: two values show all there is.
    const auto add = [&](std::array<std::int64_t, max_fields> values) {
        const Format format = format_of({kind, field, values.data()});
        if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
            formats.push_back(format);
        }
    };
    std::size_t decides = max_fields;
    const std::int64_t last = !deciding_field(kind, decides) ? 0
                              : decides == call_field        ? static_cast<int>(ApiCall::state)
                                                             : callback_kinds - 1;
    for (std::int64_t decision = 0; decision <= last; ++decision) {
        for (const std::int64_t other : {0, 1}) {
            std::array<std::int64_t, max_fields> values;
            values.fill(other);
            if (decides < max_fields) values[decides] = decision;
            add(values);
        }
    }
    return formats;
}

std::int64_t signal_of_code(const FieldContext& context) {
    const bool callback = context.kind == EventKind::callback;
    return context.values[callback ? first_argument : std::size_t{1}];
}

bool text_may_be_absent(EventKind kind) {
    static const auto absent = [] {
        std::array<bool, static_cast<std::size_t>(EventKind::count_)> out{};
        for (const KindInfo& info : event_table()) {
            out[static_cast<std::size_t>(info.kind)] =
                info.text_name == "args" || info.text_name == "answers";
        }
        return out;
    }();
    return absent[static_cast<std::size_t>(kind)];
}

}  // namespace utsim
