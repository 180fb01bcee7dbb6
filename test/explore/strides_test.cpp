// SPDX-License-Identifier: MIT
// A task goes through user mode in strides where nobody can tell. That is to make no difference:
// here each run is made twice, in strides and instruction by instruction, and both are the same in
// all that anybody hears of them.
#include <cstdlib>
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "contract/contract.hpp"
#include "explore/generate.hpp"
#include "scenario/run.hpp"
#include "sched/choosers.hpp"
#include "sched/schedule.hpp"
#include "semantics/presets.hpp"
#include "support/testing.hpp"

using namespace utsim;

namespace {

/// Keeps what is told, with instructions that follow each other taken together unless it wants
/// each.
class Summary final : public EventSink {
public:
    Summary(Contract& contract, bool each) : contract_(contract), each_(each) {}

    void emit(const Event& event) override {
        contract_.emit(event);
        ++told;
        if (each_ || event.kind != EventKind::instruction) {
            note(event, event.value[1], std::string(event.text));
            return;
        }
        const bool more = last_ == event.actor.value;
        if (!more) note(event, event.value[1], {});
        const std::uint64_t before = more ? instructions_ : 0;
        instructions_ = before + static_cast<std::uint64_t>(event.value[2]);
        last_ = event.actor.value;
        last_step_ = event.step;
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override {
        return each_ || contract_.wants_each_instruction();
    }

    const std::string& text() {
        end_instructions();
        return text_;
    }
    std::size_t told = 0;

private:
    void note(const Event& event, std::int64_t ip, const std::string& more) {
        end_instructions();
        text_ += std::to_string(event.actor.value) + " " + kind_info(event.kind).name.data();
        if (!each_ && event.kind == EventKind::instruction) {
            text_ += " " + std::to_string(event.value[0]) + " at " + std::to_string(ip);
            return;
        }
        text_ += " in " + std::to_string(event.step);
        for (const std::int64_t value : event.value) text_ += " " + std::to_string(value);
        text_ += " " + more + "\n";
    }
    void end_instructions() {
        if (instructions_ == 0) return;
        text_ += ": " + std::to_string(instructions_) + ", the last in " +
                 std::to_string(last_step_) + "\n";
        instructions_ = 0;
        last_ = ~std::uint32_t{0};
    }

    Contract& contract_;
    bool each_;
    std::string text_;
    std::uint64_t instructions_ = 0;
    std::uint64_t last_step_ = 0;
    std::uint32_t last_ = ~std::uint32_t{0};
};

struct Told {
    std::string text;
    std::size_t events = 0;
    Schedule schedule;
};

Told told(const Scenario& scenario, const Semantics& semantics, const ContractChoice& choice,
          std::uint64_t seed, bool strides, bool each = false, std::uint64_t quantum = 1,
          Chooser* chooser = nullptr) {
    ScenarioRunOptions options;
    options.quantum = quantum;
    options.semantics = semantics;
    options.max_steps = 5000;
    options.any_order = seed != 0;
    ScenarioRun run(scenario, options);
    if (!strides) run.world().forbid_strides();
    Contract contract(run.world().names(), choice);
    Summary summary(contract, each);
    run.set_sink(&summary);
    run.restart();
    Serial serial;
    RandomWalk walk(seed);
    if (chooser == nullptr) chooser = seed == 0 ? static_cast<Chooser*>(&serial) : &walk;
    const RunEnd end = run.run(*chooser);
    run.finish(end);
    contract.finish(end, run.world().step());
    Told result;
    result.schedule = schedule_so_far(run.world());
    result.text = summary.text() + run_end_name(end) + " " + run.world().end_detail() + " " +
                  std::to_string(run.world().step()) + " " +
                  std::to_string(run.world().instructions()) + " " +
                  format_schedule(result.schedule) + "\n";
    for (const ExpectationResult& e : run.results()) {
        result.text += e.pointer + " " + std::to_string(static_cast<int>(e.verdict)) + " " +
                       e.message + " " + std::to_string(e.step) + "\n";
    }
    for (const Violation& v : contract.violations()) {
        result.text += v.rule + " " + std::to_string(v.step) + " " + std::to_string(v.since) + " " +
                       v.by + ": " + v.message + "\n";
    }
    for (std::size_t i = 0; i < all_clauses().size(); ++i) {
        result.text += std::to_string(contract.exercised(i)) + " ";
    }
    result.events = summary.told;
    run.set_sink(nullptr);
    return result;
}

struct Totals {
    std::size_t events = 0;  ///< told in runs without strides
    std::size_t saved = 0;   ///< of these, not told in those with
};

/// In the serial order and in a random one, with all clauses and with none.
void compare(const Scenario& scenario, const Semantics& semantics, const std::string& name,
             Totals& totals) {
    for (const ContractChoice& choice : {ContractChoice::all(), ContractChoice::none()}) {
        for (std::uint64_t seed = 0; seed < 2; ++seed) {
            const Told in_strides = told(scenario, semantics, choice, seed, true);
            const Told in_steps = told(scenario, semantics, choice, seed, false);
            INFO(name << ", order " << seed);
            REQUIRE(in_strides.text == in_steps.text);
            totals.events += in_steps.events;
            totals.saved += in_steps.events - in_strides.events;
        }
    }
}

std::uint64_t generated_scenarios() {
    const char* wanted = std::getenv("UTSIM_STRIDE_SCENARIOS");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 200;
}

}  // namespace

TEST_CASE("a run in strides is the run in single steps", "[explore][strides]") {
    Totals totals;
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const Result<Scenario> scenario =
            load_scenario_text(std::string(builtin.text), std::string(builtin.name));
        REQUIRE(scenario.ok());
        for (const char* version : {"F", "E1", "E4"}) {
            compare(*scenario, preset_semantics(*find_preset(version)),
                    std::string(builtin.name) + " under " + version, totals);
        }
    }
    for (std::uint64_t index = 0; index < generated_scenarios(); ++index) {
        const Result<Scenario> scenario =
            load_scenario_text(generate_scenario(13, index), "generated");
        REQUIRE(scenario.ok());
        compare(*scenario, final_semantics(), "scenario " + std::to_string(index), totals);
    }
    CAPTURE(totals.events, totals.saved);
    CHECK(totals.saved > 1000);  // strides were made
}

