// SPDX-License-Identifier: MIT
// The timeline: what the text form says line after line, put side by side. Engines have columns of
// their own, right of the task that calls them.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "sched/schedule.hpp"
#include "trace/text_writer.hpp"

namespace utsim {

namespace {

constexpr std::size_t max_width = 34;
constexpr std::size_t gap = 2;
constexpr std::size_t step_width = 5;

/// An actor, or one of the engines that it calls.
struct ColumnKey {
    std::uint32_t actor;
    std::uint32_t engine;  ///< 0: the actor itself, else the engine's number from 1
    auto operator<=>(const ColumnKey&) const = default;
};

struct Cell {
    std::uint64_t step;
    ColumnKey column;
    std::string text;
    bool open = false;  ///< a call whose end has not been seen
    std::string name;
};

struct Column {
    std::string title;
    std::size_t width = 0;
    std::size_t at = 0;
};

bool engine_of(const Event& event, std::uint32_t& engine) {
    if (event.kind != EventKind::callback && event.kind != EventKind::callback_end) return false;
    engine = static_cast<std::uint32_t>(event.value[1]);
    return true;
}

/// Cut at spaces where there are any.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    std::string rest = text;
    while (rest.size() > width) {
        std::size_t cut = rest.rfind(' ', width);
        const std::size_t bar = rest.rfind('|', width - 1);
        if (bar != std::string::npos && (cut == std::string::npos || bar > cut)) cut = bar + 1;
        if (cut == std::string::npos || cut == 0) cut = width;
        lines.push_back(rest.substr(0, cut));
        const std::size_t next = rest.find_first_not_of(' ', cut);
        rest = next == std::string::npos ? std::string() : "  " + rest.substr(next);
    }
    if (!rest.empty() || lines.empty()) lines.push_back(rest);
    return lines;
}

class Timeline {
public:
    Timeline(const TraceNames& names, const TextOptions& options)
        : names_(names),
          options_(options) {}

    void add(const Event& event) {
        const bool noise = is_detail(event) || event.kind == EventKind::user ||
                           event.kind == EventKind::end_task || !event.actor.valid();
        if (noise && !options_.full) return;
        EventText text = event_text(event, names_);
        syscalls_.follow(event, text);
        ColumnKey key{event.actor.value, 0};
        std::uint32_t engine = 0;
        if (engine_of(event, engine)) {
            key.engine = engine + 1;
            strip_engine(text, engine);
        }
        if (text.edge == CallEdge::closes) {
            close(event.step, key, text);
        } else {
            const bool opens = text.edge == CallEdge::opens;
            if (opens) open_.emplace_back(key, text.name);
            cells_.push_back({event.step, key, std::move(text.text), opens, std::move(text.name)});
        }
    }

    std::string print() {
        std::erase_if(cells_, [&](const Cell& cell) {
            return cell.step < options_.from || cell.step > options_.until;
        });
        for (Cell& cell : cells_) {
            if (cell.open) cell.text += " ...";
            Column& column = columns_[cell.column];
            column.width = std::max(column.width, std::min(cell.text.size(), max_width));
        }
        lay_out();
        std::string out = heading();
        for (const Cell& cell : cells_) row(out, cell);
        return out;
    }

private:
    /// The column says which engine it is.
    void strip_engine(EventText& text, std::uint32_t engine) const {
        const std::string title = engine_text(EngineId{engine}, names_) + " ";
        if (text.name.compare(0, title.size(), title) == 0) text.name.erase(0, title.size());
        const std::string arrow = "=> " + title;
        if (text.text.compare(0, arrow.size(), arrow) == 0) text.text.erase(0, arrow.size());
    }

    void close(std::uint64_t step, ColumnKey key, const EventText& text) {
        if (!cells_.empty() && cells_.back().open && cells_.back().column == key &&
            cells_.back().name == text.name) {
            open_.pop_back();
            cells_.back().text += text.rest + ") = " + text.result;
            cells_.back().open = false;
            cells_.back().step = step;  // as in the text form: the line is that of its end
            return;
        }
        const auto begun = std::find_if(open_.rbegin(), open_.rend(), [&](const auto& call) {
            return call.first == key && call.second == text.name;
        });
        const bool resumes = begun != open_.rend();
        if (resumes) open_.erase(std::prev(begun.base()));
        std::string call = resumes ? "... " + text.name : text.text;
        if (!resumes || !text.rest.empty()) call += text.rest + ")";
        call += " = " + text.result;
        cells_.push_back({step, key, std::move(call), false, {}});
    }

    void lay_out() {
        std::size_t at = step_width + gap;
        for (auto& [key, column] : columns_) {
            column.title = key.engine != 0 ? engine_text(EngineId{key.engine - 1}, names_)
                                           : schedule_letter(ActorId{key.actor}) + " " +
                                                 std::string(names_.actor(ActorId{key.actor}));
            column.width = std::max(column.width, column.title.size());
            column.at = at;
            at += column.width + gap;
        }
    }

    std::string heading() const {
        std::string out = " step";
        for (const auto& [key, column] : columns_) {
            out.resize(column.at, ' ');
            out += column.title;
        }
        return out + "\n";
    }

    void row(std::string& out, const Cell& cell) const {
        const Column& column = columns_.at(cell.column);
        bool first = true;
        for (const std::string& text : wrapped(cell.text, column.width)) {
            std::string line = first ? std::to_string(cell.step) : std::string();
            line.insert(0, step_width - std::min(step_width, line.size()), ' ');
            line.resize(std::max(column.at, line.size() + 1), ' ');
            out += line + text + "\n";
            first = false;
        }
    }

    const TraceNames& names_;
    TextOptions options_;
    SyscallNames syscalls_;
    std::vector<Cell> cells_;
    std::vector<std::pair<ColumnKey, std::string>> open_;  ///< calls that are under way
    std::map<ColumnKey, Column> columns_;
};

}  // namespace

std::string write_columns(const EventLog& log, const TraceNames& names,
                          const TextOptions& options) {
    Timeline timeline(names, options);
    for (std::uint64_t i = 0; i < log.size(); ++i) timeline.add(log.at(i));
    return timeline.print();
}

}  // namespace utsim
