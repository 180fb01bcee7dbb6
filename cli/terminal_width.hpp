// SPDX-License-Identifier: MIT
/// How wide what `explain` tells is printed.
#pragma once

#include <cstddef>

namespace utsim::cli {

inline constexpr std::size_t terminal_width = 100;

}  // namespace utsim::cli
