// SPDX-License-Identifier: MIT
// The list of faults, word by word.
#include "scenario/faults.hpp"

#include "event/names.hpp"

namespace utsim {

namespace {

Error no_such_fault(std::string_view word) {
    Error error;
    error.code = "E-RUN-003";
    error.message = "unknown fault \"" + std::string(word) + "\"";
    error.hint =
        "alloc, spurious-wake, kill, time-passes, or signal: and a name, as in signal:SIGUSR1";
    return error;
}

/// 0 when there is none of this name.
int signal_called(std::string_view name) {
    const NamedValue* signal = find_name(signal_names(), name);
    return signal != nullptr ? static_cast<int>(signal->value) : 0;
}

}  // namespace

Result<FaultPlan> parse_faults(std::string_view text, std::uint32_t at_most) {
    constexpr std::string_view signal = "signal:";
    FaultPlan plan;
    plan.at_most = at_most;
    if (text.empty()) return plan;
    for (bool more = true; more;) {
        const std::string_view word = text.substr(0, text.find(','));
        more = word.size() < text.size();
        text.remove_prefix(word.size() + more);
        if (word == "alloc") {
            plan.allocations = true;
        } else if (word == "spurious-wake") {
            plan.spurious_wakes = true;
        } else if (word == "kill") {
            plan.kills = true;
        } else if (word == "time-passes") {
            plan.time_passes = true;
        } else if (word.starts_with(signal) && signal_called(word.substr(signal.size())) != 0) {
            plan.signal = signal_called(word.substr(signal.size()));
        } else {
            return no_such_fault(word);
        }
    }
    return plan;
}

}  // namespace utsim
