// SPDX-License-Identifier: MIT
// Each list of fields has all of its struct: what it leaves out could tell two states apart.
#include <algorithm>
#include <string>
#include <vector>

#include "cpu/address_space.hpp"
#include "engines/guard.hpp"
#include "engines/script.hpp"
#include "engines/scripted.hpp"
#include "engines/stepper.hpp"
#include "engines/syscall_log.hpp"
#include "kernel/kernel.hpp"
#include "kernel/program.hpp"
#include "scenario/run.hpp"
#include "sched/state.hpp"
#include "support/testing.hpp"
#include "utrace/utrace_struct.hpp"

using namespace utsim;

namespace {

/// The first byte that belongs to no field and is no padding either; the size when there is none.
std::size_t forgotten(const ObjectType& type) {
    std::vector<bool> told(type.size, false);
    for (const ObjectField& field : type.fields()) {
        for (std::size_t i = 0; i < field.size; ++i) {
            if (told[field.offset + i]) return field.offset + i;  // twice
            told[field.offset + i] = true;
        }
    }
    // Padding ends where something aligned begins, and is shorter than that is aligned.
    constexpr std::size_t most_aligned = 8;
    for (std::size_t i = 0; i < type.size;) {
        if (told[i]) {
            ++i;
            continue;
        }
        const std::size_t first = i;
        while (i < type.size && !told[i]) ++i;
        if (i - first >= most_aligned || i % 2 != 0) return first;
    }
    return type.size;
}

}  // namespace

TEST_CASE("lists of fields are complete", "[states]") {
    for (const ObjectType* type : {object_type<WorldState>(),
                                   object_type<Actor>(),
                                   object_type<RcuCallback>(),
                                   object_type<NameText>(),
                                   object_type<Kernel>(),
                                   object_type<Task>(),
                                   object_type<Sighand>(),
                                   object_type<SignalStruct>(),
                                   object_type<VforkDone>(),
                                   object_type<AbstractFrame>(),
                                   object_type<Mm>(),
                                   object_type<SigQueue>(),
                                   object_type<Program>(),
                                   object_type<ProgramOp>(),
                                   object_type<Utrace>(),
                                   object_type<Engine>(),
                                   object_type<EngineSlot>(),
                                   object_type<TaskSlot>(),
                                   object_type<ScriptController>(),
                                   object_type<ScriptContext>(),
                                   object_type<ScriptContext::StepResult>(),
                                   object_type<ScriptedState>(),
                                   object_type<StepperState>(),
                                   object_type<GuardState>(),
                                   object_type<SyscallLogState>(),
                                   object_type<cpu::AddressSpace>()}) {
        INFO(type->name);
        REQUIRE(type->fields != nullptr);
        CHECK(forgotten(*type) == type->size);
    }
}

TEST_CASE("what the arena holds is described", "[states]") {
    const Result<Scenario> scenario = load_scenario_text(
        R"({"format": "utsim.scenario/1", "title": "some of everything",
            "tasks": [{"name": "t", "program": [{"op": "compute"}]}, {"name": "u", "asm": ["nop"]}],
            "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"]},
                        {"name": "s", "on": "u", "kind": "stepper"}],
            "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}}]}]})",
        "test.json");
    REQUIRE(scenario.ok());
    ScenarioRun run(*scenario, {});
    std::size_t objects = 0;
    for (const ArenaObject& object : run.world().arena().objects().items()) {
        REQUIRE(object.type != nullptr);
        const std::string name(object.type->name);
        INFO(name);
        const bool plain =
            name.find('*') != std::string::npos || name == "bool" || name == "unsigned int";
        CHECK((plain || object.type->fields != nullptr));
        ++objects;
    }
    CHECK(objects >= 40);
}
