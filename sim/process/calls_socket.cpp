// SPDX-License-Identifier: MIT
// Sockets: a machine without any. Programs are told as a kernel without networks tells them.
#include <utsim/errno.hpp>

#include "process/calls.hpp"
#include "process/process.hpp"

namespace utsim {

std::int64_t sys_socket(Task*) { return -K_EAFNOSUPPORT; }

std::int64_t sys_socket_call(Task* current) {
    return find_file(current, int_of(current->regs.rdi())) == nullptr ? -K_EBADF : -K_ENOTSOCK;
}

}  // namespace utsim
