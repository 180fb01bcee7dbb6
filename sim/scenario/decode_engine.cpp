// SPDX-License-Identifier: MIT
// Engines: what all of them have, and the settings of each kind.
#include "engines/syscall_log.hpp"
#include "scenario/decode.hpp"
#include "scenario/values.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

constexpr NamedValue engine_kinds[] = {
    {"scripted", static_cast<std::int64_t>(EngineKind::scripted)},
    {"stepper", static_cast<std::int64_t>(EngineKind::stepper)},
    {"syscall-log", static_cast<std::int64_t>(EngineKind::syscall_log)},
    {"guard", static_cast<std::int64_t>(EngineKind::guard)},
    {"external", static_cast<std::int64_t>(EngineKind::external)},
};

/// The mask that a kind wants when the file says nothing.
std::uint64_t usual_events(EngineKind kind) {
    switch (kind) {
        case EngineKind::stepper:
            return Stepper::events;
        case EngineKind::syscall_log:
            return SyscallLog::events;
        case EngineKind::guard:
            return Guard::events;
        default:
            return 0;
    }
}

std::uint8_t disposition_of(const JsonValue* value) {
    const std::string word = text_of(value);
    if (word.ends_with("DFL")) return 0;
    return word.ends_with("IGN") ? 1 : 2;
}

}  // namespace

void Decoder::decode_engines(const JsonValue& root) {
    const JsonValue* list = member(root, "engines");
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        decode_engine(list->items[i], data_.engines.emplace_back(), static_cast<int>(i));
    }
}

void Decoder::decode_engine(const JsonValue& json, EngineData& engine, int index) {
    engine.name = text_of(member(json, "name"));
    engine.place = place_of(json);
    if (const auto kind = word_of(member(json, "kind"), engine_kinds, "")) {
        engine.kind = static_cast<EngineKind>(*kind);
    }
    engine.attached_at_start = text_of(member(json, "attach")) != "controller";
    if (const JsonValue* on = member(json, "on")) {
        engine.task = find(on, NameKind::task);
    } else if (task_count_ == 1) {
        engine.task = 0;
    } else if (engine.attached_at_start) {
        problems_.add(217, json, "which task? There is more than one: add \"on\"");
    }
    if (engine.attached_at_start && engine.task >= task_count_) {
        problems_.add(217, *member(json, "on"), "this task does not exist at the start",
                      "\"attach\": \"controller\" leaves the attaching to a step");
    }
    engine.events = events_of(member(json, "events")).value_or(usual_events(engine.kind));
    const auto data = number_of(member(json, "data"));
    engine.data = static_cast<std::uint64_t>(data.value_or(index + 1));
    const std::uint32_t usual_action =
        engine.kind == EngineKind::stepper ? UTRACE_REPORT : UTRACE_RESUME;
    engine.start_action = action_of(member(json, "then")).value_or(usual_action);
    if (engine.kind == EngineKind::stepper) decode_stepper(member(json, "config"), engine);
    if (engine.kind == EngineKind::guard) decode_guard(member(json, "config"), engine);
    if (engine.kind == EngineKind::scripted) decode_scripted(json, engine);
}

void Decoder::decode_stepper(const JsonValue* config, EngineData& engine) {
    if (config == nullptr) return;
    StepperConfig& stepper = engine.stepper;
    stepper.block = text_of(member(*config, "by")) == "block";
    stepper.count = static_cast<std::uint32_t>(integer_of(member(*config, "count")).value_or(0));
    if (const auto then = action_of(member(*config, "finally"))) {
        stepper.then = static_cast<std::uint8_t>(*then);
    }
    if (const JsonValue* until = member(*config, "until")) {
        stepper.has_until = true;
        stepper.until = address_of(*until, engine.task);
    }
}

void Decoder::decode_guard(const JsonValue* config, EngineData& engine) {
    if (config == nullptr) return;
    engine.guard_aborts_others = text_of(member(*config, "otherwise")) == "abort";
    engine.guard_revisits = flag_of(member(*config, "revisit"), true);
    const JsonValue* rules = member(*config, "rules");
    if (rules == nullptr) return;
    for (const JsonValue& json : rules->items) {
        GuardRule& rule = engine.guard_rules.emplace_back();
        rule.nr = syscall_of(member(json, "nr")).value_or(-1);
        rule.abort = text_of(member(json, "verdict")) == "abort";
        const JsonValue* argument = member(json, "arg");
        const JsonValue* values = member(json, "in");
        if ((argument == nullptr) != (values == nullptr)) {
            problems_.add(223, json, "\"arg\" and \"in\" belong together");
        }
        if (argument == nullptr || values == nullptr) continue;
        rule.argument = static_cast<std::uint8_t>(integer_of(argument).value_or(0));
        rule.first = static_cast<std::uint32_t>(engine.guard_values.size());
        for (const JsonValue& value : values->items) {
            engine.guard_values.push_back(
                static_cast<std::uint64_t>(number_of(&value).value_or(0)));
        }
        rule.count = static_cast<std::uint32_t>(engine.guard_values.size()) - rule.first;
    }
}

