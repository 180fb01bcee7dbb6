// SPDX-License-Identifier: MIT
// Engines: the scripted one with its answers, and the stock ones with their settings.
#include "scenario/fields_table.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

namespace {

/// What an answer and a rule have in common.
void add_answer_fields(FieldTable& t, Type& type) {
    Type& set = t.add(Shape::object, "set", "What a callback changes before it answers.");
    set.fields = {
        {"si_signo", t.signal, "`info->si_signo`; the rest of info is zeroed.", "untouched"},
        {"handler", t.add_words("handler", {"DFL", "IGN", "HANDLER"}, "SIG_"),
         "`return_ka`; HANDLER is the task's own action with its flags and mask.", "untouched"},
        {"nr", t.syscall, "The number of the system call (orig_ax).", "untouched"},
        {"ax", t.result, "The result of the system call (ax).", "untouched"},
        {"code", t.add_either({t.add_integer(0, 255), t.wait_status}),
         "`*code` of report_exit: an exit code, or how the task ends as traces show it.",
         "untouched"},
        {"state", t.count, "The engine's own state, for the rules.", "untouched"},
    };
    for (const NamedValue& name : register_names()) {
        const Type* holds = name.name == "rip" ? t.code_address : t.number;
        set.fields.push_back({std::string(name.name), holds, "A user register.", "untouched"});
    }
    t.in_reference.push_back(&set);
    type.fields.push_back({"return", t.callback_word,
                           "The answer: a resume action, or [resume action, signal or syscall "
                           "action, HOLD]. KEEP passes on the resume action it was given; STICKY "
                           "is STOP while this engine wants a stop, else RESUME. Without the "
                           "second part what it was given is passed on.",
                           "RESUME"});
    type.fields.push_back({"set", &set, "What it changes.", "nothing"});
    type.fields.push_back({"block", t.name,
                           "Waits inside the callback until this flag is released.",
                           "does not wait"});
    type.fields.push_back({"do", t.callback_steps,
                           "What it does inside the callback, after "
                           "`block`.",
                           "nothing"});
}

const Type* add_answer(FieldTable& t) {
    Type& answer = t.add_object("answer", "How a scripted engine answers one callback.");
    add_answer_fields(t, answer);
    const Type* word = t.add_words("answer",
                                   {"STOP", "INTERRUPT", "REPORT", "SINGLESTEP", "BLOCKSTEP",
                                    "RESUME", "DETACH", "KEEP", "STICKY"},
                                   "UTRACE_");
    // As in `return`: a list is one answer of several words, also inside a queue of answers.
    return t.add_either({word, t.callback_word->parts.back(), &answer});
}

const Type* add_rule(FieldTable& t) {
    Type& when = t.add_object("when", "Which callbacks a rule answers; all of it must fit.");
    when.fields.push_back({"callback", t.any_callback_key, "The callback, `*` for each.", "each"});
    when.fields.push_back({"nth", t.add_integer(1, INT32_MAX),
                           "Only the n-th one of those that fit the rest.", "every one"});
    when.fields.push_back({"state", t.count, "Only in this state of the engine.", "in each"});
    when.fields.push_back({"flag", t.name, "Only once this flag has been released.", "always"});
    Type& rule = t.add_object("rule", "An answer for the callbacks that fit `when`.");
    rule.fields.push_back({"when", &when, "Which callbacks.", "", true});
    add_answer_fields(t, rule);
    return &rule;
}

std::vector<Field> common_fields(FieldTable& t) {
    return {
        {"name", t.name, "What everything else calls it.", "", true},
        {"on", t.name, "The task it is meant for.", "the only task"},
        {"attach", t.add_words("attach", {"start", "controller"}),
         "`start`: attached, with its events set, before anything runs. `controller`: when a step "
         "says so.",
         "start"},
        {"then", t.action, "A utrace_control call right after the attach and `events`.",
         "none; REPORT for a stepper"},
        {"data", t.number, "The engine's `data`.", "a number of its own"},
    };
}

struct Kinds {
    FieldTable& t;
    Type& all;

