// SPDX-License-Identifier: MIT
// The run loop. It stays on the host's stack and lets one fiber run at a time, from one scheduling
// point to the next; all decisions are made here, between two steps, where nobody's state is half
// done. A fiber that would be picked again anyway does not come back here at all (World::reach).
#include "sched/world.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "sched/world_instruction.hpp"

namespace utsim {

namespace {

constexpr std::size_t page_size = 4096;
constexpr const char* interrupted = "interrupted";
/// Whoever waits for the answer to Ctrl-C does not notice that it takes so many steps.
constexpr std::uint64_t steps_between_looks = 4096;

}  // namespace

World::World(const WorldOptions& options) : options_(options), names_(*this) {
    arena_.owner = this;
    arena_.when_low = &World::arena_is_low;
    const std::size_t wanted = options.stack_size != 0 ? options.stack_size : default_stack_size();
    stack_slot_ = ((wanted + page_size - 1) & ~(page_size - 1)) + page_size;
    options_.limits.max_actors = std::min(options_.limits.max_actors, max_actors_of_any_world);
    constexpr std::uint64_t forever = never / 4;  // sums of limits must not wrap
    options_.limits.max_fruitless_steps = std::min(options_.limits.max_fruitless_steps, forever);
    state_ = arena_.make<State>();
    start_mark_ = arena_.used();
    start_objects_ = arena_.objects().moment();
    ready_ids_.resize(max_actors_of_any_world);
    host_.main = &World::actor_main;
    host_.argument = this;
    instruction_.kind = EventKind::instruction;
    instruction_.value[2] = 1;
    start_state();
}

World::~World() { UTSIM_CHECK(!running_, "a world destroyed while it runs"); }

void World::start_state() {
    state_->granularity = options_.granularity;
    arena_.set_watched(options_.granularity == Granularity::access);
}

void World::add_hook(SnapshotHook* hook) { hooks_.push_back(hook); }

// --- the loop --------------------------------------------------------------------------------

RunEnd World::run(Chooser& chooser) {
    UTSIM_CHECK(!running_ && !on_fiber(), "a world runs only once at a time");
    class Running : public CheckContext {
    public:
        explicit Running(World& world) : world_(world) { world_.running_ = true; }
        ~Running() override { world_.running_ = false; }
        std::string describe() const override { return world_.describe_progress(); }

    private:
        World& world_;
    } running(*this);

    end_waits_ = false;
    end_detail_.clear();
    next_control_ = 0;
    ask_always_ = chooser.wants_every_step();
    sure_until_ = 0;
    for (;;) {
        if (state_->choice_count != 0) {
            if (!answer_choice(chooser)) return RunEnd::paused;
            continue;
        }
        if (fault_source_ != nullptr && ask_for_fault()) continue;
        RunEnd end{};
        if (needs_settling() && settle(end)) return end;
        const ActorId id = decide(chooser);
        if (!id.valid()) return RunEnd::paused;
        enter(actor(id));
    }
}

/// The cheap half of `settle`: whether anything but the next step can be due.
inline bool World::needs_settling() const {
    return state_->ready_count == 0 || state_->step >= next_control_ || state_->ended ||
           stop_requested_;
}

/// Whether the run ends or pauses before the next step.
bool World::settle(RunEnd& end) {
    State& s = *state_;
    if (s.ended) {
        end = static_cast<RunEnd>(s.ended_as);
        if (s.ended_in != nullptr) end_detail_ = std::string(s.ended_in) + ": ";
        end_detail_ += s.ended_why;
        return true;
    }
    if (stop_requested_) {
        stop_requested_ = false;
        end_detail_ = stop_detail_;
        end = stop_as_;
        return true;
    }
    if (s.now >= s.next_wake) wake_due();
    if (s.ready_count == 0 && !wake_sleepers()) {
        end = nobody_ready();
        return true;
    }
    if (s.step >= pause_at_) {
        pause_at_ = never;
        end = RunEnd::paused;
        return true;
    }
    if (s.step >= options_.limits.max_steps) {
        end_detail_ = "max_steps";
        end = RunEnd::limit;
        return true;
    }
    if (s.step - std::min(s.last_progress, s.step) > options_.limits.max_fruitless_steps) {
        end_detail_ = "nothing happened in max_fruitless_steps steps; last ran " +
                      std::string(names_.actor(s.last_ran)) + " at " +
                      point_label(actor(s.last_ran));
        end = RunEnd::livelock;
        return true;
    }
    return false;
}

RunEnd World::nobody_ready() {
    end_waits_ = true;
    for (const Actor* actor : state_->actors) {
        const Actor& a = *actor;
        const bool stuck = a.reason == BlockReason::spinning || a.reason == BlockReason::semaphore;
        if (a.state == ActorState::blocked && stuck) return RunEnd::deadlock;
    }
    return RunEnd::quiet;
}

/// Who runs next. The chooser is asked exactly where a fiber cannot know the answer by itself, so
/// that what a chooser sees does not depend on pauses and observers.
[[gnu::always_inline]] inline ActorId World::decide(Chooser& chooser) {
    State& s = *state_;
    ActorId current;
    if (s.last_ran.valid() && actor(s.last_ran).state == ActorState::ready) current = s.last_ran;
    if (current.valid() && s.step < sure_until_) return current;
    if (s.step < s.quantum_until && within_quantum(current)) return current;
    sure_until_ = 0;
    s.quantum_until = 0;
    const std::span<const ActorId> ready = ready_ids();
    ActorId id = ready.front();
    if (ready.size() != 1 || ask_always_) {
        id = chooser.next(*this, ready, current);
        if (!id.valid()) return id;
        UTSIM_CHECK(id.value < s.actors.size && actor(id).state == ActorState::ready,
                    "a chooser picked an actor that cannot run");
        sure_until_ = chooser.sure_until(*this, id);
        if (options_.quantum > 1 && chooser.keeps_quanta(*this)) [[unlikely]] {
            s.quantum_until = s.step + std::min(options_.quantum, never - s.step);
        }
    }
    return id;
}

/// A quantum is about user mode: at any other point the chooser is asked all the same.
inline bool World::within_quantum(ActorId current) const {
    return current.valid() && actor(current).point.kind == PointKind::user;
}

[[gnu::always_inline]] inline std::span<const ActorId> World::ready_ids() {
    const State& s = *state_;
    const bool first_are_all = s.actors.size <= 64;
    if (first_are_all && s.ready[0] == listed_ready_ && listed_ready_ != 0) [[likely]] {
        return {ready_ids_.data(), listed_count_};
    }
    listed_ready_ = first_are_all ? s.ready[0] : 0;
    return list_ready();
}

std::span<const ActorId> World::list_ready() {
    const State& s = *state_;
    std::size_t count = 0;
    for (std::uint32_t word = 0; word * 64 < s.actors.size; ++word) {
        for (std::uint64_t bits = s.ready[word]; bits != 0; bits &= bits - 1) {
            ready_ids_[count++] =
                ActorId{word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(bits))};
        }
    }
    listed_count_ = count;
    return {ready_ids_.data(), count};
}

