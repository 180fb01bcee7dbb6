// SPDX-License-Identifier: MIT
// Most pairs of runs are alike in every detail, and one pass over both finds that out. Only the
// others are taken apart by observer.
#include "explore/compare.hpp"

#include <algorithm>

#include "event/names.hpp"
#include "trace/event_log.hpp"
#include "vocabulary/value.hpp"

namespace utsim {

namespace {

std::string name_of_observer(ObserverKind who, std::uint32_t id, const NameTable& names) {
    switch (who) {
        case ObserverKind::engine:
            return std::string(names.engine(EngineId{id}));
        case ObserverKind::program:
            return std::string(names.task(TaskId{id}));
        case ObserverKind::controller:
            return std::string(names.actor(ActorId{id}));
        case ObserverKind::machine:
            break;
    }
    return "kernel";
}

/// Two runs may number engines and tasks differently; what they are called is the same.
bool values_agree(const Observed& a, const NameTable& names_a, const Observed& b,
                  const NameTable& names_b) {
    if (a.kind != b.kind) return false;
    if (a.value == b.value) return true;
    for (std::size_t field = 0; field < max_fields; ++field) {
        if (a.value[field] == b.value[field]) continue;
        const Format format = field < field_count(a.kind)
                                  ? format_of(FieldContext{a.kind, field, a.value.data()})
                                  : Format::number;
        const auto x = static_cast<std::uint32_t>(a.value[field]);
        const auto y = static_cast<std::uint32_t>(b.value[field]);
        if (is_nobody(format, a.value[field]) || is_nobody(format, b.value[field])) return false;
        if (format == Format::engine) {
            if (names_a.engine(EngineId{x}) != names_b.engine(EngineId{y})) return false;
        } else if (format == Format::task) {
            if (names_a.task(TaskId{x}) != names_b.task(TaskId{y})) return false;
        } else {
            return false;
        }
    }
    return true;
}

void append_field(std::string& out, const Observed& observed, std::size_t field,
                  const NameTable& names) {
    const FieldContext context{observed.kind, field, observed.value.data()};
    if (!append_symbol(out, context, observed.value[field], names)) {
        out += std::to_string(observed.value[field]);
    }
}

/// `UTRACE_STOP` is STOP here, as everywhere where people write it.
std::string without_prefixes(std::string text) {
    for (const std::string_view prefix : {"UTRACE_", "TASK_"}) {
        for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
            // The names of the calls are in lower case and stay.
            text.erase(at, prefix.size());
        }
    }
    return text;
}

std::string callback_words(const Observed& observed, const NameTable& names) {
    std::string out(name_of(callback_names(), observed.value[2]));
    const auto kind = static_cast<CallbackKind>(observed.value[2]);
    if (observed.kind == EventKind::callback_end) {
        out += " answers ";
        append_field(out, observed, 3, names);
        return out;
    }
    const auto word = static_cast<std::uint32_t>(observed.value[3]);
    if (kind == CallbackKind::signal) {
        const std::uint32_t part = utrace_signal_action(word);
        out += "(";
        out += name_of(signal_action_names(), part);
        out += ")";
    } else if (kind == CallbackKind::quiesce) {
        out += "(";
        append_field(out, observed, 4, names);
        out += ")";
    } else if (kind == CallbackKind::syscall_entry && (word & UTRACE_SYSCALL_RESUMED) != 0) {
        out += "(RESUMED)";
    }
    return out;
}

std::string call_words(const Observed& observed, const NameTable& names) {
    std::string out(name_of(api_call_names(), observed.value[0]));
    if (static_cast<ApiCall>(observed.value[0]) == ApiCall::control) {
        out += "(";
        append_field(out, observed, 3, names);
        out += ")";
    }
    out += " = ";
    append_field(out, observed, 5, names);
    return out;
}

/// Fields that say more about an event than its kind does; the others only tell two apart.
std::vector<std::size_t> telling_fields(EventKind kind) {
    switch (kind) {
        case EventKind::task_state:
        case EventKind::signal_generated:
        case EventKind::handler:
        case EventKind::core_dump:
        case EventKind::notify_parent:
        case EventKind::notify_cldstop:
            return {1};
        default:
            return {};
    }
}

Divergence divergence_of(const View& a, const View& b, const Observation& seen_a,
                         const NameTable& names_a, const Observation& seen_b,
                         const NameTable& names_b) {
    Divergence out;
    out.who = a.who;
    out.name = a.name;
    out.seen_a = a.seen;
    out.seen_b = b.seen;
    const auto event_a = [&](std::size_t i) -> const Observed& { return seen_a.seen()[a.seen[i]]; };
    const auto event_b = [&](std::size_t i) -> const Observed& { return seen_b.seen()[b.seen[i]]; };
    const auto alike = [&](std::size_t i, std::size_t j) {
        return values_agree(event_a(i), names_a, event_b(j), names_b);
    };
    const std::size_t shorter = std::min(a.seen.size(), b.seen.size());
    while (out.at < shorter && alike(out.at, out.at)) ++out.at;
    out.meets = meet_again(out.at, a.seen.size(), b.seen.size(), alike, out.meets_a, out.meets_b);
    // Where one side passes over nothing until they meet again, the other just has more.
    const bool more_a = out.at < a.seen.size() && !(out.meets && out.meets_a == out.at);
    const bool more_b = out.at < b.seen.size() && !(out.meets && out.meets_b == out.at);
    out.what_a = more_a ? general_words(event_a(out.at), names_a) : "nothing";
    out.what_b = more_b ? general_words(event_b(out.at), names_b) : "nothing";
    if (more_a && more_b && out.what_a == out.what_b) {
        std::string field =
            differing_field(event_a(out.at), names_a, event_b(out.at), names_b).name;
        if (field.empty()) field = "text";
        out.what_a += ", " + field;
        out.what_b += ", " + field;
    }
    return out;
}

bool before(const View& a, const View& b) {
    return a.who != b.who ? a.who < b.who : a.name < b.name;
}

}  // namespace

