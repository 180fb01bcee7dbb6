// SPDX-License-Identifier: MIT
// The loops in which the simulator spends its time, each for a fixed number of guest instructions,
// to be counted by callgrind (count.py): the core freely, observed and step by step, and what
// `utsim run` makes of them.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

#include <utsim/scenario.hpp>

#include "base/arena.hpp"
#include "bench/loops.hpp"
#include "cpu/address_space.hpp"
#include "cpu/assembler.hpp"
#include "cpu/cpu.hpp"
#include "scenario/run.hpp"
#include "sched/choosers.hpp"

using namespace utsim;

namespace {

constexpr std::uint64_t code_at = 0x401000;
constexpr std::uint64_t data_at = 0x500000;

struct Machine {
    explicit Machine(const char* text) : memory(*cpu::AddressSpace::create(arena, pool)) {
        const auto code = cpu::assemble(text);
        if (!code.ok()) std::exit((std::fputs(code.errors()[0].message.c_str(), stderr), 1));
        using cpu::Protection;
        memory.map(code_at, cpu::page_size, Protection::all, cpu::Placement::fixed);
        memory.write_force(code_at, code->bytes.data(), code->bytes.size());
        memory.map(data_at, 2 * cpu::page_size, Protection::read | Protection::write,
                   cpu::Placement::fixed);
        registers.rip = code_at;
        registers.rbx() = data_at;
        registers.rcx() = 1;
        registers.rsp() = data_at + 2 * cpu::page_size;
    }

    Arena arena;
    cpu::PagePool pool;
    cpu::AddressSpace& memory;
    cpu::Registers registers;
    cpu::DebugState debug;
    cpu::Environment environment;
};

struct Ears final : EventSink {
    void emit(const Event& event) override { heard += event.kind == EventKind::instruction; }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    std::uint64_t heard = 0;
};

/// Two tasks or one; each is a program that never ends.
std::string scenario_text(const char* loop, int tasks) {
    std::string lines = "\"lea rbx, [rsp - 16384]\", \"and rbx, -64\", \"mov ecx, 1\"";
    std::istringstream in(loop);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) lines += ", \"" + line + "\"";
    }
    std::string text = R"({"format": "utsim.scenario/1", "tasks": [)";
    for (int n = 0; n < tasks; ++n) {
        text += (n != 0 ? ", " : "") + std::string(R"({"name": "t)") + std::to_string(n) +
                R"(", "asm": [)" + lines + "]}";
    }
    return text + "]}";
}

/// Whoever did not run last, as long as there is such a one.
class Alternating final : public Chooser {
public:
    ActorId next(const World&, std::span<const ActorId> ready, ActorId current) override {
        for (const ActorId id : ready) {
            if (id != current) return id;
        }
        return ready.front();
    }
};

struct Product {
    Product(const char* loop, int tasks, std::uint64_t n, EventSink* sink) {
        const Result<Scenario> scenario = load_scenario_text(scenario_text(loop, tasks), "loops");
        if (!scenario.ok())
            std::exit((std::fputs(scenario.errors()[0].message.c_str(), stderr), 1));
        ScenarioRunOptions options;
        options.max_instructions = n;
        options.max_steps = ~std::uint64_t{0} >> 1;
        run = new ScenarioRun(*scenario, options);
        run->set_sink(sink);
        run->restart();
    }
    ScenarioRun* run;  // the process ends with it
};

}  // namespace

// What is counted: callgrind knows these by their names.
extern "C" {
[[gnu::noinline]] void hot_start(Machine& m, std::uint64_t n) {
    cpu::run(m.registers, m.debug, m.memory, m.environment, n);
}
[[gnu::noinline]] void hot_run(Machine& m, std::uint64_t n) {
    cpu::run(m.registers, m.debug, m.memory, m.environment, n);
}
[[gnu::noinline]] void hot_observed(Machine& m, std::uint64_t n) {
    std::uint64_t heard = 0;
    const auto hear = [](void* context, const cpu::Observed&) {
        ++*static_cast<std::uint64_t*>(context);
        return true;
    };
    cpu::run_observed(m.registers, m.debug, m.memory, m.environment, n, {hear, &heard});
}
[[gnu::noinline]] void hot_step(Machine& m, std::uint64_t n) {
    for (; n > 0; --n) cpu::step(m.registers, m.debug, m.memory, m.environment);
}
[[gnu::noinline]] void hot_product(Product& p, Chooser& chooser) { p.run->run(chooser); }
}

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    const std::string way = argv[1];
    const char* loop = nullptr;
    for (const bench::Loop& l : bench::loops) {
        if (std::strcmp(l.name, argv[2]) == 0) loop = l.text;
    }
    if (loop == nullptr) return 2;
    const std::uint64_t n = std::strtoull(argv[3], nullptr, 10);
    // The decoder's tables are made when they are first needed.
    Machine warm(loop);
    hot_start(warm, 64);
    if (way == "run" || way == "run_observed" || way == "step") {
        Machine machine(loop);
        if (way == "run") hot_run(machine, n);
        if (way == "run_observed") hot_observed(machine, n);
        if (way == "step") hot_step(machine, n);
        return 0;
    }
    Ears ears;
    Serial serial;
    Alternating alternating;
    Product product(loop, way == "switching" ? 2 : 1, n, way == "observed" ? &ears : nullptr);
    hot_product(product, way == "switching" ? static_cast<Chooser&>(alternating) : serial);
    if (way == "observed" && ears.heard < n / 2) return 1;
    return 0;
}
