// SPDX-License-Identifier: MIT
// A callback is not atomic: others may act between its beginning and its answer, also when its body
// has no scheduling point of its own, and unless they do nothing is different (spec 4.31, W-R2).
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <utsim/simulation.hpp>

#include "sched/schedule.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

struct Case {
    CallbackKind kind;
    const char* events;
    const char* program;
    const char* rest;  ///< of the scenario: children, options of the task stand in `program`
    std::int64_t answer;
};

constexpr std::int64_t in_progress = -K_EINPROGRESS;

// The target is A. Who gives up the events of its engine is the last letter. Nobody else is
// there but for jctl, where B sends the signal.
const Case cases[] = {
    {CallbackKind::quiesce, R"("QUIESCE"], "then": "REPORT")", R"([{"op": "compute"}])", "",
     in_progress},
    {CallbackKind::signal, R"("SIGNAL_CORE"])", R"([{"op": "fault"}])", "", in_progress},
    {CallbackKind::clone, R"("CLONE"])", R"([{"op": "clone", "child": "k"}])",
     R"("children": [{"name": "k", "program": [{"op": "compute"}]}],)", in_progress},
    {CallbackKind::jctl, R"("JCTL"])", R"([{"op": "compute"}], "idle_at_end": true)", "",
     in_progress},
    {CallbackKind::exec, R"("EXEC"])", R"([{"op": "exec", "becomes": "k"}])",
     R"("children": [{"name": "k", "program": [{"op": "compute"}]}],)", in_progress},
    {CallbackKind::syscall_entry, R"("SYSCALL_ENTRY"])", R"([{"op": "syscall", "nr": 39}])", "",
     in_progress},
    {CallbackKind::syscall_exit, R"("SYSCALL_EXIT"])", R"([{"op": "syscall", "nr": 39}])", "",
     in_progress},
    {CallbackKind::exit, R"("EXIT"])", R"([{"op": "compute"}])", "", in_progress},
    {CallbackKind::death, R"("DEATH"])", R"([{"op": "compute"}])", "", -K_EALREADY},
    {CallbackKind::reap, R"("REAP"])", R"([{"op": "compute"}], "autoreap": true)", "", -K_ESRCH},
};

Scenario scenario_of(const Case& c, bool with_engine = true) {
    const std::string sender =
        c.kind == CallbackKind::jctl
            ? R"({"name": "s", "steps": [{"kill": {"task": "t", "signal": "SIGSTOP"}}]},)"
            : "";
    const std::string engine =
        with_engine
            ? std::string(R"("engines": [{"name": "e", "on": "t", "events": [)") + c.events + "}],"
            : "";
    const std::string step = with_engine ? R"({"set_events": {"engine": "e", "events": []}})"
                                         : R"({"kill": {"task": "t", "signal": "SIGCHLD"}})";
    Result<Scenario> scenario = load_scenario_text(
        std::string(R"({"format": "utsim.scenario/1", "title": "a callback",)") +
            R"("tasks": [{"name": "t", "program": )" + c.program + "}]," + c.rest + engine +
            R"("controllers": [)" + sender + R"({"name": "m", "steps": [)" + step + "]}]}",
        "callback.json");
    if (!scenario.ok()) {
        FAIL(scenario.errors().front().message << " " << scenario.errors().front().pointer);
    }
    return *scenario;
}

/// What a run told of one kind of callback and of the meddler, in its order.
struct Told {
    std::string order;  ///< ( a callback begins, ) and ends, < the call begins, > and ends
    std::uint64_t begins = 0;
    std::optional<std::int64_t> answer;
    std::string schedule;
};

Told run(Simulation& simulation, CallbackKind kind, ApiCall call) {
    Told told;
    simulation.listen([&](const Event& event, const NameTable& names) {
        const bool of_callback =
            event.kind == EventKind::callback || event.kind == EventKind::callback_end;
        if (of_callback && event.value[2] == static_cast<std::int64_t>(kind)) {
            if (told.order.find('(') == std::string::npos) told.begins = event.step;
            told.order += event.kind == EventKind::callback ? '(' : ')';
        }
        if (!event.actor.valid() || names.actor(event.actor) != "m") return;
        if (event.kind != EventKind::api_enter && event.kind != EventKind::api) return;
        if (event.value[*find_field(event.kind, "call")] != static_cast<std::int64_t>(call)) return;
        told.order += event.kind == EventKind::api_enter ? '<' : '>';
        if (event.kind == EventKind::api) {
            told.answer = event.value[*find_field(EventKind::api, "ret")];
        }
    });
    told.schedule = simulation.run().schedule;
    return told;
}

/// As `ran` up to the point inside its first callback; then `other` goes on.
std::string let_in(const Told& ran, ActorId other) {
    const Result<Schedule> whole = parse_schedule(ran.schedule);
    REQUIRE(whole.ok());
    Schedule schedule;
    std::uint64_t left = ran.begins + 1;
    for (const Schedule::Stretch& stretch : whole->stretches) {
        const std::uint64_t steps = std::min(stretch.steps, left);
        schedule.append(stretch.actor, steps);
        left -= steps;
    }
    schedule.append(other, 1);
    return format_schedule(schedule);
}

/// Answers at once.
class Plain final : public EngineOps {};

}  // namespace

TEST_CASE("others may act inside each kind of callback", "[scenario][callback]") {
    for (const Case& c : cases) {
        INFO(static_cast<int>(c.kind));
        const Scenario scenario = scenario_of(c);
        Simulation alone = std::move(*Simulation::create(scenario));
        const Told serial = run(alone, c.kind, ApiCall::set_events);
        REQUIRE(serial.order.substr(0, 2) == "()");  // whoever runs goes on unless told otherwise
        RunOptions options;
        options.schedule = let_in(serial, ActorId{c.kind == CallbackKind::jctl ? 2U : 1U});
        Simulation beside = std::move(*Simulation::create(scenario, options));
        const Told told = run(beside, c.kind, ApiCall::set_events);
        CHECK(told.order.substr(0, 4) == "(<>)");
        CHECK(told.answer == c.answer);
    }
}

TEST_CASE("others may act inside a callback in C++ that answers at once", "[scenario][callback]") {
    const Case& exit = cases[7];
    const Scenario scenario = scenario_of(exit, false);
    const EngineSpec spec{"e", "t", UTRACE_EVENT(EVENT_EXIT)};
    Simulation alone = std::move(*Simulation::create(scenario));
    alone.add_engine<Plain>(spec);
    const Told serial = run(alone, exit.kind, ApiCall::kill);
    REQUIRE(serial.order.substr(0, 2) == "()");
    RunOptions options;
    options.schedule = let_in(serial, ActorId{1});
    Simulation beside = std::move(*Simulation::create(scenario, options));
    beside.add_engine<Plain>(spec);
    CHECK(run(beside, exit.kind, ApiCall::kill).order == "(>)");  // a signal is sent in one step
}
