// SPDX-License-Identifier: MIT
// Random instructions on the model and on the host processor under ptrace single-step: registers,
// flags, memory, signals and their siginfo after each, as far as the manuals define them or the
// table of docs/cpu.md says that this host agrees. UTSIM_HOST names the host (`unknown` masks all
// that is open), UTSIM_HOST_STEPS sets how many instructions are compared, UTSIM_HOST_SEED which.
#include <iostream>

#include "test/cpu/host_process.hpp"
#include "test/cpu/lockstep_run.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

TEST_CASE("the model does what the host processor does", "[cpu][host][oracle]") {
    HostProcess process;
    if (!process.usable()) {
        WARN("skipped: " << process.why_not() << "; recorded results are compared all the same");
        return;
    }
    HostIdentity host = this_host();
    host.addresses_of_48_bits = process.addresses_of_48_bits();
    Lockstep machine(process, host);
    machine.set_extensions(extensions_here());
    const LockstepRun run(machine, setting("UTSIM_HOST_SEED", 1),
                          setting("UTSIM_HOST_STEPS", 100'000));
    machine.ledger().print(std::cout, host);
    CHECK_FALSE(run.oracle_died);
    CHECK_FALSE(run.skips_too_much);
    for (const auto& [mnemonic, report] : run.differences) UNSCOPED_INFO(report);
    CHECK(run.differences.empty());
}
