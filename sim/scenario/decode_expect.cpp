// SPDX-License-Identifier: MIT
// Expectations. The fields of a pattern are those of the event table, read by their Format.
#include <algorithm>
#include <charconv>

#include "base/suggest.hpp"
#include "event/names.hpp"
#include "scenario/decode.hpp"
#include "scenario/values.hpp"
#include "sched/world.hpp"
#include "semantics/parse.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t word_mask_resume = UTRACE_RESUME_MASK;
constexpr std::uint64_t word_mask_part = UTRACE_SIGNAL_MASK;

/// The members of `json` in a line, without the tag and notes.
std::string pattern_in_words(const JsonValue& json) {
    std::string text = text_of(member(json, "kind"));
    for (const JsonMember& m : json.members) {
        if (m.key == "kind" || m.key == "note") continue;
        text += " " + m.key + "=";
        if (m.value.is(JsonKind::text)) {
            text += m.value.text;
        } else if (m.value.is(JsonKind::integer)) {
            text += std::to_string(m.value.integer);
        } else if (m.value.is(JsonKind::boolean)) {
            text += m.value.boolean ? "true" : "false";
        } else {
            for (std::size_t i = 0; i < m.value.items.size(); ++i) {
                text += (i == 0 ? "" : "|") + text_of(&m.value.items[i]);
            }
        }
    }
    return text;
}

std::optional<std::int64_t> event_bit_of(const JsonValue& value) {
    if (const auto number = integer_of(&value)) return number;
    std::string_view name = value.text;
    constexpr std::string_view prefix = "UTRACE_EVENT_";
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    const NamedValue* event = find_name(event_names(), name);
    if (event == nullptr) return std::nullopt;
    return event->value;
}

/// An argument of a callback as traces show it. No word is in two of the tables.
std::optional<std::int64_t> argument_of(const JsonValue& value) {
    if (const auto number = number_of(&value)) return number;
    if (const auto signal = signal_of(&value)) return *signal;
    if (const auto call = syscall_of(&value)) return *call;
    if (const auto code = word_of(&value, cld_names(), "CLD_")) return code;
    return errno_of(value.text);
}

std::optional<std::int64_t> plain_value(Format format, const JsonValue& value) {
    switch (format) {
        case Format::number:
        case Format::hex:
            return number_of(&value);
        case Format::flag:
            if (!value.is(JsonKind::boolean)) return std::nullopt;
            return value.boolean ? 1 : 0;
        case Format::api:
            return word_of(&value, api_call_names(), "utrace_");
        case Format::callback:
            return word_of(&value, callback_names(), "report_");
        case Format::resume:
            return action_of(&value);
        case Format::event_bit:
            return event_bit_of(value);
        case Format::event_mask:
            return events_of(&value);
        case Format::attach_flags:
            return flags_of(&value, attach_flag_names(), "UTRACE_ATTACH_");
        case Format::result:
            return result_of(&value);
        case Format::task_state:
            return task_state_of(&value);
        case Format::exit_state:
            return exit_state_of(&value);
        case Format::signal:
            return signal_of(&value);
        case Format::syscall:
            return syscall_of(&value);
        case Format::cld:
            return word_of(&value, cld_names(), "CLD_");
        case Format::step_switch:
            return word_of(&value, step_switch_names(), "user_");
        case Format::via:
            return word_of(&value, return_path_names(), "");
        case Format::clone_flags:
            return flags_of(&value, clone_flag_names(), "CLONE_");
        default:
            return std::nullopt;
    }
}

/// `main`, `h10` (as traces print it) or `SIGUSR1`: where such a program begins.
std::optional<std::uint64_t> program_named(std::string_view name) {
    if (name == "main") return program_base;
    if (const NamedValue* signal = find_name(signal_names(), name)) {
        return handler_base(static_cast<int>(signal->value));
    }
    int signal = 0;
    if (!name.starts_with('h')) return std::nullopt;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), signal);
    if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    if (signal < 1 || signal > signal_count) return std::nullopt;
    return handler_base(signal);
}

}  // namespace

