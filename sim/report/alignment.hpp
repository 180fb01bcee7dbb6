// SPDX-License-Identifier: MIT
/// Two runs side by side: which rows say the same, in the same order.
#pragma once

#include <vector>

#include "report/timeline.hpp"

namespace utsim {

/// Rows that stand beside each other; null where the other run has one more.
struct AlignedRow {
    const TimelineRow* a = nullptr;
    const TimelineRow* b = nullptr;
    bool same = false;
};

/// As many as possible say the same. The timelines outlive what is returned.
std::vector<AlignedRow> aligned(const Timeline& a, const Timeline& b);

}  // namespace utsim
