// SPDX-License-Identifier: MIT
// A table a topic. Clauses that no trace can decide are kept in place, with the reason in the last
// column, because a gap in the numbers would look like a mistake.
#include "contract/reference.hpp"

#include "contract/clause.hpp"

namespace utsim {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '<') out += '\\';
        out += c;
    }
    return out;
}

std::string last_cell(const Clause& clause) {
    if (!clause.has_monitor()) return "no trace can decide it: " + escaped(clause.undecidable);
    return "monitored";
}

}  // namespace

std::string contract_summary() {
    std::size_t monitored = 0;
    std::size_t duties = 0;
    std::size_t invariants = 0;
    for (const Clause* clause : all_clauses()) {
        if (clause->id.front() == 'I') ++invariants;
        if (!clause->has_monitor()) continue;
        ++monitored;
        if (clause->bound != Bound::utrace) ++duties;
    }
    const std::size_t all = all_clauses().size();
    return std::to_string(all - invariants) + " clauses and " + std::to_string(invariants) +
           " invariants. " + std::to_string(monitored) + " of them have a monitor, " +
           std::to_string(duties) +
           " of these are duties of engine authors and callers; no trace can decide the other " +
           std::to_string(all - monitored) + ".\n";
}

std::string contract_reference() {
    std::string out = "\n" + contract_summary();
    for (const ClauseGroup& group : clause_groups()) {
        out += "\n### " + std::string(group.title) +
               "\n\n| id | binds | what is promised | judged |\n|---|---|---|---|\n";
        for (const Clause& clause : group.clauses) {
            out += "| " + std::string(clause.id) + " | " + bound_name(clause.bound) + " | " +
                   escaped(clause.text) + " | " + last_cell(clause) + " |\n";
        }
    }
    return out + "\n";
}

}  // namespace utsim
