// SPDX-License-Identifier: MIT
// The public face of a trace: everything is in the other files of this room.
#include "trace/recorded_trace.hpp"

#include "base/check.hpp"
#include "trace/fingerprint.hpp"
#include "trace/json_writer.hpp"
#include "trace/reader.hpp"
#include "trace/text_writer.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"

namespace utsim {

namespace {

void keep(std::vector<StoredNames::Entry>& entries, std::uint32_t id, std::string_view name,
          int pid) {
    if (entries.size() <= id) entries.resize(id + 1);
    if (entries[id].name.empty()) entries[id] = {std::string(name), pid};
}

void keep_name(StoredNames& out, const TraceNames& names, Format format, std::int64_t value) {
    if (value < 0 || value >= static_cast<std::int64_t>(TraceLimits::ids)) return;
    const auto id = static_cast<std::uint32_t>(value);
    switch (format) {
        case Format::actor:
            return keep(out.actors, id, names.actor(ActorId{id}), names.actor_pid(ActorId{id}));
        case Format::task:
            return keep(out.tasks, id, names.task(TaskId{id}), names.task_pid(TaskId{id}));
        case Format::engine:
            return keep(out.engines, id, names.engine(EngineId{id}), 0);
        case Format::static_text:
            if (out.texts.size() <= id) out.texts.resize(id + 1);
            if (out.texts[id].empty()) out.texts[id] = names.static_text(id);
            return;
        default:
            return;
    }
}

const std::string& empty_text() {
    static const std::string text;
    return text;
}

}  // namespace

TextOptions text_options(const TraceTextOptions& options) {
    return {options.color, options.full, options.from, options.until};
}

void NameKeeper::see(const Event& event) {
    if (event.actor.valid()) keep_name(kept_, *live_, Format::actor, event.actor.value);
    for (std::size_t f = 0; f < field_count(event.kind); ++f) {
        const Format format = format_of({event.kind, f, event.value.data()});
        const bool lock = format == Format::lock;
        keep_name(kept_, *live_, lock ? Format::task : format,
                  lock ? event.value[f] & 0xffffffff : event.value[f]);
    }
}

void NamedRecorder::emit(const Event& event) {
    run_.pass(
        event, [this](const Event& met) { kept_.see(met); },
        [this](const Event& told) { log_.append(told); });
}

void NamedRecorder::rewind(std::uint64_t mark) {
    UTSIM_CHECK(!run_.counts(), "what was counted is not taken back");
    log_.truncate(mark);
}

void NamedRecorder::end_of_events() {
    run_.end([this](const Event& told) { log_.append(told); });
}

Result<RecordedTrace> RecordedTrace::read(std::string_view text, const std::string& file) {
    UTSIM_TRY(trace, read_trace(text, file));
    auto data = std::make_shared<Data>();
    data->trace = std::move(trace);
    return RecordedTrace(std::move(data));
}

const std::string& RecordedTrace::scenario() const { return data_->trace.header.scenario; }
const std::string& RecordedTrace::semantics() const { return data_->trace.header.semantics; }
const std::string& RecordedTrace::source() const { return data_->trace.header.source; }
const std::string& RecordedTrace::schedule() const {
    return data_->trace.end ? data_->trace.end->schedule : empty_text();
}
const std::string& RecordedTrace::claimed_fingerprint() const {
    return data_->trace.end ? data_->trace.end->fingerprint : empty_text();
}
std::string RecordedTrace::fingerprint() const {
    return fingerprint_of(data_->trace.log, data_->trace.names).text();
}

std::size_t RecordedTrace::size() const { return data_->trace.log.size(); }

RecordedTrace::Entry RecordedTrace::event(std::size_t index) const {
    const Event event = data_->trace.log.at(index);
    const KindInfo& info = kind_info(event.kind);
    const StoredNames& names = data_->trace.names;
    Entry entry{event.step, std::string(names.actor(event.actor)), std::string(info.name), {}};
    for (std::size_t f = 0; f < field_count(event.kind); ++f) {
        entry.fields.push_back({std::string(info.field[f].name), field_in_words(event, f, names)});
    }
    if (!info.text_name.empty()) {
        entry.fields.push_back({std::string(info.text_name), std::string(event.text)});
    }
    return entry;
}

std::string RecordedTrace::jsonl() const {
    const Trace& trace = data_->trace;
    JsonWriter writer(trace.names);
    std::string out;
    writer.header(out, trace.header);
    for (std::uint64_t i = 0; i < trace.log.size(); ++i) writer.event(out, trace.log.at(i));
    if (trace.end) writer.end(out, *trace.end);
    return out;
}

std::string narrowed_lines(const RecordedTrace& recorded, Narrowing narrowing) {
    if (!narrowing.narrows()) return recorded.jsonl();
    const Trace& trace = recorded.data().trace;
    JsonWriter writer(trace.names);
    std::string out;
    const auto show = [&](const Event& event) { writer.event(out, event); };
    for (std::uint64_t i = 0; i < trace.log.size(); ++i) {
        narrowing.pass(trace.log.at(i), trace.names, show);
    }
    narrowing.end(show);
    return out;
}

std::string RecordedTrace::text(const TraceTextOptions& options) const {
    const Trace& trace = data_->trace;
    const TextOptions text = text_options(options);
    if (options.columns) return write_columns(trace.log, trace.names, text);
    TextWriter writer(trace.names, text);
    std::string out;
    writer.header(out, trace.header);
    for (std::uint64_t i = 0; i < trace.log.size(); ++i) writer.event(out, trace.log.at(i));
    if (trace.end) writer.end(out, *trace.end);
    return out;
}

}  // namespace utsim
