// SPDX-License-Identifier: MIT
/// Which rows of the table of weights belong to a clause, a call or an event.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

namespace utsim {

/// The rows, by index. `focus` is a clause, a call, an event, a callback, a signal, an action, an
/// operation, a group or a row; anything else is an error with a suggestion.
Result<std::vector<std::size_t>> rows_of_focus(std::string_view focus);

}  // namespace utsim
