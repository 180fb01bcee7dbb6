// SPDX-License-Identifier: MIT
// Line by line: the header, then names and events as they come, then the last line. An event is
// read by the row of its kind in the event table, as it was written.
#include "trace/reader.hpp"

#include <algorithm>
#include <map>

#include "base/suggest.hpp"
#include "scenario/scenario.hpp"
#include "sched/schedule.hpp"
#include "semantics/parse.hpp"
#include "trace/json_line.hpp"
#include "trace/line_source.hpp"
#include "vocabulary/field_format.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"

namespace utsim {

namespace {

using Kind = LineMember::Kind;

/// Names in both directions while a trace is read.
class ReadNames final : public NameLookup {
public:
    explicit ReadNames(StoredNames& names) : names_(names) {}

    bool find_actor(std::string_view name, std::int64_t& id) override {
        return find(actors_, name, id);
    }
    bool find_task(std::string_view name, std::int64_t& id) override {
        return find(tasks_, name, id);
    }
    bool find_engine(std::string_view name, std::int64_t& id) override {
        return find(engines_, name, id);
    }
    bool find_text(std::string_view text, std::int64_t& id) override {
        if (find(texts_, text, id)) return true;
        if (names_.texts.size() >= TraceLimits::ids) return false;
        id = static_cast<std::int64_t>(names_.texts.size());
        texts_.emplace(text, id);
        names_.texts.emplace_back(text);
        return true;
    }

    /// Null when all is well, else what is wrong.
    const char* declare(std::string_view sort, std::uint64_t id, const std::string& name, int pid) {
        if (sort == "actor") return declare(actors_, names_.actors, id, name, pid);
        if (sort == "task") return declare(tasks_, names_.tasks, id, name, pid);
        if (sort == "engine") return declare(engines_, names_.engines, id, name, pid);
        return "the things with names are actor, task and engine";
    }

private:
    using Ids = std::map<std::string, std::int64_t, std::less<>>;

    static bool find(const Ids& ids, std::string_view name, std::int64_t& id) {
        const auto found = ids.find(name);
        if (found == ids.end()) return false;
        id = found->second;
        return true;
    }
    static const char* declare(Ids& ids, std::vector<StoredNames::Entry>& entries, std::uint64_t id,
                               const std::string& name, int pid) {
        if (id >= TraceLimits::ids) return "the id is too large";
        if (name.empty()) return "a name cannot be empty";
        if (entries.size() <= id) entries.resize(id + 1);
        if (!entries[id].name.empty()) return "this id has a name already";
        if (!ids.emplace(name, static_cast<std::int64_t>(id)).second) return "this name is taken";
        entries[id] = {name, pid};
        return nullptr;
    }

    StoredNames& names_;
    Ids actors_;
    Ids tasks_;
    Ids engines_;
    Ids texts_;
};

}  // namespace

class TraceReader::Parser {
public:
    Parser(const std::string& file, bool keeps_events)
        : file_(file),
          keeps_events_(keeps_events),
          names_(trace_.names) {}

    bool read(std::string_view line) {
        ++line_number_;
        line_ = line;
        return read_line();
    }
    const Error& error() const { return error_; }
    Trace& trace() { return trace_; }

private:
    bool fail(const char* code, std::string message, std::size_t column, std::size_t length,
              std::string hint = {}) {
        constexpr std::size_t shown = 400;
        error_.code = code;
        error_.message = std::move(message);
        error_.file = file_;
        error_.line = column == 0 ? 0 : line_number_;
        error_.column = column;
        error_.length = std::max<std::size_t>(length, 1);
        if (column <= shown) error_.source_line = std::string(line_.substr(0, shown));
        error_.hint = std::move(hint);
        return false;
    }
    bool fail(const char* code, std::string message, const LineMember& member,
              std::string hint = {}) {
        return fail(code, std::move(message), member.column, member.length, std::move(hint));
    }

    bool read_line() {
        if (line_.size() > TraceLimits::line_bytes) {
            return fail("E-TRC-003", "the line is longer than 32 MiB", 1, 1);
        }
        if (trace_.end) return fail("E-TRC-004", "there is more after the last line", 1, 1);
        LineMistake mistake;
        if (!read_json_line(line_, members_, mistake)) {
            return fail(
                "E-TRC-005", mistake.message, mistake.column, mistake.length,
                line_number_ == 1 ? "a trace is JSON Lines and begins with its format" : "");
        }
        used_ = 0;
        if (line_number_ == 1) return header();
        if (find("kind") != nullptr) return event();
        if (find("name") != nullptr) return name();
        if (find("end") != nullptr) return end();
        return fail("E-TRC-006", "this is neither an event nor a name nor the last line", 1,
                    line_.size(), "lines have a member \"kind\", \"name\" or \"end\"");
    }

