// SPDX-License-Identifier: MIT
// A run that is gone through in any manner is the run that is gone through straight on.
#include <algorithm>

#include "base/random.hpp"
#include "debug/tasks.hpp"
#include "two_programs.hpp"

using namespace utsim;
using namespace utsim::debug;
using namespace utsim::testing;

namespace {

/// All that can be seen of the tasks at a step.
std::string picture(Travel& travel) {
    World& world = travel.world();
    std::string text = std::to_string(world.step()) + ":";
    for (const Task* task : world.kernel->by_id) {
        const bool gone = task->usage.freed();
        text += gone ? " gone" : " " + std::to_string(task->pid);
        if (gone) continue;
        for (const std::uint64_t word : task->regs.gpr) text += "," + std::to_string(word);
        text += "," + std::to_string(task->regs.rip) + "," + std::to_string(task->regs.rflags) +
                "," + std::to_string(task->state.peek());
        if (task->mm != nullptr) text += "," + std::to_string(task->mm->space->digest());
    }
    for (std::uint32_t i = 0; i < world.actor_count(); ++i) {
        text += " " + world.point_label(world.actor(ActorId{i}));
    }
    return text + " " + std::to_string(world.nanoseconds());
}

/// The picture at each step of the straight run.
std::vector<std::string> straight(const Scenario& scenario, const RunOptions& options) {
    const std::unique_ptr<Travel> travel = travel_of(scenario, options);
    std::vector<std::string> pictures{picture(*travel)};
    while (travel->advance(travel->step() + 1)) pictures.push_back(picture(*travel));
    REQUIRE(travel->ended());
    return pictures;
}

}  // namespace

TEST_CASE("every way through a run shows the same at each step", "[debug]") {
    const Scenario scenario = scenario_of(two_programs);
    Random random(7);
    std::size_t sessions = 0;
    for (const char* order : {"", "fair=3", "C5A20B9", "seed"}) {
        RunOptions options;
        options.granularity = sessions % 2 == 0 ? "lock" : "api";
        if (std::string_view(order) == "seed") {
            options.seed = 5;
        } else {
            options.schedule = order;
        }
        INFO("order " << order);
        const std::vector<std::string> pictures = straight(scenario, options);
        REQUIRE(pictures.size() > 100);
        for (int i = 0; i < 50; ++i, ++sessions) {
            const std::uint64_t seed = random.below(1'000'000);
            INFO("session " << seed);
            Random moves(seed);
            TravelLimits limits;
            limits.spacing = 1 + moves.below(60);
            limits.moments = 2 + moves.below(12);
            Session session(travel_of(scenario, options, limits));
            for (int move = 0; move < 12; ++move) {
                Going going;
                const std::vector<Task*> tasks = session.tasks();
                if (!tasks.empty() && moves.below(3) != 0) {
                    going.stepping = tasks[moves.below(tasks.size())]->id;
                }
                going.backwards = moves.below(5) < 2;
                if (moves.below(4) == 0) {
                    session.go_to(moves.below(pictures.size() + 5));
                } else {
                    session.go(going);
                }
                const std::string seen = picture(session.travel());
                if (seen != pictures.at(session.step())) {
                    FAIL("move " << move << "\n" << seen << "\n" << pictures[session.step()]);
                }
            }
        }
    }
    CHECK(sessions == 200);
}

TEST_CASE("there is nothing before the first step and nothing behind the last", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    Going back;
    back.backwards = true;
    CHECK(session.go(back).kind == StopKind::begin);
    Stop stop = session.go({});
    while (stop.kind == StopKind::exited) stop = session.go({});
    CHECK(stop.kind == StopKind::end);
    CHECK(session.go({}).kind == StopKind::end);
    CHECK(session.tasks().size() == 1);
    stop = session.go(back);
    while (stop.kind == StopKind::unborn) stop = session.go(back);
    CHECK(stop.kind == StopKind::begin);
    CHECK(session.step() == 0);
}

