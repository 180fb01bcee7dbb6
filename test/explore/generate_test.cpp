// SPDX-License-Identifier: MIT
// What the generator makes can be loaded, is lawful, has all words of the format in it, and follows
// from its seed.
#include <utsim/generate.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>
#include <set>

#include <utsim/scenario.hpp>

#include "contract/clause.hpp"
#include "contract/contract.hpp"
#include "event/names.hpp"
#include "explore/stage.hpp"
#include "explore/weights_reference.hpp"
#include "scenario/fields.hpp"
#include "semantics/parse.hpp"
#include "support/golden.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

ScenarioGenerator generator(const GeneratorOptions& options = {}) {
    Result<ScenarioGenerator> made = ScenarioGenerator::create(options);
    if (!made.ok()) FAIL(made.errors().front().message);
    return *made;
}

GeneratorOptions unlawful() {
    GeneratorOptions options;
    options.unlawful = true;
    return options;
}

Scenario load(const std::string& text) {
    Result<Scenario> scenario = load_scenario_text(text, "generated");
    if (!scenario.ok()) {
        const Error& error = scenario.errors().front();
        FAIL(error.code << ": " << error.message << " at " << error.pointer << "\n" << text);
    }
    return *scenario;
}

/// The duties that were broken, by the clause that says so, with an example.
class DutyCounter {
public:
    DutyCounter() { stage_.set_max_steps(4000); }

    void judge(const std::string& text, std::uint64_t seed) {
        stage_.load(load(text), parse_semantics("F")->semantics);
        // A stage uses its World again where it can, and then the names stay as well.
        if (heard_ != &stage_.world()) {
            heard_ = &stage_.world();
            contract_ = std::make_unique<Contract>(stage_.names());
            stage_.set_listener(contract_.get());
        }
        for (const Order::Kind kind : {Order::Kind::serial, Order::Kind::walk}) {
            Order order;
            order.kind = kind;
            order.seed = seed;
            contract_->restart();
            const RunEnd end = stage_.run(order);
            contract_->finish(end, stage_.world().step());
            ++runs;
            for (const Violation& violation : contract_->violations()) {
                if (violation.duty) broken.emplace(violation.rule, violation.message + "\n" + text);
            }
        }
    }

    std::map<std::string, std::string> broken;
    std::uint64_t runs = 0;

private:
    Stage stage_;
    World* heard_ = nullptr;
    std::unique_ptr<Contract> contract_;
};

/// All texts between quotation marks.
void add_words(const std::string& json, std::set<std::string, std::less<>>& words) {
    std::size_t at = 0;
    while ((at = json.find('"', at)) != std::string::npos) {
        const std::size_t end = json.find('"', at + 1);
        words.insert(json.substr(at + 1, end - at - 1));
        at = end + 1;
    }
}

std::vector<std::string> verbs_of_steps() {
    std::vector<std::string> verbs;
    for (const Type* type : scenario_types()) {
        if (type->name != "step" && type->name != "callback step") continue;
        for (const Field& field : type->fields) {
            if (field.alternative) verbs.push_back(field.name);
        }
    }
    return verbs;
}

std::vector<std::string> operations() {
    std::vector<std::string> out;
    for (const Type* type : scenario_types()) {
        if (type->name.starts_with("op:")) out.push_back(type->name.substr(3));
    }
    return out;
}

