// SPDX-License-Identifier: MIT
// Locks, semaphores and read sections: what they allow, and what they tell.
#include <string>
#include <vector>

#include "sched/choosers.hpp"
#include "sched/lock.hpp"
#include "sched/schedule.hpp"
#include "test/sched/world_fixture.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;
using Catch::Matchers::Contains;

namespace {

/// Two spinlocks, a read-write lock and a semaphore in one world.
struct Locks {
    World* world;
    SpinLock first;
    SpinLock second;
    RwLock tasklist;
    RwSemaphore semaphore;
    int inside;
    int most_inside;
    int turns;
    std::uint64_t freed_at;
};

Locks& make_locks(World& world) {
    Locks& locks = *world.arena().make<Locks>();
    locks.world = &world;
    world.name_task(TaskId{0}, "T0");
    locks.first.init(LockClass::utrace, TaskId{0});
    locks.second.init(LockClass::siglock, TaskId{0});
    locks.tasklist.init(LockClass::tasklist, TaskId{});
    locks.semaphore.init(LockClass::mmap_sem, TaskId{1});
    return locks;
}

using Body = void (*)(Locks&);

struct Part {
    Locks* locks;
    Body body;
};

void add(World& world, Locks& locks, const char* name, Body body) {
    Part* part = world.arena().make<Part>();
    *part = {&locks, body};
    world.add_actor(
        ActorKind::task, name,
        [](void* argument) {
            const Part& self = *static_cast<Part*>(argument);
            self.body(*self.locks);
        },
        part);
}

/// Runs one actor alone with a listener; gives the lines that are not about taking and releasing.
struct Alone {
    World world;
    EventLog log{world};
    RunEnd end{};
    std::vector<std::string> lines;
    explicit Alone(Body body) {
        world.set_sink(&log);
        add(world, make_locks(world), "a", body);
        Serial serial;
        end = world.run(serial);
        for (const std::string& line : log.lines) {
            if (line.find(" lock_taken") == line.npos && line.find(" lock_released") == line.npos) {
                lines.push_back(line);
            }
        }
    }
};

void critical(Locks& l) {
    for (int i = 0; i < 5; ++i) {
        l.first.lock("critical");
        l.most_inside = std::max(l.most_inside, ++l.inside);
        l.world->point(PointKind::barrier, "critical");
        --l.inside;
        ++l.turns;
        l.first.unlock("critical");
    }
}

}  // namespace

TEST_CASE("lock: at most one actor is inside, and every one gets there") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        World world;
        Locks& locks = make_locks(world);
        for (const char* name : {"a", "b", "c"}) add(world, locks, name, critical);
        RandomWalk chooser(seed);
        REQUIRE(world.run(chooser) == RunEnd::quiet);
        REQUIRE(world.end_detail().empty());
        REQUIRE(locks.most_inside == 1);
        REQUIRE(locks.turns == 15);
    }
}

TEST_CASE("lock: readers are together, a writer is alone") {
    bool together = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        World world;
        Locks& locks = make_locks(world);
        const Body reader = [](Locks& l) {
            l.tasklist.read_lock("reader");
            l.most_inside = std::max(l.most_inside, ++l.inside);
            l.world->point(PointKind::barrier, "reader");
            --l.inside;
            l.tasklist.read_unlock("reader");
        };
        add(world, locks, "a", reader);
        add(world, locks, "b", reader);
        add(world, locks, "w", [](Locks& l) {
            l.tasklist.write_lock("writer");
            l.world->point(PointKind::barrier, "writer");
            l.turns = l.inside;
            l.tasklist.write_unlock("writer");
        });
        RandomWalk chooser(seed);
        REQUIRE(world.run(chooser) == RunEnd::quiet);
        REQUIRE(world.end_detail().empty());
        REQUIRE(locks.turns == 0);
        together |= locks.most_inside == 2;
    }
    CHECK(together);
}

