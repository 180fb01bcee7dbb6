// SPDX-License-Identifier: MIT
/// Words behind each other, and words that files are called.
#pragma once

#include <map>
#include <string>

#include "base/words.hpp"

namespace utsim::cli {

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

/// Names for the files of one folder, each given away once.
class FreeNames {
public:
    /// `extension` begins with a point. No name is that of an index, or hidden, or too long.
    std::string take(const std::string& text, const std::string& extension) {
        constexpr std::size_t most = 120;
        std::string out = file_word(text).substr(0, most);
        if (out.empty() || out == "index" || out.front() == '.') out.insert(0, "finding");
        const int number = ++used_[out + extension];
        if (number > 1) out += "-" + std::to_string(number);
        return out + extension;
    }

private:
    std::map<std::string, int> used_;
};

}  // namespace utsim::cli
