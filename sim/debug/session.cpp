// SPDX-License-Identifier: MIT
// Forwards is one pass: the lookout ends it behind the step that has to be stopped at, and from a
// kept moment the run comes to the exact place. Backwards is the same, moment by moment from
// behind, until one of the pieces between them has something in it.
#include "debug/session.hpp"

#include <algorithm>

#include "debug/tasks.hpp"
#include "explore/contract_run.hpp"

namespace utsim::debug {

namespace {

constexpr std::uint64_t steps_that_are_judged = 1'000'000;

/// `C-1: what is said of it; C-2: ...`
std::string told(const BrokenClauses& clauses) {
    std::string text;
    for (const auto& [clause, messages] : clauses) {
        for (const std::string& message : messages) {
            text += (text.empty() ? "" : "; ") + clause + ": " + message;
        }
    }
    return text;
}

}  // namespace

Session::Session(std::unique_ptr<Travel> travel)
    : travel_(std::move(travel)),
      lookout_(travel_->world()) {
    last_.kind = StopKind::begin;
    last_.task = somebody();
}

void Session::new_client() {
    interest_ = {};
    unmarked_.clear();
    put_off_.reset();
    lookout_.forget();
    last_.task = somebody();
}

std::vector<Task*> Session::tasks() {
    std::vector<Task*> all = shown_tasks(world());
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Task* task) { return !is_attached(task->tgid); }),
              all.end());
    return all;
}

/// The task that a stop about nobody is told of: who it was about last, as long as that is there.
TaskId Session::somebody() {
    const std::vector<Task*> all = tasks();
    for (const Task* task : all) {
        if (task->id == last_.task) return task->id;
    }
    return all.empty() ? TaskId{} : all.front()->id;
}

Stop Session::at_end(bool end) {
    Stop stop;
    stop.kind = end ? StopKind::end : StopKind::begin;
    stop.step = step();
    stop.task = somebody();
    return stop;
}

Lookout::Search Session::search_for(const Going& going) {
    Lookout::Search search;
    search.interest = &interest_;
    search.backwards = going.backwards;
    search.limit = step();
    search.stepping = going.stepping;
    search.detached = &interest_.detached;
    search.alone = going.alone && !going.backwards;
    if (going.alone) search.for_others = unmarked_;
    if (last_.step == step() && last_.kind != StopKind::end) search.told = last_;
    return search;
}

std::uint64_t Session::next_clause(std::uint64_t after) const {
    const auto next = interest_.clauses.upper_bound(after);
    return next != interest_.clauses.end() ? next->first : ~std::uint64_t{0};
}

/// What was put off, if that is what comes next in this direction.
std::optional<Stop> Session::take_put_off(const Going& going) {
    std::optional<Stop> stop = std::exchange(put_off_, std::nullopt);
    if (!stop || going.backwards || stop->step > step()) return std::nullopt;
    if (going.alone) {
        put_off_ = std::move(stop);
        return std::nullopt;
    }
    travel_->go_to(stop->step);
    return stop;
}

Stop Session::go(const Going& going) {
    if (const std::optional<Stop> stop = take_put_off(going)) {
        unmarked_.clear();
        return last_ = settled(*stop);
    }
    for (;;) {
        last_ = settled(going.backwards ? backwards(going) : forwards(going));
        const Task* task = task_by_id(world(), going.stepping);
        const bool stepped = last_.kind == StopKind::step && last_.task == going.stepping;
        if (!stepped || task->regs.rip < going.begin || task->regs.rip >= going.end) break;
        if (travel_->look()) {
            last_.kind = StopKind::interrupted;
            break;
        }
    }
    unmarked_.clear();
    // Whoever hears of a child decides anew whether to debug it.
    if (const Task* child = task_by_id(world(), last_.child); child != nullptr) {
        interest_.detached.erase(child->tgid);
    }
    return last_;
}

/// With somebody whom it is about, who is still there.
Stop Session::settled(Stop stop) {
    const Task* task = task_by_id(world(), stop.task);
    const bool gone_is_fine = stop.kind == StopKind::exited || stop.kind == StopKind::unborn;
    if (!gone_is_fine && (task == nullptr || !is_shown(task))) stop.task = somebody();
    return stop;
}

Stop Session::forwards(const Going& going) {
    if (travel_->ended()) return at_end(true);
    lookout_.begin(search_for(going));
    Stop stop;
    for (;;) {
        const std::uint64_t clause = next_clause(step());
        const bool there = travel_->advance(clause, &lookout_);
        if (lookout_.put_off() && !put_off_) put_off_ = lookout_.put_off();
        if (lookout_.found()) {
            lookout_.finish();
            return refined(*lookout_.found());
        }
        if (lookout_.take_stepped()) {
            const Task* task = task_by_id(world(), going.stepping);
            if (!stands_in_user_mode(world(), task)) continue;
            stop.kind = StopKind::step;
            stop.task = going.stepping;
            break;
        }
        if (there) {
            stop.kind = StopKind::clause;
            stop.text = told(interest_.clauses.at(clause));
            break;
        }
        if (travel_->was_asked()) {
            stop.kind = StopKind::interrupted;
            break;
        }
        if (travel_->ended()) {
            stop = at_end(true);
            break;
        }
    }
    lookout_.finish();
    stop.step = step();
    return stop;
}

