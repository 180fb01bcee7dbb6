// SPDX-License-Identifier: MIT
// One walk over the tree beside the table. Every rule here has its twin in schema.cpp, and a test
// holds the two against each other.
#include "scenario/shape.hpp"

#include <algorithm>
#include <span>

#include "base/suggest.hpp"
#include "scenario/fields_table.hpp"

namespace utsim {

namespace {

constexpr std::size_t words_shown = 12;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size() && i < words_shown; ++i) {
        text += (i == 0 ? "" : " ") + words[i];
    }
    return words.size() > words_shown ? text + " ..." : text;
}

std::string hint_for(std::string_view typed, const std::vector<std::string>& words) {
    std::vector<std::string_view> views(words.begin(), words.end());
    const std::string guess = did_you_mean(typed, views);
    return guess.empty() ? "one of: " + joined(words) : guess;
}

JsonKind kind_of(Shape shape) {
    switch (shape) {
        case Shape::null:
            return JsonKind::null;
        case Shape::boolean:
            return JsonKind::boolean;
        case Shape::integer:
            return JsonKind::integer;
        case Shape::text:
        case Shape::word:
        case Shape::joined:
            return JsonKind::text;
        case Shape::list:
        case Shape::tuple:
            return JsonKind::list;
        default:
            return JsonKind::object;
    }
}

class Walk {
public:
    explicit Walk(Problems& problems) : problems_(problems) {}

    void check(const Type& type, const JsonValue& value) {
        if (type.shape == Shape::either) return check_either(type, value);
        if (value.kind != kind_of(type.shape)) {
            problems_.add(
                110, value,
                "expected " + describe_type(type) + ", found " + json_kind_name(value.kind));
            return;
        }
        switch (type.shape) {
            case Shape::null:
            case Shape::boolean:
                break;
            case Shape::integer:
                check_integer(type, value);
                break;
            case Shape::text:
                check_text(type, value);
                break;
            case Shape::word:
                check_word(type, value, value.text);
                break;
            case Shape::joined:
                check_joined(type, value);
                break;
            case Shape::list:
                check_list(type, value);
                break;
            case Shape::tuple:
                check_tuple(type, value);
                break;
            case Shape::map:
                check_map(type, value);
                break;
            case Shape::object:
                check_object(type, value, {});
                break;
            case Shape::tagged:
                check_tagged(type, value);
                break;
            case Shape::either:
                break;
        }
    }

private:
    void check_either(const Type& type, const JsonValue& value) {
        for (const Type* part : type.parts) {
            if (value.kind == kind_of(part->shape)) return check(*part, value);
        }
        problems_.add(110, value,
                      "expected " + describe_type(type) + ", found " + json_kind_name(value.kind));
    }

    void check_integer(const Type& type, const JsonValue& value) {
        if (!value.too_large && value.integer >= type.min && value.integer <= type.max) return;
        std::string message = "out of range: ";
        message += type.max == INT64_MAX
                       ? "at least " + std::to_string(type.min)
                       : std::to_string(type.min) + " to " + std::to_string(type.max);
        problems_.add(111, value, message);
    }

    void check_text(const Type& type, const JsonValue& value) {
        if (value.text.size() > static_cast<std::size_t>(type.max)) {
            problems_.add(112, value, "longer than " + std::to_string(type.max) + " bytes");
        } else if (type.accepts != nullptr && !type.accepts(value.text)) {
            problems_.add(112, value, "not " + type.form);
        }
    }

    void check_word(const Type& type, const JsonValue& value, const std::string& word) {
        if (!plain_word(type, word).empty()) return;
        if (!problems_.wants(value.place)) return problems_.pass_over();
        problems_.add(113, value, "unknown " + type.name + " \"" + word + "\"",
                      hint_for(word, type.words));
    }

    void check_joined(const Type& type, const JsonValue& value) {
        for (std::size_t at = 0; at <= value.text.size();) {
            const std::size_t bar = std::min(value.text.find('|', at), value.text.size());
            const std::string word = value.text.substr(at, bar - at);
            if (word != "0" && !is_hex_number(word)) check_word(type, value, word);
            at = bar + 1;
        }
    }

    bool check_size(const Type& type, const JsonValue& value) {
        const auto size = static_cast<std::int64_t>(value.items.size());
        if (size > type.max) {
            problems_.add(114, value, "more than " + std::to_string(type.max) + " entries");
        } else if (size < type.min) {
            problems_.add(
                114, value,
                "fewer than " + std::to_string(type.min) + (type.min == 1 ? " entry" : " entries"));
        }
        return size <= type.max;
    }

    void check_list(const Type& type, const JsonValue& value) {
        if (!check_size(type, value)) return;
        for (const JsonValue& item : value.items) check(*type.element, item);
    }

    void check_tuple(const Type& type, const JsonValue& value) {
        if (!check_size(type, value)) return;
        for (std::size_t i = 0; i < value.items.size(); ++i) check(*type.parts[i], value.items[i]);
    }

