// SPDX-License-Identifier: MIT
// Patterns compare words, as a trace prints them; only what is written into an event becomes a
// number.
#include "breach/edit.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "trace/event_log.hpp"
#include "vocabulary/value.hpp"

namespace utsim::testing {

namespace {

Error mistake(std::string message) {
    Error error;
    error.code = "E-EDIT";
    error.message = std::move(message);
    return error;
}

using Assignment = std::pair<std::string, std::string>;

struct Pattern {
    EventKind kind{};
    std::vector<Assignment> wants;
    std::size_t occurrence = 0;  ///< from 1; 0: there must be one only
    bool last = false;
    bool span = false;
    std::string text;
};

struct Edit {
    std::string verb;
    Pattern what;
    std::vector<Assignment> changes;
    bool after = false;
    Pattern where;
};

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    bool inside = false;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ' ' && !quoted) {
            inside = false;
        } else {
            if (!inside) words.emplace_back();
            inside = true;
            words.back() += c;
        }
    }
    return words;
}

std::optional<EventKind> kind_called(std::string_view name) {
    for (const KindInfo& info : event_table()) {
        if (info.name == name) return info.kind;
    }
    return std::nullopt;
}

bool is_place(const std::string& word) { return word == "before" || word == "after"; }

/// Finds the numbers of names among those that a run has given.
class Lookup final : public NameLookup {
public:
    explicit Lookup(EditedNames& names) : names_(names) {}
    bool find_actor(std::string_view name, std::int64_t& id) override {
        return find([&](std::uint32_t i) { return names_.actor(ActorId{i}) == name; }, id);
    }
    bool find_task(std::string_view name, std::int64_t& id) override {
        return find([&](std::uint32_t i) { return names_.task(TaskId{i}) == name; }, id);
    }
    bool find_engine(std::string_view name, std::int64_t& id) override {
        return find([&](std::uint32_t i) { return names_.engine(EngineId{i}) == name; }, id);
    }
    bool find_text(std::string_view text, std::int64_t& id) override {
        id = names_.add(text);
        return true;
    }

private:
    template <typename F>
    bool find(F&& is_it, std::int64_t& id) {
        constexpr std::uint32_t most = 64;  // no scenario of the harness has so many of anything
        for (std::uint32_t i = 0; i < most; ++i) {
            if (!is_it(i)) continue;
            id = i;
            return true;
        }
        return false;
    }
    EditedNames& names_;
};

// --- reading -------------------------------------------------------------------------------------

/// Reads a pattern from `words[at]` on, up to a word that does not belong to it.
Result<Pattern> read_pattern(const std::vector<std::string>& words, std::size_t& at) {
    if (at == words.size()) return mistake("an event is missing");
    Pattern pattern;
    std::string name = words[at];
    pattern.span = name.ends_with("..");
    if (pattern.span) name.resize(name.size() - 2);
    const auto kind = kind_called(name);
    if (!kind) return mistake("there is no event called " + name);
    pattern.kind = *kind;
    pattern.text = words[at++];
    for (; at < words.size(); ++at) {
        const std::string& word = words[at];
        const std::size_t equals = word.find('=');
        if (word == "#last") {
            pattern.last = true;
        } else if (word[0] == '#') {
            std::from_chars(word.data() + 1, word.data() + word.size(), pattern.occurrence);
            if (pattern.occurrence == 0) return mistake(word + " is not a place");
        } else if (equals != std::string::npos) {
            pattern.wants.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        } else {
            break;
        }
        pattern.text += " " + word;
    }
    return pattern;
}

void read_assignments(const std::vector<std::string>& words, std::size_t& at,
                      std::vector<Assignment>& out) {
    for (; at < words.size(); ++at) {
        const std::size_t equals = words[at].find('=');
        if (equals == std::string::npos) return;
        out.emplace_back(words[at].substr(0, equals), words[at].substr(equals + 1));
    }
}

