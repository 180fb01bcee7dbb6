// SPDX-License-Identifier: MIT
// The stacks themselves, and the last words of a World that breaks.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "sched/choosers.hpp"
#include "sched/schedule.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using Catch::Matchers::Contains;

namespace {

struct Ending {
    int status = -1;
    std::string text;
};

/// A failed check ends the process, so it is tried in a child.
Ending in_child(void (*body)(void*)) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        World world;
        world.add_actor(
            ActorKind::task, "first",
            [](void* w) { static_cast<World*>(w)->point(PointKind::call, "work"); }, &world);
        world.add_actor(ActorKind::task, "breaks", body, &world);
        Serial serial;
        world.run(serial);
        _exit(0);
    }
    close(ends[1]);
    Ending ending;
    char buffer[512];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
        ending.text.append(buffer, static_cast<std::size_t>(got));
    }
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) ending.status = WEXITSTATUS(status);
    return ending;
}

}  // namespace

TEST_CASE("fiber: a stack that overflows is noticed at the next switch") {
    const Ending ending = in_child([](void* argument) {
        World& world = *static_cast<World*>(argument);
        std::memset(world.current().stack_low, 0, 64);  // as a frame too many would
        world.point(PointKind::call, "deep");
    });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("a fiber's stack has overflowed"));
    CHECK_THAT(ending.text, Contains("so far  A2B1"));
}

TEST_CASE("fiber: an exception does not get out") {
    const Ending ending = in_child([](void*) { throw 1; });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("an exception left a fiber"));
}

TEST_CASE("fiber: a failing check says where the run is") {
    const Ending ending = in_child([](void* argument) {
        static_cast<World*>(argument)->point(PointKind::call, "work", about(TaskId{}));
        UTSIM_CHECK(false, "on purpose");
    });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("step    3"));
    CHECK_THAT(ending.text, Contains("actor   breaks at call:work"));
    CHECK_THAT(ending.text, Contains("so far  A2B2"));
}

TEST_CASE("fiber: a chooser that throws leaves a world that can go on") {
    struct Throws : Chooser {
        ActorId next(const World&, std::span<const ActorId>, ActorId) override { throw 7; }
    } throws;
    World world;
    const auto body = [](void* w) { static_cast<World*>(w)->point(PointKind::call, "work"); };
    world.add_actor(ActorKind::task, "a", body, &world);
    world.add_actor(ActorKind::task, "b", body, &world);
    CHECK_THROWS_AS(world.run(throws), int);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(world.step() == 4);
}

TEST_CASE("fiber: stacks are used again after a reset, whatever they held") {
    World world;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i) {
            world.add_actor(
                ActorKind::task, "a",
                [](void* w) {
                    volatile char buffer[2000];
                    for (std::size_t k = 0; k < sizeof buffer; ++k) buffer[k] = 1;
                    static_cast<World*>(w)->block(BlockReason::idle, "for ever");
                    (void)buffer[0];
                },
                &world);
        }
        Serial serial;
        CHECK(world.run(serial) == RunEnd::quiet);
        world.reset();
    }
}

TEST_CASE("fiber: two worlds share nothing and may take turns") {
    World one;
    World two;
    const auto body = [](void* w) {
        World& world = *static_cast<World*>(w);
        for (int i = 0; i < 10; ++i) world.point(PointKind::call, "work");
    };
    one.add_actor(ActorKind::task, "a", body, &one);
    two.add_actor(ActorKind::task, "a", body, &two);
    Serial serial;
    for (std::uint64_t step = 1; step < 10; ++step) {
        one.pause_at(step);
        two.pause_at(step);
        CHECK(one.run(serial) == RunEnd::paused);
        CHECK(two.run(serial) == RunEnd::paused);
    }
    CHECK(one.run(serial) == RunEnd::quiet);
    CHECK(two.run(serial) == RunEnd::quiet);
    CHECK(one.step() == two.step());
}
