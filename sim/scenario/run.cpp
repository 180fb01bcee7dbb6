// SPDX-License-Identifier: MIT
// The World is built once and kept as a snapshot; a new run is a restore. What the building itself
// emitted is kept too, and is told again at the start of each run.
#include "scenario/run.hpp"

#include <algorithm>

#include "kernel/faults.hpp"
#include "kernel/kernel.hpp"
#include "kernel/page_hook.hpp"
#include "sched/schedule.hpp"

namespace utsim {

namespace {

/// Keeps events with their texts.
class EventKeeper final : public EventSink {
public:
    void emit(const Event& event) override { kept_.push_back({event, std::string(event.text)}); }
    std::uint64_t mark() const override { return kept_.size(); }
    void rewind(std::uint64_t mark) override { kept_.resize(mark); }
    void tell(EventSink& sink) const {
        for (const Kept& kept : kept_) {
            Event event = kept.event;
            event.text = kept.text;
            sink.emit(event);
        }
    }

private:
    struct Kept {
        Event event;
        std::string text;
    };
    std::vector<Kept> kept_;
};

}  // namespace

WorldOptions scenario_world_options(const ScenarioData& data, const ScenarioRunOptions& options) {
    WorldOptions world;
    world.granularity = options.granularity;
    world.quantum = options.quantum;
    if (data.max_steps != 0) world.limits.max_steps = data.max_steps;
    if (data.max_instructions != 0) world.limits.max_instructions = data.max_instructions;
    if (data.max_events != 0) world.limits.max_events = data.max_events;
    if (data.max_output != 0) world.limits.max_output = data.max_output;
    if (data.max_actors != 0) world.limits.max_actors = data.max_actors;
    if (options.max_steps != 0) world.limits.max_steps = options.max_steps;
    if (options.max_instructions != 0) world.limits.max_instructions = options.max_instructions;
    // Those that the file itself names, and init, are always allowed.
    const std::size_t named = 1 + data.tasks.size() + data.controllers.size();
    world.limits.max_actors = std::max(world.limits.max_actors, static_cast<std::uint32_t>(named));
    return world;
}

struct ScenarioRun::Parts {
    Parts(const ScenarioRunOptions& options, std::vector<AddedEngine> engines)
        : semantics(options.semantics),
          faults(options.faults.signal),
          added(std::move(engines)) {}

    Semantics semantics;
    KernelFaults faults;
    std::vector<AddedEngine> added;
    PageHook pages;
    EventKeeper prologue;
    std::unique_ptr<ExpectMonitor> monitor;
    ScriptContext* context = nullptr;
    EventSink* sink = nullptr;
    World::Snapshot start;
    RunEnd end = RunEnd::paused;
    bool judging = true;
    bool begun = false;
};

ScenarioRun::ScenarioRun(const Scenario& scenario, const ScenarioRunOptions& options,
                         std::vector<AddedEngine> added)
    : scenario_(scenario),
      parts_(std::make_unique<Parts>(options, std::move(added))),
      world_(std::make_unique<World>(scenario_world_options(scenario.data(), options))) {
    Parts& p = *parts_;
    world_->semantics = &p.semantics;
    world_->add_hook(&p.pages);
    world_->set_sink(&p.prologue);
    p.context = build_scenario(scenario_.data(), *world_, p.pages.pool(), p.added);
    world_->set_sink(nullptr);
    if (options.faults.any()) {
        world_->set_faults(options.faults, &p.faults);
        world_->kernel->machine.allocations_can_fail = options.faults.allocations;
    }
    p.start = world_->snapshot();
    p.monitor =
        std::make_unique<ExpectMonitor>(scenario_, p.semantics, world_->names(), options.any_order);
    set_sink(nullptr);
}

ScenarioRun::~ScenarioRun() = default;

void ScenarioRun::restart() {
    Parts& p = *parts_;
    p.monitor->restart();
    world_->set_sink(nullptr);  // what was emitted is not to be undone piece by piece
    world_->restore(p.start);
    p.begun = false;
    p.end = RunEnd::paused;
    set_sink(p.sink);
}

void ScenarioRun::set_sink(EventSink* sink) {
    Parts& p = *parts_;
    p.sink = sink;
    p.monitor->set_next(sink);
    world_->set_sink(p.judging ? p.monitor.get() : sink);
}

void ScenarioRun::judge_expectations(bool on) {
    parts_->judging = on;
    set_sink(parts_->sink);
}

RunEnd ScenarioRun::run(Chooser& chooser) {
    Parts& p = *parts_;
    if (!p.begun) {
        p.begun = true;
        if (EventSink* sink = world_->sink()) p.prologue.tell(*sink);
    }
    return world_->run(chooser);
}

void ScenarioRun::finish(RunEnd end) {
    parts_->end = end;
    tell_end(*world_, end);
}

void tell_end(World& world, RunEnd end) {
    EventSink* sink = world.sink();
    if (sink == nullptr) return;
    const Kernel& kernel = *world.kernel;
    for (std::uint32_t i = 0; i < kernel.by_id.size; ++i) {
        const Task* task = kernel.by_id[i];
        if (!task->born || task == kernel.init || task->usage.freed()) continue;
        const SignalStruct* signal = task->signal;
        world.emit(EventKind::end_task, task->id.value, task->state.peek(), task->exit_state.peek(),
                   task->regs.rip, task->exit_code, task->pending.signal,
                   signal != nullptr ? signal->shared_pending.signal : 0);
    }
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        const Actor& actor = world.actor(ActorId{i});
        if (actor.state != ActorState::blocked && actor.state != ActorState::sleeping) continue;
        if (actor.reason == BlockReason::user_idle || actor.reason == BlockReason::dead ||
            actor.waits_in[0] == '\0') {
            continue;
        }
        Event event;
        event.kind = EventKind::blocked;
        event.actor = actor.id;
        event.step = world.step();
        event.value[0] = world.text_id(actor.waits_in);
        sink->emit(event);
    }
    world.emit_text(EventKind::run_end, world.end_detail(), world.text_id(run_end_name(end)));
}

std::vector<ExpectationResult> ScenarioRun::results() const {
    return judge(scenario_, *parts_->monitor, *parts_->context, parts_->end);
}

bool ScenarioRun::violated() const {
    const Parts& p = *parts_;
    if (p.monitor->violated() || p.context->wrong_answers != 0) return true;
    if (p.end == RunEnd::paused) return false;  // nothing else is decided yet
    const std::vector<ExpectationResult> all = results();
    return std::any_of(all.begin(), all.end(), [](const ExpectationResult& result) {
        return result.verdict == Verdict::violated;
    });
}

bool ScenarioRun::ends_as_expected(RunEnd end) const {
    return is_expected_end(scenario_.data(), *parts_->monitor, end);
}

RunReport ScenarioRun::report(RunEnd end) const {
    RunReport report;
    report.end = run_end_name(end);
    report.end_detail = world_->end_detail();
    report.steps = world_->step();
    report.instructions = world_->instructions();
    report.schedule = format_schedule(schedule_so_far(*world_));
    report.expectations = results();
    report.end_as_expected = ends_as_expected(end);
    return report;
}

const EngineOps* ScenarioRun::engine_ops(std::string_view name) const {
    const ScriptContext& context = *parts_->context;
    for (std::uint16_t i = 0; i < context.engine_count; ++i) {
        if (context.engines[i].name == name) return context.engines[i].ops;
    }
    return nullptr;
}

}  // namespace utsim
