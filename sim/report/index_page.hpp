// SPDX-License-Identifier: MIT
/// The page that stands before the pages of many findings: what was found, one by one, with the
/// promise that is broken, the way to the page about it, and the command that shows it again.
///
/// It has no script. Pages link to the promises in it: `index.html#C-257`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace utsim {

/// A finding, or a difference.
struct IndexEntry {
    std::string title;                   ///< `C-257 in finish_report`
    std::string clause;                  ///< empty: it is about none
    std::string message;                 ///< what was said of it
    std::vector<std::string> functions;  ///< in which it happened, and that others acted in
    std::vector<std::string> story;      ///< who did what, sentence by sentence
    std::uint64_t steps = 0;             ///< of the run that shows it; 0: not told
    std::string page;                    ///< name of its file, in the same folder; empty: none
    std::string command;                 ///< that shows it again; empty: none
};

struct IndexText {
    std::string title;
    std::string verdict;  ///< the last word of the search, in a sentence
    std::vector<IndexEntry> entries;
    std::vector<std::string> clauses;  ///< that pages link to, beside those of the entries
};

std::string index_of(const IndexText& text);

}  // namespace utsim
