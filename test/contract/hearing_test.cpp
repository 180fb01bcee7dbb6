// SPDX-License-Identifier: MIT
// Stories about events of which somebody who asked hears nothing, without anything else going
// wrong. Each is followed by one close to it in which nothing was missed.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr std::uint64_t SIGNAL = UTRACE_EVENT(EVENT_SIGNAL);
constexpr std::uint64_t IGNORED = UTRACE_EVENT(EVENT_SIGNAL_IGN);

constexpr int by_default = 0;
constexpr int by_nothing = 1;
constexpr int by_handler = 2;

/// Engine 0 has asked for `events`, and the task was in user mode since.
Story& wants(Story& s, std::uint64_t events) {
    return s.set_events(0, QUIESCE | events).user().instruction();
}

/// A signal reaches task 1, which takes it off its queue on the way out of a call.
Story& takes(Story& s, int signal, int disposition) {
    s.send(signal).syscall().ran();
    return s.tell(EventKind::signal_taken, {1, signal, 0, disposition});
}

Story& hears(Story& s, int signal, std::uint64_t event, std::uint32_t word) {
    return s.signal(0, signal, event, word | UTRACE_RESUME, word | UTRACE_RESUME);
}

/// Task 1 stops for job control; `told`: engine 0 hears of it.
Story& stops(Story& s, bool told) {
    takes(s, K_SIGTSTP, by_default);
    if (told) s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, CLD_STOPPED_);
    return s.state(1, TASK_STOPPED);
}

Story& tells_parent(Story& s, int why) { return s.tell(EventKind::notify_cldstop, {1, why}, 1); }

const ClauseCases unheard = {
    {"C-046", [](Story& s) { takes(wants(s, SIGNAL), K_SIGUSR1, by_handler).handler(K_SIGUSR1); },
     [](Story& s) {
         hears(takes(wants(s, SIGNAL), K_SIGUSR1, by_handler), K_SIGUSR1, SIGNAL,
               UTRACE_SIGNAL_DELIVER)
             .handler(K_SIGUSR1);
         // Nobody asked to hear of those that are ignored.
         takes(s, K_SIGUSR2, by_nothing).user();
     }},
    {"C-046", [](Story& s) { takes(wants(s, IGNORED), K_SIGUSR1, by_nothing).user(); },
     [](Story& s) {
         hears(takes(wants(s, IGNORED), K_SIGUSR1, by_nothing), K_SIGUSR1, IGNORED,
               UTRACE_SIGNAL_IGN)
             .user();
     }},
    {"C-046", [](Story& s) { takes(wants(s, TERM), K_SIGTERM, by_default).exits(K_SIGTERM); },
     [](Story& s) {
         hears(takes(wants(s, TERM), K_SIGTERM, by_default), K_SIGTERM, TERM, UTRACE_SIGNAL_TERM)
             .exits(K_SIGTERM);
     }},
    // One of two signals is told, and the other one goes by.
    {"C-046",
     [](Story& s) {
         takes(wants(s, SIGNAL), K_SIGUSR1, by_handler);
         hears(s, K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER).handler(K_SIGUSR1);
         takes(s, K_SIGUSR2, by_handler).handler(K_SIGUSR2);
     },
     [](Story& s) {
         takes(wants(s, SIGNAL), K_SIGUSR1, by_handler);
         hears(s, K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER).handler(K_SIGUSR1);
         s.tell(EventKind::signal_taken, {1, K_SIGKILL, 0, by_default}).exits(K_SIGKILL);
     }},
    // What is asked for when the signal has been taken comes too late.
    {"C-046", [](Story& s) { takes(wants(s, CORE), K_SIGSEGV, by_default).exits(K_SIGSEGV); },
     [](Story& s) {
         takes(wants(s, EXIT), K_SIGSEGV, by_default).set_events(0, CORE | EXIT);
         s.callback(0, CallbackKind::exit, EXIT).exits(K_SIGSEGV);
         s.attach(1, 1).set_events(1, DEATH).dead();
     }},
    {"C-046", [](Story& s) { wants(s, EXIT).syscall().exits(); },
     [](Story& s) {
         wants(s, EXIT).syscall().callback(0, CallbackKind::exit, EXIT).exits();
         // One that came while the task stopped in its exit.
         s.attach(1, 1).set_events(1, EXIT);
     }},
    {"C-046", [](Story& s) { stops(wants(s, JCTL), false); },
     [](Story& s) { tells_parent(stops(wants(s, JCTL), true), CLD_STOPPED_); }},
    {"C-046",
     [](Story& s) {
         stops(wants(s, JCTL), true).send(K_SIGCONT).woken();
         tells_parent(s, CLD_CONTINUED_);
     },
     [](Story& s) {
         stops(wants(s, JCTL), true).send(K_SIGCONT).woken();
         s.callback(0, CallbackKind::jctl, JCTL, UTRACE_RESUME, UTRACE_RESUME, CLD_CONTINUED_);
         tells_parent(s, CLD_CONTINUED_);
     }},
};

