// SPDX-License-Identifier: MIT
/// Words behind each other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace utsim {

inline std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const std::string& word : words) {
        if (!out.empty()) out += between;
        out += word;
    }
    return out;
}

}  // namespace utsim
