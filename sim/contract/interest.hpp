// SPDX-License-Identifier: MIT
/// What a monitor wants to hear, and when: `on(EventKind::user) |
/// armed(returns(ApiCall::barrier))`.
///
/// An event that no topic of an interest fits, or that comes while its condition does not hold,
/// never reaches the monitor. So an interest may leave out only what the monitor would do nothing
/// about.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "contract/topic.hpp"

namespace utsim {

/// A set of topics.
class TopicSet {
public:
    constexpr TopicSet() = default;

    static constexpr TopicSet of(Topic topic) {
        TopicSet set;
        set.add(topic);
        return set;
    }
    constexpr void add(Topic topic) { words_[topic / 64] |= std::uint64_t{1} << topic % 64; }
    constexpr bool has(Topic topic) const { return (words_[topic / 64] >> topic % 64 & 1) != 0; }
    constexpr bool empty() const {
        for (const std::uint64_t word : words_) {
            if (word != 0) return false;
        }
        return true;
    }

    constexpr TopicSet& operator|=(const TopicSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
        return *this;
    }
    constexpr TopicSet& operator&=(const TopicSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
        return *this;
    }
    friend constexpr TopicSet operator|(TopicSet a, const TopicSet& b) { return a |= b; }
    friend constexpr TopicSet operator&(TopicSet a, const TopicSet& b) { return a &= b; }

    /// Calls `f(Topic)` for each.
    template <typename F>
    constexpr void each(F&& f) const {
        for (Topic topic = 0; topic < topic_count; ++topic) {
            if (has(topic)) f(topic);
        }
    }

private:
    std::array<std::uint64_t, (topic_count + 63) / 64> words_{};
};

/// When a monitor wants to hear. All but the first three are about everybody: they hold as soon as
/// one task or engine is so.
enum class When : std::uint8_t {
    always,
    armed,     ///< a number of its own is not 0: it waits for something
    unarmed,   ///< none is
    held,      ///< an engine keeps its target stopped
    traced,    ///< a task is TRACED
    killed,    ///< a task got SIGKILL
    exiting,   ///< a task has begun to exit
    dead,      ///< a task is dead
    stepping,  ///< a step is under way
    count_,
};

struct Interest {
    constexpr Interest() = default;
    constexpr Interest(const TopicSet& always) : Interest(When::always, always) {}
    constexpr Interest(When when, const TopicSet& topics) { at(when) = topics; }

    constexpr TopicSet& at(When when) { return topics_[static_cast<std::size_t>(when)]; }
    constexpr const TopicSet& at(When when) const {
        return topics_[static_cast<std::size_t>(when)];
    }
    /// Whatever the condition.
    constexpr TopicSet all() const {
        TopicSet all;
        for (const TopicSet& some : topics_) all |= some;
        return all;
    }
    constexpr bool empty() const { return all().empty(); }

