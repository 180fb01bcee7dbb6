// SPDX-License-Identifier: MIT
// The checker with made-up runs: the same, another event, a run or a trace that ends early.
#include "trace/replay.hpp"

#include "made_up_run.hpp"
#include "support/testing.hpp"
#include "trace/fingerprint.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

struct Checked {
    StoredNames names = made_up_names();
    EventLog log = made_up_log();
    TraceEnd end{"quiet", "", 16, log.size(), "A6B2A8", fingerprint_of(log, names).text()};
    std::string file = write_jsonl(made_up_header(), log, names, end);

    /// Runs the log again, with `change` put in place of event `at`.
    std::optional<ReplayDifference> run(std::uint64_t at = ~std::uint64_t{0},
                                        const Event& change = {}) {
        TextLines lines(file);
        TraceReader reader("made-up.jsonl", false);
        std::string_view header;
        REQUIRE((lines.next(header) && reader.read_line(header)));
        ReplayChecker checker(lines, reader, names);
        for (std::uint64_t i = 0; i < log.size(); ++i) checker.emit(i == at ? change : log.at(i));
        checker.finish(end);
        cut_off = checker.cut_off();
        return checker.difference();
    }
    bool cut_off = false;
};

}  // namespace

TEST_CASE("the same run has no difference", "[replay]") {
    Checked checked;
    CHECK_FALSE(checked.run().has_value());
    CHECK_FALSE(checked.cut_off);
}

TEST_CASE("the first difference has both lines", "[replay]") {
    Checked checked;
    const auto difference = checked.run(12, made_up(8, 2, EventKind::task_state, {1, 132, 0}));
    REQUIRE(difference.has_value());
    CHECK(difference->line == 19);
    CHECK(difference->expected ==
          R"({"step":8,"actor":"operator","kind":"task_state","task":"victim",)"
          R"("state":"TASK_RUNNING","exit_state":0})");
    CHECK(difference->actual ==
          R"({"step":8,"actor":"operator","kind":"task_state","task":"victim",)"
          R"("state":"TASK_STOPPED","exit_state":0})");
}

TEST_CASE("a run that goes on after the trace's end differs in its last line", "[replay]") {
    Checked checked;
    checked.log.append(made_up(16, 0, EventKind::note, {}, "more"));
    const auto difference = checked.run();
    REQUIRE(difference.has_value());
    CHECK(difference->expected.substr(0, 7) == R"({"end":)");
    CHECK(difference->actual.find("more") != std::string::npos);
}

TEST_CASE("a run that ends early differs there", "[replay]") {
    Checked checked;
    checked.log.truncate(5);
    const auto difference = checked.run();
    REQUIRE(difference.has_value());
    CHECK(difference->actual.substr(0, 7) == R"({"end":)");
}

TEST_CASE("of a trace that was cut off, what is there is checked", "[replay]") {
    Checked checked;
    checked.file.resize(checked.file.rfind("\n{\"end\"") + 1);
    CHECK_FALSE(checked.run().has_value());
    CHECK(checked.cut_off);
}
