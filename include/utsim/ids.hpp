// SPDX-License-Identifier: MIT
/// Small typed numbers for the things a World holds; never an address, never a bare int.
#pragma once

#include <compare>
#include <cstdint>

namespace utsim {

/// A number with a kind. Ids count up from 0 in creation order, so they are the same in every run.
template <typename Tag>
struct Id {
    static constexpr std::uint32_t none_value = 0xffffffffu;
    std::uint32_t value = none_value;

    constexpr bool valid() const { return value != none_value; }
    constexpr bool operator==(const Id&) const = default;
    constexpr auto operator<=>(const Id&) const = default;
};

using ActorId = Id<struct ActorTag>;    ///< something that runs on a fiber
using TaskId = Id<struct TaskTag>;      ///< a task_struct
using EngineId = Id<struct EngineTag>;  ///< a utrace_engine

}  // namespace utsim
