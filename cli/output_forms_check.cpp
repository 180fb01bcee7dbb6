// SPDX-License-Identifier: MIT
// The forms of what `check`, `minimize` and `museum` print with --json.
#include "cli/output_forms_check.hpp"

namespace utsim::cli {

using namespace form;

namespace {

Json scenario_text() {
    return Json{{"type", "object"}, {"description", "the scenario, as a file has it"}};
}

}  // namespace

Members check_forms() {
    const Json finding = object({{"clause", text()},
                                 {"promise", text("the sentence of the contract")},
                                 {"message", text()},
                                 {"by", text("who broke it")},
                                 {"functions", texts("in which it is broken, and in whose midst "
                                                     "somebody else acted")},
                                 {"schedule", text("empty: nobody is preempted")},
                                 {"steps", number()},
                                 {"switches", number("of the schedule")},
                                 {"preemptions", number("of these, away from who could go on")},
                                 {"calls", number("of the API, in the run")},
                                 {"callbacks", number()},
                                 {"index", number("of the scenario that showed it first")},
                                 {"scenarios", number("that showed it")},
                                 {"broken_in", texts("recorded versions that break it here too")},
                                 {"story", texts("who did what")},
                                 perhaps("file", text("where it was left")),
                                 perhaps("reproduce", text()),
                                 {"scenario", scenario_text()}});
    const Json met = object({{"clause", text()},
                             {"promise", text("the sentence of the contract")},
                             {"function", text("in which it is broken")},
                             {"index", number("of a scenario that shows it")},
                             {"scenarios", number("that show it")}});
    const Json reached = object({{"id", text()}, {"what", text()}, {"reached", truth()}});
    return {
        {"semantics", text()},
        perhaps("kept_by", text("the semantics that keeps what is broken")),
        {"interrupted", truth()},
        {"out_of_time", truth()},
        {"scenarios", number()},
        {"runs", number()},
        {"deep", number("scenarios that were searched state by state")},
        {"states", number("of these")},
        {"kept", number("scenarios that showed something new")},
        {"unlawful", number("runs that were left out, as somebody broke a duty")},
        {"findings", list(finding)},
        perhaps("not_small", list(met, "found broken as well, and not made small")),
        perhaps("missing", number("blocks that are in no file")),
        perhaps("missing_blocks", list(number(), "the first hundred of these")),
        perhaps("repeated", number("lines about a block that had one; where blocks are missing")),
        perhaps("cut_off", number("lines that are not whole; where blocks are missing")),
        {"windows", list(reached, "in which somebody else acted or not")},
        {"clauses", list(reached, "that were put to the test or not")},
        {"ways", number("between scheduling points")},
        perhaps("pages", text("the first of those that --report has written"))};
}

Members weight_rows() {
    return {{"weights", list(object({{"name", text()},
                                     {"weight", number()},
                                     {"usual", number()},
                                     {"percent", truth()},
                                     {"about", text()}}))}};
}

Members minimized() {
    const Json size = object({{"bytes", number("of the scenario without layout")},
                              {"switches", number("of the schedule")},
                              {"calls", number("of the API")},
                              {"callbacks", number()},
                              {"steps", number()}});
    return {{"kind", text("a clause, or how it fails")},
            {"message", text()},
            {"schedule", text()},
            {"before", size},
            {"after", size},
            {"runs", number("it took")},
            perhaps("functions", texts("of a breach")),
            perhaps("broken_in", texts("recorded versions, of a breach")),
            perhaps("story", texts("of a breach")),
            perhaps("file", text()),
            {"scenario", scenario_text()}};
}

namespace {

Members quirk_row() {
    return {{"id", text()},
            {"name", text()},
            perhaps("since", text("the day of the change that made it, where it is known")),
            {"mended", text("the day of the change that ended it")},
            {"happened", text()},
            {"why", text()},
            {"fix", text()},
            {"needs", text("what has to come together for it to be seen")},
            {"semantics", text("that has it")},
            perhaps("rung", number("its place among the twenty, the easiest first"))};
}

}  // namespace

Members museum() {
    const Json smallest = object({{"clause", text()},
                                  {"message", text()},
                                  {"functions", texts()},
                                  {"calls", number("of the API")},
                                  {"callbacks", number()},
                                  {"steps", number()},
                                  {"preemptions", number()},
                                  {"schedule", text()},
                                  {"story", texts("who did what")},
                                  perhaps("file", text("where it was left")),
                                  {"scenario", scenario_text()}});
    const Json bug = object({{"id", text()},
                             {"name", text()},
                             {"semantics", text("that has it")},
                             {"found", truth()},
                             {"clauses", texts("that it breaks and the final version keeps")},
                             {"scenarios", number()},
                             {"runs", number()},
                             perhaps("smallest", smallest)});
    return {{"bugs", list(bug)}, {"found", number("how many of them")}, {"interrupted", truth()}};
}

Members museum_list() { return {{"bugs", list(object(quirk_row()))}}; }

Members museum_show() {
    Members row = quirk_row();
    row.push_back(perhaps("scenario", text("built in, that shows it")));
    row.push_back(perhaps("broken", texts("clauses, in its run")));
    row.push_back(perhaps("told", texts("its run in sentences")));
    return {{"bugs", list(object(row))}};
}

}  // namespace utsim::cli
