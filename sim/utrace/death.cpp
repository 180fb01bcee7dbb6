// SPDX-License-Identifier: MIT
// The end of a task as engines see it (spec 4.26, 4.27): its death, reported by itself, and its
// reaping, reported by whoever releases it. Either may come first; the task that still has a death
// to report does the reaping's part too.
#include "kernel/task.hpp"
#include "semantics/quirks.hpp"
#include "utrace/detach.hpp"
#include "utrace/hooks.hpp"
#include "utrace/report.hpp"
#include "utrace/requests.hpp"

namespace utsim {

namespace {

/// Empties the lists into a private one: look-ups find nothing from now on, and the gate refuses.
void take_all_engines(Utrace* utrace, ListHead* engines) {
    list_splice_tail_init(&utrace->attached, engines);
    list_splice_tail_init(&utrace->attaching, engines);
}

/// W-D2: no lock is held, and `reporting` is not set, so a barrier does not wait for these.
void reap_engines(Task* target, ListHead* engines) {
    for (Engine* engine : list_entries_safe<&Engine::entry>(engines)) {
        if (quirk(target, Quirk::b28_reap_callback_never_made)) engine->flags = 0;
        if ((engine->flags & UTRACE_EVENT(EVENT_REAP)) != 0) {
            call_report_reap(engine->ops, target, engine);
        }
        engine->ops = nullptr;
        world_of(target).emit(EventKind::engine_detached, target->id.value, engine->id.value);
        engine->flags = 0;
        list_del_init(&engine->entry);
        put_engine(engine, "utrace_maybe_reap");
    }
}

/// Decides, with the lock held, who reaps. False: the lock is released and there is nothing to do.
bool reaping_falls_to_us(Task* target, Utrace* utrace, bool reap) {
    if (reap) {
        if (!quirk(target, Quirk::b07_reap_flag_not_set) ||
            (target->utrace_flags & UTRACE_DEATH_EVENTS) != 0) {
            utrace->reap = true;
        }
        if ((target->utrace_flags & UTRACE_DEATH_EVENTS) == 0) return true;
        utrace->lock.unlock("utrace_maybe_reap");
        return false;
    }
    utrace->death = false;
    if (utrace->reap) return true;
    utrace_reset(target, utrace);  // only REAP stays, so the reaper will not wait for us
    return false;
}

}  // namespace

void utrace_report_death(Task* current, bool group_dead, int signal) {
    Utrace* utrace = task_utrace_struct(current);
    // W-D1 ends here: until now other tasks could still detach from a task that looks dead.
    utrace->lock.lock("utrace_report_death");
    if (utrace->death) world_of(current).bug("utrace_report_death", "death is reported twice");
    utrace->death = true;
    requests_of(utrace).clear(utrace);
    if (!quirk(current, Quirk::b29_death_skips_newcomers)) splice_attaching(utrace);
    utrace->lock.unlock("utrace_report_death");

    Report report;
    report_forward(current, utrace, report, UTRACE_EVENT(EVENT_DEATH),
                   [&](EngineOps* ops, Engine* engine) {
                       return call_report_death(ops, current, engine, group_dead, signal);
                   });
    utrace_maybe_reap(current, false);
}

void utrace_maybe_reap(Task* target, bool reap) {
    Utrace* utrace = task_utrace_struct(target);
    utrace->lock.lock("utrace_maybe_reap");
    if (reap && quirk(target, Quirk::b59_reap_skips_newcomers) && list_empty(&utrace->attached)) {
        utrace->lock.unlock("utrace_maybe_reap");
        return;
    }
    if (!reaping_falls_to_us(target, utrace, reap)) return;
    target->utrace_flags = 0;
    ListHead taken;
    list_init(&taken);
    const bool in_place =
        decided(target, ReapList::in_place) || quirk(target, Quirk::b07_reap_flag_not_set);
    ListHead* engines = in_place ? &utrace->attached : &taken;
    if (in_place) {
        splice_attaching(utrace);
    } else {
        take_all_engines(utrace, engines);
    }
    utrace->lock.unlock("utrace_maybe_reap");
    reap_engines(target, engines);
}

}  // namespace utsim
