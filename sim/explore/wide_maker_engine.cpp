// SPDX-License-Identifier: MIT
// Engines: a mask, and answers mostly to what is in the mask, since others are never asked for.
#include "explore/wide_maker.hpp"

namespace utsim {

using Json = WideMaker::Json;

namespace {

bool has(const Json& events, std::string_view event) {
    if (!events.is_array()) return true;
    for (const Json& item : events) {
        if (item == event) return true;
    }
    return false;
}

bool is_signal(std::string_view callback) { return callback.starts_with("signal"); }

/// A callback of somebody who is no more.
bool is_late(std::string_view callback) { return callback == "death" || callback == "reap"; }

}  // namespace

Json WideMaker::event_mask(bool with_quiesce) {
    if (chance("event.number")) return Json(1 | 1 << (6 + below(8)));
    Json out = Json::array();
    const auto add = [&](std::string_view name, bool is_in) {
        if (is_in) out.push_back(name);
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

Json WideMaker::answer_word(std::string_view callback, std::string_view resume) {
    const bool signal = is_signal(callback);
    if (!signal && !callback.starts_with("syscall_entry")) return resume;
    if (signal ? chance("answer.plain-signal") : chance("answer.plain-entry")) return resume;
    const std::string_view part = signal ? draw("signal-answer") : draw("entry-answer");
    if (part.empty()) return resume;
    Json out = Json::array({resume, part});
    if (signal && chance("answer.hold")) out.push_back("HOLD");
    if (!signal && chance("answer.resumed")) out.push_back("RESUMED");
    return out;
}

Json WideMaker::changes(std::string_view callback) {
    Json set = Json::object();
    if (is_signal(callback) && chance("set.any")) {
        if (chance("set.signo")) {
            set["si_signo"] = draw("set-signo");
        } else {
            set["handler"] = draw("set-handler");
        }
    }
    if (chance("set.state")) set["state"] = 1;
    if (is_late(callback) || !chance("set.registers")) return set;
    const std::string_view reg = draw("set-register");
    const bool entry = callback == "syscall_entry";
    const bool call = entry || callback == "syscall_exit";
    if (reg == "code" && callback == "exit") set["code"] = 1 + below(4);
    if (reg == "nr" && entry) set["nr"] = "getppid";
    if (reg == "ax" && call) set["ax"] = 1 + below(4);
    if (reg == "rflags") set["rflags"] = 514;
    if (reg == "rbx") set["rbx"] = below(8);
    return set;
}

Json WideMaker::inner_steps() {
    Json out = Json::array();
    const std::uint32_t count = chance("inner-steps.second") ? 2 : 1;
    for (std::uint32_t i = 0; i < count; ++i) {
        add_steps(out, step(true));
    }
    return out;
}

Json WideMaker::answer(std::string_view callback) {
    std::string_view resume = draw("resume");
    if (chance("answer.sticky")) resume = "STICKY";
    if (chance("answer.keep")) resume = "KEEP";
    if (resume.empty()) resume = "RESUME";
    Json word = answer_word(callback, resume);
    const bool more = blocks_ ? chance("answer.object-blocks") : chance("answer.object");
    Json set = changes(callback);
    if (!more && set.empty()) return word;
    Json out{{"return", std::move(word)}};
    if (!set.empty()) out["set"] = std::move(set);
    if (!more) return out;
    if (blocks_ && chance("answer.block")) out["block"] = "go";
    if (chance("answer.do")) out["do"] = inner_steps();
    return out;
}

Json WideMaker::queue(std::string_view callback) {
    const std::string_view count = draw("answers");
    const std::uint32_t number = count == "three" ? 3 : count == "two" ? 2 : 1;
    Json out = Json::array();
    for (std::uint32_t i = 0; i < number; ++i) out.push_back(answer(callback));
    return out;
}

Json WideMaker::answers(const Json& events) {
    Json out = Json::object();
    const auto add = [&](const char* callback, bool is_there) {
        if (is_there) out[callback] = queue(callback);
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

Json WideMaker::rules() {
    constexpr const char* callbacks[] = {"*",           "quiesce:0", "signal:SIGUSR1", "exit",
                                         "syscall_exit", "death",     "syscall_entry:RESUMED"};
    const char* callback = callbacks[below(std::size(callbacks))];
    Json when{{"callback", callback}};
    if (below(2) != 0) {
        when["nth"] = 1 + below(3);
    } else {
        when["state"] = below(2);
    }
    Json rule{{"when", std::move(when)}};
    Json word = answer(callback);
    if (word.is_object()) {
        rule.update(word);
    } else {
        rule["return"] = std::move(word);
    }
    return Json::array({std::move(rule)});
}

Json WideMaker::defaults() {
    Json out = Json::object();
    if (chance("default.sticky")) {
        out["*"] = "STICKY";
    } else if (chance("default.other")) {
        out["*"] = draw("default");
    }
    // An engine that steps takes its traps away.
    if (chance("default.takes-traps")) {
        out["signal:SIGTRAP"] = {{"return", Json::array({"STICKY", "IGN"})}};
    }
    return out;
}

Json WideMaker::engine(std::uint32_t index) {
    Json out{{"name", "e" + std::to_string(index)}};
    const std::string_view kind = draw("kind");
    const bool scripted = kind.empty() || kind == "scripted";
    if (!scripted) out["kind"] = kind;
    // Mostly about the same task, so that engines meet.
    const bool first = task_count_ == 1 || chance("engine.first-task");
    out["on"] = first ? "t1" : task_name();
    if (chance("engine.late")) {
        out["attach"] = "controller";
    } else if (chance("engine.then")) {
        out["then"] = draw("resume");
    }
    if (chance("engine.data")) out["data"] = 1;
    if (kind == "stepper") {
        out["config"] = {{"by", below(2) != 0 ? "block" : "instruction"}, {"count", 2 + below(3)}};
    } else if (kind == "guard") {
        Json rule{{"nr", "getpid"}, {"verdict", "abort"}};
        out["config"] = {{"rules", Json::array({std::move(rule)})}};
    }
    if (!scripted) return out;
    out["events"] = event_mask(chance("engine.quiesce"));
    if (chance("engine.lacks")) out["lacks"] = Json::array({"release", "jctl", "exec"});
    out["answers"] = answers(out["events"]);
    if (chance("engine.rules")) out["rules"] = rules();
    out["default"] = defaults();
    return out;
}

}  // namespace utsim
