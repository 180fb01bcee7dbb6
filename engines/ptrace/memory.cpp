// SPDX-License-Identifier: MIT
// PEEK and POKE: a word at any address. Protections do not count; what is not mapped does.
#include <utsim/engine.hpp>
#include <utsim/errno.hpp>

#include "engines/ptrace/request.hpp"
#include "kernel/memory.hpp"

namespace utsim {

std::int64_t ptrace_memory(const PtraceCall& call) {
    std::uint64_t word = call.data;
    const bool pokes = call.request == PTRACE_POKETEXT || call.request == PTRACE_POKEDATA;
    if (pokes) {
        const bool done = write_user_memory(*call.task, call.addr, &word, sizeof word) == 8;
        return done ? 0 : -K_EIO;
    }
    if (read_user_memory(*call.task, call.addr, &word, sizeof word) != sizeof word) return -K_EIO;
    return copy_to_user(call.current, call.data, &word, sizeof word);
}

}  // namespace utsim
