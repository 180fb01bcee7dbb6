// SPDX-License-Identifier: MIT
/// The tree of a scenario that is being made up.
///
/// What a JSON tree is, made for being built and thrown away thousands of times a second: short
/// words stand in the node itself, and members in the order in which they were put in.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace utsim {

class Draft {
public:
    struct Member;

    Draft() = default;
    Draft(std::string_view text) : kind_(Kind::text), text_(text) {}
    Draft(const std::string& text) : kind_(Kind::text), text_(text) {}
    Draft(const char* text) : kind_(Kind::text), text_(text) {}
    Draft(std::same_as<bool> auto value) : kind_(Kind::boolean), number_(value ? 1 : 0) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool>)
    Draft(Number value) : kind_(Kind::integer),
                          number_(static_cast<std::int64_t>(value)) {}
    /// An object: `{{"task", "t1"}, {"signal", "SIGUSR1"}}`.
    Draft(std::initializer_list<Member> members);

    static Draft list(std::initializer_list<Draft> items = {});
    static Draft object();

    bool is_text() const { return kind_ == Kind::text; }
    bool is_integer() const { return kind_ == Kind::integer; }
    bool is_list() const { return kind_ == Kind::list; }
    bool is_object() const { return kind_ == Kind::object; }
    bool is_false() const { return kind_ == Kind::boolean && number_ == 0; }
    bool has_parts() const { return is_list() || is_object(); }

    /// What a text says; empty for anything else.
    const std::string& text() const { return text_; }
    bool operator==(std::string_view text) const { return is_text() && text_ == text; }
    bool operator==(const char* text) const { return *this == std::string_view(text); }

    // The parts of a list, or the values of an object.
    std::vector<Draft>::iterator begin() { return parts_.begin(); }
    std::vector<Draft>::iterator end() { return parts_.end(); }
    std::vector<Draft>::const_iterator begin() const { return parts_.begin(); }
    std::vector<Draft>::const_iterator end() const { return parts_.end(); }
    std::size_t size() const { return parts_.size(); }
    bool empty() const { return parts_.empty(); }
    Draft& at(std::size_t index) { return parts_[index]; }
    const Draft& at(std::size_t index) const { return parts_[index]; }
    void add(Draft part);
    void insert(std::size_t index, Draft part);
    void erase(std::size_t index);

    // Objects
    /// Of a member: what it is called.
    const std::string& key() const { return key_; }
    /// Null when there is none.
    Draft* find(std::string_view key);
    const Draft* find(std::string_view key) const { return const_cast<Draft*>(this)->find(key); }
    bool has(std::string_view key) const { return find(key) != nullptr; }
    /// The text of a member; empty when there is none, or no text.
    const std::string& text_at(std::string_view key) const;
    /// The member, made if there was none. What is assigned to it would bring its own name: `set`.
    Draft& operator[](std::string_view key);
    void set(std::string_view key, Draft value) { (*this)[key].become(std::move(value)); }
    void erase(std::string_view key);
    /// Another value for a member, which keeps its name.
    void become(Draft value);

    /// As JSON, without blanks.
    std::string dump() const;
    /// Nothing when it is no JSON, or nested deeper than scenarios are.
    static std::optional<Draft> parse(const std::string& json);

private:
    enum class Kind : std::uint8_t { null, boolean, integer, text, list, object };

    void write(std::string& out) const;

    Kind kind_ = Kind::null;
    std::int64_t number_ = 0;
    std::string text_;
    std::string key_;
    std::vector<Draft> parts_;

    friend struct DraftReader;
};

struct Draft::Member {
    std::string_view key;
    mutable Draft value;  // taken out of the list in which it stands
};

}  // namespace utsim
