// SPDX-License-Identifier: MIT
/// What came of a block as a line of JSON, so that it can be kept, sent around and added to others.
///
/// A line ends with the digest of what stands before it: one that was cut off, or that two
/// processes wrote into each other, is known for that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "check/block.hpp"

namespace utsim {

/// Which check it is. Blocks of the same check and of the same number are the same.
struct CheckIdentity {
    std::string utsim;  ///< version
    std::string semantics;
    std::string kept_by;  ///< empty: everything that is broken counts
    std::string contract;
    std::uint64_t seed = 0;
    std::uint64_t count = 0;
    std::string options;  ///< digest of all other options that decide what is found
    bool operator==(const CheckIdentity&) const = default;
};
CheckIdentity identity_of(const CheckOptions& options, std::string semantics, std::string kept_by);

/// `what` (a line) of `file` is of `one`, where results of `wanted` belong.
Error another_check(const std::string& file, const std::string& what, const CheckIdentity& one,
                    const CheckIdentity& wanted);

struct BlockLine {
    CheckIdentity identity;
    std::uint64_t number = 0;
    CheckBlock block;
};

/// Without an end of line. Nothing in it depends on the machine.
std::string block_line(const BlockLine& line);
/// Nothing if it is not whole.
std::optional<BlockLine> read_block_line(std::string_view text);
/// Whether `text` is the beginning of such a line, however short.
bool may_be_block_line(std::string_view text);

/// Puts `line` among `blocks`; false when there is one of that number. Then one is as good as the
/// other, but the one that was run where less was known has made more findings small.
bool add_block(std::map<std::uint64_t, CheckBlock>& blocks, BlockLine line);

}  // namespace utsim
