// SPDX-License-Identifier: MIT
/// The 128 bytes of siginfo_t that programs see.
#pragma once

#include <cstdint>

#include "kernel/signal_types.hpp"

namespace utsim {

struct UserSigInfo {
    std::int32_t signo, error, code, pad0;
    /// A fault's address, or who has sent it: pid, then uid.
    std::uint64_t origin;
    /// A child's status, or what sigqueue has sent.
    std::uint64_t value;
    std::uint8_t rest[96];
};
static_assert(sizeof(UserSigInfo) == 128);

UserSigInfo user_siginfo(const SigInfo& info);
/// Of what a program hands over. All fields that are kept come back from `user_siginfo`.
SigInfo kernel_siginfo(const UserSigInfo& user);

}  // namespace utsim
