// SPDX-License-Identifier: MIT
// Stories about report_signal: what breaks each clause, then what does not.
#include "contract/story.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr std::uint64_t SIGNAL = UTRACE_EVENT(EVENT_SIGNAL);
constexpr std::uint64_t TERM = UTRACE_EVENT(EVENT_SIGNAL_TERM);
constexpr int usr1 = 10;

constexpr std::uint32_t told_report = UTRACE_SIGNAL_REPORT | UTRACE_RESUME;
constexpr std::uint32_t told_handler = UTRACE_SIGNAL_HANDLER | UTRACE_RESUME;
constexpr std::uint32_t told_deliver = UTRACE_SIGNAL_DELIVER | UTRACE_RESUME;
constexpr std::uint32_t told_term = UTRACE_SIGNAL_TERM | UTRACE_RESUME;
constexpr std::uint32_t ignore = UTRACE_SIGNAL_IGN | UTRACE_RESUME;

Story& two(Story& s) {
    s.set_events(0, QUIESCE | UTRACE_EVENT_SIGNAL_ALL);
    return s.attach(1, 1).set_events(1, QUIESCE | UTRACE_EVENT_SIGNAL_ALL).list(1);
}

const ClauseCases told = {
    {"C-084", [](Story& s) { s.set_events(0, TERM).signal(0, usr1, SIGNAL, told_deliver, ignore); },
     [](Story& s) { s.set_events(0, SIGNAL).signal(0, usr1, SIGNAL, told_deliver, ignore); }},
    {"C-085", [](Story& s) { s.signal(0, usr1, SIGNAL, 0x80 | UTRACE_RESUME, ignore); },
     [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, ignore); }},
    {"C-086", [](Story& s) { s.signal(0, 0, 0, told_report, ignore); },
     [](Story& s) { s.control(0, UTRACE_INTERRUPT).signal(0, 0, 0, told_report, ignore); }},
    {"C-087", [](Story& s) { s.signal(0, 0, 0, told_handler, ignore); },
     [](Story& s) { s.handler(usr1).signal(0, 0, 0, told_handler, ignore); }},
    {"C-089",
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, ignore);
         s.signal(1, usr1, SIGNAL, told_deliver, ignore);
     },
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, ignore);
         s.signal(1, usr1, SIGNAL, ignore, ignore);
     }},
    {"C-092",
     [](Story& s) { s.callback(0, CallbackKind::signal, 0, ignore, told_report, 0, 0, 0, 0); },
     [](Story& s) { s.callback(0, CallbackKind::signal, 0, ignore, told_report, 0, 0, -1, 0); }},
    {"C-094",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_STOP).traced();
         s.control(0, UTRACE_INTERRUPT).woken().signal(0, 0, 0, told_report, ignore);
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_STOP).traced();
         s.control(0, UTRACE_INTERRUPT).woken();
         s.callback(0, CallbackKind::signal, 0, ignore, told_report, usr1, 0, -1, 0);
     }},
    {"C-095",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_IGN | UTRACE_STOP).traced();
         s.control(0, UTRACE_INTERRUPT).woken().signal(0, 0, 0, told_report, ignore);
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_IGN | UTRACE_STOP).traced();
         s.control(0, UTRACE_INTERRUPT).woken();
         s.callback(0, CallbackKind::signal, 0, ignore, told_report, usr1, 0, -1, 0);
     }},
    {"C-097",
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, ignore | UTRACE_SIGNAL_HOLD);
         s.signal(1, usr1, SIGNAL, ignore, ignore);
     },
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, ignore | UTRACE_SIGNAL_HOLD);
         s.signal(1, usr1, SIGNAL, ignore | UTRACE_SIGNAL_HOLD, ignore);
     }},
    {"C-099", [](Story& s) { s.signal(0, K_SIGKILL, TERM, told_term, ignore); },
     [](Story& s) { s.signal(0, usr1, TERM, told_term, ignore); }},
    {"C-107", [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, ignore); },
     [](Story& s) { two(s).signal(0, usr1, SIGNAL, told_deliver, ignore); }},
};

const ClauseCases outcomes = {
    {"C-088",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_SINGLESTEP);
         s.handler(usr1).instruction();
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_SINGLESTEP);
         s.handler(usr1).signal(0, 0, 0, told_handler, ignore).instruction();
     }},
    {"C-090",
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, told_deliver);
         s.signal(1, usr1 + 2, SIGNAL, told_deliver, told_deliver);
     },
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, told_deliver);
         s.signal(1, usr1, SIGNAL, told_deliver, told_deliver);
     }},
    {"C-091", [](Story& s) { s.signal(0, usr1, TERM, told_term, told_deliver).handler(usr1); },
     [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, told_deliver).handler(usr1); }},
    {"C-096",
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, ignore | UTRACE_SIGNAL_HOLD).user();
         s.tell(EventKind::end_task, {1, 0, 0, 0, 0, 0, 0}).end();
     },
     [](Story& s) {
         two(s).signal(0, usr1, SIGNAL, told_deliver, ignore | UTRACE_SIGNAL_HOLD).user();
         s.signal(0, usr1, SIGNAL, told_deliver, ignore);
         s.tell(EventKind::end_task, {1, 0, 0, 0, 0, 0, 0}).end();
     }},
    {"C-098", [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, ignore).handler(usr1); },
     [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, told_deliver).handler(usr1); }},
    {"C-100",
     [](Story& s) {
         s.signal(0, 0, 0, told_report, UTRACE_SIGNAL_IGN | UTRACE_INTERRUPT);
         s.signal(0, 0, 0, told_report, UTRACE_SIGNAL_IGN | UTRACE_INTERRUPT);
     },
     [](Story& s) {
         s.signal(0, 0, 0, told_report, UTRACE_SIGNAL_IGN | UTRACE_INTERRUPT);
         s.control(0, UTRACE_INTERRUPT).signal(0, 0, 0, told_report, ignore);
     }},
    {"C-101", [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, told_term).exits(K_SIGTERM); },
     [](Story& s) { s.signal(0, usr1, SIGNAL, told_deliver, told_term).exits(usr1); }},
    {"C-102",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_STOP);
         s.handler(usr1).instruction();
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_DELIVER | UTRACE_STOP);
         s.handler(usr1).signal(0, 0, 0, told_handler, ignore).instruction();
     }},
    {"C-103",
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_IGN | UTRACE_STOP);
         s.stop_bit(0, true).user();
     },
     [](Story& s) {
         s.signal(0, usr1, SIGNAL, told_deliver, UTRACE_SIGNAL_IGN | UTRACE_STOP);
         s.stop_bit(0, true).traced();
     }},
    {"C-104", [](Story& s) { s.traced().kill().woken(1, 1).exits(usr1); },
     [](Story& s) { s.traced().kill().woken(1, 1).exits(K_SIGKILL); }},
    {"C-105",
     [](Story& s) {
         s.begin(0, CallbackKind::signal, TERM).answer(0, CallbackKind::signal, told_term, 0x85);
         s.bug("do_group_exit", "BUG_ON(exit_code & 0x80)");
     },
     [](Story& s) {
         s.begin(0, CallbackKind::signal, TERM).answer(0, CallbackKind::signal, told_term, 0x85);
         s.exits(5);
     }},
};

}  // namespace
