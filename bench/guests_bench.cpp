// SPDX-License-Identifier: MIT
// What an instruction of a real program costs on each way up: the C programs of bench/guest, static
// with the compiler's default flags, executed by the core, by `utsim run`, by Unicorn, by qemu-user
// and natively, in interleaved rounds. CPU time; the best of the rounds. A last block says which of
// the ratios that we aim at were reached.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "base/arena.hpp"
#include "bench/guest/guest_machine.hpp"
#include "bench/measuring.hpp"
#include "bench/native/native_steps.hpp"
#include "contract/contract.hpp"
#include "cpu/elf.hpp"
#include "scenario/run.hpp"
#include "sched/choosers.hpp"

namespace {

using namespace utsim;
using namespace bench;

struct Guest {
    std::string name;
    std::string path;
    cpu::Image image;
    std::uint64_t instructions = 0;  ///< of the whole program, on the core
};

/// What one measurement came to.
struct Took {
    std::uint64_t instructions = 0;
    double seconds = 0;
};

template <typename Body>
Took timed(Body body) {
    const double begin = cpu_seconds();
    const std::uint64_t instructions = body();
    return {instructions, cpu_seconds() - begin};
}

Took core(const Guest& guest, bench::CoreWay way, std::uint64_t most) {
    bench::GuestMachine machine(guest.image, guest.path);
    return timed([&] { return machine.execute(way, most); });
}

Took product(const Guest& guest, const char* engines, const ContractChoice& choice,
             EventSink* observer, std::uint64_t most) {
    const std::string text = R"({"format": "utsim.scenario/1", "tasks": [{"name": "t", "elf": ")" +
                             guest.path + "\"}]" + engines + "}";
    const Result<Scenario> scenario = load_scenario_text(text, "/bench.json");
    if (!scenario.ok()) std::exit((std::fputs(scenario.errors()[0].message.c_str(), stderr), 1));
    ScenarioRunOptions options;
    options.max_instructions = most;
    options.max_steps = ~std::uint64_t{0} >> 1;
    ScenarioRun run(*scenario, options);
    Contract contract(run.world().names(), choice);
    contract.set_next(observer);
    run.set_sink(contract.judges() ? &contract : observer);
    Serial serial;
    run.restart();
    const Took took = timed([&] {
        run.run(serial);
        return run.world().instructions();
    });
    run.set_sink(nullptr);
    return took;
}

struct Way {
    const char* name;
    std::function<Took(const Guest&)> body;
};