/// A task that sleeps in a call, and an engine that asks for a stop and does not wait for it.
Story& sleeper(Story& s) {
    s.syscall().state(1, TASK_INTERRUPTIBLE);
    return s.stop_bit(0, true).control(0, UTRACE_STOP, -K_EINPROGRESS);
}

Story& prepare(Story& s) { return s.call(ApiCall::prepare_examine, 0, 0); }

/// A second engine that wants SIGNAL as well.
Story& two(Story& s) { return wants(s.attach(1, 1).list(1).set_events(1, SIGNAL), SIGNAL); }

Story& hears_second(Story& s) {
    const std::uint32_t word = UTRACE_SIGNAL_DELIVER | UTRACE_RESUME;
    return s.signal(1, K_SIGUSR1, SIGNAL, word, word);
}

const ClauseCases told_wrongly = {
    // A signal's round has the order of attachment, too.
    {"C-050",
     [](Story& s) {
         hears(hears_second(takes(two(s), K_SIGUSR1, by_handler)), K_SIGUSR1, SIGNAL,
               UTRACE_SIGNAL_DELIVER);
     },
     [](Story& s) {
         hears_second(
             hears(takes(two(s), K_SIGUSR1, by_handler), K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER));
         hears(takes(s, K_SIGUSR1, by_handler), K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER);
     }},
    {"I11",
     [](Story& s) {
         takes(wants(s, SIGNAL), K_SIGUSR1, by_handler);
         hears(hears(s, K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER), K_SIGUSR1, SIGNAL,
               UTRACE_SIGNAL_DELIVER);
     },
     [](Story& s) {
         takes(wants(s, SIGNAL), K_SIGUSR1, by_handler);
         hears(s, K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER);
         hears(takes(s, K_SIGUSR1, by_handler), K_SIGUSR1, SIGNAL, UTRACE_SIGNAL_DELIVER);
     }},
    // The program ignores the signal, and the engine is told of a handler.
    {"C-089",
     [](Story& s) {
         hears(takes(wants(s, SIGNAL | IGNORED), K_SIGUSR1, by_nothing), K_SIGUSR1, SIGNAL,
               UTRACE_SIGNAL_DELIVER);
     },
     [](Story& s) {
         hears(takes(wants(s, SIGNAL | IGNORED), K_SIGUSR1, by_nothing), K_SIGUSR1, IGNORED,
               UTRACE_SIGNAL_IGN);
     }},
    // The signal has been taken already when the exit of the call is told.
    {"C-259",
     [](Story& s) {
         takes(wants(s, EXIT_OF_CALL), K_SIGCHLD, by_default);
         s.callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL);
     },
     [](Story& s) {
         wants(s, EXIT_OF_CALL).syscall().ran();
         s.callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL);
         s.tell(EventKind::signal_taken, {1, K_SIGCHLD, 0, by_default}).user();
     }},
};

const ClauseCases unfounded = {
    {"C-237", [](Story& s) { prepare(sleeper(s)); },
     [](Story& s) { prepare(stop_by_answer(sleeper(s).woken())); }},
    {"C-245", [](Story& s) { prepare(sleeper(s)); },
     [](Story& s) {
         s.state(1, TASK_STOPPED).traced().stop_bit(0, true).control(0, UTRACE_STOP, 0);
         prepare(s);
     }},
    {"C-093", [](Story& s) { report(s, UTRACE_SIGNAL_DELIVER | UTRACE_RESUME); },
     [](Story& s) {
         s.begin(0, CallbackKind::signal, 0, UTRACE_SIGNAL_REPORT | UTRACE_RESUME, 0, 0, -1);
         s.answer(0, CallbackKind::signal, UTRACE_SIGNAL_DELIVER | UTRACE_RESUME, K_SIGUSR1);
         report(s, UTRACE_SIGNAL_REPORT | UTRACE_RESUME);
     }},
    {"C-093", [](Story& s) { report(s, UTRACE_SIGNAL_CORE | UTRACE_RESUME); },
     [](Story& s) {
         s.begin(0, CallbackKind::signal, 0, UTRACE_SIGNAL_REPORT | UTRACE_RESUME, 0, 0, -1);
         s.answer(0, CallbackKind::signal, UTRACE_SIGNAL_CORE | UTRACE_RESUME, K_SIGSEGV);
     }},
    // report_quiesce is not what an INTERRUPT is about, for an engine that has report_signal.
    {"C-212",
     [](Story& s) { report(s).user().control(0, UTRACE_INTERRUPT, 0).quiesce(0).instruction(); },
     [](Story& s) {
         report(report(s).user().control(0, UTRACE_INTERRUPT, 0).quiesce(0)).instruction();
     }},
    {"I7", [](Story& s) { s.state(1, TASK_INTERRUPTIBLE).set_events(0, 0, -K_EINPROGRESS); },
     [](Story& s) {
         s.state(1, TASK_INTERRUPTIBLE).set_events(0, 0, 0).woken();
         s.begin(0, CallbackKind::quiesce).set_events(0, 0, -K_EINPROGRESS);
     }},
};

}  // namespace
