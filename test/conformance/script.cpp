// SPDX-License-Identifier: MIT
// Callbacks: find the answer, tell the log, change what is to be changed, wait and call the API if
// the answer says so.
#include "script.hpp"

#include "kernel/program.hpp"
#include "kernel/task.hpp"
#include "session.hpp"
#include "words.hpp"

namespace utsim::conformance {

namespace {

const Item plain_answer;

const Item* from_queue(EngineSlot& slot, const std::string& key) {
    const auto queue = slot.script->queues.find(key);
    if (queue == slot.script->queues.end()) return nullptr;
    std::size_t& used = slot.used[key];
    return used < queue->second.size() ? &queue->second[used++] : nullptr;
}

const Item* from_defaults(const EngineSlot& slot, const std::string& key) {
    const auto item = slot.script->defaults.find(key);
    return item != slot.script->defaults.end() ? &item->second : nullptr;
}

const Item& next_item(EngineSlot& slot, const std::string& callback, const std::string& sub) {
    if (slot.script == nullptr) return plain_answer;
    const std::string narrow = callback + ":" + sub;
    const Item* item = sub.empty() ? nullptr : from_queue(slot, narrow);
    if (item == nullptr) item = from_queue(slot, callback);
    if (item == nullptr && !sub.empty()) item = from_defaults(slot, narrow);
    if (item == nullptr) item = from_defaults(slot, callback);
    if (item == nullptr) item = from_defaults(slot, "*");
    return item != nullptr ? *item : plain_answer;
}

std::uint32_t resume_answer(const Item& item, const EngineSlot& slot, std::uint32_t action) {
    if (item.resume == "KEEP") return utrace_resume_action(action);
    if (item.resume == "STICKY") return slot.want ? UTRACE_STOP : UTRACE_RESUME;
    return resume_action(item.resume);
}

std::string disposition_name(const SignalReport::Disposition* disposition) {
    if (disposition == nullptr) return "null";
    if (disposition->handler == K_SIG_DFL) return "DFL";
    return disposition->handler == K_SIG_IGN ? "IGN" : "HANDLER";
}

bool is_handler(const SignalReport::Disposition& disposition) {
    return disposition.handler != K_SIG_DFL && disposition.handler != K_SIG_IGN;
}

/// In the recordings the signal's number chose the handler, whoever set that there is one.
void change_signal(const Item& item, const Session& session, const Task& task, SignalReport& info) {
    if (item.si.has_value()) {
        info.si_signo = *item.si;
        info.si_errno = info.si_code = info.sender_pid = info.sender_uid = 0;
    }
    bool handler = is_handler(info.return_ka);
    if (item.ka.has_value()) {
        handler = *item.ka == "HANDLER";
        if (!handler) info.return_ka.handler = *item.ka == "IGN" ? K_SIG_IGN : K_SIG_DFL;
    }
    if (handler) info.return_ka.handler = session.handler_for(task, info.si_signo);
}

}  // namespace

ScriptedOps::Turn ScriptedOps::begin(const char* callback, const std::string& sub,
                                     std::uint32_t action, Engine& engine) {
    EngineSlot* slot = session_.find_slot(engine);
    const Item& item = next_item(*slot, callback, sub);
    const std::uint32_t answer = resume_answer(item, *slot, action);
    slot->want = answer == UTRACE_STOP;
    return {slot, &item, callback, answer};
}

Json ScriptedOps::describe(const Turn& turn, Engine& engine) const {
    return Json{{"k", "cb"},
                {"t", session_.task_name(*engine_task(engine))},
                {"e", turn.slot->name},
                {"cb", turn.callback}};
}

void ScriptedOps::finish(const Turn& turn) {
    const Item& item = *turn.item;
    if (!item.block.empty()) {
        session_.recorder().add(Json{
            {"k", "cb_block"}, {"e", turn.slot->name}, {"cb", turn.callback}, {"on", item.block}});
        session_.wait_for_flag(item.block);
    }
    for (const Op& op : item.ops) session_.call_api(op);
    if (item.block.empty() && !item.has_do) return;
    session_.recorder().add(Json{{"k", "cb_end"},
                                 {"e", turn.slot->name},
                                 {"cb", turn.callback},
                                 {"t", session_.current_name()}});
}

std::uint32_t ScriptedOps::report_quiesce(std::uint32_t action, Engine& engine,
                                          std::uint64_t event) {
    const Turn turn = begin("quiesce", event_name(event), action, engine);
    Json line = describe(turn, engine);
    line["ev"] = event_name(event);
    line["act"] = resume_action_name(utrace_resume_action(action));
    line["ret"] = resume_action_name(turn.action);
    session_.recorder().add(std::move(line));
    finish(turn);
    return turn.action;
}

std::uint32_t ScriptedOps::report_signal(std::uint32_t action, Engine& engine, SignalReport& info) {
    const std::uint32_t before = utrace_signal_action(action);
    const bool real = before != UTRACE_SIGNAL_REPORT && before != UTRACE_SIGNAL_HANDLER;
    const Turn turn =
        begin("signal", real ? std::to_string(info.si_signo) : signal_action_name(before), action,
              engine);
    const std::uint32_t after = turn.item->signal.value_or(before);
    const std::uint32_t hold = turn.item->hold ? UTRACE_SIGNAL_HOLD : 0;
    {
        Json line = describe(turn, engine);
        line["act"] = resume_action_name(utrace_resume_action(action));
        line["sact"] = signal_action_name(before);
        line["hold"] = (action & UTRACE_SIGNAL_HOLD) != 0 ? 1 : 0;
        line["si"] = info.si_signo;
        line["si_code"] = recorded_si_code(info.si_signo, info.si_code);
        line["orig_ka"] = disposition_name(info.orig_ka);
        line["ret_ka"] = disposition_name(&info.return_ka);
        line["ret"] = resume_action_name(turn.action);
        line["rsig"] = signal_action_name(after);
        line["rhold"] = hold != 0 ? 1 : 0;
        session_.recorder().add(std::move(line));
    }
    change_signal(*turn.item, session_, *engine_task(engine), info);
    finish(turn);
    return after | hold | turn.action;
}

std::uint32_t ScriptedOps::report_clone(std::uint32_t action, Engine& engine,
                                        std::uint64_t clone_flags, Task& child) {
    const Turn turn = begin("clone", "", action, engine);
    Json line = describe(turn, engine);
    line["act"] = resume_action_name(utrace_resume_action(action));
    line["flags"] = hex(clone_flags);
    line["child"] = session_.task_name(child);
    line["ret"] = resume_action_name(turn.action);
    session_.recorder().add(std::move(line));
    finish(turn);
    return turn.action;
}

std::uint32_t ScriptedOps::report_jctl(std::uint32_t action, Engine& engine, int type, int notify) {
    const Turn turn = begin("jctl", type == CLD_STOPPED_ ? "STOPPED" : "CONTINUED", action, engine);
    Json line = describe(turn, engine);
    line["act"] = resume_action_name(utrace_resume_action(action));
    line["type"] = cld_name(type);
    line["notify"] = cld_name(notify);
    line["ret"] = resume_action_name(turn.action);
    session_.recorder().add(std::move(line));
    finish(turn);
    return turn.action;
}

std::uint32_t ScriptedOps::report_exec(std::uint32_t action, Engine& engine) {
    const Turn turn = begin("exec", "", action, engine);
    Json line = describe(turn, engine);
    line["act"] = resume_action_name(utrace_resume_action(action));
    line["ret"] = resume_action_name(turn.action);
    session_.recorder().add(std::move(line));
    finish(turn);
    return turn.action;
}

std::uint32_t ScriptedOps::report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) {
    const bool resumed = (action & UTRACE_SYSCALL_RESUMED) != 0;
    const Turn turn = begin("syscall_entry", resumed ? "RESUMED" : "", action, engine);
    const std::uint32_t before = utrace_syscall_action(action);
    const std::uint32_t after = turn.item->syscall.value_or(before);
    {
        Json line = describe(turn, engine);
        line["act"] = resume_action_name(utrace_resume_action(action));
        line["yact"] = before == UTRACE_SYSCALL_ABORT ? "ABORT" : "RUN";
        line["resumed"] = resumed ? 1 : 0;
        line["nr"] = task.orig_ax;
        line["ret"] = resume_action_name(turn.action);
        line["rsys"] = after == UTRACE_SYSCALL_ABORT ? "ABORT" : "RUN";
        session_.recorder().add(std::move(line));
    }
    if (turn.item->setnr.has_value()) task.orig_ax = *turn.item->setnr;
    if (turn.item->setax.has_value()) {
        set_user_register(task, Register::rax, static_cast<std::uint64_t>(*turn.item->setax));
    }
    finish(turn);
    return after | turn.action;
}

