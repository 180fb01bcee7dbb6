// SPDX-License-Identifier: MIT
/// Events and names that no World made: two tasks, two engines, a controller.
#pragma once

#include <initializer_list>
#include <string_view>

#include "event/event.hpp"
#include "kernel/program.hpp"
#include "trace/trace.hpp"

namespace utsim::testing {

inline constexpr std::int64_t nobody = 0xffffffff;

inline StoredNames made_up_names() {
    StoredNames names;
    names.actors = {{"victim", 100}, {"child", 101}, {"operator", 0}};
    names.tasks = {{"init", 1}, {"victim", 100}, {"child", 101}};
    names.engines = {{"guard", 0}, {"debugger", 0}, {"debugger", 0}};
    names.texts = {"utrace_stop", "quiet", "access_process_vm"};
    return names;
}

inline Event made_up(std::uint64_t step, std::uint32_t actor, EventKind kind,
                     std::initializer_list<std::int64_t> values, std::string_view text = {}) {
    Event event;
    event.kind = kind;
    event.actor = ActorId{actor};
    event.step = step;
    std::size_t i = 0;
    for (const std::int64_t value : values) event.value[i++] = value;
    event.text = text;
    return event;
}

inline TraceHeader made_up_header() {
    TraceHeader header;
    header.version = "0.1.0";
    header.scenario = "made-up";
    header.scenario_digest = "0000-0000-0000-0001";
    header.semantics = "F";
    header.semantics_digest = "0000-0000-0000-0002";
    header.granularity = "lock";
    header.chooser = "schedule";
    header.schedule = "A6B2";
    header.max_steps = 1000;
    header.max_instructions = 2000;
    header.source = "{\"format\":\"utsim.scenario/1\"}\n";
    return header;
}

/// A call of the API that comes into a callback, a system call, a stop and an end.
inline EventLog made_up_log() {
    using K = EventKind;
    EventLog log;
    const std::int64_t syscall_entry = 1 << 6;
    log.append(made_up(0, 0, K::instruction, {1, 0x401000, 1, 0},
                       std::string_view("\xbf\x01\x00\x00\x00", 5)));
    log.append(made_up(1, 0, K::syscall_enter, {1, 1, 1, 0x402000, 5, 0, 0, 0}));
    log.append(made_up(2, 0, K::callback, {1, 1, 5, 5, syscall_entry, 1, -38}));
    log.append(made_up(2, 0, K::callback_end, {1, 1, 5, 0}));
    log.append(made_up(3, 0, K::callback, {1, 0, 5, 0, syscall_entry, 1, -38}));
    log.append(made_up(4, 2, K::api_enter, {3, 1, 1, 5, 0}));
    log.append(made_up(4, 2, K::api, {3, 1, 1, 5, 0, -115, 0, 0}));
    log.append(made_up(5, 0, K::callback_end, {1, 0, 5, 0x12}));
    log.append(made_up(5, 0, K::lock_taken, {(1ll << 32) | 1, 0}));
    log.append(made_up(6, 0, K::task_state, {1, 136, 0}));
    log.append(made_up(7, 2, K::api_enter, {2, 1, 0, 0, 0x1f01}));
    log.append(made_up(7, 2, K::api, {2, 1, 0, 0, 0x1f01, 0, 136, 0}));
    log.append(made_up(8, 2, K::task_state, {1, 0, 0}));
    log.append(made_up(9, 0, K::syscall_skipped, {1, 1, -1}));
    log.append(made_up(10, 0, K::callback, {1, 2, 1, 0x75, 0x100, 5, 2, -1, 0}));
    log.append(made_up(10, 0, K::callback_end, {1, 2, 1, 0x110 | 6}));
    log.append(made_up(11, 0, K::output, {1, 1}, "hello\n"));
    log.append(made_up(11, 0, K::output, {1, 1}, "\xff\xfe"));
    log.append(made_up(12, 0, K::user, {1, 0, program_base + 6, 1, 0, 0}));
    log.append(made_up(13, 1, K::new_task, {2, 1, 101, 0x4111, 0}, "child"));
    log.append(made_up(14, 0, K::exit, {1, 9, 1}));
    log.append(made_up(15, static_cast<std::uint32_t>(nobody), K::run_end, {1}));
    return log;
}

}  // namespace utsim::testing
