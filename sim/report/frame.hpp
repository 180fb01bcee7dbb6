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
/// Whether a page may run the script that stands in it; it may load nothing in any case.
enum class PageScript : unsigned char { none, own };
/// All that stands before the body. `title` is markup.
std::string page_head(std::string_view title, PageScript script);

/// The frame with what belongs into it. A place that nobody fills is empty.
std::string filled_frame(std::string_view frame, std::initializer_list<FramePart> parts);

}  // namespace utsim