    void check_map(const Type& type, const JsonValue& value) {
        for (const JsonMember& member : value.members) {
            if (!key_fits(*type.key, member.key)) {
                if (!problems_.wants(member.key_place)) {
                    problems_.pass_over();
                    continue;
                }
                const std::string hint = type.key->shape == Shape::word
                                             ? hint_for(member.key, type.key->words)
                                             : std::string();
                problems_.add_at_key(
                    115, member, "key \"" + member.key + "\" is not " + describe_type(*type.key),
                    hint);
                continue;
            }
            check(*type.element, member.value);
        }
    }

    static bool key_fits(const Type& type, const std::string& key) {
        if (type.shape == Shape::word) return !plain_word(type, key).empty();
        return key.size() <= static_cast<std::size_t>(type.max) &&
               (type.accepts == nullptr || type.accepts(key));
    }

    void check_tagged(const Type& type, const JsonValue& value) {
        const JsonMember* tag = value.find(type.tag);
        std::string wanted = type.tag_default;
        if (tag != nullptr) {
            if (!tag->value.is(JsonKind::text)) {
                problems_.add(
                    110, tag->value,
                    std::string("expected a string, found ") + json_kind_name(tag->value.kind));
                return;
            }
            wanted = tag->value.text;
        } else if (wanted.empty()) {
            problems_.add(116, value, "\"" + type.tag + "\" is missing: it says what this is",
                          "one of: " + joined(type.tag_values));
            return;
        }
        const auto found = std::find(type.tag_values.begin(), type.tag_values.end(), wanted);
        if (found == type.tag_values.end()) {
            if (!problems_.wants(tag->value.place)) return problems_.pass_over();
            problems_.add(113, tag->value, "unknown " + type.name + " \"" + wanted + "\"",
                          hint_for(wanted, type.tag_values));
            return;
        }
        const auto index = static_cast<std::size_t>(found - type.tag_values.begin());
        check_object(*type.parts[index], value, type.tag);
    }

    void check_object(const Type& type, const JsonValue& value, std::string_view tag) {
        const JsonMember* chosen = nullptr;
        for (const JsonMember& member : value.members) {
            if (member.key == tag) continue;
            const Field* field = type.find(member.key);
            if (field == nullptr) {
                if (!problems_.wants(member.key_place)) {
                    problems_.pass_over();
                    continue;
                }
                problems_.add_at_key(117, member, "unknown key \"" + member.key + "\"",
                                     hint_for(member.key, names_of(type)));
                continue;
            }
            if (field->alternative && type.alternatives != Alternatives::none) {
                if (chosen != nullptr) {
                    problems_.add_at_key(118, member,
                                         "\"" + member.key + "\" beside \"" + chosen->key +
                                             "\": only one of them can be");
                }
                chosen = &member;
            }
            check(*field->type, member.value);
        }
        check_required(type, value, chosen != nullptr);
    }

    void check_required(const Type& type, const JsonValue& value, bool chosen) {
        for (const Field& field : type.fields) {
            if (field.required && value.find(field.name) == nullptr) {
                problems_.add(116, value, "\"" + field.name + "\" is missing", field.about);
            }
        }
        if (type.alternatives != Alternatives::exactly_one || chosen) return;
        std::vector<std::string> names;
        for (const Field& field : type.fields) {
            if (field.alternative) names.push_back(field.name);
        }
        problems_.add(116, value, type.name + " says nothing to do", "one of: " + joined(names));
    }

    static std::vector<std::string> names_of(const Type& type) {
        std::vector<std::string> names;
        for (const Field& field : type.fields) names.push_back(field.name);
        return names;
    }

    Problems& problems_;
};

}  // namespace

const Field* Type::find(std::string_view field) const {
    for (const Field& candidate : fields) {
        if (candidate.name == field) return &candidate;
    }
    return nullptr;
}

std::string describe_type(const Type& type) {
    switch (type.shape) {
        case Shape::null:
            return "null";
        case Shape::boolean:
            return "true or false";
        case Shape::integer:
            return "an integer";
        case Shape::text:
            return type.form.empty() ? "a string" : type.form;
        case Shape::word:
        case Shape::joined:
            return type.name + " (a string)";
        case Shape::list:
        case Shape::tuple:
            return "an array";
        case Shape::either: {
            std::string text;
            for (std::size_t i = 0; i < type.parts.size(); ++i) {
                if (i > 0) text += i + 1 == type.parts.size() ? " or " : ", ";
                text += describe_type(*type.parts[i]);
            }
            return text;
        }
        default:
            return "an object";
    }
}

std::string_view plain_word(const Type& type, std::string_view text) {
    const auto known = [&](std::string_view word) {
        return std::find(type.words.begin(), type.words.end(), word) != type.words.end();
    };
    if (known(text)) return text;
    if (!type.prefix.empty() && text.starts_with(type.prefix)) {
        text.remove_prefix(type.prefix.size());
        if (known(text)) return text;
    }
    return {};
}

bool check_shape(const Type& type, const JsonValue& value, Problems& problems) {
    const std::size_t before = problems.count();
    Walk(problems).check(type, value);
    return problems.count() == before;
}

}  // namespace utsim
