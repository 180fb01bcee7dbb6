// SPDX-License-Identifier: MIT
/// The table of breaches: for each clause a real run, and the one place at which it is broken.
///
///     C-037  contract/control-errors        the clause, and the scenario that is run
///       under E1                             semantics, if not the scenario's own
///       schedule A6B2A2                      likewise
///       switch entry.order=first_attached_first    the layer itself does it wrong: a decision of
///                                            semantics.md that differs from the run as it is
///       set api call=utrace_control ret=-ESRCH #1 to ret=0       see edit.hpp; several lines are
///                                            one breach in several events
///       broken: a call about an engine that is gone answers 0    the sentence of the clause
///       also C-199: the same, said of the second DETACH          reported as well, and why it is
///                                            right that it is
///
/// A clause for which none was found has a row as well: `C-073 -` and below it `not-yet: reason`.
///
/// `# ` begins a comment; a line that begins with `+` goes on with the one before.
#pragma once

#include <string>
#include <vector>

#include "breach/recording.hpp"

namespace utsim::testing {

struct Also {
    std::string clause;
    std::string why;
};

struct Breach {
    std::string clause;
    std::string scenario;  ///< a shipped one, or `own/NAME`: test/breach/scenarios/NAME.json
    std::string semantics;
    std::string schedule;
    std::string switches;  ///< decisions of the layer that are made otherwise, each behind a comma
    std::vector<std::string> edits;
    std::string broken;      ///< what of the clause's sentence is not true any more
    std::string not_yet;     ///< why there is no breach of it; else empty
    std::vector<Also> also;  ///< what else says that the same place is wrong
    std::string file;
    std::size_t line = 0;
};

/// All rows of one file.
Result<std::vector<Breach>> read_breaches(const std::string& path);
/// The files of the table.
std::vector<std::string> breach_files();

/// What became of one row.
struct BreachOutcome {
    std::string mistake;                      ///< why the row could not be tried; empty
    std::set<std::string> before;             ///< reported of the run as it is
    std::vector<Violation> after;             ///< reported of the edited one
    std::set<std::string> differs_by_tables;  ///< see Recording
    std::string differs_when_forgetful;       ///< likewise, of all clauses and of this one alone
};
BreachOutcome try_breach(const Breach& breach);
/// What is said otherwise when one field of what monitors remember is changed at every chance, by
/// the field. None, if they go by nothing that they do not tell.
std::map<std::string, std::string> try_each_field(const Breach& breach);

Result<Scenario> breach_scenario(const std::string& name);

}  // namespace utsim::testing
