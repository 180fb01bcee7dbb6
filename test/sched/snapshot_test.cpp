// SPDX-License-Identifier: MIT
// Time travel, shown on random programs: a run that jumps back and goes on again is the run that
// never did.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "sched/list.hpp"
#include "sched/lock.hpp"
#include "sched/schedule.hpp"
#include "sched/shared.hpp"
#include "test/sched/world_fixture.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr int lock_count = 3;
constexpr int cell_count = 4;

struct Op {
    enum Kind { point, locked, nested, sleep, poll, add, block, wake, rcu, defer, choose, spawn };
    int kind = point;
    int operand = 0;
};

void showValue(const Op& op, std::ostream& out) { out << op.kind << ':' << op.operand; }

using Program = std::vector<Op>;

/// What the actors of one world share; in the arena.
struct Board {
    World* world;
    SpinLock locks[lock_count];
    RwLock rwlock;
    Shared<std::int64_t> cells[cell_count];
};

struct Player {
    Board* board;
    const Op* ops;
    std::size_t count;
    int depth;
};

struct Deferred {
    Board* board;
    int cell;
    static void run(void* argument) {
        const Deferred& self = *static_cast<Deferred*>(argument);
        self.board->cells[self.cell] = self.board->cells[self.cell] * 3 + 1;
        self.board->world->emit_text(EventKind::note, "deferred");
    }
};

void play(void* argument);

/// A new actor that plays the first `count` operations of its maker's program.
void spawn(const Player& self, std::size_t count) {
    if (self.depth == 2) return;
    World& world = *self.board->world;
    auto* child = world.arena().make<Player>();
    *child = {self.board, self.ops, count, self.depth + 1};
    world.add_actor(ActorKind::source, "child", play, child);
}

void play_op(Player& self, const Op& op) {
    Board& board = *self.board;
    World& world = *board.world;
    Shared<std::int64_t>& cell = board.cells[op.operand % cell_count];
    SpinLock& lock = board.locks[op.operand % lock_count];
    switch (op.kind) {
        case Op::point:
            world.point(PointKind::call, "play");
            break;
        case Op::locked: {
            lock.lock("play");
            const std::int64_t seen = cell;
            world.point(PointKind::barrier, "play");
            cell = seen + 1;
            lock.unlock("play");
            break;
        }
        case Op::nested:
            board.rwlock.read_lock("play");
            lock.lock("play");
            world.might_sleep("play");
            lock.unlock("play");
            board.rwlock.read_unlock("play");
            break;
        case Op::sleep:
            cell = cell + world.sleep(static_cast<std::uint64_t>(op.operand), BlockReason::timeout,
                                      "play");
            break;
        case Op::poll: {
            const std::int64_t before = cell;
            while (cell == before) world.sleep(1, BlockReason::polling, "play");
            break;
        }
        case Op::add: {
            const std::int64_t seen = cell;
            world.point(PointKind::callback, "play");
            cell = seen + op.operand;
            break;
        }
        case Op::block:
            world.block(BlockReason::idle, "play");
            break;
        case Op::wake:
            world.make_ready(
                world.actor(ActorId{static_cast<std::uint32_t>(op.operand) % world.actor_count()}));
            break;
        case Op::rcu:
            world.rcu_read_lock();
            world.point(PointKind::call, "play");
            world.rcu_read_unlock();
            break;
        case Op::defer: {
            auto* deferred = world.arena().make<Deferred>();
            *deferred = {&board, op.operand % cell_count};
            world.call_rcu(Deferred::run, deferred);
            break;
        }
        case Op::choose:
            cell = cell + world.choose(ChoiceKind::waiter, 4);
            break;
        case Op::spawn:
            spawn(self, static_cast<std::size_t>(op.operand) % self.count);
            break;
    }
    const std::int64_t now = cell;
    world.emit_text(EventKind::note, std::to_string(now));
}

