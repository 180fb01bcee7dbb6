// SPDX-License-Identifier: MIT
// Two walks over the events: the first finds out who there is, the second makes the rows, opens
// bars and closes them, and draws an arrow from each call to the first thing that follows from it.
#include "report/timeline.hpp"

#include <algorithm>
#include <map>

#include "trace/event_text.hpp"
#include "trace/recorded_trace.hpp"
#include "vocabulary/field_format.hpp"

namespace utsim {

namespace {

constexpr std::uint32_t none = TaskId::none_value;

/// The field called `name`, or nobody.
std::uint32_t id_in(const Event& event, std::string_view name) {
    const auto field = find_field(event.kind, name);
    return field ? static_cast<std::uint32_t>(event.value[*field]) : none;
}

std::int64_t number_in(const Event& event, std::string_view name) {
    const auto field = find_field(event.kind, name);
    return field ? event.value[*field] : 0;
}

class Maker {
public:
    explicit Maker(const Trace& trace) : trace_(trace), names_(trace.names) {}

    Timeline make() {
        find_everybody();
        for (std::uint64_t i = 0; i < trace_.log.size(); ++i) take(trace_.log.at(i));
        if (!line_.rows.empty()) {
            for (auto& [key, bar] : open_) close_bar(bar, line_.rows.size() - 1);
        }
        leave_out_empty_lanes();
        std::stable_sort(line_.bars.begin(), line_.bars.end(), [](const Bar& a, const Bar& b) {
            return a.first != b.first ? a.first < b.first : a.last > b.last;
        });
        return std::move(line_);
    }

private:
    // --- lanes -------------------------------------------------------------------------------

    void find_everybody() {
        std::vector<bool> tasks;
        std::vector<bool> actors;
        std::vector<std::uint32_t> task_of_engine;
        const auto mark = [](std::vector<bool>& seen, std::uint32_t id) {
            if (id >= most_ids) return;
            if (seen.size() <= id) seen.resize(id + 1);
            seen[id] = true;
        };
        for (std::uint64_t i = 0; i < trace_.log.size(); ++i) {
            const Event event = trace_.log.at(i);
            if (event.actor.valid()) mark(actors, event.actor.value);
            const std::uint32_t task = id_in(event, "task");
            const std::uint32_t engine = id_in(event, "engine");
            mark(tasks, task);
            if (engine >= most_ids) continue;
            if (task_of_engine.size() <= engine) task_of_engine.resize(engine + 1, none);
            if (task_of_engine[engine] == none) task_of_engine[engine] = task;
        }
        for (std::uint32_t t = 0; t < tasks.size(); ++t) {
            if (!tasks[t]) continue;
            const std::size_t lane = line_.lanes.size();
            task_lane_[t] = lane;
            const int pid = names_.task_pid(TaskId{t});
            line_.lanes.push_back({LaneKind::task, std::string(names_.task(TaskId{t})),
                                   pid > 0 ? "pid " + std::to_string(pid) : "", lane});
            for (std::uint32_t e = 0; e < task_of_engine.size(); ++e) {
                if (task_of_engine[e] != t) continue;
                engine_lane_[e] = line_.lanes.size();
                line_.lanes.push_back({LaneKind::engine, engine_text(EngineId{e}, names_),
                                       "on " + std::string(names_.task(TaskId{t})), lane});
            }
        }
        for (std::uint32_t a = 0; a < actors.size(); ++a) {
            if (!actors[a]) continue;
            const std::string_view name = names_.actor(ActorId{a});
            // A controller runs as a kernel thread of its own, which is no task to look at.
            const bool outside = names_.actor_pid(ActorId{a}) == 0;
            for (const auto& [task, lane] : task_lane_) {
                if (names_.task(TaskId{task}) != name || !actor_lane_.try_emplace(a, lane).second) {
                    continue;
                }
                if (outside) line_.lanes[lane].kind = LaneKind::actor;
                if (outside) line_.lanes[lane].about = "outside";
            }
            if (actor_lane_.contains(a)) continue;
            actor_lane_[a] = line_.lanes.size();
            line_.lanes.push_back(
                {LaneKind::actor, std::string(name), "outside", line_.lanes.size()});
        }
        if (line_.lanes.empty()) line_.lanes.push_back({LaneKind::actor, "run", "", 0});
    }

