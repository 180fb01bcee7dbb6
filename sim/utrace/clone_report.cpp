// SPDX-License-Identifier: MIT
// The parent's report of a clone, and the stop of a vfork parent (spec 4.24). That parent sleeps
// uninterruptibly until the child is done, so a STOP is obeyed before the wait: after the child was
// started, in utrace_finish_vfork.
#include "kernel/task.hpp"
#include "utrace/hooks.hpp"
#include "utrace/report.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t clone_vfork = 0x4000;  // CLONE_VFORK

void set_vfork_stop(Utrace* utrace, const char* function, bool on) {
    utrace->lock.lock(function);
    utrace->vfork_stop = on;
    utrace->lock.unlock(function);
}

}  // namespace

void utrace_report_clone(Task* current, std::uint64_t clone_flags, Task* child) {
    Utrace* utrace = task_utrace_struct(current);
    const bool vfork = (clone_flags & clone_vfork) != 0;
    Report report;
    start_report(utrace);
    utrace->cloning = child;
    report_forward(
        current, utrace, report, UTRACE_EVENT(EVENT_CLONE), [&](EngineOps* ops, Engine* engine) {
            return call_report_clone(ops, report.action, current, engine, clone_flags, child);
        });
    utrace->cloning = nullptr;
    finish_report(current, utrace, report, vfork ? AfterPass::may_stop : AfterPass::will_not_stop);
    if (vfork && report.action == UTRACE_STOP) set_vfork_stop(utrace, "utrace_report_clone", true);
}

void utrace_finish_vfork(Task* current) {
    Utrace* utrace = task_utrace_struct(current);
    if (!utrace->vfork_stop) return;
    set_vfork_stop(utrace, "utrace_finish_vfork", false);
    utrace_stop(current, utrace, UTRACE_RESUME);
}

}  // namespace utsim
