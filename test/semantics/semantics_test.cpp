// SPDX-License-Identifier: MIT
// The decision table as data: complete, readable, and the same in text form and back.
#include <set>

#include <utsim/semantics.hpp>

#include "semantics/decision_table.hpp"
#include "semantics/parse.hpp"
#include "semantics/presets.hpp"
#include "semantics/reference.hpp"
#include "support/golden.hpp"

namespace {

using namespace utsim;

/// The code of the first mistake in `text`; empty when it is right.
std::string mistake(const std::string& text) {
    const auto parsed = parse_semantics(text);
    return parsed.ok() ? "" : parsed.errors().front().code;
}

std::string name_of_text(const std::string& text) {
    const auto parsed = parse_semantics(text);
    return parsed.ok() ? parsed->name : parsed.errors().front().message;
}

TEST_CASE("every decision point says what there is to choose", "[semantics]") {
    std::set<std::string_view> names;
    for (const DecisionInfo& row : decision_table()) {
        INFO(row.name);
        CHECK(names.insert(row.name).second);
        CHECK(!row.question.empty());
        CHECK(!row.source.empty());
        CHECK(row.value_count() >= 2);
        std::set<std::string_view> values;
        for (std::size_t i = 0; i < row.value_count(); ++i) {
            CHECK(values.insert(row.values[i].name).second);
            CHECK(row.values[i].meaning.ends_with('.'));
        }
        for (const std::uint8_t era : row.eras) CHECK(era < row.value_count());
        CHECK(!decision_group(row.name).empty());
    }
}

TEST_CASE("presets are found by name, date and API version", "[semantics]") {
    CHECK(name_of_text("") == "F");
    CHECK(name_of_text("2009-11-13") == "E3");
    CHECK(name_of_text("2009-10-28") == "E2");
    CHECK(name_of_text("2026-01-01") == "F");
    CHECK(name_of_text("20090416") == "E2");
    CHECK(name_of_text("20091216") == "F");
    CHECK(name_of_text("flags-proposal") == "flags-proposal");
    CHECK(mistake("2009-10-26") == "E-SEM-001");
    CHECK(mistake("E6") == "E-SEM-001");
}

TEST_CASE("a semantics has one shortest name", "[semantics]") {
    CHECK(name_of_text("E1,step.arm=flags") == "flags-proposal");
    CHECK(name_of_text("F,entry.order=last-attached-first") == "F");
    CHECK(name_of_text("E2,arch=s390,step.callback=always") == "E2,step.callback=always,arch=s390");
    for (const PresetInfo& preset : presets()) {
        CHECK(name_of_text(std::string(preset.name)) == preset.name);
    }
}

TEST_CASE("mistakes in a semantics have codes", "[semantics]") {
    CHECK(mistake("F,step.amr=resume") == "E-SEM-002");
    CHECK(mistake("F,step.arm=later") == "E-SEM-003");
    CHECK(mistake("E1,step.arm=resume") == "E-SEM-004");
    CHECK(mistake("F,arch=s390,has_block_step=yes") == "E-SEM-004");
    CHECK(mistake("F,step.arm") == "E-SEM-005");
    CHECK(mistake("F,,") == "E-SEM-005");
    CHECK(mistake("F,arch=x86,arch=s390") == "E-SEM-006");
}

TEST_CASE("contradictions are between values that exist, and no preset has one", "[semantics]") {
    for (const Contradiction& c : contradictions()) {
        INFO(c.decision << " " << c.other);
        REQUIRE(find_decision(c.decision) != nullptr);
        REQUIRE(find_decision(c.other) != nullptr);
        CHECK(find_decision(c.decision)->find_value(c.value).has_value());
        CHECK(find_decision(c.other)->find_value(c.other_value).has_value());
    }
    for (const PresetInfo& preset : presets()) {
        CHECK(contradiction_in(preset_semantics(preset)).empty());
    }
}

TEST_CASE("any mixture that is accepted reads back as itself", "[semantics]") {
    testing::check_property("text of a mixture", [] {
        const auto all = presets();
        const PresetInfo& base = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        std::vector<std::pair<std::string, std::string>> choices;
        for (const DecisionInfo& row : decision_table()) {
            if (*rc::gen::inRange(0, 8) != 0) continue;
            const std::size_t value = *rc::gen::inRange<std::size_t>(0, row.value_count());
            choices.emplace_back(row.name, row.values[value].name);
        }
        const auto made = change_semantics(base, choices);
        if (!made.ok()) {
            RC_ASSERT(made.errors().front().code == "E-SEM-004");
            return;
        }
        const auto again = parse_semantics(made->name);
        RC_ASSERT(again.ok());
        RC_ASSERT(again->semantics == made->semantics);
        RC_ASSERT(semantics_digest(again->semantics) == semantics_digest(made->semantics));
    });
}

TEST_CASE("two descriptions are compared point by point", "[semantics]") {
    const SemanticsDescription e1 = describe_semantics("E1").value();
    const SemanticsDescription proposal = describe_semantics("flags-proposal").value();
    CHECK(e1.choices.size() == decision_points().size());
    CHECK(compare_semantics(e1, e1).empty());
    const auto differences = compare_semantics(e1, proposal);
    REQUIRE(differences.size() == 1);
    CHECK(differences[0].decision == "step.arm");
    CHECK(differences[0].first == "control");
    CHECK(differences[0].second == "flags");
    CHECK(proposal.preset == "flags-proposal");
    CHECK(proposal.digest != e1.digest);
}

TEST_CASE("the reference in docs/semantics.md is made from the table", "[semantics][docs]") {
    testing::check_golden_section("docs/semantics.md", "reference", semantics_reference() + "\n");
}

}  // namespace
