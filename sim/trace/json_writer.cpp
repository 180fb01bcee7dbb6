// SPDX-License-Identifier: MIT
// Written by hand, field by field from the event table, because a trace line is made for every
// event. Names are written once and then used as they are; when two things of one sort have the
// same name, the later one is `name~2`, so that a line always says which is meant.
#include "trace/json_writer.hpp"

#include <map>
#include <set>
#include <vector>

#include "base/check.hpp"
#include "sched/schedule.hpp"
#include "vocabulary/field_format.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"

namespace utsim {

namespace {

void append_key(std::string& out, std::string_view key) {
    out += ',';
    append_json_string(out, key);
    out += ':';
}

void append_string_member(std::string& out, std::string_view key, std::string_view value) {
    append_key(out, key);
    append_json_string(out, value);
}

void append_number_member(std::string& out, std::string_view key, std::uint64_t value) {
    append_key(out, key);
    append_unsigned(out, value);
}

/// Bytes are hexadecimal; other texts are strings unless they are not UTF-8.
void append_text(std::string& out, std::string_view name, std::string_view text) {
    if (name == "bytes") {
        append_key(out, name);
        out += '"';
        append_hex_bytes(out, text);
        out += '"';
    } else if (is_utf8(text)) {
        append_string_member(out, name, text);
    } else {
        append_key(out, std::string(name) + "_hex");
        out += '"';
        append_hex_bytes(out, text);
        out += '"';
    }
}

}  // namespace

/// The names that were written so far, which is what the lines say.
class JsonWriter::Aliases final : public NameTable {
public:
    explicit Aliases(const TraceNames& names) : names_(names) {}

    std::string_view actor(ActorId id) const override { return actors_.find(id.value); }
    std::string_view task(TaskId id) const override { return tasks_.find(id.value); }
    std::string_view engine(EngineId id) const override { return engines_.find(id.value); }
    std::string_view static_text(std::uint32_t index) const override {
        return names_.static_text(index);
    }

    /// Writes the lines for whatever `event` names first.
    void introduce(std::string& out, const Event& event) {
        if (event.actor.valid()) introduce(out, Format::actor, event.actor.value);
        for (std::size_t i = 0; i < field_count(event.kind); ++i) {
            const Format format = format_of({event.kind, i, event.value.data()});
            if (format == Format::lock) {
                introduce(out, Format::task, event.value[i] & nobody);
            } else {
                introduce(out, format, event.value[i]);
            }
        }
    }

private:
    struct Sort {
        std::map<std::int64_t, std::string> by_id;
        std::set<std::string, std::less<>> taken;

        std::string_view find(std::uint32_t id) const {
            const auto found = by_id.find(id);
            return found == by_id.end() ? std::string_view() : std::string_view(found->second);
        }
        std::string_view choose(std::int64_t id, std::string_view wanted);
    };

    void introduce(std::string& out, Format format, std::int64_t id);

