// SPDX-License-Identifier: MIT
// A part knows the name under which it stands, so an object is a list of parts as well. Objects of
// scenarios have few members: looking for one from the front is the quickest way.
#include "explore/draft.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace utsim {

namespace {

constexpr std::size_t usual_parts = 4;
constexpr int deepest = 64;  // scenarios end at 32

void write_text(const std::string& text, std::string& out) {
    const bool plain = text.find_first_of("\"\\\b\f\n\r\t") == std::string::npos &&
                       std::all_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
    if (!plain) {
        // Only texts from outside: what is made up has nothing to escape.
        out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

}  // namespace

Draft::Draft(std::initializer_list<Member> members) : kind_(Kind::object) {
    parts_.reserve(members.size());
    for (const Member& member : members) {
        Draft& part = parts_.emplace_back(std::move(member.value));
        part.key_ = member.key;
    }
}

Draft Draft::list(std::initializer_list<Draft> items) {
    Draft out;
    out.kind_ = Kind::list;
    out.parts_ = items;
    return out;
}

Draft Draft::object() {
    Draft out;
    out.kind_ = Kind::object;
    return out;
}

void Draft::add(Draft part) {
    if (parts_.empty()) parts_.reserve(usual_parts);
    part.key_.clear();
    kind_ = Kind::list;
    parts_.push_back(std::move(part));
}

void Draft::insert(std::size_t index, Draft part) {
    part.key_.clear();
    parts_.insert(parts_.begin() + static_cast<std::ptrdiff_t>(index), std::move(part));
}

void Draft::erase(std::size_t index) {
    parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(index));
}

Draft* Draft::find(std::string_view key) {
    if (!is_object()) return nullptr;
    for (Draft& part : parts_) {
        if (part.key_ == key) return &part;
    }
    return nullptr;
}

const std::string& Draft::text_at(std::string_view key) const {
    static const std::string none;
    const Draft* found = find(key);
    return found != nullptr ? found->text_ : none;
}

Draft& Draft::operator[](std::string_view key) {
    if (Draft* found = find(key)) return *found;
    kind_ = Kind::object;
    if (parts_.empty()) parts_.reserve(usual_parts);
    Draft& part = parts_.emplace_back();
    part.key_ = key;
    return part;
}

void Draft::erase(std::string_view key) {
    if (Draft* found = find(key)) erase(static_cast<std::size_t>(found - parts_.data()));
}

void Draft::become(Draft value) {
    value.key_ = std::move(key_);
    *this = std::move(value);
}

void Draft::write(std::string& out) const {
    switch (kind_) {
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += number_ != 0 ? "true" : "false";
            return;
        case Kind::integer:
            out += std::to_string(number_);
            return;
        case Kind::text:
            return write_text(text_, out);
        default:
            break;
    }
    out += is_list() ? '[' : '{';
    bool first = true;
    for (const Draft& part : parts_) {
        if (!first) out += ',';
        first = false;
        if (is_object()) {
            write_text(part.key_, out);
            out += ':';
        }
        part.write(out);
    }
    out += is_list() ? ']' : '}';
}

std::string Draft::dump() const {
    std::string out;
    out.reserve(2048);
    write(out);
    return out;
}

/// Takes over the tree of a JSON library.
struct DraftReader {
    static bool read(const nlohmann::ordered_json& json, Draft& out, int depth) {
        if (depth > deepest || json.is_number_float()) return false;
        if (json.is_string()) {
            out = Draft(json.get_ref<const std::string&>());
        } else if (json.is_boolean()) {
            out = Draft(json.get<bool>());
        } else if (json.is_number()) {
            out = Draft(json.get<std::int64_t>());
        } else if (json.is_structured()) {
            out = json.is_array() ? Draft::list() : Draft::object();
            for (const auto& [key, value] : json.items()) {
                Draft part;
                if (!read(value, part, depth + 1)) return false;
                if (json.is_object()) part.key_ = key;
                out.parts_.push_back(std::move(part));
            }
        }
        return true;
    }
};

std::optional<Draft> Draft::parse(const std::string& json) {
    Draft out;
    const auto tree = nlohmann::ordered_json::parse(json, nullptr, false);
    if (tree.is_discarded() || !DraftReader::read(tree, out, 0)) return std::nullopt;
    return out;
}

}  // namespace utsim