std::uint64_t Decoder::address_of(const JsonValue& value, int task) {
    if (const auto number = number_of(&value)) return static_cast<std::uint64_t>(*number);
    const std::string text = text_of(&value);
    const std::size_t plus = text.find('+');
    const std::string label = text.substr(0, plus);
    std::uint64_t offset = 0;
    if (plus != std::string::npos) {
        std::from_chars(text.data() + plus + 1, text.data() + text.size(), offset);
    }
    // Real code may have labels called main and h1: what counts is what the tasks run.
    bool abstract = false;
    for (std::size_t i = 0; i < data_.tasks.size(); ++i) {
        if (task >= 0 && static_cast<int>(i) != task) continue;
        abstract = abstract || data_.tasks[i].level == ProgramLevel::abstract;
    }
    if (const auto base = program_named(label); base && abstract) {
        return *base + offset * op_size;
    }
    for (std::size_t i = 0; i < data_.tasks.size(); ++i) {
        if (task >= 0 && static_cast<int>(i) != task) continue;
        const auto found = data_.tasks[i].labels.find(label);
        if (found != data_.tasks[i].labels.end()) return found->second + offset;
    }
    if (value.is(JsonKind::text)) {
        if (!problems_.wants(value.place)) {
            problems_.pass_over();
            return 0;
        }
        std::vector<std::string_view> known;
        for (std::size_t i = 0; i < data_.tasks.size(); ++i) {
            if (task >= 0 && static_cast<int>(i) != task) continue;
            for (const auto& [name, where] : data_.tasks[i].labels) known.push_back(name);
        }
        std::string hint = did_you_mean(label, known);
        if (hint.empty()) hint = "labels are those of `asm`; main+3 is a place in a program";
        problems_.add(209, value, "there is no label \"" + label + "\"", hint);
    }
    return 0;
}

void Decoder::decode_expectations(const JsonValue& root) {
    if (const JsonValue* list = member(root, "expect")) {
        for (const JsonValue& json : list->items) decode_expectation(json, -1);
    }
    const JsonValue* cases = member(root, "cases");
    if (cases == nullptr) return;
    int entry = 0;
    for (const JsonValue& json : cases->items) decode_case(json, entry++);
    if (const JsonValue* semantics = member(root, "semantics")) {
        problems_.add(118, *semantics, "\"semantics\" beside \"cases\", which say it themselves");
    } else if (!data_.cases.empty()) {
        data_.semantics = data_.cases.front().name;
    }
}

void Decoder::decode_case(const JsonValue& json, int entry) {
    if (const JsonValue* semantics = member(json, "semantics")) {
        if (semantics->is(JsonKind::text)) decode_case_semantics(*semantics, entry);
        for (const JsonValue& item : semantics->items) decode_case_semantics(item, entry);
    }
    const JsonValue* list = member(json, "expect");
    if (list == nullptr) return;
    for (const JsonValue& item : list->items) decode_expectation(item, entry);
}

void Decoder::decode_case_semantics(const JsonValue& text, int entry) {
    const auto parsed = parse_semantics(text_of(&text));
    if (!parsed.ok()) {
        const Error& error = parsed.errors().front();
        problems_.add(225, text, error.message, error.hint);
        return;
    }
    bool known = false;
    for (const CaseData& other : data_.cases) {
        if (other.semantics != parsed->semantics) continue;
        known = true;
        if (other.entry != entry) continue;
        problems_.add(227, text, other.name + " is in this case twice");
        return;
    }
    data_.cases.push_back({parsed->name, parsed->semantics, entry});
    if (!known) data_.case_names.push_back(parsed->name);
}

