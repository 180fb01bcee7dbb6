// SPDX-License-Identifier: MIT
// nlohmann's SAX parser says what comes next, but not where it stands. The text of a token can be
// found again without it: behind the last token come only white space, commas and colons. So a
// cursor follows the events through the text and notes where each begins and ends.
#include "scenario/json_reader.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <nlohmann/json.hpp>

#include "scenario/scenario.hpp"

namespace utsim {

namespace {

/// Follows the tokens of a JSON text.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    /// Moves over the next token and returns its place.
    TextPlace next() {
        while (at_ < text_.size() && is_between(text_[at_])) step();
        const std::size_t begin = at_;
        const TextPlace place{line_, at_ - line_start_ + 1, 1};
        if (at_ < text_.size()) pass_token();
        TextPlace whole = place;
        whole.length = std::max<std::size_t>(1, at_ - begin);
        return whole;
    }

    /// The place of a byte of the text (0-based); bytes must be asked for in ascending order.
    TextPlace place_of(std::size_t byte) {
        while (at_ < std::min(byte, text_.size())) step();
        return {line_, at_ - line_start_ + 1, 1};
    }

private:
    static bool is_between(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ':';
    }

    void step() {
        if (text_[at_] == '\n') {
            ++line_;
            line_start_ = at_ + 1;
        }
        ++at_;
    }

    void pass_token() {
        const char first = text_[at_];
        step();
        if (first == '"') {
            while (at_ < text_.size() && text_[at_] != '"') {
                if (text_[at_] == '\\' && at_ + 1 < text_.size()) step();
                step();
            }
            if (at_ < text_.size()) step();
        } else if (first != '{' && first != '}' && first != '[' && first != ']') {
            while (at_ < text_.size() && is_word(text_[at_])) step();
        }
    }

    static bool is_word(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '+' || c == '-';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t line_start_ = 0;
};

using nlohmann::json;

/// Builds the tree. The parser keeps no stack of its own, so depth is limited here.
class TreeBuilder : public nlohmann::json_sax<json> {
public:
    TreeBuilder(std::string_view text, JsonValue& root, Problems& problems)
        : text_(text),
          cursor_(text),
          root_(root),
          problems_(problems) {}

    bool null() override { return put(JsonKind::null) != nullptr; }
    bool boolean(bool value) override {
        JsonValue* v = put(JsonKind::boolean);
        if (v != nullptr) v->boolean = value;
        return v != nullptr;
    }
    bool number_integer(json::number_integer_t value) override {
        JsonValue* v = put(JsonKind::integer);
        if (v != nullptr) v->integer = value;
        return v != nullptr;
    }
    bool number_unsigned(json::number_unsigned_t value) override {
        JsonValue* v = put(JsonKind::integer);
        if (v == nullptr) return false;
        v->too_large = value > static_cast<std::uint64_t>(INT64_MAX);
        v->integer = v->too_large ? INT64_MAX : static_cast<std::int64_t>(value);
        return true;
    }
    bool number_float(json::number_float_t, const json::string_t& spelt) override {
        JsonValue* v = put(JsonKind::real);
        if (v == nullptr) return false;
        v->text = spelt;
        if (spelt.find_first_of(".eE") == std::string::npos) {
            v->kind = JsonKind::integer;
            v->too_large = true;
        }
        return true;
    }
    bool string(json::string_t& value) override {
        JsonValue* v = put(JsonKind::text);
        if (v != nullptr) v->text = std::move(value);
        return v != nullptr;
    }
    bool binary(json::binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(JsonKind::object); }
    bool start_array(std::size_t) override { return open(JsonKind::list); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(json::string_t& value) override {
        const TextPlace place = cursor_.next();
        Open& object = open_.back();
        if (object.value->members.size() >= ScenarioLimits::members) {
            return refuse(
                105, place,
                "more than " + std::to_string(ScenarioLimits::members) + " keys in one object");
        }
        const auto [known, added] = object.keys.try_emplace(value, object.value->members.size());
        next_duplicate_ = !added;
        if (next_duplicate_) tell_duplicate(value, place, known->second);
        next_key_ = std::move(value);
        next_key_place_ = place;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& error) override {
        problems_.add_at(101, cursor_.place_of(position == 0 ? 0 : position - 1), "",
                         explain(error.what()));
        return false;
    }

private:
    /// A list or object that has not ended yet. Its own list does not grow while a child is open,
    /// so the child stays where it is.
    struct Open {
        JsonValue* value;
        std::map<std::string, std::size_t> keys;  ///< of an object: place among the members
        std::unique_ptr<JsonMember> duplicate;    ///< the latest member, when its key was there

        const std::string& last_key() const {
            return duplicate != nullptr ? duplicate->key : value->members.back().key;
        }
    };

    /// The part of nlohmann's message that says what was wrong.
    static std::string explain(std::string_view what) {
        constexpr std::string_view marker = "syntax error ";
        std::size_t start = what.find(marker);
        std::string text = "not JSON: ";
        if (start == std::string_view::npos)
            return text + "the text ends too early or is unreadable";
        text += what.substr(start);
        const std::size_t last_read = text.find("; last read: ");
        if (last_read == std::string::npos) return text;
        std::size_t behind = text.find("'; expected", last_read);
        const std::string rest = behind == std::string::npos ? "" : text.substr(behind + 1);
        return text.substr(0, last_read) + rest;
    }

    bool refuse(int code, const TextPlace& place, std::string message) {
        problems_.add_at(code, place, open_pointer(), std::move(message));
        return false;
    }

    void tell_duplicate(const std::string& key, const TextPlace& place, std::size_t first) {
        if (!problems_.wants(place)) return problems_.pass_over();
        const TextPlace& other = open_.back().value->members[first].key_place;
        std::string pointer = open_pointer();
        extend_pointer(pointer, key);
        problems_.add_at(103, place, pointer,
                         "duplicate key \"" + key + "\" (first at " + std::to_string(other.line) +
                             ":" + std::to_string(other.column) + ")",
                         "keep one of them");
    }

    /// The pointer of the innermost value that is being read; parents are not linked yet.
    std::string open_pointer() const {
        std::string text;
        for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
            const JsonValue& outer = *open_[i].value;
            if (outer.is(JsonKind::list)) {
                extend_pointer(text, outer.items.size() - 1);
            } else {
                extend_pointer(text, open_[i].last_key());
            }
        }
        return text;
    }

