// SPDX-License-Identifier: MIT
/// The frames of pages: texts with places in them, such as `@TITLE@`.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace utsim {

struct FramePart {
    std::string_view name;
    std::string_view text;  ///< put in as it is
};
/// The frame with what belongs into it. A place that nobody fills is empty.
std::string filled_frame(std::string_view frame, std::initializer_list<FramePart> parts);

}  // namespace utsim
