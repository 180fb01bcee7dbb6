// SPDX-License-Identifier: MIT
// Words of a group are weighed against each other, so they stand in one line.
#include "explore/weights_reference.hpp"

#include "explore/generator_weights.hpp"

namespace utsim {

namespace {

std::string in_code(std::string_view text) { return "`" + std::string(text) + "`"; }

}  // namespace

std::string weights_reference() {
    std::string words = "\n| group | words and their weights |\n|---|---|\n";
    std::string shares = "\n| share | out of 100 times | what is so |\n|---|---|---|\n";
    std::string_view group;
    for (const GeneratorRow& row : generator_rows) {
        if (row.check == not_asked) continue;
        if (row.percent) {
            shares += "| " + in_code(row.name) + " | " + std::to_string(row.check) + " | " +
                      std::string(row.about) + " |\n";
            continue;
        }
        if (group_of(row) != group) {
            if (!group.empty()) words += " |\n";
            group = group_of(row);
            words += "| " + in_code(group) + " | ";
        } else {
            words += ", ";
        }
        words += in_code(word_of(row)) + " " + std::to_string(row.check);
        if (!row.about.empty()) words += " (" + std::string(row.about) + ")";
    }
    return words + " |\n" + shares + "\n";
}

}  // namespace utsim
