// SPDX-License-Identifier: MIT
// Looking around in a tree.
#include "scenario/json_value.hpp"

#include <algorithm>

namespace utsim {

const char* json_kind_name(JsonKind kind) {
    switch (kind) {
        case JsonKind::null:
            return "null";
        case JsonKind::boolean:
            return "true or false";
        case JsonKind::integer:
            return "an integer";
        case JsonKind::real:
            return "a number with a fraction or exponent";
        case JsonKind::text:
            return "a string";
        case JsonKind::list:
            return "an array";
        case JsonKind::object:
            return "an object";
    }
    return "?";
}

const JsonMember* JsonValue::find(std::string_view key) const {
    for (const JsonMember& member : members) {
        if (member.key == key) return &member;
    }
    return nullptr;
}

std::string JsonValue::pointer() const {
    std::vector<const JsonValue*> path;
    for (const JsonValue* value = this; value != nullptr; value = value->parent) {
        path.push_back(value);
    }
    std::string text;
    for (std::size_t i = path.size(); i-- > 1;) {
        const JsonValue& outer = *path[i];
        const JsonValue* inner = path[i - 1];
        if (outer.is(JsonKind::list)) {
            extend_pointer(text, static_cast<std::size_t>(inner - outer.items.data()));
            continue;
        }
        const auto member =
            std::find_if(outer.members.begin(), outer.members.end(),
                         [inner](const JsonMember& m) { return &m.value == inner; });
        if (member != outer.members.end()) extend_pointer(text, member->key);
    }
    return text;
}

void extend_pointer(std::string& pointer, std::string_view key) {
    pointer += '/';
    for (const char c : key) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
}

void extend_pointer(std::string& pointer, std::size_t index) {
    pointer += "/" + std::to_string(index);
}

}  // namespace utsim
