// SPDX-License-Identifier: MIT
/// The words for the values of events: one table for whoever writes, reads or describes them.
///
/// The writers print from it, the reader of traces and the loader of scenarios look words up in it,
/// and the JSON Schema lists it. So what one of them shows, each of the others understands.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"
#include "event/names.hpp"

namespace utsim {

/// Words of one table, and which bits of a number they decide.
struct WordList {
    Names names;
    std::string_view prefix;  ///< people may leave it out
    std::uint64_t mask = 0;   ///< 0: the bits of the word itself
};

enum class Joining : std::uint8_t {
    single,  ///< one word
    set,     ///< words with `|` between them, and `0x...` for bits without a name
    parts,   ///< the same, but what no word decides is left open where somebody asks
};

/// What can stand for the numbers of one format.
struct Vocabulary {
    std::string_view what;  ///< with its article: `a signal`
    std::span<const WordList> lists;
    Joining joining = Joining::single;
};

/// The words of `format`; without lists when it has none: numbers, names, addresses, texts.
const Vocabulary& vocabulary_of(Format format);

/// What a word says about a number.
struct WordValue {
    std::uint64_t value = 0;
    std::uint64_t mask = ~std::uint64_t{0};  ///< the bits that it speaks of
};
/// How exactly a word must be spelt.
enum class Spelling : std::uint8_t { full, prefixes_left_out };
/// The number that `text` stands for among the words of `vocabulary`.
std::optional<WordValue> read_words(std::string_view text, const Vocabulary& vocabulary,
                                    Spelling spelling);
/// Every spelling of every word: full ones first, then those with prefixes left out.
std::vector<std::string> all_words(const Vocabulary& vocabulary);

/// `0x` and up to 16 hexadecimal digits.
std::optional<std::uint64_t> read_hex(std::string_view text);

/// `exit 3`, `SIGTERM`, `SIGTERM core`: how a task ended. False, with nothing appended, when the
/// number is no such status.
bool append_wait_status(std::string& out, std::int64_t status);
std::optional<std::int64_t> read_wait_status(std::string_view text);

/// `UTRACE_SIGNAL_IGN|UTRACE_STOP` without what everybody knows: `SIGNAL_IGN|STOP`.
std::string without_prefixes(std::string_view text);

}  // namespace utsim
