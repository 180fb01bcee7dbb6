// SPDX-License-Identifier: MIT
// The decision table as data: complete, readable, and the same in text form and back.
#include <algorithm>
#include <set>

#include <utsim/semantics.hpp>

#include "semantics/decision_table.hpp"
#include "semantics/parse.hpp"
#include "semantics/presets.hpp"
#include "semantics/quirks.hpp"
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

bool is_day(std::string_view text) { return text.size() == 10 && text[4] == '-' && text[7] == '-'; }

TEST_CASE("every bug of the museum is told completely", "[semantics]") {
    std::set<std::string_view> ids;
    std::set<std::string_view> names;
    for (const QuirkInfo& row : quirk_table()) {
        INFO(row.id);
        CHECK(ids.insert(row.id).second);
        CHECK(names.insert(row.name).second);
        CHECK(is_day(row.mended));
        if (!row.since.empty()) {
            CHECK(is_day(row.since));
            CHECK(row.since <= row.mended);
        }
        for (const std::string_view text : {row.happened, row.why, row.fix, row.needs}) {
            CHECK(text.size() > 5);
            CHECK(text.ends_with('.'));
        }
        CHECK(row.rung <= 20);
        CHECK(find_quirk(row.id) == &row);
    }
    for (unsigned rung = 1; rung <= 20; ++rung) {
        const auto rows = quirk_table();
        CHECK(std::any_of(rows.begin(), rows.end(),
                          [&](const QuirkInfo& row) { return row.rung == rung; }));
    }
}

TEST_CASE("a quirk is part of what a semantics is", "[semantics]") {
    CHECK(name_of_text("F,quirk=B34,quirk=B33") == "F,quirk=B33,quirk=B34");
    CHECK(name_of_text("F,quirk=B01") == "F,step.disable=control-resume");
    CHECK(name_of_text("E3,entry.order=first-attached-first,quirk=B28") ==
          "E3,entry.order=first-attached-first,quirk=B28");
    const SemanticsDescription last = describe_semantics("F").value();
    for (const QuirkInfo& row : quirk_table()) {
        INFO(row.id);
        const auto made = parse_semantics("F,quirk=" + std::string(row.id));
        REQUIRE(made.ok());
        CHECK(made->semantics != final_semantics());
        CHECK(made->semantics.has(quirk_of(row)) == row.decision.empty());
        const auto again = parse_semantics(made->name);
        REQUIRE(again.ok());
        CHECK(again->semantics == made->semantics);
        const SemanticsDescription described = describe_semantics(made->name).value();
        CHECK(described.digest != last.digest);
        CHECK(described.quirks.size() == (row.decision.empty() ? 1u : 0u));
        CHECK(compare_semantics(last, described).size() == 1);
    }
}

TEST_CASE("an unknown quirk is told with what it may have been", "[semantics]") {
    CHECK(mistake("F,quirk=B99") == "E-SEM-007");
    CHECK(mistake("F,quirk=") == "E-SEM-007");
    CHECK(mistake("F,quirks=B33") == "E-SEM-002");
    CHECK(parse_semantics("F,quirks=B33").errors().front().hint.find("quirk") != std::string::npos);
    CHECK(parse_semantics("F,quirk=b33").errors().front().hint.find("B33") != std::string::npos);
    CHECK(parse_semantics("F,quirk=detach-vs-stop-orphan").errors().front().hint.find("B33") !=
          std::string::npos);
    CHECK(mistake("F,quirk=B01,step.disable=wakeup") == "E-SEM-006");
}

TEST_CASE("the reference in docs/semantics.md is made from the table", "[semantics][docs]") {
    testing::check_golden_section("docs/semantics.md", "reference", semantics_reference() + "\n");
}

}  // namespace
