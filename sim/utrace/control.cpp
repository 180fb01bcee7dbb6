// SPDX-License-Identifier: MIT
// utrace_control (spec 2.4): what the tracer wants the thread to do. Nothing is done to the target
// here but waking it up: a request is stored in `resume`, and the target itself acts on it on its
// way to user mode. A traced (or dead) target cannot do so, so its engine list is put in order at
// once (`reset`).
#include "kernel/kernel.hpp"
#include "kernel/signal.hpp"
#include "kernel/step.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/api_call.hpp"
#include "utrace/detach.hpp"
#include "utrace/gate.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/requests.hpp"
#include "utrace/step_request.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

/// One call, while the lock is held.
struct Control {
    Task* target;
    Engine* engine;
    Utrace* utrace;
    bool reset;  ///< end in utrace_reset instead of a plain unlock
    int result = 0;
};

/// Step 2: these actions answer with a callback, so there has to be one.
bool needs_quiesce(std::uint32_t action) {
    return action == UTRACE_REPORT || action == UTRACE_SINGLESTEP || action == UTRACE_BLOCKSTEP;
}

/// `control_dead`: a dead target can only be let go, and not while its last callbacks run.
/// W-C2: `exit_state` may be set right after the caller's test; `death` and `reap` cannot.
int control_dead(const Task* target, const Utrace* utrace, std::uint32_t action) {
    if (action != UTRACE_DETACH || utrace->reap) return -K_ESRCH;
    if (quirk(target, Quirk::b52_ealready_too_early) &&
        (target->utrace_flags & UTRACE_DEATH_EVENTS) != 0) {
        return -K_EALREADY;  // the report is still to come
    }
    return utrace->death ? -K_EALREADY : 0;
}

void control_stop(Control& c) {
    mark_engine_wants_stop(c.target, c.engine);
    if (!c.reset && !utrace_do_stop(c.target, c.utrace)) c.result = -K_EINPROGRESS;
    c.reset = false;
}

void control_detach(Control& c) {
    const bool was_inside =
        quirk(c.target, Quirk::b30b_einprogress_before_mark) && c.utrace->reporting == c.engine;
    // A target that is about to stop for this engine looks at its flags first (4.15 step 3).
    // Once the engine is marked as detached the answer would always be no.
    const bool wants_stop =
        !quirk(c.target, Quirk::b30_detach_forgets_its_stop) && engine_wants_stop(c.engine);
    if (wants_stop) c.target->utrace_flags &= ~ENGINE_STOP;
    mark_engine_detached(c.target, c.engine);
    if (decided(c.target, FlagsOnDetach::cleared)) drop_step_flags(c.utrace);
    c.reset = c.reset || utrace_do_stop(c.target, c.utrace);
    if (c.reset) return;
    if (quirk(c.target, Quirk::b30b_einprogress_before_mark)) {
        if (was_inside) c.result = -K_EINPROGRESS;
        return;
    }
    // B-5. Also true when the engine detaches itself inside its own callback: no exemption here.
    smp_mb(c.target, "utrace_control");
    if (c.utrace->reporting == c.engine) c.result = -K_EINPROGRESS;
}

/// A weaker request gives way to a stronger one.
void control_report(Control& c, std::uint32_t action) {
    clear_engine_wants_stop(c.engine);
    if (action >= requests_of(c.utrace).strongest(c.utrace)) return;
    requests_of(c.utrace).store(c.utrace, action);
    set_notify_resume(c.target);
}

/// The target arms its step itself, where it may sleep (4.10), so the step is a request like any
/// other. The alternatives need a target that is stopped.
void request_step(Control& c, std::uint32_t action) {
    if (decided(c.target, StepArm::resume)) return control_report(c, action);
    clear_engine_wants_stop(c.engine);
    if (decided(c.target, StepArm::control)) {
        arm_step(c.target, action, "utrace_control");
    } else if (flag_step(c.utrace, action) && decided(c.target, FlagsSecondEngine::told)) {
        control_report(c, UTRACE_REPORT);
    }
}

