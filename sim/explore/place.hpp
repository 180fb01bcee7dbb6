// SPDX-License-Identifier: MIT
/// Where it matters who goes on: what a program's processes do to each other, they do by system
/// calls and by memory that they share. A switch anywhere else comes to the same as one at the next
/// of these places.
#pragma once

#include <cstdint>
#include <map>

#include "sched/actor.hpp"

namespace utsim {

/// What an actor is about to do.
enum class Place : std::uint8_t {
    own,     ///< an instruction that nobody else sees
    memory,  ///< one that reads or writes memory which another task has, too
    inside,  ///< a step inside the kernel
    call,    ///< SYSCALL, or a place inside one where the kernel lets others run
};

class Places {
public:
    /// A new run: what lies where may be another program now.
    void restart() { instructions_.clear(); }
    Place of(const Actor& actor);

private:
    std::map<std::uint64_t, Place> instructions_;  ///< by address, of any memory
};

}  // namespace utsim
