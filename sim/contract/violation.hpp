// SPDX-License-Identifier: MIT
/// What a monitor says when a rule was broken.
#pragma once

#include <cstdint>
#include <string>

namespace utsim {

struct Violation {
    std::string rule;        ///< id of the clause, for example `C-037` or `I2`
    std::string message;     ///< one sentence
    std::uint64_t step = 0;  ///< scheduling step of the event that broke it
    std::uint64_t since =
        0;                ///< step of the event that made the promise; `step` when there is none
    std::string by = {};  ///< who broke it: `utrace`, an engine's name, or `caller`
    bool duty = false;    ///< it is a duty of those who use the API, not a promise of utrace
};

}  // namespace utsim
