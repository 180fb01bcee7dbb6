// SPDX-License-Identifier: MIT
// The order inside a callback: choose the answer, change what is to be changed, wait, carry out the
// steps, answer. Whether the engine wants a stop is settled with the choice, so that a control call
// of somebody else during the rest of the callback has the last word.
#include "engines/scripted.hpp"

#include "kernel/program.hpp"
#include "kernel/task.hpp"

namespace utsim {

namespace {

constexpr ScriptedAnswer plain_resume{};

bool fits(const CallbackKey& pattern, const CallbackKey& call) {
    if (pattern.callback != 0xff && pattern.callback != call.callback) return false;
    return pattern.sub == CallbackKey::any || pattern.sub == call.sub;
}

/// SIG_DFL, SIG_IGN, or all that the task's own sigaction says: without its flags, mask and
/// restorer a handler would not be the task's own.
SignalReport::Disposition disposition(const Task& task, int signal, std::uint8_t choice) {
    SignalReport::Disposition chosen;
    chosen.handler = choice;
    if (choice < 2) return chosen;
    chosen = task_disposition(task, signal);
    if (chosen.handler > K_SIG_IGN) return chosen;
    chosen = {};
    // An abstract program has code for every handler, whether a sigaction names it or not.
    if (task.program != nullptr && signal >= 1 && signal <= signal_count) {
        chosen.handler = handler_base(signal);
    }
    return chosen;
}

CallbackKey key_of(CallbackKind kind, std::int32_t sub = CallbackKey::any - 1) {
    return {static_cast<std::uint8_t>(kind), sub};
}

}  // namespace

std::uint32_t ScriptedEngine::provides() const {
    return ((1u << callback_kinds) - 1) & ~plan_->lacks;
}

const ScriptedAnswer* ScriptedEngine::from_queues(const CallbackKey& key, bool exact) const {
    for (std::uint32_t i = 0; i < plan_->queue_count; ++i) {
        const ScriptedQueue& queue = plan_->queues[i];
        const bool has_sub = queue.key.sub != CallbackKey::any;
        if (has_sub != exact || !fits(queue.key, key) || state_->used[i] == queue.count) continue;
        return &plan_->answers[queue.first + state_->used[i]++];
    }
    return nullptr;
}

const ScriptedAnswer* ScriptedEngine::from_rules(const CallbackKey& key) const {
    for (std::uint32_t i = 0; i < plan_->rule_count; ++i) {
        const ScriptedRule& rule = plan_->rules[i];
        if (!fits(rule.key, key)) continue;
        if (rule.has_state && rule.state != state_->state) continue;
        if (rule.flag != no_index && !context().flags[rule.flag]) continue;
        const std::uint32_t time = ++state_->matched[i];
        if (rule.nth == 0 || rule.nth == time) return &plan_->answers[rule.answer];
    }
    return nullptr;
}

const ScriptedAnswer* ScriptedEngine::from_defaults(const CallbackKey& key) const {
    const ScriptedQueue* best = nullptr;
    int best_rank = -1;
    for (std::uint32_t i = 0; i < plan_->default_count; ++i) {
        const ScriptedQueue& entry = plan_->defaults[i];
        if (!fits(entry.key, key)) continue;
        const int rank = entry.key.sub != CallbackKey::any ? 2 : entry.key.callback != 0xff ? 1 : 0;
        if (rank > best_rank) {
            best = &entry;
            best_rank = rank;
        }
    }
    return best != nullptr ? &plan_->answers[best->first] : nullptr;
}

const ScriptedAnswer* ScriptedEngine::pick(const CallbackKey& key) const {
    if (const ScriptedAnswer* answer = from_queues(key, true)) return answer;
    if (const ScriptedAnswer* answer = from_queues(key, false)) return answer;
    if (const ScriptedAnswer* answer = from_rules(key)) return answer;
    if (const ScriptedAnswer* answer = from_defaults(key)) return answer;
    return &plain_resume;
}

const ScriptedAnswer* ScriptedEngine::begin(const CallbackKey& key, std::uint32_t action,
                                            std::uint32_t part, std::uint32_t& word) const {
    called();
    const ScriptedAnswer* answer = pick(key);
    std::uint32_t resume = answer->resume;
    if (resume == answer_keep) resume = utrace_resume_action(action);
    if (resume == answer_sticky) resume = slot().want_stop ? UTRACE_STOP : UTRACE_RESUME;
    slot().want_stop = resume == UTRACE_STOP;
    if (answer->set_state) state_->state = answer->state;
    word = resume | (answer->has_part ? answer->part : part);
    if (answer->hold) word |= UTRACE_SIGNAL_HOLD;
    return answer;
}

void ScriptedEngine::act(const ScriptedAnswer& answer, Task& task) const {
    if (answer.set_nr) {
        set_user_register(task, Register::orig_rax, static_cast<std::uint64_t>(answer.nr));
    }
    if (answer.set_ax) {
        set_user_register(task, Register::rax, static_cast<std::uint64_t>(answer.ax));
    }
    for (std::uint32_t i = 0; i < answer.regs_count; ++i) {
        const RegisterValue& reg = context().registers[answer.regs_first + i];
        set_user_register(task, reg.name, reg.value);
    }
    if (answer.block != no_index) wait_for_flag(context(), answer.block);
    for (std::uint32_t i = 0; i < answer.steps_count; ++i) {
        run_script_step(context(), plan_->steps[answer.steps_first + i]);
    }
}

std::uint32_t ScriptedEngine::answer(const CallbackKey& key, std::uint32_t action,
                                     std::uint32_t part, Task& task) const {
    std::uint32_t word = 0;
    const ScriptedAnswer* chosen = begin(key, action, part, word);
    act(*chosen, task);
    return word;
}

std::uint32_t ScriptedEngine::report_quiesce(std::uint32_t action, Engine& engine,
                                             std::uint64_t event) {
    const auto sub = static_cast<std::int32_t>(event);
    return answer(key_of(CallbackKind::quiesce, sub), action, 0, *engine_task(engine));
}

std::uint32_t ScriptedEngine::report_signal(std::uint32_t action, Engine& engine,
                                            SignalReport& info) {
    const std::uint32_t part = utrace_signal_action(action);
    std::int32_t sub = info.si_signo;
    if (part == UTRACE_SIGNAL_REPORT) sub = sub_report;
    if (part == UTRACE_SIGNAL_HANDLER) sub = sub_handler;
    std::uint32_t word = 0;
    const ScriptedAnswer* chosen = begin(key_of(CallbackKind::signal, sub), action, part, word);
    if (chosen->set_signo) {
        info.si_signo = chosen->signo;
        info.si_errno = info.si_code = info.sender_pid = info.sender_uid = 0;
    }
    Task& task = *engine_task(engine);
    if (chosen->set_handler) {
        info.return_ka = disposition(task, info.si_signo, chosen->handler);
    }
    act(*chosen, task);
    return word;
}

std::uint32_t ScriptedEngine::report_clone(std::uint32_t action, Engine& engine, std::uint64_t,
                                           Task&) {
    return answer(key_of(CallbackKind::clone), action, 0, *engine_task(engine));
}

std::uint32_t ScriptedEngine::report_jctl(std::uint32_t action, Engine& engine, int type, int) {
    return answer(key_of(CallbackKind::jctl, type), action, 0, *engine_task(engine));
}

std::uint32_t ScriptedEngine::report_exec(std::uint32_t action, Engine& engine) {
    return answer(key_of(CallbackKind::exec), action, 0, *engine_task(engine));
}

std::uint32_t ScriptedEngine::report_syscall_entry(std::uint32_t action, Engine&, Task& task) {
    const bool again = (action & UTRACE_SYSCALL_RESUMED) != 0;
    const CallbackKey key = again ? key_of(CallbackKind::syscall_entry, sub_resumed)
                                  : key_of(CallbackKind::syscall_entry);
    return answer(key, action, utrace_syscall_action(action), task);
}

std::uint32_t ScriptedEngine::report_syscall_exit(std::uint32_t action, Engine&, Task& task) {
    return answer(key_of(CallbackKind::syscall_exit), action, utrace_syscall_action(action), task);
}

std::uint32_t ScriptedEngine::report_exit(std::uint32_t action, Engine& engine, long, long* code) {
    std::uint32_t word = 0;
    const ScriptedAnswer* chosen = begin(key_of(CallbackKind::exit), action, 0, word);
    if (chosen->set_code) *code = static_cast<long>(chosen->code);
    act(*chosen, *engine_task(engine));
    return word;
}

std::uint32_t ScriptedEngine::report_death(Engine& engine, bool, int) {
    return answer(key_of(CallbackKind::death), UTRACE_RESUME, 0, *engine_task(engine));
}

void ScriptedEngine::report_reap(Engine&, Task& task) {
    answer(key_of(CallbackKind::reap), UTRACE_RESUME, 0, task);
}

void ScriptedEngine::release(std::uint64_t) {}

}  // namespace utsim
