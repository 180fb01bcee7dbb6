// SPDX-License-Identifier: MIT
// The stock engines, without a scenario file: what they answer to each callback.
#include "engines/guard.hpp"
#include "engines/scripted.hpp"
#include "engines/stepper.hpp"
#include "engines/syscall_log.hpp"
#include "kernel/boot.hpp"
#include "support/testing.hpp"

namespace {

using namespace utsim;

/// A World with one task and one engine slot; nothing runs.
struct Bench {
    World world;
    Task* task = nullptr;
    ScriptContext* context = nullptr;
    Engine* engine = nullptr;

    Bench() {
        Kernel* kernel = boot_kernel(world);
        TaskSpec spec;
        spec.name = "target";
        spec.program = make_program(world);
        task = create_task(*kernel, spec);
        context = world.arena().make<ScriptContext>();
        context->world = &world;
        context->kernel = kernel;
        context->engines = world.arena().make_array<EngineSlot>(1);
        context->engines[0].name = "engine";
        context->engine_count = 1;
        context->flags = world.arena().make_array<bool>(1);
        context->flag_count = 1;
    }

    void attach(EngineOps* ops) {
        context->engines[0].ops = ops;
        const AttachResult result = utrace_attach_task(task, UTRACE_ATTACH_CREATE, ops, 0);
        REQUIRE(result.engine != nullptr);
        engine = result.engine;
        note_attached(*context, context->engines[0], result);
    }
};

SignalReport step_trap() {
    SignalReport info;
    info.si_signo = K_SIGTRAP;
    info.si_code = K_TRAP_TRACE;
    return info;
}

TEST_CASE("a stepper takes its traps and counts them", "[stepper]") {
    Bench b;
    StepperConfig config;
    config.count = 2;
    config.then = UTRACE_DETACH;
    auto* state = b.world.arena().make<StepperState>();
    auto* stepper = b.world.arena().make<Stepper>(b.context, std::uint16_t{0}, config, state);
    b.attach(stepper);
    CHECK(stepper->report_quiesce(UTRACE_RESUME, *b.engine, 0) == UTRACE_SINGLESTEP);
    SignalReport info = step_trap();
    set_user_register(*b.task, Register::rip, 0x1234);
    constexpr std::uint32_t told = std::uint32_t{UTRACE_SIGNAL_CORE} | UTRACE_RESUME;
    CHECK(stepper->report_signal(told, *b.engine, info) ==
          (std::uint32_t{UTRACE_SIGNAL_IGN} | UTRACE_SINGLESTEP));
    SignalReport other;
    other.si_signo = K_SIGUSR1;
    CHECK(stepper->report_signal(std::uint32_t{UTRACE_SIGNAL_DELIVER} | UTRACE_RESUME, *b.engine,
                                 other) ==
          (std::uint32_t{UTRACE_SIGNAL_DELIVER} | UTRACE_SINGLESTEP));
    CHECK(stepper->report_signal(told, *b.engine, info) ==
          (std::uint32_t{UTRACE_SIGNAL_IGN} | UTRACE_DETACH));
    CHECK(state->steps == 2);
    CHECK(state->position[0] == 0x1234);
    CHECK(b.context->engines[0].calls == 4);
}

TEST_CASE("a guard judges by number and argument", "[guard]") {
    Bench b;
    static constexpr std::uint64_t values[] = {1, 2};
    GuardRule rules[2];
    rules[0] = {1, 0, false, 0, 2};
    rules[1] = {1, GuardRule::no_argument, true, 0, 0};
    auto* config = b.world.arena().make<GuardConfig>();
    config->rules = rules;
    config->rule_count = 2;
    config->values = values;
    auto* state = b.world.arena().make<GuardState>();
    auto* guard = b.world.arena().make<Guard>(b.context, std::uint16_t{0}, config, state);
    b.attach(guard);
    const auto judge = [&](std::uint64_t nr, std::uint64_t argument, std::uint32_t action) {
        set_user_register(*b.task, Register::orig_rax, nr);
        set_user_register(*b.task, Register::rdi, argument);
        return guard->report_syscall_entry(action, *b.engine, *b.task);
    };
    CHECK(judge(1, 2, UTRACE_RESUME) == UTRACE_REPORT);
    CHECK(judge(1, 3, UTRACE_RESUME) == (std::uint32_t{UTRACE_SYSCALL_ABORT} | UTRACE_RESUME));
    CHECK(judge(60, 3, UTRACE_RESUME) == UTRACE_REPORT);
    CHECK(judge(60, 3, std::uint32_t{UTRACE_SYSCALL_ABORT} | UTRACE_STOP) ==
          (std::uint32_t{UTRACE_SYSCALL_ABORT} | UTRACE_REPORT));
    judge(1, 1, UTRACE_SYSCALL_RESUMED);
    CHECK(state->aborted == 1);
    CHECK(state->allowed == 4);
    CHECK(state->revisited == 1);
}

TEST_CASE("a scripted engine looks at queues, rules, defaults in this order", "[scripted]") {
    Bench b;
    ScriptedAnswer answers[5];
    answers[0].resume = UTRACE_STOP;
    answers[1].resume = UTRACE_REPORT;
    answers[2].resume = UTRACE_INTERRUPT;
    answers[3].resume = UTRACE_BLOCKSTEP;
    answers[4].resume = answer_keep;
    constexpr auto quiesce = static_cast<std::uint8_t>(CallbackKind::quiesce);
    ScriptedQueue queues[] = {{{quiesce, CallbackKey::any}, 0, 1}, {{quiesce, 0}, 1, 1}};
    ScriptedRule rule;
    rule.key = {quiesce, CallbackKey::any};
    rule.nth = 2;
    rule.answer = 2;
    ScriptedQueue defaults[] = {{{0xff, CallbackKey::any}, 4, 1}, {{quiesce, 0}, 3, 1}};
    auto* plan = b.world.arena().make<ScriptedPlan>();
    plan->answers = answers;
    plan->queues = queues;
    plan->queue_count = 2;
    plan->rules = &rule;
    plan->rule_count = 1;
    plan->defaults = defaults;
    plan->default_count = 2;
    auto* state = b.world.arena().make<ScriptedState>();
    state->used = b.world.arena().make_array<std::uint32_t>(2);
    state->matched = b.world.arena().make_array<std::uint32_t>(1);
    auto* engine = b.world.arena().make<ScriptedEngine>(b.context, std::uint16_t{0}, plan, state);
    b.attach(engine);
    const auto ask = [&](std::uint64_t event) {
        return engine->report_quiesce(UTRACE_SINGLESTEP, *b.engine, event);
    };
    CHECK(ask(0) == UTRACE_REPORT);  // the queue for this event
    CHECK(ask(0) == UTRACE_STOP);    // the queue for all events
    CHECK(b.context->engines[0].want_stop);
    CHECK(ask(0) == UTRACE_BLOCKSTEP);  // the rule fits the second time; the default for 0
    CHECK(!b.context->engines[0].want_stop);
    CHECK(ask(UTRACE_EVENT(EVENT_EXEC)) == UTRACE_INTERRUPT);   // the rule
    CHECK(ask(UTRACE_EVENT(EVENT_EXEC)) == UTRACE_SINGLESTEP);  // KEEP
}

TEST_CASE("a system call log counts entries, repeats and exits", "[syscall-log]") {
    Bench b;
    auto* state = b.world.arena().make<SyscallLogState>();
    auto* log = b.world.arena().make<SyscallLog>(b.context, std::uint16_t{0}, state);
    b.attach(log);
    log->report_syscall_entry(UTRACE_RESUME, *b.engine, *b.task);
    log->report_syscall_entry(std::uint32_t{UTRACE_SYSCALL_RESUMED} | UTRACE_RESUME, *b.engine,
                              *b.task);
    log->report_syscall_exit(UTRACE_RESUME, *b.engine, *b.task);
    CHECK(state->entries == 1);
    CHECK(state->repeats == 1);
    CHECK(state->exits == 1);
}

}  // namespace