    constexpr Interest& operator|=(const Interest& other) {
        for (std::size_t i = 0; i < topics_.size(); ++i) topics_[i] |= other.topics_[i];
        return *this;
    }

private:
    std::array<TopicSet, static_cast<std::size_t>(When::count_)> topics_{};
};

constexpr Interest operator|(Interest a, const Interest& b) { return a |= b; }
constexpr Interest operator|(Interest a, const TopicSet& b) { return a |= Interest(b); }
constexpr Interest operator|(const TopicSet& a, Interest b) { return b |= Interest(a); }

constexpr Interest armed(const TopicSet& topics) { return {When::armed, topics}; }
constexpr Interest unarmed(const TopicSet& topics) { return {When::unarmed, topics}; }
constexpr Interest while_held(const TopicSet& topics) { return {When::held, topics}; }
constexpr Interest while_traced(const TopicSet& topics) { return {When::traced, topics}; }
constexpr Interest while_killed(const TopicSet& topics) { return {When::killed, topics}; }
constexpr Interest while_exiting(const TopicSet& topics) { return {When::exiting, topics}; }
constexpr Interest while_dead(const TopicSet& topics) { return {When::dead, topics}; }
constexpr Interest while_stepping(const TopicSet& topics) { return {When::stepping, topics}; }

// --- topics by name --------------------------------------------------------------------------

/// Everything of these kinds.
template <typename... Kinds>
constexpr TopicSet on(Kinds... kinds) {
    TopicSet set;
    const auto add = [&set](EventKind kind) {
        const auto at = static_cast<std::size_t>(kind);
        for (Topic topic = topics::first[at]; topic < topics::first[at + 1]; ++topic) {
            set.add(topic);
        }
    };
    (add(kinds), ...);
    return set;
}

inline constexpr TopicSet nothing{};

/// An `instruction` that is POPF or IRET.
constexpr TopicSet loads_flags() { return TopicSet::of(topics::instruction(true)); }

/// The beginning of these calls, whatever the action.
template <typename... Calls>
constexpr TopicSet begins(Calls... calls) {
    TopicSet set;
    const auto add = [&set](ApiCall call) {
        for (std::uint32_t action = 0; action < topics::actions; ++action) {
            set.add(topics::begins(call, action));
        }
    };
    (add(calls), ...);
    return set;
}
/// The beginning of utrace_control with one of these actions.
template <typename... Actions>
constexpr TopicSet begins_control(Actions... actions) {
    return (nothing | ... | TopicSet::of(topics::begins(ApiCall::control, actions)));
}

/// The end of a call that was answered so.
template <typename... Answers>
constexpr TopicSet answered(Answers... answers) {
    TopicSet set;
    const auto add = [&set](Answered how) {
        for (Topic call = 0; call < topics::calls; ++call) {
            set.add(topics::first[static_cast<std::size_t>(EventKind::api)] + call * 3 +
                    static_cast<Topic>(how));
        }
    };
    (add(answers), ...);
    return set;
}
inline constexpr TopicSet answered_0 = answered(Answered::with_0);
inline constexpr TopicSet accepted = answered(Answered::with_0, Answered::in_progress);

/// The end of these calls, whatever the action and the answer.
template <typename... Calls>
constexpr TopicSet returns(Calls... calls) {
    TopicSet set;
    const auto add = [&set](ApiCall call) {
        for (std::uint32_t action = 0; action < topics::actions; ++action) {
            for (int how = 0; how < 3; ++how) {
                set.add(topics::returns(call, action, static_cast<Answered>(how)));
            }
        }
    };
    (add(calls), ...);
    return set;
}
template <typename... Actions>
constexpr TopicSet returns_control(Actions... actions) {
    TopicSet set;
    const auto add = [&set](std::uint32_t action) {
        for (int how = 0; how < 3; ++how) {
            set.add(topics::returns(ApiCall::control, action, static_cast<Answered>(how)));
        }
    };
    (add(actions), ...);
    return set;
}

/// The beginning of callbacks of these kinds.
template <typename... Kinds>
constexpr TopicSet told(Kinds... kinds) {
    TopicSet set;
    const auto add = [&set](CallbackKind kind) {
        set.add(topics::callback(kind, false));
        set.add(topics::callback(kind, true));
    };
    (add(kinds), ...);
    return set;
}
/// The beginning of callbacks that are about an event, and of those that are about none.
constexpr TopicSet told_with_event(bool with_event) {
    TopicSet set;
    for (Topic kind = 0; kind < topics::kinds; ++kind) {
        set.add(topics::callback(static_cast<CallbackKind>(kind), with_event));
    }
    return set;
}
inline constexpr TopicSet with_event = told_with_event(true);
inline constexpr TopicSet without_event = told_with_event(false);
/// The beginning of a callback of any other kind.
template <typename... Kinds>
constexpr TopicSet told_all_but(Kinds... kinds) {
    const TopicSet left_out = told(kinds...);
    TopicSet set;
    on(EventKind::callback).each([&](Topic topic) {
        if (!left_out.has(topic)) set.add(topic);
    });
    return set;
}

/// The answers of callbacks of these kinds.
template <typename... Kinds>
constexpr TopicSet answers_of(Kinds... kinds) {
    TopicSet set;
    const auto add = [&set](CallbackKind kind) {
        for (std::uint32_t action = 0; action < topics::actions; ++action) {
            set.add(topics::answer(kind, action));
        }
    };
    (add(kinds), ...);
    return set;
}
/// Answers with one of these resume actions.
template <typename... Actions>
constexpr TopicSet answers_with(Actions... actions) {
    TopicSet set;
    const auto add = [&set](std::uint32_t action) {
        for (Topic kind = 0; kind < topics::kinds; ++kind) {
            set.add(topics::answer(static_cast<CallbackKind>(kind), action));
        }
    };
    (add(actions), ...);
    return set;
}

/// A task becomes so; or it ends, which may be that as well.
template <typename... Standings>
constexpr TopicSet becomes(Standings... standings) {
    TopicSet set = TopicSet::of(topics::state(Standing::ended));
    (set.add(topics::state(standings)), ...);
    return set;
}

/// An engine begins to keep its target stopped.
inline constexpr TopicSet hold_begins = TopicSet::of(topics::hold(true));
/// An engine ceases to keep its target stopped.
inline constexpr TopicSet hold_ends = TopicSet::of(topics::hold(false));

}  // namespace utsim