void play(void* argument) {
    Player& self = *static_cast<Player*>(argument);
    char on_stack[40] = {};  // something for the copied stacks to carry
    for (std::size_t i = 0; i < self.count; ++i) {
        on_stack[i % sizeof on_stack] = static_cast<char>(i);
        play_op(self, self.ops[i]);
        if (on_stack[i % sizeof on_stack] != static_cast<char>(i)) {
            self.board->world->bug("play", "a local variable changed");
        }
    }
}

Board& set_up(World& world, const std::vector<Program>& programs) {
    Board& board = *world.arena().make<Board>();
    board.world = &world;
    for (SpinLock& lock : board.locks) lock.init(LockClass::test, TaskId{});
    board.rwlock.init(LockClass::tasklist, TaskId{});
    for (const Program& program : programs) {
        auto* player = world.arena().make<Player>();
        *player = {&board, program.data(), program.size(), 0};
        world.add_actor(ActorKind::task, "player", play, player);
    }
    return board;
}

/// All that can be seen of a run.
std::string outcome(const World& world, const Board& board, RunEnd end, const EventLog& log) {
    std::string text;
    for (const std::string& line : log.lines) text += line + "\n";
    for (const auto& cell : board.cells) text += std::to_string(cell.peek()) + " ";
    return text + run_end_name(end) + " " + world.end_detail() + "\n" +
           format_schedule(schedule_so_far(world)) + "\n" + std::to_string(world.now()) + " " +
           std::to_string(world.lock_order_reports()) + " " +
           std::to_string(world.atomic_sleep_reports());
}

rc::Gen<std::vector<Program>> programs() {
    const auto op = rc::gen::apply([](int kind, int operand) { return Op{kind, operand}; },
                                   rc::gen::inRange(0, static_cast<int>(Op::spawn) + 1),
                                   rc::gen::inRange(0, 12));
    return rc::gen::mapcat(rc::gen::inRange(1, 6), [op](int actors) {
        return rc::gen::container<std::vector<Program>>(static_cast<std::size_t>(actors),
                                                        rc::gen::container<Program>(op));
    });
}

WorldOptions options_of(bool fine) {
    WorldOptions options;
    options.granularity = fine ? Granularity::access : Granularity::lock;
    options.limits.max_actors = 30;
    options.limits.max_steps = 3000;
    return options;
}

std::string uninterrupted(const std::vector<Program>& programs, std::uint64_t seed, bool fine) {
    World world(options_of(fine));
    EventLog log(world);
    world.set_sink(&log);
    const Board& board = set_up(world, programs);
    StepHash chooser(seed);
    const RunEnd end = world.run(chooser);
    return outcome(world, board, end, log);
}

}  // namespace

TEST_CASE("snapshot: jumping back and going on changes nothing") {
    check_property("sched.snapshot", [] {
        const auto table = *programs();
        const auto seed = *rc::gen::arbitrary<std::uint32_t>();
        const bool fine = *rc::gen::arbitrary<bool>();
        const auto pauses =
            *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 80));
        const std::string expected = uninterrupted(table, seed, fine);

        World world(options_of(fine));
        EventLog log(world);
        world.set_sink(&log);
        const Board& board = set_up(world, table);
        StepHash chooser(seed);
        StepHash other(seed + 1);
        for (const std::uint64_t ahead : pauses) {
            const World::Snapshot here = world.snapshot();
            const std::size_t heard = log.lines.size();
            for (int again = 0; again < 2; ++again) {
                world.run(again == 0 ? chooser : other);  // once on this way, once on another
                if (again == 0)
                    RC_ASSERT(outcome(world, board, world.run(chooser), log) == expected);
                world.restore(here);
                RC_ASSERT(world.step() == here.step());
                RC_ASSERT(log.lines.size() == heard);
            }
            world.pause_at(world.step() + ahead);
            if (world.run(chooser) != RunEnd::paused) break;
        }
        RC_ASSERT(outcome(world, board, world.run(chooser), log) == expected);
    });
}