DifferingField differing_field(const Observed& a, const NameTable& names_a, const Observed& b,
                               const NameTable& names_b) {
    for (std::size_t field = 0; a.kind == b.kind && field < field_count(a.kind); ++field) {
        if (a.value[field] == b.value[field]) continue;
        // All other fields made alike, the two agree if this one is only numbered otherwise.
        Observed same = a;
        same.value[field] = b.value[field];
        if (values_agree(a, names_a, same, names_b)) continue;
        DifferingField out{std::string(kind_info(a.kind).field[field].name), {}, {}};
        append_field(out.a, a, field, names_a);
        append_field(out.b, b, field, names_b);
        return out;
    }
    return {};
}

std::string general_words(const Observed& observed, const NameTable& names) {
    std::string out;
    if (observed.kind == EventKind::callback || observed.kind == EventKind::callback_end) {
        out = callback_words(observed, names);
    } else if (observed.kind == EventKind::api) {
        out = call_words(observed, names);
    } else {
        out = kind_info(observed.kind).name;
        for (const std::size_t field : telling_fields(observed.kind)) {
            out += ' ';
            append_field(out, observed, field, names);
        }
    }
    return without_prefixes(std::move(out));
}

std::string Divergence::kind() const {
    return std::string(observer_kind_name(who)) + ": " + what_a + " | " + what_b;
}

std::vector<View> views_of(const Observation& observation, const NameTable& names) {
    std::vector<View> views;
    for (std::uint32_t i = 0; i < observation.seen().size(); ++i) {
        const Observed& observed = observation.seen()[i];
        View key;
        key.who = observed.who;
        key.name = name_of_observer(observed.who, observed.id, names);
        auto at = std::lower_bound(views.begin(), views.end(), key, before);
        if (at == views.end() || before(key, *at)) at = views.insert(at, std::move(key));
        at->seen.push_back(i);
    }
    return views;
}

bool look_alike(const Observation& a, const NameTable& names_a, const Observation& b,
                const NameTable& names_b) {
    const bool equal =
        a.seen().size() == b.seen().size() &&
        std::equal(a.seen().begin(), a.seen().end(), b.seen().begin(),
                   [](const Observed& x, const Observed& y) { return x.looks_like(y); });
    return equal || compare(a, names_a, b, names_b).same();
}

Comparison compare(const Observation& a, const NameTable& names_a, const Observation& b,
                   const NameTable& names_b) {
    const std::vector<View> views_a = views_of(a, names_a);
    const std::vector<View> views_b = views_of(b, names_b);
    Comparison out;
    std::size_t i = 0;
    std::size_t j = 0;
    const auto first_place = [&](const Divergence& divergence) {
        const std::size_t place = divergence.at;
        if (place < divergence.seen_a.size()) return a.seen()[divergence.seen_a[place]].index;
        if (place < divergence.seen_b.size()) return b.seen()[divergence.seen_b[place]].index;
        return ~std::uint32_t{0};
    };
    const auto earlier = [&](const Divergence& x, const Divergence& y) {
        return first_place(x) < first_place(y);
    };
    const auto judge = [&](const View& left, const View& right) {
        Divergence found = divergence_of(left, right, a, names_a, b, names_b);
        if (found.at == left.seen.size() && found.at == right.seen.size()) return;
        auto& list = out.divergences;
        list.insert(std::upper_bound(list.begin(), list.end(), found, earlier), std::move(found));
    };
    while (i < views_a.size() || j < views_b.size()) {
        const bool only_a =
            j == views_b.size() || (i < views_a.size() && before(views_a[i], views_b[j]));
        const bool only_b =
            i == views_a.size() || (j < views_b.size() && before(views_b[j], views_a[i]));
        View none;
        none.who = only_a ? views_a[i].who : views_b[j].who;
        none.name = only_a ? views_a[i].name : views_b[j].name;
        judge(only_b ? none : views_a[i], only_a ? none : views_b[j]);
        if (!only_b) ++i;
        if (!only_a) ++j;
    }
    return out;
}

}  // namespace utsim
