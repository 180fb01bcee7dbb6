// SPDX-License-Identifier: MIT
/// Reading a file that a user names: all of it, bounded in size.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <utsim/result.hpp>

namespace utsim {

class OpenFile;

/// How much a file may hold.
struct ReadLimit {
    std::size_t bytes = 0;
    /// Files whose beginning fits may hold `larger` bytes instead; null: there is no other kind.
    bool (*is_larger_kind)(std::string_view beginning) = nullptr;
    std::size_t larger = 0;
};

/// The file's bytes; `-` is standard input. One byte more than the limit is read, and no more, when
/// `cut` is true: then whoever asked says that it is too large. Else that is an error.
///
/// Errors have no code: every caller has one of its own.
Result<std::string> read_file(const std::string& path, const ReadLimit& limit, bool cut = false);

/// The same of a file whose beginning, `text`, was read already.
Result<std::string> read_rest(OpenFile& file, std::string text, const ReadLimit& limit,
                              bool cut = false);

}  // namespace utsim
