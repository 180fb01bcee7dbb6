// SPDX-License-Identifier: MIT
/// One event in a sentence, made from a template.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "event/event.hpp"

namespace utsim {

/// How a sentence is told.
enum class Telling : std::uint8_t {
    sentence,  ///< complete by itself
    opens,     ///< a call that ends with another event; a colon and the result follow, or a stop
    closes,    ///< the end of a call, when something came in between
    counted,   ///< instructions: told by their number
    silent,    ///< says nothing that the others do not say
};

/// A template: `{field}` stands for a field's word, `{actor}` for who ran, `{sofar}` for what the
/// engines before this one asked for.
struct SentenceTemplate {
    EventKind kind;
    Telling telling;
    int field;           ///< the template is for events whose field has `value`; -1: for all others
    std::int64_t value;  ///< of that field
    std::string_view text;
};

/// All of them, by kind; the last one of each kind fits every event of it.
std::span<const SentenceTemplate> sentence_templates();

/// The template that fits.
const SentenceTemplate& template_of(const Event& event);

/// The template filled in. Without a full stop.
std::string sentence(const Event& event, const NameTable& names);
/// A field's word without the prefixes that everybody knows; its number when it has no word.
std::string field_word(const Event& event, std::size_t field, const NameTable& names);
/// The word of the field called `name`; empty when the kind has no such field.
std::string named_word(const Event& event, std::string_view name, const NameTable& names);

}  // namespace utsim
