// SPDX-License-Identifier: MIT
// One row for each form. What the rows say is checked against what is really printed by the test
// `output`, and the schemas that come out of them are in docs/schema.
#include "cli/output_forms.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "cli/form.hpp"
#include "cli/output_forms_check.hpp"

namespace utsim::cli {

namespace {

using namespace form;

// --- run, replay, explore ----------------------------------------------------------------------

Json missing_breach() {
    return object({{"clause", text()}, {"line", number()}, {"column", number()}},
                  "A clause that the scenario expects to be broken, and that was not.");
}

void add_judgement(Members& members) {
    members.push_back({"expectations", list(named("expectation"))});
    members.push_back({"contract", list(named("breach"))});
    members.push_back({"missing_breaches", list(missing_breach())});
}

Members run() {
    // Of a file that was rejected there is nothing more to say than that.
    const Json rejected = object({{"file", text()}, {"result", word({"rejected"})}});
    Members ran{{"file", text("as the user spelt it")},
                {"name", text()},
                {"semantics", text("under which it ran")},
                {"result", word({"ok", "failed", "vacuous", "interrupted"})},
                {"end", text("quiet, deadlock and so on: docs/trace.md")},
                perhaps("end_detail", text()),
                {"steps", number()},
                {"instructions", number()},
                {"schedule", text("that gives this run again")},
                {"fingerprint", text()}};
    add_judgement(ran);
    ran.push_back(perhaps("reproduce", text("the command that shows a failure again")));
    return {{"scenarios", list(Json{{"oneOf", {object(ran), rejected}}})},
            {"ok", number("how many of the scenarios")},
            {"failed", number()},
            {"vacuous", number()},
            {"rejected", number()},
            perhaps("interrupted", number("there when Ctrl-C ended a run; no other one follows"))};
}

Member breaches_if_judged() {
    return perhaps("contract", list(named("breach"), "there when --contract asked for it"));
}

Json waiting() {
    return list(object({{"who", text()}, {"for", text("and where in the kernel")}}),
                "there when nobody could go on");
}

Members exec() {
    return {{"program", texts("and its arguments")},
            {"result", word({"exited", "killed", "hangs", "unfinished"})},
            perhaps("status", number("as a shell tells it; not there when it did not end")),
            perhaps("signal", text("that killed it")),
            {"stdout", text("what was written there, by whomever")},
            {"stderr", text()},
            {"end", text("of the run: quiet, limit and so on: docs/trace.md")},
            perhaps("end_detail", text("which limit")),
            perhaps("waits", waiting()),
            {"steps", number()},
            {"instructions", number()},
            {"schedule", text("that gives this run again")},
            breaches_if_judged(),
            perhaps("trace", text("the file that was written")),
            {"reproduce", text("the command that runs it so again, with the same standard input")}};
}

Members exec_orders() {
    const Json outcome = object(
        {perhaps("status", number("not there when it did not end")),
         {"orders", number("that came to it")},
         {"output", text("all that was written, in order")},
         perhaps("differs", text("where the output parts from that of the first")),
         {"end", text("of the run")},
         perhaps("end_detail", text()),
         perhaps("waits", waiting()),
         {"schedule", text("that gives it again; empty when nobody is preempted")},
         {"switches", number("of actors, in that schedule")},
         {"reproduce", text("the command that shows it again, with the same standard input")}});
    return {{"program", texts("and its arguments")},
            {"orders", number("in which it ran")},
            perhaps("met", truth("whether --until was")),
            {"interrupted", truth()},
            {"outcomes", list(outcome, "the most frequent first; with --until, the one met")}};
}

Members replay() {
    Members members{
        {"scenario", text()},    {"semantics", text()},
        {"end", text()},         perhaps("end_detail", text()),
        {"steps", number()},     {"schedule", text()},
        {"fingerprint", text()}, {"held", truth("whether everything that is expected held")}};
    add_judgement(members);
    members.push_back(perhaps("reproduce", text("the command that shows a failure again")));
    members.push_back({"events", list(named("event"))});
    return members;
}

/// Its members follow from the structs, and so do theirs.
Members state() {
    return {{"scenario", text()},
            {"semantics", text()},
            {"step", number("after which it is so")},
            perhaps("part", text("there when not all of it was asked for")),
            {"state", Json{{"description",
                            "an object for each struct, an array for each list, a "
                            "word for each number that has one; null is nobody"}}}};
}

Members state_changes_form() {
    const Json change = object({{"path", text("names with dots between them")},
                                perhaps("before", text("not there when it is new")),
                                perhaps("after", text("not there when it is gone"))});
    return {{"scenario", text()},
            {"semantics", text()},
            {"from", number("step after which it is as before")},
            {"to", number("step after which it is as after")},
            {"changes", list(change)}};
}

Members report_form() {
    return {{"scenario", text()},
            perhaps("findings", number("promises that are broken in it; not of two runs")),
            {"files", list(object({{"file", text()}, {"bytes", number()}}))}};
}

Members replay_trace() {
    return {{"scenario", text()},
            {"same", truth()},
            {"lines", number("that were compared and are the same")},
            perhaps("cut_off", truth("there when the trace has no last line, or was interrupted")),
            perhaps("interrupted", truth("there when Ctrl-C ended the comparison")),
            perhaps("line", number("the first that differs")),
            perhaps("column", number("where that line differs first, from 1")),
            perhaps("trace", text("that line as the trace has it; empty when the trace ends")),
            perhaps("run", text("and as the run made it; empty when the run ended")),
            perhaps("fingerprint", text("there when it is the same"))};
}

Members explore() {
    const Json finding = object({{"kind", text()},
                                 {"message", text()},
                                 perhaps("function", text("of a clause: where it was broken")),
                                 {"schedule", text("with the fewest switches that still fails")},
                                 {"steps", number()},
                                 {"original_schedule", text("with which it was found")},
                                 {"fingerprint", text()},
                                 {"times", number("how often the search met it")},
                                 perhaps("pointer", text("of the expectation")),
                                 perhaps("line", number()),
                                 perhaps("column", number()),
                                 {"reproduce", text()}});
    return {{"scenario", text()},
            {"semantics", text("under which it ran")},
            perhaps("faults", text("that could happen")),
            perhaps("at_most", number("of them in one run")),
            {"verdict", word({"held", "violated", "stopped"})},
            {"exhaustive", truth("whether everything within the bound was searched")},
            {"all_orders", truth("whether that is every order there is")},
            perhaps("complete_within", number("preemptions, within which nothing was left out")),
            perhaps("gap", text("why something was left out")),
            {"world_complete", truth("whether each state of the World was come to at least once, "
                                     "where all that monitors remember made too many")},
            {"interrupted", truth()},
            {"schedules", number()},
            {"samples", number("of these, sampled ones")},
            perhaps("different", number("of the samples: how many were not alike")),
            perhaps("pct", object({{"runs", number("samples that are PCT's")},
                                   {"depth", number("of the defects that the bound is about")},
                                   {"runs_of_depth", number("that looked for such")},
                                   {"bound", number("one of so many of these finds one")},
                                   {"actors", number()},
                                   {"choices", number("of a run, as it was expected")},
                                   {"longer", number("runs that had more")}})),
            {"states", number("different ones, in the largest round")},
            perhaps("states_expected", number("of a round that did not end: in all, as a guess")),
            {"transitions", number("from one of them to another, in that round")},
            {"cut", number("schedules that a limit of the scenario ended")},
            {"steps", number()},
            {"deepest", number("steps of the longest run")},
            perhaps("audit", object({{"compared", number("visits of a state, word by word")},
                                     {"mistaken", number("in which two states were taken for one")},
                                     {"least_states", number("that are different for certain")}})),
            {"not_kept", number("how often something else was met; 100 findings are kept")},
            {"allowed", list(object({{"clause", text("that `may_break` names")},
                                     {"times", number("how often it was broken")}}))},
            {"findings", list(finding)},
            perhaps("pages", text("the first of those that --report has written"))};
}

// --- diff --------------------------------------------------------------------------------------

Json diff_run() {
    const Json divergence =
        object({{"observer", text("who sees it: engine, program, tracer, kernel log")},
                {"name", text("of the observer")},
                {"kind", text()},
                {"before", texts("the last lines that are alike")},
                {"a", texts("what the first semantics shows")},
                {"b", texts()},
                {"meets", truth("whether they are alike again")},
                perhaps("meets_at", text("from this line on"))});
    const Json clause =
        object({{"clause", text()}, {"a", text()}, {"b", text()}, {"message", text()}});
    const Json part =
        object({{"name", text()}, {"a", number()}, {"b", number()}, {"units", number()}});
    return object({{"scenario", text()},
                   {"schedule", text()},
                   perhaps("comparable_until", number("the last step that both take alike")),
                   {"divergences", list(divergence)},
                   {"causes", texts("decision points that make the difference")},
                   {"clauses", list(clause, "whose verdict is not the same")},
                   {"end", object({{"a", text()}, {"b", text()}})},
                   {"cost", object({{"a", number()}, {"b", number()}, {"parts", list(part)}})},
                   perhaps("reproduce", text("the command that shows a difference again"))});
}

Members diff() {
    const Json kind = object({{"decisions", texts()},
                              {"kind", text()},
                              {"direct", truth("whether it shows between these two semantics")},
                              {"shows", list(text(), "the two between which it shows")},
                              {"count", number()},
                              perhaps("schedule", text()),
                              perhaps("file", text("where the smallest example was left"))});
    const Json decision = object({{"name", text()},
                                  {"a", text()},
                                  {"b", text()},
                                  {"found", number("differences that it makes alone")},
                                  {"with_others", number()}});
    const Json report = object({{"a", text("the first semantics")},
                                {"b", text()},
                                {"differs", truth()},
                                {"scenarios", number()},
                                {"schedules", number()},
                                {"events", number()},
                                {"interrupted", truth()},
                                perhaps("out_of_time", truth("there when --budget ended it")),
                                {"runs", list(diff_run())},
                                {"classes", list(kind)},
                                {"decisions", list(decision)}});
    return {{"reports", list(report, "one for each file; one for all that was generated")},
            perhaps("pages", text("the first of those that --report has written"))};
}

// --- explain, coverage -------------------------------------------------------------------------

Members explain() {
    const Json reason = object({{"text", text()}, {"clauses", texts()}, {"decisions", texts()}});
    const Json line = object(
        {{"step", number()}, {"actor", text()}, {"text", text()}, {"reasons", list(reason)}});
    return {{"scenario", text()}, {"semantics", text()}, {"lines", list(line)}};
}

Members coverage() {
    const Json clause = object({{"clause", text()},
                                {"binds", text("whom")},
                                {"state", word({"held", "broken", "missed", "undecidable"})},
                                perhaps("reason", text("why no trace can decide it")),
                                perhaps("chances", number("to be broken")),
                                perhaps("runs", number("that gave it a chance")),
                                perhaps("broken_runs", number()),
                                perhaps("first", text("scenario that gave it a chance")),
                                perhaps("template", text("that would give it one"))});
    return {{"runs", number()},      {"clauses", list(clause)}, {"monitored", number()},
            {"exercised", number()}, {"missed", number()},      {"undecidable", number()}};
}

// --- the others --------------------------------------------------------------------------------

Members demo() {
    const Json engine = object({{"engine", text()}, {"told", text()}, {"asks", text()}});
    const Json trap = object({{"step", number()},
                              {"after", text("this instruction")},
                              {"branch", truth("whether it was a branch that was taken")},
                              {"at", text("address")},
                              {"engines", list(engine)}});
    const Json outcome = object({{"semantics", text()},
                                 {"sleeps_in_atomic", number()},
                                 {"instructions_before_trap", number()},
                                 {"callbacks_before_trap", number()}});
    return {{"scenario", text()},
            {"traps", list(trap)},
            {"by_control", list(outcome)},
            {"steps", number()},
            {"fingerprint", text()}};
}

Members validate() {
    const Json file = object({{"file", text()},
                              {"is", word({"scenario", "semantics", "trace", "file"})},
                              {"ok", truth()},
                              perhaps("digest", text("a trace's is its fingerprint"))});
    return {{"files", list(file)}};
}

Members semantics_list() {
    const Json preset =
        object({{"name", text()},
                {"date", text()},
                {"api", text()},
                {"recorded", truth("whether a kernel was recorded, or it is made up")},
                {"summary", text()}});
    const Json value =
        object({{"name", text()}, {"meaning", text()}, {"chosen_by", texts("presets")}});
    const Json point = object({{"name", text()},
                               {"group", text()},
                               {"question", text()},
                               {"source", text()},
                               {"values", list(value)}});
    return {{"presets", list(preset)}, {"decision_points", list(point)}};
}

Members semantics_show() {
    const Json choice = object({{"decision", text()},
                                {"value", text()},
                                {"meaning", text()},
                                {"F", text("what the final version chose")}});
    return {
        {"name", text()},          {"preset", text()},
        {"digest", text()},        perhaps("title", text()),
        {"choices", list(choice)}, perhaps("quirks", texts("old mistakes that it makes again"))};
}

Members semantics_diff() {
    const Json side = object({{"value", text()}, {"meaning", text()}});
    const Json difference = object({{"decision", text("or the id of a quirk")},
                                    {"question", text()},
                                    {"source", text()},
                                    {"first", side},
                                    {"second", side}});
    return {{"first", text()}, {"second", text()}, {"differences", list(difference)}};
}

Members assembly() {
    const Json line = object({{"line", number()},
                              {"address", number()},
                              {"bytes", text("hexadecimal")},
                              {"code", truth("or data")}});
    return {{"base", number()},
            {"bytes", text("hexadecimal")},
            {"labels", map(number())},
            {"lines", list(line)}};
}

Members one_command() {
    const Json option = object({{"name", text()},
                                perhaps("value", text()),
                                {"help", text()},
                                perhaps("choices", texts())});
    return {{"name", text()},
            {"summary", text()},
            {"synopsis", text()},
            {"text", text()},
            {"options", list(option)},
            {"examples", list(object({{"command", text()}, {"meaning", text()}}))}};
}

Members help() {
    const Json code = object({{"code", number()}, {"meaning", text()}});
    return {{"utsim", text("version")},
            {"commands", list(object(one_command()))},
            {"exit_codes", list(code)}};
}

Members new_file() { return {{"file", text()}, {"from", text("template")}}; }
Members templates() { return {{"templates", list(object({{"name", text()}, {"title", text()}}))}}; }
Members completion() { return {{"shell", text()}, {"script", text()}}; }
Members one_version() { return {{"utsim", text()}}; }
Members only_errors() { return {}; }

struct Row {
    OutputForm form;
    Members (*members)();
};

constexpr Row forms_table[] = {
    {{"demo", "demo"}, demo},
    {{"new", "new"}, new_file},
    {{"templates", "new --list"}, templates},
    {{"run", "run"}, run},
    {{"exec", "exec"}, exec},
    {{"exec-orders", "exec --explore, exec --until"}, exec_orders},
    {{"replay", "replay, of a scenario"}, replay},
    {{"replay-trace", "replay, of a trace"}, replay_trace},
    {{"state", "replay --at --state"}, state},
    {{"state-changes", "replay --state=A..B"}, state_changes_form},
    {{"report", "report"}, report_form},
    {{"explore", "explore"}, explore},
    {{"check", "check, merge"}, check_forms},
    {{"weights", "check --list-weights"}, weight_rows},
    {{"minimize", "minimize"}, minimized},
    {{"museum", "museum"}, museum},
    {{"museum-list", "museum --list"}, museum_list},
    {{"museum-show", "museum --show"}, museum_show},
    {{"diff", "diff"}, diff},
    {{"explain", "explain"}, explain},
    {{"coverage", "coverage"}, coverage},
    {{"validate", "validate"}, validate},
    {{"semantics-list", "semantics list"}, semantics_list},
    {{"semantics-show", "semantics show"}, semantics_show},
    {{"semantics-diff", "semantics diff"}, semantics_diff},
    {{"asm", "asm"}, assembly},
    {{"completion", "completion"}, completion},
    {{"help", "help"}, help},
    {{"command", "help COMMAND, COMMAND --help"}, one_command},
    {{"version", "version"}, one_version},
    {{"errors", "any, when there is nothing but mistakes"}, only_errors},
};

/// Definitions that are used, whatever refers to them.
Json used_definitions(const Json& schema) {
    Json used = Json::object();
    const Json all = definitions();
    const std::string body = schema.dump();
    for (const auto& [name, definition] : all.items()) {
        if (body.find("#/$defs/" + name + "\"") != std::string::npos) used[name] = definition;
    }
    return used;
}

std::string whole(std::string_view name, std::string_view about, const Json& body) {
    const std::string format = "utsim." + std::string(name) + "/1";
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"$id", "urn:utsim:" + std::string(name) + ":1"},
                {"title", format},
                {"description", about}};
    for (const auto& [key, value] : body.items()) schema[key] = value;
    schema["$defs"] = used_definitions(body);
    return dump(schema);
}

}  // namespace

std::span<const OutputForm> output_forms() {
    static const std::vector<OutputForm> forms = [] {
        std::vector<OutputForm> out;
        for (const Row& row : forms_table) out.push_back(row.form);
        return out;
    }();
    return forms;
}

std::string output_schema(std::string_view name) {
    if (name == "trace") return whole(name, "A line of a trace.", trace_line());
    const auto* row = std::find_if(std::begin(forms_table), std::end(forms_table),
                                   [&](const Row& one) { return one.form.name == name; });
    UTSIM_CHECK(row != std::end(forms_table), "a form that there is not");
    const std::string format = "utsim." + std::string(name) + "/1";
    Members members{{"format", Json{{"const", format}}}};
    for (Member& member : row->members()) members.push_back(std::move(member));
    members.push_back({"errors", list(named("error")), name == "errors"});
    return whole(name, "What --json prints: " + std::string(row->form.command) + ".",
                 object(std::move(members)));
}

}  // namespace utsim::cli
