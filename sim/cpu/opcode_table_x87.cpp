// SPDX-License-Identifier: MIT
// The escapes D8 to DF, and WAIT.
#include "cpu/opcode_table.hpp"

namespace utsim::cpu::opcode_table {

std::span<const Row> x87() { return {}; }

}  // namespace utsim::cpu::opcode_table
