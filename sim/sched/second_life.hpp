// SPDX-License-Identifier: MIT
/// Actors that have ended and are wanted again: there are only so many stacks.
#pragma once

#include "sched/actor.hpp"

namespace utsim {

/// Makes `actor`, which will never run again by itself, one that has not begun: it waits to be made
/// ready, and then runs its body with `argument`. Its id stays.
void begin_again(Actor& actor, void* argument);

}  // namespace utsim