Stop Session::backwards(const Going& going) {
    Lookout::Search search = search_for(going);
    const std::uint64_t limit = step();
    for (std::uint64_t end = limit; end > 0;) {
        const std::uint64_t begin = travel_->kept_before(end - 1);
        travel_->go_to(begin);
        lookout_.begin(search);
        travel_->advance(end, &lookout_);
        lookout_.finish();
        std::optional<Stop> found = lookout_.found();
        if (found) found = refined(*found);
        auto clause = interest_.clauses.lower_bound(end);
        if (clause != interest_.clauses.begin()) {
            --clause;
            if (clause->first >= begin && (!found || clause->first >= found->step)) {
                found = Stop{};
                found->kind = StopKind::clause;
                found->step = clause->first;
                found->text = told(clause->second);
            }
        }
        if (found) {
            travel_->go_to(found->step);
            return *found;
        }
        if (travel_->was_asked()) {
            Stop stop;
            stop.kind = StopKind::interrupted;
            stop.step = step();
            return stop;
        }
        end = begin;
    }
    travel_->go_to(0);
    return at_end(false);
}

/// Goes to the stop, in a run that has gone on for a bit. Of bytes that have changed the step that
/// changed them is looked for: the kernel writes without an event of its own.
Stop Session::refined(Stop stop) {
    const bool changed = stop.kind == StopKind::watch && stop.number == 0;
    if (!changed) {
        travel_->go_to(stop.step);
        return stop;
    }
    const Mark mark = lookout_.found_mark();
    const bool backwards = lookout_.backwards();
    const std::uint64_t last = stop.step + (backwards ? 1 : 0);
    travel_->go_to(lookout_.same_until());
    while (step() < last && bytes_at(mark) == lookout_.old_bytes()) travel_->advance(step() + 1);
    if (world().last_ran().valid()) {
        const Actor& actor = world().actor(world().last_ran());
        if (actor.task != nullptr) stop.task = static_cast<const Task*>(actor.task)->id;
    }
    stop.step = step() - (backwards ? 1 : 0);
    travel_->go_to(stop.step);
    return stop;
}

std::string Session::bytes_at(const Mark& mark) {
    std::string bytes(mark.length, '\0');
    for (const Task* task : shown_tasks(world())) {
        if (task->tgid != mark.tgid || task->mm == nullptr) continue;
        bytes.resize(read_guest(task, mark.address, bytes.data(), bytes.size()));
        return bytes;
    }
    return {};
}

Stop Session::go_to(std::uint64_t to) {
    put_off_.reset();
    Stop stop;
    const bool there = travel_->go_to(to);
    stop.kind = there ? StopKind::step : StopKind::end;
    stop.step = step();
    stop.task = somebody();
    if (travel_->was_asked()) stop.kind = StopKind::interrupted;
    last_ = stop;
    return stop;
}

bool Session::mark(const Mark& mark) {
    std::vector<Mark>& marks = interest_.marks;
    if (std::find(marks.begin(), marks.end(), mark) == marks.end()) {
        if (marks.size() >= SessionLimits::marks) return false;
        marks.push_back(mark);
    }
    unmarked_.erase(std::remove(unmarked_.begin(), unmarked_.end(), mark), unmarked_.end());
    return true;
}

bool Session::can_watch(const Mark& mark) const {
    if (mark.type == write_watch) return true;
    std::vector<Mark> pieces;
    cut_up(mark, pieces);
    for (const Mark& other : interest_.marks) {
        const bool counts = other.is_watch() && other.type != write_watch && !(other == mark);
        if (counts) cut_up(other, pieces);
    }
    return pieces.size() <= pieces_of_reads;
}

void Session::unmark(const Mark& mark) {
    std::vector<Mark>& marks = interest_.marks;
    const auto found = std::find(marks.begin(), marks.end(), mark);
    if (found == marks.end()) return;
    marks.erase(found);
    const bool counts = !mark.is_watch() && unmarked_.size() < SessionLimits::marks;
    if (counts) unmarked_.push_back(mark);
}

// --- changes ------------------------------------------------------------------------------------

bool Session::write_memory(const Task* task, std::uint64_t address, const std::string& bytes) {
    return change_task(task, [=](Task& changed) { write_guest(&changed, address, bytes); });
}

bool Session::change_task(const Task* task, std::function<void(Task&)> change) {
    if (travel_->change_count() >= SessionLimits::changes) return false;
    const TaskId id = task->id;
    travel_->change([id, change = std::move(change)](World& world) {
        if (Task* changed = task_by_id(world, id); changed != nullptr) change(*changed);
    });
    return true;
}

std::uint64_t Session::run_only(ActorId actor, std::uint64_t steps) {
    const std::uint64_t done = travel_->run_only(actor, steps);
    last_ = Stop{};
    last_.step = step();
    last_.task = somebody();
    return done;
}

Result<std::vector<Session::Breach>> Session::breaches() {
    std::vector<Breach> found;
    if (!travel_->changes().empty()) return found;
    RunOptions options = travel_->options();
    if (travel_->reordered()) {
        const std::uint64_t here = step();
        travel_->advance(here + steps_that_are_judged);
        options.schedule = travel_->schedule();
        options.seed.reset();
        travel_->go_to(here);
    }
    if (options.max_steps == 0) options.max_steps = step() + steps_that_are_judged;
    UTSIM_TRY(run, run_judged(travel_->scenario(), options, ContractChoice::all()));
    for (const Violation& violation : run.contract.broken) {
        found.push_back({violation.rule, violation.step, violation.message});
    }
    return found;
}

}  // namespace utsim::debug
