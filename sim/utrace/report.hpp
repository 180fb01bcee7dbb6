// SPDX-License-Identifier: MIT
/// A reporting pass: one walk over the engines for one event (spec 4.2 to 4.10).
#pragma once

#include <cstdint>

#include "utrace/callback.hpp"
#include "utrace/engine_pass.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

/// What one pass has learnt so far. Plain data on the task's stack.
struct Report {
    std::uint32_t result = 0;                     ///< upper bits of the last answer
    std::uint32_t action = UTRACE_RESUME;         ///< the strongest answer
    std::uint32_t resume_action = UTRACE_RESUME;  ///< the strongest answer that was not STOP
    bool detaches = false;                        ///< somebody leaves
    bool spurious = true;                         ///< so far nobody wanted this
};

/// Before the first engine: newcomers join, and a pending request (but INTERRUPT) is used up by
/// this pass, whatever its event. The request.
std::uint32_t start_report(Utrace* utrace);

/// Before one engine: its report_quiesce if it has QUIESCE, then the table to call for `event`, or
/// null when it does not want that.
EngineOps* start_callback(Task* current, Utrace* utrace, Report& report, Engine* engine,
                          std::uint64_t event);
/// After its callback. True: the engine is detached.
bool finish_callback(Task* current, Utrace* utrace, Report& report, Engine* engine,
                     std::uint32_t word);

/// Whether the pass is followed by a stop of its own kind.
enum class AfterPass : bool { may_stop, will_not_stop };

/// After the last engine of a pass that is not the last one before user mode: what was answered is
/// stored for later.
void finish_report(Task* current, Utrace* utrace, Report& report, AfterPass after);
/// After the last engine of the last pass before user mode: what was answered is done now.
void finish_resume_report(Task* current, Utrace* utrace, Report& report);

/// One engine's turn; `call(ops, engine)` makes the callback.
template <typename Call>
void report_to(Task* current, Utrace* utrace, Report& report, Engine* engine, std::uint64_t event,
               Call call) {
    EngineOps* ops = start_callback(current, utrace, report, engine, event);
    if (ops != nullptr) finish_callback(current, utrace, report, engine, call(ops, engine));
}

/// All engines, in the order in which they attached.
template <typename Call>
void report_forward(Task* current, Utrace* utrace, Report& report, std::uint64_t event, Call call) {
    for (Engine* engine : EnginePass(utrace)) {
        report_to(current, utrace, report, engine, event, call);
    }
}

/// The ordinary pass (spec 4.3): nothing stops right after it.
template <typename Call>
void report_event(Task* current, Utrace* utrace, Report& report, std::uint64_t event, Call call) {
    start_report(utrace);
    report_forward(current, utrace, report, event, call);
    finish_report(current, utrace, report, AfterPass::will_not_stop);
}

}  // namespace utsim
