// SPDX-License-Identifier: MIT
/// A World: everything one run can see, and the loop that runs it step by step.
///
/// This is the bottom half: arena, actors, scheduling points, clock, snapshots. The kernel room
/// hangs its state on `kernel`; nothing here knows what a task is. Two worlds share nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/ids.hpp>

#include "base/arena.hpp"
#include "base/branching_log.hpp"
#include "event/event.hpp"
#include "sched/actor.hpp"
#include "sched/chooser.hpp"
#include "sched/fault.hpp"
#include "sched/fiber.hpp"
#include "sched/memory_image.hpp"
#include "sched/point.hpp"
#include "sched/point_observer.hpp"
#include "sched/run_digest.hpp"
#include "sched/schedule_log.hpp"
#include "sched/stack_image.hpp"
#include "sched/state.hpp"
#include "sched/world_options.hpp"
#include "semantics/semantics.hpp"

namespace utsim {

struct Kernel;

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
    void set_sink(EventSink* sink);
    EventSink* sink() const { return sink_; }
    void set_observer(PointObserver* observer) {
        observer_ = observer;
        take_control();
    }

    /// Makes faults choices of the run; `source` outlives the World. See sched/fault.hpp.
    void set_faults(const FaultPlan& plan, FaultSource* source) {
        faults_ = plan;
        fault_source_ = source;
    }
    /// Lets `digest` follow the run, so that two that come to the same can be told; null: nobody.
    void set_digest(RunDigest* digest) { digest_ = digest; }

    Kernel* kernel = nullptr;  ///< set by the kernel room; lives in the arena
    /// What is being simulated; outlives the World. Never null.
    const Semantics* semantics = &final_semantics();

    // --- running --------------------------------------------------------------------------------

    /// Runs until nothing can run, a limit, a pause or a failure. May be called again to go on.
    RunEnd run(Chooser& chooser);
    /// Makes `run` return `paused` before step `step`.
    void pause_at(std::uint64_t step) {
        pause_at_ = step;
        next_control_ = 0;
        take_control();
    }
    /// Makes `run` return `stopped` when somebody, a signal handler perhaps, has set the flag.
    /// Null: nobody will.
    void set_interrupt(const std::atomic<bool>* flag) { interrupt_ = flag; }

    std::uint64_t step() const { return state_->step; }
    std::uint64_t now() const { return state_->now; }  ///< virtual time in ticks
    /// The step of the last event, wake-up or instruction.
    std::uint64_t last_progress() const { return state_->last_progress; }
    const WorldLimits& limits() const { return options_.limits; }
    /// The first of the callbacks that wait for a grace period, or null.
    const RcuCallback* rcu_callbacks() const { return state_->rcu_first; }
    /// Why the last `run` ended, in words; for a deadlock and a quiet end, who waits for what.
    const std::string& end_detail() const;

