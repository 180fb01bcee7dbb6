// SPDX-License-Identifier: MIT
// Access by user ids. Worlds without processes have none, so everybody may.
#include "engines/ptrace/access.hpp"

#include "process/process.hpp"

namespace utsim {

namespace {

bool privileged(const Task* current) {
    return current->process == nullptr || process_of(current).cred.privileged();
}

}  // namespace

bool ptrace_may_access(const Task* current, const Task* task) {
    if (privileged(current) || task->process == nullptr) return true;
    const Credentials& own = process_of(current).cred;
    const Credentials& other = process_of(task).cred;
    const bool same_user = own.uid == other.uid && own.uid == other.euid && own.uid == other.suid;
    const bool same_group = own.gid == other.gid && own.gid == other.egid && own.gid == other.sgid;
    return same_user && same_group && process_of(task).group->dumpable;
}

bool ptrace_may_access_memory(const Task* current, const Task* task) {
    return privileged(current) || task->process == nullptr || process_of(task).group->dumpable;
}

}  // namespace utsim
