// SPDX-License-Identifier: MIT
// Filling in templates. The words are those of the trace, without `UTRACE_` and its like.
#include "report/sentence.hpp"

#include <algorithm>
#include <array>

#include <utsim/utrace.hpp>

#include "base/check.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

/// What the engines before this one asked for, as its action argument says it.
std::string asked_so_far(const Event& event) {
    const auto word = static_cast<std::uint32_t>(event.value[3]);
    const std::uint32_t action = utrace_resume_action(word);
    if (action >= UTRACE_RESUME) return "nobody before it has asked for anything";
    std::string name;
    append_callback_word(name, CallbackKind::quiesce, action);
    return "so far it is " + without_prefixes(name);
}

std::string placeholder(std::string_view name, const Event& event, const NameTable& names) {
    if (name == "actor") {
        return event.actor.valid() ? std::string(names.actor(event.actor)) : "The scenario";
    }
    if (name == "sofar") return asked_so_far(event);
    if (name == kind_info(event.kind).text_name) {
        if (is_utf8(event.text)) return std::string(event.text);
        std::string out = "0x";
        append_hex_bytes(out, event.text);
        return out;
    }
    return named_word(event, name, names);
}

}  // namespace

const SentenceTemplate& template_of(const Event& event) {
    const auto all = sentence_templates();
    const auto found = std::find_if(all.begin(), all.end(), [&](const SentenceTemplate& one) {
        return one.kind == event.kind &&
               (one.field < 0 || event.value[static_cast<std::size_t>(one.field)] == one.value);
    });
    UTSIM_CHECK(found != all.end(), "an event without a sentence");
    return *found;
}

std::string field_word(const Event& event, std::size_t field, const NameTable& names) {
    const FieldContext context{event.kind, field, event.value.data()};
    const std::int64_t value = event.value[field];
    if (is_nobody(format_of(context), value)) return "nobody";
    std::string out;
    if (!append_symbol(out, context, value, names)) append_decimal(out, value);
    return without_prefixes(out);
}

std::string named_word(const Event& event, std::string_view name, const NameTable& names) {
    const KindInfo& info = kind_info(event.kind);
    for (std::size_t i = 0; i < max_fields; ++i) {
        if (info.field[i].name == name && !name.empty()) return field_word(event, i, names);
    }
    return {};
}

std::string sentence(const Event& event, const NameTable& names) {
    std::string_view text = template_of(event).text;
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find('}', open);
        out += placeholder(text.substr(open + 1, close - open - 1), event, names);
        text.remove_prefix(close + 1);
    }
    return out;
}

}  // namespace utsim
