// SPDX-License-Identifier: MIT
// Random bytes for programs: a sequence that the run's seed decides.
#include <algorithm>

#include "base/digest.hpp"
#include "kernel/memory.hpp"
#include "process/process.hpp"

namespace utsim {

std::uint64_t next_random(Task* task) {
    ProcessModel& model = processes_of(task);
    Digest digest;
    digest.add(model.random_state);
    model.random_state = digest.value();
    digest.add(model.random_state);
    return digest.value();
}

std::int64_t give_random(Task* current, std::uint64_t to, std::uint64_t n) {
    constexpr std::uint64_t most = 1u << 16;
    n = std::min(n, most);
    for (std::uint64_t done = 0; done < n; done += 8) {
        const std::uint64_t word = next_random(current);
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(n - done, 8));
        if (copy_to_user(current, to + done, &word, size) != 0) {
            return done != 0 ? static_cast<std::int64_t>(done) : -K_EFAULT;
        }
    }
    return static_cast<std::int64_t>(n);
}

}  // namespace utsim
