// SPDX-License-Identifier: MIT
// The way from words to numbers. Tables hold full kernel names; files may leave the prefix out.
#include "scenario/values.hpp"

#include <charconv>

#include "scenario/fields_table.hpp"

namespace utsim {

namespace {

std::optional<std::int64_t> find_word(std::string_view text, Names names, std::string_view prefix) {
    if (const NamedValue* found = find_name(names, text)) return found->value;
    const std::string full = std::string(prefix) + std::string(text);
    if (const NamedValue* found = find_name(names, full)) return found->value;
    return std::nullopt;
}

std::optional<std::int64_t> hex_of(std::string_view text) {
    if (!is_hex_number(text)) return std::nullopt;
    std::uint64_t value = 0;
    std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    return static_cast<std::int64_t>(value);
}

std::optional<std::int32_t> callback_sub(CallbackKind kind, std::string_view sub) {
    switch (kind) {
        case CallbackKind::quiesce: {
            if (sub == "0") return 0;
            const NamedValue* event = find_name(event_names(), sub);
            if (event == nullptr) return std::nullopt;
            return static_cast<std::int32_t>(event->value);
        }
        case CallbackKind::signal: {
            if (sub == "REPORT") return sub_report;
            if (sub == "HANDLER") return sub_handler;
            const NamedValue* signal = find_name(signal_names(), sub);
            if (signal == nullptr) return std::nullopt;
            return static_cast<std::int32_t>(signal->value);
        }
        case CallbackKind::syscall_entry:
            return sub == "RESUMED" ? std::optional<std::int32_t>(sub_resumed) : std::nullopt;
        case CallbackKind::jctl:
            if (sub == "STOPPED") return CLD_STOPPED_;
            if (sub == "CONTINUED") return CLD_CONTINUED_;
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::optional<std::uint8_t> answer_of(const JsonValue* value) {
    if (value == nullptr || !value->is(JsonKind::text)) return std::nullopt;
    if (value->text == "KEEP" || value->text == "UTRACE_KEEP") return answer_keep;
    if (value->text == "STICKY" || value->text == "UTRACE_STICKY") return answer_sticky;
    const auto action = word_of(value, resume_action_names(), "UTRACE_");
    if (!action) return std::nullopt;
    return static_cast<std::uint8_t>(*action);
}

}  // namespace

const JsonValue* member(const JsonValue& value, std::string_view key) {
    const JsonMember* found = value.find(key);
    return found != nullptr ? &found->value : nullptr;
}

std::string text_of(const JsonValue* value) {
    return value != nullptr && value->is(JsonKind::text) ? value->text : std::string();
}

bool flag_of(const JsonValue* value, bool otherwise) {
    return value != nullptr && value->is(JsonKind::boolean) ? value->boolean : otherwise;
}

std::optional<std::int64_t> integer_of(const JsonValue* value) {
    if (value == nullptr || !value->is(JsonKind::integer)) return std::nullopt;
    return value->integer;
}

std::optional<std::int64_t> number_of(const JsonValue* value) {
    if (value == nullptr) return std::nullopt;
    return value->is(JsonKind::text) ? hex_of(value->text) : integer_of(value);
}

std::optional<std::int64_t> word_of(const JsonValue* value, Names names, std::string_view prefix) {
    if (value == nullptr || !value->is(JsonKind::text)) return std::nullopt;
    return find_word(value->text, names, prefix);
}

std::optional<std::int64_t> word_or_integer(const JsonValue* value, Names names,
                                            std::string_view prefix) {
    const auto number = integer_of(value);
    return number ? number : word_of(value, names, prefix);
}

std::int64_t flags_of(const JsonValue* value, Names names, std::string_view prefix) {
    std::int64_t flags = 0;
    if (value == nullptr) return flags;
    for (const JsonValue& item : value->items) flags |= word_of(&item, names, prefix).value_or(0);
    return flags;
}

std::vector<std::string> texts_of(const JsonValue* value) {
    std::vector<std::string> texts;
    if (value == nullptr) return texts;
    if (value->is(JsonKind::text)) texts.push_back(value->text);
    for (const JsonValue& item : value->items) texts.push_back(text_of(&item));
    return texts;
}

std::optional<int> signal_of(const JsonValue* value) {
    const auto signal = word_or_integer(value, signal_names(), "");
    if (!signal || *signal < 1 || *signal > signal_count) return std::nullopt;
    return static_cast<int>(*signal);
}

SigSet signals_of(const JsonValue* value) {
    SigSet set = 0;
    if (value == nullptr) return set;
    for (const JsonValue& item : value->items) {
        if (const auto signal = signal_of(&item)) set |= sigmask(*signal);
    }
    return set;
}

std::optional<int> syscall_of(const JsonValue* value) {
    if (const auto number = integer_of(value)) return static_cast<int>(*number);
    std::string name = text_of(value);
    constexpr std::string_view prefix = "__NR_";
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    const SyscallInfo* info = find_syscall(std::string_view(name));
    if (info == nullptr) return std::nullopt;
    return info->nr;
}

std::optional<std::int64_t> errno_of(std::string_view text) {
    const NamedValue* found = find_name(result_names(), text);
    if (found == nullptr) return std::nullopt;
    return found->value;
}

std::optional<std::int64_t> result_of(const JsonValue* value) {
    const auto number = integer_of(value);
    return number || value == nullptr ? number : errno_of(text_of(value));
}

std::optional<std::uint64_t> events_of(const JsonValue* value) {
    if (value == nullptr) return std::nullopt;
    if (const auto mask = integer_of(value)) return static_cast<std::uint64_t>(*mask);
    if (!value->is(JsonKind::list)) return std::nullopt;
    std::uint64_t mask = 0;
    for (const JsonValue& item : value->items) {
        std::string name = text_of(&item);
        constexpr std::string_view prefix = "UTRACE_EVENT_";
        if (name.starts_with(prefix)) name.erase(0, prefix.size());
        if (name == "SIGNAL_ALL") mask |= UTRACE_EVENT_SIGNAL_ALL;
        if (name == "SYSCALL") mask |= UTRACE_EVENT_SYSCALL;
        if (const NamedValue* event = find_name(event_names(), name)) {
            mask |= static_cast<std::uint64_t>(event->value);
        }
    }
    return mask;
}

std::optional<std::uint32_t> action_of(const JsonValue* value) {
    const auto action = word_or_integer(value, resume_action_names(), "UTRACE_");
    if (!action) return std::nullopt;
    return static_cast<std::uint32_t>(*action);
}

std::optional<std::int64_t> task_state_of(const JsonValue* value) {
    return word_or_integer(value, task_state_names(), "TASK_");
}

std::optional<int> exit_state_of(const JsonValue* value) {
    if (integer_of(value) == 0) return EXIT_ALIVE;
    std::string word = text_of(value);
    if (word.starts_with("EXIT_")) word.erase(0, 5);
    if (word == "ALIVE") return EXIT_ALIVE;
    if (word == "ZOMBIE") return EXIT_ZOMBIE;
    if (word == "DEAD") return EXIT_DEAD;
    return std::nullopt;
}

std::optional<CallbackKey> callback_key_of(std::string_view text) {
    CallbackKey key;
    if (text == "*" || text == "report_*") return key;
    const std::size_t colon = text.find(':');
    const auto callback = find_word(text.substr(0, colon), callback_names(), "report_");
    if (!callback) return std::nullopt;
    key.callback = static_cast<std::uint8_t>(*callback);
    if (colon == std::string_view::npos) return key;
    const auto sub = callback_sub(static_cast<CallbackKind>(*callback), text.substr(colon + 1));
    if (!sub) return std::nullopt;
    key.sub = *sub;
    return key;
}

std::optional<CallbackWord> callback_word_of(const JsonValue* value) {
    CallbackWord word;
    if (value == nullptr) return std::nullopt;
    const bool alone = value->is(JsonKind::text);
    if (!alone && value->items.empty()) return std::nullopt;
    const auto resume = answer_of(alone ? value : &value->items[0]);
    if (!resume) return std::nullopt;
    word.resume = *resume;
    if (alone) return word;
    if (value->items.size() > 1) {
        const JsonValue* item = &value->items[1];
        auto part = word_of(item, signal_action_names(), "UTRACE_SIGNAL_");
        if (!part) part = word_of(item, syscall_action_names(), "UTRACE_SYSCALL_");
        if (!part) return std::nullopt;
        word.has_part = true;
        word.part = static_cast<std::uint32_t>(*part);
    }
    word.flag = value->items.size() > 2;
    return word;
}

std::vector<RegisterValue> registers_of(const JsonValue* value) {
    std::vector<RegisterValue> registers;
    if (value == nullptr) return registers;
    for (const JsonMember& m : value->members) {
        const NamedValue* name = find_name(register_names(), m.key);
        const auto number = number_of(&m.value);
        if (name == nullptr || !number) continue;
        registers.push_back(
            {static_cast<Register>(name->value), static_cast<std::uint64_t>(*number)});
    }
    return registers;
}

}  // namespace utsim