    const LineMember* find(std::string_view key) const {
        const auto found =
            std::find_if(members_.begin(), members_.end(),
                         [&](const LineMember& member) { return member.key == key; });
        return found == members_.end() ? nullptr : &*found;
    }
    /// As `find`, for keys that the line needs.
    const LineMember* need(std::string_view key) {
        const LineMember* member = find(key);
        if (member == nullptr) {
            fail("E-TRC-007", "the line has no \"" + std::string(key) + "\"", 1, 1);
        } else {
            ++used_;
        }
        return member;
    }
    bool text(std::string_view key, std::string& out, bool required = true) {
        if (!required && find(key) == nullptr) return true;
        const LineMember* member = need(key);
        if (member == nullptr) return false;
        if (member->kind != Kind::string) return fail("E-TRC-008", "expected a string", *member);
        out = member->text;
        return true;
    }
    bool count(std::string_view key, std::uint64_t& out) {
        const LineMember* member = need(key);
        if (member == nullptr) return false;
        if (member->kind != Kind::integer || member->negative) {
            return fail("E-TRC-009", "expected a number that is not negative", *member);
        }
        out = member->magnitude;
        return true;
    }
    bool limit(std::string_view key, std::uint64_t& out, std::uint64_t most) {
        if (!count(key, out)) return false;
        return (out >= 1 && out <= most) ||
               fail("E-TRC-030", "a limit is from 1 to " + std::to_string(most), *find(key));
    }
    /// Members that nothing has asked for are unknown.
    bool nothing_else(std::span<const std::string_view> keys) {
        if (used_ == members_.size()) return true;
        for (const LineMember& member : members_) {
            if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) continue;
            return fail("E-TRC-010", "unknown key \"" + member.key + "\"", member.key_column,
                        member.key.size() + 2, did_you_mean(member.key, keys));
        }
        return true;
    }

    bool header();
    bool header_words(const TraceHeader& header);
    bool header_instructions();
    /// Keeps the files of the header; their keys are known from there.
    bool header_files(std::vector<std::string_view>& keys);
    bool name();
    bool end();
    bool event();
    bool event_kind(Event& event);
    bool field(Event& event, std::size_t index);
    bool event_text(const KindInfo& info, std::string& out);

    std::string file_;
    bool keeps_events_;
    std::uint64_t events_ = 0;
    std::size_t line_number_ = 0;
    std::string_view line_;
    std::vector<LineMember> members_;
    std::size_t used_ = 0;
    Trace trace_;
    ReadNames names_;
    Error error_;
};

/// What a run can be made from: words that exist, and that fit each other.
bool TraceReader::Parser::header_words(const TraceHeader& header) {
    const auto one_of = [&](const char* key, const std::string& word,
                            std::initializer_list<std::string_view> words) {
        if (std::find(words.begin(), words.end(), word) != words.end()) return true;
        std::string hint = "one of:";
        for (const std::string_view known : words) hint += " " + std::string(known);
        return fail("E-TRC-025", "unknown " + std::string(key) + " \"" + word + "\"", *find(key),
                    hint);
    };
    if (!one_of("granularity", header.granularity, {"api", "lock", "access"}) ||
        !one_of("chooser", header.chooser, {"serial", "random", "schedule"})) {
        return false;
    }
    const auto semantics = parse_semantics(header.semantics);
    if (!semantics.ok()) {
        const Error& error = semantics.errors().front();
        return fail("E-TRC-026", error.message, *find("semantics"), error.hint);
    }
    const std::string wanted = header.seed               ? "random"
                               : header.schedule.empty() ? "serial"
                                                         : "schedule";
    if (header.chooser != wanted) {
        return fail("E-TRC-027", "the chooser does not fit what else the header says",
                    *find("chooser"), "with this seed and schedule it is \"" + wanted + "\"");
    }
    const auto schedule = parse_schedule(header.schedule);
    if (!schedule.ok()) {
        const Error& error = schedule.errors().front();
        return fail("E-TRC-028", "this is no schedule: " + error.message, *find("schedule"),
                    error.hint);
    }
    return true;
}

bool TraceReader::Parser::header_instructions() {
    std::string how;
    if (find("instructions") == nullptr) return true;
    if (!text("instructions", how)) return false;
    trace_.header.counts_instructions = true;
    return how == "counted" || fail("E-TRC-032", "instructions cannot be told so",
                                    *find("instructions"), "counted, or no such key");
}

