// SPDX-License-Identifier: MIT
// utrace_report_syscall_entry (spec 4.21). A stop before the call happens right here. While it
// lasted somebody may have asked for another look, so the report is made again, marked as a repeat,
// before the call is let through.
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "utrace/hooks.hpp"
#include "utrace/report.hpp"
#include "utrace/requests.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

/// The engine that attached last is asked first, so that the first one has the last word.
void report_entry(Task* current, Utrace* utrace, Report& report, std::uint32_t repeat) {
    const auto call = [&](EngineOps* ops, Engine* engine) {
        const std::uint32_t word = repeat | report.result | report.action;
        return call_report_syscall_entry(ops, word, current, engine);
    };
    constexpr std::uint64_t event = UTRACE_EVENT(EVENT_SYSCALL_ENTRY);
    start_report(utrace);
    if (decided(current, EntryOrder::first_attached_first)) {
        report_forward(current, utrace, report, event, call);
    } else {
        for (Engine* engine : EnginePass(utrace, EnginePass::Order::last_first)) {
            report_to(current, utrace, report, engine, event, call);
        }
    }
    finish_report(current, utrace, report, AfterPass::may_stop);
}

/// A REPORT that came during the stop is used up by the repeat; an INTERRUPT is not.
bool report_must_be_repeated(const Utrace* utrace) {
    const std::uint32_t request = requests_of(utrace).strongest(utrace);
    if (decided(utrace, EntryRepeat::never)) return false;
    if (decided(utrace, EntryRepeat::report)) return request == UTRACE_REPORT;
    return request <= UTRACE_REPORT;
}

/// The syscall action of the last engine is kept: it is what the repeat starts from.
void start_over(const Utrace* utrace, Report& report) {
    report.detaches = false;
    report.spurious = true;
    if (decided(utrace, EntryRepeatFrom::last_action)) return;
    report.action = UTRACE_RESUME;
    report.resume_action = UTRACE_RESUME;
}

bool says_abort(const Task* current, std::uint32_t result) {
    if (decided(current, EntryAbort::exact)) return result == UTRACE_SYSCALL_ABORT;
    return utrace_syscall_action(result) == UTRACE_SYSCALL_ABORT;
}

}  // namespace

bool utrace_report_syscall_entry(Task* current) {
    Utrace* utrace = task_utrace_struct(current);
    Report report;
    std::uint32_t repeat = 0;
    for (;;) {
        report_entry(current, utrace, report, repeat);
        if (report.action != UTRACE_STOP) break;
        utrace_stop(current, utrace, report.resume_action);
        if (killed_in_its_stop(current, utrace)) {
            report.result = UTRACE_SYSCALL_ABORT;
            break;
        }
        if (!report_must_be_repeated(utrace)) break;
        start_over(utrace, report);
        repeat = UTRACE_SYSCALL_RESUMED;
    }
    return says_abort(current, report.result);
}

}  // namespace utsim
