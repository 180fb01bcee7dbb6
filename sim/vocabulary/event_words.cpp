// SPDX-License-Identifier: MIT
// The words of one event, for whoever listens without a writer of traces.
#include "base/visible.hpp"
#include "vocabulary/field_format.hpp"
#include "vocabulary/json_text.hpp"
#include "vocabulary/value.hpp"

namespace utsim {

std::string field_in_words(const Event& event, std::size_t field, const NameTable& names) {
    std::string out;
    if (field >= max_fields || kind_info(event.kind).field[field].name.empty()) return out;
    const FieldContext context{event.kind, field, event.value.data()};
    const std::int64_t value = event.value[field];
    if (is_nobody(format_of(context), value)) return out;
    if (!append_symbol(out, context, value, names)) append_decimal(out, value);
    return out;
}

std::string event_in_words(const Event& event, const NameTable& names) {
    const KindInfo& info = kind_info(event.kind);
    std::string out(info.name);
    for (std::size_t i = 0; i < max_fields && !info.field[i].name.empty(); ++i) {
        if (is_nobody(format_of({event.kind, i, event.value.data()}), event.value[i])) continue;
        out += ' ';
        out += info.field[i].name;
        out += '=';
        out += field_in_words(event, i, names);
    }
    if (info.text_name.empty()) return out;
    if (event.text.empty() && text_may_be_absent(info.kind)) return out;
    out += ' ';
    out += info.text_name;
    out += '=';
    if (info.text_name == "bytes") {
        append_hex_bytes(out, event.text);
    } else {
        append_json_string(out, visible(event.text));
    }
    return out;
}

}  // namespace utsim