bool TraceReader::Parser::header_files(std::vector<std::string_view>& keys) {
    constexpr std::string_view prefix = "files.";
    for (const LineMember& member : members_) {
        if (!member.key.starts_with(prefix)) continue;
        keys.push_back(member.key);
        std::string digest;
        if (!text(member.key, digest)) return false;
        trace_.header.files.emplace_back(member.key.substr(prefix.size()), std::move(digest));
    }
    return true;
}

bool TraceReader::Parser::header() {
    std::vector<std::string_view> keys = {"format",
                                          "utsim",
                                          "scenario",
                                          "scenario_digest",
                                          "file",
                                          "semantics",
                                          "semantics_digest",
                                          "granularity",
                                          "chooser",
                                          "schedule",
                                          "seed",
                                          "quantum",
                                          "limits.max_steps",
                                          "limits.max_instructions",
                                          "instructions",
                                          "packed",
                                          "source"};
    TraceHeader& header = trace_.header;
    std::string format;
    if (find("format") == nullptr) {
        return fail(
            "E-TRC-011", "this is not a trace", 1, 1,
            std::string("its first line would begin with {\"format\":\"") + trace_format + "\"");
    }
    if (!text("format", format)) return false;
    if (format != trace_format) {
        return fail("E-TRC-012", "unknown format '" + format + "'", *find("format"),
                    std::string("this version reads ") + trace_format);
    }
    if (!text("utsim", header.version) || !text("scenario", header.scenario) ||
        !text("scenario_digest", header.scenario_digest) ||
        !text("file", header.scenario_file, false) || !text("semantics", header.semantics) ||
        !text("semantics_digest", header.semantics_digest) ||
        !text("granularity", header.granularity) || !text("chooser", header.chooser) ||
        !text("schedule", header.schedule, false)) {
        return false;
    }
    if (find("seed") != nullptr) {
        header.seed = 0;
        if (!count("seed", *header.seed)) return false;
    }
    if (find("quantum") != nullptr && !count("quantum", header.quantum)) return false;
    if (!header_words(header) || !header_files(keys) || !header_instructions()) return false;
    return limit("limits.max_steps", header.max_steps, ScenarioLimits::most_steps) &&
           limit("limits.max_instructions", header.max_instructions,
                 ScenarioLimits::most_instructions) &&
           text("packed", header.packed, false) && text("source", header.source) &&
           nothing_else(keys);
}

bool TraceReader::Parser::name() {
    static constexpr std::string_view keys[] = {"name", "id", "is", "letter", "pid"};
    std::string sort;
    std::string letter;
    std::string is;
    std::uint64_t id = 0;
    std::uint64_t pid = 0;
    if (!text("name", sort) || !count("id", id) || !text("is", is)) return false;
    if (!text("letter", letter, false)) return false;
    if (find("pid") != nullptr && !count("pid", pid)) return false;
    if (pid > 0x7fffffff) return fail("E-TRC-013", "the pid is too large", *find("pid"));
    if (!nothing_else(keys)) return false;
    const char* mistake = names_.declare(sort, id, is, static_cast<int>(pid));
    return mistake == nullptr || fail("E-TRC-014", mistake, *find("is"));
}

bool TraceReader::Parser::end() {
    static constexpr std::string_view keys[] = {"end",    "detail",   "steps",
                                                "events", "schedule", "fingerprint"};
    TraceEnd end;
    if (!text("end", end.end) || !text("detail", end.detail, false) || !count("steps", end.steps) ||
        !count("events", end.events) || !text("schedule", end.schedule) ||
        !text("fingerprint", end.fingerprint) || !nothing_else(keys)) {
        return false;
    }
    if (end.events != events_) {
        return fail("E-TRC-015",
                    "the last line counts " + std::to_string(end.events) +
                        " events, but there are " + std::to_string(events_),
                    *find("events"), "lines were added or lost");
    }
    trace_.end = std::move(end);
    return true;
}

bool TraceReader::Parser::event_kind(Event& event) {
    const LineMember* kind = need("kind");
    std::vector<std::string_view> kinds;
    for (const KindInfo& info : event_table()) {
        if (kind->kind == Kind::string && kind->text == info.name) {
            event.kind = info.kind;
            return true;
        }
        kinds.push_back(info.name);
    }
    return fail("E-TRC-016", "unknown kind of event", *kind, did_you_mean(kind->text, kinds));
}

