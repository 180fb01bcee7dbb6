// SPDX-License-Identifier: MIT
// docs/contract.md is made from the table of clauses.
#include "contract/reference.hpp"
#include "support/golden.hpp"

TEST_CASE("docs/contract.md has the table of clauses", "[contract][docs]") {
    utsim::testing::check_golden_section("docs/contract.md", "reference",
                                         utsim::contract_reference());
}
