// SPDX-License-Identifier: MIT
// What an instruction costs on each way up from the core to a run that is judged, in one run of
// interleaved rounds: the core in one go and step by step, `utsim run` without clauses, with all of
// them, with a listener that hears of each instruction, and with an engine that steps; beside them
// Unicorn (if it was there when this was built) and a native debugger's PTRACE_SINGLESTEP. CPU
// time, the kernel's share included; the best of the rounds.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#ifdef UTSIM_HAVE_UNICORN
#include <unicorn/unicorn.h>
#endif

#include <utsim/scenario.hpp>

#include "base/arena.hpp"
#include "bench/loops.hpp"
#include "bench/measuring.hpp"
#include "bench/native/native_steps.hpp"
#include "contract/contract.hpp"
#include "cpu/address_space.hpp"
#include "cpu/assembler.hpp"
#include "cpu/cpu.hpp"
#include "scenario/run.hpp"
#include "sched/choosers.hpp"

namespace {

using namespace utsim;
using namespace bench;

constexpr std::uint64_t code_at = 0x401000;
constexpr std::uint64_t data_at = 0x500000;
constexpr std::size_t page = 4096;

std::vector<std::uint8_t> machine_code(const char* text) {
    const auto assembly = cpu::assemble(text);
    if (!assembly.ok()) std::exit((std::fputs(assembly.errors()[0].message.c_str(), stderr), 1));
    return assembly->bytes;
}

/// The core by itself.
class Core {
public:
    explicit Core(const char* text) : memory_(*cpu::AddressSpace::create(arena_, pool_)) {
        const auto code = machine_code(text);
        using cpu::Protection;
        memory_.map(code_at, page, Protection::read | Protection::exec, cpu::Placement::fixed);
        memory_.write_force(code_at, code.data(), code.size());
        memory_.map(data_at, 2 * page, Protection::read | Protection::write, cpu::Placement::fixed);
        registers_.rip = code_at;
        registers_.rbx() = data_at;
        registers_.rcx() = 1;
        registers_.rsp() = data_at + 2 * page;
    }
    void run(std::uint64_t n) { cpu::run(registers_, debug_, memory_, environment_, n); }
    void step(std::uint64_t n) {
        for (; n > 0; --n) cpu::step(registers_, debug_, memory_, environment_);
    }

private:
    Arena arena_;
    cpu::PagePool pool_;
    cpu::AddressSpace& memory_;
    cpu::Registers registers_;
    cpu::DebugState debug_;
    cpu::Environment environment_;
};

std::string scenario_text(const char* loop, const char* engines) {
    std::string lines = "\"lea rbx, [rsp - 16384]\", \"and rbx, -64\", \"mov ecx, 1\"";
    std::istringstream in(loop);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) lines += ", \"" + line + "\"";
    }
    return R"({"format": "utsim.scenario/1", "tasks": [{"name": "t", "asm": [)" + lines + "]}]" +
           engines + "}";
}

/// Runs a scenario until `n` instructions have retired.
void product(const std::string& text, const ContractChoice& choice, EventSink* observer,
             std::uint64_t n) {
    const Result<Scenario> scenario = load_scenario_text(text, "bench");
    if (!scenario.ok()) std::exit((std::fputs(scenario.errors()[0].message.c_str(), stderr), 1));
    ScenarioRunOptions options;
    options.max_instructions = n;
    options.max_steps = ~std::uint64_t{0} >> 1;
    ScenarioRun run(*scenario, options);
    Contract contract(run.world().names(), choice);
    contract.set_next(observer);
    if (contract.judges()) {
        run.set_sink(&contract);
    } else {
        run.set_sink(observer);
    }
    Serial serial;
    run.restart();
    run.run(serial);
    run.set_sink(nullptr);
}

#ifdef UTSIM_HAVE_UNICORN
enum class UnicornWay { full, hook, one };