bool TraceReader::Parser::event() {
    Event event;
    if (!event_kind(event) || !count("step", event.step)) return false;
    if (find("actor") != nullptr) {
        const LineMember* actor = need("actor");
        std::int64_t id = 0;
        if (actor->kind == Kind::integer && !actor->negative && actor->magnitude < 0xffffffff) {
            id = static_cast<std::int64_t>(actor->magnitude);
        } else if (actor->kind != Kind::string || !names_.find_actor(actor->text, id)) {
            return fail("E-TRC-017", "no actor of this name was introduced", *actor);
        }
        event.actor = ActorId{static_cast<std::uint32_t>(id)};
    }
    const KindInfo& info = kind_info(event.kind);
    std::vector<std::string_view> keys = {"step", "actor", "kind"};
    for (std::size_t i = 0; i < field_count(event.kind); ++i) {
        keys.push_back(info.field[i].name);
        if (!field(event, i)) return false;
    }
    std::string bytes;
    if (!info.text_name.empty()) {
        keys.push_back(info.text_name);
        if (!event_text(info, bytes)) return false;
    }
    if (!nothing_else(keys)) return false;
    event.text = bytes;
    ++events_;
    if (keeps_events_) trace_.log.append(event);
    return true;
}

bool TraceReader::Parser::field(Event& event, std::size_t index) {
    const FieldInfo& info = kind_info(event.kind).field[index];
    const LineMember* member = need(info.name);
    if (member == nullptr) return false;
    std::int64_t& value = event.value[index];
    const FieldContext context{event.kind, index, event.value.data()};
    const Format format = format_of(context);
    switch (member->kind) {
        case Kind::integer:
            if (!member->negative && member->magnitude > std::uint64_t{0x7fffffffffffffff}) {
                return fail("E-TRC-018", "the number is too large", *member);
            }
            value = static_cast<std::int64_t>(member->negative ? ~member->magnitude + 1
                                                               : member->magnitude);
            return true;
        case Kind::boolean:
            value = member->truth ? 1 : 0;
            return format == Format::flag ||
                   fail("E-TRC-019", "true and false are for flags", *member);
        case Kind::null:
            value = 0xffffffff;
            return is_nobody(format, value) ||
                   fail("E-TRC-020", "null is for tasks, engines and actors", *member);
        case Kind::string:
            if (parse_symbol(member->text, context, names_, value)) {
                return true;
            }
            return fail(
                "E-TRC-021",
                "'" + member->text + "' is nothing that \"" + std::string(info.name) + "\" can be",
                *member);
    }
    return false;
}

bool TraceReader::Parser::event_text(const KindInfo& info, std::string& out) {
    std::string key(info.text_name);
    const bool plain = key != "bytes" && find(key) != nullptr;
    if (plain) return text(key, out);
    if (key != "bytes" && find(key + "_hex") != nullptr) key += "_hex";
    if (text_may_be_absent(info.kind) && find(key) == nullptr) return true;
    std::string digits;
    if (!text(key, digits)) return false;
    const auto nibble = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    const bool good = digits.size() % 2 == 0 && std::all_of(digits.begin(), digits.end(),
                                                            [&](char c) { return nibble(c) >= 0; });
    if (!good) return fail("E-TRC-022", "expected pairs of hexadecimal digits", *find(key));
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        out += static_cast<char>(nibble(digits[i]) * 16 + nibble(digits[i + 1]));
    }
    return true;
}

TraceReader::TraceReader(const std::string& file, bool keeps_events)
    : parser_(std::make_unique<Parser>(file, keeps_events)) {}
TraceReader::~TraceReader() = default;
bool TraceReader::read_line(std::string_view line) { return parser_->read(line); }
const Error& TraceReader::error() const { return parser_->error(); }
Trace& TraceReader::trace() { return parser_->trace(); }

Result<Trace> read_trace(std::string_view text, const std::string& file) {
    Error error;
    error.file = file;
    if (text.size() > TraceLimits::file_bytes) {
        error.code = "E-TRC-001";
        error.message = "the trace is larger than 1 GiB";
        return error;
    }
    if (text.empty()) return empty_trace(file);
    TraceReader reader(file, true);
    TextLines lines(text);
    for (std::string_view line; lines.next(line);) {
        if (!reader.read_line(line)) return reader.error();
    }
    return std::move(reader.trace());
}

Error empty_trace(const std::string& file) {
    Error error;
    error.code = "E-TRC-002";
    error.message = "the trace is empty";
    error.file = file;
    return error;
}

bool looks_like_trace(std::string_view text) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || text[start] != '{') return false;
    const std::string_view line =
        text.substr(start, std::min(text.find('\n', start), text.size()) - start);
    return line.substr(0, 200).find("\"utsim.trace/") != std::string_view::npos;
}

}  // namespace utsim