std::uint32_t ScriptedOps::report_syscall_exit(std::uint32_t action, Engine& engine, Task& task) {
    const Turn turn = begin("syscall_exit", "", action, engine);
    {
        Json line = describe(turn, engine);
        line["act"] = resume_action_name(utrace_resume_action(action));
        line["nr"] = task.orig_ax;
        line["ax"] = static_cast<std::int64_t>(user_register(task, Register::rax));
        line["ret"] = resume_action_name(turn.action);
        session_.recorder().add(std::move(line));
    }
    if (turn.item->setax.has_value()) {
        set_user_register(task, Register::rax, static_cast<std::uint64_t>(*turn.item->setax));
    }
    finish(turn);
    return turn.action;
}

std::uint32_t ScriptedOps::report_exit(std::uint32_t action, Engine& engine, long orig_code,
                                       long* code) {
    const Turn turn = begin("exit", "", action, engine);
    {
        Json line = describe(turn, engine);
        line["act"] = resume_action_name(utrace_resume_action(action));
        line["orig"] = orig_code;
        line["code"] = *code;
        line["ret"] = resume_action_name(turn.action);
        session_.recorder().add(std::move(line));
    }
    if (turn.item->setcode.has_value()) *code = *turn.item->setcode;
    finish(turn);
    return turn.action;
}

std::uint32_t ScriptedOps::report_death(Engine& engine, bool group_dead, int signal) {
    const Turn turn = begin("death", "", UTRACE_RESUME, engine);
    {
        Json line = describe(turn, engine);
        line["group_dead"] = group_dead ? 1 : 0;
        line["signal"] = signal;
        line["ret"] = resume_action_name(turn.action);
        session_.recorder().add(std::move(line));
    }
    finish(turn);
    return turn.action;
}

void ScriptedOps::report_reap(Engine& engine, Task&) {
    const Turn turn = begin("reap", "", UTRACE_RESUME, engine);
    {
        Json line = describe(turn, engine);
        line["ctx"] = session_.current_name();
        session_.recorder().add(std::move(line));
    }
    finish(turn);
}

void ScriptedOps::release(std::uint64_t data) {
    session_.recorder().add(Json{
        {"k", "release"}, {"data", session_.data_name(data)}, {"ctx", session_.current_name()}});
}

}  // namespace utsim::conformance
