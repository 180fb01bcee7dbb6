// SPDX-License-Identifier: MIT
// Steps of controllers and of callbacks. A pair of calls that belong together is drawn as a pair,
// by either of its words.
#include "explore/wide_maker.hpp"

namespace utsim {

using Json = WideMaker::Json;

namespace {

Json one(std::string_view key, Json value) {
    Json out = Json::object();
    out[std::string(key)] = std::move(value);
    return out;
}

/// Of a step, what stands for its whole.
bool is_pair(std::string_view verb) {
    return verb == "prepare_examine" || verb == "finish_examine" || verb == "get" || verb == "put";
}

}  // namespace

Json WideMaker::control(std::string_view action) {
    Json out{{"engine", engine_name()}};
    if (chance("control.number")) {
        out["action"] = 7;
    } else {
        out["action"] = action.empty() ? "REPORT" : action;
    }
    if (chance("control.pid")) out["pid"] = true;
    return one("control", std::move(out));
}

Json WideMaker::await() {
    const std::string_view until = draw("await");
    if (until == "ticks") return one("await", {{"ticks", 1 + below(4)}});
    if (until == "flag" && blocks_) return one("await", {{"flag", "go"}});
    Json out = Json::object();
    if (until == "state") {
        out["task"] = task_name();
        out["state"] = Json::array({draw("await-state"), "DEAD"});
    } else if (until == "exit_state") {
        out["task"] = task_name();
        out["exit_state"] = "ZOMBIE";
    } else if (until == "calls") {
        out["engine"] = engine_name();
        out["calls"] = 1 + below(2);
    } else {
        out["idle"] = true;
    }
    return one("await", std::move(out));
}

Json WideMaker::attach() {
    Json out{{"engine", engine_name()}};
    out["task"] = has_child_ && chance("attach.child") ? "child" : any_task_name();
    if (chance("attach.flags")) out["flags"] = Json::array({"CREATE", "EXCLUSIVE", "MATCH_OPS"});
    if (chance("attach.wrong-table")) out["ops"] = below(2) != 0 ? "NULL" : "DETACHED";
    return out;
}

Json WideMaker::registers(bool check) {
    Json out{{"task", task_name()}};
    const std::uint32_t which = below(3);
    if (which == 0) out["rbx"] = below(8);
    if (which == 1) out["rax"] = check ? 0 : 1 + below(8);
    if (which == 2) out[check ? "rcx" : "rflags"] = check ? 0 : 514;
    return out;
}

/// What a call is about.
Json WideMaker::arguments(std::string_view verb) {
    if (verb == "attach") return attach();
    if (verb == "set_regs" || verb == "check_regs") return registers(verb == "check_regs");
    Json out = Json::object();
    if (verb == "kill" || verb == "tkill") {
        out["task"] = any_task_name();
        out["signal"] = signal();
    } else if (verb == "lookup") {
        out["task"] = any_task_name();
        if (chance("lookup.engine")) out["engine"] = engine_name();
        out["flags"] = Json::array({"MATCH_OPS"});
        if (chance("lookup.data")) out["flags"].push_back("MATCH_DATA");
    } else if (verb == "wake" || verb == "reap" || verb == "state" || verb == "page_out") {
        out["task"] = verb == "page_out" ? real_task_ : any_task_name();
    } else if (verb == "spurious_wake") {
        out["task"] = task_name();
        out["states"] = below(2) != 0 ? "TRACED" : "INTERRUPTIBLE";
    } else {
        out["engine"] = engine_name();
        if (verb != "set_events") return out;
        if (chance("set_events.number")) {
            out["events"] = (1 << 14) | 1 | below(1 << 13);
        } else if (chance("set_events.nothing")) {
            out["events"] = Json::array();
        } else {
            out["events"] = event_mask(chance("set_events.quiesce"));
        }
    }
    return out;
}

/// One step, or a list of steps that belong together.
Json WideMaker::step(bool inside) {
    std::string_view verb;
    if (inside) {
        verb = has_child_ ? draw("inner", {"inner.attach"}) : draw("inner", {"inner.attach-newborn"});
    } else {
        verb = has_child_ ? draw("step", {"step.attach"}) : draw("step", {"step.attach-newborn"});
    }
    if (verb == "attach-newborn") verb = "attach";
    if (verb.empty() || (verb == "release" && !blocks_)) verb = "state";
    if (verb == "page_out" && real_task_.empty()) verb = "state";
    if (verb == "control") return control(inside ? draw("inner-control") : draw("resume"));
    if (verb == "await") return await();
    if (verb == "release") return one("release", "go");
    if (verb == "say") return one("say", "here");
    Json arguments_of = arguments(verb);
    if (!is_pair(verb)) return one(verb, std::move(arguments_of));
    const bool examines = verb == "prepare_examine" || verb == "finish_examine";
    Json out = Json::array();
    out.push_back(one(examines ? "prepare_examine" : "get", arguments_of));
    if (below(2) != 0) out.push_back(one("state", {{"task", task_name()}}));
    out.push_back(one(examines ? "finish_examine" : "put", std::move(arguments_of)));
    return out;
}

void WideMaker::add_steps(Json& list, Json drawn) {
    if (!drawn.is_array()) return list.push_back(std::move(drawn));
    for (Json& part : drawn) list.push_back(std::move(part));
}

Json WideMaker::controller(std::uint32_t index) {
    const std::string_view word = draw("steps");
    const std::uint32_t count = word == "one"     ? 1
                                : word == "two"   ? 2
                                : word == "three" ? 3
                                : word == "four"  ? 4
                                : word == "five"  ? 5
                                                  : 6 + below(4);
    Json steps = Json::array();
    for (std::uint32_t i = 0; i < count; ++i) {
        add_steps(steps, step(false));
        if (chance("behind-step.idle")) steps.push_back({{"await", {{"idle", true}}}});
    }
    if (chance("behind-steps.reap")) steps.push_back({{"reap", {{"task", task_name()}}}});
    return {{"name", "c" + std::to_string(index)}, {"steps", std::move(steps)}};
}

}  // namespace utsim
