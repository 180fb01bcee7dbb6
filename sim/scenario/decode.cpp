// SPDX-License-Identifier: MIT
// Names first, everything that refers to them afterwards, so that their order in the file is free.
#include "scenario/decode.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/suggest.hpp"
#include "scenario/values.hpp"
#include "sched/schedule.hpp"
#include "semantics/parse.hpp"

namespace utsim {

void Decoder::decode(const JsonValue& root) {
    if (!root.is(JsonKind::object)) return;
    collect_names(root);
    decode_top(root);
    decode_tasks(root);
    decode_engines(root);
    decode_controllers(root);
    decode_expectations(root);
    check_flags();
    data_.digest = content_digest(root);
}

void Decoder::decode_top(const JsonValue& root) {
    data_.title = text_of(member(root, "title"));
    data_.notes = texts_of(member(root, "note"));
    if (const JsonValue* semantics = member(root, "semantics")) {
        data_.semantics = text_of(semantics);
        const auto parsed = parse_semantics(data_.semantics);
        if (!parsed.ok()) {
            const Error& error = parsed.errors().front();
            problems_.add(225, *semantics, error.message, error.hint);
        }
    }
    if (const JsonValue* word = member(root, "granularity")) data_.granularity = text_of(word);
    if (const JsonValue* schedule = member(root, "schedule")) {
        data_.schedule = text_of(schedule);
        const Result<Schedule> parsed = parse_schedule(data_.schedule);
        if (!parsed.ok()) {
            const Error& error = parsed.errors().front();
            problems_.add(208, *schedule, "this is no schedule: " + error.message, error.hint);
        }
    }
    if (const JsonValue* machine = member(root, "machine")) {
        data_.has_single_step = flag_of(member(*machine, "has_single_step"), true);
        data_.has_block_step = flag_of(member(*machine, "has_block_step"), true);
    }
    if (const JsonValue* limits = member(root, "limits")) {
        const auto limit = [&](const char* key) {
            return static_cast<std::uint64_t>(integer_of(member(*limits, key)).value_or(0));
        };
        data_.max_steps = limit("steps");
        data_.max_instructions = limit("instructions");
        data_.max_events = limit("events");
        data_.max_output = limit("output");
        data_.max_actors = static_cast<std::uint32_t>(limit("actors"));
    }
}

void Decoder::collect_names(const JsonValue& root) {
    const JsonValue* tasks = member(root, "tasks");
    task_count_ = tasks != nullptr ? static_cast<int>(tasks->items.size()) : 0;
    collect_names_of(tasks, NameKind::task, 0);
    collect_names_of(member(root, "children"), NameKind::task, task_count_);
    collect_names_of(member(root, "engines"), NameKind::engine, 0);
    collect_names_of(member(root, "controllers"), NameKind::controller, 0);
}

void Decoder::collect_names_of(const JsonValue* list, NameKind kind, int first) {
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const JsonValue* name = member(list->items[i], "name");
        if (name == nullptr || !name->is(JsonKind::text)) continue;
        const Named named{kind, first + static_cast<int>(i), name->place};
        const auto [place, added] = names_.emplace(name->text, named);
        if (added) continue;
        const Named& other = place->second;
        problems_.add(201, *name,
                      "\"" + name->text + "\" is already the name of " + kind_name(other.kind) +
                          " (" + std::to_string(other.place.line) + ":" +
                          std::to_string(other.place.column) + ")",
                      "tasks, engines and controllers need different names");
    }
}

const char* Decoder::kind_name(NameKind kind) {
    switch (kind) {
        case NameKind::task:
            return "a task";
        case NameKind::engine:
            return "an engine";
        case NameKind::controller:
            return "a controller";
    }
    return "?";
}

int Decoder::find(const JsonValue* name, NameKind kind) {
    if (name == nullptr || !name->is(JsonKind::text)) return -1;
    const auto found = names_.find(name->text);
    if (found != names_.end() && found->second.kind == kind) return found->second.index;
    if (!problems_.wants(name->place)) {
        problems_.pass_over();
        return -1;
    }
    std::string what = kind_name(kind);
    what = what.substr(what.find(' ') + 1);
    if (found != names_.end()) {
        problems_.add(202, *name,
                      "\"" + name->text + "\" is " + kind_name(found->second.kind) + ", not a" +
                          (kind == NameKind::engine ? "n " : " ") + what);
        return -1;
    }
    std::vector<std::string_view> known;
    for (const auto& [word, entry] : names_) {
        if (entry.kind == kind) known.push_back(word);
    }
    std::string hint = did_you_mean(name->text, known);
    if (hint.empty() && known.empty()) hint = "there is no " + what + " in this file";
    problems_.add(202, *name, "there is no " + what + " \"" + name->text + "\"", hint);
    return -1;
}

