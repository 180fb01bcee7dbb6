// SPDX-License-Identifier: MIT
// A guard must judge what will run. Others may stop the task at the entry and change its registers;
// answering REPORT makes the kernel report the entry again after such a stop.
#include "engines/guard.hpp"

namespace utsim {

bool Guard::must_abort(const Task& task) const {
    constexpr Register arguments[] = {Register::rdi, Register::rsi, Register::rdx,
                                      Register::r10, Register::r8,  Register::r9};
    const auto nr = static_cast<std::int32_t>(user_register(task, Register::orig_rax));
    for (std::uint32_t i = 0; i < config_->rule_count; ++i) {
        const GuardRule& rule = config_->rules[i];
        if (rule.nr != nr) continue;
        bool fits = rule.argument == GuardRule::no_argument;
        for (std::uint32_t v = 0; !fits && v < rule.count; ++v) {
            fits = config_->values[rule.first + v] == user_register(task, arguments[rule.argument]);
        }
        if (fits) return rule.abort;
    }
    return config_->abort_others;
}

std::uint32_t Guard::report_syscall_entry(std::uint32_t action, Engine&, Task& task) {
    called();
    if ((action & UTRACE_SYSCALL_RESUMED) != 0) ++state_->revisited;
    const std::uint32_t resume = config_->revisit ? UTRACE_REPORT : UTRACE_RESUME;
    if (must_abort(task)) {
        ++state_->aborted;
        return std::uint32_t{UTRACE_SYSCALL_ABORT} | UTRACE_RESUME;
    }
    ++state_->allowed;
    // Somebody else's abort stays one.
    return utrace_syscall_action(action) | resume;
}

}  // namespace utsim
