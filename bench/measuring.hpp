// SPDX-License-Identifier: MIT
/// What the benchmarks of whole runs measure with: CPU time, the processor's name, a sink that does
/// little, and an engine that steps.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <fstream>
#include <string>

#include <utsim/event.hpp>

namespace bench {

/// Of this process and those that it waited for, the kernel's share included.
inline double cpu_seconds() {
    double sum = 0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage use{};
        getrusage(who, &use);
        for (const timeval& t : {use.ru_utime, use.ru_stime}) {
            sum += static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
        }
    }
    return sum;
}

/// Counts instructions.
class Counter final : public utsim::EventSink {
public:
    void emit(const utsim::Event& event) override {
        seen += event.kind == utsim::EventKind::instruction;
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    std::uint64_t seen = 0;
};

/// The engines of a scenario whose task `t` is stepped.
inline constexpr const char* stepper =
    R"(, "engines": [{"name": "e", "events": ["QUIESCE", "SIGNAL_CORE"],
    "then": "REPORT", "default": {"quiesce:0": "SINGLESTEP",
    "signal:SIGTRAP": {"return": ["SINGLESTEP", "IGN"]}}}])";

/// Its name and family.
inline std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    std::string family;
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) continue;
        if (line.rfind("cpu family", 0) == 0) family = line.substr(colon + 2);
        if (line.rfind("model name", 0) == 0) {
            return line.substr(colon + 2) + ", family " + family;
        }
    }
    return "an unknown processor";
}

}  // namespace bench
