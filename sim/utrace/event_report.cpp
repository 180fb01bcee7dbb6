// SPDX-License-Identifier: MIT
// The passes that need nothing of their own: exec, system call exit, job control (spec 4.22, 4.23)
// and exit (4.25). What engines answer is stored and takes effect before user mode.
#include "kernel/task.hpp"
#include "semantics/quirks.hpp"
#include "utrace/hooks.hpp"
#include "utrace/report.hpp"
#include "utrace/requests.hpp"
#include "utrace/stop.hpp"

namespace utsim {

void utrace_report_exec(Task* current) {
    Utrace* utrace = task_utrace_struct(current);
    Report report;
    report_event(current, utrace, report, UTRACE_EVENT(EVENT_EXEC),
                 [&](EngineOps* ops, Engine* engine) {
                     return call_report_exec(ops, report.action, current, engine);
                 });
}

void utrace_report_syscall_exit(Task* current) {
    Utrace* utrace = task_utrace_struct(current);
    Report report;
    report_event(current, utrace, report, UTRACE_EVENT(EVENT_SYSCALL_EXIT),
                 [&](EngineOps* ops, Engine* engine) {
                     return call_report_syscall_exit(ops, report.action, current, engine);
                 });
}

namespace {

/// As if the pass that follows were what all of them waited for; but newcomers stay where they are.
void forget_what_is_outstanding(Utrace* utrace) {
    utrace->lock.lock("utrace_report_jctl");
    requests_of(utrace).use_up(utrace);
    utrace->pending_attach = false;
    utrace->lock.unlock("utrace_report_jctl");
}

}  // namespace

void utrace_report_jctl(Task* current, int notify, int what) {
    Utrace* utrace = task_utrace_struct(current);
    SpinLock& siglock = current->sighand->siglock;
    // W-J1: meanwhile SIGCONT or SIGKILL may call the group stop off; the caller looks again.
    siglock.unlock("utrace_report_jctl");
    if (quirk(current, Quirk::b51_jctl_eats_newcomers)) forget_what_is_outstanding(utrace);
    if (quirk(current, Quirk::b56_jctl_notify_argument)) notify = what;
    Report report;
    report_event(current, utrace, report, UTRACE_EVENT(EVENT_JCTL),
                 [&](EngineOps* ops, Engine* engine) {
                     return call_report_jctl(ops, report.action, current, engine, what, notify);
                 });
    siglock.lock("utrace_report_jctl");
}

void utrace_report_exit(Task* current, long* code) {
    Utrace* utrace = task_utrace_struct(current);
    const long orig_code = *code;
    Report report;
    report_event(current, utrace, report, UTRACE_EVENT(EVENT_EXIT),
                 [&](EngineOps* ops, Engine* engine) {
                     return call_report_exit(ops, report.action, current, engine, orig_code, code);
                 });
    // There is no user mode to come, so a STOP is obeyed on the spot.
    if (report.action == UTRACE_STOP) utrace_stop(current, utrace, report.resume_action);
}

}  // namespace utsim
