// SPDX-License-Identifier: MIT
// Each invariant fires on a trace that breaks it and is silent on one that does not.
#include "contract/story.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

const ClauseCases cases = {
    {"I1", [](Story& s) { s.stop_bit(0, true).control(0, UTRACE_STOP, 0).instruction(); },
     [](Story& s) {
         s.stop_bit(0, true).control(0, UTRACE_STOP, 0).stop_bit(0, false);
         s.control(0, UTRACE_RESUME, 0).instruction();
     }},
    {"I2", [](Story& s) { s.traced().end(); },
     [](Story& s) { s.traced().stop_bit(0, true).end(); }},
    {"I3", [](Story& s) { s.control(0, UTRACE_REPORT, 0).instruction(); },
     [](Story& s) { s.control(0, UTRACE_REPORT, 0).quiesce(0).instruction(); }},
    {"I4",
     [](Story& s) {
         s.callback(0, CallbackKind::signal);  // so it has one
         s.control(0, UTRACE_INTERRUPT, 0).quiesce(0).instruction();
     },
     [](Story& s) {
         s.control(0, UTRACE_INTERRUPT, 0).callback(0, CallbackKind::signal).instruction();
     }},
    {"I5", [](Story& s) { s.control(0, UTRACE_STOP, -K_EINPROGRESS).instruction(); },
     [](Story& s) { s.control(0, UTRACE_STOP, -K_EINPROGRESS).quiesce(0).instruction(); }},
    {"I9", [](Story& s) { s.traced().kill().end(); },
     [](Story& s) { s.traced().kill().dead().end(); }},
    {"I14", [](Story& s) { s.freed(0).freed(0); }, [](Story& s) { s.freed(0); }},
    {"I15", [](Story& s) { s.tell(EventKind::sleep_in_atomic, {0, 0, 0, 1}, Story::tracer); },
     [](Story& s) { s.tell(EventKind::lock_taken, {1, 0}, Story::tracer); }},
    {"I16", [](Story& s) { s.bug("utrace_reset", "BUG_ON"); }, [](Story& s) { s.end(); }},
    {"I17", [](Story& s) { s.end(RunEnd::deadlock); }, [](Story& s) { s.end(); }},
};

}  // namespace

TEST_CASE("whoever takes and drops locks until the run is cut off makes no progress",
          "[contract]") {
    Story spins("I17");
    spins.stop_bit(0, true);
    spins.step += 1500;
    CHECK(!spins.end(RunEnd::limit).broken().empty());
    Story works("I17");
    works.stop_bit(0, true);
    works.step += 1500;
    CHECK(works.instruction().end(RunEnd::limit).broken().empty());
}

TEST_CASE("a killed task may run on to its death", "[contract]") {
    Story story("I1");
    story.stop_bit(0, true).control(0, UTRACE_STOP, 0).kill().instruction();
    CHECK(story.broken() == "");
}

TEST_CASE("an engine that left is owed nothing", "[contract]") {
    Story story("I3,I4,I5");
    story.control(0, UTRACE_REPORT, 0).control(0, UTRACE_INTERRUPT, 0);
    story.control(0, UTRACE_STOP, -K_EINPROGRESS).control(0, UTRACE_DETACH, 0).instruction();
    CHECK(story.broken() == "");
}

TEST_CASE("what was freed belongs to I14, other bugs to I16", "[contract]") {
    Story freed("I14,I16");
    freed.bug("utrace_control", "use after free");
    CHECK(freed.broken().substr(0, 3) == "I14");
    Story other("I14,I16");
    other.bug("utrace_control", "BUG_ON");
    CHECK(other.broken().substr(0, 3) == "I16");
}

TEST_CASE("a sleep that cannot be interrupted is no broken promise", "[contract]") {
    Story story("I9");
    story.state(1, TASK_UNINTERRUPTIBLE).kill().end();
    CHECK(story.broken() == "");
}
