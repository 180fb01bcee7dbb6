// SPDX-License-Identifier: MIT
// The table of what the manuals leave open: as printed in docs/cpu.md, and at work. A processor
// that contradicts ours in every open point passes where nothing is known of it, and is caught
// where it claims to be one that agrees; one that errs in what is defined is caught everywhere.
#include "test/cpu/contrary_processor.hpp"
#include "test/cpu/lockstep_run.hpp"
#include "test/support/golden.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

constexpr std::uint64_t instructions_a_run = 300'000;

HostIdentity recognised() {
    HostIdentity host;
    host.family = Family::amd_26;
    host.addresses_of_48_bits = true;
    return host;
}

}  // namespace

TEST_CASE("docs/cpu.md prints the table", "[cpu][host]") {
    utsim::testing::check_golden_section("docs/cpu.md", "open choices", open_table());
}

TEST_CASE("where nothing is known, a host may choose all that is open", "[cpu][host]") {
    ContraryProcessor contrary;
    Lockstep machine(contrary, HostIdentity{});
    const LockstepRun run(machine, 1, instructions_a_run);
    for (const auto& [mnemonic, report] : run.differences) UNSCOPED_INFO(report);
    REQUIRE(run.differences.empty());
    // Every row that a test can reach was reached, and most of its choices were not ours.
    for (const OpenRow& row : open_rows) {
        if (row.testing == Testing::not_reached || row.id == Open::null_base) continue;
        INFO(row.name);
        Ledger ledger = machine.ledger();
        const Ledger::Line& line = ledger.line(row.id);
        CHECK(line.masked + line.not_executed > 0);
        CHECK(line.compared == 0);
        CHECK((line.masked == 0 || line.equal_all_the_same < line.masked));
    }
}

TEST_CASE("a host that is known to agree may not choose", "[cpu][host]") {
    ContraryProcessor contrary;
    Lockstep machine(contrary, recognised());
    const LockstepRun run(machine, 1, instructions_a_run);
    CHECK(run.differences.size() == 8);
}

TEST_CASE("what is defined is compared on every host", "[cpu][host]") {
    using Error = ContraryProcessor::Error;
    for (const Error error : {Error::flag, Error::reg, Error::memory, Error::signal}) {
        INFO(static_cast<int>(error));
        ContraryProcessor contrary(error);
        Lockstep machine(contrary, HostIdentity{});
        const LockstepRun run(machine, 1, instructions_a_run);
        CHECK(contrary.errors() > 0);
        CHECK(run.different == contrary.errors());
    }
}

TEST_CASE("a host goes by what UTSIM_HOST calls it", "[cpu][host]") {
    CHECK(family_named("amd-25") == Family::amd_25);
    CHECK(family_named("amd-26") == Family::amd_26);
    CHECK(family_named("intel") == Family::intel);
    CHECK(family_named("unknown") == Family::unknown);
    CHECK(family_named("amd-7") == Family::unknown);
    const HostIdentity nobody;
    for (const OpenRow& row : open_rows) CHECK_FALSE(nobody.agrees(row.id));
    HostIdentity host = recognised();
    host.other_selectors = {0x20};
    CHECK_FALSE(host.agrees(Open::selector, 0x23));
    CHECK(host.agrees(Open::selector, 0x43));
}
