// SPDX-License-Identifier: MIT
/// How the recorded files spell the kernel's numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace utsim::conformance {

/// `STOP` for 0 and so on; other numbers in decimal.
std::string resume_action_name(std::uint32_t action);
/// The number of `STOP`, or of `7`.
std::uint32_t resume_action(std::string_view name);
std::string signal_action_name(std::uint32_t word);
std::uint32_t signal_action(std::string_view name);
/// `SYSCALL_EXIT` for its bit, `0` for none.
std::string event_name(std::uint64_t bit);
/// The bit of `QUIESCE`, the bits of `SIGNAL_ALL`.
std::uint64_t event_bits(std::string_view name);
int attach_flag(std::string_view name);
std::string state_name(long state);
std::string exit_state_name(int exit_state);
std::string cld_name(int code);
/// `0`, or `-EINPROGRESS`.
std::string result_name(int result);
std::string hex(std::uint64_t value);
/// `main+3`, `h10+0`, `h?+0`.
std::string place_name(std::uint64_t ip);

/// The signal whose handler stands for "some handler" that no scenario gave a program.
inline constexpr int anonymous_handler = 64;

}  // namespace utsim::conformance