    JsonValue* put(JsonKind kind) {
        const TextPlace place = cursor_.next();
        if (++values_ > ScenarioLimits::values) {
            refuse(105, place,
                   "more than " + std::to_string(ScenarioLimits::values) + " values in one file");
            return nullptr;
        }
        JsonValue* value = &root_;
        if (!open_.empty()) value = add_to(open_.back());
        value->kind = kind;
        value->place = place;
        return value;
    }

    JsonValue* add_to(Open& parent) {
        if (parent.value->is(JsonKind::list)) return &parent.value->items.emplace_back();
        if (next_duplicate_) {  // parsed, and forgotten
            next_duplicate_ = false;
            parent.duplicate = std::make_unique<JsonMember>();
            parent.duplicate->key = std::move(next_key_);
            return &parent.duplicate->value;
        }
        parent.duplicate.reset();
        JsonMember& member = parent.value->members.emplace_back();
        member.key = std::move(next_key_);
        member.key_place = next_key_place_;
        return &member.value;
    }

    bool open(JsonKind kind) {
        JsonValue* value = put(kind);
        if (value == nullptr) return false;
        if (open_.size() >= ScenarioLimits::nesting) {
            return refuse(
                104, value->place,
                "nested deeper than " + std::to_string(ScenarioLimits::nesting) + " levels");
        }
        open_.push_back({value, {}, nullptr});
        return true;
    }

    bool close() {
        cursor_.next();
        open_.pop_back();
        return true;
    }

    std::string_view text_;
    Cursor cursor_;
    JsonValue& root_;
    Problems& problems_;
    std::vector<Open> open_;
    std::string next_key_;
    TextPlace next_key_place_;
    bool next_duplicate_ = false;
    std::size_t values_ = 0;
};

/// The values stay where they are from here on.
void link(JsonValue& parent) {
    for (JsonValue& item : parent.items) {
        item.parent = &parent;
        link(item);
    }
    for (JsonMember& member : parent.members) {
        member.value.parent = &parent;
        link(member.value);
    }
}

}  // namespace

bool read_json(std::string_view text, JsonValue& root, Problems& problems) {
    if (text.size() > ScenarioLimits::file_bytes) {
        problems.add_at(
            105, {1, 1, 1}, "",
            "the file is larger than " + std::to_string(ScenarioLimits::file_bytes >> 20) + " MiB");
        return false;
    }
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) {
        problems.add_at(102, {1, 1, 3}, "", "the file starts with a byte order mark",
                        "save it as UTF-8 without one");
        return false;
    }
    TreeBuilder builder(text, root, problems);
    if (!json::sax_parse(text.begin(), text.end(), &builder)) return false;
    link(root);
    return true;
}

}  // namespace utsim
