// SPDX-License-Identifier: MIT
// siginfo_t is a union: which half of it counts is said by the code. What the kernel makes has only
// one of them; what a program hands over is kept as an address, which is the same bytes.
#include "kernel/siginfo.hpp"

#include <cstring>

namespace utsim {

UserSigInfo user_siginfo(const SigInfo& info) {
    UserSigInfo user;
    std::memset(&user, 0, sizeof user);
    user.signo = info.si_signo;
    user.error = info.si_errno;
    user.code = info.si_code;
    const std::uint64_t sender =
        static_cast<std::uint32_t>(info.si_pid) | static_cast<std::uint64_t>(info.si_uid) << 32;
    user.origin = info.si_addr != 0 ? info.si_addr : sender;
    user.value = info.si_value != 0 ? info.si_value : static_cast<std::uint32_t>(info.si_status);
    return user;
}

SigInfo kernel_siginfo(const UserSigInfo& user) {
    SigInfo info;
    info.si_signo = user.signo;
    info.si_errno = user.error;
    info.si_code = user.code;
    const bool from_user = user.code <= K_SI_USER || user.signo == K_SIGCHLD;
    if (from_user) {
        info.si_pid = static_cast<int>(user.origin);
        info.si_uid = static_cast<int>(user.origin >> 32);
    } else {
        info.si_addr = user.origin;
    }
    info.si_value = user.value;
    return info;
}

}  // namespace utsim