/// One step of `actor`.
[[gnu::always_inline]] inline void World::enter(Actor& actor) {
    State& s = *state_;
    if (runs_.last().actor != actor.id) runs_.begin(actor.id, s.step);
    s.last_ran = actor.id;
    ++actor.steps;
    resume(actor);
}

/// Lets `actor` run until it comes back; ends the step unless it only wants a choice made.
[[gnu::always_inline]] inline void World::resume(Actor& actor) {
    State& s = *state_;
    plan_control();
    s.current = &actor;
    const FiberStack stack{actor.stack_low, actor.stack_high};
    if (wipe_stacks_) [[unlikely]]
        wipe_below(actor.context, stack);
    actor.context = enter_fiber(host_, actor.context, stack);
    s.current = nullptr;
    UTSIM_CHECK(!stack_overflowed(stack), "a fiber's stack has overflowed");
    if (s.choice_count != 0) return;
    ++s.step;
    s.next_fault = 0;
}

/// Finds the step up to which a fiber may go on without asking.
[[gnu::always_inline]] inline void World::plan_control() {
    const WorldLimits& limits = options_.limits;
    const std::uint64_t fruitless = state_->last_progress + limits.max_fruitless_steps + 1;
    const std::uint64_t limit = std::min(pause_at_, limits.max_steps);
    next_control_ = std::min(limit, fruitless);
    if (interrupt_ != nullptr) {
        next_control_ = std::min(next_control_, state_->step + steps_between_looks);
        if (interrupt_->load(std::memory_order_relaxed)) [[unlikely]]
            request_stop(interrupted);
    }
    control_at_ = control_in_user_at_ = next_control_;
    if (observer_ != nullptr || fault_source_ != nullptr || stop_requested_) [[unlikely]] {
        plan_control_of_others();
    }
}