    Actor& actor(ActorId id) { return *state_->actors[id.value]; }
    const Actor& actor(ActorId id) const { return *state_->actors[id.value]; }
    std::uint32_t actor_count() const { return state_->actors.size; }
    const ScheduleLog& schedule_log() const { return runs_; }
    std::span<const OtherChoice> other_choices() const { return others_.items(); }
    /// Who ran the last step; invalid before the first.
    ActorId last_ran() const { return state_->last_ran; }
    /// How many choices of `kind` have been made; the next one has this index.
    std::uint32_t choices_made(ChoiceKind kind) const {
        return state_->choices_made[static_cast<std::size_t>(kind)];
    }
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
    /// The point before a user instruction, which is the one that tasks come to most; also where
    /// quanta are kept (`WorldOptions::quantum`). What is done at every instruction is in
    /// sched/world_instruction.hpp.
    inline void user_point(const char* function, PointObject object);
    /// Whether others may run at the next user point, so that nothing lies ahead that could be gone
    /// through at once.
    inline bool others_come_next() const;
    /// How many more points of this kind the running actor would pass without anybody being asked
    /// or shown anything; for code that goes on in big strides and comes to the same.
    std::uint64_t points_ahead(PointKind kind) const;
    /// Passes that many at once.
    void pass_points(std::uint64_t count) {
        state_->step += count;
        state_->current->steps += count;
    }
    /// Whether an access to a shared cell is a scheduling point here; see `Shared`.
    void access(const void* cell, bool write);
    /// Gives up control until somebody calls `make_ready(current)`.
    void block(BlockReason reason, const char* function, PointKind kind = PointKind::schedule,
               PointObject object = {});
    /// As `block`, but the clock ends it after `ticks`. True when the clock did.
    bool sleep(std::uint64_t ticks, BlockReason reason, const char* function);
    /// Somebody keeps a moment of `now` on its stack or in the arena (`true`), or has thrown it
    /// away (`false`).
    /// As long as nobody does, only the time until each wake-up counts, so that states at different
    /// times can be the same.
    void hold_time(bool holds) { state_->time_holders += holds ? 1 : ~std::uint32_t{0}; }
    /// Makes time pass while somebody runs: `instruction_time` for each instruction that is
    /// counted, and what `pass_time` says. Without it the clock stands until nobody can run.
    void run_clock() { state_->clock_runs = true; }
    static constexpr std::uint64_t tick_time = 1'000'000;     ///< nanoseconds
    static constexpr std::uint64_t instruction_time = 1'000;  ///< nanoseconds
    void pass_time(std::uint64_t nanoseconds);
    /// The time in nanoseconds.
    std::uint64_t nanoseconds() const { return state_->now * tick_time + state_->into_tick; }
    /// The clock goes on to `tick`, whoever could run meanwhile. Between two steps.
    void skip_to(std::uint64_t tick);
    /// Lets a blocked or sleeping actor run again; nothing if it is ready or finished.
    void make_ready(Actor& actor);
    /// A choice that is not about who runs: 0..count-1.
    std::uint32_t choose(ChoiceKind kind, std::uint32_t count);
    /// Ends the run: the fiber that calls never continues. `detail` is a string literal.
    [[noreturn]] void end_run(RunEnd end, const char* detail);
    /// Asks that the run ends before the next step; callable from sinks. `detail` is a string
    /// literal.
    void request_stop(const char* detail, RunEnd end = RunEnd::stopped);
    /// May sleep here: reports when a spinlock is held (spec 1.9), and is a resched point.
    void might_sleep(const char* function);
    /// Reports of `sleep_in_atomic` and `lock_order` so far, for whoever does not listen.
    std::uint32_t atomic_sleep_reports() const { return state_->atomic_sleep_reports; }
    std::uint32_t lock_order_reports() const { return state_->lock_order_reports; }
    /// Number of spinlocks the running actor holds.
    std::uint32_t locks_held() const {
        return state_->current != nullptr ? state_->current->held_count : 0;
    }
    /// Counts an executed guest instruction; ends the run at the limit.
    void count_instructions(std::uint64_t count) {
        state_->instructions += count;
        state_->last_progress = state_->step;
        if (state_->clock_runs) [[unlikely]]
            pass_time(count * instruction_time);
        if (state_->instructions > options_.limits.max_instructions) [[unlikely]] {
            end_run(RunEnd::limit, "max_instructions");
        }
    }
    std::uint64_t instructions() const { return state_->instructions; }
    /// How many instructions a task may go through before a limit is to be looked at; at least 1.
    std::uint64_t instructions_at_once() const;
    /// Whether each of them is to be told by itself, as somebody listens to them.
    bool tells_each_instruction() const {
        return instruction_sink_ != nullptr && instruction_sink_->wants_each_instruction();
    }
    /// Tells of the one instruction at `ip`, and counts it. `bytes()` says which they are, if
    /// anybody wants to hear.
    template <typename Bytes>
    inline void emit_instruction(TaskId task, std::uint64_t ip, bool branch, Bytes&& bytes);
    /// Whether `args` and `answers` of system calls are to be told.
    bool tells_arguments() const { return sink_ != nullptr && sink_->wants_arguments(); }
    /// Tells of `count` instructions that began at `ip`, the last of which was a taken branch or
    /// not. `bytes` are those of a single one.
    void emit_instructions(TaskId task, std::uint64_t ip, std::uint64_t count, bool branch,
                           std::string_view bytes);
    /// Counts one instruction of a stride, where each is told, and tells of it by a record that was
    /// made for all of them. False when the stride has to end behind it: a point is to be looked
    /// at, or nobody wants to hear of each any more.
    inline bool emit_instruction_of_stride(Event& record);
    /// Makes tasks go instruction by instruction through user mode, as if every sink wanted to hear
    /// of each. It makes no difference but time; that is what this is for: to be tested.
    void forbid_strides() { strides_ = false; }
    /// Lets go of an actor that an observer holds; nothing if none does.
    void release_held(Actor& actor);

