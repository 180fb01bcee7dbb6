// SPDX-License-Identifier: MIT
// Pairs of features that meet rarely by chance: each puts what it needs in front of, or into, a
// scenario that was drawn like any other, and leaves the rest of it to chance. The arguments of a
// call are evaluated in any order: no more than one of them may draw, unless in braces.
#include "explore/wide_maker.hpp"

namespace utsim {

namespace {

Draft call_op() { return {{"op", "syscall"}, {"nr", "getpid"}, {"ret", 1}}; }
Draft tkill_op(std::string_view signal) { return {{"op", "tkill"}, {"signal", signal}}; }

Draft clone_op(Draft flags) {
    return {{"op", "clone"}, {"child", "child"}, {"flags", std::move(flags)}};
}

Draft control_step(std::string_view engine, std::string_view action) {
    return {{"control", {{"engine", engine}, {"action", action}}}};
}

Draft set_events_step(std::string_view engine, Draft events) {
    return {{"set_events", {{"engine", engine}, {"events", std::move(events)}}}};
}

Draft attach_step(std::string_view engine, std::string_view task) {
    return {{"attach", {{"engine", engine}, {"task", task}}}};
}

Draft engine_step(std::string_view verb, std::string_view engine) {
    return {{verb, {{"engine", engine}}}};
}

Draft task_step(std::string_view verb, std::string_view task) { return {{verb, {{"task", task}}}}; }

Draft kill_step(std::string_view verb, std::string_view task, std::string_view signal) {
    return {{verb, {{"task", task}, {"signal", signal}}}};
}

Draft rest() { return {{"await", {{"idle", true}}}}; }

Draft until_stopped(std::string_view task) {
    return {{"await", {{"task", task}, {"state", "TRACED"}}}};
}

}  // namespace

const WideMaker::Meeting WideMaker::meetings[] = {
    {"vfork", &WideMaker::meet_vfork, "abstract", true},
    {"detach-signal", &WideMaker::meet_detach_signal, "", false},
    {"changing-mask", &WideMaker::meet_changing_mask, "", false},
    {"exec-stop", &WideMaker::meet_exec_stop, "abstract", false},
    {"stop-kill", &WideMaker::meet_stop_kill, "", false},
    {"attach-death", &WideMaker::meet_attach_death, "", false},
    {"step-exit", &WideMaker::meet_step_exit, "", false},
    {"group-exit", &WideMaker::meet_group_exit, "abstract", true},
    {"examine", &WideMaker::meet_examine, "", false},
    {"barrier-callback", &WideMaker::meet_barrier_callback, "", false},
    {"two-answers", &WideMaker::meet_two_answers, "", false},
    {"requests", &WideMaker::meet_requests, "", false},
    {"job-control", &WideMaker::meet_job_control, "", false},
    {"handler-step", &WideMaker::meet_handler_step, "abstract", false},
    {"own-step", &WideMaker::meet_own_step, "asm", false},
};

const WideMaker::Meeting* WideMaker::find_meeting(std::string_view name) {
    for (const Meeting& meeting : meetings) {
        if (meeting.name == name) return &meeting;
    }
    return nullptr;
}

// --- putting things in -----------------------------------------------------------------------

std::string_view WideMaker::one_of(std::initializer_list<std::string_view> words) {
    return words.begin()[below(static_cast<std::uint32_t>(words.size()))];
}

/// The engine, there from the start, about the first task, with these events in its mask.
Draft& WideMaker::engine_at(std::size_t index, std::initializer_list<std::string_view> events) {
    Draft& list = tree_["engines"];
    while (list.size() <= index) list.add(engine(++engine_count_));
    Draft& engine = list.at(index);
    if (engine.has("kind")) engine.become({{"name", engine.text_at("name")}});
    engine.set("on", "t1");
    engine.erase("attach");
    Draft& mask = engine["events"];
    if (!mask.is_list()) mask.become(Draft::list());
    for (const std::string_view event : events) {
        bool there = false;
        for (const Draft& item : mask) there = there || item == event;
        if (!there) mask.add(event);
    }
    return engine;
}

/// In front of what else the engine answers to it.
void WideMaker::ask(std::size_t engine, std::string_view callback, Draft answer) {
    Draft& queue = tree_["engines"].at(engine)["answers"][callback];
    if (!queue.is_list()) queue.become(Draft::list());
    queue.insert(0, std::move(answer));
}

/// Only if the first task runs abstract operations.
void WideMaker::program_begins(std::initializer_list<Draft> ops) {
    Draft* program = tree_["tasks"].at(0).find("program");
    if (program == nullptr) return;
    std::size_t at = 1;
    for (const Draft& op : ops) program->insert(at++, op);
}

/// Only if it runs real code that is a text.
void WideMaker::real_code_begins(std::initializer_list<std::string_view> lines) {
    Draft* code = tree_["tasks"].at(0).find("asm");
    if (code == nullptr) return;
    std::size_t at = 1;
    for (const std::string_view line : lines) code->insert(at++, line);
}

void WideMaker::controller_begins(std::size_t index, std::initializer_list<Draft> steps) {
    Draft& list = tree_["controllers"];
    while (list.size() <= index) list.add(controller(++controller_count_));
    Draft& all = list.at(index)["steps"];
    std::size_t at = 0;
    for (const Draft& step : steps) all.insert(at++, step);
}

// --- one after the other ---------------------------------------------------------------------

void WideMaker::meet_vfork() {
    engine_at(0, {"QUIESCE", "CLONE"});
    engine_at(1, {one_of({"QUIESCE", "CLONE", "SYSCALL_EXIT"}), "CLONE"});
    program_begins({clone_op(Draft::list({"VM", "VFORK"})), op("compute")});
    ask(0, "clone", one_of({"STOP", "STOP", "INTERRUPT", "REPORT"}));
    ask(1, "clone", answer("clone"));
    controller_begins(0, {rest(), control_step("e1", one_of({"RESUME", "DETACH", "REPORT"}))});
}

void WideMaker::meet_detach_signal() {
    engine_at(0, {"QUIESCE", one_of({"SIGNAL_ALL", "SIGNAL"})});
    engine_at(1, {"QUIESCE", one_of({"SIGNAL", "SIGNAL_ALL", "JCTL"})});
    program_begins({tkill_op(one_of({"SIGUSR1", "SIGHUP", "SIGTRAP"})), op("compute")});
    ask(0, "signal", answer("signal"));
    controller_begins(0, {control_step("e1", one_of({"DETACH", "DETACH", "STOP"}))});
    if (below(2) != 0) controller_begins(1, {control_step("e2", "DETACH")});
}

void WideMaker::meet_changing_mask() {
    struct Pair {
        std::string_view callback;
        std::string_view event;
    };
    constexpr Pair pairs[] = {{"quiesce", "QUIESCE"},
                              {"signal", "SIGNAL"},
                              {"syscall_entry", "SYSCALL_ENTRY"},
                              {"syscall_exit", "SYSCALL_EXIT"},
                              {"exit", "EXIT"},
                              {"death", "DEATH"},
                              {"exec", "EXEC"},
                              {"clone", "CLONE"}};
    const Pair& pair = pairs[below(std::size(pairs))];
    engine_at(0, {pair.event, "QUIESCE"});
    engine_at(1, {pair.event});
    Draft mask = below(4) == 0 ? Draft::list() : event_mask(chance("set_events.quiesce"));
    Draft change{{"return", draw("resume")},
                 {"do", Draft::list({set_events_step(engine_name(), std::move(mask))})}};
    ask(below(2), pair.callback, std::move(change));
    program_begins({call_op(), op("compute")});
}

void WideMaker::meet_exec_stop() {
    engine_at(0, {"QUIESCE", "EXEC"});
    program_begins({op("exec"), op("compute"), op("compute")});
    ask(0, "exec", one_of({"STOP", "INTERRUPT", "SINGLESTEP", "REPORT", "BLOCKSTEP"}));
    const std::string first = engine_name();
    const std::string second = engine_name();
    controller_begins(0, {control_step(first, one_of({"STOP", "SINGLESTEP", "REPORT"})),
                          control_step(second, one_of({"RESUME", "SINGLESTEP"}))});
}

void WideMaker::meet_stop_kill() {
    engine_at(0, {"QUIESCE", one_of({"EXIT", "EXIT", "DEATH", "SYSCALL_ENTRY"})});
    ask(0, one_of({"quiesce", "quiesce", "exit", "syscall_entry"}), "STOP");
    program_begins({call_op(), op("compute")});
    controller_begins(0, {control_step("e1", "STOP")});
    const std::size_t who = below(2);
    controller_begins(who, {kill_step(one_of({"kill", "tkill"}), "t1", "SIGKILL")});
}

void WideMaker::meet_attach_death() {
    engine_at(0, {one_of({"DEATH", "REAP", "QUIESCE"})});
    engine_at(1, {one_of({"DEATH", "REAP", "QUIESCE"}), one_of({"EXIT", "REAP"})});
    tree_["engines"].at(1).set("attach", "controller");
    tree_["tasks"].at(0).set("parent", "c1");
    controller_begins(0, {task_step("reap", "t1")});
    if (below(2) != 0) controller_begins(0, {rest()});
    controller_begins(1, {attach_step("e2", "t1"), control_step(engine_name(), "DETACH")});
    if (below(2) == 0) return;
    Draft mask = Draft::list({"QUIESCE", "REAP"});
    const std::size_t who = below(2);
    controller_begins(who, {set_events_step(engine_name(), std::move(mask))});
}

void WideMaker::meet_step_exit() {
    engine_at(0, {"QUIESCE", "SYSCALL_EXIT"});
    program_begins({call_op(), op("compute"), op("branch"), op("compute")});
    real_code_begins({"mov eax, 39", "syscall", "inc ebx"});
    ask(0, "syscall_exit", "STOP");
    controller_begins(0, {rest(), control_step("e1", one_of({"SINGLESTEP", "BLOCKSTEP"}))});
    if (below(2) != 0) engine_at(1, {"QUIESCE", one_of({"SYSCALL_EXIT", "SIGNAL_CORE"})});
}

void WideMaker::meet_group_exit() {
    program_begins({clone_op(Draft::list({"VM", "SIGHAND", "THREAD"})), op("compute"),
                    op(one_of({"exit_group", "exec", "compute"}))});
    engine_at(0, {"QUIESCE", "CLONE", one_of({"EXIT", "DEATH"})});
    engine_at(1, {one_of({"EXIT", "DEATH", "QUIESCE"})});
    tree_["engines"].at(1).set("attach", "controller");
    ask(0, "clone",
        {{"return", one_of({"RESUME", "STICKY"})},
         {"do", Draft::list({attach_step("e2", "child")})}});
    controller_begins(0, {control_step(engine_name(), "STOP")});
}

void WideMaker::meet_examine() {
    Draft& holder = engine_at(0, {"QUIESCE"});
    holder.become({{"name", "e1"},
                   {"on", "t1"},
                   {"events", Draft::list({"QUIESCE"})},
                   {"default", {{"*", "STICKY"}}}});
    controller_begins(
        0, {control_step("e1", "STOP"), until_stopped("t1"), engine_step("prepare_examine", "e1"),
            engine_step("finish_examine", "e1"), control_step("e1", "RESUME")});
}

void WideMaker::meet_barrier_callback() {
    engine_at(0, {"QUIESCE", one_of({"SYSCALL_ENTRY", "SYSCALL_EXIT", "EXIT", "DEATH"})});
    program_begins({call_op(), op("compute")});
    Draft leaves =
        below(2) != 0 ? control_step("e1", "DETACH") : set_events_step("e1", Draft::list());
    controller_begins(0, {std::move(leaves), engine_step("barrier", "e1")});
}

void WideMaker::meet_two_answers() {
    const bool entry = below(2) != 0;
    engine_at(0, {entry ? "SYSCALL_ENTRY" : "SIGNAL_ALL"});
    engine_at(1, {one_of({"QUIESCE", "SIGNAL_ALL"}), entry ? "SYSCALL_ENTRY" : "SIGNAL"});
    program_begins({entry ? call_op() : tkill_op("SIGUSR1"), op("compute")});
    const std::string_view callback = entry ? "syscall_entry" : "signal:SIGUSR1";
    ask(0, callback, answer_word(callback, draw("resume")));
    ask(1, callback, answer_word(callback, draw("resume")));
}

void WideMaker::meet_requests() {
    engine_at(0, {"QUIESCE"});
    engine_at(1, {"QUIESCE", one_of({"SYSCALL_EXIT", "SIGNAL", "SYSCALL_ENTRY"})});
    program_begins({call_op(), op("compute")});
    controller_begins(0, {control_step("e1", draw("resume"))});
    controller_begins(1, {control_step("e2", draw("resume"))});
}

void WideMaker::meet_job_control() {
    engine_at(0, {"QUIESCE", one_of({"JCTL", "SIGNAL_STOP", "SIGNAL"})});
    program_begins({tkill_op(one_of({"SIGSTOP", "SIGTSTP"})), op("compute")});
    const std::string_view callback = one_of({"jctl", "quiesce", "signal"});
    ask(0, callback, one_of({"STOP", "STICKY", "REPORT"}));
    controller_begins(
        0, {rest(), control_step("e1", draw("resume")), kill_step("kill", "t1", "SIGCONT")});
}

void WideMaker::meet_handler_step() {
    Draft& task = tree_["tasks"].at(0);
    if (!task.has("handlers")) task.set("handlers", handlers(false));
    engine_at(0, {"QUIESCE", "SIGNAL"});
    program_begins({tkill_op("SIGUSR1"), op("compute")});
    ask(0, "signal:SIGUSR1", Draft::list({one_of({"SINGLESTEP", "BLOCKSTEP", "STOP"}), "DELIVER"}));
    ask(0, "signal:HANDLER", Draft::list({one_of({"SINGLESTEP", "STOP", "RESUME"}), "IGN"}));
}

void WideMaker::meet_own_step() {
    engine_at(0, {"QUIESCE", "SIGNAL_ALL"});
    real_code_begins({"pushfq", "or qword ptr [rsp], 256", "popfq", "inc ebx", "nop"});
    ask(0, "signal:SIGTRAP", Draft::list({one_of({"SINGLESTEP", "BLOCKSTEP", "RESUME"}), "IGN"}));
    controller_begins(0, {control_step("e1", one_of({"SINGLESTEP", "BLOCKSTEP", "REPORT"}))});
}

}  // namespace utsim
