// SPDX-License-Identifier: MIT
/// Twelve seeded defects that only some orders show: what utrace or its user has wrong, a scenario
/// of two or three actors in which that can be seen, and by what.
#pragma once

namespace utsim::testing {

struct Defect {
    const char* name;
    const char* semantics;  ///< with the decision that makes the defect; F has some of its own
    const char* shown_by;   ///< the kind of its finding
    const char* contract;   ///< what the search judges by
    const char* parts;      ///< of the scenario, behind its title
    bool rare = false;      ///< so rare that samples do not meet it
};

inline constexpr const char* defect_begin =
    R"({"format": "utsim.scenario/1", "title": "a seeded defect", )";

inline constexpr Defect defects[] = {
    {"a stop that nobody holds", "F", "I2", "I2", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 4}], "idle_at_end": true}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [
    {"control": {"engine": "e", "action": "STOP"}},
    {"control": {"engine": "e", "action": "RESUME"}},
    {"detach": {"engine": "e"}}]}]})"},
    {"a missed stop", "F", "C-161", "C-161", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 4}], "idle_at_end": true}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "then": "REPORT",
               "default": {"quiesce:0": "STOP"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "e", "action": "STOP"}}]}]})"},
    {"a lost report of death", "F", "C-188", "C-188", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute"}]}],
  "engines": [{"name": "leaver", "on": "t", "events": ["QUIESCE"]},
              {"name": "watcher", "on": "t", "events": ["DEATH"]}],
  "controllers": [{"name": "c", "steps": [{"detach": {"engine": "leaver"}}]}]})"},
    {"a lost interrupt", "F", "I4", "I4", R"(
  "tasks": [{"name": "t", "program": [{"op": "syscall", "nr": "getpid"}, {"op": "compute"}]}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE", "SYSCALL_EXIT"],
               "default": {"*": "SINGLESTEP", "signal": {"return": ["RESUME", "IGN"]}}}],
  "controllers": [{"name": "c", "steps": [
    {"control": {"engine": "e", "action": "INTERRUPT"}}]}]})"},
    {"a detach that races with a callback", "F,report.detached=by-flags", "I16", "I16", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute"}, {"op": "syscall", "nr": "write"}]}],
  "engines": [{"name": "e", "on": "t", "events": ["SYSCALL_EXIT"]}],
  "controllers": [{"name": "c", "steps": [{"detach": {"engine": "e"}}]}]})"},
    {"a lost request to stop", "F,resume.read=before-start", "I5", "I5", R"(
  "tasks": [{"name": "t"}],
  "engines": [{"name": "a", "on": "t", "then": "STOP", "events": ["QUIESCE"]},
              {"name": "b", "on": "t", "then": "SINGLESTEP", "events": ["QUIESCE"],
               "default": {"*": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "b", "action": "SINGLESTEP"}},
                                          {"control": {"engine": "a", "action": "REPORT"}}]},
                  {"name": "d", "steps": [{"control": {"engine": "b", "action": "STOP"}}]}]})"},
    {"a lost request for a report", "F,resume.read=before-start", "I3", "I3", R"(
  "tasks": [{"name": "t"}],
  "engines": [{"name": "a", "on": "t", "then": "STOP", "events": ["QUIESCE"]},
              {"name": "b", "on": "t", "then": "SINGLESTEP", "events": ["QUIESCE"],
               "default": {"*": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "b", "action": "SINGLESTEP"}},
                                          {"control": {"engine": "a", "action": "REPORT"}}]},
                  {"name": "d", "steps": [{"control": {"engine": "b", "action": "STOP"}}]}]})"},
    {"a held task that runs", "F", "I1", "I1", R"(
  "tasks": [{"name": "t"}],
  "engines": [{"name": "a", "on": "t", "then": "STOP", "events": ["QUIESCE"]},
              {"name": "b", "on": "t", "then": "SINGLESTEP", "events": ["QUIESCE"],
               "default": {"*": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "b", "action": "SINGLESTEP"}},
                                          {"control": {"engine": "a", "action": "REPORT"}}]},
                  {"name": "d", "steps": [{"control": {"engine": "b", "action": "STOP"}}]}]})",
     true},
    {"an examination of what is let go", "F", "expect", "none", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 2}], "idle_at_end": true}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "e", "action": "STOP"}},
                                          {"await": {"task": "t", "state": "TRACED"}},
                                          {"prepare_examine": {"engine": "e"}, "expect": 0}]},
                  {"name": "d", "steps": [{"await": {"task": "t", "state": "TRACED"}},
                                          {"control": {"engine": "e", "action": "RESUME"}}]}]})"},
    {"a lost wake-up", "F", "expect", "none", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 2}], "idle_at_end": true}],
  "engines": [{"name": "e", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "e", "action": "STOP"}},
                                          {"await": {"task": "t", "state": "TRACED"}},
                                          {"say": "stopped"}]},
                  {"name": "d", "steps": [{"control": {"engine": "e", "action": "RESUME"}}]}],
  "expect": [{"sometimes": {"kind": "note", "text": "stopped"}}]})"},
    {"switched off without a barrier", "F", "expect", "none", R"(
  "tasks": [{"name": "t", "program": [{"op": "syscall", "nr": "getpid"}]}],
  "engines": [{"name": "e", "on": "t", "events": ["SYSCALL_ENTRY"]}],
  "controllers": [{"name": "c", "steps": [
    {"set_events": {"engine": "e", "events": []}, "expect": 0}]}]})"},
    {"two tracers and a stop of neither", "F", "C-257", "C-257", R"(
  "tasks": [{"name": "t", "program": [{"op": "compute", "count": 2}], "idle_at_end": true}],
  "engines": [{"name": "a", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}},
              {"name": "b", "on": "t", "events": ["QUIESCE"], "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "c", "steps": [{"control": {"engine": "a", "action": "STOP"}},
                                          {"control": {"engine": "a", "action": "RESUME"}}]},
                  {"name": "d", "steps": [{"control": {"engine": "b", "action": "STOP"}},
                                          {"control": {"engine": "b", "action": "RESUME"}}]}]})"},
};

}  // namespace utsim::testing
