// SPDX-License-Identifier: MIT
/// What an event is about, finely enough that a monitor is not told of events that cannot concern
/// it: the kind, and for calls, callbacks, states and holds what follows at a glance.
///
/// A topic depends on the event alone. A value that no enumeration knows, as an edited trace can
/// have it, falls into a topic of its own, which whoever asks for the whole kind hears.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "event/event.hpp"
#include "event/instruction_bytes.hpp"

namespace utsim {

/// An index, smaller than `topic_count`.
using Topic = std::uint32_t;

/// How a call of the API was answered.
enum class Answered : std::uint8_t { with_0, in_progress, otherwise };

/// What a task is after a change of its state. One that is dead or dying is `ended` whatever else
/// is said of it; then `traced` comes before `stopped`.
enum class Standing : std::uint8_t { running, asleep, stopped, traced, ended };

namespace topics {

inline constexpr Topic api_calls = static_cast<Topic>(ApiCall::state) + 1;
inline constexpr Topic actions = UTRACE_RESUME_MAX + 1;  // each, and what is none
/// Which call it is; utrace_control counts as one call for each action.
inline constexpr Topic calls = api_calls + actions + 1;
inline constexpr Topic kinds = callback_kinds + 1;

inline constexpr Topic call_of(ApiCall call, std::uint32_t action) {
    if (call == ApiCall::control) return api_calls + std::min<Topic>(action, actions - 1);
    return static_cast<Topic>(call) < api_calls ? static_cast<Topic>(call) : calls - 1;
}
inline constexpr Topic kind_of(CallbackKind kind) {
    return std::min<Topic>(static_cast<Topic>(kind), kinds - 1);
}

/// How many topics the events of `kind` have.
inline constexpr Topic count_of(EventKind kind) {
    switch (kind) {
        case EventKind::api_enter:
            return calls;
        case EventKind::api:
            return calls * 3;
        case EventKind::callback:
            return kinds * 2;
        case EventKind::callback_end:
            return kinds * actions;
        case EventKind::task_state:
            return 5;
        case EventKind::engine_stop:
        case EventKind::instruction:
            return 2;
        default:
            return 1;
    }
}

inline constexpr std::size_t event_kinds = static_cast<std::size_t>(EventKind::count_);

/// The first topic of each kind, and behind the last the number of all.
inline constexpr auto first = [] {
    std::array<Topic, event_kinds + 1> list{};
    for (std::size_t i = 0; i < event_kinds; ++i) {
        list[i + 1] = list[i] + count_of(static_cast<EventKind>(i));
    }
    return list;
}();

inline constexpr Topic begins(ApiCall call, std::uint32_t action) {
    return first[static_cast<std::size_t>(EventKind::api_enter)] + call_of(call, action);
}
inline constexpr Topic returns(ApiCall call, std::uint32_t action, Answered how) {
    return first[static_cast<std::size_t>(EventKind::api)] + call_of(call, action) * 3 +
           static_cast<Topic>(how);
}
/// `with_event`: about an event, or a signal.
inline constexpr Topic callback(CallbackKind kind, bool with_event) {
    return first[static_cast<std::size_t>(EventKind::callback)] + kind_of(kind) * 2 +
           (with_event ? 1 : 0);
}
inline constexpr Topic answer(CallbackKind kind, std::uint32_t action) {
    return first[static_cast<std::size_t>(EventKind::callback_end)] + kind_of(kind) * actions +
           std::min<Topic>(action, actions - 1);
}
inline constexpr Topic state(Standing standing) {
    return first[static_cast<std::size_t>(EventKind::task_state)] + static_cast<Topic>(standing);
}
inline constexpr Topic hold(bool begins) {
    return first[static_cast<std::size_t>(EventKind::engine_stop)] + (begins ? 1 : 0);
}

/// One that loads RFLAGS, TF among them, or any other.
inline constexpr Topic instruction(bool loads_flags) {
    return first[static_cast<std::size_t>(EventKind::instruction)] + (loads_flags ? 1 : 0);
}

/// Of a change to these `TASK_*` bits and this exit state.
inline constexpr Standing standing_of(std::int64_t state, std::int64_t exit_state) {
    constexpr std::int64_t stopped = 4;
    constexpr std::int64_t traced = 8;
    constexpr std::int64_t dead = 64;
    if (exit_state != 0 || (state & dead) != 0) return Standing::ended;
    if ((state & traced) != 0) return Standing::traced;
    if ((state & stopped) != 0) return Standing::stopped;
    return state == 0 ? Standing::running : Standing::asleep;
}

}  // namespace topics

inline constexpr Topic topic_count = topics::first[topics::event_kinds];

inline constexpr Answered answered_with(std::int64_t result) {
    if (result == 0) return Answered::with_0;
    return result == -K_EINPROGRESS ? Answered::in_progress : Answered::otherwise;
}

inline Topic topic_of(const Event& event) {
    const auto call = static_cast<ApiCall>(event.value[0]);
    const auto action = static_cast<std::uint32_t>(event.value[3]);
    const auto callback = static_cast<CallbackKind>(event.value[2]);
    switch (event.kind) {
        case EventKind::api_enter:
            return topics::begins(call, action);
        case EventKind::api:
            return topics::returns(call, action, answered_with(event.value[5]));
        case EventKind::callback:
            return topics::callback(callback, event.value[4] != 0);
        case EventKind::callback_end:
            return topics::answer(callback, utrace_resume_action(action));
        case EventKind::task_state:
            return topics::state(topics::standing_of(event.value[1], event.value[2]));
        case EventKind::engine_stop:
            return topics::hold(event.value[2] != 0);
        case EventKind::instruction:
            return topics::instruction(loads_flags(event.text));
        default:
            return topics::first[static_cast<std::size_t>(event.kind)];
    }
}

}  // namespace utsim
