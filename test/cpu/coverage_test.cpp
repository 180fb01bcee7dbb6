// SPDX-License-Identifier: MIT
// Every form of the opcode table in lockstep with the host: first within this process, what cannot
// be done there under ptrace. A form that this host could execute and did not is a failure.
// `test_cpu "[coverage]"` prints the table; with UTSIM_COVERAGE=all each form of it.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "test/cpu/coverage.hpp"
#include "test/cpu/host_in_process.hpp"
#include "test/cpu/host_process.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

template <typename Host>
void visit(Host& process, const HostIdentity& host, std::unique_ptr<Coverage>& coverage) {
    Lockstep machine(process, host);
    machine.set_extensions(extensions_here());
    Random random(1);
    InstructionGenerator generator(random, machine);
    if (coverage == nullptr) coverage = std::make_unique<Coverage>(generator);
    constexpr std::uint64_t times = 8;
    coverage->visit(machine, generator, times);
}

}  // namespace

TEST_CASE("every form of the opcode table is executed on the host", "[cpu][host][coverage]") {
    HostIdentity host = this_host();
    std::unique_ptr<Coverage> coverage;
    {
        HostProcess probe;
        if (!probe.usable()) {
            WARN("skipped: " << probe.why_not());
            return;
        }
        host.addresses_of_48_bits = probe.addresses_of_48_bits();
    }
    {
        HostInProcess fast;
        if (fast.usable()) visit(fast, host, coverage);
    }
    {
        HostProcess process;
        visit(process, host, coverage);
    }
    coverage->print(std::cout, std::getenv("UTSIM_COVERAGE") != nullptr);
    for (const auto& [mnemonic, report] : coverage->differences()) UNSCOPED_INFO(report);
    CHECK(coverage->differences().empty());
    for (const std::string& form : coverage->missing()) UNSCOPED_INFO(form);
    CHECK((coverage->missing().empty() || !extensions_here()));
}
