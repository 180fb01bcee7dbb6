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
    const std::string_view op = draw({{"compute", 30},
                                      {"branch", 10},
                                      {"call", 26},
                                      {"read", 9},
                                      {"pause", 3},
                                      {"usleep", 1},
                                      {"kill", 10},
                                      {"fault", 2},
                                      {"trap", 3},
                                      {"clone", may_clone ? 18u : 0u},
                                      {"exec", 2},
                                      {"exit", 2},
                                      {"exit_group", 2},
                                      {"sigaction", 2},
                                      {"sigprocmask", 3}});
    if (op == "call") {
        member("op", "syscall");
        member("nr", draw({{"getpid", 3}, {"getppid", 1}, {"write", 1}}));
        member("ret", 1 + below(3));
    } else if (op == "kill") {
        member("op", chance(70) ? "tkill" : "kill");
        member("signal", signal());
        if (task_count_ > 1 && chance(40)) member("task", task_name());
    } else if (op == "clone") {
        member("op", "clone");
        member("child", has_second_child_ && chance(40) ? "child2" : "child");
        const std::uint32_t flags = below(10);
        if (flags < 3) {
            key("flags");
            put(R"(["VM","SIGHAND","THREAD"])");
        } else if (flags < 5) {
            key("flags");
            put(R"(["VM","VFORK"])");
        }
    } else if (op == "sigaction") {
        member("op", op);
        member("signal", "SIGUSR1");
        member("to", draw({{"DFL", 1}, {"IGN", 2}}));
    } else if (op == "sigprocmask") {
        member("op", op);
        member("how", draw({{"BLOCK", 1}, {"UNBLOCK", 1}}));
        key("set");
        put(R"(["SIGUSR1","SIGTRAP"])");
    } else {
        member("op", op);
        if ((op == "compute" || op == "branch") && chance(40)) member("count", 2 + below(2));
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
        if (signal == "SIGTRAP" && !chance(15)) continue;
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
    if (chance(45)) member("parent", "c" + std::to_string(1 + below(controller_count_)));
    program(2, 7, false);
    if (chance(45)) handlers();
    if (chance(5)) {
        key("ignored");
        put(R"(["SIGUSR1"])");
    }
    if (chance(6)) {
        key("blocked");
        put(R"(["SIGUSR1"])");
    }
    if (chance(8)) {
        key("autoreap");
        put("true");
    }
    if (chance(30)) {
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
    const auto maybe = [&](std::string_view name, std::uint32_t percent) {
        if (!chance(percent)) return;
        item();
        text(name);
    };
    maybe("QUIESCE", with_quiesce ? 100 : 0);
    maybe("SIGNAL_ALL", 30);
    maybe("SIGNAL_CORE", 12);
    maybe("SIGNAL", 10);
    maybe("SIGNAL_TERM", 6);
    maybe("SYSCALL_ENTRY", 32);
    maybe("SYSCALL_EXIT", 28);
    maybe("CLONE", has_child_ ? 45 : 3);
    maybe("EXEC", 7);
    maybe("EXIT", 12);
    maybe("DEATH", 18);
    maybe("REAP", 15);
    maybe("JCTL", 12);
    close(']');
}

void ScenarioMaker::answer_word(std::string_view callback, std::string_view resume) {
    const bool signal = callback.substr(0, 6) == "signal";
    if (!signal && callback.substr(0, 13) != "syscall_entry") {
        text(resume);
        return;
    }
    if (chance(signal ? 35 : 60)) {
        text(resume);
        return;
    }
    open('[');
    item();
    text(resume);
    item();
    if (signal) {
        text(
            draw({{"IGN", 8}, {"DELIVER", 5}, {"TERM", 1}, {"CORE", 1}, {"STOP", 2}, {"TSTP", 1}}));
        if (chance(7)) {
            item();
            text("HOLD");
        }
    } else {
        text(draw({{"RUN", 1}, {"ABORT", 1}}));
        if (chance(12)) {
            item();
            text("RESUMED");
        }
    }
    close(']');
}

void ScenarioMaker::changes(std::string_view callback) {
    if (callback.substr(0, 6) != "signal" || !chance(12)) return;
    key("set");
    open('{');
    if (chance(60)) {
        member("si_signo", draw({{"SIGUSR1", 3}, {"SIGTERM", 1}, {"SIGTRAP", 1}}));
    } else {
        member("handler", draw({{"DFL", 1}, {"IGN", 1}, {"HANDLER", 1}}));
    }
    close('}');
}

void ScenarioMaker::inner_steps() {
    key("do");
    open('[');
    const std::uint32_t count = 1 + (chance(30) ? 1 : 0);
    for (std::uint32_t i = 0; i < count; ++i) step(true);
    close(']');
}

void ScenarioMaker::answer(std::string_view callback) {
    const std::string_view resume = chance(35) ? std::string_view("STICKY") : resume_action();
    open('{');
    key("return");
    answer_word(callback, resume);
    if (!chance(blocks_ ? 45 : 22)) return close('}');
    changes(callback);
    if (blocks_ && chance(60)) member("block", "go");
    if (chance(55)) inner_steps();
    close('}');
}

void ScenarioMaker::answers() {
    const std::string_view callbacks[] = {
        "quiesce",       "signal",       "signal:REPORT", "signal:SIGTRAP", "signal:HANDLER",
        "syscall_entry", "syscall_exit", "clone",         "exec",           "exit",
        "death",         "jctl",         "reap"};
    const std::uint32_t shares[] = {35, 25, 10, 12, 8, 25, 25, has_child_ ? 40u : 2u,
                                    4,  10, 10, 8,  8};
    key("answers");
    open('{');
    for (std::size_t i = 0; i < std::size(callbacks); ++i) {
        if (!chance(shares[i])) continue;
        key(callbacks[i]);
        open('[');
        const std::uint32_t count = 1 + below(3);
        for (std::uint32_t n = 0; n < count; ++n) {
            item();
            answer(callbacks[i]);
        }
        close(']');
    }
    close('}');
}

void ScenarioMaker::engine(std::uint32_t index) {
    item();
    open('{');
    member("name", "e" + std::to_string(index));
    // Mostly about the same task, so that engines meet.
    if (task_count_ > 1) member("on", chance(65) ? std::string("t1") : task_name());
    if (chance(22))
        member("attach", "controller");
    else if (chance(40))
        member("then", resume_action());
    key("events");
    event_mask(chance(82));
    answers();
    key("default");
    open('{');
    if (chance(70)) {
        member("*", "STICKY");
    } else if (chance(50)) {
        member("*", draw({{"RESUME", 2}, {"SINGLESTEP", 3}, {"BLOCKSTEP", 1}, {"REPORT", 1}}));
    }
    // An engine that steps takes its traps away.
    if (chance(60)) {
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
