// SPDX-License-Identifier: MIT
// The run loop: who runs when, how runs end, and what is said about it.
#include <string>
#include <vector>

#include "sched/choosers.hpp"
#include "sched/lock.hpp"
#include "sched/schedule.hpp"
#include "sched/world_instruction.hpp"
#include "test/sched/world_fixture.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;
using Catch::Matchers::Contains;

namespace {

/// Takes `steps` points and writes its letter at each.
struct Walker {
    World* world;
    std::string* log;
    char letter;
    int points;
};

void walk(void* argument) {
    const Walker& self = *static_cast<Walker*>(argument);
    for (int i = 0; i < self.points; ++i) {
        *self.log += self.letter;
        self.world->point(PointKind::call, "walk");
    }
    *self.log += self.letter;
}

}  // namespace

TEST_CASE("run: serial lets each actor run to its end, lowest first") {
    World world;
    std::string log;
    Walker a{&world, &log, 'a', 2};
    Walker b{&world, &log, 'b', 3};
    world.add_actor(ActorKind::task, "first", walk, &a);
    world.add_actor(ActorKind::controller, "second", walk, &b);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(log == "aaabbbb");
    CHECK(world.step() == 7);
    CHECK(format_schedule(schedule_so_far(world)) == "A3B4");
    CHECK(world.end_detail().empty());
    CHECK(world.names().actor(ActorId{1}) == "second");
}

TEST_CASE("run: a schedule decides step by step") {
    World world;
    std::string log;
    Walker a{&world, &log, 'a', 2};
    Walker b{&world, &log, 'b', 3};
    world.add_actor(ActorKind::task, "a", walk, &a);
    world.add_actor(ActorKind::task, "b", walk, &b);
    ScheduleChooser chooser(*parse_schedule("B1A2B2A1"));
    CHECK(world.run(chooser) == RunEnd::quiet);
    CHECK(log == "baabbab");
    CHECK_FALSE(chooser.divergence());
    CHECK(format_schedule(schedule_so_far(world)) == "B1A2B2A1B1");
    CHECK(world.actor(ActorId{0}).steps == 3);
}

TEST_CASE("run: a fair schedule lets everybody run in turns, behind its letters") {
    for (const auto& [text, expected] :
         {std::pair{"fair=2", "aabbaabb"}, std::pair{"B3;fair=1", "bbbabaaa"},
          std::pair{"fair", "aaaabbbb"}}) {
        INFO(text);
        World world;
        std::string log;
        Walker a{&world, &log, 'a', 3};
        Walker b{&world, &log, 'b', 3};
        world.add_actor(ActorKind::task, "a", walk, &a);
        world.add_actor(ActorKind::task, "b", walk, &b);
        ScheduleChooser chooser(*parse_schedule(text));
        CHECK(world.run(chooser) == RunEnd::quiet);
        CHECK(log == expected);
    }
}

TEST_CASE("run: who is sure of an answer is not asked again") {
    class Asked final : public ScheduleChooser {
    public:
        Asked(const char* text, bool sure) : ScheduleChooser(*parse_schedule(text)), sure_(sure) {}
        ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override {
            ++times;
            return ScheduleChooser::next(world, ready, current);
        }
        std::uint64_t sure_until(const World& world, ActorId chosen) const override {
            return sure_ ? ScheduleChooser::sure_until(world, chosen) : 0;
        }
        int times = 0;

    private:
        bool sure_;
    };
    for (const char* text : {"A30B20A10;fair=16", "fair=7", "B40", "A1B1A1B90"}) {
        INFO(text);
        std::string logs[2];
        int times[2];
        for (const bool sure : {false, true}) {
            World world;
            Walker a{&world, &logs[sure], 'a', 100};
            Walker b{&world, &logs[sure], 'b', 130};
            world.add_actor(ActorKind::task, "a", walk, &a);
            world.add_actor(ActorKind::task, "b", walk, &b);
            Asked chooser(text, sure);
            CHECK(world.run(chooser) == RunEnd::quiet);
            CHECK_FALSE(chooser.divergence());
            CHECK(world.step() == 232);
            times[sure] = chooser.times;
        }
        CHECK(logs[0] == logs[1]);
        CHECK(times[0] > 200);
        CHECK(times[1] < 60);  // once alone, he is asked at each step
    }
}