void Decoder::decode_scripted(const JsonValue& json, EngineData& engine) {
    if (const JsonValue* lacks = member(json, "lacks")) {
        for (const JsonValue& item : lacks->items) {
            if (const auto callback = word_of(&item, callback_names(), "report_")) {
                engine.lacks |= 1u << *callback;
            }
        }
    }
    const auto next_answer = [&] { return static_cast<std::uint32_t>(engine.answers.size()); };
    if (const JsonValue* answers = member(json, "answers")) {
        for (const JsonMember& m : answers->members) {
            const auto key = callback_key_of(m.key);
            if (!key) continue;
            const auto count = static_cast<std::uint32_t>(m.value.items.size());
            engine.queues.push_back({*key, next_answer(), count});
            for (const JsonValue& item : m.value.items) {
                engine.answers.push_back(decode_answer(item, engine));
            }
        }
    }
    if (const JsonValue* rules = member(json, "rules")) {
        for (const JsonValue& item : rules->items) {
            ScriptedRule rule;
            rule.answer = next_answer();
            if (const JsonValue* when = member(item, "when")) {
                if (const JsonValue* callback = member(*when, "callback")) {
                    rule.key = callback_key_of(text_of(callback)).value_or(CallbackKey{});
                }
                rule.nth = static_cast<std::uint32_t>(integer_of(member(*when, "nth")).value_or(0));
                const auto state = integer_of(member(*when, "state"));
                rule.has_state = state.has_value();
                rule.state = static_cast<std::int32_t>(state.value_or(0));
                if (const JsonValue* flag = member(*when, "flag")) {
                    rule.flag = flag_index(flag, false);
                }
            }
            engine.answers.push_back(decode_answer(item, engine));
            engine.rules.push_back(rule);
        }
    }
    if (const JsonValue* defaults = member(json, "default")) {
        for (const JsonMember& m : defaults->members) {
            const auto key = callback_key_of(m.key);
            if (!key) continue;
            engine.defaults.push_back({*key, next_answer(), 1});
            engine.answers.push_back(decode_answer(m.value, engine));
        }
    }
}

ScriptedAnswer Decoder::decode_answer(const JsonValue& json, EngineData& engine) {
    ScriptedAnswer answer;
    const JsonValue* word = json.is(JsonKind::object) ? member(json, "return") : &json;
    if (const auto parsed = callback_word_of(word)) {
        answer.resume = parsed->resume;
        answer.has_part = parsed->has_part;
        answer.part = parsed->part;
        answer.hold = parsed->flag;
    }
    if (!json.is(JsonKind::object)) return answer;
    if (const JsonValue* set = member(json, "set")) decode_set(*set, engine.task, answer);
    if (const JsonValue* block = member(json, "block")) answer.block = flag_index(block, false);
    if (const JsonValue* list = member(json, "do")) {
        const std::vector<ScriptStep> steps = decode_steps(list);
        answer.steps_first = static_cast<std::uint32_t>(engine.steps.size());
        answer.steps_count = static_cast<std::uint32_t>(steps.size());
        engine.steps.insert(engine.steps.end(), steps.begin(), steps.end());
    }
    return answer;
}

void Decoder::decode_set(const JsonValue& set, int task, ScriptedAnswer& answer) {
    if (const auto signo = signal_of(member(set, "si_signo"))) {
        answer.set_signo = true;
        answer.signo = *signo;
    }
    if (const JsonValue* handler = member(set, "handler")) {
        answer.set_handler = true;
        answer.handler = disposition_of(handler);
    }
    if (const auto nr = syscall_of(member(set, "nr"))) {
        answer.set_nr = member(set, "nr") != nullptr;
        answer.nr = *nr;
    }
    if (const auto ax = result_of(member(set, "ax"))) {
        answer.set_ax = true;
        answer.ax = *ax;
    }
    if (const auto code = integer_of(member(set, "code"))) {
        answer.set_code = true;
        answer.code = *code << 8;  // as in the status that wait4 gives
    } else if (const auto status = read_wait_status(text_of(member(set, "code")))) {
        answer.set_code = true;
        answer.code = *status;
    }
    if (const auto state = integer_of(member(set, "state"))) {
        answer.set_state = true;
        answer.state = static_cast<std::int32_t>(*state);
    }
    add_registers(set, task, answer.regs_first, answer.regs_count);
}

}  // namespace utsim
