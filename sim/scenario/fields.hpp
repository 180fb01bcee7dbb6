// SPDX-License-Identifier: MIT
/// The scenario format as one table: every object, its fields, and what each may hold.
///
/// The loader's checks, the JSON Schema, the reference in docs/scenario.md and the "did you mean"
/// hints are all made from it, so a new field is one row here (and the code that uses it).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace utsim {

enum class Shape : std::uint8_t {
    null,
    boolean,
    integer,  ///< `min` to `max`
    text,     ///< up to `max` bytes, of the form that `accepts` and `pattern` describe
    word,     ///< one of `words`
    joined,   ///< `words` with `|` between them, and `0x...` for what has no word
    list,     ///< `min` to `max` of `element`
    tuple,    ///< at most one of each of `parts`, in order; the first `min` must be there
    map,      ///< keys like `key`, values of `element`
    object,   ///< `fields`
    tagged,   ///< an object whose member `tag` says which of `parts` it is
    either,   ///< one of `parts`, which differ in their kind of JSON value
};

struct Type;

/// A row of the table: one member of an object.
struct Field {
    std::string name;
    const Type* type = nullptr;
    std::string about;      ///< what it means; one or two sentences
    std::string otherwise;  ///< what holds when it is absent; empty: see `about`
    bool required = false;
    bool alternative = false;  ///< belongs to the object's set of alternatives
};

enum class Alternatives : std::uint8_t { none, at_most_one, exactly_one };

struct Type {
    Shape shape = Shape::object;
    std::string name;  ///< of objects and other types that are referred to by name
    std::string about;
    std::int64_t min = 0;
    std::int64_t max = INT64_MAX;
    std::string pattern;                          ///< text: for the schema
    bool (*accepts)(std::string_view) = nullptr;  ///< text: the same, for the loader
    std::string form;                             ///< text: the same, for people
    std::vector<std::string> words;               ///< word, joined: as people should write them
    std::string prefix;                           ///< word: may be put before each of them
    const Type* key = nullptr;
    const Type* element = nullptr;
    std::vector<const Type*> parts;
    std::vector<Field> fields;
    Alternatives alternatives = Alternatives::none;
    std::string tag;                      ///< tagged: name of the member
    std::vector<std::string> tag_values;  ///< one for each of `parts`
    std::string tag_default;              ///< when the member is absent; empty: required

    const Field* find(std::string_view field) const;
};

/// The whole file.
const Type& scenario_type();
/// All object types that have a name, in the order of the reference.
const std::vector<const Type*>& scenario_types();

}  // namespace utsim
