// SPDX-License-Identifier: MIT
// utrace_resume (spec 4.18): the last hook before user mode, reached through TIF_NOTIFY_RESUME. An
// outstanding request is acted on here: a report round, or arming the step that was asked for.
#include "kernel/task.hpp"
#include "utrace/hooks.hpp"
#include "utrace/report.hpp"

namespace utsim {

namespace {

/// A handler was set up and nobody asked to hear of it.
void forget_unreported_handler(Utrace* utrace) {
    if (!utrace->signal_handler) return;
    utrace->lock.lock("utrace_resume");
    utrace->signal_handler = false;
    utrace->lock.unlock("utrace_resume");
}

/// REPORT: everybody with QUIESCE says what comes next. Without one the pass stays spurious, so
/// that it ends in a reset.
void ask_everybody(Task* current, Utrace* utrace, Report& report) {
    if ((current->utrace_flags & UTRACE_EVENT(EVENT_QUIESCE)) == 0) return;
    report.action = UTRACE_RESUME;
    for (Engine* engine : list_entries<&Engine::entry>(&utrace->attached)) {
        start_callback(current, utrace, report, engine, 0);
    }
}

}  // namespace

void utrace_resume(Task* current) {
    Utrace* utrace = task_utrace_struct(current);
    forget_unreported_handler(utrace);
    Report report;
    report.action = start_report(utrace);
    switch (report.action) {
        case UTRACE_RESUME:
            return;  // nobody asked for anything: the stepping state stays as it is
        case UTRACE_REPORT:
            ask_everybody(current, utrace, report);
            break;
        default:
            report.spurious = false;  // the request itself is done next, without callbacks
            break;
    }
    finish_resume_report(current, utrace, report);
}

}  // namespace utsim
