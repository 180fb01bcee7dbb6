// SPDX-License-Identifier: MIT
/// Which utsim this is: for `#if` in code that builds against several, and for bug reports.
#pragma once

#define UTSIM_VERSION_MAJOR 0
#define UTSIM_VERSION_MINOR 1
#define UTSIM_VERSION_PATCH 0

/// `major * 10000 + minor * 100 + patch`, so that versions compare as numbers.
#define UTSIM_VERSION \
    (UTSIM_VERSION_MAJOR * 10000 + UTSIM_VERSION_MINOR * 100 + UTSIM_VERSION_PATCH)

namespace utsim {

/// The version of the library that was linked, for example `0.1.0`.
const char* version();

}  // namespace utsim