TEST_CASE("lock: two actors that wait for each other are a deadlock") {
    World world;
    Locks& locks = make_locks(world);
    add(world, locks, "up", [](Locks& l) {
        l.first.lock("up");
        l.second.lock("up");
    });
    add(world, locks, "down", [](Locks& l) {
        l.second.lock("down");
        l.first.lock("down");
    });
    // Each takes its first lock (the step after the point) and stands before its second.
    ScheduleChooser chooser(*parse_schedule("A2B2"));
    CHECK(world.run(chooser) == RunEnd::deadlock);
    CHECK(world.end_detail() ==
          "up waits for a spinlock at lock:up:T0.siglock, holding utrace since up; "
          "down waits for a spinlock at lock:down:T0.utrace, holding siglock since down");
    CHECK(world.lock_order_reports() == 1);
}

TEST_CASE("lock: an order against the one seen before is told once, with both places") {
    const Alone run([](Locks& l) {
        const auto nest = [](SpinLock& outer, SpinLock& inner, const char* where) {
            outer.lock(where);
            inner.lock(where);
            inner.unlock(where);
            outer.unlock(where);
        };
        nest(l.first, l.second, "forwards");
        for (int i = 0; i < 3; ++i) nest(l.second, l.first, "backwards");
        nest(l.first, l.second, "forwards");
    });
    CHECK(run.end == RunEnd::quiet);
    CHECK(run.lines ==
          std::vector<std::string>{"6 A lock_order backwards utrace siglock backwards"});
    CHECK(run.world.lock_order_reports() == 1);
}

TEST_CASE("lock: an order that only follows from others counts too") {
    const Alone run([](Locks& l) {
        l.first.lock("f");
        l.tasklist.read_lock("f");
        l.tasklist.read_unlock("f");
        l.first.unlock("f");
        l.tasklist.read_lock("f");
        l.second.lock("f");
        l.second.unlock("f");
        l.tasklist.read_unlock("f");
        l.second.lock("g");
        l.first.lock("g");
        l.first.unlock("g");
        l.second.unlock("g");
    });
    CHECK(run.world.lock_order_reports() == 1);
}

TEST_CASE("lock: nested readers are in order with themselves") {
    const Alone run([](Locks& l) {
        l.tasklist.read_lock("f");
        l.tasklist.read_lock("f");
        l.tasklist.read_unlock("f");
        l.tasklist.read_unlock("f");
    });
    CHECK(run.end == RunEnd::quiet);
    CHECK(run.world.lock_order_reports() == 0);
}

TEST_CASE("lock: sleeping with a lock held is told, and the run goes on") {
    const Alone run([](Locks& l) {
        l.first.lock("utrace_control");
        l.world->might_sleep("access_process_vm");
        l.world->sleep(3, BlockReason::timeout, "schedule_timeout");
        l.first.unlock("utrace_control");
        l.world->might_sleep("later");
    });
    CHECK(run.end == RunEnd::quiet);
    CHECK(run.lines ==
          std::vector<std::string>{"1 A sleep_in_atomic access_process_vm utrace utrace_control 1",
                                   "2 A sleep_in_atomic schedule_timeout utrace utrace_control 1"});
    CHECK(run.world.atomic_sleep_reports() == 2);
    CHECK(run.world.now() == 3);
}

TEST_CASE("lock: misuse is a bug of the modelled kernel") {
    const auto why = [](Body body) {
        const Alone run(body);
        CHECK(run.end == RunEnd::bug);
        return run.world.end_detail();
    };
    CHECK(why([](Locks& l) {
              l.first.lock("f");
              l.first.lock("g");
          }) == "g: spinlock taken twice by the same actor");
    CHECK(why([](Locks& l) { l.first.unlock("f"); }) == "f: spinlock released by somebody else");
    CHECK(why([](Locks& l) { l.tasklist.read_unlock("f"); }) ==
          "f: read lock released that nobody holds");
    CHECK(why([](Locks& l) { l.tasklist.write_unlock("f"); }) ==
          "f: write lock released by somebody else");
    CHECK(why([](Locks& l) {
              l.tasklist.read_lock("f");
              l.tasklist.write_lock("g");
          }) == "g: write lock taken by an actor that holds the lock");
    CHECK(why([](Locks& l) {
              l.first.lock("f");
              l.first.unlock_wait("g");
          }) == "g: waits for a spinlock that it holds");
    CHECK(why([](Locks& l) { l.first.lock("f"); }) == "f: an actor ended with a lock held");
    CHECK(why([](Locks& l) { l.world->rcu_read_unlock(); }) ==
          "rcu_read_unlock: not in a read section");
    CHECK(why([](Locks& l) { l.world->rcu_read_lock(); }) ==
          "rcu_read_lock: an actor ended in a read section");
}

