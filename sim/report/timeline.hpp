// SPDX-License-Identifier: MIT
/// A run as lanes with rows, bars and arrows: what a page and a Perfetto file are both drawn from.
///
/// A lane is a task, an engine beneath its task, or an actor outside. A row is what one line of the
/// text form says. A bar lasts from one row to another: a stop, a step, a hold, a call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/trace.hpp>

namespace utsim {

enum class LaneKind : std::uint8_t { task, engine, actor };

struct Lane {
    LaneKind kind = LaneKind::task;
    std::string name;
    std::string about;     ///< `pid 2`, `on target`
    std::size_t task = 0;  ///< of an engine: the lane that it is beneath
};

struct TimelineRow {
    std::uint64_t step = 0;
    std::size_t lane = 0;
    std::string actor;      ///< who ran; empty when nobody did
    std::string_view kind;  ///< of the event
    std::string text;
    std::string result;       ///< of a call that has ended
    bool alarm = false;       ///< what should not be
    std::uint64_t count = 0;  ///< instructions that it stands for
};

enum class BarKind : std::uint8_t { stop, step, hold, syscall, callback, api };
const char* bar_kind_name(BarKind kind);

struct Bar {
    BarKind kind = BarKind::stop;
    std::size_t lane = 0;
    std::size_t first = 0;  ///< rows
    std::size_t last = 0;
    std::string text;
};

/// From a call to what it led to.
struct Arrow {
    std::size_t from = 0;  ///< rows
    std::size_t to = 0;
};

struct Timeline {
    std::vector<Lane> lanes;
    std::vector<TimelineRow> rows;
    std::vector<Bar> bars;
    std::vector<Arrow> arrows;
};

Timeline timeline_of(const RecordedTrace& trace);

}  // namespace utsim
