// SPDX-License-Identifier: MIT
/// The engine that answers as a scenario tells it to.
///
/// For a callback it looks at: the queue of `callback:sub`, the queue of `callback`, the rules in
/// order, the defaults of `callback:sub`, of `callback` and of everything, and at last answers
/// UTRACE_RESUME and passes on what it was given.
#pragma once

#include <cstdint>

#include <utsim/engine.hpp>

#include "engines/script.hpp"
#include "engines/slot_engine.hpp"

namespace utsim {

/// Resume parts that are not a ResumeAction.
inline constexpr std::uint8_t answer_keep = 8;  ///< the resume part of the `action` argument
inline constexpr std::uint8_t answer_sticky =
    9;  ///< STOP while this engine wants a stop, else RESUME

/// What one callback is answered, and what happens before that.
struct ScriptedAnswer {
    std::uint8_t resume =
        UTRACE_RESUME;      ///< a ResumeAction (7 too), `answer_keep` or `answer_sticky`
    bool has_part = false;  ///< else the signal or syscall part is passed through
    bool hold = false;
    bool set_signo = false;
    bool set_handler = false;
    bool set_nr = false;
    bool set_ax = false;
    bool set_code = false;
    bool set_state = false;
    std::uint8_t handler = 0;        ///< 0 SIG_DFL, 1 SIG_IGN, 2 the task's handler of the signal
    std::uint16_t block = no_index;  ///< waits until this flag is released
    std::uint32_t part = 0;          ///< SignalAction or SyscallAction
    std::int32_t signo = 0;
    std::int32_t state = 0;
    std::int64_t nr = 0;
    std::int64_t ax = 0;
    std::int64_t code = 0;
    std::uint32_t regs_first = 0;  ///< registers to write, into ScriptContext::registers
    std::uint32_t regs_count = 0;
    std::uint32_t steps_first = 0;  ///< steps to carry out, into ScriptedPlan::steps
    std::uint32_t steps_count = 0;
};

/// Which callbacks a queue, a rule or a default is for.
struct CallbackKey {
    static constexpr std::int32_t any = -1;
    std::uint8_t callback = 0xff;  ///< CallbackKind; 0xff: every one
    /// quiesce: event bit or 0; signal: signal number, `sub_report` or `sub_handler`;
    /// syscall_entry: `sub_resumed`; jctl: CLD_STOPPED or CLD_CONTINUED.
    std::int32_t sub = any;
};
inline constexpr std::int32_t sub_report = 1001;
inline constexpr std::int32_t sub_handler = 1002;
inline constexpr std::int32_t sub_resumed = 1003;

struct ScriptedQueue {
    CallbackKey key;
    std::uint32_t first = 0;  ///< into ScriptedPlan::answers
    std::uint32_t count = 0;
};

struct ScriptedRule {
    CallbackKey key;
    std::uint32_t nth = 0;  ///< only the n-th time that everything else fits; 0: each time
    bool has_state = false;
    std::int32_t state = 0;         ///< only in this state of the engine
    std::uint16_t flag = no_index;  ///< only once this flag has been released
    std::uint32_t answer = 0;       ///< into ScriptedPlan::answers
};

/// Everything an engine was told; never changes during a run.
struct ScriptedPlan {
    const ScriptedAnswer* answers = nullptr;
    const ScriptedQueue* queues = nullptr;
    const ScriptedRule* rules = nullptr;
    const ScriptedQueue* defaults = nullptr;  ///< `count` is 1 in each
    const ScriptStep* steps = nullptr;
    std::uint32_t answer_count = 0;
    std::uint32_t queue_count = 0;
    std::uint32_t rule_count = 0;
    std::uint32_t default_count = 0;
    std::uint32_t step_count = 0;
    std::uint32_t lacks = 0;  ///< a bit per CallbackKind that the table has no entry for
};

/// What a run changes; in the arena.
struct ScriptedState {
    std::uint32_t* used = nullptr;     ///< answers taken of each queue
    std::uint32_t* matched = nullptr;  ///< how often each rule fitted
    std::int32_t state = 0;
    bool want_stop = false;  ///< for `answer_sticky`
};

template <typename V>
void describe(V& v, ScriptedState& s) {
    v.field("used", s.used);
    v.field("matched", s.matched);
    v.field("state", s.state);
    v.field("want_stop", s.want_stop);
}

class ScriptedEngine final : public SlotEngine {
public:
    ScriptedEngine(ScriptContext* context, std::uint16_t slot, const ScriptedPlan* plan,
                   ScriptedState* state)
        : SlotEngine(context, slot),
          plan_(plan),
          state_(state) {}

    std::uint32_t provides() const override;
    std::uint32_t report_quiesce(std::uint32_t action, Engine& engine,
                                 std::uint64_t event) override;
    std::uint32_t report_signal(std::uint32_t action, Engine& engine, SignalReport& info) override;
    std::uint32_t report_clone(std::uint32_t action, Engine& engine, std::uint64_t clone_flags,
                               Task& child) override;
    std::uint32_t report_jctl(std::uint32_t action, Engine& engine, int type, int notify) override;
    std::uint32_t report_exec(std::uint32_t action, Engine& engine) override;
    std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) override;
    std::uint32_t report_syscall_exit(std::uint32_t action, Engine& engine, Task& task) override;
    std::uint32_t report_exit(std::uint32_t action, Engine& engine, long orig_code,
                              long* code) override;
    std::uint32_t report_death(Engine& engine, bool group_dead, int signal) override;
    void report_reap(Engine& engine, Task& task) override;
    void release(std::uint64_t data) override;

private:
    const ScriptedAnswer* pick(const CallbackKey& key) const;
    const ScriptedAnswer* from_queues(const CallbackKey& key, bool exact) const;
    const ScriptedAnswer* from_rules(const CallbackKey& key) const;
    const ScriptedAnswer* from_defaults(const CallbackKey& key) const;
    /// Chooses the answer; `part` is what is passed through when the answer says nothing.
    const ScriptedAnswer* begin(const CallbackKey& key, std::uint32_t action, std::uint32_t part,
                                std::uint32_t& word) const;
    /// What comes between the choice and the answer: changes, waiting, steps.
    void act(const ScriptedAnswer& answer, Task& task) const;
    /// All of it, for callbacks without arguments of their own to change.
    std::uint32_t answer(const CallbackKey& key, std::uint32_t action, std::uint32_t part,
                         Task& task) const;

    const ScriptedPlan* plan_;
    ScriptedState* state_;
};

}  // namespace utsim
