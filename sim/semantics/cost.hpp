// SPDX-License-Identifier: MIT
/// What a run costs, in units of about the same everywhere: so that two semantics can be compared
/// by it, not so that anybody can predict a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "event/event.hpp"

namespace utsim {

enum class CostKind : std::uint8_t {
    call,
    callback,
    lock,
    wake_up,
    stop,
    trap,
    read_by_tracer,
    read_by_task,
    page_in,
    syscall,
    instruction,
    count_,
};

inline constexpr std::size_t cost_kinds = static_cast<std::size_t>(CostKind::count_);

struct CostInfo {
    std::string_view name;
    std::uint64_t units;      ///< of one
    std::string_view reason;  ///< why so many
};

/// One row for each kind. An uncontended lock is the unit; the others are the orders of magnitude
/// that the operations have beside it on a processor of that time.
std::span<const CostInfo> cost_table();

/// How often each kind happened.
struct Costs {
    std::array<std::uint64_t, cost_kinds> count{};

    void add(const Event& event);
    std::uint64_t total() const;
};

}  // namespace utsim
