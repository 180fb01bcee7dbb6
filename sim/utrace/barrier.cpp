// SPDX-License-Identifier: MIT
// utrace_barrier (spec 2.5): waits until the target is not inside one of the engine's callbacks, by
// looking again every tick. For an engine that is marked detached it waits until it is gone.
#include "kernel/kernel.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "utrace/api_call.hpp"
#include "utrace/gate.hpp"

namespace utsim {

namespace {

int barrier(Task* target, Engine* engine) {
    Task* current = current_task(World::of(engine));
    if (target == current) return 0;
    for (;;) {
        const Gate gate = get_utrace_lock(target, engine, GateFor::barrier);
        if (gate.error == 0) {
            const bool inside = gate.utrace->reporting == engine;
            gate.utrace->lock.unlock("utrace_barrier");
            if (!inside) return 0;
        } else if (gate.error != -K_ERESTARTSYS) {
            return gate.error;
        }
        world_of(current).might_sleep("utrace_barrier");
        schedule_timeout_polling(current, 1, "utrace_barrier");
        if (signal_pending(current)) return -K_ERESTARTSYS;
    }
}

}  // namespace

int utrace_barrier(Task* target, Engine* engine) {
    const ApiRecord record = api_enter("utrace_barrier", ApiCall::barrier, target, engine, 0, 0);
    return api_leave(record, barrier(target, engine));
}

int utrace_barrier_pid(Task* any, int pid, Engine* engine) {
    Task* target = find_task_by_pid(kernel_of(any), pid);
    return target == nullptr ? -K_ESRCH : utrace_barrier(target, engine);
}

}  // namespace utsim