    /// Those of whom nothing is told, and puts those outside last.
    void leave_out_empty_lanes() {
        std::vector<bool> used(line_.lanes.size());
        for (const TimelineRow& row : line_.rows) {
            const bool counts = row.kind != "end_task" && row.kind != "run_end";
            used[row.lane] = used[row.lane] || counts;
        }
        // An engine to whom nothing happens may be the one to whom something should have.
        for (std::size_t i = 0; i < used.size(); ++i) {
            const Lane& lane = line_.lanes[i];
            if (lane.kind != LaneKind::engine) continue;
            if (used[i]) used[lane.task] = true;
            used[i] = true;
        }
        for (std::size_t i = 0; i < used.size(); ++i) {
            const Lane& lane = line_.lanes[i];
            if (lane.kind == LaneKind::engine) used[i] = used[lane.task];
        }
        std::vector<std::size_t> order;
        for (const bool outside : {false, true}) {
            for (std::size_t i = 0; i < used.size(); ++i) {
                const bool actor = line_.lanes[i].kind == LaneKind::actor;
                if (used[i] && actor == outside) order.push_back(i);
            }
        }
        if (order.empty()) return;
        std::vector<std::size_t> now(line_.lanes.size());  // what nobody sees comes to the first
        std::vector<Lane> lanes;
        for (std::size_t i = 0; i < order.size(); ++i) {
            now[order[i]] = i;
            lanes.push_back(line_.lanes[order[i]]);
        }
        for (Lane& lane : lanes) lane.task = now[lane.task];
        for (TimelineRow& row : line_.rows) row.lane = now[row.lane];
        for (Bar& bar : line_.bars) bar.lane = now[bar.lane];
        line_.lanes = std::move(lanes);
    }

    std::size_t lane_of(const Event& event) const {
        const std::uint32_t engine = id_in(event, "engine");
        const std::uint32_t task = id_in(event, "task");
        switch (event.kind) {
            case EventKind::callback:
            case EventKind::callback_end:
            case EventKind::engine_attached:
            case EventKind::engine_listed:
            case EventKind::engine_release:
            case EventKind::engine_detached:
            case EventKind::engine_stop:
                if (const auto lane = engine_lane_.find(engine); lane != engine_lane_.end()) {
                    return lane->second;
                }
                break;
            case EventKind::task_state:
            case EventKind::step_switch:
            case EventKind::end_task:
                if (const auto lane = task_lane_.find(task); lane != task_lane_.end()) {
                    return lane->second;
                }
                break;
            default:
                break;
        }
        if (event.actor.valid()) {
            const auto lane = actor_lane_.find(event.actor.value);
            if (lane != actor_lane_.end()) return lane->second;
        }
        const auto lane = task_lane_.find(task);
        return lane != task_lane_.end() ? lane->second : 0;
    }

    // --- rows --------------------------------------------------------------------------------

    void take(const Event& event) {
        if (is_detail(event)) return bars(event, none_row);
        EventText text = event_text(event, names_);
        syscalls_.follow(event, text);
        const std::size_t row = text.edge == CallEdge::closes ? closed(event, text) : none_row;
        if (row != none_row) return bars(event, row);
        TimelineRow made;
        made.step = event.step;
        made.lane = lane_of(event);
        if (event.actor.valid()) made.actor = names_.actor(event.actor);
        made.kind = kind_info(event.kind).name;
        made.text = std::move(text.text);
        if (text.edge != CallEdge::none) made.text += text.rest + ")";
        if (text.edge == CallEdge::closes) made.result = std::move(text.result);
        made.alarm = text.ink == Ink::alarm;
        if (event.kind == EventKind::instruction) {
            made.count = static_cast<std::uint64_t>(number_in(event, "count"));
        }
        line_.rows.push_back(std::move(made));
        const std::size_t at = line_.rows.size() - 1;
        if (text.edge == CallEdge::opens) calls_.push_back({event.actor, text.name, at});
        bars(event, at);
        arrows(event, at);
    }

    /// The row of the call that ends, if nothing came between; it gets the result.
    std::size_t closed(const Event& event, const EventText& text) {
        const auto call = std::find_if(calls_.rbegin(), calls_.rend(), [&](const Call& c) {
            return c.actor == event.actor && c.name == text.name;
        });
        if (call == calls_.rend()) return none_row;
        const std::size_t row = call->row;
        calls_.erase(std::next(call).base());
        TimelineRow& call_row = line_.rows[row];
        call_row.text.insert(call_row.text.size() - 1, text.rest);  // before the parenthesis
        call_row.result = text.result;
        if (row + 1 == line_.rows.size()) return row;
        return none_row;
    }

    // --- bars --------------------------------------------------------------------------------

    struct Key {
        BarKind kind;
        std::size_t lane;
        std::uint32_t id;
        auto operator<=>(const Key&) const = default;
    };

