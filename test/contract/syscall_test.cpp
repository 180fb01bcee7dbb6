// SPDX-License-Identifier: MIT
// Stories about system calls: what breaks each clause, then what does not.
#include "contract/scenes.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr auto entry = CallbackKind::syscall_entry;
constexpr std::uint32_t abort_it = UTRACE_RESUME | UTRACE_SYSCALL_ABORT;
constexpr std::uint32_t again = UTRACE_RESUME | UTRACE_SYSCALL_RESUMED;

/// Engine 0 stops the task at the entry of a call.
Story& stop_at_entry(Story& s) {
    s.set_events(0, QUIESCE | ENTRY).syscall().callback(0, entry, ENTRY, UTRACE_STOP);
    return s.stop_bit(0, true, 1).traced();
}

/// Engine 0 answers REPORT, engine 1 stops the task and lets it go.
Story& report_beside_stop(Story& s) {
    s.attach(1, 1).list(1).set_events(0, ENTRY).syscall();
    s.callback(1, entry, ENTRY, UTRACE_STOP).stop_bit(1, true, 1);
    s.callback(0, entry, ENTRY, UTRACE_REPORT).traced();
    return let_go(s, 1);
}

const ClauseCases cases = {
    {"C-120", [](Story& s) { s.callback(0, entry, ENTRY); },
     [](Story& s) { s.syscall().callback(0, entry, ENTRY); }},
    {"C-121",
     [](Story& s) { s.syscall(1, 39).callback(0, entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME, 40); },
     [](Story& s) {
         s.syscall(1, 39).callback(0, entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME, 39);
     }},
    {"C-122",
     [](Story& s) {
         s.attach(1, 1).list(1).syscall().callback(1, entry, ENTRY, abort_it);
         s.callback(0, entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME);
     },
     [](Story& s) {
         s.attach(1, 1).list(1).syscall().callback(1, entry, ENTRY, abort_it);
         s.callback(0, entry, ENTRY, UTRACE_RESUME, abort_it);
     }},
    {"C-123", [](Story& s) { s.syscall().callback(0, entry, ENTRY, abort_it).ran(); },
     [](Story& s) { s.syscall().callback(0, entry, ENTRY, abort_it).skipped(); }},
    {"C-124",
     [](Story& s) {
         s.syscall().callback(0, entry, ENTRY, UTRACE_STOP).stop_bit(0, true, 1).ran();
     },
     [](Story& s) { let_go(stop_at_entry(s)).ran(); }},
    {"C-125", [](Story& s) { let_go(stop_at_entry(s), 0, UTRACE_REPORT).ran(); },
     [](Story& s) {
         let_go(stop_at_entry(s), 0, UTRACE_REPORT);
         s.callback(0, entry, ENTRY, UTRACE_RESUME, again).ran();
     }},
    {"C-126", [](Story& s) { s.syscall().callback(0, entry, ENTRY).callback(0, entry, ENTRY); },
     [](Story& s) {
         s.syscall().callback(0, entry, ENTRY);
         s.callback(0, entry, ENTRY, UTRACE_RESUME, again);
     }},
    {"C-128", [](Story& s) { report_beside_stop(s).ran(); },
     [](Story& s) { report_beside_stop(s).callback(0, entry, ENTRY, UTRACE_RESUME, again).ran(); }},
    {"C-129",
     [](Story& s) {
         s.syscall(1, 39).callback(0, entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME, 39).ran(1, 40);
     },
     [](Story& s) {
         s.syscall(1, 39).callback(0, entry, ENTRY, UTRACE_RESUME, UTRACE_RESUME, 39).ran(1, 39);
     }},
    {"C-130", [](Story& s) { stop_at_entry(s).kill().woken().ran(); },
     [](Story& s) { stop_at_entry(s).kill().woken().skipped(); }},
    {"C-131",
     [](Story& s) { s.syscall().callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL).ran(); },
     [](Story& s) { s.syscall().ran().callback(0, CallbackKind::syscall_exit, EXIT_OF_CALL); }},
};

}  // namespace
