// SPDX-License-Identifier: MIT
// The steps that all passes share. While an engine has its turn `reporting` points to it, which is
// how control, set_events and barrier in other hands know that a callback may be running (windows
// W-R1 to W-R3); the windows between two turns are W-R4.
#include "utrace/report.hpp"

#include "kernel/step.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/detach.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/requests.hpp"
#include "utrace/step_request.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

/// REPORT and the steps ask for one pass and got it. INTERRUPT asks for a signal report and stays
/// until the signal path has made it, so a pass need not take the lock for it.
bool used_up_by_any_pass(const Utrace* utrace) {
    const std::uint32_t request = requests_of(utrace).strongest(utrace);
    if (request == UTRACE_INTERRUPT) return decided(utrace, ReportStart::locks_for_any_request);
    return request == UTRACE_REPORT || request == UTRACE_SINGLESTEP || request == UTRACE_BLOCKSTEP;
}

void mark_detached_by_answer(Utrace* utrace, Engine* engine) {
    const bool locked = decided(utrace, ReportDetachAnswer::locked);
    if (locked) utrace->lock.lock("finish_callback_report");
    engine->ops = utrace_detached_ops();  // the flags stay as they are (spec 1.7)
    if (locked) utrace->lock.unlock("finish_callback_report");
}

void answered_stop(Task* current, Utrace* utrace, Report& report, Engine* engine) {
    if (engine_wants_stop(engine)) return;
    utrace->lock.lock("finish_callback_report");
    if (engine_is_marked_detached(engine)) {
        report.detaches = true;
    } else {
        mark_engine_wants_stop(current, engine);
    }
    utrace->lock.unlock("finish_callback_report");
}

void answered_no_stop(Utrace* utrace, Engine* engine) {
    if (!engine_wants_stop(engine)) return;
    utrace->lock.lock("finish_callback_report");
    clear_engine_wants_stop(engine);
    utrace->lock.unlock("finish_callback_report");
}

/// Whether `action` is the more constraining one.
bool stronger(const Utrace* utrace, std::uint32_t action, std::uint32_t other) {
    const auto is_request = [](std::uint32_t one) {
        return one == UTRACE_REPORT || one == UTRACE_INTERRUPT;
    };
    if (quirk(utrace, Quirk::b39_report_beats_interrupt) && is_request(action) &&
        is_request(other)) {
        return action > other;
    }
    return action < other;
}

/// spec 4.6
void finish_callback_report(Task* current, Utrace* utrace, Report& report, Engine* engine,
                            std::uint32_t action) {
    if (action == UTRACE_DETACH) mark_detached_by_answer(utrace, engine);
    if (engine_is_marked_detached(engine)) {
        report.detaches = true;
        return;
    }
    if (stronger(utrace, action, report.action)) report.action = action;
    if (action == UTRACE_STOP) return answered_stop(current, utrace, report, engine);
    if (stronger(utrace, action, report.resume_action)) report.resume_action = action;
    answered_no_stop(utrace, engine);
}

/// What is left to ask for when the pass answered `action`: STOP cannot wait, so it becomes a
/// REPORT, in which the engine answers again; unless the caller stops right away.
std::uint32_t request_for_later(const Utrace* utrace, std::uint32_t action, AfterPass after) {
    if (action == UTRACE_STOP) {
        if (after == AfterPass::will_not_stop || decided(utrace, ReportStop::report)) {
            return UTRACE_REPORT;
        }
        return decided(utrace, ReportStop::stop) ? UTRACE_STOP : UTRACE_RESUME;
    }
    const bool step = action == UTRACE_SINGLESTEP || action == UTRACE_BLOCKSTEP;
    return step && decided(utrace, ReportStep::dropped) ? UTRACE_RESUME : action;
}

/// spec 4.9. A pass that nobody wanted means that `utrace_flags` has stale bits.
void finish_report_reset(Task* current, Utrace* utrace, Report& report) {
    if (!report.spurious && !report.detaches) return;
    utrace->lock.lock("finish_report_reset");
    if (utrace_reset(current, utrace)) report.action = UTRACE_RESUME;
}

}  // namespace

