// SPDX-License-Identifier: MIT
/// Which part of a check is ours, as `--shard` or whoever has started us says.
#pragma once

#include <cstdint>
#include <string>

#include <utsim/result.hpp>

namespace utsim::cli {

struct Shard {
    std::uint64_t number = 1;  ///< from 1
    std::uint64_t of = 1;
};

/// `3/8`; `auto` and `auto/8`, for which the environment is read.
Result<Shard> shard_named(const std::string& text);

}  // namespace utsim::cli
