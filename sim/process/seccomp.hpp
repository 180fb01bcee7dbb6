// SPDX-License-Identifier: MIT
/// seccomp(2): programs that say which calls a task may make.
#pragma once

#include "process/process.hpp"
#include "sched/arena_array.hpp"

namespace utsim {

/// One filter and those that were set before it, which are asked as well.
struct SeccompFilter {
    const SeccompFilter* older = nullptr;
    ArenaArray<BpfInstruction> code;
};

template <typename V>
void describe(V& v, SeccompFilter& f) {
    v.field("older", f.older);
    v.field("code", f.code);
}

std::int64_t sys_seccomp(Task* current);
/// PR_SET_SECCOMP.
std::int64_t set_seccomp_mode(Task* current, std::uint64_t mode, std::uint64_t filter);
/// See ProcessHooks::seccomp.
bool seccomp_allows(Task* current);

}  // namespace utsim
