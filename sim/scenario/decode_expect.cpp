// SPDX-License-Identifier: MIT
// Expectations, but for the patterns in them (decode_pattern.cpp).
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
    decode_expectations(root, -1);
    if (const JsonValue* list = member(root, "may_break")) {
        for (const JsonValue& item : list->items) {
            data_.may_break.push_back({text_of(&item), place_of(item)});
        }
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
    decode_expectations(json, entry);
}

/// Both lists of the file, or of a case.
void Decoder::decode_expectations(const JsonValue& json, int of_case) {
    for (const char* key : {"expect", "in_this_order"}) {
        const JsonValue* list = member(json, key);
        if (list == nullptr) continue;
        for (const JsonValue& item : list->items) {
            decode_expectation(item, of_case);
            data_.expect.back().own_order = key == std::string_view("in_this_order");
        }
    }
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
