// SPDX-License-Identifier: MIT
// The sentences. One row for each kind of event at least; where a field makes the difference, rows
// for its values come first. A test looks for kinds without a row and for fields that do not exist.
#include <utsim/utrace.hpp>

#include "report/sentence.hpp"

namespace utsim {

namespace {

using K = EventKind;
using T = Telling;

constexpr std::int64_t of(ApiCall call) { return static_cast<std::int64_t>(call); }
constexpr std::int64_t of(CallbackKind kind) { return static_cast<std::int64_t>(kind); }
constexpr std::int64_t of(StepSwitch which) { return static_cast<std::int64_t>(which); }

constexpr int call_field = 0;
constexpr int callback_field = 2;
constexpr int none = -1;

constexpr SentenceTemplate table[] = {
    {K::api_enter, T::opens, call_field, of(ApiCall::attach),
     "{actor} attaches an engine to {task}"},
    {K::api_enter, T::opens, call_field, of(ApiCall::lookup),
     "{actor} looks for an engine of {task}"},
    {K::api_enter, T::opens, call_field, of(ApiCall::set_events),
     "{actor} sets the events of {engine} on {task} to {flags}"},
    {K::api_enter, T::opens, call_field, of(ApiCall::control),
     "{actor} calls utrace_control({task}, {engine}, {action})"},
    {K::api_enter, T::opens, call_field, of(ApiCall::barrier),
     "{actor} waits until {task} is in no callback of {engine} (utrace_barrier)"},
    {K::api_enter, T::opens, call_field, of(ApiCall::prepare_examine),
     "{actor} wants to look at {task}, which {engine} holds (utrace_prepare_examine)"},
    {K::api_enter, T::opens, call_field, of(ApiCall::finish_examine),
     "{actor} asks whether {task} stood still all the while (utrace_finish_examine)"},
    {K::api_enter, T::opens, call_field, of(ApiCall::get), "{actor} takes a reference on {engine}"},
    {K::api_enter, T::opens, call_field, of(ApiCall::put), "{actor} drops a reference on {engine}"},
    {K::api_enter, T::opens, call_field, of(ApiCall::kill), "{actor} sends {action} to {task}"},
    {K::api_enter, T::opens, call_field, of(ApiCall::wake),
     "{actor} wakes {task} from what it sleeps in"},
    {K::api_enter, T::opens, call_field, of(ApiCall::reap),
     "{actor} collects {task}, if it is dead"},
    {K::api_enter, T::opens, none, 0, "{actor} uses {call} on {task}"},
    {K::api, T::closes, none, 0, "{call} of {actor} ends: {ret}"},

    {K::callback, T::opens, callback_field, of(CallbackKind::quiesce),
     "{engine} gets report_quiesce({event}); {sofar}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::signal),
     "{engine} gets report_signal, {action}, {arg0}; {sofar}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::clone),
     "{engine} gets report_clone for {arg1}; {sofar}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::jctl),
     "{engine} gets report_jctl, {arg0}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::exec),
     "{engine} gets report_exec: {task} has a new program; {sofar}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::syscall_entry),
     "{engine} gets report_syscall_entry before {arg0}, {action}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::syscall_exit),
     "{engine} gets report_syscall_exit after {arg0} = {arg1}; {sofar}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::exit),
     "{engine} gets report_exit, {arg1}; {sofar}"},
    {K::callback, T::opens, callback_field, of(CallbackKind::death),
     "{engine} gets report_death: {task} is dead"},
    {K::callback, T::opens, callback_field, of(CallbackKind::reap),
     "{engine} gets report_reap, the last it hears of {task}"},
    {K::callback, T::opens, none, 0, "{engine} gets {callback}"},
    {K::callback_end, T::closes, none, 0, "{engine} answers {callback}: {ret}"},

    {K::attach_match, T::silent, none, 0, "it goes by callback table {ops} and data {data}"},
    {K::engine_attached, T::silent, none, 0, "{engine} is attached to {task}"},
    {K::engine_listed, T::silent, none, 0, "{engine} takes part in passes over {task} from now on"},
    {K::engine_release, T::sentence, none, 0,
     "The last reference on {engine} is gone, and it is released"},
    {K::engine_stop, T::sentence, 2, 0, "{engine} no longer holds {task}"},
    {K::engine_stop, T::sentence, none, 0, "{engine} holds {task} from now on"},
    {K::engine_detached, T::sentence, none, 0, "{engine} is off the list of {task}"},
    {K::task_state, T::sentence, 1, 64, "{task} runs no more"},
    {K::task_state, T::sentence, 2, 16, "{task} is a zombie"},
    {K::task_state, T::sentence, 2, 32, "{task} is dead for good"},
    {K::task_state, T::sentence, 1, 136, "{task} stops for tracing"},
    {K::task_state, T::sentence, 1, 0, "{task} runs again"},
    {K::task_state, T::sentence, none, 0, "{task} is now {state}"},
    {K::step_switch, T::sentence, 1, of(StepSwitch::enable_single),
     "A step of one instruction is armed for {task}"},
    {K::step_switch, T::sentence, 1, of(StepSwitch::enable_block),
     "A step to the next taken branch is armed for {task}"},
    {K::step_switch, T::sentence, none, 0, "Stepping is switched off for {task}"},
    {K::read_instruction, T::sentence, 1, 0,
     "Arming reads the instruction of {task} from outside, by access_process_vm"},
    {K::read_instruction, T::sentence, none, 0,
     "Arming reads the next instruction of {task}, by copy_from_user"},
    {K::page_in, T::sentence, none, 0, "The page at {address} of {task} was away and is read in"},
    {K::syscall_enter, T::sentence, none, 0, "{task} makes the system call {nr}"},
    {K::syscall_ran, T::sentence, none, 0, "{nr} has run and returns {ret}"},
    {K::syscall_skipped, T::sentence, none, 0, "{nr} is not run; its result is {ret}"},
    {K::syscall_unknown, T::sentence, none, 0, "The kernel model knows no system call {nr}"},
    {K::instruction, T::counted, none, 0, "{task} executes the instruction at {ip}"},
    {K::debug_trap, T::sentence, none, 0, "{task} takes a debug trap at {ip}"},
    {K::fault, T::sentence, none, 0, "{task} faults at {ip}, which becomes {signal}"},
    {K::user, T::silent, none, 0, "{task} is back in user mode at {ip}"},
    {K::signal_generated, T::sentence, 4, 0, "{signal} is sent to {task}, but dropped"},
    {K::signal_generated, T::sentence, none, 0, "{signal} is sent to {task}"},
    {K::signal_taken, T::silent, none, 0, "{task} takes {signal} off the queue"},
    {K::handler, T::sentence, none, 0, "{task} will run its handler of {signal}, at {ip}"},
    {K::core_dump, T::sentence, none, 0, "{task} dumps core for {signal}"},
    {K::exit, T::sentence, none, 0, "{task} ends: {code}"},
    {K::exec, T::sentence, none, 0, "{task} has a new program"},
    {K::new_task, T::sentence, none, 0, "{parent} has made the task {task}, {flags}"},
    {K::new_parent, T::sentence, 3, 1, "{task} is traced by {parent} from now on"},
    {K::new_parent, T::sentence, none, 0, "{task} is a child of {parent} from now on"},
    {K::ptrace_stop, T::sentence, 4, 0, "{task} stops for its tracer {tracer}: {signal}"},
    {K::ptrace_stop, T::sentence, none, 0,
     "{task} stops for its tracer {tracer}: {signal}, {event}"},
    {K::notify_parent, T::sentence, none, 0, "The parent of {task} is sent {signal}"},
    {K::notify_cldstop, T::sentence, none, 0, "The parent of {task} is told {why}"},
    {K::released, T::sentence, none, 0, "{task} is released"},
    {K::output, T::sentence, none, 0, "{task} writes to descriptor {fd}"},
    {K::bug, T::sentence, none, 0, "BUG in {function}: {what}"},
    {K::warning, T::sentence, none, 0, "Warning in {function}: {what}"},
    {K::sleep_in_atomic, T::sentence, none, 0,
     "{function} may sleep, and {lock} is held since {taken_in}"},
    {K::lock_order, T::sentence, none, 0, "{function} takes {lock} while {held} is held"},
    {K::access, T::silent, none, 0, "{actor} uses cell {object}"},
    {K::lock_taken, T::silent, none, 0, "{actor} takes {lock}"},
    {K::lock_released, T::silent, none, 0, "{actor} releases {lock}"},
    {K::note, T::sentence, none, 0, "Note: {text}"},
    {K::expect_failed, T::sentence, none, 0, "The scenario expected otherwise: {text}"},
    {K::end_task, T::sentence, 2, 0, "At the end {task} is {state}"},
    {K::end_task, T::sentence, none, 0, "At the end {task} is {exit_state}"},
    {K::blocked, T::sentence, none, 0, "At the end {actor} still waits in {on}"},
    {K::run_end, T::sentence, none, 0, "The run ends: {reason}"},
};

}  // namespace

std::span<const SentenceTemplate> sentence_templates() { return table; }

}  // namespace utsim
