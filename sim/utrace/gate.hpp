// SPDX-License-Identifier: MIT
/// The gate of all calls on an engine: is it still attached, and if so, the lock (spec 2.2).
#pragma once

#include "utrace/utrace_struct.hpp"

namespace utsim {

/// What the caller wants of the engine.
enum class GateFor : bool {
    barrier,   ///< an engine on its way out is worth waiting for: -ERESTARTSYS
    attached,  ///< only an attached engine will do: -ESRCH
};

struct Gate {
    Utrace* utrace = nullptr;  ///< with its lock held, when `error` is 0
    int error = 0;
};

Gate get_utrace_lock(Task* target, Engine* engine, GateFor wanted);

}  // namespace utsim