std::vector<Way> ways() {
    using bench::CoreWay;
    const ContractChoice none = ContractChoice::none(), all = ContractChoice::all();
    std::vector<Way> ways = {
        {"core, run", [](const Guest& g) { return core(g, CoreWay::run, 40'000'000); }},
        {"core, observed", [](const Guest& g) { return core(g, CoreWay::observed, 20'000'000); }},
        {"core, step", [](const Guest& g) { return core(g, CoreWay::step, 4'000'000); }},
        {"run, none", [=](const Guest& g) { return product(g, "", none, nullptr, 40'000'000); }},
        {"run, all", [=](const Guest& g) { return product(g, "", all, nullptr, 40'000'000); }},
        {"run, observed",
         [=](const Guest& g) {
             Counter counter;
             return product(g, "", none, &counter, 4'000'000);
         }},
        {"run, stepper",
         [=](const Guest& g) { return product(g, stepper, none, nullptr, 500'000); }},
        {"run, stepper, all",
         [=](const Guest& g) { return product(g, stepper, all, nullptr, 100'000); }},
    };
    if (bench::have_unicorn()) {
        using bench::UnicornWay;
        const auto unicorn = [](UnicornWay way, std::uint64_t most) {
            return [=](const Guest& g) {
                bench::UnicornGuest guest(g.image, g.path);
                return timed([&] {
                    const std::uint64_t counted = guest.execute(way, most);
                    // A free run counts nothing; it ends with the program.
                    return way == UnicornWay::full ? g.instructions : counted;
                });
            };
        };
        ways.push_back({"Unicorn, full", unicorn(UnicornWay::full, 0)});
        ways.push_back({"Unicorn, hook", unicorn(UnicornWay::hook, 10'000'000)});
        ways.push_back({"Unicorn, count=1", unicorn(UnicornWay::one, 300'000)});
    }
    if (bench::native_run({"qemu-x86_64", "--version"})) {
        ways.push_back({"qemu -singlestep", [](const Guest& g) {
                            return timed([&] {
                                bench::native_run({"qemu-x86_64", "-singlestep", g.path});
                                return g.instructions;
                            });
                        }});
    }
    ways.push_back({"native ptrace", [](const Guest& g) {
                        return timed([&] {
                            bench::native_steps(g.path, 20'000);
                            return std::uint64_t{20'000};
                        });
                    }});
    ways.push_back({"native", [](const Guest& g) {
                        return timed([&] {
                            bench::native_run({g.path});
                            return g.instructions;
                        });
                    }});
    return ways;
}

std::vector<Guest> guests(const std::string& folder, const std::string& compiler) {
    std::vector<Guest> all;
    for (const char* name : {"sieve", "sha256", "qsort", "fib", "crc32", "memcpy", "interpreter",
                             "matrix", "floating", "wide"}) {
        Guest guest;
        guest.name = name;
        guest.path = folder + "/" + name + "-" + compiler;
        std::ifstream file(guest.path, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        Result<cpu::Image> image = cpu::read_elf(std::as_bytes(std::span(bytes)), guest.path);
        if (!image.ok()) {
            std::fprintf(stderr, "%s: %s\n", guest.path.c_str(), image.errors()[0].message.c_str());
            continue;
        }
        guest.image = std::move(*image);
        bench::GuestMachine machine(guest.image, guest.path);
        guest.instructions = machine.execute(bench::CoreWay::run, ~std::uint64_t{0});
        std::printf("%-12s %12llu instructions: %s", name,
                    static_cast<unsigned long long>(guest.instructions), machine.output().c_str());
        all.push_back(std::move(guest));
    }
    return all;
}

double mean(const std::vector<double>& rates) {
    double sum = 0;
    for (const double rate : rates) sum += std::log(rate);
    return std::exp(sum / static_cast<double>(rates.size()));
}

struct Aim {
    const char* text;
    const char* ours;
    const char* theirs;
    double least;
};

constexpr Aim aims[] = {
    {"free-running / Unicorn full", "core, run", "Unicorn, full", 2},
    {"every instruction / Unicorn's hook", "core, observed", "Unicorn, hook", 2},
    {"observed / Unicorn's hook", "run, observed", "Unicorn, hook", 2},
    {"utsim run / core", "run, none", "core, run", 1 / 1.5},
    {"all clauses / utsim run", "run, all", "run, none", 1 / 3.0},
    {"stepper / native ptrace", "run, stepper", "native ptrace", 40},
};

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 3;
    const std::string compiler = argc > 2 ? argv[2] : "gcc";
    const std::vector<Guest> programs = guests(UTSIM_GUEST_FOLDER, compiler);
    if (programs.empty()) return 1;
    const std::vector<Way> all = ways();
    std::vector<std::vector<double>> best(all.size(), std::vector<double>(programs.size(), 1e-9));
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t g = 0; g < programs.size(); ++g) {
            for (std::size_t w = 0; w < all.size(); ++w) {
                const Took took = all[w].body(programs[g]);
                const double rate =
                    static_cast<double>(took.instructions) / std::max(took.seconds, 1e-6) / 1e6;
                best[w][g] = std::max(best[w][g], rate);
            }
        }
    }
    std::printf("\nmillion instructions a second of CPU time, best of %d; %s; %s -O2 -static\n\n",
                rounds, processor().c_str(), compiler.c_str());
    std::printf("%-18s", "");
    for (const Guest& guest : programs) std::printf(" %11s", guest.name.c_str());
    std::printf(" %14s\n", "geometric mean");
    const auto mean_of = [&](const char* name) {
        for (std::size_t w = 0; w < all.size(); ++w) {
            if (std::strcmp(all[w].name, name) == 0) return mean(best[w]);
        }
        return 0.0;
    };
    for (std::size_t w = 0; w < all.size(); ++w) {
        std::printf("%-18s", all[w].name);
        for (const double rate : best[w]) std::printf(" %11.2f", rate);
        std::printf(" %14.2f\n", mean(best[w]));
    }
    std::printf("\n%-38s %8s %8s\n", "aim", "is", "asked");
    for (const Aim& aim : aims) {
        const double theirs = mean_of(aim.theirs);
        if (theirs == 0) continue;
        const double ratio = mean_of(aim.ours) / theirs;
        std::printf("%-38s %8.2f %8.2f %s\n", aim.text, ratio, aim.least,
                    ratio >= aim.least ? "reached" : "not reached");
    }
}
