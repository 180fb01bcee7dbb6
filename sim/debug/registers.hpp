// SPDX-License-Identifier: MIT
/// The registers of a task as gdb counts them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace utsim {
struct Task;
}

namespace utsim::debug {

inline constexpr unsigned register_count = 60;
inline constexpr unsigned rbp_number = 6;
inline constexpr unsigned rsp_number = 7;
inline constexpr unsigned rip_number = 16;

/// Bytes of register `number`, and where it lies among those of all.
std::size_t register_size(unsigned number);
inline constexpr std::size_t all_registers_size = 560;

/// One register, or all of them in order, lowest byte first.
std::string register_bytes(const Task& task, unsigned number);
std::string all_registers(const Task& task);
/// `bytes` has the register's size. Segment selectors are the kernel's: they stay what they are.
void set_register(Task& task, unsigned number, std::string_view bytes);
void set_all_registers(Task& task, std::string_view bytes);

/// What gdb calls a target description: the same registers in XML.
std::string target_description();

/// gdb numbers signals in its own way, the same on all systems. 0: no such signal.
int gdb_signal(int linux_signal);
int linux_signal(int gdb_signal);

}  // namespace utsim::debug