/// Somebody else than the limits may want control at every point, be it the same actor that goes
/// on.
void World::plan_control_of_others() {
    const bool faults = faults_due();
    const bool always =
        observer_ != nullptr || stop_requested_ || (faults && faults_.at_instructions());
    if (always || faults) control_at_ = 0;
    if (always) control_in_user_at_ = 0;
}

/// False: the chooser wants the run to pause.
bool World::answer_choice(Chooser& chooser) {
    State& s = *state_;
    const ChoiceKind kind = s.choice_kind;
    const std::uint32_t answer = chooser.choose(*this, kind, s.choice_count);
    if (answer == Chooser::pause) return false;
    UTSIM_CHECK(answer < s.choice_count, "a chooser answered out of range");
    const std::uint32_t index = s.choices_made[static_cast<std::size_t>(kind)]++;
    if (answer != 0) {
        others_.add({kind, index, written_answer(kind, answer, faults_.signal)});
        if (faults_.has(kind)) ++s.faults;
        if (s.faults == faults_.at_most) s.next_fault = 0;  // nobody asks any more
    }
    if (digest_ != nullptr) digest_->chooses(kind, answer);
    s.choice_answer = answer;
    s.choice_count = 0;
    s.choice_kind = {};  // what is stale must not tell two states apart
    if (!is_between_steps(kind)) {
        resume(actor(s.last_ran));
    } else if (answer != 0) {
        fault_source_->happen(*this, kind, answer - 1);
    }
    return true;
}

// --- on a fiber ------------------------------------------------------------------------------

/// Hands control to the host; inline, see `jump_to_fiber`.
[[gnu::always_inline]] inline void World::leave() { leave_fiber(host_); }

std::uint64_t World::points_ahead(PointKind kind) const {
    const State& s = *state_;
    const bool counted = level_of(kind) <= s.granularity;
    const bool user = kind == PointKind::user;
    const std::uint64_t control = user ? control_in_user_at_ : control_at_;
    const std::uint64_t sure = user ? sure_of_user() : sure_until_;
    const std::uint64_t until = is_alone() ? control : std::min(control, sure);
    if (!counted || digest_ != nullptr || s.step + 1 >= until) return 0;
    return until - s.step - 1;
}

void World::yield_at_point() {
    // A hold has ended the step already; ending another one would shift every schedule.
    if (observer_ != nullptr && show_observer(current())) return;
    leave();
}

/// Shows `actor`, which is running, to the observer, and stays here while that holds it. True when
/// it did.
bool World::show_observer(Actor& actor) {
    actor.woken = false;
    if (!observer_->at_point(*this, actor)) return false;
    suspend(ActorState::blocked, BlockReason::held, actor.point.function);
    return true;
}

void World::suspend(ActorState state, BlockReason reason, const char* function) {
    Actor& a = current();
    clear_ready(a);
    a.state = state;
    a.reason = reason;
    a.waits_in = function;
    leave();
}

void World::block(BlockReason reason, const char* function, PointKind kind, PointObject object) {
    UTSIM_CHECK(on_fiber(), "only an actor can block");
    if (reason == BlockReason::schedule) check_sleep(function);
    block_here(reason, function, kind, object);
}

void World::block_here(BlockReason reason, const char* function, PointKind kind,
                       PointObject object) {
    Actor& a = current();
    a.point = Point{kind, function, object};
    if (observer_ != nullptr && reason != BlockReason::spinning) {
        show_observer(a);
        if (a.woken) return;
    }
    suspend(ActorState::blocked, reason, function);
}

