// SPDX-License-Identifier: MIT
// Each invariant fires on a trace that breaks it and is silent on one that does not.
#include "contract/invariants.hpp"

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "kernel/signal_types.hpp"
#include "kernel/task.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

class PlainNames final : public NameTable {
public:
    std::string_view actor(ActorId) const override { return "actor"; }
    std::string_view task(TaskId) const override { return "t"; }
    std::string_view engine(EngineId) const override { return "e"; }
    std::string_view static_text(std::uint32_t index) const override {
        return index == 1 ? "use after free" : "something";
    }
};

/// Tells an Invariants monitor a small story about task 1 and engine 0.
class Story {
public:
    Story() : monitor(names) {
        tell(EventKind::task_state, {1, TASK_RUNNING, 0});
        tell(EventKind::api, {static_cast<int>(ApiCall::attach), 1, 0, 0, 0, 0});
        tell(EventKind::api,
             {static_cast<int>(ApiCall::set_events), 1, 0, 0, UTRACE_EVENT(EVENT_QUIESCE), 0});
    }
    void tell(EventKind kind, std::initializer_list<std::uint64_t> values) {
        Event event;
        event.kind = kind;
        event.step = ++step;
        std::size_t i = 0;
        for (const std::uint64_t value : values)
            event.value[i++] = static_cast<std::int64_t>(value);
        monitor.emit(event);
    }
    void control(ResumeAction action, int result) {
        const std::uint64_t call = static_cast<std::uint64_t>(ApiCall::control);
        tell(EventKind::api_enter, {call, 1, 0, action, 0});
        tell(EventKind::api, {call, 1, 0, action, 0, static_cast<std::uint64_t>(result)});
    }
    void callback(CallbackKind kind, std::uint32_t answer) {
        tell(EventKind::callback, {1, 0, static_cast<std::uint64_t>(kind), UTRACE_RESUME, 0});
        tell(EventKind::callback_end, {1, 0, static_cast<std::uint64_t>(kind), answer});
    }
    void stop_bit(bool on) { tell(EventKind::engine_stop, {1, 0, on ? 1u : 0u}); }
    void instruction() { tell(EventKind::instruction, {1, 0x1000, 1, 0}); }
    void state(long value, int exit_state = 0) {
        tell(EventKind::task_state,
             {1, static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(exit_state)});
    }
    std::string rules() const {
        std::string all;
        for (const Violation& violation : monitor.violations()) all += violation.rule + " ";
        return all;
    }

    PlainNames names;
    Invariants monitor;
    std::uint64_t step = 0;
};

}  // namespace

TEST_CASE("I1: no user code while a granted stop holds", "[contract]") {
    Story story;
    story.stop_bit(true);
    story.control(UTRACE_STOP, 0);
    SECTION("broken") {
        story.instruction();
        CHECK(story.rules() == "I1 ");
    }
    SECTION("kept: resumed first") {
        story.stop_bit(false);
        story.control(UTRACE_RESUME, 0);
        story.instruction();
        CHECK(story.rules().empty());
    }
    SECTION("kept: killed") {
        story.tell(EventKind::signal_generated, {1, K_SIGKILL, 1, 0, 1});
        story.instruction();
        CHECK(story.rules().empty());
    }
}

TEST_CASE("I2: whoever stays traced is held by an engine", "[contract]") {
    Story story;
    story.state(TASK_TRACED);
    SECTION("broken") {
        story.monitor.finish(RunEnd::quiet, 99);
        CHECK(story.rules() == "I2 ");
    }
    SECTION("kept") {
        story.stop_bit(true);
        story.monitor.finish(RunEnd::quiet, 99);
        CHECK(story.rules().empty());
    }
}

TEST_CASE("I3 and I5: a request leads to a callback before user code", "[contract]") {
    const bool report = GENERATE(true, false);
    Story story;
    story.control(report ? UTRACE_REPORT : UTRACE_STOP, report ? 0 : -K_EINPROGRESS);
    SECTION("broken") {
        story.instruction();
        CHECK(story.rules() == (report ? "I3 " : "I5 "));
    }
    SECTION("kept") {
        story.callback(CallbackKind::quiesce, UTRACE_RESUME);
        story.instruction();
        CHECK(story.rules().empty());
    }
    SECTION("kept: the engine left") {
        story.control(UTRACE_DETACH, 0);
        story.instruction();
        CHECK(story.rules().empty());
    }
}

TEST_CASE("I9: a killed task dies", "[contract]") {
    Story story;
    story.tell(EventKind::signal_generated, {1, K_SIGKILL, 1, 0, 1});
    SECTION("broken") {
        story.state(TASK_TRACED);
        story.monitor.finish(RunEnd::quiet, 99);
        CHECK(story.rules() == "I9 ");
    }
    SECTION("kept") {
        story.state(TASK_DEAD, EXIT_ZOMBIE);
        story.monitor.finish(RunEnd::quiet, 99);
        CHECK(story.rules().empty());
    }
}

TEST_CASE("I14 to I17: what ends or taints a run", "[contract]") {
    Story story;
    SECTION("release twice") {
        story.tell(EventKind::engine_release, {0});
        CHECK(story.rules().empty());
        story.tell(EventKind::engine_release, {0});
        CHECK(story.rules() == "I14 ");
    }
    SECTION("freed memory") {
        story.tell(EventKind::bug, {0, 1});
        CHECK(story.rules() == "I14 ");
    }
    SECTION("BUG_ON") {
        story.tell(EventKind::bug, {0, 0});
        CHECK(story.rules() == "I16 ");
    }
    SECTION("sleep in atomic") {
        story.tell(EventKind::sleep_in_atomic, {0, 0, 0, 1});
        CHECK(story.rules() == "I15 ");
    }
    SECTION("deadlock") {
        story.monitor.finish(RunEnd::deadlock, 5);
        CHECK(story.rules() == "I17 ");
    }
    SECTION("a quiet end") {
        story.monitor.finish(RunEnd::quiet, 5);
        CHECK(story.rules().empty());
    }
}

TEST_CASE("a monitor follows a jump back", "[contract]") {
    Story story;
    story.stop_bit(true);
    story.control(UTRACE_STOP, 0);
    const std::uint64_t mark = story.monitor.mark();
    story.instruction();
    REQUIRE(story.rules() == "I1 ");
    story.monitor.rewind(mark);
    CHECK(story.rules().empty());
    story.instruction();
    CHECK(story.rules() == "I1 ");
}