TEST_CASE("a breakpoint stops before the instruction, from both sides", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const Task* left = session.tasks()[0];
    const std::uint64_t start = left->regs.rip;
    const Mark mark{left->tgid, start + 12, 1, soft_break};  // inc qword ptr [rdi]
    session.mark(mark);
    std::vector<std::uint64_t> steps;
    for (int i = 0; i < 20; ++i) {
        const Stop stop = session.go({});
        REQUIRE(stop.kind == StopKind::breakpoint);
        REQUIRE(session.tasks()[0]->regs.rip == start + 12);
        steps.push_back(session.step());
        // As gdb does it: over the marked instruction without the mark.
        session.unmark(mark);
        REQUIRE(session.go({false, left->id, true}).kind == StopKind::step);
        session.mark(mark);
    }
    Going back;
    back.backwards = true;
    for (int i = 19; i >= 0; --i) {
        const Stop stop = session.go(back);
        REQUIRE(stop.kind == StopKind::breakpoint);
        REQUIRE(session.step() == steps[static_cast<std::size_t>(i)]);
    }
    CHECK(session.go(back).kind == StopKind::begin);
}

TEST_CASE("watched bytes stop behind the instruction that changes them, or before it", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const Task* left = session.tasks()[0];
    const std::uint64_t start = left->regs.rip;
    std::uint64_t counter = 0;
    for (std::uint64_t at = start; at < start + 200; ++at) {
        std::uint64_t word = 0;
        if (read_guest(left, at, &word, 8) == 8 && word == 7) counter = at;
    }
    REQUIRE(counter != 0);
    const auto value = [&] {
        std::uint64_t word = 0;
        read_guest(session.tasks()[0], counter, &word, 8);
        return word;
    };
    for (const BreakType type : {write_watch, access_watch}) {
        const Mark mark{left->tgid, counter, 8, type};
        session.mark(mark);
        for (std::uint64_t i = 8; i < 12; ++i) {
            REQUIRE(session.go({}).kind == StopKind::watch);
            REQUIRE(value() == i);
        }
        Going back;
        back.backwards = true;
        for (std::uint64_t i = 11; i > 7; --i) {
            const Stop stop = session.go(back);
            REQUIRE(stop.kind == StopKind::watch);
            REQUIRE(session.tasks()[0]->regs.rip == start + 12);
            REQUIRE(value() == i - 1);
        }
        CHECK(session.go(back).kind == StopKind::begin);
        session.unmark(mark);
    }
}

TEST_CASE("who changes the run gets another one from there on", "[debug]") {
    Session session(travel_of(scenario_of(two_programs), {}));
    const Task* left = session.tasks()[0];
    session.go_to(60);
    const std::string before = picture(session.travel());
    session.change_task(left, [](Task& task) { task.regs.gpr[15] = 99; });
    CHECK(session.travel().changes() == std::vector<std::uint64_t>{60});
    session.go({});
    CHECK(session.world().kernel->by_id[left->id.value]->regs.gpr[15] == 99);
    session.go_to(59);
    CHECK(session.world().kernel->by_id[left->id.value]->regs.gpr[15] == 0);
    session.go_to(60);
    CHECK(session.world().kernel->by_id[left->id.value]->regs.gpr[15] == 99);
    CHECK(picture(session.travel()) != before);
}

TEST_CASE("another order can be taken, and its schedule shows it again", "[debug]") {
    const Scenario scenario = scenario_of(two_programs);
    Session session(travel_of(scenario, {}));
    session.go_to(9);
    const ActorId right = session.tasks()[1]->actor;
    CHECK(session.run_only(right, 7) == 7);
    CHECK(session.step() == 16);
    session.go_to(200);
    const std::string seen = picture(session.travel());
    RunOptions options;
    options.schedule = session.travel().schedule();
    INFO(options.schedule);
    const std::unique_ptr<Travel> again = travel_of(scenario, options);
    again->go_to(session.step());
    CHECK(picture(*again) == seen);
}

