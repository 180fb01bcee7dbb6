// SPDX-License-Identifier: MIT
/// What every call of the public API does around its work: a scheduling point and two events.
#pragma once

#include <cstdint>

#include "event/event.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

/// One call, as the trace tells it. Plain data: it lives across scheduling points.
struct ApiRecord {
    ApiCall call{};
    Task* target = nullptr;
    Engine* engine = nullptr;
    EngineId engine_id;  ///< known even after the engine has been freed
    TaskId target_id;
    std::uint32_t action = 0;
    std::uint64_t flags = 0;
};

/// The point `call:function:target`, then the event. A freed engine ends the run: the caller must
/// hold a reference (spec 2, common rules).
ApiRecord api_enter(const char* function, ApiCall call, Task* target, Engine* engine,
                    std::uint32_t action, std::uint64_t flags);
/// Tells the outcome and returns it.
int api_leave(const ApiRecord& record, int result);

}  // namespace utsim
