// SPDX-License-Identifier: MIT
// Steps of controllers and of callbacks. A pair of calls that belong together is drawn as a pair,
// by either of its words.
#include "explore/wide_maker.hpp"

namespace utsim {

namespace {

Draft one(std::string_view key, Draft value) {
    Draft out = Draft::object();
    out.set(std::string(key), std::move(value));
    return out;
}

/// Of a step, what stands for its whole.
bool is_pair(std::string_view verb) {
    return verb == "prepare_examine" || verb == "finish_examine" || verb == "get" || verb == "put";
}

}  // namespace

Draft WideMaker::control(std::string_view action) {
    Draft out{{"engine", engine_name()}};
    if (chance("control.number")) {
        out.set("action", 7);
    } else {
        out.set("action", action.empty() ? "REPORT" : action);
    }
    if (chance("control.pid")) out.set("pid", true);
    return one("control", std::move(out));
}

Draft WideMaker::await() {
    const std::string_view until = draw("await");
    if (until == "ticks") return one("await", {{"ticks", 1 + below(4)}});
    if (until == "flag" && blocks_) return one("await", {{"flag", "go"}});
    Draft out = Draft::object();
    if (until == "state") {
        out.set("task", task_name());
        out.set("state", Draft::list({draw("await-state"), "DEAD"}));
    } else if (until == "exit_state") {
        out.set("task", task_name());
        out.set("exit_state", "ZOMBIE");
    } else if (until == "calls") {
        out.set("engine", engine_name());
        out.set("calls", 1 + below(2));
    } else {
        out.set("idle", true);
    }
    return one("await", std::move(out));
}

Draft WideMaker::attach() {
    Draft out{{"engine", engine_name()}};
    out.set("task", has_child_ && chance("attach.child") ? "child" : any_task_name());
    if (chance("attach.flags")) out.set("flags", Draft::list({"CREATE", "EXCLUSIVE", "MATCH_OPS"}));
    if (chance("attach.wrong-table")) out.set("ops", below(2) != 0 ? "NULL" : "DETACHED");
    return out;
}

Draft WideMaker::registers(bool check) {
    Draft out{{"task", task_name()}};
    const std::uint32_t which = below(3);
    if (which == 0) out.set("rbx", below(8));
    if (which == 1) out.set("rax", check ? 0 : 1 + below(8));
    if (which == 2) out.set(check ? "rcx" : "rflags", check ? 0 : 514);
    return out;
}

/// What a call is about.
Draft WideMaker::arguments(std::string_view verb) {
    if (verb == "attach") return attach();
    if (verb == "set_regs" || verb == "check_regs") return registers(verb == "check_regs");
    Draft out = Draft::object();
    if (verb == "kill" || verb == "tkill") {
        out.set("task", any_task_name());
        out.set("signal", signal());
    } else if (verb == "lookup") {
        out.set("task", any_task_name());
        if (chance("lookup.engine")) out.set("engine", engine_name());
        out.set("flags", Draft::list({"MATCH_OPS"}));
        if (chance("lookup.data")) out["flags"].add("MATCH_DATA");
    } else if (verb == "wake" || verb == "reap" || verb == "state" || verb == "page_out") {
        out.set("task", verb == "page_out" ? real_task_ : any_task_name());
    } else if (verb == "spurious_wake") {
        out.set("task", task_name());
        out.set("states", below(2) != 0 ? "TRACED" : "INTERRUPTIBLE");
    } else {
        out.set("engine", engine_name());
        if (verb != "set_events") return out;
        if (chance("set_events.number")) {
            out.set("events", (1 << 14) | 1 | below(1 << 13));
        } else if (chance("set_events.nothing")) {
            out.set("events", Draft::list());
        } else {
            out.set("events", event_mask(chance("set_events.quiesce")));
        }
    }
    return out;
}

/// One step, or a list of steps that belong together.
Draft WideMaker::step(bool inside) {
    std::string_view verb;
    if (inside) {
        verb =
            has_child_ ? draw("inner", {"inner.attach"}) : draw("inner", {"inner.attach-newborn"});
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
    Draft arguments_of = arguments(verb);
    if (!is_pair(verb)) return one(verb, std::move(arguments_of));
    const bool examines = verb == "prepare_examine" || verb == "finish_examine";
    Draft out = Draft::list();
    out.add(one(examines ? "prepare_examine" : "get", arguments_of));
    if (below(2) != 0) out.add(one("state", {{"task", task_name()}}));
    out.add(one(examines ? "finish_examine" : "put", std::move(arguments_of)));
    return out;
}

void WideMaker::add_steps(Draft& list, Draft drawn) {
    if (!drawn.is_list()) return list.add(std::move(drawn));
    for (Draft& part : drawn) list.add(std::move(part));
}

Draft WideMaker::controller(std::uint32_t index) {
    const std::string_view word = draw("steps");
    const std::uint32_t count = word == "one"     ? 1
                                : word == "two"   ? 2
                                : word == "three" ? 3
                                : word == "four"  ? 4
                                : word == "five"  ? 5
                                                  : 6 + below(4);
    Draft steps = Draft::list();
    for (std::uint32_t i = 0; i < count; ++i) {
        add_steps(steps, step(false));
        if (chance("behind-step.idle")) steps.add({{"await", {{"idle", true}}}});
    }
    if (chance("behind-steps.reap")) steps.add({{"reap", {{"task", task_name()}}}});
    if (blocks_ && index == controller_count_) {
        const auto places = static_cast<std::uint32_t>(steps.size()) + 1;
        steps.insert(below(places), {{"release", "go"}});
    }
    return {{"name", "c" + std::to_string(index)}, {"steps", std::move(steps)}};
}

}  // namespace utsim
