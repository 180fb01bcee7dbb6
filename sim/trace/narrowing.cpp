// SPDX-License-Identifier: MIT
// One event comes in, none, one or two go out: an instruction waits until it is clear that no other
// one follows (instruction_run.hpp).
#include "trace/narrowing.hpp"

#include <algorithm>

#include "vocabulary/field_format.hpp"

namespace utsim {

namespace {

constexpr auto kind_count = static_cast<std::size_t>(EventKind::count_);

}  // namespace

std::span<const EventSort> event_sorts() {
    using K = EventKind;
    static const std::vector<EventSort> sorts{
        {"api",
         "calls of the utrace API and of controllers",
         {K::api_enter, K::api, K::attach_match}},
        {"callback", "callbacks and their answers", {K::callback, K::callback_end}},
        {"engine",
         "engines come and go",
         {K::engine_attached, K::engine_listed, K::engine_release, K::engine_detached}},
        {"stop",
         "tasks stop and go on, engines hold them, tracers are told",
         {K::task_state, K::engine_stop, K::ptrace_stop}},
        {"signal",
         "signals on their way",
         {K::signal_generated, K::signal_taken, K::handler, K::core_dump, K::notify_parent,
          K::notify_cldstop}},
        {"syscall",
         "system calls of tasks",
         {K::syscall_enter, K::syscall_ran, K::syscall_skipped, K::syscall_unknown}},
        {"instruction",
         "instructions, traps and faults",
         {K::instruction, K::debug_trap, K::fault, K::read_instruction, K::page_in}},
        {"user", "the way back to user mode, and stepping", {K::user, K::step_switch}},
        {"task",
         "tasks begin and end",
         {K::new_task, K::exec, K::exit, K::new_parent, K::released}},
        {"output", "what programs write", {K::output}},
        {"lock", "locks and shared cells", {K::lock_taken, K::lock_released, K::access}},
        {"alarm",
         "what should not be",
         {K::bug, K::warning, K::sleep_in_atomic, K::lock_order, K::expect_failed}},
        {"note", "what scripts say", {K::note}},
        {"end", "how the run ended", {K::end_task, K::blocked, K::run_end}},
    };
    return sorts;
}

std::string Narrowing::only(std::string_view words) {
    std::string unknown;
    kinds_.assign(kind_count, false);
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(','));
        words.remove_prefix(std::min(words.size(), word.size() + 1));
        bool known = false;
        for (const EventSort& sort : event_sorts()) {
            if (sort.name != word) continue;
            known = true;
            for (const EventKind kind : sort.kinds) kinds_[static_cast<std::size_t>(kind)] = true;
        }
        for (const KindInfo& info : event_table()) {
            if (info.name != word) continue;
            known = true;
            kinds_[static_cast<std::size_t>(info.kind)] = true;
        }
        if (!known && unknown.empty()) unknown = word.empty() ? "nothing" : word;
    }
    return unknown;
}

bool Narrowing::shows(const Event& event, const NameTable& names) {
    if (event.step < from_ || event.step > until_) return false;
    if (!kinds_.empty() && !kinds_[static_cast<std::size_t>(event.kind)]) return false;
    if (task_.empty() && engine_.empty()) return true;
    bool task = !task_.empty() && event.actor.valid() && names.actor(event.actor) == task_;
    bool engine = false;
    const KindInfo& info = kind_info(event.kind);
    for (std::size_t i = 0; i < info.field.size() && !info.field[i].name.empty(); ++i) {
        const Format format = format_of({event.kind, i, event.value.data()});
        const auto id = static_cast<std::uint32_t>(event.value[i]);
        if (id == TaskId::none_value) continue;
        if (format == Format::task && !task_.empty()) {
            task = task || names.task(TaskId{id}) == task_;
        } else if (format == Format::engine && !engine_.empty()) {
            engine = engine || names.engine(EngineId{id}) == engine_;
        }
    }
    met_task_ = met_task_ || task;
    met_engine_ = met_engine_ || engine;
    return (task_.empty() || task) && (engine_.empty() || engine);
}

void Narrowing::pass(const Event& event, const NameTable& names,
                     const std::function<void(const Event&)>& show) {
    if (!shows(event, names)) {
        // Something came in between, though it is not shown.
        if (event.kind != EventKind::instruction && event.actor == run_.actor()) end(show);
        return;
    }
    if (!quiet_) return show(event);
    run_.pass(event, show);
}

void Narrowing::end(const std::function<void(const Event&)>& show) { run_.end(show); }

std::vector<std::string> Narrowing::strangers() const {
    std::vector<std::string> out;
    if (!task_.empty() && !met_task_) out.push_back("task " + task_);
    if (!engine_.empty() && !met_engine_) out.push_back("engine " + engine_);
    return out;
}

}  // namespace utsim
