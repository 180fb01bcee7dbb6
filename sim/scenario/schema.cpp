// SPDX-License-Identifier: MIT
// The table as a JSON Schema. Only keywords that older readers know too; every object is closed.
// shape.cpp checks the same rules, and a test holds the two against each other.
#include "scenario/schema.hpp"

#include <nlohmann/json.hpp>

#include <utsim/scenario.hpp>
#include <utsim/semantics.hpp>

#include "scenario/fields.hpp"
#include "scenario/fields_semantics.hpp"

namespace utsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t words_worth_a_definition = 8;

std::string definition_name(const Type& type) {
    std::string name = type.name;
    for (char& c : name) {
        if (c == ' ' || c == ':') c = '-';
    }
    return name;
}

class Writer {
public:
    Json whole(const Type& root, std::string_view urn, std::string_view format,
               std::string_view about) {
        Json schema = {
            {"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"$id", urn},
            {"title", format},
            {"description", about},
        };
        const Json body = object(root, {}, {});
        for (const auto& [key, value] : body.items()) {
            if (key != "description" && key != "markdownDescription") schema[key] = value;
        }
        schema["$defs"] = std::move(definitions_);
        return schema;
    }

private:
    /// Objects and tagged types are defined once, because they can contain themselves.
    Json of(const Type& type) {
        switch (type.shape) {
            case Shape::null:
                return {{"type", "null"}};
            case Shape::boolean:
                return {{"type", "boolean"}};
            case Shape::integer:
                return integer(type);
            case Shape::text:
                return text(type);
            case Shape::word:
            case Shape::joined:
                return word(type);
            case Shape::list:
                return list(type);
            case Shape::tuple:
                return tuple(type);
            case Shape::map:
                return map(type);
            case Shape::either:
                return any_of(type);
            default:
                return reference(type);
        }
    }

    Json reference(const Type& type) {
        const std::string name = definition_name(type);
        if (!definitions_.contains(name)) {
            definitions_[name] = nullptr;  // it may refer to itself
            Json body = type.shape == Shape::tagged ? tagged(type) : object(type, {}, {});
            definitions_[name] = std::move(body);
        }
        return {{"$ref", "#/$defs/" + name}};
    }

    static Json integer(const Type& type) {
        return {{"type", "integer"}, {"minimum", type.min}, {"maximum", type.max}};
    }

    static Json text(const Type& type) {
        Json result = {{"type", "string"}, {"maxLength", type.max}};
        if (!type.pattern.empty()) result["pattern"] = type.pattern;
        return result;
    }

    /// Long lists of words are defined once. Several types can have the same name.
    Json word(const Type& type) {
        if (type.words.size() < words_worth_a_definition) return enumeration(type);
        for (const auto& [known, name] : word_definitions_) {
            if (known == &type) return {{"$ref", "#/$defs/" + name}};
        }
        std::string name = "words-" + definition_name(type);
        while (definitions_.contains(name)) name += "-";
        definitions_[name] = enumeration(type);
        word_definitions_.emplace_back(&type, name);
        return {{"$ref", "#/$defs/" + name}};
    }

    static Json joined(const Type& type) {
        std::string any = "(0|0x[0-9a-fA-F]{1,16}";
        for (const std::string& w : type.words) {
            any += '|';
            for (const char c : w) any += c == '+' ? std::string("\\+") : std::string(1, c);
        }
        any += ')';
        return {{"type", "string"}, {"pattern", "^" + any + "(\\|" + any + ")*$"}};
    }

    static Json enumeration(const Type& type) {
        if (type.shape == Shape::joined) return joined(type);
        Json words = Json::array();
        for (const std::string& w : type.words) words.push_back(w);
        if (!type.prefix.empty()) {
            for (const std::string& w : type.words) {
                // Words that carry a prefix of their own are complete.
                if (!w.starts_with("UTRACE_")) words.push_back(type.prefix + w);
            }
        }
        return {{"enum", std::move(words)}};
    }

    Json list(const Type& type) {
        return {{"type", "array"},
                {"items", of(*type.element)},
                {"minItems", type.min},
                {"maxItems", type.max}};
    }

    Json tuple(const Type& type) {
        Json items = Json::array();
        for (const Type* part : type.parts) items.push_back(of(*part));
        return {{"type", "array"},
                {"prefixItems", std::move(items)},
                {"minItems", type.min},
                {"maxItems", type.max}};
    }

    Json map(const Type& type) {
        return {{"type", "object"},
                {"propertyNames", of(*type.key)},
                {"additionalProperties", of(*type.element)}};
    }

    Json any_of(const Type& type) {
        Json parts = Json::array();
        for (const Type* part : type.parts) parts.push_back(of(*part));
        return {{"anyOf", std::move(parts)}};
    }

    Json tagged(const Type& type) {
        Json parts = Json::array();
        for (std::size_t i = 0; i < type.parts.size(); ++i) {
            const Type& part = *type.parts[i];
            const std::string name = definition_name(part);
            if (!definitions_.contains(name)) {
                definitions_[name] = nullptr;
                Json body = object(part, type.tag, type.tag_values[i]);
                if (type.tag_values[i] != type.tag_default) {
                    body["required"].push_back(type.tag);
                }
                definitions_[name] = std::move(body);
            }
            parts.push_back({{"$ref", "#/$defs/" + name}});
        }
        Json result = Json::object();
        if (!type.about.empty()) result["description"] = type.about;
        result["oneOf"] = std::move(parts);
        return result;
    }

    Json object(const Type& type, std::string_view tag, const std::string& tag_value) {
        Json properties = Json::object();
        Json required = Json::array();
        if (!tag.empty()) properties[std::string(tag)] = {{"const", tag_value}};
        for (const Field& field : type.fields) {
            Json property = of(*field.type);
            std::string about = field.about;
            if (!field.otherwise.empty()) about += " Default: " + field.otherwise + ".";
            if (!about.empty()) {
                property["description"] = about;
                property["markdownDescription"] = about;
            }
            properties[field.name] = std::move(property);
            if (field.required) required.push_back(field.name);
        }
        Json result = {{"type", "object"},
                       {"description", type.about},
                       {"markdownDescription", type.about},
                       {"properties", std::move(properties)},
                       {"additionalProperties", false},
                       {"required", std::move(required)}};
        add_alternatives(type, result);
        return result;
    }

    static void add_alternatives(const Type& type, Json& result) {
        Json one_of = Json::array();
        Json none = Json::array();
        for (const Field& field : type.fields) {
            if (!field.alternative) continue;
            one_of.push_back({{"required", {field.name}}});
            none.push_back({{"required", {field.name}}});
        }
        if (type.alternatives == Alternatives::exactly_one) {
            result["oneOf"] = std::move(one_of);
        } else if (type.alternatives == Alternatives::at_most_one) {
            one_of.push_back({{"not", {{"anyOf", std::move(none)}}}});
            result["oneOf"] = std::move(one_of);
        }
    }

    Json definitions_ = Json::object();
    std::vector<std::pair<const Type*, std::string>> word_definitions_;
};

}  // namespace

std::string schema_json() {
    return Writer()
               .whole(scenario_type(), scenario_schema_urn, "utsim.scenario/1",
                      "A run of the utrace simulator: tasks, engines, controllers, and what is "
                      "expected.")
               .dump(2) +
           "\n";
}

std::string scenario_schema() { return schema_json(); }

std::string semantics_schema() {
    return Writer()
               .whole(semantics_type(), "urn:utsim:semantics:1", "utsim.semantics/1",
                      "What is simulated: a preset and the decision points that are decided "
                      "otherwise.")
               .dump(2) +
           "\n";
}

}  // namespace utsim
