// SPDX-License-Identifier: MIT
// Spelt from the header's numbers, so that the two cannot differ.
#include <utsim/version.hpp>

#define UTSIM_TEXT_(x) #x
#define UTSIM_TEXT(x) UTSIM_TEXT_(x)

namespace utsim {

const char* version() {
    return UTSIM_TEXT(UTSIM_VERSION_MAJOR) "." UTSIM_TEXT(UTSIM_VERSION_MINOR) "." UTSIM_TEXT(
        UTSIM_VERSION_PATCH);
}

}  // namespace utsim
