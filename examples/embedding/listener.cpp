// SPDX-License-Identifier: MIT
// Listening to a run, and judging it: the second example of docs/library.md.
#include <cstdio>

#include <utsim/simulation.hpp>

/// Wants no system call of its target to be made.
class Guard : public utsim::EngineOps {
public:
    std::uint32_t report_syscall_entry(std::uint32_t, utsim::Engine&, utsim::Task&) override {
        return utsim::UTRACE_SYSCALL_ABORT | utsim::UTRACE_RESUME;
    }
};

int main() {
    const auto scenario = utsim::load_scenario_text(R"({
        "format": "utsim.scenario/1",
        "tasks": [ { "name": "target", "program": [ { "op": "syscall", "nr": "getpid" } ] } ],
        "engines": [ { "name": "bystander", "events": ["QUIESCE"] } ]
    })",
                                                    "example");
    if (!scenario.ok()) return 1;
    auto simulation = utsim::Simulation::create(*scenario);
    if (!simulation.ok()) return 1;
    simulation->add_engine<Guard>({.name = "guard",
                                   .task = "target",
                                   .events = utsim::UTRACE_EVENT(utsim::EVENT_SYSCALL_ENTRY)});
    simulation->listen([](const utsim::Event& event, const utsim::NameTable& names) {
        if (event.kind != utsim::EventKind::callback_end) return;
        const auto engine = utsim::find_field(event.kind, "engine");
        const auto ret = utsim::find_field(event.kind, "ret");
        std::printf("step %d: %s answers %s\n", static_cast<int>(event.step),
                    utsim::field_in_words(event, *engine, names).c_str(),
                    utsim::field_in_words(event, *ret, names).c_str());
    });
    const auto report = simulation->run_judged();
    if (!report.ok()) return 1;
    for (const utsim::ContractBreach& breach : report->contract->broken) {
        std::printf("%s, broken by %s: %s\n", breach.clause.c_str(), breach.by.c_str(),
                    breach.message.c_str());
    }
}
