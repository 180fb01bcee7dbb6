// SPDX-License-Identifier: MIT
/// A finding as a scenario file: as small as it gets, with the order that shows it.
#pragma once

#include <string>

#include "survey/survey.hpp"

namespace utsim::survey {

/// The text of a file that `utsim run` takes and that still shows the finding; shrunk if wished.
std::string as_file(const Options& options, const FindingKey& key, const Finding& finding,
                    bool shrunk);

}  // namespace utsim::survey
