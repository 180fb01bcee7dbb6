// SPDX-License-Identifier: MIT
// Most words of the API are words of the table, so a focus on one of them is all rows that are
// called so. A clause stands in a topic, and each topic has its rows here.
#include "explore/generator_focus.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>

#include "base/suggest.hpp"
#include "contract/clause.hpp"
#include "explore/generator_weights.hpp"

namespace utsim {

namespace {

struct Topic {
    std::string_view title;  ///< of a group of clauses
    std::initializer_list<const char*> rows;
};

constexpr std::initializer_list<const char*> steps_of_machine = {
    "resume.SINGLESTEP",       "resume.BLOCKSTEP",  "inner-control.SINGLESTEP",
    "inner-control.BLOCKSTEP", "meeting.step-exit", "meeting.handler-step",
    "meeting.own-step",        "level.asm",         "default.SINGLESTEP"};
constexpr std::initializer_list<const char*> signals = {"event.SIGNAL_ALL",
                                                        "event.SIGNAL",
                                                        "op.kill",
                                                        "code.kill",
                                                        "callback.signal",
                                                        "step.tkill",
                                                        "callback.signal:SIGUSR1",
                                                        "task.handlers",
                                                        "meeting.detach-signal",
                                                        "meeting.handler-step"};
constexpr std::initializer_list<const char*> requests = {
    "resume.REPORT", "resume.INTERRUPT",        "resume.STOP",    "meeting.requests",
    "step.control",  "inner-control.INTERRUPT", "controllers.two"};
constexpr std::initializer_list<const char*> rounds = {
    "engines.three",         "callback.quiesce", "meeting.two-answers",
    "meeting.changing-mask", "answers.two",      "event.QUIESCE"};

constexpr Topic topics[] = {
    {"Attaching and engine handles",
     {"step.attach", "step.attach-newborn", "inner.attach", "inner.attach-newborn", "step.lookup",
      "engine.late", "attach.flags", "meeting.attach-death"}},
    {"References and lifetime",
     {"step.put", "step.get", "step.detach", "step.reap", "resume.DETACH", "event.REAP",
      "meeting.attach-death", "task.autoreap"}},
    {"System calls",
     {"event.SYSCALL_ENTRY", "event.SYSCALL_EXIT", "op.call", "code.call", "entry-answer.ABORT",
      "callback.syscall_entry", "callback.syscall_exit", "meeting.two-answers",
      "meeting.step-exit"}},
    {"Exit, death, and reaping",
     {"event.EXIT", "event.DEATH", "event.REAP", "callback.death", "callback.exit", "callback.reap",
      "step.reap", "task.parent", "meeting.attach-death", "meeting.group-exit", "op.exit_group"}},
    {"Stops and SIGKILL",
     {"resume.STOP", "inner-control.STOP", "signal.SIGKILL", "step.kill", "meeting.stop-kill",
      "meeting.job-control", "meeting.group-exit"}},
    {"utrace_set_events", {"step.set_events", "inner.set_events", "meeting.changing-mask"}},
    {"utrace_control: DETACH and STOP",
     {"resume.STOP", "resume.DETACH", "step.control", "step.detach", "inner-control.DETACH",
      "inner-control.STOP", "meeting.detach-signal"}},
    {"utrace_control: RESUME, REPORT, INTERRUPT", requests},
    {"utrace_control: steps", steps_of_machine},
    {"utrace_barrier", {"step.barrier", "inner.barrier", "meeting.barrier-callback"}},
    {"Examination", {"step.prepare_examine", "inner.prepare_examine", "meeting.examine"}},
    {"What the implementation says of itself", rounds},
    {"Hooks of the kernel", signals},
    {"Stepping by the machine", steps_of_machine},
    {"Rounds", rounds},
    {"Answers", rounds},
    {"report_quiesce", rounds},
    {"report_signal: what it is told", signals},
    {"report_signal: what its answers do", signals},
    {"report_clone, report_exec and report_jctl",
     {"op.clone", "op.exec", "event.CLONE", "event.EXEC", "event.JCTL", "scenario.child",
      "callback.clone", "meeting.vfork", "meeting.exec-stop", "meeting.job-control",
      "signal.SIGSTOP"}},
    {"Invariants: requests, locks, progress", requests},
    {"Invariants: events, arguments, steps", rounds},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

/// `utrace_control` is `control` in the table, `UTRACE_EVENT_EXEC` is `EXEC`, and so on.
std::string_view bare(std::string_view word) {
    for (const std::string_view prefix : {"utrace_event_", "utrace_signal_", "utrace_syscall_",
                                          "utrace_engine_", "utrace_", "report_"}) {
        if (word.size() <= prefix.size() || !same_word(word.substr(0, prefix.size()), prefix)) {
            continue;
        }
        return word.substr(prefix.size());
    }
    return word;
}

/// Calls whose steps have other names.
std::string_view as_in_table(std::string_view word) {
    if (same_word(word, "attach_task") || same_word(word, "attach_pid")) return "attach";
    if (same_word(word, "syscall")) return "call";
    return word;
}

void add_topic(std::string_view title, std::vector<std::size_t>& rows) {
    for (const Topic& topic : topics) {
        if (topic.title != title) continue;
        for (const char* name : topic.rows) rows.push_back(find_weight(name));
    }
}

Error unknown(std::string_view focus) {
    std::vector<std::string_view> words;
    for (const Clause* clause : all_clauses()) words.push_back(clause->id);
    for (const GeneratorRow& row : generator_rows) {
        words.push_back(row.name);
        words.push_back(word_of(row));
        words.push_back(group_of(row));
    }
    Error error;
    error.code = "E-GEN-001";
    error.message = "there is nothing called \"" + std::string(focus) + "\" to focus on";
    error.hint = did_you_mean(bare(focus), words);
    if (error.hint.empty()) {
        error.hint = "a clause, a call, an event, or a weight; docs/generate.md lists the weights";
    }
    return error;
}

}  // namespace

Result<std::vector<std::size_t>> rows_of_focus(std::string_view focus) {
    std::vector<std::size_t> rows;
    if (find_clause(focus) < all_clauses().size()) {
        for (const ClauseGroup& group : clause_groups()) {
            for (const Clause& clause : group.clauses) {
                if (clause.id == focus) add_topic(group.title, rows);
            }
        }
        return rows;
    }
    const std::string_view word = as_in_table(bare(focus));
    for (std::size_t i = 0; i < weight_count; ++i) {
        const GeneratorRow& row = generator_rows[i];
        if (row.check == not_asked) continue;
        const bool named = row.name == focus || same_word(group_of(row), word);
        const bool called = same_word(word_of(row), word) ||
                            (same_word(word, "attach") && word_of(row) == "attach-newborn");
        if (named || called) rows.push_back(i);
    }
    if (rows.empty()) return unknown(focus);
    return rows;
}

}  // namespace utsim
