// SPDX-License-Identifier: MIT
/// The rows behind `meaning_of`, for whoever checks them.
#pragma once

#include <span>
#include <string_view>

#include "view/meaning.hpp"

namespace utsim::view {

struct MeaningRow {
    std::string_view type;
    std::string_view field;
    Meaning meaning;
};

std::span<const MeaningRow> meaning_rows();

}  // namespace utsim::view
