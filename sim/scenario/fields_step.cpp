// SPDX-License-Identifier: MIT
// The steps of controllers, and of engines inside a callback.
#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

namespace {

/// The parameters of every verb; both kinds of step refer to them.
struct Verbs {
    FieldTable& t;
    std::vector<Field> fields;

    void add(std::string verb, std::string about, std::vector<Field> parameters) {
        Type& type = t.add_object("step:" + verb, about);
        for (Field& field : parameters) type.fields.push_back(std::move(field));
        add_simple(std::move(verb), &type, std::move(about));
    }
    void add_simple(std::string verb, const Type* type, std::string about) {
        fields.push_back({std::move(verb), type, std::move(about), "", false, true});
    }

    Field engine() const { return {"engine", t.name, "The engine.", "", true}; }
    Field task() const { return {"task", t.name, "The task.", "", true}; }
    Field by_pid() const {
        return {"pid", t.yes_no, "Use the form of the call that takes a pid.", "false"};
    }
};

void add_api_verbs(Verbs& v) {
    FieldTable& t = v.t;
    const Type* ops = t.add_words("ops", {"own", "NULL", "DETACHED"});
    v.add("attach", "utrace_attach_task, to create an engine.",
          {v.engine(),
           {"task", t.name, "The task.", "the engine's `on`"},
           {"flags", t.attach_flags, "CREATE, EXCLUSIVE, MATCH_OPS, MATCH_DATA.", "CREATE"},
           {"ops", ops, "Another callback table than its own, to provoke an error.", "own"},
           {"data", t.number, "The engine's data.", "the engine's `data`"},
           v.by_pid()});
    v.add("lookup", "utrace_attach_task without CREATE: finds an engine.",
          {v.task(),
           {"engine", t.name, "Whose table and data are matched.", "nobody's"},
           {"flags", t.attach_flags, "MATCH_OPS, MATCH_DATA.", "none"},
           {"data", t.number, "Other data to match.", "the engine's"},
           v.by_pid()});
    v.add("set_events", "utrace_set_events.",
          {v.engine(), {"events", t.events, "The new mask.", "", true}, v.by_pid()});
    v.add("control", "utrace_control.",
          {v.engine(),
           {"action", t.action, "The resume action, or a number.", "", true},
           v.by_pid()});
    v.add("detach", "utrace_control with UTRACE_DETACH.", {v.engine(), v.by_pid()});
    v.add("barrier", "utrace_barrier.", {v.engine(), v.by_pid()});
    v.add("prepare_examine", "utrace_prepare_examine.", {v.engine()});
    v.add("finish_examine", "utrace_finish_examine.", {v.engine()});
    v.add("get", "utrace_engine_get: takes another reference.", {v.engine()});
    v.add("put", "utrace_engine_put: gives a reference back.", {v.engine()});
}

void add_world_verbs(Verbs& v) {
    FieldTable& t = v.t;
    const Field signal{"signal", t.signal, "The signal.", "", true};
    v.add("kill", "Sends a signal to the process of a task.", {v.task(), signal});
    v.add("tkill", "Sends a signal to one thread.", {v.task(), signal});
    v.add("wake", "Completes the task's `read` or `usleep`, or lets the next return at once.",
          {v.task()});
    v.add("spurious_wake", "Wakes the task for no reason if it sleeps in one of the states.",
          {v.task(), {"states", t.task_states, "The states.", "", true}});
    v.add("page_out",
          "Sends every page of the task's memory away; each must be read in before it is used "
          "again, which takes time. For tasks that run real code.",
          {v.task()});
    v.add("reap", "Collects the zombie, as wait4 of its parent does.", {v.task()});
    std::vector<Field> registers{v.task()};
    for (const NamedValue& name : register_names()) {
        const Type* holds = name.name == "rip" ? t.code_address : t.number;
        registers.push_back({std::string(name.name), holds, "Its value.", "not touched"});
    }
    v.add("set_regs", "Writes user registers of a task that holds still.", registers);
    v.add("check_regs", "Compares user registers of a task.", std::move(registers));
    v.add("state", "A look at the task, for the trace.", {v.task()});
    v.add_simple("release", t.name, "Releases a flag that callbacks or controllers wait for.");
    v.add_simple("say", t.text, "Writes a line into the trace.");
}

void add_await(Verbs& v) {
    FieldTable& t = v.t;
    Type& await = t.add_object("step:await", "Waits until something is so. Exactly one of them.");
    await.alternatives = Alternatives::exactly_one;
    await.fields.push_back({"task", t.name, "For `state` and `exit_state`: which task.", "none"});
    await.fields.push_back({"engine", t.name, "For `calls`: which engine.", "none"});
    const std::vector<Field> kinds = {
        {"state", t.task_states, "The task is in this state, or one of these.", ""},
        {"exit_state", t.exit_state, "The task's exit state is this.", ""},
        {"calls", t.add_integer(1, INT32_MAX), "The engine has been called back this often.", ""},
        {"flag", t.name, "Somebody has released the flag.", ""},
        {"ticks", t.add_integer(1, 1'000'000'000), "So much virtual time has passed.", ""},
        {"idle", t.yes_no, "Nobody else can run (with true).", ""},
    };
    for (Field field : kinds) {
        field.alternative = true;
        await.fields.push_back(std::move(field));
    }
    v.add_simple("await", &await, "Waits until something is so.");
}

const Type* step_type(FieldTable& t, const Verbs& verbs, const Type* expect, std::string name,
                      std::string about) {
    Type& step = t.add_object(std::move(name), std::move(about));
    step.alternatives = Alternatives::exactly_one;
    step.fields.push_back({"expect", expect,
                           "What the call must return: a number, an errno, an engine's name, or "
                           "NOENG, NOTASK, NOREF, FREED, NOTZOMBIE when no call could be made.",
                           "anything will do"});
    step.fields.insert(step.fields.end(), verbs.fields.begin(), verbs.fields.end());
    return &step;
}

}  // namespace

void add_step_types(FieldTable& t) {
    Type& answer = t.add(Shape::text);
    answer.form = "an errno like \"-EINPROGRESS\" or a name";
    answer.max = 40;
    answer.pattern = "^(-E[A-Z0-9_]{1,30}|[A-Za-z_][A-Za-z0-9_.-]{0,30})$";
    answer.accepts = [](std::string_view text) {
        if (!text.starts_with("-E")) return is_name(text);
        if (text.size() < 3 || text.size() > 32) return false;
        for (const char c : text.substr(2)) {
            if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_') return false;
        }
        return true;
    };
    const Type* expect = t.add_either({t.integer, &answer});
    Verbs verbs{t, {}};
    add_api_verbs(verbs);
    add_world_verbs(verbs);
    t.callback_steps =
        t.add_list(step_type(t, verbs, expect, "callback step",
                             "One thing that a scripted engine does inside a callback."),
                   0, 1000);
    add_await(verbs);
    t.controller_step =
        step_type(t, verbs, expect, "step", "One thing that a controller does, with its `expect`.");
}

}  // namespace utsim