Result<Edit> read_edit(std::string_view line) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) return mistake("an edit is missing");
    Edit edit;
    edit.verb = words[0];
    const bool in_place = edit.verb == "drop" || edit.verb == "set";
    const bool to_a_place = edit.verb == "move" || edit.verb == "copy" || edit.verb == "add";
    if (!in_place && !to_a_place) return mistake("there is no edit called " + edit.verb);
    std::size_t at = 1;
    UTSIM_TRY(what, read_pattern(words, at));
    edit.what = what;
    const char* word = edit.verb == "set" ? "to" : edit.verb == "copy" ? "as" : "";
    if (at < words.size() && words[at] == word) read_assignments(words, ++at, edit.changes);
    if (edit.verb == "set" && edit.changes.empty()) return mistake("set what?");
    if (to_a_place) {
        if (at == words.size() || !is_place(words[at])) return mistake("before or after what?");
        edit.after = words[at++] == "after";
        UTSIM_TRY(where, read_pattern(words, at));
        edit.where = where;
    }
    if (at != words.size()) return mistake("what does \"" + words[at] + "\" mean?");
    return edit;
}

// --- finding -------------------------------------------------------------------------------------

std::optional<std::size_t> field_called(EventKind kind, std::string_view name) {
    const KindInfo& info = kind_info(kind);
    for (std::size_t i = 0; i < field_count(kind); ++i) {
        if (info.field[i].name == name) return i;
    }
    return std::nullopt;
}

bool fits(const Pattern& pattern, const Event& event, const NameTable& names) {
    if (event.kind != pattern.kind) return false;
    for (const auto& [name, value] : pattern.wants) {
        if (name == "by") {
            if (names.actor(event.actor) != value) return false;
            continue;
        }
        const auto field = field_called(event.kind, name);
        if (!field || field_text(event, *field, names) != value) return false;
    }
    return true;
}

Result<std::size_t> find_event(const Pattern& pattern, const Stream& stream,
                               const NameTable& names) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        if (fits(pattern, stream[i].event, names)) found.push_back(i);
    }
    if (found.empty()) return mistake("no event is " + pattern.text);
    if (pattern.last) return found.back();
    if (pattern.occurrence == 0 && found.size() != 1) {
        return mistake(std::to_string(found.size()) + " events are " + pattern.text);
    }
    const std::size_t place = std::max<std::size_t>(pattern.occurrence, 1);
    if (place > found.size()) {
        return mistake("only " + std::to_string(found.size()) + " events are " + pattern.text);
    }
    return found[place - 1];
}

// --- changing ------------------------------------------------------------------------------------

Result<std::int64_t> number_of(const Event& event, std::size_t field, const std::string& text,
                               EditedNames& names) {
    Lookup lookup(names);
    std::int64_t value = 0;
    if (parse_symbol(text, {event.kind, field, event.value.data()}, lookup, value)) return value;
    if (text == "nobody") return std::int64_t{TaskId::none_value};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return mistake(text + " is no value there");
    return value;
}

/// Assigns one field; false when events of this kind have no such field.
Result<bool> assign(Told& told, const Assignment& change, EditedNames& names) {
    const auto& [name, text] = change;
    Event& event = told.event;
    if (name == "by") {
        Lookup lookup(names);
        std::int64_t id = 0;
        if (!lookup.find_actor(text, id)) return mistake("there is no actor " + text);
        event.actor = ActorId{static_cast<std::uint32_t>(id)};
        return true;
    }
    if (name == kind_info(event.kind).text_name) {
        told.text = text;
        return true;
    }
    const auto field = field_called(event.kind, name);
    if (!field) return false;
    UTSIM_TRY(value, number_of(event, *field, text, names));
    event.value[*field] = value;
    return true;
}

/// `part` with what is assigned to its event, or to the first and last one of a span where they
/// have the field.
Result<Stream> changed(Stream part, const std::vector<Assignment>& changes, EditedNames& names) {
    for (const Assignment& change : changes) {
        UTSIM_TRY(first, assign(part.front(), change, names));
        bool known = first;
        if (part.size() > 1) {
            UTSIM_TRY(last, assign(part.back(), change, names));
            known = known || last;
        }
        if (!known) return mistake("there is no field " + change.first);
    }
    return part;
}

Result<Done> insert(const Edit& edit, Stream part, Stream& stream, const NameTable& names) {
    UTSIM_TRY(place, find_event(edit.where, stream, names));
    const std::size_t next =
        edit.after ? (edit.where.span ? span_end(stream, place) : place) : place;
    for (Told& told : part) told.event.step = stream[next].event.step;
    const std::size_t at = edit.after ? next + 1 : next;
    stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(at), part.begin(), part.end());
    return Done{};
}

}  // namespace

