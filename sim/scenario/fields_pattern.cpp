// SPDX-License-Identifier: MIT
// Patterns of events. They are made from the table of events and the table of words: every event
// that a trace can hold can be matched by every field it has, in the words that the trace shows.
#include <algorithm>
#include <map>

#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"
#include "vocabulary/field_format.hpp"
#include "vocabulary/words.hpp"

namespace utsim {

namespace {

bool is_name_format(Format format) {
    return format == Format::actor || format == Format::task || format == Format::engine;
}

bool is_text_format(Format format) {
    return format == Format::static_text || format == Format::lock;
}

bool is_place_format(Format format) {
    return format == Format::address || format == Format::program_point;
}

/// A name as traces show it: children that have none of their own are `parent.5`.
bool is_seen_name(std::string_view text) {
    const std::size_t tilde = text.find('~');
    for (const char c : text.substr(0, tilde)) {
        if (!is_name(std::string("x") + c)) return false;
    }
    if (text.empty() || tilde == 0) return false;
    if (tilde == std::string_view::npos) return is_name(text.substr(0, 1));
    const std::string_view number = text.substr(tilde + 1);
    return !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
}

class PatternTypes {
public:
    explicit PatternTypes(FieldTable& table) : t_(table) {
        name_ = t_.add_text("a name as traces show it", 1000,
                            "^[A-Za-z_][A-Za-z0-9_.-]*(~[0-9]+)?$", is_seen_name);
    }

    const Type* name() const { return name_; }

    const Type* of(EventKind kind, std::size_t field) {
        std::vector<Format> formats = formats_of(kind, field);
        std::sort(formats.begin(), formats.end());
        const auto [place, added] = known_.emplace(std::move(formats), nullptr);
        if (added) place->second = make(place->first);
        return place->second;
    }

private:
    const Type* make(const std::vector<Format>& formats) {
        std::vector<const Type*> parts;
        const auto any = [&](bool (*is)(Format)) {
            return std::any_of(formats.begin(), formats.end(), is);
        };
        if (any(is_name_format)) parts.push_back(null());
        if (any([](Format f) { return f == Format::flag; })) parts.push_back(t_.yes_no);
        if (any([](Format f) { return !is_name_format(f) && !is_text_format(f); })) {
            parts.push_back(t_.integer);
        }
        parts.push_back(text(formats));
        if (any([](Format f) { return vocabulary_of(f).joining != Joining::single; })) {
            parts.push_back(t_.add_list(words(formats, Shape::word), 0, 64));
        }
        return t_.add_either(std::move(parts));
    }

    const Type* null() {
        if (null_ == nullptr) null_ = &t_.add(Shape::null);
        return null_;
    }

    /// Words, or what else a string can say; where it can say several things the decoder looks.
    const Type* text(const std::vector<Format>& formats) {
        std::vector<const Type*> types;
        bool has_words = false;
        for (const Format format : formats) {
            const Type* type = is_name_format(format)          ? name_
                               : is_text_format(format)        ? t_.text
                               : is_place_format(format)       ? t_.place
                               : format == Format::wait_status ? t_.wait_status
                                                               : nullptr;
            has_words = has_words || !vocabulary_of(format).lists.empty();
            if (type != nullptr && std::find(types.begin(), types.end(), type) == types.end()) {
                types.push_back(type);
            }
        }
        if (types.size() > 1 || (types.size() == 1 && has_words)) return t_.text;
        if (types.size() == 1) return types.front();
        return has_words ? words(formats, Shape::joined) : t_.hex;
    }

    /// All words of all these formats. KEEP and STICKY are understood, to be refused with a reason.
    const Type* words(const std::vector<Format>& formats, Shape shape) {
        std::vector<std::string> all;
        std::string what;
        for (const Format format : formats) {
            const Vocabulary& vocabulary = vocabulary_of(format);
            if (vocabulary.lists.empty()) continue;
            if (what.empty()) what = vocabulary.what.substr(vocabulary.what.find(' ') + 1);
            for (std::string& word : all_words(vocabulary)) all.push_back(std::move(word));
            if (vocabulary.joining == Joining::parts) all.insert(all.end(), {"KEEP", "STICKY"});
        }
        std::vector<std::string> once;
        for (std::string& word : all) {
            if (std::find(once.begin(), once.end(), word) == once.end()) once.push_back(word);
        }
        Type& type = t_.add(shape, std::move(what));
        type.words = std::move(once);
        return &type;
    }

    FieldTable& t_;
    const Type* name_ = nullptr;
    const Type* null_ = nullptr;
    std::map<std::vector<Format>, const Type*> known_;
};

}  // namespace

const Type* add_pattern_type(FieldTable& t) {
    PatternTypes types(t);
    Type& pattern = t.add(Shape::tagged, "kind of event");
    pattern.about = "Fits events of one kind whose fields are as given.";
    pattern.tag = "kind";
    const Type* step = t.add_integer(0, INT64_MAX);
    for (const KindInfo& kind : event_table()) {
        Type& type = t.add(Shape::object, "event:" + std::string(kind.name));
        type.about = "Fits `" + std::string(kind.name) + "` events.";
        type.fields.push_back({"note", t.note, "", ""});
        type.fields.push_back({"step", step, "In which step.", "any"});
        type.fields.push_back({"actor", types.name(), "Who was running.", "anybody"});
        for (std::size_t i = 0; i < max_fields; ++i) {
            const std::string_view name = kind.field[i].name;
            if (name.empty()) continue;
            type.fields.push_back({std::string(name), types.of(kind.kind, i), "", ""});
        }
        if (!kind.text_name.empty()) {
            const std::string name(kind.text_name);
            type.fields.push_back({name, t.text, "", ""});
            type.fields.push_back({name + "_hex", t.text, "The same in hexadecimal digits.", ""});
        }
        pattern.parts.push_back(&type);
        pattern.tag_values.emplace_back(kind.name);
    }
    return &pattern;
}

}  // namespace utsim