    void open_bar(const Key& key, std::size_t row, std::string text) {
        if (row == none_row) row = line_.rows.empty() ? 0 : line_.rows.size() - 1;
        open_.insert_or_assign(key, Bar{key.kind, key.lane, row, row, std::move(text)});
    }
    void close_bar(Bar& bar, std::size_t row) {
        bar.last = std::max(row, bar.first);
        line_.bars.push_back(std::move(bar));
    }
    void end_bar(const Key& key, std::size_t row) {
        const auto found = open_.find(key);
        if (found == open_.end()) return;
        if (row == none_row) row = line_.rows.empty() ? 0 : line_.rows.size() - 1;
        close_bar(found->second, row);
        open_.erase(found);
    }

    void bars(const Event& event, std::size_t row) {
        const std::size_t lane = lane_of(event);
        const std::uint32_t task = id_in(event, "task");
        const std::uint32_t who = event.actor.value;
        switch (event.kind) {
            case EventKind::task_state: {
                const Key key{BarKind::stop, lane, task};
                end_bar(key, row);
                const bool runs =
                    number_in(event, "state") == 0 && number_in(event, "exit_state") == 0;
                if (runs) return;
                // Of who has ended that counts, and not what it was doing then.
                const char* word = number_in(event, "exit_state") != 0 ? "exit_state" : "state";
                return open_bar(key, row,
                                field_in_words(event, *find_field(event.kind, word), names_));
            }
            case EventKind::step_switch: {
                const Key key{BarKind::step, lane, task};
                end_bar(key, row);
                const std::string word =
                    field_in_words(event, *find_field(event.kind, "switch"), names_);
                if (word.find("enable") != std::string::npos) open_bar(key, row, word);
                return;
            }
            case EventKind::engine_stop: {
                const Key key{BarKind::hold, lane, id_in(event, "engine")};
                end_bar(key, row);
                if (number_in(event, "on") != 0) open_bar(key, row, "holds");
                return;
            }
            case EventKind::syscall_enter:
                return open_bar({BarKind::syscall, lane, who}, row,
                                field_in_words(event, *find_field(event.kind, "nr"), names_));
            case EventKind::syscall_ran:
            case EventKind::syscall_skipped:
                return end_bar({BarKind::syscall, lane, who}, row);
            case EventKind::callback:
                return open_bar({BarKind::callback, lane, who}, row,
                                field_in_words(event, *find_field(event.kind, "callback"), names_));
            case EventKind::callback_end:
                return end_bar({BarKind::callback, lane, who}, row);
            case EventKind::api_enter:
                return open_bar({BarKind::api, lane, who}, row,
                                field_in_words(event, *find_field(event.kind, "call"), names_));
            case EventKind::api:
                return end_bar({BarKind::api, lane, who}, row);
            default:
                return;
        }
    }

    // --- arrows ------------------------------------------------------------------------------

    /// A call from outside leads to what its task does next that is no instruction.
    void arrows(const Event& event, std::size_t row) {
        const std::uint32_t task = id_in(event, "task");
        const std::size_t lane = line_.rows[row].lane;
        if (event.kind == EventKind::api_enter) {
            const auto target = task_lane_.find(task);
            if (target != task_lane_.end() && line_.lanes[lane].kind == LaneKind::actor) {
                pending_.insert_or_assign(target->second, row);
            }
            return;
        }
        const bool effect =
            event.kind == EventKind::task_state || event.kind == EventKind::callback ||
            event.kind == EventKind::signal_taken || event.kind == EventKind::engine_detached;
        const auto from = pending_.find(line_.lanes[lane].task);
        if (!effect || from == pending_.end()) return;
        line_.arrows.push_back({from->second, row});
        pending_.erase(from);
    }

    struct Call {
        ActorId actor;
        std::string name;
        std::size_t row;
    };
    static constexpr std::size_t none_row = ~std::size_t{0};
    static constexpr std::uint32_t most_ids = 1u << 20;

    const Trace& trace_;
    const StoredNames& names_;
    Timeline line_;
    std::map<std::uint32_t, std::size_t> task_lane_;
    std::map<std::uint32_t, std::size_t> engine_lane_;
    std::map<std::uint32_t, std::size_t> actor_lane_;
    std::vector<Call> calls_;
    std::map<Key, Bar> open_;
    std::map<std::size_t, std::size_t> pending_;  ///< by the target's lane: row of the call
    SyscallNames syscalls_;
};

}  // namespace

const char* bar_kind_name(BarKind kind) {
    static constexpr const char* names[] = {"stop", "step", "hold", "syscall", "callback", "api"};
    return names[static_cast<std::size_t>(kind)];
}

Timeline timeline_of(const RecordedTrace& trace) { return Maker(trace.data().trace).make(); }

}  // namespace utsim