std::string field_text(const Event& event, std::size_t field, const NameTable& names) {
    std::string text;
    if (append_symbol(text, {event.kind, field, event.value.data()}, event.value[field], names)) {
        return text;
    }
    return is_nobody(kind_info(event.kind).field[field].format, event.value[field])
               ? "nobody"
               : std::to_string(event.value[field]);
}

std::size_t span_end(const Stream& stream, std::size_t index) {
    const Event& first = stream[index].event;
    EventKind closer{};
    std::vector<std::pair<std::size_t, std::size_t>> same;  // fields of both that agree
    switch (first.kind) {
        case EventKind::callback:
            closer = EventKind::callback_end;
            same = {{1, 1}, {2, 2}};
            break;
        case EventKind::api_enter:
            closer = EventKind::api;
            same = {{0, 0}, {1, 1}};
            break;
        case EventKind::lock_taken:
            closer = EventKind::lock_released;
            same = {{0, 0}};
            break;
        default:
            return index;
    }
    for (std::size_t i = index + 1; i < stream.size(); ++i) {
        const Event& event = stream[i].event;
        if (event.kind != closer || event.actor != first.actor) continue;
        const bool ends = std::all_of(same.begin(), same.end(), [&](const auto& fields) {
            return first.value[fields.first] == event.value[fields.second];
        });
        if (ends) return i;
    }
    return index;
}

Result<Done> apply_edit(std::string_view line, Stream& stream, EditedNames& names) {
    UTSIM_TRY(edit, read_edit(line));
    if (edit.verb == "add") {
        Told told;
        told.event.kind = edit.what.kind;
        UTSIM_TRY(part, changed({told}, edit.what.wants, names));
        return insert(edit, std::move(part), stream, names);
    }
    UTSIM_TRY(begin, find_event(edit.what, stream, names));
    const std::size_t end = (edit.what.span ? span_end(stream, begin) : begin) + 1;
    const auto first = stream.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = stream.begin() + static_cast<std::ptrdiff_t>(end);
    UTSIM_TRY(part, changed(Stream(first, last), edit.changes, names));
    if (edit.verb == "set") {
        std::copy(part.begin(), part.end(), first);
        return Done{};
    }
    if (edit.verb != "copy") stream.erase(first, last);
    if (edit.verb == "drop") return Done{};
    return insert(edit, std::move(part), stream, names);
}

std::string describe_event(const Stream& stream, std::size_t index, const NameTable& names,
                           bool span) {
    const Event& event = stream[index].event;
    const KindInfo& info = kind_info(event.kind);
    std::string text = std::string(info.name) + (span ? ".." : "");
    // What a person would name; a place among those that fit says the rest.
    static constexpr std::string_view telling[] = {
        "call",   "engine", "callback", "event", "action", "flags",    "ret", "state", "exit_state",
        "switch", "signal", "nr",       "via",   "lock",   "function", "on",  "why"};
    Pattern pattern;
    pattern.kind = event.kind;
    for (std::size_t i = 0; i < field_count(event.kind); ++i) {
        const bool told =
            (i == 0 && event.kind != EventKind::callback && event.kind != EventKind::callback_end &&
             event.kind != EventKind::api && event.kind != EventKind::api_enter) ||
            std::find(std::begin(telling), std::end(telling), info.field[i].name) !=
                std::end(telling);
        const bool attach_word =
            event.kind == EventKind::callback && info.field[i].name == "action";
        const bool after_call =
            event.kind == EventKind::api &&
            (info.field[i].name == "state" || info.field[i].name == "exit_state");
        if (!told || attach_word || after_call) continue;
        const std::string value = field_text(event, i, names);
        const bool idle = (info.field[i].name == "flags" || info.field[i].name == "action") &&
                          (value == "0" || value == "0x0");
        if (idle) continue;
        const bool quote = value.find(' ') != std::string::npos;
        pattern.wants.emplace_back(std::string(info.field[i].name), value);
        text += " " + std::string(info.field[i].name) + "=" + (quote ? "\"" + value + "\"" : value);
    }
    std::size_t place = 0;
    std::size_t all = 0;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        if (!fits(pattern, stream[i].event, names)) continue;
        ++all;
        if (i <= index) ++place;
    }
    if (all > 1) text += " #" + std::to_string(place);
    return text;
}

}  // namespace utsim::testing