TEST_CASE("snapshot: any of several can be gone back to, in any order") {
    check_property("sched.snapshots_nested", [] {
        const auto table = *programs();
        const auto seed = *rc::gen::arbitrary<std::uint32_t>();
        const std::string expected = uninterrupted(table, seed, false);

        World world(options_of(false));
        const Board& board = set_up(world, table);
        StepHash chooser(seed);
        std::vector<World::Snapshot> taken;
        for (std::uint64_t step = 0; taken.size() < 20; step += 1 + seed % 7) {
            taken.push_back(world.snapshot());
            world.pause_at(step);
            if (world.run(chooser) != RunEnd::paused) break;
        }
        EventLog silent(world);
        Random random(seed);
        std::string last;
        for (int i = 0; i < 20; ++i) {
            world.restore(taken[random.below(static_cast<std::uint32_t>(taken.size()))]);
            const RunEnd end = world.run(chooser);
            const std::string now = outcome(world, board, end, silent);
            RC_ASSERT(i == 0 || now == last);
            last = now;
        }
        // Nobody listened here, so only the end of the text can agree.
        RC_ASSERT(expected.size() >= last.size());
        RC_ASSERT(expected.substr(expected.size() - last.size()) == last);
    });
}

TEST_CASE("snapshot: a world that starts over is a new world") {
    check_property("sched.reset", [] {
        const auto first = *programs();
        const auto second = *programs();
        const auto seed = *rc::gen::arbitrary<std::uint32_t>();
        World world(options_of(false));
        EventLog log(world);
        world.set_sink(&log);
        StepHash chooser(seed);
        set_up(world, first);
        world.pause_at(seed % 50);
        world.run(chooser);
        world.reset();
        log.lines.clear();
        const Board& board = set_up(world, second);
        const RunEnd end = world.run(chooser);
        RC_ASSERT(outcome(world, board, end, log) == uninterrupted(second, seed, false));
    });
}

TEST_CASE("snapshot: a chooser may take one while it is asked") {
    struct Taker : StepHash {
        World* world = nullptr;
        std::vector<World::Snapshot> taken;
        using StepHash::StepHash;
        ActorId next(const World& w, std::span<const ActorId> ready, ActorId current) override {
            taken.push_back(world->snapshot());
            return StepHash::next(w, ready, current);
        }
        std::uint32_t choose(const World& w, ChoiceKind kind, std::uint32_t count) override {
            taken.push_back(world->snapshot());
            return StepHash::choose(w, kind, count);
        }
    } taker(5);
    const std::vector<Program> table(3, Program{{Op::choose, 1}, {Op::locked, 1}, {Op::choose, 2}});
    World world;
    EventLog log(world);
    world.set_sink(&log);
    const Board& board = set_up(world, table);
    taker.world = &world;
    const std::string expected = outcome(world, board, world.run(taker), log);
    const auto taken = std::move(taker.taken);
    CHECK(taken.size() > 8);
    for (auto place = taken.rbegin(); place != taken.rend(); ++place) {
        world.restore(*place);
        StepHash plain(5);
        const RunEnd end = world.run(plain);
        CHECK(outcome(world, board, end, log) == expected);
    }
}

TEST_CASE("snapshot: hooks follow, in the right order") {
    struct Hook : SnapshotHook {
        std::string told;
        int value = 1;
        std::shared_ptr<void> take() override { return std::make_shared<int>(value); }
        void before_restore() override { told += "before "; }
        void restore(const std::shared_ptr<void>& state) override {
            value = *static_cast<int*>(state.get());
            told += "restore ";
        }
        void reset() override { told += "reset "; }
    } hook;
    World world;
    world.add_hook(&hook);
    const World::Snapshot one = world.snapshot();
    hook.value = 2;
    world.restore(one);
    CHECK(hook.value == 1);
    world.reset();
    CHECK(hook.told == "before restore reset ");
}

TEST_CASE("snapshot: memory that is given out after a jump is zero again") {
    World world;
    const World::Snapshot empty = world.snapshot();
    std::memset(world.arena().allocate(4096, 8), 0xff, 4096);
    world.restore(empty);
    const auto* again = static_cast<const unsigned char*>(world.arena().allocate(4096, 8));
    CHECK(std::count(again, again + 4096, 0) == 4096);
}
