// SPDX-License-Identifier: MIT
/// The rows of output_forms.cpp that are about what is looked for in many scenarios.
#pragma once

#include <vector>

#include "cli/form.hpp"

namespace utsim::cli {

using Members = std::vector<form::Member>;

Members check_forms();
Members weight_rows();
Members minimized();
Members museum();
Members museum_list();
Members museum_show();

}  // namespace utsim::cli
