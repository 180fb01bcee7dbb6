// SPDX-License-Identifier: MIT
// The sentences: one for each kind of event, reasons that refer to what exists, and a few whole
// stories that somebody has read.
#include <algorithm>

#include <utsim/explain.hpp>

#include "contract/clause.hpp"
#include "report/reasons.hpp"
#include "report/sentence.hpp"
#include "semantics/decision_table.hpp"
#include "support/golden.hpp"

namespace {

using namespace utsim;

RecordedTrace run_of(const char* builtin, const char* semantics) {
    const BuiltinScenario* found = find_builtin_scenario(builtin);
    REQUIRE(found != nullptr);
    const Scenario scenario =
        load_scenario_text(found->text, "builtin:" + std::string(found->name)).value();
    RunOptions options;
    options.semantics = semantics;
    return record_run(scenario, options).value().trace;
}

/// The reasons of all lines, one a line, with what they refer to.
std::string reasons_in(const RecordedTrace& trace) {
    std::string out;
    for (const ExplainedLine& line : explain(trace)) {
        for (const ExplainedReason& reason : line.reasons) {
            out += reason.text;
            for (const std::string& id : reason.clauses) out += " " + id;
            for (const std::string& decision : reason.decisions) out += " " + decision;
            out += "\n";
        }
    }
    return out;
}

/// Names between braces.
std::vector<std::string> placeholders(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t open = text.find('{'); open != std::string_view::npos;
         open = text.find('{', open + 1)) {
        names.emplace_back(text.substr(open + 1, text.find('}', open) - open - 1));
    }
    return names;
}

bool is_field(EventKind kind, const std::string& name) {
    const KindInfo& info = kind_info(kind);
    if (name == "actor" || (!name.empty() && name == info.text_name)) return true;
    if (name == "sofar") return kind == EventKind::callback;
    return std::any_of(info.field.begin(), info.field.end(),
                       [&](const FieldInfo& field) { return field.name == name; });
}

TEST_CASE("every kind of event has a sentence for all of its events", "[explain]") {
    for (const KindInfo& info : event_table()) {
        INFO(info.name);
        bool always = false;
        for (const SentenceTemplate& one : sentence_templates()) {
            if (one.kind != info.kind) continue;
            CHECK(!always);  // a row behind the general one would never be used
            always = one.field < 0;
            INFO(one.text);
            CHECK(!one.text.empty());
            for (const std::string& name : placeholders(one.text)) {
                INFO(name);
                CHECK(is_field(info.kind, name));
            }
        }
        CHECK(always);
    }
}

TEST_CASE("what reasons refer to exists", "[explain]") {
    for (const CallReason& row : call_reasons()) {
        INFO(row.text);
        for (const std::string& name : placeholders(row.text)) {
            CHECK(is_field(EventKind::api, name));
        }
        std::string_view ids = row.clauses;
        while (!ids.empty()) {
            const std::string_view id = ids.substr(0, ids.find(' '));
            CHECK(find_clause(id) < all_clauses().size());
            ids.remove_prefix(std::min(ids.size(), id.size() + 1));
        }
        if (row.decision.empty()) continue;
        REQUIRE(find_decision(row.decision) != nullptr);
        if (!row.value.empty()) CHECK(find_decision(row.decision)->find_value(row.value));
    }
}

TEST_CASE("every shipped scenario can be explained, and refers to what exists", "[explain]") {
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const RecordedTrace trace = run_of(std::string(builtin.name).c_str(), "");
        INFO(builtin.name);
        CHECK(!explain_text(trace).empty());
        for (const ExplainedLine& line : explain(trace)) {
            CHECK(line.text.find('{') == std::string::npos);
            for (const ExplainedReason& reason : line.reasons) {
                for (const std::string& id : reason.clauses) {
                    INFO(id);
                    CHECK(find_clause(id) < all_clauses().size());
                }
                for (const std::string& decision : reason.decisions) {
                    CHECK(find_decision(decision.substr(0, decision.find('='))) != nullptr);
                }
            }
        }
    }
}

TEST_CASE("the rule of the merge is named", "[explain]") {
    const std::string reasons = reasons_in(run_of("seed/stop-meets-step", "F"));
    CHECK(reasons.find("stopper STOP, stepper SINGLESTEP. The smallest of them constrains most, "
                       "and wins. C-065 C-066") != std::string::npos);
    CHECK(reasons.find("report.step=stored") != std::string::npos);
    CHECK(reasons_in(run_of("seed/stop-meets-step", "E1")).find("report.step=dropped") !=
          std::string::npos);
}

TEST_CASE("a refusal names the decision behind it", "[explain]") {
    const std::string reasons = reasons_in(run_of("seed/step-on-running-target", "E1"));
    CHECK(reasons.find("C-221 step.running=refused") != std::string::npos);
    CHECK(reasons_in(run_of("seed/step-on-running-target", "F")).find("step.arm=resume") !=
          std::string::npos);
}

TEST_CASE("a SIGTRAP without a trap is explained by the exit path", "[explain]") {
    CHECK(reasons_in(run_of("seed/step-over-syscall", "E1")).find("exit.step-trap=arch") !=
          std::string::npos);
    CHECK(reasons_in(run_of("seed/step-over-syscall", "E4")).find("exit.step-trap=utrace") !=
          std::string::npos);
    CHECK(reasons_in(run_of("seed/step-over-syscall", "F")).find("exit.step-trap") ==
          std::string::npos);
}

TEST_CASE("a broken clause is told where it is broken", "[explain]") {
    const std::string broken = explain_text(run_of("seed/sleeps-under-the-lock", "E1"));
    CHECK(broken.find("Here C-038 is broken by utrace") != std::string::npos);
    const std::string kept = explain_text(run_of("seed/sleeps-under-the-lock", "flags-proposal"));
    CHECK(kept.find("is broken") == std::string::npos);
}

TEST_CASE("stories that somebody has read", "[explain]") {
    testing::check_golden("test/report/golden/stop-meets-step.txt",
                          explain_text(run_of("seed/stop-meets-step", "F")));
    testing::check_golden("test/report/golden/page-in-under-the-lock.txt",
                          explain_text(run_of("seed/page-in-under-the-lock", "E1")));
    testing::check_golden("test/report/golden/step-over-syscall.txt",
                          explain_text(run_of("seed/step-over-syscall", "E4")));
}

}  // namespace
