// SPDX-License-Identifier: MIT
// What the scheduler costs: a table of nanoseconds, each the best of several rounds so that a busy
// machine disturbs it little.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "sched/choosers.hpp"
#include "sched/lock.hpp"
#include "sched/world.hpp"

namespace {

using namespace utsim;

/// Best time of `rounds` calls of `work`, in nanoseconds per one of its `operations`.
template <typename Work>
double best_of(int rounds, double operations, Work&& work) {
    double best = 1e300;
    for (int i = 0; i < rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::nano> taken =
            std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count() / operations);
    }
    return best;
}

void row(const char* what, double nanoseconds) {
    std::printf("%-58s %9.1f ns\n", what, nanoseconds);
}

/// Always takes the other one: every step is a switch.
class PingPong : public Chooser {
public:
    ActorId next(const World&, std::span<const ActorId> ready, ActorId current) override {
        return ready.front() == current ? ready.back() : ready.front();
    }
};

/// What the actors of a small world do: points, with a lock now and then.
struct Worker {
    World* world;
    SpinLock* lock;
    std::uint64_t points;

    static void points_only(void* argument) {
        Worker& self = *static_cast<Worker*>(argument);
        for (std::uint64_t i = 0; i < self.points; ++i) self.world->point(PointKind::call, "work");
    }
    static void locks(void* argument) {
        Worker& self = *static_cast<Worker*>(argument);
        for (std::uint64_t i = 0; i < self.points; i += 2) {
            self.lock->lock("work");
            self.lock->unlock("work");
        }
    }
};

WorldOptions unlimited() {
    WorldOptions options;
    options.limits.max_steps = ~std::uint64_t{0} >> 2;
    options.limits.max_fruitless_steps = ~std::uint64_t{0} >> 2;
    return options;
}

/// Makes `actors` workers and `objects` bytes of other things, as a scenario would.
void populate(World& world, int actors, std::size_t objects, void (*body)(void*),
              std::uint64_t points) {
    world.arena().allocate(objects, 64);
    auto* lock = world.arena().make<SpinLock>();
    lock->init(LockClass::test, TaskId{});
    for (int i = 0; i < actors; ++i) {
        auto* worker = world.arena().make<Worker>();
        *worker = {&world, lock, points};
        world.add_actor(ActorKind::task, "worker", body, worker);
    }
}

void measure_points() {
    constexpr std::uint64_t points = 10'000;
    const auto run = [](int actors, void (*body)(void*), Chooser& chooser) {
        World world(unlimited());
        return best_of(200, static_cast<double>(points) * actors, [&] {
            world.reset();
            populate(world, actors, 0, body, points);
            world.run(chooser);
        });
    };
    Serial serial;
    PingPong ping_pong;
    RandomWalk random(1);
    row("point, nobody else ready", run(1, Worker::points_only, ping_pong));
    row("point, serial chooser, 2 actors", run(2, Worker::points_only, serial));
    row("point with a switch, 2 actors in turn", run(2, Worker::points_only, ping_pong));
    row("point, random walk, 4 actors", run(4, Worker::points_only, random));
    row("point of a lock or unlock, random walk, 4 actors", run(4, Worker::locks, random));
}

void measure_worlds() {
    constexpr std::size_t objects = 10 * 1024;
    constexpr int repeats = 200;
    World world(unlimited());
    populate(world, 4, objects, Worker::locks, 1'000'000);
    RandomWalk random(1);
    world.pause_at(200);
    world.run(random);
    World::Snapshot snapshot = world.snapshot();
    std::printf("\nworld of 4 actors that stand in the middle of their work, %zu bytes\n",
                snapshot.size());
    row("snapshot", best_of(100, repeats, [&] {
            for (int i = 0; i < repeats; ++i) world.snapshot(snapshot);
        }));
    row("restore", best_of(100, repeats, [&] {
            for (int i = 0; i < repeats; ++i) world.restore(snapshot);
        }));
    row("snapshot and restore", best_of(100, repeats, [&] {
            for (int i = 0; i < repeats; ++i) {
                world.snapshot(snapshot);
                world.restore(snapshot);
            }
        }));

    const auto whole_runs = [&](auto&& start) {
        return best_of(100, repeats, [&] {
            for (int i = 0; i < repeats; ++i) {
                start();
                world.run(random);
            }
        });
    };
    world.reset();
    populate(world, 4, objects, Worker::locks, 50);
    const World::Snapshot made = world.snapshot();
    std::printf("\nsame world, 200 points under a random walk\n");
    row("restored before each run", whole_runs([&] { world.restore(made); }));
    row("reset and built again before each run", whole_runs([&] {
            world.reset();
            populate(world, 4, objects, Worker::locks, 50);
        }));
    row("of which reset and build", best_of(100, repeats, [&] {
            for (int i = 0; i < repeats; ++i) {
                world.reset();
                populate(world, 4, objects, Worker::locks, 50);
            }
        }));
}

void measure_actors() {
    constexpr int actors = 256;
    World world(unlimited());
    Serial serial;
    std::printf("\n");
    row("add an actor", best_of(50, actors, [&] {
            world.reset();
            populate(world, actors, 0, Worker::points_only, 0);
        }));
    row("add an actor and run it to its end", best_of(50, actors, [&] {
            world.reset();
            populate(world, actors, 0, Worker::points_only, 0);
            world.run(serial);
        }));
}

}  // namespace

int main() {
    measure_points();
    measure_worlds();
    measure_actors();
}
