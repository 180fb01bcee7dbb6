// SPDX-License-Identifier: MIT
// What ends a run that would go on for ever: each limit by its name, and the wish of a user.
#include <atomic>
#include <string>

#include "sched/choosers.hpp"
#include "test/sched/world_fixture.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

struct Deaf : EventSink {
    std::uint64_t heard = 0;
    void emit(const Event&) override { ++heard; }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
};

/// Says something at each of endless steps, and takes memory too if it is greedy.
struct Talker {
    World* world;
    bool greedy = false;
    std::atomic<bool>* sets = nullptr;
    std::uint64_t sets_at = 0;

    static void talk(void* argument) {
        const Talker& self = *static_cast<Talker*>(argument);
        for (std::uint64_t i = 0;; ++i) {
            self.world->emit_text(EventKind::note, "ten bytes.");
            if (self.greedy) self.world->arena().allocate(100'000, 8);
            if (self.sets != nullptr && i == self.sets_at) *self.sets = true;
            self.world->point(PointKind::call, "talk");
        }
    }
};

}  // namespace

TEST_CASE("limits: events, output and objects end a run by name") {
    WorldOptions options;
    Talker talker{};
    std::string name;
    std::uint64_t steps = 0;
    SECTION("max_events") {
        options.limits.max_events = 100;
        name = "max_events";
        steps = 100;
    }
    SECTION("max_output") {
        options.limits.max_output = 95;
        name = "max_output";
        steps = 10;
    }
    SECTION("max_objects") {
        talker.greedy = true;
        name = "max_objects";
        steps = (Arena::object_limit - Arena::reserve) / 100'000 + 1;
    }
    World world(options);
    Deaf sink;
    world.set_sink(&sink);
    talker.world = &world;
    world.add_actor(ActorKind::task, "a", Talker::talk, &talker);
    World::Snapshot start = world.snapshot();
    Serial serial;
    CHECK(world.run(serial) == RunEnd::limit);
    CHECK(world.end_detail() == name);
    CHECK(world.step() == steps);
    // What was counted goes back with time.
    world.restore(start);
    CHECK(world.run(serial) == RunEnd::limit);
    CHECK(world.step() == steps);
}

TEST_CASE("limits: a flag that somebody sets ends a run soon") {
    std::atomic<bool> flag = false;
    World world;
    Talker talker{&world, false, &flag, 5000};
    world.set_interrupt(&flag);
    world.add_actor(ActorKind::task, "a", Talker::talk, &talker);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::stopped);
    CHECK(world.end_detail() == "interrupted");
    CHECK(world.step() >= 5000);
    CHECK(world.step() < 20'000);
}
