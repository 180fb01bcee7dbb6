// SPDX-License-Identifier: MIT
// The table itself: for each format its lists, in the order in which a word is looked up. `STOP` is
// a resume action before it is a signal action, because the first is what people mean by it.
#include "vocabulary/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <utsim/utrace.hpp>

#include "vocabulary/json_text.hpp"

namespace utsim {

namespace {

constexpr std::string_view utrace_prefix = "UTRACE_";

/// Bits above the action, which no table of actions has.
constexpr NamedValue signal_extra[] = {
    {"UTRACE_SIGNAL_HOLD", static_cast<std::int64_t>(UTRACE_SIGNAL_HOLD)}};
constexpr NamedValue syscall_extra[] = {
    {"UTRACE_SYSCALL_RESUMED", static_cast<std::int64_t>(UTRACE_SYSCALL_RESUMED)}};
/// Groups of events. Traces print the first.
constexpr NamedValue event_groups[] = {
    {"SIGNAL_ALL", static_cast<std::int64_t>(UTRACE_EVENT_SIGNAL_ALL)},
    {"SYSCALL", static_cast<std::int64_t>(UTRACE_EVENT_SYSCALL)}};
constexpr NamedValue alive[] = {{"EXIT_ALIVE", 0}};

using Lists = std::vector<WordList>;

struct Table {
    Lists api{{api_call_names(), "utrace_"}};
    Lists callback{{callback_names(), "report_"}};
    Lists resume{{resume_action_names(), utrace_prefix, UTRACE_RESUME_MASK}};
    Lists word_signal{{resume_action_names(), utrace_prefix, UTRACE_RESUME_MASK},
                      {signal_action_names(), "UTRACE_SIGNAL_", UTRACE_SIGNAL_MASK},
                      {signal_extra, "UTRACE_SIGNAL_"}};
    Lists word_syscall{{resume_action_names(), utrace_prefix, UTRACE_RESUME_MASK},
                       {syscall_action_names(), "UTRACE_SYSCALL_", UTRACE_SYSCALL_MASK},
                       {syscall_extra, "UTRACE_SYSCALL_"}};
    Lists events{{event_names(), "UTRACE_EVENT_"}, {event_groups, "UTRACE_EVENT_"}};
    Lists attach_flags{{attach_flag_names(), "UTRACE_ATTACH_"}};
    Lists result{{result_names(), ""}};
    Lists task_state{{task_state_names(), "TASK_"}, {task_state_bits(), ""}};
    Lists exit_state{{exit_state_names(), "EXIT_"}, {alive, "EXIT_"}};
    Lists signal{{signal_names(), ""}};
    Lists si_code;
    Lists disposition{{disposition_names(), ""}};
    Lists syscall{{syscall_names(), "__NR_"}};
    Lists cld{{cld_names(), "CLD_"}};
    Lists step_switch{{step_switch_names(), "user_"}};
    Lists via{{return_path_names(), ""}};
    Lists clone_flags{{clone_flag_names(), "CLONE_"}, {signal_names(), ""}};
    Lists ptrace_stop{{ptrace_stop_names(), ""}};
    Lists ptrace_event{{ptrace_event_names(), "PTRACE_EVENT_"}};

    std::array<Vocabulary, static_cast<std::size_t>(Format::count_)> rows;

    Table() {
        for (const Names names : si_code_tables()) si_code.push_back({names, ""});
        rows.fill({"a number", {}});
        using F = Format;
        set(F::api, {"a call", api});
        set(F::callback, {"a callback", callback});
        set(F::resume, {"a resume action", resume});
        set(F::word, {"a resume action", resume, Joining::parts});
        set(F::word_signal, {"a signal action and a resume action", word_signal, Joining::parts});
        set(F::word_syscall,
            {"a syscall action and a resume action", word_syscall, Joining::parts});
        set(F::event_bit, {"an event", events, Joining::set});
        set(F::event_mask, {"a set of events", events, Joining::set});
        set(F::attach_flags, {"a set of attach flags", attach_flags, Joining::set});
        set(F::result, {"an errno", result});
        set(F::task_state, {"a task state", task_state, Joining::set});
        set(F::exit_state, {"an exit state", exit_state});
        set(F::signal, {"a signal", signal});
        set(F::si_code, {"an si_code", si_code});
        set(F::disposition, {"a disposition", disposition});
        set(F::syscall, {"a system call", syscall});
        set(F::cld, {"a CLD_ code", cld});
        set(F::step_switch, {"a step switch", step_switch});
        set(F::via, {"a way back to user mode", via});
        set(F::clone_flags, {"clone flags and a signal", clone_flags, Joining::set});
        set(F::ptrace_stop, {"a stop of ptrace", ptrace_stop});
        set(F::ptrace_event, {"an event of ptrace", ptrace_event});
    }
    Table(const Table&) = delete;  // the rows point into the lists
    Table& operator=(const Table&) = delete;

private:
    void set(Format format, const Vocabulary& row) { rows[static_cast<std::size_t>(format)] = row; }
};

/// How far a word goes, and the bits between: `text` begins with it.
std::string_view first_word(std::string_view text) { return text.substr(0, text.find('|')); }

bool is_word(const NamedValue& entry, std::string_view word, std::string_view prefix,
             Spelling spelling) {
    if (entry.name == word) return true;
    if (spelling == Spelling::full || !entry.name.starts_with(prefix)) return false;
    if (entry.name.substr(prefix.size()) == word) return true;
    return prefix.starts_with(utrace_prefix) && entry.name.substr(utrace_prefix.size()) == word;
}

std::optional<WordValue> read_one(std::string_view word, const Vocabulary& vocabulary,
                                  Spelling spelling) {
    for (const WordList& list : vocabulary.lists) {
        for (const NamedValue& entry : list.names) {
            if (!is_word(entry, word, list.prefix, spelling)) continue;
            const auto value = static_cast<std::uint64_t>(entry.value);
            return WordValue{value, list.mask != 0 ? list.mask : value};
        }
    }
    return std::nullopt;
}

std::optional<std::int64_t> read_decimal(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || text.starts_with('-')) return std::nullopt;
    return value;
}

constexpr std::string_view exit_word = "exit ";
constexpr std::string_view core_word = " core";
constexpr std::int64_t core_bit = 0x80;

}  // namespace

