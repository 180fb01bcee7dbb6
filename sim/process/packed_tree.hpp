// SPDX-License-Identifier: MIT
/// A tree of files as a text, so that a trace can carry what its programs found.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <utsim/result.hpp>

#include "process/file_tree.hpp"

namespace utsim {

/// What a trace can carry: its first line has to be a line that can be read.
inline constexpr std::size_t most_packed_bytes = std::size_t{20} << 20;

/// Names, types, modes and contents, in letters that a JSON string needs no escapes for. An error
/// without a code when that is more than `most_packed_bytes`.
Result<std::string> pack_tree(const FileTree& tree);
/// The tree again; null when the text is not what `pack_tree` writes.
std::shared_ptr<FileTree> unpack_tree(std::string_view packed);

}  // namespace utsim
