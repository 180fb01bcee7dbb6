// SPDX-License-Identifier: MIT
// Finding rows: the parts of a map are merged, and each map gets an index from opcode to its rows.
// A row that covers several opcodes stands there once for each.
#include "cpu/opcode_table.hpp"

#include <initializer_list>
#include <vector>

namespace utsim::cpu {
namespace {

struct Index {
    std::uint16_t first[257] = {};
    std::vector<Row> rows;

    Index(std::initializer_list<std::span<const Row>> parts) {
        for (unsigned opcode = 0; opcode < 256; ++opcode) {
            for (const std::span<const Row> part : parts) {
                for (const Row& row : part) {
                    if (row.first <= opcode && opcode <= row.last) rows.push_back(row);
                }
            }
            first[opcode + 1] = static_cast<std::uint16_t>(rows.size());
        }
    }
};

struct Indexes {
    Index map[6];
    Indexes()
        : map{{opcode_table::x87(), opcode_table::one_byte()},
              {opcode_table::sse(), opcode_table::two_byte()},
              {opcode_table::sse_38(), opcode_table::three_byte_38()},
              {opcode_table::sse_3a(), opcode_table::three_byte_3a()},
              {opcode_table::vex_38()},
              {opcode_table::vex_3a()}} {}
};

const Indexes& indexes() {
    static const Indexes all;
    return all;
}

}  // namespace

std::span<const Row> rows_for(Map map, std::uint8_t opcode) {
    const Index& index = indexes().map[static_cast<unsigned>(map)];
    return std::span(index.rows)
        .subspan(index.first[opcode], index.first[opcode + 1u] - index.first[opcode]);
}

}  // namespace utsim::cpu