void unicorn(const char* text, UnicornWay way, std::uint64_t n) {
    uc_engine* uc = nullptr;
    uc_open(UC_ARCH_X86, UC_MODE_64, &uc);
    const auto code = machine_code(text);
    uc_mem_map(uc, code_at, page, UC_PROT_READ | UC_PROT_EXEC);
    uc_mem_write(uc, code_at, code.data(), code.size());
    uc_mem_map(uc, data_at, 2 * page, UC_PROT_READ | UC_PROT_WRITE);
    const std::uint64_t rbx = data_at, rcx = 1, rsp = data_at + 2 * page;
    uc_reg_write(uc, UC_X86_REG_RBX, &rbx);
    uc_reg_write(uc, UC_X86_REG_RCX, &rcx);
    uc_reg_write(uc, UC_X86_REG_RSP, &rsp);
    std::uint64_t left = n;
    uc_hook hook{};
    if (way == UnicornWay::one) {
        std::uint64_t at = code_at;
        for (; left > 0; --left) {
            uc_emu_start(uc, at, 0, 0, 1);
            uc_reg_read(uc, UC_X86_REG_RIP, &at);
        }
    } else {
        struct Ending {
            std::uint64_t left;
        } ending{n};
        // Without a count, as a count makes it single-step: it is stopped from a hook, at blocks
        // when it is to run freely.
        if (way == UnicornWay::hook) {
            uc_hook_add(uc, &hook, UC_HOOK_CODE,
                        reinterpret_cast<void*>(+[](uc_engine* u, uint64_t, uint32_t, void* p) {
                            if (--static_cast<Ending*>(p)->left == 0) uc_emu_stop(u);
                        }),
                        &ending, 1, 0);
        } else {
            uc_hook_add(
                uc, &hook, UC_HOOK_BLOCK,
                reinterpret_cast<void*>(+[](uc_engine* u, uint64_t, uint32_t size, void* p) {
                    // About four bytes an instruction.
                    auto& e = *static_cast<Ending*>(p);
                    const std::uint64_t some = size / 4 + 1;
                    e.left = e.left > some ? e.left - some : 0;
                    if (e.left == 0) uc_emu_stop(u);
                }),
                &ending, 1, 0);
        }
        uc_emu_start(uc, code_at, 0, 0, 0);
    }
    uc_close(uc);
}
#endif

struct Way {
    const char* name;
    std::uint64_t instructions;
    std::function<void(const bench::Loop&, std::uint64_t)> body;
};

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 3;
    const std::vector<Way> ways = {
        {"core, run", 20'000'000,
         [](const bench::Loop& l, std::uint64_t n) { Core(l.text).run(n); }},
        {"core, step", 4'000'000,
         [](const bench::Loop& l, std::uint64_t n) { Core(l.text).step(n); }},
        {"run, no clauses", 20'000'000,
         [](const bench::Loop& l, std::uint64_t n) {
             product(scenario_text(l.text, ""), ContractChoice::none(), nullptr, n);
         }},
        {"run, all clauses", 20'000'000,
         [](const bench::Loop& l, std::uint64_t n) {
             product(scenario_text(l.text, ""), ContractChoice::all(), nullptr, n);
         }},
        {"run, observed", 4'000'000,
         [](const bench::Loop& l, std::uint64_t n) {
             Counter counter;
             product(scenario_text(l.text, ""), ContractChoice::none(), &counter, n);
         }},
        {"run, stepper", 1'000'000,
         [](const bench::Loop& l, std::uint64_t n) {
             product(scenario_text(l.text, stepper), ContractChoice::none(), nullptr, n);
         }},
        {"run, stepper, all", 300'000,
         [](const bench::Loop& l, std::uint64_t n) {
             product(scenario_text(l.text, stepper), ContractChoice::all(), nullptr, n);
         }},
#ifdef UTSIM_HAVE_UNICORN
        {"Unicorn, full", 20'000'000,
         [](const bench::Loop& l, std::uint64_t n) { unicorn(l.text, UnicornWay::full, n); }},
        {"Unicorn, hook", 4'000'000,
         [](const bench::Loop& l, std::uint64_t n) { unicorn(l.text, UnicornWay::hook, n); }},
        {"Unicorn, count=1", 300'000,
         [](const bench::Loop& l, std::uint64_t n) { unicorn(l.text, UnicornWay::one, n); }},
#endif
        {"native ptrace", 30'000,
         [](const bench::Loop& l, std::uint64_t n) {
             bench::native_steps(machine_code(l.text), n);
         }},
    };
    constexpr std::size_t loops = std::size(bench::loops);
    std::vector<std::vector<double>> best(ways.size(), std::vector<double>(loops));
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t l = 0; l < loops; ++l) {
            for (std::size_t w = 0; w < ways.size(); ++w) {
                const double begin = cpu_seconds();
                ways[w].body(bench::loops[l], ways[w].instructions);
                const double rate =
                    static_cast<double>(ways[w].instructions) / (cpu_seconds() - begin) / 1e6;
                best[w][l] = std::max(best[w][l], rate);
            }
        }
    }
    std::printf("million instructions a second of CPU time, best of %d; %s\n\n", rounds,
                processor().c_str());
    std::printf("%-18s", "");
    for (const bench::Loop& loop : bench::loops) std::printf(" %15s", loop.name);
    std::printf(" %15s\n", "geometric mean");
    for (std::size_t w = 0; w < ways.size(); ++w) {
        double sum = 0;
        std::printf("%-18s", ways[w].name);
        for (const double rate : best[w]) {
            std::printf(" %15.2f", rate);
            sum += std::log(rate);
        }
        std::printf(" %15.2f\n", std::exp(sum / loops));
    }
}
