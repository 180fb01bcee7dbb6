// SPDX-License-Identifier: MIT
// Steps of controllers and of callbacks. Both are the same kind of list; only controllers can wait.
#include <algorithm>

#include "base/suggest.hpp"
#include "scenario/decode.hpp"
#include "scenario/values.hpp"

namespace utsim {

namespace {

constexpr NamedValue verbs[] = {
    {"attach", static_cast<std::int64_t>(StepVerb::attach)},
    {"lookup", static_cast<std::int64_t>(StepVerb::lookup)},
    {"set_events", static_cast<std::int64_t>(StepVerb::set_events)},
    {"control", static_cast<std::int64_t>(StepVerb::control)},
    {"detach", static_cast<std::int64_t>(StepVerb::control)},
    {"barrier", static_cast<std::int64_t>(StepVerb::barrier)},
    {"prepare_examine", static_cast<std::int64_t>(StepVerb::prepare_examine)},
    {"finish_examine", static_cast<std::int64_t>(StepVerb::finish_examine)},
    {"get", static_cast<std::int64_t>(StepVerb::get)},
    {"put", static_cast<std::int64_t>(StepVerb::put)},
    {"kill", static_cast<std::int64_t>(StepVerb::kill)},
    {"tkill", static_cast<std::int64_t>(StepVerb::tkill)},
    {"wake", static_cast<std::int64_t>(StepVerb::wake)},
    {"spurious_wake", static_cast<std::int64_t>(StepVerb::spurious_wake)},
    {"page_out", static_cast<std::int64_t>(StepVerb::page_out)},
    {"reap", static_cast<std::int64_t>(StepVerb::reap)},
    {"set_regs", static_cast<std::int64_t>(StepVerb::set_regs)},
    {"check_regs", static_cast<std::int64_t>(StepVerb::check_regs)},
    {"state", static_cast<std::int64_t>(StepVerb::state)},
    {"release", static_cast<std::int64_t>(StepVerb::release)},
    {"say", static_cast<std::int64_t>(StepVerb::note)},
    {"await", static_cast<std::int64_t>(StepVerb::await_idle)},
};

constexpr NamedValue refusals[] = {
    {"NOENG", no_engine},    {"NOTASK", no_task},       {"FREED", freed},
    {"NOREF", no_reference}, {"NOTZOMBIE", not_zombie},
};

std::string value_in_words(const JsonValue& value) {
    switch (value.kind) {
        case JsonKind::text:
            return value.text;
        case JsonKind::integer:
            return std::to_string(value.integer);
        case JsonKind::boolean:
            return value.boolean ? "true" : "false";
        case JsonKind::list: {
            std::string text;
            for (const JsonValue& item : value.items) {
                text += (text.empty() ? "" : "|") + value_in_words(item);
            }
            return text.empty() ? "0" : text;
        }
        default:
            return "...";
    }
}

/// All states of a word or a list, as bits; RUNNING, which has none, is bit 62.
std::int64_t states_of(const JsonValue* value) {
    if (value == nullptr) return 0;
    if (value->is(JsonKind::text)) {
        const std::int64_t state = task_state_of(value).value_or(0);
        return state == TASK_RUNNING ? await_running : state;
    }
    std::int64_t states = integer_of(value).value_or(0);
    for (const JsonValue& item : value->items) states |= states_of(&item);
    return states;
}

}  // namespace

std::string step_in_words(const JsonValue& json, std::string_view verb) {
    std::string text(verb);
    const JsonValue* value = member(json, verb);
    if (value == nullptr) return text;
    if (!value->is(JsonKind::object)) return text + "(" + value_in_words(*value) + ")";
    std::string parameters;
    for (const JsonMember& m : value->members) {
        if (m.key == "note") continue;
        if (!parameters.empty()) parameters += ", ";
        const bool obvious = m.key == "task" || m.key == "engine" || m.key == "action" ||
                             m.key == "signal" || m.key == "events" || m.key == "state";
        parameters += (obvious ? "" : m.key + "=") + value_in_words(m.value);
    }
    return text + "(" + parameters + ")";
}

std::vector<ScriptStep> Decoder::decode_steps(const JsonValue* list) {
    std::vector<ScriptStep> steps;
    if (list == nullptr || !list->is(JsonKind::list)) return steps;
    for (const JsonValue& json : list->items) steps.push_back(decode_step(json));
    return steps;
}

ScriptStep Decoder::decode_step(const JsonValue& json) {
    ScriptStep step;
    step.id = static_cast<std::uint32_t>(data_.steps.size());
    StepInfo& info = data_.steps.emplace_back();
    info.place = place_of(json);
    const JsonValue* expect = member(json, "expect");
    info.has_expect = expect != nullptr;
    if (expect != nullptr) info.place = place_of(*expect);
    for (const JsonMember& m : json.members) {
        const NamedValue* verb = find_name(verbs, m.key);
        if (verb == nullptr) continue;
        info.in_words = step_in_words(json, m.key);
        step.verb = static_cast<StepVerb>(verb->value);
        decode_verb(m.key, m.value, step);
        break;
    }
    if (step.verb == StepVerb::check_regs) {  // it is an expectation itself
        step.expect = StepExpect::number;
        info.has_expect = true;
    }
    if (expect != nullptr) decode_expect(*expect, step);
    return step;
}

void Decoder::decode_verb(std::string_view verb, const JsonValue& value, ScriptStep& step) {
    if (verb == "release") {
        step.flag = flag_index(&value, true);
        return;
    }
    if (verb == "say") {
        step.text = static_cast<std::uint32_t>(data_.texts.size());
        data_.texts.push_back(text_of(&value));
        return;
    }
    if (!value.is(JsonKind::object)) return;
    if (verb == "await") return decode_await(value, step);
    if (const JsonValue* task = member(value, "task")) step.task = find_index(task, NameKind::task);
    if (const JsonValue* engine = member(value, "engine")) {
        step.engine = find_index(engine, NameKind::engine);
    }
    if (verb == "page_out" && step.task < data_.tasks.size() &&
        data_.tasks[step.task].level == ProgramLevel::abstract) {
        problems_.add(226, value,
                      "\"" + data_.tasks[step.task].name + "\" has no pages to send away",
                      "give it real code: `asm`, `bytes` or `elf`");
    }
    step.by_pid = flag_of(member(value, "pid"), false);
    step.signal = signal_of(member(value, "signal")).value_or(0);
    if (verb == "detach") step.action = UTRACE_DETACH;
    if (verb == "spurious_wake") step.value = states_of(member(value, "states"));
    if (verb == "set_regs" || verb == "check_regs") {
        const int task = step.task < data_.tasks.size() ? static_cast<int>(step.task) : -1;
        add_registers(value, task, step.regs_first, step.regs_count);
    }
    decode_engine_verb(value, step);
}

void Decoder::decode_engine_verb(const JsonValue& value, ScriptStep& step) {
    if (const auto action = action_of(member(value, "action"))) step.action = *action;
    if (const auto events = events_of(member(value, "events"))) {
        step.value = static_cast<std::int64_t>(*events);
    }
    if (const auto data = number_of(member(value, "data"))) {
        step.has_data = true;
        step.data = static_cast<std::uint64_t>(*data);
    }
    const JsonValue* flags = member(value, "flags");
    const int otherwise = step.verb == StepVerb::attach ? UTRACE_ATTACH_CREATE : 0;
    step.attach_flags =
        flags != nullptr ? static_cast<int>(flags_of(flags, attach_flag_names(), "UTRACE_ATTACH_"))
                         : otherwise;
    const std::string ops = text_of(member(value, "ops"));
    if (ops == "NULL") step.ops = OpsChoice::null;
    if (ops == "DETACHED") step.ops = OpsChoice::detached;
}

void Decoder::decode_await(const JsonValue& value, ScriptStep& step) {
    const JsonValue* state = member(value, "state");
    const JsonValue* exit_state = member(value, "exit_state");
    const JsonValue* calls = member(value, "calls");
    const JsonValue* task = member(value, "task");
    const JsonValue* engine = member(value, "engine");
    if (task != nullptr) step.task = find_index(task, NameKind::task);
    if (engine != nullptr) step.engine = find_index(engine, NameKind::engine);
    if (task == nullptr && (state != nullptr || exit_state != nullptr)) {
        problems_.add(206, value, "which task? Add \"task\"");
    }
    if (engine == nullptr && calls != nullptr) {
        problems_.add(206, value, "which engine? Add \"engine\"");
    }
    if (state != nullptr) {
        step.verb = StepVerb::await_state;
        step.value = states_of(state);
    } else if (exit_state != nullptr) {
        step.verb = StepVerb::await_exit;
        step.value = exit_state_of(exit_state).value_or(0);
    } else if (calls != nullptr) {
        step.verb = StepVerb::await_calls;
        step.value = integer_of(calls).value_or(1);
    } else if (const JsonValue* flag = member(value, "flag")) {
        step.verb = StepVerb::await_flag;
        step.flag = flag_index(flag, false);
    } else if (const JsonValue* ticks = member(value, "ticks")) {
        step.verb = StepVerb::await_time;
        step.value = integer_of(ticks).value_or(1);
    }
}

void Decoder::decode_expect(const JsonValue& value, ScriptStep& step) {
    switch (step.verb) {
        case StepVerb::state:
        case StepVerb::release:
        case StepVerb::note:
        case StepVerb::await_state:
        case StepVerb::await_exit:
        case StepVerb::await_calls:
        case StepVerb::await_flag:
        case StepVerb::await_time:
        case StepVerb::await_idle:
            problems_.add(215, value, "this step answers nothing that could be expected");
            return;
        default:
            break;
    }
    step.expect = StepExpect::number;
    if (const auto number = result_of(&value)) {
        step.expected = *number;
        return;
    }
    const std::string word = text_of(&value);
    if (const NamedValue* refusal = find_name(refusals, word)) {
        step.expected = refusal->value;
        return;
    }
    const auto engine = names_.find(word);
    const bool can_be_engine = step.verb == StepVerb::attach || step.verb == StepVerb::lookup;
    if (can_be_engine && engine != names_.end() && engine->second.kind == NameKind::engine) {
        step.expect = StepExpect::engine;
        step.expected_engine = static_cast<std::uint16_t>(engine->second.index);
        return;
    }
    if (!problems_.wants(value.place)) return problems_.pass_over();
    std::vector<std::string> known;
    for (const NamedValue& entry : result_names()) known.emplace_back(entry.name);
    for (const NamedValue& entry : refusals) known.emplace_back(entry.name);
    if (can_be_engine) {
        for (const auto& [name, entry] : names_) {
            if (entry.kind == NameKind::engine) known.push_back(name);
        }
    }
    const std::vector<std::string_view> views(known.begin(), known.end());
    if (value.is(JsonKind::text)) {
        problems_.add(222, value, "nothing can answer \"" + word + "\"", did_you_mean(word, views));
    }
}

void Decoder::add_registers(const JsonValue& value, int task, std::uint32_t& first,
                            std::uint32_t& count) {
    std::vector<RegisterValue> registers = registers_of(&value);
    if (const JsonValue* rip = member(value, "rip"); rip != nullptr && !number_of(rip)) {
        registers.push_back({Register::rip, address_of(*rip, task)});
    }
    first = static_cast<std::uint32_t>(data_.registers.size());
    count = static_cast<std::uint32_t>(registers.size());
    data_.registers.insert(data_.registers.end(), registers.begin(), registers.end());
}

}  // namespace utsim