    const TraceNames& names_;
    Sort actors_;
    Sort tasks_;
    Sort engines_;
};

std::string_view JsonWriter::Aliases::Sort::choose(std::int64_t id, std::string_view wanted) {
    const std::string base(is_utf8(wanted) ? wanted : std::string_view("?"));
    std::string name = base;
    for (int number = 2; taken.count(name) != 0; ++number) {
        name = base + '~' + std::to_string(number);
    }
    taken.insert(name);
    return by_id[id] = name;
}

void JsonWriter::Aliases::introduce(std::string& out, Format format, std::int64_t id) {
    if (id < 0 || id >= nobody) return;
    const auto number = static_cast<std::uint32_t>(id);
    switch (format) {
        case Format::actor: {
            const std::string_view name = names_.actor(ActorId{number});
            if (name.empty() || !actors_.find(number).empty()) return;
            out += R"({"name":"actor","id":)";
            append_decimal(out, id);
            append_string_member(out, "is", actors_.choose(id, name));
            append_string_member(out, "letter", schedule_letter(ActorId{number}));
            const int pid = names_.actor_pid(ActorId{number});
            if (pid > 0) append_number_member(out, "pid", static_cast<std::uint64_t>(pid));
            break;
        }
        case Format::task: {
            const std::string_view name = names_.task(TaskId{number});
            if (name.empty() || !tasks_.find(number).empty()) return;
            out += R"({"name":"task","id":)";
            append_decimal(out, id);
            append_string_member(out, "is", tasks_.choose(id, name));
            const int pid = names_.task_pid(TaskId{number});
            if (pid > 0) append_number_member(out, "pid", static_cast<std::uint64_t>(pid));
            break;
        }
        case Format::engine: {
            const std::string_view name = names_.engine(EngineId{number});
            if (name.empty() || !engines_.find(number).empty()) return;
            out += R"({"name":"engine","id":)";
            append_decimal(out, id);
            append_string_member(out, "is", engines_.choose(id, name));
            break;
        }
        default:
            return;
    }
    out += "}\n";
}

JsonWriter::JsonWriter(const TraceNames& names) : aliases_(std::make_unique<Aliases>(names)) {}
JsonWriter::~JsonWriter() = default;

void JsonWriter::header(std::string& out, const TraceHeader& header) {
    out += R"({"format":)";
    append_json_string(out, trace_format);
    append_string_member(out, "utsim", header.version);
    append_string_member(out, "scenario", header.scenario);
    append_string_member(out, "scenario_digest", header.scenario_digest);
    if (!header.scenario_file.empty()) append_string_member(out, "file", header.scenario_file);
    append_string_member(out, "semantics", header.semantics);
    append_string_member(out, "semantics_digest", header.semantics_digest);
    append_string_member(out, "granularity", header.granularity);
    append_string_member(out, "chooser", header.chooser);
    if (!header.schedule.empty()) append_string_member(out, "schedule", header.schedule);
    if (header.seed) append_number_member(out, "seed", *header.seed);
    if (header.quantum > 1) append_number_member(out, "quantum", header.quantum);
    append_key(out, "limits");
    out += R"({"max_steps":)";
    append_unsigned(out, header.max_steps);
    append_number_member(out, "max_instructions", header.max_instructions);
    out += '}';
    if (header.counts_instructions) append_string_member(out, "instructions", "counted");
    if (!header.files.empty()) {
        append_key(out, "files");
        out += '{';
        for (const auto& [name, digest] : header.files) {
            if (out.back() != '{') out += ',';
            append_json_string(out, name);
            out += ':';
            append_json_string(out, digest);
        }
        out += '}';
    }
    if (!header.packed.empty()) append_string_member(out, "packed", header.packed);
    append_string_member(out, "source", header.source);
    out += "}\n";
}

void JsonWriter::event(std::string& out, const Event& event) {
    aliases_->introduce(out, event);
    const KindInfo& info = kind_info(event.kind);
    out += R"({"step":)";
    append_unsigned(out, event.step);
    const std::string_view actor =
        event.actor.valid() ? aliases_->actor(event.actor) : std::string_view();
    if (!actor.empty()) {
        append_string_member(out, "actor", actor);
    } else if (event.actor.valid()) {
        append_number_member(out, "actor", event.actor.value);
    }
    append_string_member(out, "kind", info.name);
    for (std::size_t i = 0; i < field_count(event.kind); ++i) {
        const FieldContext context{event.kind, i, event.value.data()};
        const Format format = format_of(context);
        const std::int64_t value = event.value[i];
        append_key(out, info.field[i].name);
        std::string word;
        if (is_nobody(format, value)) {
            out += "null";
        } else if (format == Format::flag && (value == 0 || value == 1)) {
            out += value != 0 ? "true" : "false";
        } else if (append_symbol(word, context, value, *aliases_)) {
            append_json_string(out, word);
        } else {
            append_decimal(out, value);
        }
    }
    const bool absent = event.text.empty() && text_may_be_absent(info.kind);
    if (!info.text_name.empty() && !absent) append_text(out, info.text_name, event.text);
    out += "}\n";
}

void JsonWriter::end(std::string& out, const TraceEnd& end) {
    out += R"({"end":)";
    append_json_string(out, end.end);
    if (!end.detail.empty()) append_string_member(out, "detail", end.detail);
    append_number_member(out, "steps", end.steps);
    append_number_member(out, "events", end.events);
    append_string_member(out, "schedule", end.schedule);
    append_string_member(out, "fingerprint", end.fingerprint);
    out += "}\n";
}

std::string write_jsonl(const TraceHeader& header, const EventLog& log, const TraceNames& names,
                        const TraceEnd& end) {
    JsonWriter writer(names);
    std::string out;
    writer.header(out, header);
    for (std::uint64_t i = 0; i < log.size(); ++i) writer.event(out, log.at(i));
    writer.end(out, end);
    return out;
}

}  // namespace utsim