std::uint32_t start_report(Utrace* utrace) {
    const RequestStore& requests = requests_of(utrace);
    if (quirk(utrace, Quirk::b42_stopped_bit_leaks) && utrace->stopped) {
        World::of(utrace).bug("start_report", "BUG_ON(utrace->stopped)");
    }
    const bool overlooked = quirk(utrace, Quirk::b26_slow_path_forgotten) &&
                            requests.strongest(utrace) == UTRACE_REPORT;
    if (!utrace->pending_attach && (overlooked || !used_up_by_any_pass(utrace))) {
        return requests.strongest(utrace);
    }
    utrace->lock.lock("start_report");
    splice_attaching(utrace);
    const std::uint32_t request = requests.use_up(utrace);
    utrace->lock.unlock("start_report");
    return request;
}

EngineOps* start_callback(Task* current, Utrace* utrace, Report& report, Engine* engine,
                          std::uint64_t event) {
    utrace->reporting = engine;
    smp_mb(current, "start_callback");  // B-5
    std::uint64_t wanted = engine->flags;
    smp_rmb(current, "start_callback");  // B-4
    EngineOps* ops = engine->ops;
    // An engine marked by its own answer still has its old flags; its new table says DETACH.
    const bool leaves = ops == utrace_detached_ops() && decided(current, ReportDetached::by_table);
    if ((wanted & UTRACE_EVENT(EVENT_QUIESCE)) != 0 || leaves) {
        const std::uint32_t word = call_report_quiesce(ops, report.action, current, engine, event);
        if (finish_callback(current, utrace, report, engine, word)) return nullptr;
        if (event == 0 && decided(current, ReportQuiesce::counts)) {
            report.spurious = false;
            if (quirk(current, Quirk::b02_reporting_left_by_resume)) utrace->reporting = engine;
            return nullptr;
        }
        // report_quiesce may have changed the mask, and so may anybody since (W-R4).
        utrace->reporting = engine;
        smp_mb(current, "start_callback");
        wanted = engine->flags;
    }
    if ((wanted & ENGINE_STOP) != 0) report.action = UTRACE_STOP;
    if ((wanted & event) != 0) {
        report.spurious = false;
        return ops;
    }
    if (!quirk(current, Quirk::b47_reporting_left_without_callback)) utrace->reporting = nullptr;
    return nullptr;
}

bool finish_callback(Task* current, Utrace* utrace, Report& report, Engine* engine,
                     std::uint32_t word) {
    report.result = word & ~UTRACE_RESUME_MASK;
    if (quirk(current, Quirk::b64_reporting_cleared_first)) {
        utrace->reporting = nullptr;
        smp_mb(current, "finish_callback");
    }
    finish_callback_report(current, utrace, report, engine, utrace_resume_action(word));
    // No barrier: what has changed above was changed under the lock.
    utrace->reporting = nullptr;
    world_of(current).might_sleep("finish_callback");
    return engine_is_marked_detached(engine);
}

void finish_report(Task* current, Utrace* utrace, Report& report, AfterPass after) {
    const std::uint32_t request = request_for_later(utrace, report.action, after);
    // W-F1: a stronger request that comes between this test and the lock is overwritten.
    if (request < requests_of(utrace).strongest(utrace)) {
        utrace->lock.lock("finish_report");
        store_own_request(current, utrace, request);
        utrace->lock.unlock("finish_report");
    }
    if (quirk(current, Quirk::b40_interrupt_also_reports) && report.action == UTRACE_INTERRUPT &&
        requests_of(utrace).strongest(utrace) == UTRACE_INTERRUPT) {
        utrace->report = true;
        set_tsk_thread_flag(current, TIF_NOTIFY_RESUME);
    }
    finish_report_reset(current, utrace, report);
}

void finish_resume_report(Task* current, Utrace* utrace, Report& report) {
    finish_report_reset(current, utrace, report);
    switch (report.action) {
        case UTRACE_STOP:
            utrace_stop(current, utrace, report.resume_action);
            break;
        case UTRACE_INTERRUPT:
            if (!test_tsk_thread_flag(current, TIF_SIGPENDING)) {
                set_tsk_thread_flag(current, TIF_SIGPENDING);
            }
            break;
        case UTRACE_BLOCKSTEP:
        case UTRACE_SINGLESTEP:
            // Here and nowhere else a step is armed: in the task itself, where it may sleep.
            arm_step(current, report.action, "finish_resume_report");
            break;
        default:
            user_disable_single_step(current);
            break;
    }
}

}  // namespace utsim
