// SPDX-License-Identifier: MIT
// The smallest program around the library.
#include <cstdio>

#include <utsim/version.hpp>

int main() {
    std::printf("embedded utsim %s\n", utsim::version());
    return 0;
}