    void rcu_read_lock();
    void rcu_read_unlock();
    /// Runs `function(argument)` once every read section that is open now has been left.
    void call_rcu(void (*function)(void*), void* argument);

    // --- events ---------------------------------------------------------------------------------

    /// Whether anybody wants events. Asking counts as progress (see `RunEnd::livelock`), so that a
    /// run ends the same way with and without a listener.
    bool listening() const {
        state_->last_progress = state_->step;
        return sink_ != nullptr;
    }
    /// Emits an event with the fields of its table row, in order.
    template <typename... Values>
    void emit(EventKind kind, Values... values) {
        if (!listening()) return;
        emit_event(kind, {static_cast<std::int64_t>(values)...}, {});
    }
    template <typename... Values>
    void emit_text(EventKind kind, std::string_view text, Values... values) {
        if (!listening()) return;
        emit_event(kind, {static_cast<std::int64_t>(values)...}, text);
    }
    /// A small number for a string literal, for fields of Format::static_text. It stays valid as
    /// long as the World lives; equal texts have equal numbers, but compare runs by the texts.
    std::uint32_t text_id(const char* literal);
    void warn(const char* function, const char* what);
    /// The modelled kernel's BUG_ON: an event, then the run ends.
    [[noreturn]] void bug(const char* function, const char* what);
    /// A bug that would be a null or dangling pointer: the real kernel would crash.
    [[noreturn]] void null_pointer(const char* function, const char* what);
    /// Whether the run ended in `null_pointer`.
    bool crashed() const { return state_->crashed; }

    const NameTable& names() const { return names_; }
    /// Gives an actor another name than it was added with.
    void name_actor(ActorId id, std::string_view name);
    void name_task(TaskId id, std::string_view name);
    void name_engine(EngineId id, std::string_view name);

    // --- time travel ----------------------------------------------------------------------------

    /// A moment of a World. Movable, and keeps its buffers when it is taken again. What did not
    /// change between two moments is in memory once, however many hold it.
    ///
    /// It serves the World that it was taken from, until that is reset or destroyed.
    class Snapshot {
    public:
        bool taken() const { return world_ != nullptr; }
        std::uint64_t step() const { return step_; }
        /// Bytes of objects and stacks that are back when it is restored.
        std::size_t size() const;

    private:
        friend class World;
        MemoryImage objects_;
        std::vector<Ref<StackImage>> stacks_;  ///< by actor; null when it has finished
        std::uint64_t step_ = 0;
        std::uint64_t world_reset_ = 0;
        const World* world_ = nullptr;
        Kernel* kernel_ = nullptr;
        const Semantics* semantics_ = nullptr;
        const EventSink* sink_ = nullptr;
        std::uint64_t sink_mark_ = 0;
        ScheduleLog::Moment runs_;
        BranchingLog<OtherChoice>::Moment others_;
        BranchingLog<ArenaObject>::Moment objects_log_;
        std::vector<std::shared_ptr<void>> hooks_;
    };

