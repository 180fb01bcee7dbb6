// SPDX-License-Identifier: MIT
// Finding rows: each map gets an index from opcode to its first candidate row. A row may cover
// several opcodes, so the candidates are those rows from there on that begin at or before the
// opcode and end at or behind it; the maps are sorted by first opcode, and overlaps are adjacent.
#include "cpu/opcode_table.hpp"

#include "base/check.hpp"

namespace utsim::cpu {
namespace {

struct Index {
    std::uint16_t first[256] = {};
    std::uint16_t count[256] = {};
    std::span<const Row> rows;

    explicit Index(std::span<const Row> table) : rows(table) {
        for (unsigned opcode = 0; opcode < 256; ++opcode) {
            for (std::uint16_t n = 0; n < table.size(); ++n) {
                if (table[n].first > opcode || table[n].last < opcode) continue;
                if (count[opcode] == 0) first[opcode] = n;
                ++count[opcode];
                UTSIM_CHECK(first[opcode] + count[opcode] == n + 1,
                            "overlapping rows are adjacent");
            }
        }
    }
};

struct Indexes {
    Index map[4];
    Indexes()
        : map{Index(opcode_table::one_byte()), Index(opcode_table::two_byte()),
              Index(opcode_table::three_byte_38()), Index(opcode_table::three_byte_3a())} {}
};

const Indexes& indexes() {
    static const Indexes all;
    return all;
}

}  // namespace

std::span<const Row> rows_for(Map map, std::uint8_t opcode) {
    const Index& index = indexes().map[static_cast<unsigned>(map)];
    return index.rows.subspan(index.first[opcode], index.count[opcode]);
}

}  // namespace utsim::cpu
