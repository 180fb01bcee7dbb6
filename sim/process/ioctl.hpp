// SPDX-License-Identifier: MIT
/// The requests of ioctl(2) that something here knows: for who answers them, and for their names in
/// traces.
#pragma once

#include <cstdint>

namespace utsim {

enum IoctlRequest : std::uint32_t {
    K_TCGETS = 0x5401,
    K_TCSETS = 0x5402,
    K_TCSETSW = 0x5403,
    K_TCSETSF = 0x5404,
    K_TCSBRK = 0x5409,
    K_TCFLSH = 0x540b,
    K_TIOCSCTTY = 0x540e,
    K_TIOCGPGRP = 0x540f,
    K_TIOCSPGRP = 0x5410,
    K_TIOCGWINSZ = 0x5413,
    K_TIOCSWINSZ = 0x5414,
    K_FIONREAD = 0x541b,
    K_FIONBIO = 0x5421,
    K_TIOCNOTTY = 0x5422,
    K_TIOCGSID = 0x5429,
    K_FIONCLEX = 0x5450,
    K_FIOCLEX = 0x5451,
    K_TIOCSPTLCK = 0x40045431,
    K_TIOCGPTN = 0x80045430,
};

}  // namespace utsim