int Decoder::find_child(const JsonValue* name) {
    const int index = find(name, NameKind::task);
    if (index < 0 || index >= task_count_) return index;
    problems_.add(206, *name, "\"" + name->text + "\" is there from the start",
                  "only entries of \"children\" can be made by a program");
    return -1;
}

std::uint16_t Decoder::find_index(const JsonValue* name, NameKind kind) {
    const int index = find(name, kind);
    return index < 0 ? no_index : static_cast<std::uint16_t>(index);
}

std::uint16_t Decoder::flag_index(const JsonValue* name, bool releases) {
    if (name == nullptr || !name->is(JsonKind::text)) return no_index;
    const auto [found, added] = flag_indices_.try_emplace(name->text, data_.flags.size());
    const std::size_t index = found->second;
    if (added) {
        data_.flags.push_back(name->text);
        flag_uses_.emplace_back();
    }
    if (releases) {
        flag_uses_[index].released = true;
    } else if (flag_uses_[index].waits == nullptr) {
        flag_uses_[index].waits = name;
    }
    return static_cast<std::uint16_t>(index);
}

void Decoder::check_flags() {
    std::vector<std::string_view> released;
    for (std::size_t j = 0; j < flag_uses_.size(); ++j) {
        if (flag_uses_[j].released) released.push_back(data_.flags[j]);
    }
    for (std::size_t i = 0; i < flag_uses_.size(); ++i) {
        const FlagUse& use = flag_uses_[i];
        if (use.released || use.waits == nullptr) continue;
        if (!problems_.wants(use.waits->place)) {
            problems_.pass_over();
            continue;
        }
        std::string hint = did_you_mean(data_.flags[i], released);
        if (hint.empty()) hint = "add a step {\"release\": \"" + data_.flags[i] + "\"}";
        problems_.add(207, *use.waits, "nobody releases \"" + data_.flags[i] + "\"", hint);
    }
}

void Decoder::decode_controllers(const JsonValue& root) {
    const JsonValue* list = member(root, "controllers");
    if (list == nullptr) return;
    for (const JsonValue& json : list->items) {
        ControllerData& controller = data_.controllers.emplace_back();
        controller.name = text_of(member(json, "name"));
        controller.place = place_of(json);
        controller.pid = static_cast<int>(integer_of(member(json, "pid")).value_or(0));
        controller.may_wait = flag_of(member(json, "may_wait"), false);
        controller.steps = decode_steps(member(json, "steps"));
    }
}

SourcePlace Decoder::place_of(const JsonValue& value) {
    return {value.pointer(), value.place.line, value.place.column};
}

// --- digest ----------------------------------------------------------------------------------

namespace {

void add_value(Digest& digest, const JsonValue& value) {
    digest.add(static_cast<std::uint64_t>(value.kind));
    digest.add(static_cast<std::uint64_t>(value.boolean));
    digest.add(static_cast<std::uint64_t>(value.integer));
    digest.add(static_cast<std::uint64_t>(value.text.size()));
    digest.add(value.text);
    digest.add(static_cast<std::uint64_t>(value.items.size()));
    for (const JsonValue& item : value.items) add_value(digest, item);
    std::vector<const JsonMember*> members;
    for (const JsonMember& m : value.members) {
        if (m.key != "note" && m.key != "$schema") members.push_back(&m);
    }
    std::sort(members.begin(), members.end(),
              [](const JsonMember* a, const JsonMember* b) { return a->key < b->key; });
    digest.add(static_cast<std::uint64_t>(members.size()));
    for (const JsonMember* m : members) {
        digest.add(static_cast<std::uint64_t>(m->key.size()));
        digest.add(m->key);
        add_value(digest, m->value);
    }
}

}  // namespace

std::string content_digest(const JsonValue& root) {
    Digest digest;
    add_value(digest, root);
    return digest.text();
}

}  // namespace utsim
