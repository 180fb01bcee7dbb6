// SPDX-License-Identifier: MIT
/// A World: everything one run can see, and the loop that runs it step by step.
///
/// This is the bottom half: arena, actors, scheduling points, clock, snapshots. The kernel room
/// hangs its state on `kernel`; nothing here knows what a task is. Two worlds share nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/ids.hpp>

#include "base/arena.hpp"
#include "event/event.hpp"
#include "sched/actor.hpp"
#include "sched/chooser.hpp"
#include "sched/point.hpp"

namespace utsim {

struct Kernel;
struct Semantics;

/// Limits with names; reaching one ends the run with `RunEnd::limit` and says which.
struct WorldLimits {
    std::uint64_t max_steps = 1'000'000;
    std::uint64_t max_instructions = 100'000'000;
    std::uint32_t max_actors = 1024;
    std::uint32_t max_idle_rounds = 3;  ///< fruitless rounds of pollers before the run counts as quiet
};

struct WorldOptions {
    Granularity granularity = Granularity::lock;
    WorldLimits limits;
    std::size_t stack_size = 0;  ///< bytes per fiber; 0 takes the default of the build
};

/// How a call of `World::run` ended.
enum class RunEnd : std::uint8_t {
    quiet,      ///< nobody can run and nobody waits for what cannot come
    deadlock,   ///< somebody spins on a lock that nobody will release
    livelock,   ///< steps go on without any event
    limit,      ///< a limit of WorldLimits; `World::end_detail`
    bug,        ///< the modelled kernel hit BUG_ON, a bad pointer or a freed object
    stopped,    ///< a monitor or property asked to end the run
    paused,     ///< the chooser, or `pause_at`, asked for control
};
const char* run_end_name(RunEnd end);

/// One stretch of a schedule: from `step` on, `actor` runs.
struct ScheduleRun {
    ActorId actor;
    std::uint64_t step = 0;
};

/// A choice that was not 0: the `index`-th of its kind.
struct OtherChoice {
    ChoiceKind kind{};
    std::uint32_t index = 0;
    std::uint32_t value = 0;
};

/// Somebody outside the arena whose state must follow when time jumps back (guest pages, logs).
class SnapshotHook {
public:
    virtual ~SnapshotHook() = default;
    /// State as of now. Called with all fibers suspended.
    virtual std::shared_ptr<void> take() = 0;
    /// Called before the arena is copied back.
    virtual void before_restore() = 0;
    /// Called after the arena is copied back.
    virtual void restore(const std::shared_ptr<void>& state) = 0;
    /// The World starts over.
    virtual void reset() = 0;
};

/// Called at every scheduling point, on the fiber, before the choice; for harnesses.
class PointObserver {
public:
    virtual ~PointObserver() = default;
    /// True holds the actor here until `World::release_held`.
    virtual bool at_point(World& world, Actor& actor) = 0;
};

class World {
public:
    explicit World(const WorldOptions& options = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// The World that `object`, which lives in its arena, belongs to.
    static World& of(const void* object) { return *static_cast<World*>(Arena::of(object).owner); }

    // --- building -------------------------------------------------------------------------------

    Arena& arena() { return arena_; }
    /// A new actor, ready to run `body(argument)` on its own fiber. Also callable on a fiber
    /// (clone). Invalid id when `max_actors` or the stacks are exhausted.
    ActorId add_actor(ActorKind kind, std::string_view name, void (*body)(void*), void* argument,
                      bool ready = true);
    void add_hook(SnapshotHook* hook);
    void set_sink(EventSink* sink) { sink_ = sink; }
    EventSink* sink() const { return sink_; }
    void set_observer(PointObserver* observer) { observer_ = observer; }

    Kernel* kernel = nullptr;               ///< set by the kernel room; lives in the arena
    const Semantics* semantics = nullptr;   ///< what is being simulated; outlives the World

    // --- running --------------------------------------------------------------------------------

    /// Runs until nothing can run, a limit, a pause or a failure. May be called again to go on.
    RunEnd run(Chooser& chooser);
    /// Makes `run` return `paused` before step `step`.
    void pause_at(std::uint64_t step) { pause_at_ = step; }

    std::uint64_t step() const { return state_->step; }
    std::uint64_t now() const { return state_->now; }  ///< virtual time in ticks
    const std::string& end_detail() const { return end_detail_; }

    Actor& actor(ActorId id) { return *state_->actors[id.value]; }
    const Actor& actor(ActorId id) const { return *state_->actors[id.value]; }
    std::uint32_t actor_count() const { return state_->actor_count; }
    std::span<const ScheduleRun> schedule_runs() const { return runs_; }
    std::span<const OtherChoice> other_choices() const { return others_; }
    /// The full name `kind:function:object` of the point `actor` stands at.
    std::string point_label(const Actor& actor) const;

    // --- for code on a fiber ---------------------------------------------------------------------

    /// The running actor. Only on a fiber.
    Actor& current() { return *state_->current; }
    bool on_fiber() const { return state_->current != nullptr; }

    /// A scheduling point: others may run here. Points finer than the granularity do nothing.
    void point(PointKind kind, const char* function, PointObject object = {}) {
        if (level_of(kind) > state_->granularity) return;
        reach(kind, function, object);
    }
    /// Gives up control until somebody calls `make_ready(current)`.
    void block(BlockReason reason, const char* function, PointKind kind = PointKind::schedule,
               PointObject object = {});
    /// As `block`, but the clock ends it after `ticks`. True when the clock did.
    bool sleep(std::uint64_t ticks, BlockReason reason, const char* function);
    /// Lets a blocked or sleeping actor run again; nothing if it is ready or finished.
    void make_ready(Actor& actor);
    /// A choice that is not about who runs: 0..count-1.
    std::uint32_t choose(ChoiceKind kind, std::uint32_t count);
    /// Ends the run: the fiber that calls never continues.
    [[noreturn]] void end_run(RunEnd end, const char* detail);
    /// Asks that the run ends before the next step; callable from sinks.
    void request_stop(const char* detail);
    /// May sleep here: reports when a spinlock is held (spec 1.9), and is a resched point.
    void might_sleep(const char* function);
    /// Number of spinlocks the running actor holds.
    std::uint32_t locks_held() const {
        return state_->current != nullptr ? state_->current->held_count : 0;
    }
    /// Counts an executed guest instruction; ends the run at the limit.
    void count_instructions(std::uint64_t count);
    std::uint64_t instructions() const { return state_->instructions; }
    void release_held(Actor& actor);

    void rcu_read_lock();
    void rcu_read_unlock();
    /// Runs `function(argument)` once every read section that is open now has been left.
    void call_rcu(void (*function)(void*), void* argument);

    // --- events ---------------------------------------------------------------------------------

    bool listening() const { return sink_ != nullptr; }
    /// Emits an event with the fields of its table row, in order.
    template <typename... Values>
    void emit(EventKind kind, Values... values) {
        if (sink_ == nullptr) return;
        emit_event(kind, {static_cast<std::int64_t>(values)...}, {});
    }
    template <typename... Values>
    void emit_text(EventKind kind, std::string_view text, Values... values) {
        if (sink_ == nullptr) return;
        emit_event(kind, {static_cast<std::int64_t>(values)...}, text);
    }
    /// A number for a string literal, for fields of Format::static_text.
    std::uint32_t text_id(const char* literal);
    void warn(const char* function, const char* what);
    /// The modelled kernel's BUG_ON: an event, then the run ends.
    [[noreturn]] void bug(const char* function, const char* what);

    const NameTable& names() const;
    void name_task(TaskId id, std::string_view name);
    void name_engine(EngineId id, std::string_view name);

    // --- time travel ------------------------------------------------------------------------------

    class Snapshot;
    /// Everything, as of now. Not on a fiber.
    Snapshot snapshot();
    /// Back to `snapshot`, any number of times. Not on a fiber.
    void restore(const Snapshot& snapshot);
    /// Forgets every actor and everything allocated since construction; destroys nothing.
    void reset();

private:
    /// The plain data of the World itself, at the arena's start so that a snapshot has it.
    struct State;
    friend class Fibers;
    // ... see world.cpp; the implementer may add private members freely.
};

}  // namespace utsim
