// SPDX-License-Identifier: MIT
// Each monitor is shown a real run in which one place was broken, and all of them judge it: the one
// whose clause is broken speaks, and the others are silent.
#include <algorithm>
#include <map>

#include "breach/edit.hpp"
#include "breach/row.hpp"
#include "contract/clauses.hpp"
#include "support/testing.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

std::vector<Breach> all_breaches() {
    std::vector<Breach> all;
    for (const std::string& file : breach_files()) {
        const auto rows = read_breaches(file);
        INFO((rows.ok() ? "" : rows.errors().front().message));
        REQUIRE(rows.ok());
        all.insert(all.end(), rows->begin(), rows->end());
    }
    return all;
}

std::string told(const std::vector<Violation>& violations) {
    std::string text;
    for (const Violation& violation : violations) {
        text += "\n  " + violation.rule + ": " + violation.message;
    }
    return text;
}

}  // namespace

TEST_CASE("a breach at one place is reported as exactly the clause that it breaks", "[breach]") {
    for (const Breach& breach : all_breaches()) {
        if (!breach.not_yet.empty()) continue;
        INFO(breach.file << ":" << breach.line << ": " << breach.clause);
        const BreachOutcome outcome = try_breach(breach);
        CHECK(outcome.mistake == "");
        CHECK(outcome.before == std::set<std::string>{});
        std::set<std::string> expected{breach.clause};
        for (const Also& also : breach.also) expected.insert(also.clause);
        INFO("reported:" << told(outcome.after));
        CHECK(clauses_in(outcome.after) == expected);
        CHECK(outcome.differs_by_tables == std::set<std::string>{});
        CHECK(outcome.differs_when_forgetful == "");
    }
}

// Takes minutes: for whoever changes what is told (sim/contract/identity.hpp).
TEST_CASE("no monitor goes by a field that is not told", "[.fields]") {
    for (const Breach& breach : all_breaches()) {
        if (!breach.not_yet.empty()) continue;
        INFO(breach.file << ":" << breach.line << ": " << breach.clause);
        for (const auto& [field, difference] : try_each_field(breach)) {
            INFO(field);
            CHECK(difference == "");
        }
    }
}

TEST_CASE("each clause with a monitor has a row, and only those", "[breach]") {
    std::map<std::string, const Breach*> row_of;
    const std::vector<Breach> all = all_breaches();
    for (const Breach& breach : all) {
        INFO(breach.file << ":" << breach.line << ": " << breach.clause);
        CHECK(find_clause(breach.clause) < all_clauses().size());
        CHECK(row_of.emplace(breach.clause, &breach).second);
        CHECK(breach.not_yet.empty() != breach.broken.empty());
        CHECK(breach.not_yet.empty() != (breach.edits.empty() && breach.switches.empty()));
    }
    for (const Clause* clause : all_clauses()) {
        INFO("clause " << clause->id);
        CHECK((row_of.count(std::string(clause->id)) != 0) == clause->has_monitor());
    }
}

TEST_CASE("an edit says what it does not find", "[breach]") {
    const auto scenario = breach_scenario("contract/another-call");
    auto run = Recording::of(*scenario, {});
    REQUIRE(run.ok());
    const auto mistake = [&](std::string_view edit) {
        Stream stream = run->stream();
        const auto applied = apply_edit(edit, stream, run->names());
        return applied.ok() ? std::string() : applied.errors().front().message;
    };
    CHECK(mistake("drop exec") == "no event is exec");
    CHECK(mistake("drop callback engine=engine") == "2 events are callback engine=engine");
    CHECK(mistake("drop callback engine=engine #3") ==
          "only 2 events are callback engine=engine #3");
    CHECK(mistake("drop syscal_ran") == "there is no event called syscal_ran");
    CHECK(mistake("forget exit") == "there is no edit called forget");
    CHECK(mistake("set exit to nr=1") == "there is no field nr");
    CHECK(mistake("set exit to code=much") == "much is no value there");
    CHECK(mistake("move exit") == "before or after what?");
    CHECK(mistake("drop exit twice") == "what does \"twice\" mean?");
    CHECK(mistake("set exit to code=1") == "");
}

TEST_CASE("an edit changes one place of a stream", "[breach]") {
    const auto scenario = breach_scenario("contract/another-call");
    auto run = Recording::of(*scenario, {});
    REQUIRE(run.ok());
    Stream stream = run->stream();
    const std::size_t size = stream.size();
    const auto kinds = [&] {
        std::string text;
        for (const Told& told : stream) {
            if (told.event.kind == EventKind::callback) text += "(";
            if (told.event.kind == EventKind::callback_end) text += ")";
            if (told.event.kind == EventKind::exit) text += "x";
        }
        return text;
    };
    CHECK(kinds() == "()()x");
    REQUIRE(apply_edit("move exit before callback #1", stream, run->names()).ok());
    CHECK(kinds() == "x()()");
    REQUIRE(apply_edit("copy callback.. #last after callback_end #1", stream, run->names()).ok());
    CHECK(kinds() == "x()()()");
    REQUIRE(apply_edit("drop callback.. #1", stream, run->names()).ok());
    CHECK(kinds() == "x()()");
    REQUIRE(apply_edit("add exit by=target task=target code=3 after callback_end #last", stream,
                       run->names())
                .ok());
    CHECK(kinds() == "x()()x");
    CHECK(stream.size() == size + 1);
    for (std::size_t i = 1; i < stream.size(); ++i) {
        CHECK(stream[i - 1].event.step <= stream[i].event.step);
    }
}
