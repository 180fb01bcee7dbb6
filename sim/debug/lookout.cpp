// SPDX-License-Identifier: MIT
// What happened before an instruction (a breakpoint, a signal that is about to be taken) stops
// before its step; what an instruction has done (watched bytes) stops behind it when time goes
// forwards, and before it when time goes backwards.
#include "debug/lookout.hpp"

#include <algorithm>

#include "cpu/address_space.hpp"
#include "debug/tasks.hpp"
#include "kernel/fork.hpp"
#include "kernel/program.hpp"

namespace utsim::debug {

namespace {

constexpr int kill_signal = 9;
constexpr std::size_t most_output = std::size_t{16} << 20;  ///< that nobody has fetched

}  // namespace

void cut_up(const Mark& mark, std::vector<Mark>& pieces) {
    std::uint64_t at = mark.address;
    std::uint64_t left = mark.length;
    while (left != 0) {
        std::uint64_t length = 8;
        while (length > left || at % length != 0) length /= 2;
        pieces.push_back({mark.tgid, at, length, mark.type});
        at += length;
        left -= length;
    }
}

bool is_point(const std::string& label, const std::string& pattern) {
    if (label.compare(0, pattern.size(), pattern) != 0) return false;
    if (label.size() == pattern.size()) return true;
    return label[pattern.size()] == ':' || label[pattern.size()] == '.';
}

void Lookout::begin(Search search) {
    search_ = std::move(search);
    found_.reset();
    put_off_.reset();
    first_ = true;
    stepped_ = false;
    filter_ = 0;
    watched_.clear();
    pieces_.clear();
    called_.clear();
    in_exec_.clear();
    if (search_.backwards) in_vfork_.clear();
    checked_until_ = world_.step();
    for (const Mark& mark : search_.for_others) {
        filter_ |= std::uint64_t{1} << (mark.address & 63);
    }
    for (const Mark& mark : search_.interest->marks) {
        if (!mark.is_watch()) {
            filter_ |= std::uint64_t{1} << (mark.address & 63);
        } else if (mark.type == write_watch) {
            watched_.emplace_back().mark = mark;
            changed(watched_.back());
        } else {
            cut_up(mark, pieces_);
        }
    }
    arm();
    if (!search_.interest->points.empty()) world_.set_observer(this);
}

void Lookout::forget() {
    found_.reset();
    put_off_.reset();
    stepped_ = false;
    output_.clear();
    called_.clear();
    in_exec_.clear();
    in_vfork_.clear();
}

/// What is touched is noticed by the way that data breakpoints are; it changes nothing but the way
/// on which memory is reached.
void Lookout::arm() {
    cpu::DebugState state;
    for (std::size_t n = 0; n < std::min(pieces_of_reads, pieces_.size()); ++n) {
        constexpr unsigned length_code[9] = {0, 0, 1, 0, 3, 0, 0, 0, 2};
        const unsigned control = 3 | length_code[pieces_[n].length] << 2;
        state.dr[n] = pieces_[n].address;
        state.dr7 |= std::uint64_t{1} << (2 * n) | std::uint64_t{control} << (16 + 4 * n);
    }
    access_.set(state);
    if (access_.empty()) return;
    for (const Task* task : shown_tasks(world_)) {
        if (task->mm == nullptr || task->mm->space == nullptr) continue;
        task->mm->space->arm(access_);
        armed_ = true;
    }
}

void Lookout::finish() {
    world_.set_observer(nullptr);
    if (!armed_) return;
    armed_ = false;
    for (const Task* task : shown_tasks(world_)) {
        if (task->mm != nullptr && task->mm->space != nullptr) task->mm->space->disarm();
    }
}

void Lookout::stop(Stop stop) {
    if (search_.backwards) {
        if (stop.step < search_.limit) found_ = std::move(stop);
        return;
    }
    if (found_.has_value()) return;
    if (search_.told && search_.told->same_as(stop)) return;
    const bool final = stop.kind == StopKind::end;
    if (search_.alone && stop.task != search_.stepping && !final) {
        if (!put_off_) put_off_ = std::move(stop);
        return;
    }
    found_ = std::move(stop);
    world_.request_stop("the debugger stops here");
}

bool Lookout::is_told(const Task* task) const {
    return search_.interest->detached.empty() || search_.interest->detached.count(task->tgid) == 0;
}

bool Lookout::is_caught(const Task* task, std::int64_t call) const {
    const auto caught = search_.interest->calls.find(task->tgid);
    return caught != search_.interest->calls.end() && caught->second.has(call);
}

void Lookout::emit(const Event& event) {
    if (!event.actor.valid()) return;  // the building of the World
    const bool about_task = event.kind == EventKind::instruction ||
                            kind_info(event.kind).field[0].format == Format::task;
    if (!about_task) return;
    const Task* task = task_by_id(world_, TaskId{static_cast<std::uint32_t>(event.value[0])});
    if (task == nullptr) return;
    if (event.kind == EventKind::new_task) {
        born(task, task_by_id(world_, TaskId{static_cast<std::uint32_t>(event.value[1])}), event);
    }
    if (!is_told(task)) return;
    if (event.kind == EventKind::instruction) {
        user_step(task, static_cast<std::uint64_t>(event.value[1]), event.step);
    } else {
        happened(task, event);
    }
    if (!watched_.empty() || armed_) look_at_watched(task, event);
}

/// Anything but an instruction that `task` has executed.
void Lookout::happened(const Task* task, const Event& event) {
    switch (event.kind) {
        case EventKind::fault:
            if (event.value[5] != 0) {  // else the page is brought in and it is tried again
                user_step(task, static_cast<std::uint64_t>(event.value[1]), event.step);
            }
            break;
        case EventKind::syscall_enter:
            if (task->program != nullptr) user_step(task, task->regs.rip - op_size, event.step);
            if (!is_caught(task, event.value[1])) break;
            stop({StopKind::syscall_entry, event.step, task->id, {}, event.value[1]});
            break;
        case EventKind::syscall_ran:
        case EventKind::syscall_skipped:
            if (is_caught(task, event.value[1])) called_[task->id.value] = event.value[1];
            break;
        case EventKind::user:
            back_in_user_mode(task, event.step);
            break;
        case EventKind::signal_taken:
            if (event.value[1] == kill_signal || event.value[1] > 64) break;
            if (search_.interest->quiet_signals[static_cast<std::size_t>(event.value[1])]) break;
            stop({StopKind::signal, event.step, task->id, {}, event.value[1]});
            break;
        case EventKind::exec:
            if (search_.interest->execs && !search_.backwards) in_exec_.insert(task->id.value);
            break;
        case EventKind::exit:
            ended(task, event);
            break;
        case EventKind::output:
            if (!search_.backwards && !found_ && output_.size() < most_output)
                output_ += event.text;
            break;
        default:
            break;
    }
}

bool Lookout::is_marked(const std::vector<Mark>& marks, const Task* task, std::uint64_t ip,
                        std::uint64_t step) {
    for (const Mark& mark : marks) {
        if (mark.address != ip || mark.is_watch() || mark.tgid != task->tgid) continue;
        stop({StopKind::breakpoint, step, task->id, {}, 0, ip, mark.type, {}});
        return true;
    }
    return false;
}

/// `task` has executed, or tried to execute, what is at `ip`.
void Lookout::user_step(const Task* task, std::uint64_t ip, std::uint64_t step) {
    const bool steps = task->id == search_.stepping;
    if ((filter_ >> (ip & 63) & 1) != 0) {
        const bool left_out = steps && first_ && !search_.backwards;
        if (!left_out) is_marked(search_.interest->marks, task, ip, step);
        if (!steps) is_marked(search_.for_others, task, ip, step);
    }
    if (!steps) return;
    first_ = false;
    if (search_.backwards) {
        stop({StopKind::step, step, task->id});
    } else {
        stepped_ = true;
        world_.request_stop("the debugger has made its step");
    }
}

void Lookout::back_in_user_mode(const Task* task, std::uint64_t step) {
    const std::uint32_t id = task->id.value;
    if (in_exec_.erase(id) != 0) stop({StopKind::exec, step + 1, task->id});
    if (in_vfork_.count(id) != 0 && !search_.backwards) {
        if (!found_) in_vfork_.erase(id);
        stop({StopKind::vfork_done, step + 1, task->id});
    }
    const auto called = called_.find(id);
    if (called != called_.end()) {
        stop({StopKind::syscall_return, step + 1, task->id, {}, called->second});
        called_.erase(called);
    }
    if (task->id == search_.stepping && !search_.backwards) {
        stepped_ = true;
        world_.request_stop("the debugger has made its step");
    }
}

void Lookout::ended(const Task* task, const Event& event) {
    if (search_.backwards) return;
    const bool last_of_group = event.value[2] != 0;
    if (!last_of_group) {
        if (task->id == search_.stepping) stop({StopKind::thread_gone, event.step + 1, task->id});
        return;
    }
    for (const Task* other : shown_tasks(world_)) {
        if (other->tgid == task->tgid || !is_told(other)) continue;
        return stop({StopKind::exited,
                     event.step + 1,
                     task->id,
                     {},
                     event.value[1],
                     static_cast<std::uint64_t>(task->tgid)});
    }
    stop({StopKind::end, event.step, task->id, {}, event.value[1]});
}

void Lookout::born(const Task* child, const Task* parent, const Event& event) {
    const auto flags = static_cast<std::uint64_t>(event.value[3]);
    if ((flags & K_CLONE_THREAD) != 0 || parent == nullptr) return;
    if (search_.backwards) {
        if (!is_told(child)) return;
        const auto tgid = static_cast<std::uint64_t>(child->tgid);
        stop({StopKind::unborn, event.step, child->id, {}, 0, tgid});
        return;
    }
    if (!is_told(parent)) {
        if (search_.detached != nullptr) search_.detached->insert(child->tgid);
        return;
    }
    const bool vfork = (flags & K_CLONE_VFORK) != 0;
    if (!(vfork ? search_.interest->vforks : search_.interest->forks)) return;
    const StopKind kind = vfork ? StopKind::vfork : StopKind::fork;
    if (vfork && !found_) in_vfork_.insert(parent->id.value);
    stop({kind, event.step + 1, parent->id, child->id});
}

// --- watched bytes ------------------------------------------------------------------------------

/// Reads the bytes anew; whether they are others than before, and both can be read.
bool Lookout::changed(Watched& watched) {
    if (watched.owner == nullptr || watched.owner->tgid != watched.mark.tgid ||
        !is_shown(watched.owner) || watched.owner->mm == nullptr) {
        watched.owner = nullptr;
        for (const Task* task : shown_tasks(world_)) {
            if (task->tgid == watched.mark.tgid && task->mm != nullptr) watched.owner = task;
        }
        if (watched.owner == nullptr) return false;
    }
    char now[64];
    std::string long_now;
    char* bytes = now;
    const std::size_t length = watched.mark.length;
    if (length > sizeof now) {
        long_now.resize(length);
        bytes = long_now.data();
    }
    const bool was_there = watched.there;
    watched.there = read_guest(watched.owner, watched.mark.address, bytes, length) == length;
    const std::string_view fresh(bytes, length);
    const bool same = watched.there && was_there && fresh == watched.bytes;
    if (same || !watched.there) return false;
    watched.before = watched.bytes;
    watched.bytes = fresh;
    return was_there;
}

void Lookout::look_at_watched(const Task* task, const Event& event) {
    const std::uint64_t same_until = checked_until_;
    const std::uint64_t step = search_.backwards ? event.step : event.step + 1;
    checked_until_ = event.step + 1;
    for (Watched& watched : watched_) {
        if (!changed(watched)) continue;
        const bool counts = search_.backwards ? step < search_.limit : !found_.has_value();
        if (counts) {
            same_until_ = same_until;
            old_bytes_ = watched.before;
            found_mark_ = watched.mark;
        }
        stop({StopKind::watch, step, task->id, {}, 0, watched.mark.address, write_watch, {}});
    }
    if (!armed_) return;
    const std::uint8_t hits = access_.take_hits();
    const std::uint8_t reads = access_.take_reads();
    if (hits == 0 || event.kind != EventKind::instruction) return;
    for (std::size_t n = 0; n < pieces_.size(); ++n) {
        const std::uint8_t counts = pieces_[n].type == read_watch ? reads : hits;
        if ((counts >> n & 1) == 0 || pieces_[n].tgid != task->tgid) continue;
        return stop(
            {StopKind::watch, step, task->id, {}, 1, pieces_[n].address, pieces_[n].type, {}});
    }
}

bool Lookout::at_point(World& world, Actor& actor) {
    const std::string label = world.point_label(actor);
    for (const std::string& pattern : search_.interest->points) {
        if (!is_point(label, pattern)) continue;
        TaskId task;
        if (actor.task != nullptr) task = static_cast<const Task*>(actor.task)->id;
        stop({StopKind::point, world.step() + 1, task, {}, 0, actor.id.value, 0, label});
        break;
    }
    return false;
}

}  // namespace utsim::debug
