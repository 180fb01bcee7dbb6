// SPDX-License-Identifier: MIT
/// Text that stands in XML or HTML.
#pragma once

#include <string>
#include <string_view>

namespace utsim {

/// `text` as it can stand between tags and in an attribute in double quotes, on one line. Control
/// characters other than line feeds and tabs stay: XML has no place for them, so whoever may have
/// some replaces them first.
std::string markup_text(std::string_view text);

}  // namespace utsim
