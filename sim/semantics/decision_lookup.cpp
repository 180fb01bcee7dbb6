// SPDX-License-Identifier: MIT
// Looking things up in the decision table, and which of its choices cannot be together.
#include "semantics/decision_table.hpp"

#include <algorithm>

namespace utsim {

namespace {

constexpr Contradiction contradiction_table[] = {
    {"step.arm", "resume", "request.store", "bits",
     "two bits have no room for a step, so the task cannot arm it later"},
    {"report.step", "stored", "request.store", "bits", "two bits have no room for a step"},
    {"report.stop", "stop", "request.store", "bits", "two bits have no room for a STOP"},
    {"step.running", "stored", "step.arm", "control",
     "the caller cannot change the registers of a task that is running"},
    {"has_block_step", "yes", "arch", "s390", "an s390 cannot step basic blocks"},
};

}  // namespace

std::size_t DecisionInfo::value_count() const {
    return static_cast<std::size_t>(std::count_if(
        values.begin(), values.end(), [](const ValueInfo& value) { return !value.name.empty(); }));
}

std::optional<std::uint8_t> DecisionInfo::find_value(std::string_view value) const {
    for (std::size_t i = 0; i < value_count(); ++i) {
        if (values[i].name == value) return static_cast<std::uint8_t>(i);
    }
    return std::nullopt;
}

const DecisionInfo* find_decision(std::string_view name) {
    for (const DecisionInfo& row : decision_table()) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

std::span<const Contradiction> contradictions() { return contradiction_table; }

}  // namespace utsim
