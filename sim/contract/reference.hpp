// SPDX-License-Identifier: MIT
/// The table of clauses as Markdown, for docs/contract.md.
#pragma once

#include <string>

namespace utsim {

/// Every clause with whom it binds, and the scenario that exercises it or why none could.
std::string contract_reference();
/// How many clauses there are and how many have a monitor, in a sentence.
std::string contract_summary();

}  // namespace utsim
