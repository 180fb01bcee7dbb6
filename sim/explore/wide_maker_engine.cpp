// SPDX-License-Identifier: MIT
// Engines: a mask, and answers mostly to what is in the mask, since others are never asked for.
#include "explore/wide_maker.hpp"

namespace utsim {

namespace {

bool has(const Draft& events, std::string_view event) {
    if (!events.is_list()) return true;
    for (const Draft& item : events) {
        if (item == event) return true;
    }
    return false;
}

bool is_signal(std::string_view callback) { return callback.starts_with("signal"); }

/// A callback of somebody who is no more.
bool is_late(std::string_view callback) { return callback == "death" || callback == "reap"; }

}  // namespace

Draft WideMaker::event_mask(bool with_quiesce) {
    if (chance("event.number")) return Draft(1 | 1 << (6 + below(8)));
    Draft out = Draft::list();
    const auto add = [&](std::string_view name, bool is_in) {
        if (is_in) out.add(name);
    };
    add("QUIESCE", with_quiesce && chance("event.QUIESCE"));
    add("SIGNAL_ALL", chance("event.SIGNAL_ALL"));
    add("SIGNAL_CORE", chance("event.SIGNAL_CORE"));
    add("SIGNAL", chance("event.SIGNAL"));
    add("SIGNAL_TERM", chance("event.SIGNAL_TERM"));
    add("SIGNAL_IGN", chance("event.SIGNAL_IGN"));
    add("SIGNAL_STOP", chance("event.SIGNAL_STOP"));
    add("SYSCALL_ENTRY", chance("event.SYSCALL_ENTRY"));
    add("SYSCALL_EXIT", chance("event.SYSCALL_EXIT"));
    add("CLONE", has_child_ ? chance("event.CLONE") : chance("event.CLONE-childless"));
    add("EXEC", chance("event.EXEC"));
    add("EXIT", chance("event.EXIT"));
    add("DEATH", chance("event.DEATH"));
    add("REAP", chance("event.REAP"));
    add("JCTL", chance("event.JCTL"));
    return out;
}

// --- answers ---------------------------------------------------------------------------------

Draft WideMaker::answer_word(std::string_view callback, std::string_view resume) {
    const bool signal = is_signal(callback);
    if (!signal && !callback.starts_with("syscall_entry")) return resume;
    if (signal ? chance("answer.plain-signal") : chance("answer.plain-entry")) return resume;
    const std::string_view part = signal ? draw("signal-answer") : draw("entry-answer");
    if (part.empty()) return resume;
    Draft out = Draft::list({resume, part});
    if (signal && chance("answer.hold")) out.add("HOLD");
    if (!signal && chance("answer.resumed")) out.add("RESUMED");
    return out;
}

Draft WideMaker::changes(std::string_view callback) {
    Draft set = Draft::object();
    if (is_signal(callback) && chance("set.any")) {
        if (chance("set.signo")) {
            set.set("si_signo", draw("set-signo"));
        } else {
            set.set("handler", draw("set-handler"));
        }
    }
    if (chance("set.state")) set.set("state", 1);
    if (is_late(callback) || !chance("set.registers")) return set;
    const std::string_view reg = draw("set-register");
    const bool entry = callback == "syscall_entry";
    const bool call = entry || callback == "syscall_exit";
    if (reg == "code" && callback == "exit") set.set("code", 1 + below(4));
    if (reg == "nr" && entry) set.set("nr", "getppid");
    if (reg == "ax" && call) set.set("ax", 1 + below(4));
    if (reg == "rflags") set.set("rflags", 514);
    if (reg == "rbx") set.set("rbx", below(8));
    return set;
}

Draft WideMaker::inner_steps() {
    Draft out = Draft::list();
    const std::uint32_t count = chance("inner-steps.second") ? 2 : 1;
    for (std::uint32_t i = 0; i < count; ++i) {
        add_steps(out, step(true));
    }
    return out;
}

Draft WideMaker::answer(std::string_view callback) {
    std::string_view resume = draw("resume");
    if (chance("answer.sticky")) resume = "STICKY";
    if (chance("answer.keep")) resume = "KEEP";
    if (resume.empty()) resume = "RESUME";
    Draft word = answer_word(callback, resume);
    const bool more = blocks_ ? chance("answer.object-blocks") : chance("answer.object");
    Draft set = changes(callback);
    if (!more && set.empty()) return word;
    Draft out{{"return", std::move(word)}};
    if (!set.empty()) out.set("set", std::move(set));
    if (!more) return out;
    if (blocks_ && chance("answer.block")) out.set("block", "go");
    if (chance("answer.do")) out.set("do", inner_steps());
    return out;
}

Draft WideMaker::queue(std::string_view callback) {
    const std::string_view count = draw("answers");
    const std::uint32_t number = count == "three" ? 3 : count == "two" ? 2 : 1;
    Draft out = Draft::list();
    for (std::uint32_t i = 0; i < number; ++i) out.add(answer(callback));
    return out;
}

Draft WideMaker::answers(const Draft& events) {
    Draft out = Draft::object();
    const auto add = [&](const char* callback, bool is_there) {
        if (is_there) out.set(callback, queue(callback));
    };
    const bool quiesce = has(events, "QUIESCE");
    const bool signals = quiesce || has(events, "SIGNAL_ALL") || has(events, "SIGNAL") ||
                         has(events, "SIGNAL_CORE") || has(events, "SIGNAL_TERM");
    add("quiesce:0", quiesce && chance("callback.quiesce:0"));
    add("quiesce", quiesce && chance("callback.quiesce"));
    add("signal:REPORT", quiesce && chance("callback.signal:REPORT"));
    add("signal:HANDLER", quiesce && chance("callback.signal:HANDLER"));
    add("signal:SIGUSR1", signals && chance("callback.signal:SIGUSR1"));
    add("signal:SIGTRAP", signals && chance("callback.signal:SIGTRAP"));
    add("signal", signals && chance("callback.signal"));
    add("syscall_entry", has(events, "SYSCALL_ENTRY") && chance("callback.syscall_entry"));
    add("syscall_exit", has(events, "SYSCALL_EXIT") && chance("callback.syscall_exit"));
    add("clone", has(events, "CLONE") && chance("callback.clone"));
    add("exec", has(events, "EXEC") && chance("callback.exec"));
    add("exit", has(events, "EXIT") && chance("callback.exit"));
    add("death", has(events, "DEATH") && chance("callback.death"));
    add("jctl", has(events, "JCTL") && chance("callback.jctl"));
    add("reap", has(events, "REAP") && chance("callback.reap"));
    return out;
}

Draft WideMaker::rules() {
    constexpr const char* callbacks[] = {"*",
                                         "quiesce:0",
                                         "signal:SIGUSR1",
                                         "exit",
                                         "syscall_exit",
                                         "death",
                                         "syscall_entry:RESUMED"};
    const char* callback = callbacks[below(std::size(callbacks))];
    Draft when{{"callback", callback}};
    if (below(2) != 0) {
        when.set("nth", 1 + below(3));
    } else {
        when.set("state", below(2));
    }
    Draft rule{{"when", std::move(when)}};
    Draft word = answer(callback);
    if (word.is_object()) {
        for (Draft& part : word) rule.set(part.key(), part);
    } else {
        rule.set("return", std::move(word));
    }
    return Draft::list({std::move(rule)});
}

Draft WideMaker::defaults() {
    Draft out = Draft::object();
    if (chance("default.sticky")) {
        out.set("*", "STICKY");
    } else if (chance("default.other")) {
        out.set("*", draw("default"));
    }
    // An engine that steps takes its traps away.
    if (chance("default.takes-traps")) {
        out.set("signal:SIGTRAP", {{"return", Draft::list({"STICKY", "IGN"})}});
    }
    return out;
}

Draft WideMaker::engine(std::uint32_t index) {
    Draft out{{"name", "e" + std::to_string(index)}};
    const std::string_view kind = draw("kind");
    const bool scripted = kind.empty() || kind == "scripted";
    if (!scripted) out.set("kind", kind);
    // Mostly about the same task, so that engines meet.
    const bool first = task_count_ == 1 || chance("engine.first-task");
    out.set("on", first ? "t1" : task_name());
    if (chance("engine.late")) {
        out.set("attach", "controller");
    } else if (chance("engine.then")) {
        out.set("then", draw("resume"));
    }
    if (chance("engine.data")) out.set("data", 1);
    if (kind == "stepper") {
        out.set("config",
                {{"by", below(2) != 0 ? "block" : "instruction"}, {"count", 2 + below(3)}});
    } else if (kind == "guard") {
        Draft rule{{"nr", "getpid"}, {"verdict", "abort"}};
        out.set("config", {{"rules", Draft::list({std::move(rule)})}});
    }
    if (!scripted) return out;
    out.set("events", event_mask(chance("engine.quiesce")));
    if (chance("engine.lacks")) out.set("lacks", Draft::list({"release", "jctl", "exec"}));
    out.set("answers", answers(out["events"]));
    if (chance("engine.rules")) out.set("rules", rules());
    out.set("default", defaults());
    return out;
}

}  // namespace utsim
