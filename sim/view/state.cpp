// SPDX-License-Identifier: MIT
// The tree as text and JSON, and the way to one part of it.
#include "view/state.hpp"

#include <algorithm>

#include "base/visible.hpp"
#include "sched/world.hpp"
#include "view/monitors.hpp"
#include "view/walk.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim {

namespace {

using Form = StateItem::Form;

bool has_items(const StateItem& item) {
    return item.form == Form::group || item.form == Form::list;
}

/// Nothing worth a line among others.
bool is_quiet(const StateItem& item) {
    if (has_items(item)) {
        return std::all_of(item.items.begin(), item.items.end(), is_quiet);
    }
    return item.form == Form::nobody || item.value == "0" || item.value == "0x0" ||
           item.value == "set" || (item.form == Form::truth && item.value == "no") ||
           item.value.empty();
}

bool is_plain_list(const StateItem& item) {
    return item.form == Form::list && std::none_of(item.items.begin(), item.items.end(), has_items);
}

/// On one line, whatever is in it.
std::string on_one_line(std::string_view text) {
    std::string out;
    for (const char c : visible(text)) out += c == '\n' ? std::string("\\n") : std::string(1, c);
    return out;
}

std::string shown_value(const StateItem& item) {
    if (item.form == Form::nobody) return "nobody";
    if (!has_items(item)) return on_one_line(item.value);
    std::string out;
    for (const StateItem& one : item.items) {
        if (!out.empty()) out += ", ";
        if (has_items(one)) {
            std::string inner;
            for (const StateItem& part : one.items) {
                if (is_quiet(part)) continue;
                inner += (inner.empty() ? "" : " ") + part.name + "=" + shown_value(part);
            }
            out += "(" + inner + ")";
        } else {
            out += shown_value(one);
        }
    }
    return out.empty() ? "-" : out;
}

constexpr std::size_t indent_width = 2;
constexpr std::size_t least_column = 18;

void print(std::string& out, const StateItem& item, std::size_t depth) {
    std::size_t widest = least_column;
    for (const StateItem& one : item.items) {
        if (!is_quiet(one) && one.form != Form::group) widest = std::max(widest, one.name.size());
    }
    for (const StateItem& one : item.items) {
        if (is_quiet(one)) continue;
        out.append(depth * indent_width, ' ');
        out += one.name;
        if (one.form == Form::group) {
            out += '\n';
            print(out, one, depth + 1);
            continue;
        }
        out.append(widest + 2 - std::min(widest, one.name.size()), ' ');
        out += shown_value(one) + "\n";
    }
}

void print_json(std::string& out, const StateItem& item) {
    switch (item.form) {
        case Form::nobody:
            out += "null";
            return;
        case Form::truth:
            out += item.value == "yes" ? "true" : "false";
            return;
        case Form::number:
            out += item.value;
            return;
        case Form::word:
            append_json_string(out, item.value);
            return;
        case Form::group:
        case Form::list:
            break;
    }
    const bool group = item.form == Form::group;
    out += group ? '{' : '[';
    bool first = true;
    for (const StateItem& one : item.items) {
        if (!first) out += ',';
        first = false;
        if (group) {
            append_json_string(out, one.name);
            out += ':';
        }
        print_json(out, one);
    }
    out += group ? '}' : ']';
}

// --- one part --------------------------------------------------------------------------------

struct ShortWay {
    std::string_view name;
    std::string_view path;
};
constexpr ShortWay short_ways[] = {{"utrace", "tasks.*.utrace"},
                                   {"registers", "tasks.*.regs"},
                                   {"signals", "tasks.*.pending"},
                                   {"memory", "tasks.*.mm"},
                                   {"points", "actors.*.next"}};

bool find(const StateItem& item, std::string_view path, StateItem& out) {
    if (path.empty()) {
        out = item;
        return true;
    }
    if (item.form != Form::group) return false;
    if (path[0] == '*' && (path.size() == 1 || path[1] == '.')) {
        StateItem all;
        const std::string_view rest = path.size() == 1 ? "" : path.substr(2);
        for (const StateItem& one : item.items) {
            StateItem found;
            if (!find(one, rest, found)) continue;
            found.name = one.name;
            all.items.push_back(std::move(found));
        }
        if (all.items.empty()) return false;
        all.name = item.name;
        out = std::move(all);
        return true;
    }
    // Names can have dots themselves, so the longest that fits is tried first.
    const StateItem* best = nullptr;
    for (const StateItem& one : item.items) {
        const bool fits = path.starts_with(one.name) && !one.name.empty() &&
                          (path.size() == one.name.size() || path[one.name.size()] == '.');
        if (fits && (best == nullptr || one.name.size() > best->name.size())) best = &one;
    }
    if (best == nullptr) return false;
    path.remove_prefix(std::min(path.size(), best->name.size() + 1));
    return find(*best, path, out);
}

// --- what changed ----------------------------------------------------------------------------

class Comparison {
public:
    void compare(const StateItem& a, const StateItem& b, const std::string& path) {
        if (a == b) return;
        if (a.form != Form::group || b.form != Form::group) {
            if (a.form == Form::group || b.form == Form::group) {
                tell(a, path, false);
                tell(b, path, true);
            } else {
                changes_.push_back({path, shown_value(a), shown_value(b), true, true});
            }
            return;
        }
        for (std::size_t i = 0; i < a.items.size(); ++i) {
            const StateItem& one = a.items[i];
            const StateItem* now = named(b, one.name, i);
            if (now != nullptr) {
                compare(one, *now, join(path, one.name));
            } else {
                tell(one, join(path, one.name), false);
            }
        }
        for (std::size_t i = 0; i < b.items.size(); ++i) {
            const StateItem& one = b.items[i];
            if (named(a, one.name, i) == nullptr) tell(one, join(path, one.name), true);
        }
    }
    std::vector<StateChange> take() { return std::move(changes_); }

private:
    static std::string join(const std::string& path, const std::string& name) {
        return path.empty() ? name : path + "." + name;
    }
    /// Nearly always it stands where it stood.
    static const StateItem* named(const StateItem& item, const std::string& name,
                                  std::size_t likely) {
        if (likely < item.items.size() && item.items[likely].name == name) {
            return &item.items[likely];
        }
        for (const StateItem& one : item.items) {
            if (one.name == name) return &one;
        }
        return nullptr;
    }
    /// Everything below, as new or as gone.
    void tell(const StateItem& item, const std::string& path, bool is_new) {
        if (item.form == Form::group) {
            for (const StateItem& one : item.items) tell(one, join(path, one.name), is_new);
            return;
        }
        if (is_quiet(item)) return;
        const std::string value = shown_value(item);
        changes_.push_back({path, is_new ? "" : value, is_new ? value : "", !is_new, is_new});
    }