std::size_t count_with(const ScenarioGenerator& maker, const std::string& word, std::uint64_t n) {
    std::size_t count = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
        if (maker.make(3, i).find("\"" + word + "\"") != std::string::npos) ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("what is generated loads", "[generate]") {
    const ScenarioGenerator lawful = generator();
    const ScenarioGenerator any = generator(unlawful());
    for (std::uint64_t i = 0; i < 4000; ++i) {
        load(lawful.make(1, i));
        load(any.make(1, i));
    }
}

TEST_CASE("what is generated follows from seed and index", "[generate]") {
    const ScenarioGenerator one = generator();
    const ScenarioGenerator two = generator();
    CHECK(one.make(1, 7) == two.make(1, 7));
    CHECK(one.make(1, 7) != one.make(2, 7));
    CHECK(one.make(1, 7) != one.make(1, 8));
    CHECK(one.make(1, 7) != generator(unlawful()).make(2, 7));
    CHECK(one.vary(one.make(1, 7), one.make(1, 8), 3) ==
          two.vary(two.make(1, 7), two.make(1, 8), 3));
}

TEST_CASE("no duty is broken by what is lawful", "[generate]") {
    const ScenarioGenerator maker = generator();
    DutyCounter counter;
    for (std::uint64_t i = 0; i < 3000; ++i) counter.judge(maker.make(17, i), i);
    for (const auto& [clause, example] : counter.broken) FAIL_CHECK(clause << " " << example);
    CHECK(counter.runs == 6000);
}

TEST_CASE("nor by what it is varied to", "[generate]") {
    const ScenarioGenerator maker = generator();
    DutyCounter counter;
    std::string text = maker.make(5, 0);
    for (std::uint64_t i = 0; i < 1500; ++i) {
        text = maker.vary(i % 6 == 0 ? maker.make(5, i) : text, maker.make(5, i + 1), i);
        counter.judge(text, i);
    }
    for (const auto& [clause, example] : counter.broken) FAIL_CHECK(clause << " " << example);
}

TEST_CASE("unlawful ones do break duties", "[generate]") {
    const ScenarioGenerator maker = generator(unlawful());
    DutyCounter counter;
    for (std::uint64_t i = 0; i < 1500; ++i) counter.judge(maker.make(17, i), i);
    for (const char* clause : {"C-056", "C-093", "C-216", "C-237"}) {
        INFO(clause);
        CHECK(counter.broken.count(clause) == 1);
    }
}

TEST_CASE("every word of the format is used", "[generate]") {
    const ScenarioGenerator lawful = generator();
    const ScenarioGenerator any = generator(unlawful());
    std::set<std::string, std::less<>> words;
    for (std::uint64_t i = 0; i < 20'000; ++i)
        add_words((i % 4 == 0 ? any : lawful).make(9, i), words);
    std::vector<std::string> wanted = verbs_of_steps();
    const auto want = [&](const std::vector<std::string>& more) {
        wanted.insert(wanted.end(), more.begin(), more.end());
    };
    want(operations());
    want({"STOP", "INTERRUPT", "REPORT", "SINGLESTEP", "BLOCKSTEP", "RESUME", "DETACH", "KEEP",
          "STICKY", "DELIVER", "IGN", "TERM", "CORE", "TSTP", "HOLD", "RUN", "ABORT", "RESUMED"});
    want({"state", "exit_state", "calls", "flag", "ticks", "idle"});  // of await
    want({"return", "set", "block", "do", "when", "nth"});            // of answers and rules
    want({"program", "asm", "bytes", "handlers", "ignored", "blocked", "autoreap", "idle_at_end",
          "orphaned_pgrp", "kernel_thread", "parent"});     // of tasks
    want({"scripted", "stepper", "syscall-log", "guard"});  // kinds of engines
    want({"THREAD", "VFORK", "UNTRACED", "HANDLER", "si_signo", "handler", "code", "nr", "ax"});
    for (const NamedValue& event : event_names()) {
        if (event.name != "ENGINE_STOP") wanted.emplace_back(event.name);
    }
    words.insert("scripted");  // what an engine is when nothing else is said
    for (const std::string& word : wanted) {
        INFO(word);
        CHECK(words.count(word) == 1);
    }
    CHECK(wanted.size() > 90);
}

// --- weights ---------------------------------------------------------------------------------

TEST_CASE("a weight of 0 is never", "[generate]") {
    CHECK(count_with(generator(), "barrier", 1000) > 20);
    GeneratorOptions options;
    options.weights = {{"step.barrier", 0}, {"inner.barrier", 0}, {"meeting.barrier-callback", 0}};
    CHECK(count_with(generator(options), "barrier", 1000) == 0);
    options.weights = {{"level.asm", 0}, {"level.bytes", 0}, {"meeting.own-step", 0}};
    CHECK(count_with(generator(options), "asm", 1000) == 0);
    for (const GeneratorWeight& row : generator(options).weights()) {
        if (row.name != "level.asm") continue;
        CHECK(row.weight == 0);
        CHECK(row.usual > 0);
    }
}

TEST_CASE("any share can be none or all", "[generate]") {
    for (const std::uint32_t value : {0u, 100u}) {
        GeneratorOptions options;
        for (const GeneratorWeight& row : generator().weights()) {
            if (row.percent) options.weights.emplace_back(row.name, value);
        }
        const ScenarioGenerator maker = generator(options);
        for (std::uint64_t i = 0; i < 200; ++i) load(maker.make(1, i));
    }
}

TEST_CASE("any word can be the only one of its group", "[generate]") {
    const std::vector<GeneratorWeight> table = generator().weights();
    const auto group = [](const GeneratorWeight& row) {
        return row.name.substr(0, row.name.find('.'));
    };
    for (const GeneratorWeight& chosen : table) {
        if (chosen.percent) continue;
        GeneratorOptions options;
        for (const GeneratorWeight& row : table) {
            if (row.percent || group(row) != group(chosen)) continue;
            options.weights.emplace_back(row.name, row.name == chosen.name ? 1 : 0);
        }
        INFO(chosen.name);
        const ScenarioGenerator maker = generator(options);
        for (std::uint64_t i = 0; i < 25; ++i) load(maker.make(1, i));
    }
}

TEST_CASE("mistakes in weights are told", "[generate]") {
    GeneratorOptions options;
    options.weights = {{"step.barier", 1}};
    const auto unknown = ScenarioGenerator::create(options);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.errors().front().code == "E-GEN-001");
    CHECK(unknown.errors().front().hint == "did you mean step.barrier?");
    options.weights = {{"scenario.one-task", 1}};  // of the other column
    CHECK_FALSE(ScenarioGenerator::create(options).ok());
    options.weights = {{"step.barrier", 2'000'000'000}};
    CHECK(ScenarioGenerator::create(options).errors().front().code == "E-GEN-002");
    options.weights = {{"task.handlers", 101}};
    CHECK(ScenarioGenerator::create(options).errors().front().code == "E-GEN-002");
    options.weights = {{"level.abstract", 0}, {"level.asm", 0}, {"level.bytes", 0}};
    const auto empty = ScenarioGenerator::create(options);
    REQUIRE_FALSE(empty.ok());
    CHECK(empty.errors().front().message == "no word of \"level\" is left");
}

TEST_CASE("a focus draws more of what belongs to it", "[generate]") {
    const auto with_focus = [](const char* focus) {
        GeneratorOptions options;
        options.focus = focus;
        return generator(options);
    };
    const std::size_t usual = count_with(generator(), "barrier", 500);
    CHECK(count_with(with_focus("barrier"), "barrier", 500) > 2 * usual);
    CHECK(count_with(with_focus("utrace_barrier"), "barrier", 500) > 2 * usual);
    CHECK(count_with(with_focus("C-226"), "barrier", 500) > 2 * usual);
    CHECK(count_with(with_focus("JCTL"), "JCTL", 500) > 2 * count_with(generator(), "JCTL", 500));
    CHECK(count_with(with_focus("UTRACE_EVENT_JCTL"), "JCTL", 500) >
          2 * count_with(generator(), "JCTL", 500));
    for (const Clause* clause : all_clauses()) {
        GeneratorOptions options;
        options.focus = clause->id;
        INFO(clause->id);
        // Those of ptrace are about programs that trace each other, which nobody draws.
        if (clause->id.starts_with("P-")) continue;
        const std::vector<GeneratorWeight> rows = generator(options).weights();
        CHECK(std::any_of(rows.begin(), rows.end(),
                          [](const GeneratorWeight& row) { return row.weight > row.usual; }));
    }
    GeneratorOptions options;
    options.focus = "utrace_bariers";
    const auto unknown = ScenarioGenerator::create(options);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.errors().front().code == "E-GEN-001");
    CHECK(unknown.errors().front().hint == "did you mean barrier?");
}

// --- variations ------------------------------------------------------------------------------

TEST_CASE("what is varied loads", "[generate]") {
    const ScenarioGenerator maker = generator(unlawful());
    std::size_t same = 0;
    std::string text = maker.make(1, 0);
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const std::string varied = maker.vary(text, maker.make(1, i), i);
        load(varied);
        if (varied == text) ++same;
        text = i % 10 == 0 ? maker.make(2, i) : varied;
    }
    CHECK(same < 30);
}

TEST_CASE("shipped scenarios can be varied, and what is none is left alone", "[generate]") {
    const ScenarioGenerator maker = generator();
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        for (std::uint64_t i = 0; i < 5; ++i) {
            const std::string text(builtin.text);
            load(maker.vary(text, maker.make(1, i), i));
        }
    }
    for (const std::string text : {"", "{", "[]", "3", "{}", R"({"tasks": 7})"}) {
        CHECK(maker.vary(text, "nor this", 1) == text);
    }
    const std::string deep(100'000, '[');
    CHECK(maker.vary(deep, deep, 1) == deep);
}

// --- the reproduce string --------------------------------------------------------------------

TEST_CASE("the reproduce string says all", "[generate]") {
    Reproduce reproduce;
    reproduce.seed = 5;
    reproduce.index = 717;
    CHECK(reproduce_text(reproduce) == "utsim.generate/1 seed=5 index=717");
    reproduce.options.weights = {{"step.barrier", 0}, {"op.clone", 40}};
    reproduce.options.focus = "C-165";
    reproduce.options.unlawful = true;
    const std::string text = reproduce_text(reproduce);
    CHECK(text ==
          "utsim.generate/1 seed=5 index=717 weights=step.barrier:0,op.clone:40 focus=C-165 "
          "unlawful");
    const auto again = parse_reproduce(text);
    REQUIRE(again.ok());
    CHECK(reproduce_text(*again) == text);
    for (const char* wrong :
         {"", "utsim.generate/2 seed=1", "utsim.generate/1 seed=x", "utsim.generate/1 lawful",
          "utsim.generate/1 weights=a", "utsim.generate/1 seed=99999999999999999999"}) {
        INFO(wrong);
        const auto refused = parse_reproduce(wrong);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.errors().front().code == "E-GEN-003");
    }
}

TEST_CASE("docs/generate.md has the table of weights", "[generate][docs]") {
    utsim::testing::check_golden_section("docs/generate.md", "weights", weights_reference());
}

TEST_CASE("what generating costs", "[generate]") {
    constexpr int count = 5000;
    const ScenarioGenerator maker = generator();
    std::size_t bytes = 0;
    const std::clock_t start = std::clock();
    for (std::uint64_t i = 0; i < count; ++i) bytes += maker.make(1, i).size();
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::cout << "generated: " << seconds * 1e6 / count << " us and " << bytes / count
              << " bytes each\n";
    CHECK(bytes > 0);
}