void control_step(Control& c, std::uint32_t action) {
    World& world = world_of(c.target);
    if (action == UTRACE_BLOCKSTEP && !arch_has_block_step(c.target)) {
        world.warn("utrace_control", "BLOCKSTEP on a machine without block step: SINGLESTEP");
        action = UTRACE_SINGLESTEP;
    }
    if (!arch_has_single_step(c.target)) {
        world.warn("utrace_control", "SINGLESTEP on a machine without single step");
        if (decided(c.target, StepUnsupported::lets_go)) clear_engine_wants_stop(c.engine);
        c.reset = false;
        c.result = -K_EOPNOTSUPP;
        return;
    }
    if (!c.reset && decided(c.target, StepOnRunning::refused)) {
        clear_engine_wants_stop(c.engine);
        c.result = -K_EAGAIN;
        return;
    }
    request_step(c, action);
    if (decided(c.target, StepCallback::always)) control_report(c, UTRACE_REPORT);
}

void control_resume(Control& c) {
    clear_engine_wants_stop(c.engine);
    if (decided(c.target, FlagsOnResume::cleared)) drop_step_flags(c.utrace);
    // In the end stepping is switched off by whatever wakes the target: see utrace_reset.
    if (c.reset && decided(c.target, StepDisable::control_resume)) {
        user_disable_single_step(c.target);
    }
}

void control_interrupt(Control& c) {
    clear_engine_wants_stop(c.engine);
    const RequestStore& requests = requests_of(c.utrace);
    if (requests.strongest(c.utrace) == UTRACE_INTERRUPT) return;
    requests.store(c.utrace, UTRACE_INTERRUPT);
    if (c.reset) {
        set_tsk_thread_flag(c.target, TIF_SIGPENDING);  // the reset will wake it
        return;
    }
    Sighand* sighand = lock_task_sighand(c.target, "utrace_control");
    if (sighand == nullptr) return;
    signal_wake_up(c.target, false);
    sighand->siglock.unlock("utrace_control");
}

void act(Control& c, std::uint32_t action) {
    switch (action) {
        case UTRACE_STOP:
            return control_stop(c);
        case UTRACE_INTERRUPT:
            return control_interrupt(c);
        case UTRACE_REPORT:
            return control_report(c, action);
        case UTRACE_SINGLESTEP:
        case UTRACE_BLOCKSTEP:
            return control_step(c, action);
        case UTRACE_RESUME:
            return control_resume(c);
        case UTRACE_DETACH:
            return control_detach(c);
        default:
            break;
    }
}

int control_locked(Task* target, Engine* engine, Utrace* utrace, std::uint32_t action) {
    // W-C3: from here on a traced target leaves TRACED only for SIGKILL, and then it waits in
    // utrace_finish_stop until we let go of the lock. W-C4: one that has answered STOP but not yet
    // taken the lock in utrace_stop looks as if it ran.
    Control c{target, engine, utrace, task_is_traced(target)};
    if (target->exit_state != 0) {
        c.result = control_dead(target, utrace, action);
        if (c.result != 0) {
            utrace->lock.unlock("utrace_control");
            return c.result;
        }
        c.reset = !quirk(target, Quirk::b31_zombie_detach_not_unlinked);
    }
    act(c, action);
    if (quirk(target, Quirk::b63_double_siglock) && action != UTRACE_STOP) utrace->stopped = false;
    if (c.reset) {
        utrace_reset(target, utrace);
    } else {
        utrace->lock.unlock("utrace_control");
    }
    return c.result;
}

int invalid(Engine* engine, const char* what) {
    if (decided(engine, ControlInvalid::warns)) World::of(engine).warn("utrace_control", what);
    return -K_EINVAL;
}

int control(Task* target, Engine* engine, std::uint32_t action) {
    if (action >= UTRACE_RESUME_MAX) return invalid(engine, "an action that does not exist");
    // W-C1: read without the lock and before anybody asks whether the engine is still attached.
    if (needs_quiesce(action) && (engine->flags & UTRACE_EVENT(EVENT_QUIESCE)) == 0) {
        return invalid(engine, "the engine does not have QUIESCE, so no callback would follow");
    }
    const Gate gate = get_utrace_lock(target, engine, GateFor::attached);
    if (gate.error != 0) return gate.error;
    return control_locked(target, engine, gate.utrace, action);
}

}  // namespace

int utrace_control(Task* target, Engine* engine, std::uint32_t action) {
    const ApiRecord record =
        api_enter("utrace_control", ApiCall::control, target, engine, action, 0);
    return api_leave(record, control(target, engine, action));
}

int utrace_control_pid(Task* any, int pid, Engine* engine, std::uint32_t action) {
    Task* target = find_task_by_pid(kernel_of(any), pid);
    return target == nullptr ? -K_ESRCH : utrace_control(target, engine, action);
}

}  // namespace utsim
