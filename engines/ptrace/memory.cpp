// SPDX-License-Identifier: MIT
// PEEK and POKE: a word at any address. Protections do not count; what is not mapped does.
#include <utsim/engine.hpp>
#include <utsim/errno.hpp>

#include "engines/ptrace/access.hpp"
#include "engines/ptrace/request.hpp"
#include "kernel/memory.hpp"

namespace utsim {

std::int64_t ptrace_memory(const PtraceCall& call) {
    std::uint64_t word = call.data;
    const bool pokes = call.request == PTRACE_POKETEXT || call.request == PTRACE_POKEDATA;
    if (!ptrace_may_access_memory(call.current, call.task)) return -K_EIO;
    const int done = access_process_vm(*call.task, call.addr, &word, sizeof word, pokes);
    if (done != sizeof word) return -K_EIO;
    if (pokes) return 0;
    return copy_to_user(call.current, call.data, &word, sizeof word);
}

}  // namespace utsim
