// SPDX-License-Identifier: MIT
// An engine of your own: the example of docs/library.md.
#include <cstdio>

#include <utsim/simulation.hpp>

class Counter : public utsim::EngineOps {
public:
    std::uint32_t report_syscall_entry(std::uint32_t action, utsim::Engine&,
                                       utsim::Task&) override {
        ++calls;
        const std::uint32_t resume = calls == 3 ? utsim::UTRACE_STOP : utsim::UTRACE_RESUME;
        return utsim::utrace_syscall_action(action) | resume;
    }
    int calls = 0;
};

int main() {
    const auto scenario = utsim::load_scenario_text(R"({
        "format": "utsim.scenario/1",
        "tasks": [ { "name": "target", "program": [
            { "op": "loop", "times": 5, "program": [ { "op": "syscall", "nr": "getpid" } ] } ] } ]
    })",
                                                    "example");
    if (!scenario.ok()) return 1;
    auto simulation = utsim::Simulation::create(*scenario);
    if (!simulation.ok()) return 1;
    simulation->add_engine<Counter>({.name = "counter",
                                     .task = "target",
                                     .events = utsim::UTRACE_EVENT(utsim::EVENT_SYSCALL_ENTRY)});
    const utsim::RunReport report = simulation->run();
    std::printf("%s after %d calls\n", report.end.c_str(),
                simulation->engine<Counter>("counter")->calls);
}
