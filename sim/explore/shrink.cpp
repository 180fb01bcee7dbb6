// SPDX-License-Identifier: MIT
// Shrinking works on the tree of the file, so it needs to know nothing about scenarios: the loader
// says what is one. Large parts are tried first, because a task that goes takes its program along.
#include "explore/shrink.hpp"

#include <nlohmann/json.hpp>

namespace utsim {

namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;

constexpr std::size_t width = 98;

class Shrinker {
public:
    Shrinker(const std::string& text, const std::function<bool(const Scenario&)>& keeps,
             int attempts, std::string_view fixed)
        : tree_(Json::parse(text)),
          keeps_(keeps),
          left_(attempts),
          fixed_(fixed) {}

    std::string shrink() {
        while (left_ > 0 && pass()) {}
        return tree_.dump();
    }

private:
    bool accept(Json candidate) {
        if (left_-- <= 0) return false;
        const Result<Scenario> scenario = load_scenario_text(candidate.dump(), "shrunk");
        if (!scenario.ok() || !keeps_(*scenario)) return false;
        tree_ = std::move(candidate);
        return true;
    }

    /// Tries everything once, outermost parts first; true when anything could go.
    bool pass() {
        bool changed = false;
        for (std::size_t depth = 1; depth <= 12 && left_ > 0; ++depth) {
            std::vector<Pointer> places;
            for (const auto& [key, value] : tree_.items()) {
                if (key != fixed_) collect(value, Pointer() / key, depth - 1, places);
            }
            // From the back, so that the places before stay where they are.
            for (auto place = places.rbegin(); place != places.rend(); ++place) {
                if (tree_.contains(*place) && (without(*place) || simpler(*place))) changed = true;
            }
        }
        return changed;
    }

    static void collect(const Json& node, const Pointer& at, std::size_t depth,
                        std::vector<Pointer>& out) {
        if (depth == 0) {
            out.push_back(at);
            return;
        }
        if (node.is_object()) {
            for (const auto& [key, value] : node.items()) collect(value, at / key, depth - 1, out);
        } else if (node.is_array()) {
            for (std::size_t i = 0; i < node.size(); ++i) collect(node[i], at / i, depth - 1, out);
        }
    }

    bool without(const Pointer& place) {
        Json candidate = tree_;
        Json& parent = candidate[place.parent_pointer()];
        if (parent.is_array()) {
            parent.erase(std::stoul(place.back()));
        } else {
            if (place.back() == "format") return false;
            parent.erase(place.back());
        }
        return accept(std::move(candidate));
    }

    bool simpler(const Pointer& place) {
        const Json& node = tree_[place];
        if (node.is_number_integer() && node.get<std::int64_t>() > 1) {
            Json candidate = tree_;
            candidate[place] = 1;
            return accept(std::move(candidate));
        }
        if (node.is_object() && node.size() == 1 && node.contains("return") &&
            node["return"].is_string()) {
            Json candidate = tree_;
            candidate[place] = Json(node["return"]);
            return accept(std::move(candidate));
        }
        return false;
    }

    Json tree_;
    const std::function<bool(const Scenario&)>& keeps_;
    int left_;
    std::string_view fixed_;
};

/// `{ "a": 1, "b": [2] }` on one line, with the spaces that the shipped scenarios have.
std::string on_one_line(const Json& node) {
    if (node.is_object()) {
        std::string out = "{";
        for (const auto& [key, value] : node.items()) {
            out += (out.size() > 1 ? ", " : " ") + Json(key).dump() + ": " + on_one_line(value);
        }
        return node.empty() ? "{}" : out + " }";
    }
    if (node.is_array()) {
        std::string out = "[";
        for (const Json& value : node) out += (out.size() > 1 ? ", " : "") + on_one_line(value);
        return out + "]";
    }
    return node.dump();
}

void lay_out(const Json& node, std::size_t indent, std::size_t used, std::string& out) {
    const std::string line = on_one_line(node);
    if (used + line.size() <= width || !node.is_structured() || node.empty()) {
        out += line;
        return;
    }
    const std::string inner(indent + 2, ' ');
    out += node.is_object() ? '{' : '[';
    bool first = true;
    const auto begin = [&] {
        out += first ? "\n" : ",\n";
        first = false;
        out += inner;
    };
    if (node.is_object()) {
        for (const auto& [key, value] : node.items()) {
            begin();
            const std::string name = Json(key).dump() + ": ";
            out += name;
            lay_out(value, indent + 2, inner.size() + name.size() + 1, out);
        }
    } else {
        for (const Json& value : node) {
            begin();
            lay_out(value, indent + 2, inner.size() + 1, out);
        }
    }
    out += "\n" + std::string(indent, ' ') + (node.is_object() ? '}' : ']');
}

}  // namespace

std::string shrink_scenario(const std::string& text,
                            const std::function<bool(const Scenario&)>& keeps, int attempts,
                            std::string_view fixed) {
    return Shrinker(text, keeps, attempts, fixed).shrink();
}

std::string lay_out_scenario(const std::string& text, const std::string& title,
                             const std::vector<std::string>& notes, const std::string& semantics,
                             const std::string& schedule) {
    const Json tree = Json::parse(text);
    Json out;
    out["format"] = tree["format"];
    if (!title.empty()) out["title"] = title;
    if (!notes.empty()) out["note"] = notes;
    for (const auto& [key, value] : tree.items()) {
        if (key != "format") out[key] = value;
    }
    if (!semantics.empty()) out["semantics"] = semantics;
    if (!schedule.empty()) out["schedule"] = schedule;
    // The members of the file itself always have a line each.
    std::string whole = "{";
    bool first = true;
    for (const auto& [key, value] : out.items()) {
        whole += (first ? "\n  " : ",\n  ") + Json(key).dump() + ": ";
        first = false;
        lay_out(value, 2, 4 + key.size() + 3, whole);
    }
    return whole + "\n}\n";
}

}  // namespace utsim
