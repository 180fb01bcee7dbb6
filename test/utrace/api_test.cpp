// SPDX-License-Identifier: MIT
// The API's answers, one by one, called from a controller on an idle task; and what the layer does
// when it meets what must not be.
#include <utsim/engine.hpp>

#include "kernel/boot.hpp"
#include "sched/choosers.hpp"
#include "support/testing.hpp"
#include "utrace/utrace_struct.hpp"

using namespace utsim;

namespace {

class Quiet final : public EngineOps {};

/// A table without report_quiesce, which no engine with QUIESCE may have.
class NoQuiesce final : public EngineOps {
public:
    std::uint32_t provides() const override { return 0; }
};

struct Bench {
    Task* target = nullptr;
    Task* kernel_thread = nullptr;
    Quiet* ops = nullptr;
    Quiet* other_ops = nullptr;
    NoQuiesce* broken_ops = nullptr;
    void (*body)(Bench&) = nullptr;
};

void controller(void* argument) {
    Bench& bench = *static_cast<Bench*>(argument);
    bench.body(bench);
}

/// Runs `body` as a controller beside a task that idles in user mode. The body is on a fiber:
/// Catch2's CHECK works there, REQUIRE (which throws) does not.
RunEnd with_target(void (*body)(Bench&)) {
    World world;
    Kernel* kernel = boot_kernel(world);
    Bench* bench = world.arena().make<Bench>();
    Program* program = make_program(world);
    program->idle_at_end = true;
    TaskSpec spec;
    spec.name = "target";
    spec.program = program;
    bench->target = create_task(*kernel, spec);
    bench->kernel_thread = create_kthread(*kernel, "kthread", nullptr, nullptr);
    bench->ops = world.arena().make<Quiet>();
    bench->other_ops = world.arena().make<Quiet>();
    bench->broken_ops = world.arena().make<NoQuiesce>();
    bench->body = body;
    create_kthread(*kernel, "controller", controller, bench);
    Serial serial;
    return world.run(serial);
}

Engine* attach(Bench& b, std::uint64_t events) {
    Engine* engine = utrace_attach_task(b.target, UTRACE_ATTACH_CREATE, b.ops, 0).engine;
    CHECK(engine != nullptr);
    CHECK(utrace_set_events(b.target, engine, events) == 0);
    return engine;
}

}  // namespace

TEST_CASE("attach refuses what it must", "[utrace]") {
    const RunEnd end = with_target([](Bench& b) {
        CHECK(utrace_attach_task(b.target, 0, b.ops, 0).error == -K_ENOENT);
        CHECK(utrace_attach_task(b.target, UTRACE_ATTACH_CREATE, nullptr, 0).error == -K_EINVAL);
        CHECK(utrace_attach_task(b.target, UTRACE_ATTACH_CREATE, utrace_detached_ops(), 0).error ==
              -K_EINVAL);
        CHECK(utrace_attach_task(b.kernel_thread, UTRACE_ATTACH_CREATE, b.ops, 0).error ==
              -K_EPERM);
        Engine* engine = utrace_attach_task(b.target, UTRACE_ATTACH_CREATE, b.ops, 7).engine;
        CHECK(engine != nullptr);
        const int exclusive = UTRACE_ATTACH_CREATE | UTRACE_ATTACH_EXCLUSIVE;
        CHECK(utrace_attach_task(b.target, exclusive | UTRACE_ATTACH_MATCH_OPS, b.ops, 0).error ==
              -K_EEXIST);
        CHECK(utrace_attach_task(b.target, UTRACE_ATTACH_MATCH_DATA, nullptr, 7).engine == engine);
        CHECK(utrace_attach_task(b.target, UTRACE_ATTACH_MATCH_OPS, b.other_ops, 0).error ==
              -K_ENOENT);
        CHECK(utrace_attach_pid(b.target, 9999, UTRACE_ATTACH_CREATE, b.ops, 0).error == -K_ESRCH);
    });
    CHECK(end == RunEnd::quiet);
}

TEST_CASE("control answers by action and by what the engine wants", "[utrace]") {
    const RunEnd end = with_target([](Bench& b) {
        Engine* engine = attach(b, 0);
        CHECK(utrace_control(b.target, engine, UTRACE_RESUME_MAX) == -K_EINVAL);
        CHECK(utrace_control(b.target, engine, UTRACE_REPORT) == -K_EINVAL);
        CHECK(utrace_control(b.target, engine, UTRACE_RESUME) == 0);
        CHECK(utrace_set_events(b.target, engine, UTRACE_EVENT(EVENT_QUIESCE)) == 0);
        CHECK(utrace_control(b.target, engine, UTRACE_REPORT) == 0);
        CHECK(utrace_control(b.target, engine, UTRACE_STOP) == -K_EINPROGRESS);
        CHECK(utrace_control(b.target, engine, UTRACE_DETACH) == 0);
        CHECK(utrace_control(b.target, engine, UTRACE_RESUME) == -K_ESRCH);
        CHECK(utrace_set_events(b.target, engine, 0) == -K_ESRCH);
    });
    CHECK(end == RunEnd::quiet);
}

TEST_CASE("the private stop bit cannot be set from outside", "[utrace]") {
    const RunEnd end = with_target([](Bench& b) {
        Engine* engine = attach(b, ENGINE_STOP | UTRACE_EVENT(EVENT_EXIT));
        CHECK(engine->flags.peek() == UTRACE_EVENT(EVENT_EXIT));
        utrace_examiner exam;
        CHECK(utrace_prepare_examine(b.target, engine, &exam) == -K_EINVAL);
        CHECK(utrace_barrier(b.target, engine) == 0);
    });
    CHECK(end == RunEnd::quiet);
}

TEST_CASE("a reference too many given back is a bug of the modelled kernel", "[utrace]") {
    const RunEnd end = with_target([](Bench& b) {
        Engine* engine = attach(b, 0);
        CHECK(engine->kref.references() == 2);
        utrace_engine_put(engine);
        utrace_engine_put(engine);  // the attachment's own
    });
    CHECK(end == RunEnd::bug);
}

TEST_CASE("a callback that the table does not have ends the run as a bug", "[utrace]") {
    const RunEnd end = with_target([](Bench& b) {
        Engine* engine = utrace_attach_task(b.target, UTRACE_ATTACH_CREATE, b.broken_ops, 0).engine;
        CHECK(utrace_set_events(b.target, engine, UTRACE_EVENT(EVENT_QUIESCE)) == 0);
        CHECK(utrace_control(b.target, engine, UTRACE_REPORT) == 0);
    });
    CHECK(end == RunEnd::bug);
}
