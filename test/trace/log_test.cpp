// SPDX-License-Identifier: MIT
// The recorder under time that jumps back, and what the fingerprint sees.
#include "made_up_run.hpp"
#include "support/testing.hpp"
#include "trace/fingerprint.hpp"

using namespace utsim;
using namespace utsim::testing;

TEST_CASE("a recorder forgets what never happened", "[log]") {
    Recorder recorder;
    recorder.emit(made_up(1, 0, EventKind::note, {}, "one"));
    recorder.emit(made_up(2, 0, EventKind::note, {}, "two"));
    const std::uint64_t mark = recorder.mark();
    recorder.emit(made_up(3, 0, EventKind::task_state, {1, 8, 0}));
    recorder.emit(made_up(4, 0, EventKind::note, {}, "never"));
    recorder.rewind(mark);
    recorder.emit(made_up(5, 0, EventKind::note, {}, "three"));
    REQUIRE(recorder.log().size() == 3);
    CHECK(recorder.log().at(1).text == "two");
    CHECK(recorder.log().at(2).text == "three");
    CHECK(recorder.log().at(2).step == 5);
}

TEST_CASE("two sinks rewind together, each to its own mark", "[log]") {
    Recorder first;
    Recorder second;
    second.emit(made_up(0, 0, EventKind::note, {}, "only here"));
    Tee tee(first, second);
    tee.emit(made_up(1, 0, EventKind::note, {}, "both"));
    const std::uint64_t mark = tee.mark();
    tee.emit(made_up(2, 0, EventKind::note, {}, "never"));
    tee.rewind(mark);
    CHECK(first.log().size() == 1);
    CHECK(second.log().size() == 2);
}

TEST_CASE("rewinding to any mark leaves the events before it", "[log]") {
    testing::check_property("log-rewind", [] {
        EventLog log;
        std::vector<std::string> texts;
        const auto sizes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
        for (const int size : sizes) {
            texts.emplace_back(static_cast<std::size_t>(size), 'x');
            log.append(made_up(texts.size(), 0, EventKind::output, {1, 2}, texts.back()));
        }
        const auto cut = *rc::gen::inRange<std::size_t>(0, texts.size() + 1);
        log.truncate(cut);
        RC_ASSERT(log.size() == cut);
        for (std::size_t i = 0; i < cut; ++i) RC_ASSERT(log.at(i).text == texts[i]);
    });
}

TEST_CASE("the fingerprint is the same on every compiler", "[fingerprint]") {
    CHECK(fingerprint_of(made_up_log(), made_up_names()).text() == "0a94-1671-dce6-0c39");
}

TEST_CASE("the fingerprint sees every part of an event but the ids of texts", "[fingerprint]") {
    const auto one = [](const Event& event, const StoredNames& names) {
        Fingerprint fingerprint;
        fingerprint.add(event, names);
        return fingerprint.value();
    };
    StoredNames names = made_up_names();
    const Event event = made_up(3, 0, EventKind::task_state, {1, 136, 0});
    const std::uint64_t value = one(event, names);
    CHECK(value != one(made_up(4, 0, EventKind::task_state, {1, 136, 0}), names));
    CHECK(value != one(made_up(3, 1, EventKind::task_state, {1, 136, 0}), names));
    CHECK(value != one(made_up(3, 0, EventKind::task_state, {2, 136, 0}), names));
    CHECK(value != one(made_up(3, 0, EventKind::exit, {1, 136, 0}), names));
    const std::uint64_t blocked = one(made_up(3, 0, EventKind::blocked, {0}), names);
    std::swap(names.texts[0], names.texts[1]);
    CHECK(blocked == one(made_up(3, 0, EventKind::blocked, {1}), names));
    CHECK(blocked != one(made_up(3, 0, EventKind::blocked, {0}), names));
}
