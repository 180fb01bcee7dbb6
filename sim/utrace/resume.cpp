// SPDX-License-Identifier: MIT
// utrace_resume (spec 4.18): the last hook before user mode, reached through TIF_NOTIFY_RESUME. An
// outstanding request is acted on here: a report round, or arming the step that was asked for.
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/hooks.hpp"
#include "utrace/report.hpp"
#include "utrace/requests.hpp"

namespace utsim {

namespace {

/// A handler was set up and nobody asked to hear of it.
void forget_unreported_handler(Utrace* utrace) {
    utrace->lock.lock("utrace_resume");
    utrace->signal_handler = false;
    utrace->lock.unlock("utrace_resume");
}

/// REPORT: everybody with QUIESCE says what comes next. Without one the pass stays spurious, so
/// that it ends in a reset.
void ask_everybody(Task* current, Utrace* utrace, Report& report) {
    if ((current->utrace_flags & UTRACE_EVENT(EVENT_QUIESCE)) == 0) {
        report.spurious = decided(current, ResumeNobody::resets);
        return;
    }
    report.action = UTRACE_RESUME;
    for (Engine* engine : EnginePass(utrace)) {
        start_callback(current, utrace, report, engine, 0);
    }
}

/// The request that this call acts on, after the pass has begun.
std::uint32_t begin_with_request(Utrace* utrace) {
    const std::uint32_t seen = requests_of(utrace).strongest(utrace);
    const std::uint32_t used_up = start_report(utrace);
    if (quirk(utrace, Quirk::b40_interrupt_also_reports) && utrace->report) {
        utrace->report = false;
        return UTRACE_REPORT;
    }
    return decided(utrace, ResumeRead::from_start) ? used_up : seen;
}

/// resume.unasked=reports: a handler mark explains why the hook was called, so nobody is asked.
bool mark_was_all(const Utrace* utrace, bool was_marked) {
    return was_marked && decided(utrace, ResumeUnasked::reports) &&
           requests_of(utrace).strongest(utrace) == UTRACE_RESUME;
}

/// Whether everybody is asked: on request, or always, if the semantics says so.
bool must_ask(const Utrace* utrace, std::uint32_t request) {
    return request == UTRACE_REPORT ||
           (request == UTRACE_RESUME && decided(utrace, ResumeUnasked::reports));
}

}  // namespace

void utrace_resume(Task* current) {
    Utrace* utrace = task_utrace_struct(current);
    const bool was_marked = utrace->signal_handler;
    if (was_marked) forget_unreported_handler(utrace);
    if (mark_was_all(utrace, was_marked)) return;
    Report report;
    report.action = begin_with_request(utrace);
    if (quirk(current, Quirk::b49_interrupt_before_sigpending) &&
        report.action == UTRACE_INTERRUPT && !test_tsk_thread_flag(current, TIF_SIGPENDING)) {
        world_of(current).bug("utrace_resume", "BUG_ON(!signal_pending(current))");
    }
    if (report.action == UTRACE_RESUME && decided(current, ResumeUnasked::returns)) {
        return;  // nobody asked for anything: the stepping state stays as it is
    }
    if (must_ask(utrace, report.action)) {
        ask_everybody(current, utrace, report);
    } else {
        // The request itself is done next, without callbacks.
        report.spurious = decided(current, ResumeApply::resets);
    }
    finish_resume_report(current, utrace, report);
}

}  // namespace utsim
