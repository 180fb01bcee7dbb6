// SPDX-License-Identifier: MIT
// The examine pair (spec 2.6, 2.7): the target is off its CPU, and later: it has not run meanwhile.
// No lock is taken and "traced" is not asked for: any state but RUNNING will do.
#include "kernel/kernel.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "utrace/api_call.hpp"

namespace utsim {

namespace {

/// Inside an RCU section. 0: the caller has a task reference.
int start_examining(Task* target, const Engine* engine, utrace_examiner* exam) {
    if (!engine_wants_stop(engine)) return -K_EINVAL;
    target->usage.check_alive("utrace_prepare_examine");
    if (target->exit_state != 0) return -K_ESRCH;
    exam->state = target->state;
    if (exam->state == TASK_RUNNING) return -K_EAGAIN;
    get_task_struct(target);
    return 0;
}

int still_as_it_was(Task* target, const Engine* engine, const utrace_examiner* exam) {
    if (!engine_wants_stop(engine)) return -K_EINVAL;
    target->usage.check_alive("utrace_finish_examine");
    if (target->state != exam->state) return -K_EAGAIN;
    get_task_struct(target);
    return 0;
}

int prepare_examine(Task* target, Engine* engine, utrace_examiner* exam) {
    World& world = World::of(engine);
    if (target == current_task(world)) return 0;
    world.rcu_read_lock();
    const int error = start_examining(target, engine, exam);
    world.rcu_read_unlock();
    if (error != 0) return error;
    exam->ncsw = wait_task_inactive(target, exam->state);
    put_task_struct(target);
    return exam->ncsw == 0 ? -K_EAGAIN : 0;
}

int finish_examine(Task* target, Engine* engine, const utrace_examiner* exam) {
    World& world = World::of(engine);
    if (target == current_task(world)) return 0;
    world.rcu_read_lock();
    const int error = still_as_it_was(target, engine, exam);
    world.rcu_read_unlock();
    if (error != 0) return error;
    const unsigned long ncsw = wait_task_inactive(target, exam->state);
    put_task_struct(target);
    return ncsw != exam->ncsw ? -K_EAGAIN : 0;
}

}  // namespace

int utrace_prepare_examine(Task* target, Engine* engine, utrace_examiner* exam) {
    const ApiRecord record =
        api_enter("utrace_prepare_examine", ApiCall::prepare_examine, target, engine, 0, 0);
    return api_leave(record, prepare_examine(target, engine, exam));
}

int utrace_finish_examine(Task* target, Engine* engine, utrace_examiner* exam) {
    const ApiRecord record =
        api_enter("utrace_finish_examine", ApiCall::finish_examine, target, engine, 0, 0);
    return api_leave(record, finish_examine(target, engine, exam));
}

}  // namespace utsim
