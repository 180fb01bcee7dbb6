// SPDX-License-Identifier: MIT
// Pairs of features that meet rarely by chance: each puts what it needs in front of, or into, a
// scenario that was drawn like any other, and leaves the rest of it to chance.
#include "explore/wide_maker.hpp"

namespace utsim {

using Json = WideMaker::Json;

namespace {

Json op(std::string_view name) { return {{"op", name}}; }
Json call_op() { return {{"op", "syscall"}, {"nr", "getpid"}, {"ret", 1}}; }
Json tkill_op(std::string_view signal) { return {{"op", "tkill"}, {"signal", signal}}; }

Json control_step(std::string_view engine, std::string_view action) {
    return {{"control", {{"engine", engine}, {"action", action}}}};
}

Json set_events_step(std::string_view engine, Json events) {
    return {{"set_events", {{"engine", engine}, {"events", std::move(events)}}}};
}

Json engine_step(const char* verb, std::string_view engine) {
    return {{verb, {{"engine", engine}}}};
}

Json task_step(const char* verb, std::string_view task) { return {{verb, {{"task", task}}}}; }

Json kill_step(const char* verb, std::string_view task, std::string_view signal) {
    return {{verb, {{"task", task}, {"signal", signal}}}};
}

Json rest() { return {{"await", {{"idle", true}}}}; }

Json until_stopped(std::string_view task) {
    return {{"await", {{"task", task}, {"state", "TRACED"}}}};
}

}  // namespace

/// The engine, there from the start, about the first task, with these events in its mask.
Json& WideMaker::engine_at(std::size_t index, std::initializer_list<std::string_view> events) {
    Json& list = tree_["engines"];
    while (list.size() <= index) {
        list.push_back(engine(++engine_count_));
    }
    Json& engine = list[index];
    const std::string name = engine["name"];
    if (engine.contains("kind")) engine = Json{{"name", name}};
    engine["on"] = "t1";
    engine.erase("attach");
    Json& mask = engine["events"];
    if (!mask.is_array()) mask = Json::array();
    for (const std::string_view event : events) {
        bool there = false;
        for (const Json& item : mask) there = there || item == event;
        if (!there) mask.push_back(event);
    }
    return engine;
}

/// In front of what else the engine answers to it.
void WideMaker::ask(std::size_t engine, std::string_view callback, Json answer) {
    Json& queue = tree_["engines"][engine]["answers"][std::string(callback)];
    if (!queue.is_array()) queue = Json::array();
    queue.insert(queue.begin(), std::move(answer));
}

/// Only if the first task runs abstract operations.
void WideMaker::program_begins(std::initializer_list<Json> ops) {
    Json& task = tree_["tasks"][0];
    if (!task.contains("program")) return;
    Json& program = task["program"];
    auto at = program.begin() + 1;
    for (const Json& one : ops) at = program.insert(at, one) + 1;
}

void WideMaker::real_code_begins(std::vector<std::string> lines) {
    Json& task = tree_["tasks"][0];
    if (!task.contains("asm")) return;
    Json& code = task["asm"];
    auto at = code.begin() + 1;
    for (std::string& line : lines) at = code.insert(at, std::move(line)) + 1;
}

void WideMaker::controller_begins(std::size_t index, std::initializer_list<Json> steps) {
    Json& list = tree_["controllers"];
    while (list.size() <= index) list.push_back(controller(++controller_count_));
    Json& all = list[index]["steps"];
    auto at = all.begin();
    for (const Json& one : steps) at = all.insert(at, one) + 1;
}

void WideMaker::meet(std::string_view meeting) {
    const auto one_of = [&](std::initializer_list<const char*> words) {
        return std::string(words.begin()[below(static_cast<std::uint32_t>(words.size()))]);
    };
    if (meeting == "vfork") {
        engine_at(0, {"QUIESCE", "CLONE"});
        engine_at(1, {one_of({"QUIESCE", "CLONE", "SYSCALL_EXIT"}), "CLONE"});
        Json clone = op("clone");
        clone["child"] = "child";
        clone["flags"] = Json::array({"VM", "VFORK"});
        program_begins({std::move(clone), op("compute")});
        ask(0, "clone", one_of({"STOP", "STOP", "INTERRUPT", "REPORT"}));
        ask(1, "clone", answer("clone"));
        controller_begins(0, {rest(), control_step("e1", one_of({"RESUME", "DETACH", "REPORT"}))});
    } else if (meeting == "detach-signal") {
        engine_at(0, {"QUIESCE", one_of({"SIGNAL_ALL", "SIGNAL"})});
        engine_at(1, {"QUIESCE", one_of({"SIGNAL", "SIGNAL_ALL", "JCTL"})});
        program_begins({tkill_op(one_of({"SIGUSR1", "SIGHUP", "SIGTRAP"})), op("compute")});
        ask(0, "signal", answer("signal"));
        controller_begins(0, {control_step("e1", one_of({"DETACH", "DETACH", "STOP"}))});
        if (below(2) != 0) controller_begins(1, {control_step("e2", "DETACH")});
    } else if (meeting == "changing-mask") {
        const std::string callback = one_of({"quiesce", "signal", "syscall_entry", "syscall_exit",
                                             "exit", "death", "exec", "clone"});
        const std::string event = callback == "quiesce"         ? "QUIESCE"
                                  : callback == "signal"        ? "SIGNAL"
                                  : callback == "syscall_entry" ? "SYSCALL_ENTRY"
                                  : callback == "syscall_exit"  ? "SYSCALL_EXIT"
                                  : callback == "exit"          ? "EXIT"
                                  : callback == "death"         ? "DEATH"
                                  : callback == "exec"          ? "EXEC"
                                                                : "CLONE";
        engine_at(0, {event, "QUIESCE"});
        engine_at(1, {event});
        const bool empty = below(4) == 0;
        Json mask = empty ? Json::array() : event_mask(chance("set_events.quiesce"));
        Json change{{"return", draw("resume")}};
        change["do"] = Json::array({set_events_step(engine_name(), std::move(mask))});
        ask(below(2), callback, std::move(change));
        program_begins({call_op(), op("compute")});
    } else if (meeting == "exec-stop") {
        engine_at(0, {"QUIESCE", "EXEC"});
        program_begins({op("exec"), op("compute"), op("compute")});
        ask(0, "exec", one_of({"STOP", "INTERRUPT", "SINGLESTEP", "REPORT", "BLOCKSTEP"}));
        controller_begins(0, {control_step(engine_name(), one_of({"STOP", "SINGLESTEP", "REPORT"})),
                              control_step(engine_name(), one_of({"RESUME", "SINGLESTEP"}))});
    } else if (meeting == "stop-kill") {
        engine_at(0, {"QUIESCE", one_of({"EXIT", "DEATH", "SYSCALL_ENTRY", "EXIT"})});
        ask(0, one_of({"quiesce", "exit", "syscall_entry", "quiesce"}), "STOP");
        program_begins({call_op(), op("compute")});
        controller_begins(0, {control_step("e1", "STOP")});
        controller_begins(below(2), {kill_step(one_of({"kill", "tkill"}) == "kill" ? "kill" : "tkill",
                                               "t1", "SIGKILL")});
    } else if (meeting == "attach-death") {
        engine_at(0, {one_of({"DEATH", "REAP", "QUIESCE"})});
        engine_at(1, {one_of({"DEATH", "REAP", "QUIESCE"}), one_of({"EXIT", "REAP"})});
        tree_["engines"][1]["attach"] = "controller";
        tree_["tasks"][0]["parent"] = "c1";
        Json attach{{"attach", {{"engine", "e2"}, {"task", "t1"}}}};
        controller_begins(0, {task_step("reap", "t1")});
        if (below(2) != 0) controller_begins(0, {rest()});
        controller_begins(1, {std::move(attach), control_step(engine_name(), "DETACH")});
        if (below(2) != 0) {
            controller_begins(below(2), {set_events_step(
                                            engine_name(), Json::array({"QUIESCE", "REAP"}))});
        }
    } else if (meeting == "step-exit") {
        engine_at(0, {"QUIESCE", "SYSCALL_EXIT"});
        program_begins({call_op(), op("compute"), op("branch"), op("compute")});
        real_code_begins({"mov eax, 39", "syscall", "inc ebx"});
        ask(0, "syscall_exit", "STOP");
        const std::string step = one_of({"SINGLESTEP", "BLOCKSTEP"});
        controller_begins(0, {rest(), control_step("e1", step)});
        if (below(2) != 0) engine_at(1, {"QUIESCE", one_of({"SYSCALL_EXIT", "SIGNAL_CORE"})});
    } else if (meeting == "group-exit") {
        Json clone = op("clone");
        clone["child"] = "child";
        clone["flags"] = Json::array({"VM", "SIGHAND", "THREAD"});
        program_begins({std::move(clone), op("compute"), op(one_of({"exit_group", "exec", "compute"}))});
        engine_at(0, {"QUIESCE", "CLONE", one_of({"EXIT", "DEATH"})});
        engine_at(1, {one_of({"EXIT", "DEATH", "QUIESCE"})});
        tree_["engines"][1]["attach"] = "controller";
        Json attach{{"attach", {{"engine", "e2"}, {"task", "child"}}}};
        Json born{{"return", one_of({"RESUME", "STICKY"})}, {"do", Json::array({std::move(attach)})}};
        ask(0, "clone", std::move(born));
        controller_begins(0, {control_step(engine_name(), "STOP")});
    } else if (meeting == "examine") {
        Json& holder = engine_at(0, {"QUIESCE"});
        holder = Json{{"name", "e1"}, {"on", "t1"}, {"events", Json::array({"QUIESCE"})}};
        holder["default"] = {{"*", "STICKY"}};
        controller_begins(0, {control_step("e1", "STOP"), until_stopped("t1"),
                              engine_step("prepare_examine", "e1"),
                              engine_step("finish_examine", "e1"), control_step("e1", "RESUME")});
    } else if (meeting == "barrier-callback") {
        engine_at(0, {"QUIESCE", one_of({"SYSCALL_ENTRY", "SYSCALL_EXIT", "EXIT", "DEATH"})});
        program_begins({call_op(), op("compute")});
        const bool leaves = below(2) != 0;
        controller_begins(0, {leaves ? control_step("e1", "DETACH")
                                     : set_events_step("e1", Json::array()),
                              engine_step("barrier", "e1")});
    } else if (meeting == "two-answers") {
        const bool entry = below(2) != 0;
        engine_at(0, {entry ? "SYSCALL_ENTRY" : "SIGNAL_ALL"});
        engine_at(1, {one_of({"QUIESCE", "SIGNAL_ALL"}), entry ? "SYSCALL_ENTRY" : "SIGNAL"});
        program_begins({entry ? call_op() : tkill_op("SIGUSR1"), op("compute")});
        const std::string callback = entry ? "syscall_entry" : "signal:SIGUSR1";
        ask(0, callback, answer_word(callback, draw("resume")));
        ask(1, callback, answer_word(callback, draw("resume")));
    } else if (meeting == "requests") {
        engine_at(0, {"QUIESCE"});
        engine_at(1, {"QUIESCE", one_of({"SYSCALL_EXIT", "SIGNAL", "SYSCALL_ENTRY"})});
        program_begins({call_op(), op("compute")});
        controller_begins(0, {control_step("e1", draw("resume"))});
        controller_begins(1, {control_step("e2", draw("resume"))});
    } else if (meeting == "job-control") {
        engine_at(0, {"QUIESCE", one_of({"JCTL", "SIGNAL_STOP", "SIGNAL"})});
        program_begins({tkill_op(one_of({"SIGSTOP", "SIGTSTP"})), op("compute")});
        ask(0, one_of({"jctl", "quiesce", "signal"}), one_of({"STOP", "STICKY", "REPORT"}));
        controller_begins(0, {rest(), control_step("e1", draw("resume")),
                              kill_step("kill", "t1", "SIGCONT")});
    } else if (meeting == "handler-step") {
        Json& task = tree_["tasks"][0];
        if (!task.contains("handlers")) task["handlers"] = handlers(task.contains("asm"));
        engine_at(0, {"QUIESCE", "SIGNAL"});
        program_begins({tkill_op("SIGUSR1"), op("compute")});
        ask(0, "signal:SIGUSR1", Json::array({one_of({"SINGLESTEP", "BLOCKSTEP", "STOP"}), "DELIVER"}));
        ask(0, "signal:HANDLER", Json::array({one_of({"SINGLESTEP", "STOP", "RESUME"}), "IGN"}));
    } else if (meeting == "own-step") {
        engine_at(0, {"QUIESCE", "SIGNAL_ALL"});
        real_code_begins({"pushfq", "or qword ptr [rsp], 256", "popfq", "inc ebx", "nop"});
        ask(0, "signal:SIGTRAP", Json::array({one_of({"SINGLESTEP", "BLOCKSTEP", "RESUME"}), "IGN"}));
        controller_begins(0, {control_step("e1", one_of({"SINGLESTEP", "BLOCKSTEP", "REPORT"}))});
    }
}

}  // namespace utsim