const Vocabulary& vocabulary_of(Format format) {
    static const Table table;
    return table.rows[static_cast<std::size_t>(format)];
}

std::optional<WordValue> read_words(std::string_view text, const Vocabulary& vocabulary,
                                    Spelling spelling) {
    if (vocabulary.joining == Joining::single) {
        auto one = read_one(text, vocabulary, spelling);
        if (one) one->mask = ~std::uint64_t{0};
        return one;
    }
    WordValue all{0, 0};
    while (true) {
        const std::string_view word = first_word(text);
        WordValue part;
        if (const auto named = read_one(word, vocabulary, spelling)) {
            part = *named;
        } else if (const auto bits = read_hex(word)) {
            part = {*bits, ~std::uint64_t{0}};
        } else if (word != "0") {
            return std::nullopt;
        }
        all.value |= part.value;
        all.mask |= part.mask;
        if (word.size() == text.size()) break;
        text.remove_prefix(word.size() + 1);
    }
    if (vocabulary.joining == Joining::set) all.mask = ~std::uint64_t{0};
    return all;
}

std::vector<std::string> all_words(const Vocabulary& vocabulary) {
    std::vector<std::string> words;
    const auto add = [&](std::string_view word) {
        if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
    };
    for (const WordList& list : vocabulary.lists) {
        for (const NamedValue& entry : list.names) add(entry.name);
    }
    for (const WordList& list : vocabulary.lists) {
        for (const NamedValue& entry : list.names) {
            if (!entry.name.starts_with(list.prefix)) continue;
            add(entry.name.substr(list.prefix.size()));
            if (list.prefix.starts_with(utrace_prefix)) {
                add(entry.name.substr(utrace_prefix.size()));
            }
        }
    }
    return words;
}

std::optional<std::uint64_t> read_hex(std::string_view text) {
    if (!text.starts_with("0x") || text.size() < 3 || text.size() > 18) return std::nullopt;
    std::uint64_t bits = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 2, end, bits, 16);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return bits;
}

bool append_wait_status(std::string& out, std::int64_t status) {
    if ((status & ~std::int64_t{0xff00}) == 0) {
        out += exit_word;
        append_decimal(out, status >> 8);
        return true;
    }
    const std::string_view signal = name_of(signal_names(), status & ~core_bit);
    if (signal.empty()) return false;
    out += signal;
    if ((status & core_bit) != 0) out += core_word;
    return true;
}

std::optional<std::int64_t> read_wait_status(std::string_view text) {
    if (text.starts_with(exit_word)) {
        const auto code = read_decimal(text.substr(exit_word.size()));
        if (!code || *code > 0xff) return std::nullopt;
        return *code << 8;
    }
    const bool core = text.ends_with(core_word);
    if (core) text.remove_suffix(core_word.size());
    const NamedValue* signal = find_name(signal_names(), text);
    if (signal == nullptr) return std::nullopt;
    return signal->value | (core ? core_bit : 0);
}

std::string without_prefixes(std::string_view text) {
    static constexpr std::string_view prefixes[] = {utrace_prefix, "TASK_", "EXIT_"};
    std::string out;
    while (true) {
        const std::string_view whole = first_word(text);
        std::string_view word = whole;
        for (const std::string_view prefix : prefixes) {
            if (word.starts_with(prefix)) word.remove_prefix(prefix.size());
        }
        out += word;
        if (whole.size() == text.size()) return out;
        out += '|';
        text.remove_prefix(whole.size() + 1);
    }
}

}  // namespace utsim
