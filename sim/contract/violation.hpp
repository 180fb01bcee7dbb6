// SPDX-License-Identifier: MIT
/// What a monitor says when a rule was broken.
#pragma once

#include <cstdint>
#include <string>

namespace utsim {

struct Violation {
    std::string rule;        ///< id of the rule, for example `I2`
    std::string message;     ///< one sentence
    std::uint64_t step = 0;  ///< scheduling step of the event that broke it
    std::uint64_t since =
        0;  ///< step of the event that made the promise; `step` when there is none
};

}  // namespace utsim
