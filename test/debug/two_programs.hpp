// SPDX-License-Identifier: MIT
/// A scenario with what a debugger meets: a fork, a system call that blocks, a value that changes,
/// an engine that stops one of two tasks.
#pragma once

#include <memory>
#include <string>

#include "debug/session.hpp"
#include "test/support/testing.hpp"

namespace utsim::testing {

inline constexpr const char* two_programs = R"({
  "format": "utsim.scenario/1",
  "tasks": [
    {"name": "left", "asm": ["start:", "mov ecx, 20", "lea rdi, [rip + counter]",
      "again:", "inc qword ptr [rdi]", "dec ecx", "jnz again",
      "mov eax, 57", "syscall", "test eax, eax", "jz child",
      "mov edi, eax", "xor esi, esi", "xor edx, edx", "xor r10d, r10d", "mov eax, 61", "syscall",
      "mov edi, 3", "mov eax, 60", "syscall",
      "child:", "mov edi, 4", "mov eax, 60", "syscall",
      "counter:", "dq 7"]},
    {"name": "right", "asm": ["start:", "mov ebx, 30", "again:", "push rbx", "pop rax", "dec ebx",
      "jnz again", "mov edi, 0", "mov eax, 60", "syscall"]}
  ],
  "engines": [{"name": "holder", "on": "right", "events": ["QUIESCE"],
               "default": {"quiesce:0": "STICKY"}}],
  "controllers": [{"name": "operator", "steps": [
    {"control": {"engine": "holder", "action": "STOP"}},
    {"await": {"task": "right", "state": "TRACED"}},
    {"control": {"engine": "holder", "action": "RESUME"}}]}]
})";

inline Scenario scenario_of(const std::string& text) {
    const Result<Scenario> scenario = load_scenario_text(text, "two.json");
    if (!scenario.ok()) FAIL(scenario.errors()[0].message);
    return *scenario;
}

inline std::unique_ptr<debug::Travel> travel_of(const Scenario& scenario, const RunOptions& options,
                                                const debug::TravelLimits& limits = {}) {
    Result<std::unique_ptr<debug::Travel>> travel =
        debug::Travel::create(scenario, options, limits);
    if (!travel.ok()) FAIL(travel.errors()[0].message);
    return std::move(travel).value();
}

}  // namespace utsim::testing