void Decoder::decode_expectation(const JsonValue& json, int of_case) {
    Expectation expectation;
    expectation.of_case = of_case;
    expectation.place = place_of(json);
    for (const JsonMember& m : json.members) {
        if (m.key == "note") continue;
        using Kind = Expectation::Kind;
        if (m.key == "final") {
            expectation.kind = Kind::final;
            expectation.what = "final state";
            for (const JsonMember& final : m.value.members) decode_final(final, expectation);
        } else if (m.key == "sometimes" || m.key == "never") {
            expectation.kind = m.key == "never" ? Kind::never : Kind::sometimes;
            expectation.patterns.push_back(decode_pattern(m.value));
            expectation.what = m.key + " " + expectation.patterns[0].in_words;
        } else if (m.key == "order") {
            expectation.kind = Kind::order;
            for (const JsonValue& item : m.value.items) {
                expectation.patterns.push_back(decode_pattern(item));
            }
            expectation.what = "order of " + std::to_string(m.value.items.size()) + " events";
        } else if (m.key == "count") {
            expectation.kind = Kind::count;
            decode_count(m.value, expectation);
        } else if (m.key == "output") {
            expectation.kind = Kind::output;
            expectation.task = text_of(member(m.value, "task"));
            expectation.text = text_of(member(m.value, "is"));
            expectation.what = "output of " + expectation.task;
            find(member(m.value, "task"), NameKind::task);
        } else if (m.key == "end") {
            expectation.kind = Kind::end;
            const std::string word = text_of(&m.value);
            for (int end = 0; end <= static_cast<int>(RunEnd::paused); ++end) {
                if (word == run_end_name(static_cast<RunEnd>(end))) {
                    expectation.end = static_cast<std::uint8_t>(end);
                }
            }
            expectation.what = "end " + word;
        } else if (m.key == "contract") {
            expectation.kind = Kind::contract;
            for (const JsonValue& item : m.value.items) {
                expectation.clauses.push_back(text_of(&item));
            }
            expectation.what = "what the run breaks of the contract";
        }
        break;
    }
    data_.expect.push_back(std::move(expectation));
}

void Decoder::decode_count(const JsonValue& json, Expectation& expectation) {
    const JsonValue* of = member(json, "of");
    if (of != nullptr) expectation.patterns.push_back(decode_pattern(*of));
    const auto exactly = integer_of(member(json, "exactly"));
    const auto at_least = integer_of(member(json, "at_least"));
    const auto at_most = integer_of(member(json, "at_most"));
    if (!exactly && !at_least && !at_most) {
        problems_.add(212, json, "how often? Add \"exactly\", \"at_least\" or \"at_most\"");
    }
    if (exactly) expectation.at_least = expectation.at_most = static_cast<std::uint64_t>(*exactly);
    if (at_least) expectation.at_least = static_cast<std::uint64_t>(*at_least);
    if (at_most) expectation.at_most = static_cast<std::uint64_t>(*at_most);
    if (expectation.at_least > expectation.at_most) {
        problems_.add(212, json,
                      "no number is at least " + std::to_string(expectation.at_least) +
                          " and at most " + std::to_string(expectation.at_most));
    }
    expectation.what = "count of ";
    if (!expectation.patterns.empty()) expectation.what += expectation.patterns[0].in_words;
}

EventPattern Decoder::decode_pattern(const JsonValue& json) {
    EventPattern pattern;
    pattern.in_words = pattern_in_words(json);
    const std::string kind = text_of(member(json, "kind"));
    const KindInfo* info = nullptr;
    for (const KindInfo& candidate : event_table()) {
        if (candidate.name == kind) info = &candidate;
    }
    if (info == nullptr) return pattern;
    pattern.kind = info->kind;
    for (const JsonMember& m : json.members) {
        if (m.key == "kind" || m.key == "note") continue;
        if (m.key == "actor") {
            pattern.actor = text_of(&m.value);
        } else if (!info->text_name.empty() && m.key == info->text_name) {
            pattern.has_text = true;
            pattern.text = text_of(&m.value);
        } else {
            decode_field(json, m, pattern);
        }
    }
    return pattern;
}

