// SPDX-License-Identifier: MIT
/// Words behind each other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace utsim::cli {

inline std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const std::string& word : words) {
        if (!out.empty()) out += between;
        out += word;
    }
    return out;
}

/// What a file's name may hold of a text: lower case letters, digits, points, `_` and `-`.
inline std::string file_word(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : plain ? c : '-';
    }
    return out;
}

}  // namespace utsim::cli
