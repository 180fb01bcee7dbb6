// SPDX-License-Identifier: MIT
// The calls of callbacks (spec 3.1), with the windows W-R1 and W-R2 of spec 4.31: a scheduling
// point stands before a callback begins, and one inside, before the body. The body may do what it
// likes, from calling the API to waiting; the point inside is there for those that do nothing of
// the kind.
#include "utrace/callback.hpp"

#include "kernel/task.hpp"

namespace utsim {

namespace {

/// Checks the entry and reaches the scheduling point `callback:name:engine`.
void enter(const EngineOps* ops, CallbackKind kind, const char* name, Engine* engine) {
    World& world = World::of(engine);
    engine->kref.check_alive(name);
    if (ops == nullptr) world.null_pointer(name, "callback of an engine whose ops are null");
    if (!has_callback(ops, kind))
        world.null_pointer(name, "the engine's table has no such callback");
    world.point(PointKind::callback, name, about(engine->id));
}

/// Tells of the call and reaches the scheduling point `in_callback:name:engine`: others may act
/// while the callback runs, also on its engine, and be told -EINPROGRESS.
template <typename... Args>
void begin(const Task* task, const Engine* engine, CallbackKind kind, const char* name,
           std::uint32_t action, std::uint64_t event, Args... args) {
    World& world = world_of(task);
    world.emit(EventKind::callback, task->id.value, engine->id.value, kind, action, event, args...);
    world.point(PointKind::in_callback, name, about(engine->id));
}

/// `left` are the arguments that a callback can change, as it left them.
template <typename... Left>
std::uint32_t tell_answer(const Task* task, const Engine* engine, CallbackKind kind,
                          std::uint32_t word, Left... left) {
    world_of(task).emit(EventKind::callback_end, task->id.value, engine->id.value, kind, word,
                        left...);
    return word;
}

/// For traces: -1 no disposition, 0 SIG_DFL, 1 SIG_IGN, 2 a handler.
int disposition_kind(const SignalReport::Disposition* disposition) {
    if (disposition == nullptr) return -1;
    if (disposition->handler == K_SIG_DFL) return 0;
    return disposition->handler == K_SIG_IGN ? 1 : 2;
}

}  // namespace

std::uint32_t call_report_quiesce(EngineOps* ops, std::uint32_t action, Task* current,
                                  Engine* engine, std::uint64_t event) {
    enter(ops, CallbackKind::quiesce, "report_quiesce", engine);
    // As with report_reap: the table of detached engines is nobody's.
    if (ops == utrace_detached_ops()) return UTRACE_DETACH;
    begin(current, engine, CallbackKind::quiesce, "report_quiesce", action, event);
    const std::uint32_t word = ops->report_quiesce(action, *engine, event);
    return tell_answer(current, engine, CallbackKind::quiesce, word);
}

std::uint32_t call_report_signal(EngineOps* ops, std::uint32_t action, Task* current,
                                 Engine* engine, std::uint64_t event, SignalReport& info) {
    enter(ops, CallbackKind::signal, "report_signal", engine);
    begin(current, engine, CallbackKind::signal, "report_signal", action, event, info.si_signo,
          info.si_code, disposition_kind(info.orig_ka), disposition_kind(&info.return_ka));
    const std::uint32_t word = ops->report_signal(action, *engine, info);
    return tell_answer(current, engine, CallbackKind::signal, word, info.si_signo,
                       disposition_kind(&info.return_ka));
}

std::uint32_t call_report_clone(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine,
                                std::uint64_t clone_flags, Task* child) {
    enter(ops, CallbackKind::clone, "report_clone", engine);
    begin(current, engine, CallbackKind::clone, "report_clone", action, UTRACE_EVENT(EVENT_CLONE),
          clone_flags, child->id.value);
    const std::uint32_t word = ops->report_clone(action, *engine, clone_flags, *child);
    return tell_answer(current, engine, CallbackKind::clone, word);
}

std::uint32_t call_report_jctl(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine,
                               int type, int notify) {
    enter(ops, CallbackKind::jctl, "report_jctl", engine);
    begin(current, engine, CallbackKind::jctl, "report_jctl", action, UTRACE_EVENT(EVENT_JCTL),
          type, notify);
    const std::uint32_t word = ops->report_jctl(action, *engine, type, notify);
    return tell_answer(current, engine, CallbackKind::jctl, word);
}

std::uint32_t call_report_exec(EngineOps* ops, std::uint32_t action, Task* current,
                               Engine* engine) {
    enter(ops, CallbackKind::exec, "report_exec", engine);
    begin(current, engine, CallbackKind::exec, "report_exec", action, UTRACE_EVENT(EVENT_EXEC));
    const std::uint32_t word = ops->report_exec(action, *engine);
    return tell_answer(current, engine, CallbackKind::exec, word);
}

std::uint32_t call_report_syscall_entry(EngineOps* ops, std::uint32_t action, Task* current,
                                        Engine* engine) {
    enter(ops, CallbackKind::syscall_entry, "report_syscall_entry", engine);
    begin(current, engine, CallbackKind::syscall_entry, "report_syscall_entry", action,
          UTRACE_EVENT(EVENT_SYSCALL_ENTRY), current->orig_ax,
          user_register(*current, Register::rax));
    const std::uint32_t word = ops->report_syscall_entry(action, *engine, *current);
    return tell_answer(current, engine, CallbackKind::syscall_entry, word, current->orig_ax,
                       user_register(*current, Register::rax));
}

std::uint32_t call_report_syscall_exit(EngineOps* ops, std::uint32_t action, Task* current,
                                       Engine* engine) {
    enter(ops, CallbackKind::syscall_exit, "report_syscall_exit", engine);
    begin(current, engine, CallbackKind::syscall_exit, "report_syscall_exit", action,
          UTRACE_EVENT(EVENT_SYSCALL_EXIT), current->orig_ax,
          user_register(*current, Register::rax));
    const std::uint32_t word = ops->report_syscall_exit(action, *engine, *current);
    return tell_answer(current, engine, CallbackKind::syscall_exit, word, current->orig_ax,
                       user_register(*current, Register::rax));
}

std::uint32_t call_report_exit(EngineOps* ops, std::uint32_t action, Task* current, Engine* engine,
                               long orig_code, long* code) {
    enter(ops, CallbackKind::exit, "report_exit", engine);
    begin(current, engine, CallbackKind::exit, "report_exit", action, UTRACE_EVENT(EVENT_EXIT),
          orig_code, *code);
    const std::uint32_t word = ops->report_exit(action, *engine, orig_code, code);
    return tell_answer(current, engine, CallbackKind::exit, word, *code);
}

std::uint32_t call_report_death(EngineOps* ops, Task* current, Engine* engine, bool group_dead,
                                int signal) {
    enter(ops, CallbackKind::death, "report_death", engine);
    begin(current, engine, CallbackKind::death, "report_death", UTRACE_RESUME,
          UTRACE_EVENT(EVENT_DEATH), group_dead, signal);
    const std::uint32_t word = ops->report_death(*engine, group_dead, signal);
    return tell_answer(current, engine, CallbackKind::death, word);
}

void call_report_reap(EngineOps* ops, Task* target, Engine* engine) {
    enter(ops, CallbackKind::reap, "report_reap", engine);
    // The table of detached engines has a real entry that does nothing; nobody needs to hear of it.
    if (ops == utrace_detached_ops()) return;
    begin(target, engine, CallbackKind::reap, "report_reap", UTRACE_RESUME,
          UTRACE_EVENT(EVENT_REAP));
    ops->report_reap(*engine, *target);
    tell_answer(target, engine, CallbackKind::reap, UTRACE_RESUME);
}

void call_release(Engine* engine) {
    World& world = World::of(engine);
    world.emit(EventKind::engine_release, engine->id.value);
    EngineOps* ops = engine->released_by;
    if (!has_callback(ops, CallbackKind::release)) return;
    world.point(PointKind::callback, "release", about(engine->id));
    ops->release(engine->data);
}

}  // namespace utsim
