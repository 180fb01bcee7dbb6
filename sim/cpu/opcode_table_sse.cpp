// SPDX-License-Identifier: MIT
// The instructions on MMX and XMM registers.
#include "cpu/opcode_table.hpp"

namespace utsim::cpu::opcode_table {

std::span<const Row> sse() { return {}; }
std::span<const Row> sse_38() { return {}; }
std::span<const Row> sse_3a() { return {}; }

}  // namespace utsim::cpu::opcode_table