namespace {

/// Three user instructions, a point of the kernel, three more, and so on.
void in_user_mode(void* argument) {
    const Walker& self = *static_cast<Walker*>(argument);
    for (int i = 0; i < self.points; ++i) {
        *self.log += self.letter;
        if (i % 4 == 3) {
            self.world->point(PointKind::call, "walk");
        } else {
            self.world->user_point("walk", {});
        }
    }
}

/// Whoever did not run last.
class Others final : public Chooser {
public:
    ActorId next(const World&, std::span<const ActorId> ready, ActorId current) override {
        return ready.front() == current ? ready.back() : ready.front();
    }
};

/// Holds nobody, and makes the World come back at every point.
class Passer final : public PointObserver {
public:
    bool at_point(World&, Actor&) override { return false; }
};

}  // namespace

TEST_CASE("run: a quantum keeps the processor for a task in user mode") {
    // Behind its fourth step a task stands at a point of the kernel: there others may run.
    for (const auto& [quantum, expected] :
         {std::pair{1, "ababababababababababab"}, std::pair{2, "aabbaabbaabbaabbaabba"},
          std::pair{3, "aaabbbabaaabbbabaaabb"}, std::pair{9, "aaaabbbbaaaabbbbaaabbb"}}) {
        INFO(quantum);
        for (const bool observed : {false, true}) {
            std::string log;
            const auto run = [&](Chooser& chooser, std::uint64_t instructions) {
                WorldOptions options;
                options.quantum = instructions;
                World world(options);
                log.clear();
                Walker a{&world, &log, 'a', 11};
                Walker b{&world, &log, 'b', 11};
                world.add_actor(ActorKind::task, "a", in_user_mode, &a);
                world.add_actor(ActorKind::task, "b", in_user_mode, &b);
                Passer passer;
                if (observed) world.set_observer(&passer);
                CHECK(world.run(chooser) == RunEnd::quiet);
                return schedule_so_far(world);
            };
            Others others;
            const Schedule schedule = run(others, static_cast<std::uint64_t>(quantum));
            const std::string first = log;
            CHECK(first.substr(0, 12) == std::string(expected).substr(0, 12));
            ScheduleChooser follow(schedule);
            run(follow, 5);
            CHECK(log == first);
        }
    }
}

TEST_CASE("run: a schedule that cannot be followed pauses at the step and says so") {
    World world;
    std::string log;
    Walker a{&world, &log, 'a', 1};
    Walker b{&world, &log, 'b', 1};
    world.add_actor(ActorKind::task, "a", walk, &a);
    world.add_actor(ActorKind::task, "b", walk, &b);
    ScheduleChooser chooser(*parse_schedule("A3"));
    CHECK(world.run(chooser) == RunEnd::paused);
    REQUIRE(chooser.divergence());
    CHECK(chooser.divergence()->step == 2);
    CHECK(chooser.divergence()->wanted == ActorId{0});
    CHECK(chooser.divergence()->ready == std::vector<ActorId>{ActorId{1}});
    Serial serial;
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(log == "aabb");
}

TEST_CASE("run: pauses before the step that was asked for, and goes on") {
    World world;
    std::string log;
    Walker a{&world, &log, 'a', 9};
    world.add_actor(ActorKind::task, "a", walk, &a);
    Serial serial;
    world.pause_at(4);
    CHECK(world.run(serial) == RunEnd::paused);
    CHECK(world.step() == 4);
    CHECK(log == "aaaa");
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(log.size() == 10);
}

TEST_CASE("run: random walks of one seed are one run") {
    const auto run = [](std::uint64_t seed, bool stop_and_go) {
        World world;
        std::string log;
        Walker a{&world, &log, 'a', 20};
        Walker b{&world, &log, 'b', 20};
        Walker c{&world, &log, 'c', 20};
        for (Walker* walker : {&a, &b, &c}) {
            world.add_actor(ActorKind::task, "w", walk, walker);
        }
        RandomWalk chooser(seed);
        for (std::uint64_t step = 1; stop_and_go && step < 60; ++step) {
            world.pause_at(step);
            if (world.run(chooser) != RunEnd::paused) break;
        }
        world.run(chooser);
        return log;
    };
    CHECK(run(7, false) == run(7, false));
    CHECK(run(7, false) == run(7, true));
    CHECK(run(7, false) != run(8, false));
}

