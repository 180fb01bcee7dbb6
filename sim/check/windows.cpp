// SPDX-License-Identifier: MIT
// A window is known by the scheduling points that lie in it. Somebody acts in it when a step of
// somebody else ends while its owner stands there.
#include "check/windows.hpp"

#include <algorithm>
#include <iterator>

namespace utsim {

namespace {

constexpr Window all_windows[] = {
    {"W-A1", "attach: between reading task->utrace and taking the lock"},
    {"W-L1", "gate: between the tests of ops and taking the lock"},
    {"W-C2", "control: with the lock, after exit_state was read"},
    {"W-R1", "round: before a callback and in it"},
    {"W-R4", "round: between two engines"},
    {"W-F1", "finish_report: between the comparison with resume and the store"},
    {"W-S1", "stop: from an answer of STOP to the lock"},
    {"W-S2", "stop: TRACED, before schedule()"},
    {"W-G1", "signal: between taking the request and the round"},
    {"W-G2", "signal: after the round, before siglock is taken again"},
    {"W-J1", "report_jctl: siglock let go"},
    {"W-D1", "death: after exit_state is set, before the lock"},
    {"W-D2", "reap: after the lock is let go"},
};

/// The points of the windows. An empty function is any, LockClass::none any object.
struct WindowPoint {
    std::string_view window;
    PointKind kind;
    std::string_view function;
    LockClass lock = LockClass::none;
};

constexpr WindowPoint window_points[] = {
    {"W-A1", PointKind::lock, "utrace_attach_task"},
    {"W-A1", PointKind::lock, "utrace_add_engine"},
    {"W-A1", PointKind::lock, "utrace_task_alloc"},
    {"W-L1", PointKind::lock, "get_utrace_lock"},
    {"W-C2", PointKind::lock, "utrace_control"},
    {"W-C2", PointKind::lock, "utrace_wakeup"},
    {"W-C2", PointKind::flag, ""},
    {"W-R1", PointKind::callback, ""},
    {"W-R4", PointKind::lock, "finish_callback_report"},
    {"W-R4", PointKind::unlock, "finish_callback_report"},
    {"W-R4", PointKind::barrier, "start_callback"},
    {"W-F1", PointKind::lock, "finish_report"},
    {"W-F1", PointKind::lock, "finish_report_reset"},
    {"W-S1", PointKind::lock, "utrace_stop", LockClass::utrace},
    {"W-S1", PointKind::lock, "utrace_do_stop"},
    {"W-S2", PointKind::unlock, "utrace_stop"},
    {"W-S2", PointKind::schedule, "utrace_stop"},
    {"W-G1", PointKind::unlock, "utrace_get_signal", LockClass::utrace},
    {"W-G2", PointKind::lock, "utrace_get_signal", LockClass::siglock},
    {"W-J1", PointKind::unlock, "utrace_report_jctl"},
    {"W-J1", PointKind::lock, "utrace_report_jctl"},
    {"W-D1", PointKind::lock, "utrace_report_death"},
    {"W-D2", PointKind::unlock, "utrace_maybe_reap"},
};

std::uint32_t window_number(std::string_view id) {
    const auto* at = std::find_if(std::begin(all_windows), std::end(all_windows),
                                  [id](const Window& window) { return window.id == id; });
    return static_cast<std::uint32_t>(at - std::begin(all_windows));
}

/// 1 + the number of the window that the point lies in, or 0.
std::uint32_t window_of(const Point& point) {
    for (const WindowPoint& one : window_points) {
        if (one.kind != point.kind) continue;
        if (!one.function.empty() && one.function != point.function) continue;
        if (one.lock != LockClass::none && one.lock != point.object.lock) continue;
        return 1 + window_number(one.window);
    }
    return 0;
}

std::uint32_t mixed(std::uint32_t a, std::uint32_t b) {
    std::uint64_t x = std::uint64_t{a} << 32 | b;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return static_cast<std::uint32_t>(x >> 32);
}

/// By what it is called, never by where the name lies.
std::uint32_t name_of(const Point& point) {
    std::uint32_t hash = 2166136261u;
    for (const char* c = point.function; *c != 0; ++c) {
        hash = (hash ^ static_cast<unsigned char>(*c)) * 16777619u;
    }
    hash = mixed(hash, static_cast<std::uint32_t>(point.kind) << 8 |
                           static_cast<std::uint32_t>(point.object.lock));
    return hash | 1;
}

/// In the middle of a function: neither in user mode nor between two calls.
bool is_inside(PointKind kind) {
    return kind != PointKind::start && kind != PointKind::user && kind != PointKind::controller;
}

}  // namespace

std::span<const Window> windows() { return all_windows; }

void WindowWatch::met(std::uint32_t feature) {
    if (known_.has(feature)) return;
    if (std::find(fresh_.begin(), fresh_.end(), feature) == fresh_.end()) fresh_.push_back(feature);
}

WindowWatch::Place WindowWatch::place_of(const Actor& actor) const {
    if (!is_inside(actor.point.kind)) return {};
    return {name_of(actor.point), window_of(actor.point)};
}

bool WindowWatch::at_point(World&, Actor& actor) {
    if (actor.id.value >= standing_.size()) standing_.resize(actor.id.value + 1);
    const Place before = standing_[actor.id.value];
    const Place here = place_of(actor);
    standing_[actor.id.value] = here;
    const auto way = [](std::uint32_t a, std::uint32_t b) {
        return first_way_feature + mixed(a, b) % (FeatureSet::size - first_way_feature);
    };
    met(way(before.name, here.name));
    // The step that ends here was made while the others stood where they stand.
    if (before.name == 0) return false;
    for (std::size_t other = 0; other < standing_.size(); ++other) {
        const Place& place = standing_[other];
        if (other == actor.id.value || place.window == 0) continue;
        met(first_window_feature + place.window - 1);
        met(way(place.name * 31, before.name));
    }
    return false;
}

}  // namespace utsim
