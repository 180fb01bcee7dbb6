// SPDX-License-Identifier: MIT
// Read sections and grace periods. Sections are numbered in the order in which they are entered; a
// callback waits until no section with a number up to its own epoch is open. Nobody reads: it runs
// at once, which is the earliest moment that RCU allows and so the one that finds mistakes.
#include "base/check.hpp"
#include "sched/world.hpp"

namespace utsim {

void World::rcu_read_lock() {
    if (!on_fiber()) return;
    Actor& a = current();
    if (a.rcu_depth++ == 0) a.rcu_section = ++state_->rcu_sections;
}

void World::rcu_read_unlock() {
    if (!on_fiber()) return;
    Actor& a = current();
    if (a.rcu_depth == 0) bug("rcu_read_unlock", "not in a read section");
    if (--a.rcu_depth == 0 && state_->rcu_first != nullptr) run_rcu_callbacks();
}

void World::call_rcu(void (*function)(void*), void* argument) {
    State& s = *state_;
    RcuCallback* callback = s.rcu_free;
    if (callback != nullptr) {
        s.rcu_free = callback->next;
    } else {
        callback = arena_.make<RcuCallback>();
    }
    *callback = {function, argument, s.rcu_sections, nullptr};
    (s.rcu_first == nullptr ? s.rcu_first : s.rcu_last->next) = callback;
    s.rcu_last = callback;
    run_rcu_callbacks();
}

void World::run_rcu_callbacks() {
    State& s = *state_;
    while (s.rcu_first != nullptr) {
        // Callbacks may queue more, and sections may begin meanwhile: look again each time.
        for (const Actor* a : s.actors) {
            if (a->rcu_depth != 0 && a->rcu_section <= s.rcu_first->epoch) return;
        }
        RcuCallback* callback = s.rcu_first;
        s.rcu_first = callback->next;
        const RcuCallback ready = *callback;
        callback->next = s.rcu_free;
        s.rcu_free = callback;
        ready.function(ready.argument);
    }
}

}  // namespace utsim
