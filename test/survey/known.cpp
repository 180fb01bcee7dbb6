// SPDX-License-Identifier: MIT
// One line, one reason; a clause may have several, which are then joined.
#include "survey/known.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "contract/clause.hpp"

namespace utsim::survey {

namespace {

bool names(std::string_view versions, std::string_view version) {
    while (!versions.empty()) {
        const std::string_view one = versions.substr(0, versions.find(','));
        if (one == "*" || one == version) return true;
        versions.remove_prefix(std::min(versions.size(), one.size() + 1));
    }
    return false;
}

}  // namespace

std::optional<Known> read_known(const std::string& path, std::string_view version) {
    std::ifstream file(path);
    if (!file) {
        std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
        return std::nullopt;
    }
    Known known;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream words(line);
        std::string versions;
        std::string clause;
        std::string reason;
        words >> versions >> clause >> std::ws;
        std::getline(words, reason);
        if (reason.empty() || find_clause(clause) == all_clauses().size()) {
            std::fprintf(stderr, "%s:%d: not versions, a clause, and a reason\n", path.c_str(),
                         number);
            return std::nullopt;
        }
        if (!names(versions, version)) continue;
        std::string& all = known[clause];
        all += (all.empty() ? "" : " ") + reason;
    }
    return known;
}

}  // namespace utsim::survey
