// SPDX-License-Identifier: MIT
/// The files of sim/report/page/, as they are part of the program.
#pragma once

#include <string_view>

namespace utsim {

/// What all pages begin with.
std::string_view page_head_frame();
std::string_view page_frame();
std::string_view page_style();
std::string_view page_script();
/// The frame of the page before many.
std::string_view page_index();

}  // namespace utsim
