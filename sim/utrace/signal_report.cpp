// SPDX-License-Identifier: MIT
// The signal pass (spec 4.19, 4.20, 4.28): engines see every signal before it acts and may replace
// it, and a task that is to be interrupted comes here without any signal. It is entered with
// siglock held, which is dropped around everything that concerns engines.
#include "kernel/kernel.hpp"
#include "kernel/ptrace.hpp"
#include "kernel/signal.hpp"
#include "kernel/task.hpp"
#include "kernel/wake.hpp"
#include "semantics/quirks.hpp"
#include "utrace/detach.hpp"
#include "utrace/hooks.hpp"
#include "utrace/memory_order.hpp"
#include "utrace/report.hpp"
#include "utrace/requests.hpp"
#include "utrace/stop.hpp"

namespace utsim {

namespace {

constexpr int restart = -1;  // the caller of utrace_get_signal starts over, siglock released

/// One signal on its way through the engines.
struct SignalPass {
    Task* current;
    Utrace* utrace;
    SigInfo* info;
    KSigaction* return_ka;
    const KSigaction* orig_ka = nullptr;  ///< null when there is no signal
    std::uint64_t event = 0;
    Report report;
};

void lock_siglock(Task* current, const char* function = "utrace_get_signal") {
    current->sighand->siglock.lock(function);
}
void unlock_siglock(Task* current) { current->sighand->siglock.unlock("utrace_get_signal"); }

bool handler_is(const KSigaction& action, std::uint64_t special) {
    return action.handler == special;
}

// --- A: a request, newcomers or a handler to report ----------------------------------------------

bool has_request(const Utrace* utrace) {
    if (requests_of(utrace).strongest(utrace) < UTRACE_RESUME || utrace->signal_handler)
        return true;
    return utrace->pending_attach && decided(utrace, SignalNewcomers::noticed);
}

/// Steps A1 to A4; the request. siglock is released.
std::uint32_t take_request(SignalPass& pass) {
    Task* current = pass.current;
    Utrace* utrace = pass.utrace;
    unlock_siglock(current);
    utrace->lock.lock("utrace_get_signal");
    splice_attaching(utrace);
    pass.report.result = utrace->signal_handler ? UTRACE_SIGNAL_HANDLER : UTRACE_SIGNAL_REPORT;
    utrace->signal_handler = false;
    const std::uint32_t request = requests_of(utrace).strongest(utrace);
    requests_of(utrace).clear(utrace);
    utrace->lock.unlock("utrace_get_signal");
    // The flag may stand only for the request that was just taken.
    if (test_tsk_thread_flag(current, TIF_SIGPENDING)) {
        lock_siglock(current);
        recalc_sigpending(current);
        unlock_siglock(current);
    }
    return request;  // W-G1: what is asked for from here on waits for the next turn of the loop
}

/// True: the engines are to be asked. False: the request is done with.
bool act_on_request(SignalPass& pass, std::uint32_t request) {
    if (request > UTRACE_REPORT) {
        if (request == UTRACE_RESUME && decided(pass.current, SignalMarkAlone::returns)) {
            return false;
        }
        pass.report.action = request;
        pass.report.spurious = decided(pass.current, ResumeApply::resets);
        finish_resume_report(pass.current, pass.utrace, pass.report);
        return false;
    }
    if ((pass.current->utrace_flags & UTRACE_EVENT(EVENT_QUIESCE)) == 0) return false;
    *pass.return_ka = KSigaction{};
    return true;
}

// --- B: a real signal ----------------------------------------------------------------------------

struct Classified {
    UtraceEvent event;
    std::uint32_t result;  ///< what would happen without engines
};

Classified classify_signal(int signr, const KSigaction& action) {
    if (handler_is(action, K_SIG_IGN)) return {EVENT_SIGNAL_IGN, UTRACE_SIGNAL_IGN};
    if (!handler_is(action, K_SIG_DFL)) return {EVENT_SIGNAL, UTRACE_SIGNAL_DELIVER};
    if (in_set(sig_kernel_coredump, signr)) return {EVENT_SIGNAL_CORE, UTRACE_SIGNAL_CORE};
    if (in_set(sig_kernel_ignore, signr)) return {EVENT_SIGNAL_IGN, UTRACE_SIGNAL_IGN};
    if (signr == K_SIGSTOP) return {EVENT_SIGNAL_STOP, UTRACE_SIGNAL_STOP};
    if (in_set(sig_kernel_stop, signr)) return {EVENT_SIGNAL_STOP, UTRACE_SIGNAL_TSTP};
    return {EVENT_SIGNAL_TERM, UTRACE_SIGNAL_TERM};
}

/// Takes a signal off the queues. True: the engines are to be asked, siglock is released. False:
/// `answer` is what utrace_get_signal returns, siglock is held.
bool take_signal(SignalPass& pass, int& answer) {
    Task* current = pass.current;
    answer = 0;
    // During a group stop nothing is dequeued: the caller stops first.
    if ((current->utrace_flags & UTRACE_EVENT_SIGNAL_ALL) == 0 ||
        (must_join_group_stop(current) && !quirk(current, Quirk::b23_dequeue_in_group_stop))) {
        return false;
    }
    const int signr = dequeue_signal(current, current->blocked, pass.info);
    if (signr == 0) return false;
    pass.orig_ka = &current->sighand->action[signr - 1];
    *pass.return_ka = *pass.orig_ka;
    answer = signr;
    if (signr == K_SIGKILL) return false;
    const Classified classified = classify_signal(signr, *pass.orig_ka);
    pass.event = UTRACE_EVENT(classified.event);
    pass.report.result = classified.result;
    if ((current->utrace_flags & (pass.event | UTRACE_EVENT(EVENT_QUIESCE))) == 0) return false;
    unlock_siglock(current);
    return true;
}

// --- C: the engines ------------------------------------------------------------------------------

SignalReport::Disposition disposition_of(const KSigaction& action) {
    return {action.handler, action.flags, action.mask, action.restorer};
}

/// What engines see and change is a view; the kernel's own records follow it after each callback.
std::uint32_t call_with_view(SignalPass& pass, EngineOps* ops, Engine* engine) {
    SigInfo& info = *pass.info;
    KSigaction& ka = *pass.return_ka;
    SignalReport::Disposition original;
    if (pass.orig_ka != nullptr) original = disposition_of(*pass.orig_ka);
    SignalReport view{
        info.si_signo,     info.si_errno, info.si_code,
        info.si_pid,       info.si_uid,   info.si_status,
        info.si_addr,      info.si_value, pass.orig_ka != nullptr ? &original : nullptr,
        disposition_of(ka)};
    const std::uint32_t word = call_report_signal(ops, pass.report.result | pass.report.action,
                                                  pass.current, engine, pass.event, view);
    info = {view.si_signo,   view.si_errno,     view.si_code,       view.sender_pid,
            view.sender_uid, view.child_status, view.fault_address, view.queued_value};
    ka.handler = view.return_ka.handler;
    ka.flags = view.return_ka.flags;
    ka.mask = view.return_ka.mask;
    ka.restorer = view.return_ka.restorer;
    return word;
}

/// A table without report_signal gets report_quiesce; the signal's fate is then left as it is.
std::uint32_t ask_engine(SignalPass& pass, EngineOps* ops, Engine* engine) {
    if (ops == nullptr) {
        world_of(pass.current)
            .null_pointer("utrace_get_signal", "callback of an engine whose ops are null");
    }
    if (has_callback(ops, CallbackKind::signal)) return call_with_view(pass, ops, engine);
    return pass.report.result |
           call_report_quiesce(ops, pass.report.action, pass.current, engine, pass.event);
}

/// The report that these two ask for is being made right now.
std::uint32_t without_report_requests(std::uint32_t word) {
    const std::uint32_t action = utrace_resume_action(word);
    if (action != UTRACE_INTERRUPT && action != UTRACE_REPORT) return word;
    return (word & ~UTRACE_RESUME_MASK) | UTRACE_RESUME;
}

/// Unlike other passes this one does not call report_quiesce first, does not honour an ENGINE_STOP
/// that is already there, and stays spurious, so that a reset always follows.
void ask_engines(SignalPass& pass) {
    Utrace* utrace = pass.utrace;
    for (Engine* engine : EnginePass(utrace)) {
        utrace->reporting = engine;
        smp_mb(pass.current, "utrace_get_signal");  // B-5
        const std::uint64_t wanted = engine->flags;
        smp_rmb(pass.current, "utrace_get_signal");  // B-4
        EngineOps* ops = engine->ops;
        if ((wanted & (pass.event | UTRACE_EVENT(EVENT_QUIESCE))) == 0) {
            utrace->reporting = nullptr;
            continue;
        }
        const std::uint32_t word = without_report_requests(ask_engine(pass, ops, engine));
        finish_callback(pass.current, utrace, pass.report, engine, word);
    }
}

// --- D: what becomes of it -----------------------------------------------------------------------

bool held(const Report& report) { return (report.result & UTRACE_SIGNAL_HOLD) != 0; }

/// Puts the signal back in front of the private queue (spec 4.28). siglock is held afterwards.
void push_back_signal(Task* current, const SigInfo& info) {
    if (info.si_signo == 0) return lock_siglock(current, "push_back_signal");
    SigQueue* record = sigqueue_alloc(current);
    if (record != nullptr) record->info = info;
    lock_siglock(current, "push_back_signal");
    if (info.si_signo < 1 || info.si_signo > signal_count) {
        world_of(current).bug("push_back_signal", "sigaddset of a number that is no signal");
    }
    current->pending.signal |= sigmask(info.si_signo);
    if (record != nullptr) list_add(&record->entry, &current->pending.list);
    set_tsk_thread_flag(current, TIF_SIGPENDING);
}

/// siglock is held afterwards. W-G2: until then SIGCONT may clear STOP_DEQUEUED again.
void hold_or_lock(SignalPass& pass) {
    if (held(pass.report)) {
        push_back_signal(pass.current, *pass.info);
    } else {
        lock_siglock(pass.current);
    }
}

/// A user handler will run. Anything but RESUME must wait until its frame is there, so it becomes
/// a SIGNAL_HANDLER report.
int deliver_to_handler(SignalPass& pass, int signr) {
    if (pass.report.action != UTRACE_RESUME) pass.report.action = UTRACE_INTERRUPT;
    finish_report(pass.current, pass.utrace, pass.report, AfterPass::will_not_stop);
    hold_or_lock(pass);
    if ((pass.return_ka->flags & K_SA_ONESHOT) != 0) {
        pass.return_ka->flags &= ~K_SA_ONESHOT;
        if (signr >= 1 && signr <= signal_count) {
            pass.current->sighand->action[signr - 1].handler = K_SIG_DFL;
        }
    }
    return signr;
}

/// E: nothing is delivered; what the engines asked for is done at once.
int deliver_nothing(SignalPass& pass) {
    Task* current = pass.current;
    finish_resume_report(current, pass.utrace, pass.report);
    if (killed_in_its_stop(current, pass.utrace)) {
        lock_siglock(current);
        const int signr = dequeue_signal(current, ~sigmask(K_SIGKILL), pass.info);
        if (signr != K_SIGKILL) {
            world_of(current).bug("utrace_get_signal", "the pending SIGKILL cannot be dequeued");
        }
        *pass.return_ka = current->sighand->action[K_SIGKILL - 1];
        return signr;
    }
    if (held(pass.report)) {
        push_back_signal(current, *pass.info);
        unlock_siglock(current);
    }
    return restart;
}

/// An engine may leave SIGTRAP with the mark of a system call stop, which is no signal.
void repair_bogus_signo(SignalPass& pass) {
    if ((pass.info->si_signo & 0x80) == 0) return;
    if (decided(pass.current, SignalBogus::taken)) return;
    world_of(pass.current).warn("utrace_get_signal", "an engine left an si_signo with bit 0x80");
    pass.info->si_signo = K_SIGTRAP;
}

/// F: a default action, whatever the disposition was.
int act_by_default(SignalPass& pass, int signr) {
    finish_report(pass.current, pass.utrace, pass.report, AfterPass::will_not_stop);
    pass.return_ka->handler = K_SIG_DFL;
    repair_bogus_signo(pass);
    hold_or_lock(pass);
    if (in_set(sig_kernel_stop, signr)) pass.current->signal->flags |= SIGNAL_STOP_DEQUEUED;
    return signr;
}

int deliver(SignalPass& pass) {
    const int signr = pass.info->si_signo;
    if (signr == 0 || handler_is(*pass.return_ka, K_SIG_IGN)) return deliver_nothing(pass);
    if (!handler_is(*pass.return_ka, K_SIG_DFL)) return deliver_to_handler(pass, signr);
    if (in_set(sig_kernel_ignore, signr)) return deliver_nothing(pass);
    return act_by_default(pass, signr);
}

int act_on_answers(SignalPass& pass) {
    switch (utrace_signal_action(pass.report.result)) {
        case UTRACE_SIGNAL_TERM:
            return act_by_default(pass, K_SIGTERM);
        case UTRACE_SIGNAL_CORE:
            return act_by_default(pass, K_SIGQUIT);
        case UTRACE_SIGNAL_STOP:
            return act_by_default(pass, K_SIGSTOP);
        case UTRACE_SIGNAL_TSTP:
            return act_by_default(pass, K_SIGTSTP);
        case UTRACE_SIGNAL_DELIVER:
            return deliver(pass);
        default:
            return deliver_nothing(pass);
    }
}

/// spec 4.19: after a step into a handler the engines hear of it before its first instruction;
/// otherwise the mark waits for the resume hook to drop it.
void ask_for_handler_report(Task* current, Utrace* utrace, bool stepping) {
    const std::uint32_t request = requests_of(utrace).strongest(utrace);
    const bool always = decided(current, SignalHandlerMark::always_notifies);
    if (request <= UTRACE_INTERRUPT && !always) return;
    if (stepping) {
        store_own_request(current, utrace, UTRACE_INTERRUPT);
    } else if (request == UTRACE_RESUME || always) {
        set_tsk_thread_flag(current, TIF_NOTIFY_RESUME);
    }
}

}  // namespace

int utrace_get_signal(Task* current, SigInfo* info, KSigaction* return_ka) {
    SignalPass pass{current, task_utrace_struct(current), info, return_ka, nullptr, 0, {}};
    if (quirk(current, Quirk::b63_double_siglock) && pass.utrace->stopped) lock_siglock(current);
    if (has_request(pass.utrace)) {
        const std::uint32_t request = take_request(pass);
        if (!act_on_request(pass, request)) return restart;
    } else {
        int answer = 0;
        if (!take_signal(pass, answer)) return answer;
    }
    ask_engines(pass);
    return act_on_answers(pass);
}

void utrace_signal_handler(Task* current, bool stepping) {
    Utrace* utrace = task_utrace_struct(current);
    utrace->lock.lock("utrace_signal_handler");
    utrace->signal_handler = true;
    ask_for_handler_report(current, utrace, stepping);
    utrace->lock.unlock("utrace_signal_handler");
}

}  // namespace utsim