    /// Everything, as of now. Not on a fiber; a chooser may call it while it is asked.
    Snapshot snapshot();
    /// As above, into the buffers of an older one.
    void snapshot(Snapshot& into);
    /// Back to `snapshot`, any number of times. Not on a fiber, not while `run` is active.
    ///
    /// The sink is rewound to its mark, so a sink that only can forget its latest events allows
    /// only snapshots on the way that led here.
    void restore(const Snapshot& snapshot);
    /// Before an actor goes on, wipes what its earlier calls have left below its stack. It decides
    /// nothing, but the live part would fill up with it, and equal states look different.
    void wipe_stacks(bool on) { wipe_stacks_ = on; }
    /// Zeroes the stacks of all actors that there ever were, the live ones included: only right
    /// before a `restore`. What follows does not depend on what this World has done before.
    void forget_stacks();
    /// What all snapshots of this World take, in bytes.
    std::size_t snapshot_bytes() const { return image_use_->bytes; }
    /// Forgets every actor and everything allocated since construction; destroys nothing. Sink,
    /// observer and hooks stay.
    void reset();

private:
    friend class StateKeys;
    friend class SpinLock;
    friend class RwLock;
    friend class RwSemaphore;
    using State = WorldState;

    /// The names of a World, as sinks and reports read them.
    class Names : public NameTable {
    public:
        explicit Names(const World& world) : world_(world) {}
        std::string_view actor(ActorId id) const override;
        std::string_view task(TaskId id) const override;
        std::string_view engine(EngineId id) const override;
        std::string_view static_text(std::uint32_t index) const override;

    private:
        const World& world_;
    };

    /// The end of a step, in the common case that the same actor goes on.
    void reach(PointKind kind, const char* function, PointObject object) {
        State& s = *state_;
        Actor* actor = s.current;
        if (actor == nullptr) return;  // the host builds a world: nobody to switch to
        actor->point = Point{kind, function, object};
        if (s.step + 1 < control_at_ && (s.step + 1 < sure_until_ || is_alone())) [[likely]] {
            ++s.step;
            ++actor->steps;
        } else {
            yield_at_point();
        }
        if (digest_ != nullptr) [[unlikely]]
            digest_->passes(actor->id, actor->point);
    }
    /// Nobody else can run, and the chooser need not hear of that.
    bool is_alone() const { return state_->ready_count == 1 && !ask_always_; }
    /// The step before which the running task goes on at user points.
    inline std::uint64_t sure_of_user() const;
    inline bool within_quantum(ActorId current) const;
    void yield_at_point();
    void block_here(BlockReason reason, const char* function, PointKind kind, PointObject object);
    void suspend(ActorState state, BlockReason reason, const char* function);
    bool show_observer(Actor& actor);
    inline void leave();

    // run loop, on the host's stack
    inline bool needs_settling() const;
    bool settle(RunEnd& end);
    bool wake_sleepers();
    bool wake_due();
    std::uint64_t instructions_until_wake() const;
    RunEnd nobody_ready();
    bool faults_due() const;
    bool ask_for_fault();
    inline ActorId decide(Chooser& chooser);
    inline void enter(Actor& actor);
    inline void resume(Actor& actor);
    bool answer_choice(Chooser& chooser);
    inline void plan_control();
    void plan_control_of_others();
    /// Leads the running fiber back to the host at its next point.
    void take_control() { control_at_ = control_in_user_at_ = 0; }
    inline std::span<const ActorId> ready_ids();
    std::span<const ActorId> list_ready();
    void set_ready(Actor& actor);
    void clear_ready(Actor& actor);
    bool fruitless(const Actor& actor) const;
    std::string describe_waiters() const;
    std::string describe_progress() const;
    static void actor_main(void* world);

    // locks
    void note_lock_order(LockClass taken, const char* function);
    void hold(const void* lock, PointObject object, const char* function);
    /// Whoever runs has got `object`, a lock or a semaphore.
    void note_taken(PointObject object) {
        if (digest_ != nullptr) [[unlikely]]
            digest_->takes(state_->current->id, object);
    }
    void let_go(const void* lock, const char* function);
    bool holds(const void* lock) const;
    void wake_spinners(const void* lock);
    void spin(const void* lock, PointObject object, const char* function);
    void wait_for_semaphore(const void* lock, PointObject object, const char* function);
    void check_sleep(const char* function);
    void run_rcu_callbacks();