TEST_CASE("a step backwards in a run of a million instructions", "[debug]") {
    const Scenario scenario = scenario_of(R"({"format": "utsim.scenario/1",
        "limits": {"steps": 3000000, "instructions": 3000000},
        "tasks": [{"name": "loop", "asm": ["mov ecx, 333333", "again:", "push rcx", "pop rax",
                   "dec ecx", "jnz again", "mov edi, 0", "mov eax, 60", "syscall"]}]})");
    Session session(travel_of(scenario, {}));
    CHECK(session.go({}).kind == StopKind::end);
    CHECK(session.step() > 1'300'000);
    Going back;
    back.backwards = true;
    back.stepping = session.tasks()[0]->id;
    // What it costs is steps that are run again, whatever the machine is busy with.
    std::uint64_t most = 0;
    for (const std::uint64_t from :
         {session.step(), std::uint64_t{700'000}, std::uint64_t{5'000}}) {
        session.go_to(from);
        for (int i = 0; i < 5; ++i) {
            const std::uint64_t before = session.travel().steps_run();
            REQUIRE(session.go(back).kind == StopKind::step);
            most = std::max(most, session.travel().steps_run() - before);
        }
    }
    CHECK(most < 40'000);
}

TEST_CASE("kept moments take no more than they may", "[debug]") {
    const Scenario scenario = scenario_of(R"({"format": "utsim.scenario/1",
        "limits": {"steps": 3000000, "instructions": 3000000},
        "tasks": [{"name": "loop", "asm": ["mov ecx, 100000", "lea rbx, [rsp - 65536]", "again:",
                   "mov eax, ecx", "and eax, 0x1f", "shl eax, 11", "mov [rbx + rax], ecx",
                   "dec ecx", "jnz again", "mov edi, 0", "mov eax, 60", "syscall"]}]})");
    TravelLimits limits;
    limits.spacing = 1000;
    limits.bytes = std::size_t{2} << 20;
    Session session(travel_of(scenario, {}, limits));
    session.go({});
    CHECK(session.travel().kept_bytes() <= limits.bytes);
    const std::uint64_t end = session.step();
    Going back;
    back.backwards = true;
    back.stepping = session.tasks()[0]->id;
    REQUIRE(session.go(back).kind == StopKind::step);
    CHECK(session.step() < end);
    CHECK(session.travel().kept_bytes() <= limits.bytes);
}

TEST_CASE("a schedule with a seed is followed, and random behind its end", "[debug]") {
    const Scenario scenario = scenario_of(two_programs);
    RunOptions options;
    options.schedule = "B8C1";
    options.seed = 5;
    const RunReport report = run_scenario(scenario, options).value();
    const std::unique_ptr<Travel> travel = travel_of(scenario, options);
    travel->go_to(~std::uint64_t{0});
    CHECK(travel->schedule() == report.schedule);
    CHECK(report.schedule.starts_with("B8C"));
}

TEST_CASE("reads are told from writes", "[debug]") {
    Session session(travel_of(scenario_of(R"({"format": "utsim.scenario/1",
        "tasks": [{"name": "t", "asm": ["lea rdi, [rip + word]", "mov qword ptr [rdi], 5",
                   "mov rax, [rdi]", "inc qword ptr [rdi]", "mov qword ptr [rdi], 9",
                   "mov edi, 0", "mov eax, 60", "syscall", "word:", "dq 7"]}]})"),
                              {}));
    const Task* task = session.tasks()[0];
    std::uint64_t word = 0;
    for (std::uint64_t at = task->regs.rip; word == 0; ++at) {
        std::uint64_t value = 0;
        if (read_guest(task, at, &value, 8) == 8 && value == 7) word = at;
    }
    REQUIRE(session.mark({task->tgid, word, 8, read_watch}));
    const auto value = [&] {
        std::uint64_t now = 0;
        read_guest(session.tasks()[0], word, &now, 8);
        return now;
    };
    CHECK(session.go({}).kind == StopKind::watch);
    CHECK(session.tasks()[0]->regs.gpr[0] == 5);
    CHECK(session.go({}).kind == StopKind::watch);
    CHECK(value() == 6);
    CHECK(session.go({}).kind == StopKind::end);
    Going back;
    back.backwards = true;
    CHECK(session.go(back).kind == StopKind::watch);
    CHECK(value() == 5);
    CHECK(session.go(back).kind == StopKind::watch);
    CHECK(session.tasks()[0]->regs.gpr[0] == 0);
    CHECK(session.go(back).kind == StopKind::begin);
}