TEST_CASE("run: the limits end a run and name themselves") {
    WorldOptions options;
    options.limits.max_steps = 50;
    options.limits.max_instructions = 1000;
    World world(options);
    Serial serial;
    std::string log;
    SECTION("steps") {
        Walker a{&world, &log, 'a', 100};
        world.add_actor(ActorKind::task, "a", walk, &a);
        CHECK(world.run(serial) == RunEnd::limit);
        CHECK(world.end_detail() == "max_steps");
        CHECK(world.step() == 50);
    }
    SECTION("instructions") {
        struct Self {
            World* world;
            static void body(void* self) {
                for (;;) static_cast<Self*>(self)->world->count_instructions(10);
            }
        } self{&world};
        world.add_actor(ActorKind::task, "a", Self::body, &self);
        CHECK(world.run(serial) == RunEnd::limit);
        CHECK(world.end_detail() == "max_instructions");
        CHECK(world.run(serial) == RunEnd::limit);
    }
    SECTION("actors") {
        Walker a{&world, &log, 'a', 0};
        std::uint32_t made = 0;
        while (world.add_actor(ActorKind::task, "a", walk, &a).valid()) ++made;
        CHECK(made == max_actors_of_any_world);
    }
}

TEST_CASE("run: steps without any event are a livelock") {
    WorldOptions options;
    options.limits.max_fruitless_steps = 100;
    World world(options);
    Serial serial;
    std::string log;
    Walker a{&world, &log, 'a', 1000};
    world.add_actor(ActorKind::task, "spins", walk, &a);
    CHECK(world.run(serial) == RunEnd::livelock);
    CHECK_THAT(world.end_detail(), Contains("spins at call:walk"));
}

TEST_CASE("run: who asks for events makes progress, heard or not") {
    for (const bool heard : {false, true}) {
        WorldOptions options;
        options.limits.max_fruitless_steps = 10;
        World world(options);
        EventLog events(world);
        if (heard) world.set_sink(&events);
        struct Self {
            World* world;
            static void body(void* argument) {
                World& w = *static_cast<Self*>(argument)->world;
                for (int i = 0; i < 100; ++i) {
                    w.emit_text(EventKind::note, "still here");
                    w.point(PointKind::call, "f");
                }
            }
        } self{&world};
        world.add_actor(ActorKind::task, "a", Self::body, &self);
        Serial serial;
        CHECK(world.run(serial) == RunEnd::quiet);
        CHECK(events.lines.size() == (heard ? 100 : 0));
    }
}

TEST_CASE("run: the clock jumps to the next wake-up") {
    World world;
    struct Self {
        World* world;
        std::uint64_t ticks;
        std::uint64_t woke = 0;
        bool by_clock = false;
        static void body(void* argument) {
            Self& self = *static_cast<Self*>(argument);
            self.by_clock = self.world->sleep(self.ticks, BlockReason::timeout, "nap");
            self.woke = self.world->now();
        }
    } late{&world, 70}, early{&world, 30};
    world.add_actor(ActorKind::task, "late", Self::body, &late);
    world.add_actor(ActorKind::task, "early", Self::body, &early);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(late.woke == 70);
    CHECK(early.woke == 30);
    CHECK(late.by_clock);
}

TEST_CASE("run: pollers that find nothing new do not keep a run alive") {
    World world;
    struct Self {
        World* world;
        int polls = 0;
        bool seen = false;
        static void poll(void* argument) {
            Self& self = *static_cast<Self*>(argument);
            while (!self.seen) {
                ++self.polls;
                self.world->sleep(1, BlockReason::polling, "look");
            }
        }
        static void late(void* argument) {
            Self& self = *static_cast<Self*>(argument);
            self.world->sleep(1000, BlockReason::timeout, "nap");
            self.seen = true;
            self.world->emit_text(EventKind::note, "now");
        }
    } self{&world};
    Serial serial;
    world.add_actor(ActorKind::controller, "poller", Self::poll, &self);
    SECTION("alone") {
        CHECK(world.run(serial) == RunEnd::quiet);
        CHECK(self.polls == 4);
        CHECK_THAT(world.end_detail(), Contains("poller waits for a look again at sleep:look"));
    }
    SECTION("with somebody who will change something") {
        world.add_actor(ActorKind::task, "late", Self::late, &self);
        CHECK(world.run(serial) == RunEnd::quiet);
        CHECK(self.seen);
        CHECK(self.polls < 10);
        CHECK(world.end_detail().empty());
    }
}

