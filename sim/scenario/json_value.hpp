// SPDX-License-Identifier: MIT
/// A JSON document as a tree that knows where everything stood in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace utsim {

/// A stretch of the text: 1-based line and column, and how many bytes of that line.
struct TextPlace {
    std::size_t line = 0;
    std::size_t column = 0;
    std::size_t length = 1;
};

enum class JsonKind : std::uint8_t { null, boolean, integer, real, text, list, object };
/// `a string`, `an integer`: for messages.
const char* json_kind_name(JsonKind kind);

struct JsonMember;

struct JsonValue {
    JsonKind kind = JsonKind::null;
    bool boolean = false;
    bool too_large = false;  ///< an integer beyond 64 bits signed
    std::int64_t integer = 0;
    std::string text;  ///< of a string; of a real, as it was spelt
    std::vector<JsonValue> items;
    std::vector<JsonMember> members;  ///< in file order; a duplicate key is there only once
    TextPlace place;
    const JsonValue* parent = nullptr;  ///< of the root: null

    JsonValue() = default;
    // A tree stays where it was read: its values know their parents by address.
    JsonValue(const JsonValue&) = delete;
    JsonValue& operator=(const JsonValue&) = delete;
    JsonValue(JsonValue&&) = default;
    JsonValue& operator=(JsonValue&&) = default;

    bool is(JsonKind wanted) const { return kind == wanted; }
    /// The member called `key`, or null.
    const JsonMember* find(std::string_view key) const;
    /// Its JSON pointer (RFC 6901). Made when it is asked for: a key can be megabytes long, and
    /// everything below it has it in its own.
    std::string pointer() const;
};

struct JsonMember {
    std::string key;
    TextPlace key_place;
    JsonValue value;
};

/// Appends one more part to `pointer`, escaped as RFC 6901 wants it.
void extend_pointer(std::string& pointer, std::string_view key);
void extend_pointer(std::string& pointer, std::size_t index);

}  // namespace utsim
