// SPDX-License-Identifier: MIT
// Millions of random instructions on the model and on the host processor, executed within this
// process: registers, flags, x87 and SSE state, memory, signals with their address. The same masks
// as under ptrace (host_lockstep_test.cpp). UTSIM_HOST_VECTORS sets how many, UTSIM_HOST_SEED
// which.
#include <iostream>

#include "test/cpu/host_in_process.hpp"
#include "test/cpu/lockstep_run.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

TEST_CASE("the model does what the host does, in millions", "[cpu][host][million][oracle]") {
    HostInProcess process;
    if (!process.usable()) {
        WARN("skipped: " << process.why_not());
        return;
    }
    HostIdentity host = this_host();
    host.addresses_of_48_bits = true;
    Lockstep machine(process, host);
    machine.set_extensions(extensions_here());
    const LockstepRun run(machine, setting("UTSIM_HOST_SEED", 1),
                          setting("UTSIM_HOST_VECTORS", 500'000));
    machine.ledger().print(std::cout, host);
    CHECK_FALSE(run.skips_too_much);
    for (const auto& [mnemonic, report] : run.differences) UNSCOPED_INFO(report);
    CHECK(run.differences.empty());
}
