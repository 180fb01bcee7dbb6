// SPDX-License-Identifier: MIT
// The parts of a random scenario that are not steps: tasks with their programs, engines with their
// answers.
#include "explore/scenario_maker.hpp"

namespace utsim {

// --- tasks -----------------------------------------------------------------------------------

void ScenarioMaker::operation(bool child) {
    item();
    open('{');
    const bool may_clone = has_child_ && !child;
    const std::string_view op = may_clone ? draw("op") : draw("op", {"op.clone"});
    if (op == "call") {
        member("op", "syscall");
        member("nr", draw("call"));
        member("ret", 1 + below(3));
    } else if (op == "kill") {
        member("op", chance("kill-op.thread") ? "tkill" : "kill");
        member("signal", signal());
        if (task_count_ > 1 && chance("kill-op.other")) member("task", task_name());
    } else if (op == "clone") {
        member("op", "clone");
        member("child", has_second_child_ && chance("clone-child.second") ? "child2" : "child");
        const std::string_view kind = draw("clone");
        if (kind == "thread") {
            key("flags");
            put(R"(["VM","SIGHAND","THREAD"])");
        } else if (kind == "vfork") {
            key("flags");
            put(R"(["VM","VFORK"])");
        }
    } else if (op == "sigaction") {
        member("op", op);
        member("signal", "SIGUSR1");
        member("to", draw("sigaction-to"));
    } else if (op == "sigprocmask") {
        member("op", op);
        member("how", draw("sigprocmask-how"));
        key("set");
        put(R"(["SIGUSR1","SIGTRAP"])");
    } else {
        member("op", op);
        if ((op == "compute" || op == "branch") && chance("op-count.many"))
            member("count", 2 + below(2));
    }
    close('}');
}

void ScenarioMaker::program(std::uint32_t least, std::uint32_t most, bool child) {
    key("program");
    open('[');
    const std::uint32_t count = least + below(most - least + 1);
    for (std::uint32_t i = 0; i < count; ++i) operation(child);
    close(']');
}

void ScenarioMaker::handlers() {
    key("handlers");
    open('{');
    for (const std::string_view signal : {"SIGUSR1", "SIGTRAP"}) {
        if (signal == "SIGTRAP" && !chance("handlers.trap")) continue;
        key(signal);
        open('{');
        program(1, 2, true);
        close('}');
    }
    close('}');
}

void ScenarioMaker::task(std::uint32_t index) {
    item();
    open('{');
    member("name", "t" + std::to_string(index));
    if (chance("task.parent")) member("parent", "c" + std::to_string(1 + below(controller_count_)));
    program(2, 7, false);
    if (chance("task.handlers")) handlers();
    if (chance("task.ignored")) {
        key("ignored");
        put(R"(["SIGUSR1"])");
    }
    if (chance("task.blocked")) {
        key("blocked");
        put(R"(["SIGUSR1"])");
    }
    if (chance("task.autoreap")) {
        key("autoreap");
        put("true");
    }
    if (chance("task.idle")) {
        key("idle_at_end");
        put("true");
    }
    close('}');
}

void ScenarioMaker::tasks() {
    key("tasks");
    open('[');
    for (std::uint32_t i = 1; i <= task_count_; ++i) task(i);
    close(']');
}

void ScenarioMaker::children() {
    key("children");
    open('[');
    for (const std::string_view name : {"child", "child2"}) {
        if (name == "child2" && !has_second_child_) continue;
        item();
        open('{');
        member("name", name);
        program(1, 4, true);
        close('}');
    }
    close(']');
}

// --- engines ---------------------------------------------------------------------------------

void ScenarioMaker::event_mask(bool with_quiesce) {
    open('[');
    const auto add = [&](std::string_view name, bool is_in) {
        if (!is_in) return;
        item();
        text(name);
    };
    add("QUIESCE", chance_if(with_quiesce, "event.QUIESCE"));
    add("SIGNAL_ALL", chance("event.SIGNAL_ALL"));
    add("SIGNAL_CORE", chance("event.SIGNAL_CORE"));
    add("SIGNAL", chance("event.SIGNAL"));
    add("SIGNAL_TERM", chance("event.SIGNAL_TERM"));
    add("SYSCALL_ENTRY", chance("event.SYSCALL_ENTRY"));
    add("SYSCALL_EXIT", chance("event.SYSCALL_EXIT"));
    add("CLONE", has_child_ ? chance("event.CLONE") : chance("event.CLONE-childless"));
    add("EXEC", chance("event.EXEC"));
    add("EXIT", chance("event.EXIT"));
    add("DEATH", chance("event.DEATH"));
    add("REAP", chance("event.REAP"));
    add("JCTL", chance("event.JCTL"));
    close(']');
}

void ScenarioMaker::answer_word(std::string_view callback, std::string_view resume) {
    const bool signal = callback.substr(0, 6) == "signal";
    if (!signal && callback.substr(0, 13) != "syscall_entry") {
        text(resume);
        return;
    }
    if (signal ? chance("answer.plain-signal") : chance("answer.plain-entry")) {
        text(resume);
        return;
    }
    open('[');
    item();
    text(resume);
    item();
    if (signal) {
        text(draw("signal-answer"));
        if (chance("answer.hold")) {
            item();
            text("HOLD");
        }
    } else {
        text(draw("entry-answer"));
        if (chance("answer.resumed")) {
            item();
            text("RESUMED");
        }
    }
    close(']');
}

void ScenarioMaker::changes(std::string_view callback) {
    if (callback.substr(0, 6) != "signal" || !chance("set.any")) return;
    key("set");
    open('{');
    if (chance("set.signo")) {
        member("si_signo", draw("set-signo"));
    } else {
        member("handler", draw("set-handler"));
    }
    close('}');
}

void ScenarioMaker::inner_steps() {
    key("do");
    open('[');
    const std::uint32_t count = 1 + (chance("inner-steps.second") ? 1 : 0);
    for (std::uint32_t i = 0; i < count; ++i) step(true);
    close(']');
}

void ScenarioMaker::answer(std::string_view callback) {
    const std::string_view resume =
        chance("answer.sticky") ? std::string_view("STICKY") : resume_action();
    open('{');
    key("return");
    answer_word(callback, resume);
    if (!(blocks_ ? chance("answer.object-blocks") : chance("answer.object"))) return close('}');
    changes(callback);
    if (blocks_ && chance("answer.block")) member("block", "go");
    if (chance("answer.do")) inner_steps();
    close('}');
}

void ScenarioMaker::answers() {
    key("answers");
    open('{');
    const auto queue = [&](std::string_view callback, bool is_there) {
        if (!is_there) return;
        key(callback);
        open('[');
        const std::uint32_t count = 1 + below(3);
        for (std::uint32_t n = 0; n < count; ++n) {
            item();
            answer(callback);
        }
        close(']');
    };
    queue("quiesce", chance("callback.quiesce"));
    queue("signal", chance("callback.signal"));
    queue("signal:REPORT", chance("callback.signal:REPORT"));
    queue("signal:SIGTRAP", chance("callback.signal:SIGTRAP"));
    queue("signal:HANDLER", chance("callback.signal:HANDLER"));
    queue("syscall_entry", chance("callback.syscall_entry"));
    queue("syscall_exit", chance("callback.syscall_exit"));
    queue("clone", has_child_ ? chance("callback.clone") : chance("callback.clone-childless"));
    queue("exec", chance("callback.exec"));
    queue("exit", chance("callback.exit"));
    queue("death", chance("callback.death"));
    queue("jctl", chance("callback.jctl"));
    queue("reap", chance("callback.reap"));
    close('}');
}

void ScenarioMaker::engine(std::uint32_t index) {
    item();
    open('{');
    member("name", "e" + std::to_string(index));
    // Mostly about the same task, so that engines meet.
    if (task_count_ > 1)
        member("on", chance("engine.first-task") ? std::string("t1") : task_name());
    if (chance("engine.late")) {
        member("attach", "controller");
    } else if (chance("engine.then")) {
        member("then", resume_action());
    }
    key("events");
    event_mask(chance("engine.quiesce"));
    answers();
    key("default");
    open('{');
    if (chance("default.sticky")) {
        member("*", "STICKY");
    } else if (chance("default.other")) {
        member("*", draw("default"));
    }
    // An engine that steps takes its traps away.
    if (chance("default.takes-traps")) {
        key("signal:SIGTRAP");
        put(R"({"return":["STICKY","IGN"]})");
    }
    close('}');
    close('}');
}

void ScenarioMaker::engines() {
    key("engines");
    open('[');
    for (std::uint32_t i = 1; i <= engine_count_; ++i) engine(i);
    close(']');
}

}  // namespace utsim
