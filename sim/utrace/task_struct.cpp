// SPDX-License-Identifier: MIT
// The pointer from a task to its struct utrace: when it appears, how it is read, when it goes.
#include "kernel/task.hpp"
#include "utrace/hooks.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/requests.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

Utrace* task_utrace_struct(Task* task) {
    // B-2: flags that are not 0 were stored after the pointer, so it is read after them. The
    // dependency barrier of B-1 that follows the load costs nothing and is no place of its own.
    smp_rmb(task, "task_utrace_struct");
    Utrace* utrace = task->utrace;
    if (utrace != nullptr) utrace->life.check_alive("task_utrace_struct");
    return utrace;
}

std::uint64_t task_utrace_flags(const Task* task) { return task->utrace_flags; }

void utrace_init_task(Task* task) {
    task->utrace_flags = 0;
    task->utrace = nullptr;
}

Utrace* make_utrace(Task* target) {
    Utrace* utrace = world_of(target).arena().make<Utrace>();
    utrace->life.init(1);
    utrace->lock.init(LockClass::utrace, target->id);
    list_init(&utrace->attached);
    list_init(&utrace->attaching);
    utrace->resume.init(UTRACE_RESUME);
    return utrace;
}

void utrace_inherit(const Task* parent, Task* child) {
    const Utrace* own = parent->utrace;
    if (own == nullptr) return;
    Utrace* utrace = make_utrace(child);
    utrace->resume = own->resume.load();
    utrace->signal_handler = own->signal_handler.load();
    utrace->vfork_stop = own->vfork_stop.load();
    child->utrace = utrace;
}

void utrace_free_task(Task* task) {
    Utrace* utrace = task->utrace;
    if (utrace != nullptr && utrace->life.put("utrace_free_task")) utrace->life.poison(utrace);
}

bool utrace_interrupt_pending(Task* current) {
    const Utrace* utrace = current->utrace;
    return requests_of(utrace).strongest(utrace) == UTRACE_INTERRUPT;
}

}  // namespace utsim
