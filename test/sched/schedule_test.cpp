// SPDX-License-Identifier: MIT
// The schedule string: both ways, and what is said of wrong ones.
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sched/schedule.hpp"
#include "sched/schedule_log.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

/// `column: message (hint)` of the first mistake.
std::string mistake(const std::string& text) {
    const auto result = parse_schedule(text);
    if (result.ok()) return "none";
    const Error& error = result.errors().front();
    return std::to_string(error.column) + ": " + error.message;
}

}  // namespace

TEST_CASE("schedule: reads what a person writes") {
    const Schedule schedule = *parse_schedule("A6 B2A C1[26]3;alloc@3=1 ; waiter@0=2");
    CHECK(format_schedule(schedule) == "A6B2A1C1[26]3;alloc@3=1;waiter@0=2");
    CHECK(schedule.steps() == 13);
    CHECK(format_schedule(*parse_schedule("")).empty());
    CHECK(format_schedule(*parse_schedule("A2A3B1")) == "A5B1");
    CHECK(format_schedule(*parse_schedule(";delivery@1=1")) == ";delivery@1=1");
    CHECK(format_schedule(*parse_schedule("A1;alloc@0=0")) == "A1");
    CHECK(format_schedule(*parse_schedule("A1;spurious-wake@4=2;signal@5=74;kill@0=1")) ==
          "A1;spurious-wake@4=2;signal@5=74;kill@0=1");
}

TEST_CASE("schedule: the faults in it are those that its run allows") {
    CHECK_FALSE(faults_in(*parse_schedule("A1;waiter@0=2")).any());
    const FaultPlan plan = faults_in(*parse_schedule("A1;signal@5=74;kill@0=1"));
    CHECK(plan.signal == 10);
    CHECK(plan.kills);
    CHECK_FALSE(plan.allocations);
    CHECK_FALSE(plan.spurious_wakes);
    CHECK(plan.at_most == 2);
    CHECK(read_answer(ChoiceKind::signal, written_answer(ChoiceKind::signal, 2, 10)) == 2);
    CHECK(written_answer(ChoiceKind::signal, 2, 10) == 74);
    CHECK(read_answer(ChoiceKind::signal, written_answer(ChoiceKind::signal, 3, 64)) == 3);
}

TEST_CASE("schedule: says where a wrong one is wrong") {
    CHECK(mistake("A6b2") == "3: 'b' names no actor");
    CHECK(mistake("A0") == "2: a stretch of no steps");
    CHECK(mistake("A[") == "3: expected the actor's number");
    CHECK(mistake("[26") == "4: expected ']'");
    CHECK(mistake("[1024]1") == "2: the actor's number is too large");
    CHECK(mistake("A99999999999999999999") == "2: the number of steps is too large");
    CHECK(mistake("A1000000000000B1") == "17: the schedule has too many steps");
    CHECK(mistake("A1;malloc@1=1") == "4: unknown kind of choice");
    CHECK(mistake("A1;alloc=1") == "9: expected '@'");
    CHECK(mistake("A1;alloc@1") == "11: expected '='");
    CHECK(mistake("A1;alloc@1=1x") == "13: unexpected text behind a choice");
    CHECK(mistake("A1;") == "4: unknown kind of choice");
    CHECK(mistake(std::string(max_schedule_text + 1, 'A')) == "1: the schedule is too long");
}

TEST_CASE("schedule: every schedule prints and reads back as itself") {
    check_property("sched.schedule_round_trip", [] {
        Schedule schedule;
        const auto stretches = *rc::gen::container<std::vector<std::pair<int, int>>>(
            rc::gen::pair(rc::gen::inRange(0, 40), rc::gen::inRange(0, 1000)));
        for (const auto& [actor, steps] : stretches) {
            schedule.append(ActorId{static_cast<std::uint32_t>(actor)},
                            static_cast<std::uint64_t>(steps));
        }
        const auto others =
            *rc::gen::container<std::vector<std::tuple<int, int, int>>>(rc::gen::tuple(
                rc::gen::inRange(0, 3), rc::gen::inRange(0, 50), rc::gen::inRange(1, 9)));
        for (const auto& [kind, index, value] : others) {
            schedule.others.push_back({static_cast<ChoiceKind>(kind),
                                       static_cast<std::uint32_t>(index),
                                       static_cast<std::uint32_t>(value)});
        }
        const std::string text = format_schedule(schedule);
        const auto back = parse_schedule(text);
        RC_ASSERT(back.ok());
        RC_ASSERT(back->stretches == schedule.stretches);
        RC_ASSERT(format_schedule(*back) == text);
    });
}

TEST_CASE("schedule: reading survives any text") {
    check_property("sched.schedule_any_text", [] {
        const auto text = *rc::gen::container<std::string>(rc::gen::oneOf(
            rc::gen::elementOf(std::string("AB[]0123;@=allocwiter ")), rc::gen::arbitrary<char>()));
        const auto result = parse_schedule(text);
        if (result.ok()) {
            RC_ASSERT(parse_schedule(format_schedule(*result)).ok());
        } else {
            RC_ASSERT(result.errors().front().column >= 1u);
            RC_ASSERT(result.errors().front().column <= text.size() + 1);
        }
    });
}

TEST_CASE("random: the sequence of a seed is fixed for ever") {
    Random random(42);
    const std::uint64_t first = random.next();
    const std::uint64_t second = random.next();
    // A reference implementation of splitmix64 and xoshiro256** gives these.
    CHECK(first == 0x15780b2e0c2ec716ull);
    CHECK(second == 0x6104d9866d113a7eull);
    int counts[3] = {};
    for (int i = 0; i < 3000; ++i) ++counts[random.below(3)];
    for (const int count : counts) CHECK(count > 900);
}

TEST_CASE("schedule: the log of stretches gives back what was put into it") {
    Random random(5);
    ScheduleLog log;
    std::vector<ScheduleRun> runs;
    struct Kept {
        ScheduleLog::Moment moment;
        std::vector<ScheduleRun> runs;
        std::uint64_t step;
    };
    std::vector<Kept> kept;
    std::uint64_t step = 0;
    for (int i = 0; i < 3000; ++i) {
        if (random.below(4) == 0) kept.push_back({log.moment(), runs, step});
        if (random.below(16) == 0 && !kept.empty()) {
            const Kept& back = kept[random.below(static_cast<std::uint32_t>(kept.size()))];
            log.go_to(back.moment);
            runs = back.runs;
            step = back.step;
        }
        const ActorId actor{random.below(2) == 0 ? random.below(9) : random.below(1024)};
        if (runs.empty() || actor != runs.back().actor) {
            log.begin(actor, step);
            runs.push_back({actor, step});
        }
        step += random.below(4) == 0 ? std::uint64_t{1} << random.below(40) : random.below(40);
        std::size_t at = 0;
        log.each(step, [&](ActorId who, std::uint64_t steps) {
            if (at >= runs.size()) FAIL("more stretches than there were");
            const std::uint64_t end = at + 1 < runs.size() ? runs[at + 1].step : step;
            if (who != runs[at].actor || steps != end - runs[at].step) FAIL("stretch " << at);
            ++at;
        });
        REQUIRE(at == runs.size());
        CHECK(log.last().actor == runs.back().actor);
        CHECK(log.last().step == runs.back().step);
    }
    log.clear();
    CHECK(log.empty());
}
