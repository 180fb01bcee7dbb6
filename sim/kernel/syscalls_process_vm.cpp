// SPDX-License-Identifier: MIT
// process_vm_readv and process_vm_writev: another task's memory in pieces, with its protections. A
// fault ends the call with what has been copied until then.
#include <utsim/errno.hpp>

#include <algorithm>

#include "cpu/address_space.hpp"
#include "kernel/kernel.hpp"
#include "kernel/memory.hpp"
#include "kernel/pid_namespace.hpp"
#include "kernel/syscalls.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t most_pieces = 1024;

struct Piece {
    std::uint64_t base, length;
};

/// A list of pieces in the caller's memory, gone through byte by byte.
struct Pieces {
    std::uint64_t list = 0;
    std::uint64_t count = 0;
    Piece now{};

    /// False: the list cannot be read. An empty `now` afterwards: there is no more.
    bool advance(const Task* current) {
        while (now.length == 0 && count > 0) {
            if (copy_from_user(current, &now, list, sizeof now) != 0) return false;
            list += sizeof now;
            --count;
        }
        return true;
    }
};

std::uint64_t left_of_page(std::uint64_t address) {
    return cpu::page_size - address % cpu::page_size;
}

bool copy_piece(Task* current, Task* target, bool write, std::uint64_t local, std::uint64_t remote,
                std::uint64_t n) {
    std::uint8_t bytes[cpu::page_size];
    if (write) {
        return copy_from_user(current, bytes, local, n) == 0 &&
               copy_to_user(target, remote, bytes, n) == 0;
    }
    return copy_from_user(target, bytes, remote, n) == 0 &&
           copy_to_user(current, local, bytes, n) == 0;
}

}  // namespace

std::int64_t sys_process_vm(Task* current, bool write) {
    const cpu::Registers& regs = current->regs;
    Pieces local{regs.gpr[6], regs.gpr[2], {}};
    Pieces remote{regs.gpr[10], regs.gpr[8], {}};
    if (regs.gpr[9] != 0) return -K_EINVAL;
    if (local.count > most_pieces || remote.count > most_pieces) return -K_EINVAL;
    Task* target = find_task_by_vpid(current, static_cast<int>(regs.gpr[7]));
    if (target == nullptr || target->mm == nullptr) return -K_ESRCH;
    std::int64_t done = 0;
    for (;;) {
        if (!local.advance(current) || !remote.advance(current)) {
            return done > 0 ? done : -K_EFAULT;
        }
        std::uint64_t n = std::min(local.now.length, remote.now.length);
        if (n == 0) return done;
        n = std::min({n, left_of_page(local.now.base), left_of_page(remote.now.base)});
        if (!copy_piece(current, target, write, local.now.base, remote.now.base, n)) {
            return done > 0 ? done : -K_EFAULT;
        }
        done += static_cast<std::int64_t>(n);
        for (Pieces* pieces : {&local, &remote}) {
            pieces->now.base += n;
            pieces->now.length -= n;
        }
    }
}

}  // namespace utsim