TEST_CASE("run: a stop asked for by a listener comes before the next step") {
    struct Stopper : EventSink {
        World* world = nullptr;
        void emit(const Event&) override { world->request_stop("seen enough"); }
        std::uint64_t mark() const override { return 0; }
        void rewind(std::uint64_t) override {}
    } sink;
    World world;
    sink.world = &world;
    world.set_sink(&sink);
    struct Self {
        World* world;
        static void body(void* argument) {
            World& w = *static_cast<Self*>(argument)->world;
            for (int i = 0; i < 5; ++i) {
                if (i == 2) w.emit_text(EventKind::note, "stop");
                w.point(PointKind::call, "f");
            }
        }
    } self{&world};
    world.add_actor(ActorKind::task, "a", Self::body, &self);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::stopped);
    CHECK(world.end_detail() == "seen enough");
    CHECK(world.step() == 3);
    CHECK(world.run(serial) == RunEnd::quiet);
}

TEST_CASE("run: an observer holds an actor without changing the schedule") {
    struct Holder : PointObserver {
        std::string hold;
        std::string held;
        bool at_point(World& world, Actor& actor) override {
            if (!held.empty() || world.point_label(actor) != hold) return false;
            held = world.names().actor(actor.id);
            return true;
        }
    } holder;
    holder.hold = "call:walk";
    World world;
    world.set_observer(&holder);
    std::string log;
    Walker a{&world, &log, 'a', 2};
    Walker b{&world, &log, 'b', 1};
    world.add_actor(ActorKind::task, "a", walk, &a);
    world.add_actor(ActorKind::task, "b", walk, &b);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(holder.held == "a");
    CHECK(log == "abb");
    CHECK_THAT(world.end_detail(), Contains("a waits for its release at call:walk"));
    world.release_held(world.actor(ActorId{0}));
    CHECK(world.run(serial) == RunEnd::quiet);
    CHECK(log == "abbaa");
    CHECK(format_schedule(schedule_so_far(world)) == "A1B2A2");
}

TEST_CASE("run: choices of other kinds are asked for on the host and recorded") {
    struct Fixed : Serial {
        std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override {
            CHECK_FALSE(world.on_fiber());
            CHECK(count == 3);
            return world.choices_made(kind) == 1 ? 2 : 0;
        }
    } chooser;
    World world;
    struct Self {
        World* world;
        std::string got;
        static void body(void* argument) {
            Self& self = *static_cast<Self*>(argument);
            for (int i = 0; i < 3; ++i) {
                self.got += std::to_string(self.world->choose(ChoiceKind::waiter, 3));
            }
        }
    } self{&world, ""};
    world.add_actor(ActorKind::task, "a", Self::body, &self);
    CHECK(world.run(chooser) == RunEnd::quiet);
    CHECK(self.got == "020");
    CHECK(world.step() == 1);
    CHECK(format_schedule(schedule_so_far(world)) == "A1;waiter@1=2");

    self.got.clear();
    World again;
    self.world = &again;
    again.add_actor(ActorKind::task, "a", Self::body, &self);
    ScheduleChooser follow(*parse_schedule("A1;waiter@1=2"));
    CHECK(again.run(follow) == RunEnd::quiet);
    CHECK(self.got == "020");
}

TEST_CASE("run: a bug of the modelled kernel ends the run for good") {
    World world;
    EventLog events(world);
    world.set_sink(&events);
    struct Self {
        World* world;
        static void body(void* argument) {
            static_cast<Self*>(argument)->world->bug("release_task", "still attached");
        }
    } self{&world};
    world.add_actor(ActorKind::task, "a", Self::body, &self);
    Serial serial;
    CHECK(world.run(serial) == RunEnd::bug);
    CHECK(world.end_detail() == "release_task: still attached");
    CHECK(world.run(serial) == RunEnd::bug);
    CHECK(events.lines == std::vector<std::string>{"0 A bug release_task still attached"});
}