    std::vector<StateChange> changes_;
};

}  // namespace

StateItem world_state(World& world, const Contract* contract) {
    view::Walk walk(world);
    StateItem whole = walk.look();
    if (contract != nullptr) whole.items.push_back(view::monitors(world, *contract));
    return whole;
}

bool find_state(const StateItem& whole, std::string_view path, StateItem& out) {
    for (const ShortWay& way : short_ways) {
        if (way.name == path) return find(whole, way.path, out);
    }
    return find(whole, path, out);
}

std::vector<std::string> state_parts(const StateItem& whole) {
    std::vector<std::string> names;
    for (const StateItem& part : whole.items) names.push_back(part.name);
    for (const ShortWay& way : short_ways) names.emplace_back(way.name);
    return names;
}

std::string state_text(const StateItem& item) {
    if (!has_items(item) || is_plain_list(item)) return shown_value(item) + "\n";
    std::string out;
    print(out, item, 0);
    return out;
}

std::string state_json(const StateItem& item) {
    std::string out;
    print_json(out, item);
    return out;
}

std::vector<StateChange> state_changes(const StateItem& before, const StateItem& after) {
    Comparison comparison;
    comparison.compare(before, after, {});
    return comparison.take();
}

std::string changes_text(const std::vector<StateChange>& changes) {
    std::string out;
    for (const StateChange& change : changes) {
        out += change.path + "  ";
        if (!change.was_there) {
            out += "new: " + change.after;
        } else if (!change.is_there) {
            out += "gone: " + change.before;
        } else {
            out += change.before + " -> " + change.after;
        }
        out += '\n';
    }
    return out;
}

std::string about_to_do(const World& world, std::uint32_t id) {
    const Actor& actor = world.actor(ActorId{id});
    const std::string point = world.point_label(actor);
    switch (actor.state) {
        case ActorState::ready:
            return point;
        case ActorState::finished:
            return "has ended";
        case ActorState::sleeping:
            return "sleeps until " + std::to_string(actor.wake_at) + " in " + actor.waits_in;
        case ActorState::blocked:
            break;
    }
    const std::string_view in = actor.waits_in;
    return "waits at " + point + (in.empty() ? "" : " in " + std::string(in));
}

}  // namespace utsim