    void add(std::string kind, std::string about, std::vector<Field> fields) {
        Type& type = t.add_object("engine:" + kind, std::move(about));
        for (Field& field : common_fields(t)) type.fields.push_back(std::move(field));
        for (Field& field : fields) type.fields.push_back(std::move(field));
        all.parts.push_back(&type);
        all.tag_values.push_back(std::move(kind));
    }
};

const Type* add_guard_config(FieldTable& t) {
    Type& rule = t.add_object("guard rule", "Fits a system call, perhaps by one argument.");
    rule.fields.push_back({"nr", t.syscall, "The call.", "", true});
    rule.fields.push_back({"arg", t.add_integer(0, 5), "Which argument must be in `in`.", "none"});
    rule.fields.push_back({"in", t.add_list(t.number, 1, 64), "The values that fit.", "any"});
    rule.fields.push_back({"verdict", t.add_words("verdict", {"allow", "abort"}),
                           "What becomes of the call.", "", true});
    Type& config = t.add_object("guard config",
                                "What a guard lets through; the first rule that "
                                "fits decides.");
    config.fields.push_back({"rules", t.add_list(&rule, 0, 64), "The rules.", "none"});
    config.fields.push_back({"otherwise", t.add_words("verdict", {"allow", "abort"}),
                             "What becomes of calls that no rule fits.", "allow"});
    config.fields.push_back({"revisit", t.yes_no,
                             "Answers REPORT, so that a call is judged again after a stop at its "
                             "entry.",
                             "true"});
    return &config;
}

const Type* add_stepper_config(FieldTable& t) {
    Type& config = t.add_object("stepper config", "How a stepper steps.");
    config.fields.push_back({"by", t.add_words("step", {"instruction", "block"}),
                             "UTRACE_SINGLESTEP or UTRACE_BLOCKSTEP.", "instruction"});
    config.fields.push_back({"count", t.count, "Steps to make; 0 is without end.", "0"});
    config.fields.push_back({"until", t.address, "Done when a step ends here.", "nowhere"});
    config.fields.push_back(
        {"finally", t.resume_word, "What it answers when it is done.", "RESUME"});
    return &config;
}

}  // namespace

void add_engine_types(FieldTable& t) {
    const Type* answer = add_answer(t);
    const Type* rule = add_rule(t);
    Type& engine = t.add(Shape::tagged, "engine kind");
    engine.tag = "kind";
    engine.tag_default = "scripted";
    Kinds kinds{t, engine};
    const Field events{"events", t.events,
                       "Its event mask, set right after it is attached, by whoever does.",
                       "what its kind needs"};
    kinds.add("scripted",
              "Answers as it is told. For each callback it looks at: the queue of "
              "`callback:sub`, the queue of `callback`, the rules in order, the "
              "defaults; then it answers RESUME.",
              {{"events", t.events,
                "Its event mask, set right after it is attached, by whoever does.", "none"},
               {"lacks", t.add_list(t.callback, 0, 11),
                "Callbacks that its table has no entry for.", "none"},
               {"answers", t.add_map(t.callback_key, t.add_list(answer, 0, 1000)),
                "Queues of answers, each used up from the front.", "none"},
               {"rules", t.add_list(rule, 0, 1000), "Answers by condition.", "none"},
               {"default", t.add_map(t.any_callback_key, answer),
                "What is answered when nothing else fits.", "RESUME"}});
    kinds.add("stepper", "Steps its target and counts the traps.",
              {events, {"config", add_stepper_config(t), "How.", "as many steps as there are"}});
    kinds.add("syscall-log", "Notes every system call of its target in the trace.", {events});
    kinds.add("guard", "Lets system calls through or aborts them.",
              {events, {"config", add_guard_config(t), "Which.", "all pass"}});
    kinds.add("external", "Written in C++ by the program that runs the scenario.", {events});
    t.engine = &engine;
}

}  // namespace utsim