bool World::sleep(std::uint64_t ticks, BlockReason reason, const char* function) {
    UTSIM_CHECK(on_fiber(), "only an actor can sleep");
    State& s = *state_;
    Actor& a = current();
    a.point = Point{PointKind::sleep, function, {}};
    check_sleep(function);
    if (observer_ != nullptr) {
        show_observer(a);
        if (a.woken) return false;
    }
    if (reason == BlockReason::polling) {
        a.idle_polls = a.idle_since == s.last_progress ? a.idle_polls + 1 : 0;
        a.idle_since = s.last_progress;
    }
    a.wake_at = s.now + std::min(ticks, never - 1 - s.now);
    a.clock_woke = false;
    if (s.clock_runs) s.next_wake = std::min(s.next_wake, a.wake_at);
    ++s.sleeping_count;
    suspend(ActorState::sleeping, reason, function);
    return std::exchange(a.clock_woke, false);
}

void World::make_ready(Actor& actor) {
    if (actor.state == ActorState::ready || actor.state == ActorState::finished) return;
    if (actor.reason == BlockReason::held) {
        actor.woken = true;  // it may have been on its way to sleep: see block()
        return;
    }
    if (actor.state == ActorState::sleeping) --state_->sleeping_count;
    set_ready(actor);
    state_->last_progress = state_->step;
}

void World::release_held(Actor& actor) {
    if (actor.state != ActorState::blocked || actor.reason != BlockReason::held) return;
    set_ready(actor);
    state_->last_progress = state_->step;
}

void World::set_ready(Actor& actor) {
    State& s = *state_;
    actor.state = ActorState::ready;
    actor.reason = BlockReason::none;
    s.ready[actor.id.value / 64] |= std::uint64_t{1} << (actor.id.value % 64);
    ++s.ready_count;
}

void World::clear_ready(Actor& actor) {
    State& s = *state_;
    s.ready[actor.id.value / 64] &= ~(std::uint64_t{1} << (actor.id.value % 64));
    --s.ready_count;
}

std::uint32_t World::choose(ChoiceKind kind, std::uint32_t count) {
    if (!on_fiber() || count <= 1) return 0;
    State& s = *state_;
    if (faults_.has(kind) && s.faults >= faults_.at_most) return 0;
    s.choice_kind = kind;
    s.choice_count = count;
    leave();
    return s.choice_answer;
}

void World::end_run(RunEnd end, const char* detail) {
    UTSIM_CHECK(on_fiber(), detail);
    State& s = *state_;
    s.ended = true;
    s.ended_as = static_cast<std::uint8_t>(end);
    s.ended_why = detail;
    clear_ready(*s.current);
    s.current->state = ActorState::finished;
    leave();
    UTSIM_UNREACHABLE("an actor ran on after the end of its run");
}

void World::request_stop(const char* detail, RunEnd end) {
    if (stop_requested_) return;
    stop_detail_ = detail;
    stop_as_ = end;
    stop_requested_ = true;
    take_control();
}

/// What a fiber does until it is asked again fits into the reserve.
void World::arena_is_low(void* world) {
    auto& self = *static_cast<World*>(world);
    if (self.on_fiber()) self.request_stop("max_objects", RunEnd::limit);
}

void World::might_sleep(const char* function) {
    if (!on_fiber()) return;
    check_sleep(function);
    point(PointKind::resched, function);
}

void World::access(const void* cell, bool write) {
    if (!on_fiber()) return;
    const auto place =
        static_cast<std::uint32_t>(static_cast<const std::byte*>(cell) - arena_.base());
    reach(PointKind::access, "", {PointObject::Kind::cell, LockClass::none, place});
    if (sink_ != nullptr) emit_event(EventKind::access, {place, write ? 1 : 0}, {});
}

void shared_access(const void* cell, bool write) { World::of(cell).access(cell, write); }

// --- the life of an actor --------------------------------------------------------------------

void World::actor_main(void* argument) {
    World& world = *static_cast<World*>(argument);
    Actor& self = world.current();
    if (world.observer_ != nullptr) world.show_observer(self);
    self.body(self.argument);
    if (self.held_count != 0) world.bug(self.held[0].function, "an actor ended with a lock held");
    if (self.rcu_depth != 0) world.bug("rcu_read_lock", "an actor ended in a read section");
    world.clear_ready(self);
    self.state = ActorState::finished;
    self.reason = BlockReason::dead;
    world.state_->last_progress = world.state_->step;
    world.leave();
    UTSIM_UNREACHABLE("a finished actor ran on");
}

}  // namespace utsim
