// SPDX-License-Identifier: MIT
/// Events with names for their fields, as monitors like to read them.
#pragma once

#include <cstdint>

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "event/event.hpp"
#include "kernel/signal_types.hpp"

namespace utsim {

inline std::uint32_t id_in(const Event& event, std::size_t field) {
    return static_cast<std::uint32_t>(event.value[field]);
}

/// `callback` and `callback_end`.
struct CallbackReading {
    explicit CallbackReading(const Event& event)
        : task{id_in(event, 0)},
          engine{id_in(event, 1)},
          kind(static_cast<CallbackKind>(event.value[2])),
          word(static_cast<std::uint32_t>(event.value[3])),
          event(static_cast<std::uint64_t>(event.value[4])),
          argument(&event.value[5]) {}

    std::uint32_t resume() const { return utrace_resume_action(word); }

    TaskId task;
    EngineId engine;
    CallbackKind kind;
    std::uint32_t word;   ///< the action argument, or the answer
    std::uint64_t event;  ///< only of `callback`
    const std::int64_t* argument;
};

/// `api_enter` and `api`.
struct ApiReading {
    explicit ApiReading(const Event& event)
        : call(static_cast<ApiCall>(event.value[0])),
          task{id_in(event, 1)},
          engine{id_in(event, 2)},
          action(static_cast<std::uint32_t>(event.value[3])),
          flags(static_cast<std::uint64_t>(event.value[4])),
          result(event.value[5]),
          state(event.value[6]),
          exit_state(event.value[7]) {}

    bool is_control(std::uint32_t wanted) const {
        return call == ApiCall::control && action == wanted;
    }

    ApiCall call;
    TaskId task;
    EngineId engine;
    std::uint32_t action;
    std::uint64_t flags;  ///< attach flags, or the new event mask
    std::int64_t result;  ///< only of `api`, as the rest
    std::int64_t state;   ///< of the target when the call returned
    std::int64_t exit_state;
};

/// A call that was answered so has had its effect, or will have it when a callback has returned.
inline bool is_accepted(std::int64_t result) { return result == 0 || result == -K_EINPROGRESS; }

/// A resume action that asks for a step.
inline bool is_step(std::uint32_t action) {
    return action == UTRACE_SINGLESTEP || action == UTRACE_BLOCKSTEP;
}

/// At a `signal_taken` event: the event that the engines are told; 0 for SIGKILL, which is none.
inline std::uint64_t event_of_signal(const Event& taken) {
    constexpr std::int64_t ignored = 1;
    constexpr std::int64_t a_handler = 2;
    const auto signal = static_cast<int>(taken.value[1]);
    if (signal == K_SIGKILL) return 0;
    if (taken.value[3] == ignored) return UTRACE_EVENT(EVENT_SIGNAL_IGN);
    if (taken.value[3] == a_handler) return UTRACE_EVENT(EVENT_SIGNAL);
    if (in_set(sig_kernel_coredump, signal)) return UTRACE_EVENT(EVENT_SIGNAL_CORE);
    if (in_set(sig_kernel_ignore, signal)) return UTRACE_EVENT(EVENT_SIGNAL_IGN);
    if (in_set(sig_kernel_stop, signal)) return UTRACE_EVENT(EVENT_SIGNAL_STOP);
    return UTRACE_EVENT(EVENT_SIGNAL_TERM);
}

/// Whether `kind` is made in the task itself on its way to user mode, where resume actions count.
inline bool takes_resume_action(CallbackKind kind) {
    return kind != CallbackKind::death && kind != CallbackKind::reap &&
           kind != CallbackKind::release;
}

}  // namespace utsim
