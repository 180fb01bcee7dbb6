// SPDX-License-Identifier: MIT
/// The table of weights for docs/generate.md.
#pragma once

#include <string>

namespace utsim {

/// What `utsim check` draws by, as two tables in Markdown.
std::string weights_reference();

}  // namespace utsim