TEST_CASE("who wants each instruction hears the same of a stride", "[explore][strides]") {
    std::size_t heard = 0;
    const auto hear = [&](const Scenario& scenario, const std::string& name) {
        for (std::uint64_t seed = 0; seed < 2; ++seed) {
            const ContractChoice choice = ContractChoice::all();
            const Told strides = told(scenario, final_semantics(), choice, seed, true, true);
            const Told steps = told(scenario, final_semantics(), choice, seed, false, true);
            INFO(name << ", order " << seed);
            REQUIRE(strides.text == steps.text);
            heard += strides.events;
        }
    };
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const Result<Scenario> scenario =
            load_scenario_text(std::string(builtin.text), std::string(builtin.name));
        REQUIRE(scenario.ok());
        hear(*scenario, std::string(builtin.name));
    }
    // Machine code across pages, with a fault in the middle, REP, a call, and code that is changed.
    const Result<Scenario> scenario = load_scenario_text(R"({"format": "utsim.scenario/1",
        "tasks": [{"name": "t", "at": 4198368, "asm": [
            "mov ebx, 200", "again: lea rdi, [rsp - 2048]", "mov ecx, 40", "rep stosb",
            "mov rax, 0x1122334455667788", "xor rax, rbx", "push rax", "call there",
            "mov byte ptr [rel patch], 0x90", "patch: nop", "dec ebx", "jnz again",
            "mov eax, 39", "syscall", "pushf", "popf", "mov rax, [0x10]",
            "there: pop rdx", "pop rsi", "push rdx", "ret"]}]})",
                                                         "machine");
    if (!scenario.ok()) FAIL(scenario.errors()[0].message);
    hear(*scenario, "machine code");
    CHECK(heard > 10'000);
}

TEST_CASE("a run with a quantum is one of those without", "[explore][strides][quantum]") {
    std::size_t fewer = 0;
    constexpr std::uint64_t seven = 7;
    const auto compare = [&](const Scenario& scenario, const std::string& name) {
        const ContractChoice none = ContractChoice::none();
        for (std::uint64_t seed = 1; seed < 4; ++seed) {
            INFO(name << ", order " << seed);
            const Told quanta = told(scenario, final_semantics(), none, seed, true, false, seven);
            const Told steps = told(scenario, final_semantics(), none, seed, false, false, seven);
            REQUIRE(quanta.text == steps.text);
            // Its schedule says all: followed with or without a quantum it is the same run.
            for (const std::uint64_t quantum : {1, 7, 1000}) {
                ScheduleChooser following(quanta.schedule);
                Chooser* follow = &following;
                const Told again =
                    told(scenario, final_semantics(), none, seed, true, false, quantum, follow);
                REQUIRE(again.text == quanta.text);
            }
            const Told each = told(scenario, final_semantics(), none, seed, true);
            fewer += quanta.schedule.stretches.size() < each.schedule.stretches.size();
        }
    };
    for (std::uint64_t index = 0; index < generated_scenarios() / 4; ++index) {
        const Result<Scenario> scenario =
            load_scenario_text(generate_scenario(17, index), "generated");
        REQUIRE(scenario.ok());
        compare(*scenario, "scenario " + std::to_string(index));
    }
    const Result<Scenario> scenario = load_scenario_text(R"({"format": "utsim.scenario/1",
        "tasks": [{"name": "a", "asm": ["mov ecx, 99", "l: dec ecx", "jnz l", "hlt"]},
                  {"name": "b", "asm": ["mov ecx, 50", "l: dec ecx", "jnz l", "hlt"]}]})",
                                                         "machine");
    if (!scenario.ok()) FAIL(scenario.errors()[0].message);
    compare(*scenario, "machine code");
    CHECK(fewer > 10);
}
