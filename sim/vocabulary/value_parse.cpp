// SPDX-License-Identifier: MIT
// From words back to numbers. Everything here comes from a file: nothing is assumed about it.
#include <charconv>

#include "event/names.hpp"
#include "kernel/program.hpp"
#include "sched/point.hpp"
#include "vocabulary/value.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

bool parse_lock(std::string_view text, NameLookup& names, std::int64_t& value) {
    const std::size_t dot = text.rfind('.');
    std::int64_t owner = nobody;
    if (dot != std::string_view::npos) {
        if (!names.find_task(text.substr(0, dot), owner)) return false;
        text.remove_prefix(dot + 1);
    }
    for (int i = 1; i <= static_cast<int>(LockClass::test); ++i) {
        if (text != lock_class_name(static_cast<LockClass>(i))) continue;
        value = static_cast<std::int64_t>(static_cast<std::uint64_t>(i) << 32) | owner;
        return true;
    }
    return false;
}

bool parse_decimal(std::string_view text, std::uint64_t& out) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc{} && stop == end;
}

/// `main+3`, `h10+0`: it must be what the printer makes of the address.
bool parse_program_point(std::string_view text, std::int64_t& value) {
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
    if (index > most_operations || signal > signal_count || (handler && signal == 0)) return false;
    const std::uint64_t address =
        (handler ? handler_base(static_cast<int>(signal)) : program_base) + index * op_size;
    ProgramPlace place;
    value = static_cast<std::int64_t>(address);
    return program_place(address, place) && place.index == index &&
           place.signal == static_cast<int>(signal);
}

bool take(std::optional<std::uint64_t> bits, std::int64_t& value) {
    value = static_cast<std::int64_t>(bits.value_or(0));
    return bits.has_value();
}

bool parse_words(std::string_view text, Format format, std::int64_t& value) {
    const auto read = read_words(text, vocabulary_of(format), Spelling::full);
    return take(read ? std::optional(read->value) : std::nullopt, value);
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
            return take(read_hex(text), value);
        case Format::actor:
            return names.find_actor(text, value);
        case Format::task:
            return names.find_task(text, value);
        case Format::engine:
            return names.find_engine(text, value);
        case Format::static_text:
            return names.find_text(text, value);
        case Format::si_code: {
            const NamedValue* code = find_si_code(signal_of_code(context), text);
            if (code != nullptr) value = code->value;
            return code != nullptr;
        }
        case Format::wait_status: {
            const auto status = read_wait_status(text);
            value = status.value_or(0);
            return status.has_value();
        }
        case Format::program_point:
            return take(read_hex(text), value) || parse_program_point(text, value);
        case Format::lock:
            return parse_lock(text, names, value);
        default:
            return parse_words(text, format, value);
    }
}

}  // namespace utsim
