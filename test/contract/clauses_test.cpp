// SPDX-License-Identifier: MIT
// Every monitor fires on a trace that breaks its clause, and on one that puts the clause to the
// test without breaking it is silent and says that it was tested. The cases stand in the files of
// the groups; here they are told.
#include <set>

#include "contract/clauses.hpp"
#include "contract/story.hpp"
#include "support/testing.hpp"

namespace utsim::testing {

namespace {

std::vector<ClauseCase>& registered() {
    static std::vector<ClauseCase> cases;
    return cases;
}

}  // namespace

ClauseCases::ClauseCases(std::initializer_list<ClauseCase> cases) {
    registered().insert(registered().end(), cases.begin(), cases.end());
}

const std::vector<ClauseCase>& ClauseCases::all() { return registered(); }

}  // namespace utsim::testing

using namespace utsim;
using namespace utsim::testing;

TEST_CASE("each monitor fires when its clause is broken and only then", "[contract]") {
    for (const ClauseCase& one : ClauseCases::all()) {
        const std::size_t index = find_clause(one.clause);
        INFO("clause " << one.clause);
        REQUIRE(index < all_clauses().size());
        {
            Story story(one.clause);
            one.breaks(story);
            INFO("a story that breaks it");
            CHECK(story.broken() != "");
        }
        {
            Story story(one.clause);
            one.keeps(story);
            INFO("a story that keeps it");
            CHECK(story.broken() == "");
            CHECK(story.contract.exercised(index) != 0);
        }
    }
}

TEST_CASE("each clause with a monitor has such a test", "[contract]") {
    std::set<std::string_view> tested;
    for (const ClauseCase& one : ClauseCases::all()) tested.insert(one.clause);
    for (const Clause* clause : all_clauses()) {
        INFO("clause " << clause->id);
        CHECK((tested.count(clause->id) != 0) == clause->has_monitor());
    }
}

TEST_CASE("the table of clauses is in order and complete", "[contract]") {
    std::size_t number = 0;
    for (const Clause* clause : all_clauses()) {
        INFO("clause " << clause->id);
        CHECK(clause->has_monitor() == clause->undecidable.empty());
        CHECK((clause->monitor != nullptr) == (!clause->hears.empty()));
        CHECK(!clause->text.empty());
        CHECK(find_clause(clause->id) < all_clauses().size());
        if (clause->id.front() != 'C') continue;
        const std::string digits = std::to_string(++number);
        CHECK(clause->id == "C-" + std::string(3 - digits.size(), '0') + digits);
    }
}

TEST_CASE("a choice of clauses", "[contract]") {
    CHECK(ContractChoice::parse("none")->clauses.empty());
    CHECK(ContractChoice::parse("all")->clauses.size() > 3);
    CHECK(ContractChoice::parse("I1,C-003")->clauses.size() == 2);
    CHECK_FALSE(ContractChoice::parse("C-999").ok());
    CHECK_FALSE(ContractChoice::parse("I1,,I2").ok());
}

TEST_CASE("a contract follows when time jumps back", "[contract]") {
    Story story("I1");
    story.stop_bit(0, true).control(0, UTRACE_STOP, 0);
    const std::uint64_t before = story.contract.mark();
    story.instruction();
    CHECK(story.contract.violations().size() == 1);
    story.contract.rewind(before);
    CHECK(story.contract.violations().empty());
    story.stop_bit(0, false).control(0, UTRACE_RESUME, 0).instruction();
    CHECK(story.contract.violations().empty());
    story.contract.rewind(before);
    story.instruction();
    CHECK(story.contract.violations().size() == 1);
}
