// SPDX-License-Identifier: MIT
/// One kind of thing that a monitor said about generated scenarios, and where it is seen best.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "contract/violation.hpp"
#include "explore/stage.hpp"

namespace utsim::survey {

/// Where a finding was met.
struct Place {
    std::uint64_t index = 0;  ///< of the scenario
    Order order;
    std::size_t size = 0;

    /// Simple orders, then small texts, then early ones.
    bool better_than(const Place& other) const;
};

struct Finding {
    std::string message;  ///< as it was said at the best place
    bool duty = false;    ///< it is the user's fault
    std::uint64_t scenarios = 0;
    std::uint64_t runs = 0;
    std::uint64_t last_scenario = ~std::uint64_t{0};
    Place best;
};

/// By clause and by what was said, without the names and numbers in it.
using FindingKey = std::pair<std::string, std::string>;
using Findings = std::map<FindingKey, Finding>;

FindingKey key_of(const Violation& violation, std::string_view event);

/// What was met by two workers that looked at different scenarios.
void merge(Findings& into, const Findings& from);

}  // namespace utsim::survey
