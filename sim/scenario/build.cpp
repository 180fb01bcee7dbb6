// SPDX-License-Identifier: MIT
// Actors get their ids in the order tasks, controllers, so that a schedule's letters follow the
// file. Everything is plain data copied into the arena; texts stay with the scenario, which
// outlives it.
#include "scenario/build.hpp"

#include <algorithm>

#include "cpu/image.hpp"
#include "engines/ptrace/ptrace_engine.hpp"
#include "engines/syscall_log.hpp"
#include "kernel/boot.hpp"
#include "process/process.hpp"
#include "process/timers.hpp"

namespace utsim {

namespace {

/// Where signal handlers of real code return to: a page of its own with `rt_sigreturn` in it.
constexpr std::uint64_t restorer_address = 0x7ffff0000000;
constexpr std::uint8_t restorer_code[] = {0xb8, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
constexpr int nr_sigreturn = 15;

// Nothing that becomes one item of these has fewer JSON values than one, so a scenario within its
// limits always fits.
constexpr std::size_t fixed_space = Arena::fixed_limit - Arena::object_limit;
static_assert(ScenarioLimits::values * sizeof(ProgramOp) < fixed_space);
static_assert(ScenarioLimits::values * sizeof(ScriptedAnswer) < fixed_space);
static_assert(ScenarioLimits::values * sizeof(ScriptStep) < fixed_space);

/// What no run changes: it lies where snapshots need not look.
template <typename T>
T* copy_to_arena(Arena& arena, const std::vector<T>& items) {
    if (items.empty()) return nullptr;
    T* first = arena.make_fixed_array<T>(items.size());
    std::copy(items.begin(), items.end(), first);
    return first;
}

class Builder {
public:
    Builder(const ScenarioData& scenario, World& world, cpu::PagePool& pages,
            const std::vector<AddedEngine>& added)
        : scenario_(scenario),
          world_(world),
          pages_(pages),
          added_(added) {}

    ScriptContext* build() {
        MachineOptions machine;
        machine.has_single_step = scenario_.has_single_step;
        machine.has_block_step = scenario_.has_block_step;
        Kernel* kernel = boot_kernel(world_, machine, &pages_);
        kernel->ptrace = &ptrace_hooks();
        context_ = world_.arena().make<ScriptContext>();
        context_->world = &world_;
        context_->kernel = kernel;
        if (scenario_.tree != nullptr) {
            boot_processes(*kernel, scenario_.tree.get(), scenario_.input, 0);
        }
        make_tables();
        make_programs();
        for (std::size_t i = 0; i < scenario_.tasks.size(); ++i) make_task(i);
        make_controllers();
        if (scenario_.tree != nullptr) start_timers(*kernel);
        adopt_children();
        patch_programs();
        make_engines();
        kernel->state_changed = [](Kernel& k) {
            notify_awaits(*static_cast<ScriptContext*>(k.state_changed_argument));
        };
        kernel->state_changed_argument = context_;
        attach_engines();
        return context_;
    }

private:
    Arena& arena() { return world_.arena(); }

    void make_tables() {
        ScriptContext& c = *context_;
        c.task_count = static_cast<std::uint16_t>(scenario_.tasks.size());
        c.engine_count = static_cast<std::uint16_t>(scenario_.engines.size() + new_engines());
        c.flag_count = static_cast<std::uint16_t>(scenario_.flags.size());
        c.controller_count = static_cast<std::uint16_t>(scenario_.controllers.size());
        c.tasks = arena().make_array<TaskSlot>(c.task_count);
        c.engines = arena().make_array<EngineSlot>(c.engine_count);
        c.flags = arena().make_array<bool>(c.flag_count);
        c.controllers = arena().make_array<ScriptController>(c.controller_count);
        c.registers = copy_to_arena(arena(), scenario_.registers);
        c.results = arena().make_array<ScriptContext::StepResult>(scenario_.steps.size());
        c.texts = names(scenario_.texts);
        c.flag_names = names(scenario_.flags);
    }

    const char** names(const std::vector<std::string>& texts) {
        const char** first = arena().make_fixed_array<const char*>(texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) first[i] = texts[i].c_str();
        return first;
    }

    // --- programs -----------------------------------------------------------------------------

    void make_programs() {
        programs_ = arena().make_fixed_array<Program*>(scenario_.tasks.size());
        for (std::size_t i = 0; i < scenario_.tasks.size(); ++i) {
            const TaskData& task = scenario_.tasks[i];
            if (task.level != ProgramLevel::abstract) continue;
            Program* program = make_ops(task.ops, program_base, false);
            program->idle_at_end = task.idle_at_end;
            if (task.child) program->child_name = task.name.c_str();
            programs_[i] = program;
            Program* last = program;
            for (const HandlerData& handler : task.handlers) {
                last->next = make_ops(handler.ops, handler.action.handler, true);
                last = last->next;
            }
        }
    }

    Program* make_ops(const std::vector<ProgramOpData>& ops, std::uint64_t base, bool handler) {
        std::vector<ProgramOp> all;
        all.reserve(ops.size() + 1);
        for (const ProgramOpData& data : ops) all.push_back(data.op);
        if (handler) {
            ProgramOp back;
            back.kind = OpKind::sigreturn;
            back.nr = nr_sigreturn;
            all.push_back(back);
        }
        return make_fixed_program(world_, base, all);
    }

    /// Tasks have ids now, and every program exists.
    void patch_programs() {
        for (std::size_t i = 0; i < scenario_.tasks.size(); ++i) {
            const TaskData& task = scenario_.tasks[i];
            Program* program = programs_[i];
            if (program == nullptr) continue;
            patch(task.ops, program, i);
            Program* next = program->next;
            for (const HandlerData& handler : task.handlers) {
                patch(handler.ops, next, i);
                next = next->next;
            }
        }
    }

    void patch(const std::vector<ProgramOpData>& ops, Program* program, std::size_t task) {
        for (std::size_t i = 0; i < ops.size(); ++i) {
            ProgramOp& op = program->ops[i];
            if (ops[i].child >= 0) {
                const auto child = static_cast<std::size_t>(ops[i].child);
                op.child = programs_[child];
                // A child inherits dispositions, and so it needs the handlers behind them.
                if (op.child->next == nullptr && child != task) {
                    op.child->next = programs_[task]->next;
                }
            }
            if (ops[i].signalled < 0) continue;
            const Task* target = context_->tasks[ops[i].signalled].task;
            if (target != nullptr) {
                op.target = target->id.value;
            } else {
                op.child = programs_[static_cast<std::size_t>(ops[i].signalled)];
                op.target = max_tasks;  // nobody, until it is born
            }
        }
    }

    // --- tasks --------------------------------------------------------------------------------

    void make_task(std::size_t index) {
        const TaskData& data = scenario_.tasks[index];
        TaskSlot& slot = context_->tasks[index];
        slot.name = data.name.c_str();
        if (data.child) {
            slot.program = programs_[index];
            return;
        }
        TaskSpec spec;
        spec.name = data.name;
        spec.pid = data.pid;
        spec.program = programs_[index];
        if (data.kernel_thread) spec.flags = PF_KTHREAD;
        spec.blocked = data.blocked;
        spec.parent_ignores_sigchld = data.autoreap;
        spec.orphaned_pgrp = data.orphaned_pgrp;
        if (data.parent_task >= 0) spec.parent = context_->tasks[data.parent_task].task;
        if (data.image != nullptr) load_code(data, spec);
        slot.task = create_task(*context_->kernel, spec);
        get_task_struct(slot.task);
        if (data.exec.has_value()) make_process(data, slot.task);
        set_dispositions(data, slot.task);
    }

    void make_process(const TaskData& data, Task* task) {
        ProcessSpec spec;
        spec.path = data.exec->path;
        spec.cwd = data.exec->cwd;
        const std::uint32_t id = data.exec->uid;
        spec.cred = {id, id, id, id, id, id};
        spec.texts = places_;
        begin_process(task, spec);
    }

    void load_code(const TaskData& data, TaskSpec& spec) {
        spec.space = cpu::AddressSpace::create(arena(), pages_);
        spec.regs.rip = data.image->entry;
        std::vector<std::string_view> arguments(data.argv.begin(), data.argv.end());
        std::vector<std::string_view> environment(data.env.begin(), data.env.end());
        cpu::InitialStack stack;
        stack.arguments = arguments;
        stack.environment = environment;
        stack.file = arguments.empty() ? std::string_view(data.name) : arguments[0];
        if (data.exec.has_value()) {
            stack.user = stack.effective_user = stack.group = stack.effective_group =
                data.exec->uid;
            stack.file = data.exec->path;
        }
        std::int64_t top = cpu::load_image(*data.image, *spec.space);
        if (top == 0) {
            top = cpu::build_initial_stack(*data.image, *spec.space, stack, &places_);
        }
        if (top < 0) {
            // As a kernel that finds out too late: the new program dies at its first instruction.
            world_.emit_text(EventKind::note, "the program does not fit into memory");
            spec.space->clear();
            top = 0;
        }
        spec.regs.gpr[4] = static_cast<std::uint64_t>(top);
        if (!data.handlers.empty()) map_restorer(*spec.space);
    }

    static void map_restorer(cpu::AddressSpace& space) {
        using cpu::Protection;
        space.map(restorer_address, cpu::page_size, Protection::read | Protection::exec,
                  cpu::Placement::fixed);
        space.write_force(restorer_address, restorer_code, sizeof restorer_code);
    }

    void set_dispositions(const TaskData& data, Task* task) {
        for (int signal = 1; signal <= signal_count; ++signal) {
            if (!in_set(data.ignored, signal)) continue;
            KSigaction ignore;
            ignore.handler = K_SIG_IGN;
            set_disposition(task, signal, ignore);
        }
        for (const HandlerData& handler : data.handlers) {
            KSigaction action = handler.action;
            if (data.image != nullptr) {
                action.restorer = restorer_address;
                action.flags |= K_SA_RESTORER;
            }
            set_disposition(task, handler.signal, action);
        }
        for (const RegisterValue& value : data.registers) {
            set_user_register(*task, value.name, value.value);
        }
    }

    void make_controllers() {
        for (std::size_t i = 0; i < scenario_.controllers.size(); ++i) {
            const ControllerData& data = scenario_.controllers[i];
            ScriptController& controller = context_->controllers[i];
            controller.context = context_;
            controller.name = data.name.c_str();
            controller.steps = copy_to_arena(arena(), data.steps);
            controller.count = static_cast<std::uint32_t>(data.steps.size());
            controller.task = create_kthread(*context_->kernel, data.name, &run_controller,
                                             &controller, data.pid);
        }
    }

    /// Tasks whose parent is a controller; it did not exist when they were made.
    void adopt_children() {
        for (std::size_t i = 0; i < scenario_.tasks.size(); ++i) {
            if (scenario_.tasks[i].parent < 0) continue;
            Task* task = context_->tasks[i].task;
            Task* parent = context_->controllers[scenario_.tasks[i].parent].task;
            task->real_parent = task->parent = parent;
            list_move_tail(&task->sibling, &parent->children);
        }
    }

    // --- engines ------------------------------------------------------------------------------

    std::size_t new_engines() const {
        std::size_t count = 0;
        for (const AddedEngine& engine : added_) count += slot_named(engine.spec.name) < 0 ? 1 : 0;
        return count;
    }

    int slot_named(std::string_view name) const {
        for (std::size_t i = 0; i < scenario_.engines.size(); ++i) {
            if (scenario_.engines[i].name == name) return static_cast<int>(i);
        }
        return -1;
    }

    void make_engines() {
        for (std::size_t i = 0; i < scenario_.engines.size(); ++i) {
            const EngineData& data = scenario_.engines[i];
            EngineSlot& slot = context_->engines[i];
            slot.name = data.name.c_str();
            slot.data = data.data;
            slot.events = data.events;
            slot.start_action = data.start_action;
            slot.task = data.task >= 0 ? static_cast<std::uint16_t>(data.task) : no_index;
            slot.ops = make_ops(data, static_cast<std::uint16_t>(i));
        }
        std::size_t next = scenario_.engines.size();
        for (const AddedEngine& engine : added_) {
            void* memory = arena().allocate(engine.size, engine.align);
            const int known = slot_named(engine.spec.name);
            const std::size_t index = known >= 0 ? static_cast<std::size_t>(known) : next++;
            EngineSlot& slot = context_->engines[index];
            slot.ops = engine.make(memory);
            slot.foreign = true;
            if (known >= 0) continue;
            slot.name = engine.spec.name.c_str();
            slot.events = engine.spec.events;
            slot.task = task_named(engine.spec.task);
        }
    }

    std::uint16_t task_named(std::string_view name) const {
        for (std::uint16_t i = 0; i < context_->task_count; ++i) {
            if (context_->tasks[i].name == name) return i;
        }
        return no_index;
    }

    EngineOps* make_ops(const EngineData& data, std::uint16_t slot) {
        Arena& a = arena();
        switch (data.kind) {
            case EngineKind::scripted:
                return make_scripted(data, slot);
            case EngineKind::stepper:
                return a.make_fixed<Stepper>(context_, slot, data.stepper, a.make<StepperState>());
            case EngineKind::syscall_log:
                return a.make_fixed<SyscallLog>(context_, slot, a.make<SyscallLogState>());
            case EngineKind::guard:
                return make_guard(data, slot);
            case EngineKind::external:
                return nullptr;  // somebody adds it, or attach says EINVAL
        }
        return nullptr;
    }

    EngineOps* make_guard(const EngineData& data, std::uint16_t slot) {
        auto* config = arena().make_fixed<GuardConfig>();
        config->rules = copy_to_arena(arena(), data.guard_rules);
        config->rule_count = static_cast<std::uint32_t>(data.guard_rules.size());
        config->values = copy_to_arena(arena(), data.guard_values);
        config->abort_others = data.guard_aborts_others;
        config->revisit = data.guard_revisits;
        return arena().make_fixed<Guard>(context_, slot, config, arena().make<GuardState>());
    }

    EngineOps* make_scripted(const EngineData& data, std::uint16_t slot) {
        auto* plan = arena().make_fixed<ScriptedPlan>();
        plan->answers = copy_to_arena(arena(), data.answers);
        plan->queues = copy_to_arena(arena(), data.queues);
        plan->rules = copy_to_arena(arena(), data.rules);
        plan->defaults = copy_to_arena(arena(), data.defaults);
        plan->steps = copy_to_arena(arena(), data.steps);
        plan->answer_count = static_cast<std::uint32_t>(data.answers.size());
        plan->queue_count = static_cast<std::uint32_t>(data.queues.size());
        plan->rule_count = static_cast<std::uint32_t>(data.rules.size());
        plan->default_count = static_cast<std::uint32_t>(data.defaults.size());
        plan->step_count = static_cast<std::uint32_t>(data.steps.size());
        plan->lacks = data.lacks;
        auto* state = arena().make<ScriptedState>();
        state->used = arena().make_array<std::uint32_t>(data.queues.size());
        state->matched = arena().make_array<std::uint32_t>(data.rules.size());
        return arena().make_fixed<ScriptedEngine>(context_, slot, plan, state);
    }

    void attach_engines() {
        for (std::size_t i = 0; i < scenario_.engines.size(); ++i) {
            if (scenario_.engines[i].attached_at_start) attach(context_->engines[i]);
        }
        std::size_t next = scenario_.engines.size();
        for (const AddedEngine& engine : added_) {
            if (slot_named(engine.spec.name) >= 0) continue;
            attach(context_->engines[next++]);
        }
    }

    void attach(EngineSlot& slot) {
        Task* task = slot.task != no_index ? context_->tasks[slot.task].task : nullptr;
        if (task == nullptr || slot.ops == nullptr) return;
        const AttachResult result =
            utrace_attach_task(task, UTRACE_ATTACH_CREATE, slot.ops, slot.data);
        if (result.engine == nullptr) return;  // a kernel thread: the trace has the answer
        note_attached(*context_, slot, result);
        begin_tracing(slot, task);
    }

    cpu::StackPlaces places_;  ///< of the program that was loaded last
    const ScenarioData& scenario_;
    World& world_;
    cpu::PagePool& pages_;
    const std::vector<AddedEngine>& added_;
    ScriptContext* context_ = nullptr;
    Program** programs_ = nullptr;
};

}  // namespace

ScriptContext* build_scenario(const ScenarioData& scenario, World& world, cpu::PagePool& pages,
                              const std::vector<AddedEngine>& added) {
    return Builder(scenario, world, pages, added).build();
}

EngineObjects engine_objects(const ScriptContext& context, const ScenarioData& scenario,
                             std::size_t engine) {
    EngineObjects objects;
    if (engine >= scenario.engines.size() || context.engines[engine].foreign) return objects;
    const EngineOps* ops = context.engines[engine].ops;
    if (scenario.engines[engine].kind == EngineKind::stepper) {
        objects.stepper = &static_cast<const Stepper*>(ops)->seen();
    } else if (scenario.engines[engine].kind == EngineKind::guard) {
        objects.guard = &static_cast<const Guard*>(ops)->seen();
    }
    return objects;
}

}  // namespace utsim