void Decoder::decode_field(const JsonValue& json, const JsonMember& m, EventPattern& pattern) {
    const KindInfo& info = kind_info(pattern.kind);
    for (std::size_t i = 0; i < max_fields; ++i) {
        if (info.field[i].name != m.key) continue;
        FieldMatch match;
        match.field = static_cast<std::uint8_t>(i);
        match.format = info.field[i].format;
        if (match.format == Format::number && m.key == "action") match.format = Format::resume;
        switch (match.format) {
            case Format::task:
                find(&m.value, NameKind::task);
                [[fallthrough]];
            case Format::actor:
            case Format::lock:
            case Format::static_text:
                match.name = text_of(&m.value);
                break;
            case Format::engine:
                match.name = text_of(&m.value);
                find(&m.value, NameKind::engine);
                break;
            case Format::address:
            case Format::program_point: {
                const JsonValue* task = member(json, "task");
                const auto found = task != nullptr ? names_.find(task->text) : names_.end();
                const bool known = found != names_.end() && found->second.kind == NameKind::task;
                match.value = static_cast<std::int64_t>(
                    address_of(m.value, known ? found->second.index : -1));
                break;
            }
            case Format::word:
            case Format::word_signal:
            case Format::word_syscall: {
                const auto word = callback_word_of(&m.value);
                if (!word) return;
                if (word->resume >= answer_keep) {
                    problems_.add(224, m.value, "KEEP and STICKY are answers to give, not to see");
                    return;
                }
                match.mask = word_mask_resume | (word->has_part ? word_mask_part : 0) |
                             (word->flag ? UTRACE_SIGNAL_HOLD : 0);
                match.value = static_cast<std::int64_t>(word->resume | word->part |
                                                        (word->flag ? UTRACE_SIGNAL_HOLD : 0));
                break;
            }
            default: {
                const bool argument = m.key.starts_with("arg") || m.key.starts_with("left");
                const bool word = argument && match.format == Format::number;
                const auto value = word ? argument_of(m.value) : plain_value(match.format, m.value);
                if (!value && word) {
                    problems_.add(113, m.value, "no argument is \"" + text_of(&m.value) + "\"",
                                  "a number, a signal, a system call, -ENAME or CLD_...");
                }
                if (!value) return;
                match.value = *value;
            }
        }
        pattern.fields.push_back(std::move(match));
        return;
    }
}

void Decoder::decode_final(const JsonMember& m, Expectation& expectation) {
    FinalState final;
    final.name = m.key;
    final.place = place_of(m.value);
    const auto found = names_.find(m.key);
    if (found == names_.end() || found->second.kind == NameKind::controller) {
        if (!problems_.wants(m.key_place)) return problems_.pass_over();
        std::vector<std::string_view> known;
        for (const auto& [name, entry] : names_) {
            if (entry.kind != NameKind::controller) known.push_back(name);
        }
        problems_.add_at_key(202, m, "there is no task and no engine \"" + m.key + "\"",
                             did_you_mean(m.key, known));
        return;
    }
    final.is_engine = found->second.kind == NameKind::engine;
    const auto set = [&](FinalState::Number& number, std::optional<std::int64_t> value) {
        number.set = value.has_value();
        number.value = value.value_or(0);
    };
    const JsonValue& v = m.value;
    if (final.is_engine) {
        refuse_members(v, {"state", "exit_state", "exit", "killed_by", "ip", "pending", "output"},
                       "tasks");
    } else {
        refuse_members(
            v, {"attached", "calls", "steps", "interrupted", "positions", "allowed", "aborted"},
            "engines");
    }
    set(final.state, task_state_of(member(v, "state")));
    set(final.exit_state, exit_state_of(member(v, "exit_state")));
    set(final.exit, integer_of(member(v, "exit")));
    set(final.killed_by, signal_of(member(v, "killed_by")));
    if (const JsonValue* pending = member(v, "pending")) {
        set(final.pending, static_cast<std::int64_t>(signals_of(pending)));
    }
    const int task = final.is_engine ? -1 : found->second.index;
    if (const JsonValue* ip = member(v, "ip")) {
        set(final.ip, static_cast<std::int64_t>(address_of(*ip, task)));
    }
    if (const JsonValue* output = member(v, "output")) {
        final.has_output = true;
        final.output = text_of(output);
    }
    if (const JsonValue* attached = member(v, "attached")) {
        set(final.attached, flag_of(attached, false) ? 1 : 0);
    }
    set(final.calls, integer_of(member(v, "calls")));
    set(final.steps, integer_of(member(v, "steps")));
    set(final.interrupted, integer_of(member(v, "interrupted")));
    set(final.allowed, integer_of(member(v, "allowed")));
    set(final.aborted, integer_of(member(v, "aborted")));
    if (const JsonValue* positions = member(v, "positions")) {
        final.has_positions = true;
        const auto engine = static_cast<std::size_t>(found->second.index);
        const bool known = final.is_engine && engine < data_.engines.size();
        const int target = known ? data_.engines[engine].task : -1;
        for (const JsonValue& item : positions->items) {
            final.positions.push_back(address_of(item, target));
        }
    }
    expectation.finals.push_back(std::move(final));
}

}  // namespace utsim
