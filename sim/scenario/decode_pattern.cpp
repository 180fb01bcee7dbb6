// SPDX-License-Identifier: MIT
// Patterns of events. A word is looked up in the table that traces are written with, by the format
// of its field; where the format depends on a call or callback that the pattern leaves open, it is
// looked up in each that there can be, and the event at hand decides between the readings.
#include <algorithm>

#include "base/suggest.hpp"
#include "scenario/decode.hpp"
#include "scenario/values.hpp"
#include "vocabulary/field_format.hpp"
#include "vocabulary/value.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

using Reading = FieldMatch::Reading;

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
        } else if (m.value.is(JsonKind::null)) {
            text += "null";
        } else {
            for (std::size_t i = 0; i < m.value.items.size(); ++i) {
                text += (i == 0 ? "" : "|") + text_of(&m.value.items[i]);
            }
        }
    }
    return text;
}

std::optional<std::string> bytes_of(std::string_view digits) {
    static constexpr std::string_view hex = "0123456789abcdef";
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const std::size_t high = hex.find(digits[i]);
        const std::size_t low = hex.find(digits[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

/// How a field can be read, given the call or callback that the pattern names, if it names one.
std::vector<Format> formats_in(const PatternContext& context) {
    std::vector<Format> formats = formats_of(context.kind, context.field);
    std::size_t decides = 0;
    if (!deciding_field(context.kind, decides) || decides == context.field) return formats;
    const FieldInfo& info = kind_info(context.kind).field[decides];
    const JsonValue* decision = member(*context.pattern, info.name);
    if (decision == nullptr || !decision->is(JsonKind::text)) return formats;
    const auto word =
        read_words(decision->text, vocabulary_of(info.format), Spelling::prefixes_left_out);
    if (!word) return formats;
    std::vector<Format> narrowed;
    for (const std::int64_t other : {0, 1}) {
        std::array<std::int64_t, max_fields> values;
        values.fill(other);
        values[decides] = static_cast<std::int64_t>(word->value);
        const Format format = format_of({context.kind, context.field, values.data()});
        if (std::find(narrowed.begin(), narrowed.end(), format) == narrowed.end()) {
            narrowed.push_back(format);
        }
    }
    return narrowed;
}

/// `["STOP", "IGN", "HOLD"]`: where they stand says which STOP is meant.
std::optional<Reading> word_in_parts(const JsonValue& value, Format format) {
    const auto word = callback_word_of(&value);
    if (!word || word->resume >= answer_keep) return std::nullopt;
    Reading reading;
    reading.format = format;
    reading.mask = UTRACE_RESUME_MASK;
    if (word->has_part) reading.mask |= UTRACE_SIGNAL_MASK;
    if (word->flag) reading.mask |= UTRACE_SIGNAL_HOLD;
    reading.value = static_cast<std::int64_t>(word->resume | word->part |
                                              (word->flag ? UTRACE_SIGNAL_HOLD : 0));
    return reading;
}

std::optional<Reading> reading_of_words(const JsonValue& value, Format format) {
    const Vocabulary& vocabulary = vocabulary_of(format);
    std::string text = value.text;
    if (value.is(JsonKind::list)) {
        if (vocabulary.joining == Joining::single) return std::nullopt;
        if (vocabulary.joining == Joining::parts) return word_in_parts(value, format);
        for (const JsonValue& item : value.items) text += (text.empty() ? "" : "|") + item.text;
        if (text.empty()) text = "0";
    } else if (!value.is(JsonKind::text)) {
        return std::nullopt;
    }
    Reading reading;
    reading.format = format;
    if (format == Format::si_code) {
        const auto word = read_words(text, vocabulary, Spelling::full);
        if (word) reading.name = text;
        return word ? std::optional(reading) : std::nullopt;
    }
    const auto word = read_words(text, vocabulary, Spelling::prefixes_left_out);
    if (!word) return std::nullopt;
    reading.value = static_cast<std::int64_t>(word->value);
    reading.mask = word->mask;
    return reading;
}

bool says_keep(const JsonValue& value) {
    const auto is = [](const std::string& text) { return text == "KEEP" || text == "STICKY"; };
    return is(value.text) || std::any_of(value.items.begin(), value.items.end(),
                                         [&](const JsonValue& item) { return is(item.text); });
}

}  // namespace

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
    const std::string text_key(info->text_name);
    for (const JsonMember& m : json.members) {
        if (m.key == "kind" || m.key == "note") continue;
        const bool digits = m.key == text_key + "_hex" || (m.key == "bytes" && m.key == text_key);
        if (m.key == "actor") {
            pattern.actor = text_of(&m.value);
        } else if (m.key == "step") {
            if (const auto step = integer_of(&m.value)) {
                pattern.step = static_cast<std::uint64_t>(*step);
            }
        } else if (!text_key.empty() && (m.key == text_key || digits)) {
            const auto bytes = digits ? bytes_of(text_of(&m.value)) : text_of(&m.value);
            pattern.has_text = true;
            pattern.text = bytes.value_or("");
            if (!bytes) problems_.add(113, m.value, "not pairs of hexadecimal digits");
        } else {
            decode_field(m, {&json, pattern.kind, 0}, pattern);
        }
    }
    return pattern;
}

void Decoder::decode_field(const JsonMember& m, const PatternContext& within,
                           EventPattern& pattern) {
    const KindInfo& info = kind_info(within.kind);
    PatternContext context = within;
    while (context.field < max_fields && info.field[context.field].name != m.key) ++context.field;
    if (context.field == max_fields) return;
    FieldMatch match;
    match.field = static_cast<std::uint8_t>(context.field);
    const std::vector<Format> formats = formats_in(context);
    context.only = formats.size() == 1;
    if (const auto number = integer_of(&m.value)) {
        Reading reading;
        reading.however = true;
        reading.value = *number;
        match.readings.push_back(reading);
    }
    bool words = false;
    for (const Format format : formats) {
        if (!match.readings.empty() && match.readings.front().however) break;
        if (auto reading = reading_of(m.value, format, context)) {
            match.readings.push_back(std::move(*reading));
        }
        words = words || vocabulary_of(format).joining == Joining::parts;
    }
    if (match.readings.empty()) {
        const bool keep = words && says_keep(m.value);
        if (keep) problems_.add(224, m.value, "KEEP and STICKY are answers to give, not to see");
        if (!keep && !problems_.said_of(m.value)) say_unread(m, formats);
        return;
    }
    pattern.fields.push_back(std::move(match));
}

void Decoder::say_unread(const JsonMember& m, const std::vector<Format>& formats) {
    std::string what;
    std::vector<std::string> known;
    for (const Format format : formats) {
        for (std::string& word : all_words(vocabulary_of(format))) known.push_back(std::move(word));
        const bool end = format == Format::wait_status;
        const std::string_view one = end ? "how a task ended" : vocabulary_of(format).what;
        if (what.find(one) != std::string::npos) continue;
        what += (what.empty() ? "" : ", ") + std::string(one);
    }
    const std::vector<std::string_view> views(known.begin(), known.end());
    const std::string guess = did_you_mean(m.value.text, views);
    problems_.add(113, m.value, "no \"" + m.key + "\" is \"" + m.value.text + "\" here",
                  guess.empty() ? "it is: " + what : guess);
}

std::optional<Reading> Decoder::reading_of(const JsonValue& value, Format format,
                                           const PatternContext& context) {
    Reading reading;
    reading.format = format;
    switch (format) {
        case Format::flag:
            reading.value = value.boolean ? 1 : 0;
            return value.is(JsonKind::boolean) ? std::optional(reading) : std::nullopt;
        case Format::number:
        case Format::hex: {
            const auto bits = read_hex(value.text);
            reading.value = static_cast<std::int64_t>(bits.value_or(0));
            return bits ? std::optional(reading) : std::nullopt;
        }
        case Format::actor:
        case Format::task:
        case Format::engine:
        case Format::lock:
        case Format::static_text:
            return named_reading(value, format, context.only);
        case Format::wait_status: {
            const auto status = read_wait_status(value.text);
            reading.value = status.value_or(0);
            return status ? std::optional(reading) : std::nullopt;
        }
        case Format::address:
        case Format::program_point: {
            const JsonValue* task = member(*context.pattern, "task");
            const auto found = task != nullptr ? names_.find(task->text) : names_.end();
            const bool known = found != names_.end() && found->second.kind == NameKind::task;
            reading.value =
                static_cast<std::int64_t>(address_of(value, known ? found->second.index : -1));
            return reading;
        }
        default:
            return reading_of_words(value, format);
    }
}

std::optional<Reading> Decoder::named_reading(const JsonValue& value, Format format, bool only) {
    Reading reading;
    reading.format = format;
    const bool id = format != Format::lock && format != Format::static_text;
    if (id && value.is(JsonKind::null)) {
        reading.value = nobody;
        return reading;
    }
    if (!value.is(JsonKind::text)) return std::nullopt;
    reading.name = value.text;
    const bool checked = format == Format::task || format == Format::engine;
    const NameKind kind = format == Format::engine ? NameKind::engine : NameKind::task;
    if (!checked || is_seen_name(value.text, kind)) return reading;
    if (!only) return std::nullopt;
    find(&value, kind);  // says that there is none
    return reading;
}

bool Decoder::is_seen_name(std::string_view text, NameKind kind) const {
    // The kernel's own task, controllers (they are tasks too), and children without a name of
    // their own: `parent.5`.
    if (text == "init") return true;
    text = text.substr(0, text.find('~'));
    while (true) {
        const auto found = names_.find(text);
        if (found != names_.end()) {
            const bool task = kind == NameKind::task && found->second.kind != NameKind::engine;
            if (task || found->second.kind == kind) return true;
        }
        const std::size_t dot = text.rfind('.');
        if (kind != NameKind::task || dot == std::string_view::npos) return false;
        text = text.substr(0, dot);
    }
}

}  // namespace utsim