TEST_CASE("lock: unlock_wait returns when the lock is free and takes nothing") {
    World world;
    Locks& locks = make_locks(world);
    add(world, locks, "holder", [](Locks& l) {
        l.first.lock("hold");
        l.world->point(PointKind::barrier, "hold");
        l.turns = 1;
        l.first.unlock("hold");
    });
    add(world, locks, "waiter", [](Locks& l) {
        l.first.unlock_wait("wait");
        l.inside = l.turns;
    });
    ScheduleChooser chooser(*parse_schedule("A2B2"));
    CHECK(world.run(chooser) == RunEnd::quiet);
    CHECK(locks.inside == 1);
    CHECK_FALSE(locks.first.held());
}

TEST_CASE("lock: readers share a semaphore, a writer is alone, and both may sleep with it") {
    for (const char* schedule : {"A1B9", "B9", "B1A1", "A2"}) {
        World world;
        Locks& locks = make_locks(world);
        add(world, locks, "writer", [](Locks& l) {
            l.semaphore.down_write("mmap");
            l.inside = 1;
            l.world->sleep(3, BlockReason::timeout, "page_in");
            l.inside = 0;
            l.semaphore.up_write("mmap");
        });
        add(world, locks, "reader", [](Locks& l) {
            l.semaphore.down_read("fault");
            l.turns = 1 + l.inside;
            l.semaphore.up_read("fault");
        });
        Serial serial;
        ScheduleChooser chooser(*parse_schedule(schedule));
        if (world.run(chooser) == RunEnd::paused) CHECK(world.run(serial) == RunEnd::quiet);
        CHECK(locks.turns == 1);
        CHECK(world.atomic_sleep_reports() == 0);
    }
}

TEST_CASE("lock: whoever spins on a lock whose holder sleeps waits for ever") {
    World world;
    Locks& locks = make_locks(world);
    add(world, locks, "sleeper", [](Locks& l) {
        l.first.lock("utrace_control");
        l.world->sleep(3, BlockReason::timeout, "page_in");
        l.first.unlock("utrace_control");
    });
    add(world, locks, "spinner", [](Locks& l) {
        l.first.lock("utrace_stop");
        l.first.unlock("utrace_stop");
    });
    Serial serial;
    CHECK(world.run(serial) == RunEnd::deadlock);
    CHECK(world.atomic_sleep_reports() == 1);
}

TEST_CASE("rcu: a callback waits for the sections that were open, and for no others") {
    World world;
    Locks& locks = make_locks(world);
    add(world, locks, "reader", [](Locks& l) {
        l.world->rcu_read_lock();
        l.world->rcu_read_lock();
        l.world->point(PointKind::call, "inner");
        l.world->rcu_read_unlock();
        l.world->point(PointKind::call, "outer");
        l.world->rcu_read_unlock();
        l.world->point(PointKind::call, "after");
    });
    add(world, locks, "freer", [](Locks& l) {
        l.world->call_rcu(
            [](void* argument) {
                Locks& locks = *static_cast<Locks*>(argument);
                locks.freed_at = locks.world->step();
            },
            &l);
    });
    add(world, locks, "late reader", [](Locks& l) {
        l.world->rcu_read_lock();
        l.world->point(PointKind::call, "late");
        l.world->point(PointKind::call, "late");
        l.world->rcu_read_unlock();
    });
    SECTION("the open one ends at step 5") {
        ScheduleChooser chooser(*parse_schedule("A1B1C1A1C1A1"));
        CHECK(world.run(chooser) == RunEnd::quiet);
        CHECK(locks.freed_at == 5);
    }
    SECTION("nobody reads") {
        ScheduleChooser chooser(*parse_schedule("A4B1"));
        CHECK(world.run(chooser) == RunEnd::quiet);
        CHECK(locks.freed_at == 4);
    }
}