    void count_event(const Event& event);
    /// Instructions with nothing between them count as one event: in how many they are told depends
    /// on who listens, and a run must not end sooner for that.
    inline void note_instruction();
    void tell_instruction(TaskId task, std::uint64_t ip, bool branch, std::string_view bytes);
    void emit_event(EventKind kind, std::initializer_list<std::int64_t> values,
                    std::string_view text);
    void save_stacks(Snapshot& into);
    void set_name(ArenaArray<NameText>& names, std::uint32_t index, std::string_view name);
    static std::string_view name_of(const ArenaArray<NameText>& names, std::uint32_t index);
    FiberStack stack_of(std::uint32_t actor);
    void start_state();
    static void arena_is_low(void* world);

    Arena arena_;
    State* state_ = nullptr;
    std::size_t start_mark_ = 0;  ///< the arena's use when construction was done
    BranchingLog<ArenaObject>::Moment start_objects_;
    /// The step at which the host must have control even if the same actor would go on.
    std::uint64_t control_at_ = 0;
    /// The same for a step that is an instruction in user mode. Faults that wait for an instruction
    /// to be over are none of its business, so that many can go by at once.
    std::uint64_t control_in_user_at_ = 0;
    std::uint64_t next_control_ = 0;  ///< the step before which the run loop must look around
    /// The step before which the chooser is known to let the same actor go on.
    std::uint64_t sure_until_ = 0;
    bool ask_always_ = false;  ///< the chooser wants to see steps without a choice
    bool stop_requested_ = false;
    bool running_ = false;
    bool wipe_stacks_ = false;
    bool strides_ = true;
    EventSink* sink_ = nullptr;
    EventSink* instruction_sink_ = nullptr;  ///< `sink_`, or who hears of those in its place
    Event instruction_;                      ///< what is the same of all that are told
    PointObserver* observer_ = nullptr;
    FaultPlan faults_;
    FaultSource* fault_source_ = nullptr;
    RunDigest* digest_ = nullptr;
    std::uint64_t pause_at_ = never;
    WorldOptions options_;
    FiberHost host_;
    std::size_t stack_slot_ = 0;
    std::uint32_t stacks_guarded_ = 0;
    std::vector<ActorId> ready_ids_;
    std::uint64_t listed_ready_ = 0;  ///< whom `ready_ids_` has, where the first 64 are all
    std::size_t listed_count_ = 0;
    ScheduleLog runs_;
    BranchingLog<OtherChoice> others_;
    std::shared_ptr<ImageUse> image_use_ = std::make_shared<ImageUse>();
    MemoryKeeper objects_{image_use_};
    std::vector<Ref<StackImage>> stacks_;  ///< that were saved or put back last, by actor
    std::vector<SnapshotHook*> hooks_;
    std::vector<const char*> texts_;
    std::map<std::string_view, std::uint32_t> text_ids_;
    std::set<std::string, std::less<>> name_texts_;  ///< of all names, each once
    std::uint64_t resets_ = 0;
    const char* stop_detail_ = "";
    RunEnd stop_as_ = RunEnd::stopped;
    const std::atomic<bool>* interrupt_ = nullptr;
    mutable std::string end_detail_;
    mutable bool end_waits_ = false;  ///< `end_detail_` is still to be made from who waits
    Names names_;

    static constexpr std::uint64_t never = ~std::uint64_t{0};
};

/// A seam: whether the semantics of the World that `object` lives in decided for `value`.
template <typename Decision>
bool decided(const void* object, Decision value) {
    return World::of(object).semantics->decided(value);
}

/// A seam of the other kind: whether that World repeats an old mistake.
inline bool quirk(const void* object, Quirk which) {
    return World::of(object).semantics->has(which);
}

}  // namespace utsim
