// SPDX-License-Identifier: MIT
// Bytes that are not UTF-8 become U+FFFD, as everywhere in what --json prints.
#include "cli/exec_outcome.hpp"

#include <algorithm>
#include <sstream>

#include "base/visible.hpp"
#include "cli/arguments.hpp"
#include "cli/exec_scenario.hpp"
#include "cli/judgement.hpp"
#include "event/names.hpp"

namespace utsim::cli {

namespace {

const char* result_word(const Outcome& outcome) {
    if (!outcome.hangs()) return outcome.signal != 0 ? "killed" : "exited";
    return outcome.end == "quiet" ? "hangs" : "unfinished";
}

Json waiting_json(const Outcome& outcome) {
    Json all = Json::array();
    for (const Waiting& one : outcome.waits) {
        all.push_back(Json{{"who", one.who}, {"for", one.where}});
    }
    return all;
}

/// What the run can be asked for by: a random one only by what came of it.
std::string asked_schedule(const Arguments& arguments, const RunReport& report) {
    if (arguments.has("--seed")) return report.schedule;
    return arguments.has("--schedule") ? arguments.text("--schedule") : exec_schedule;
}

/// The end of a run, and who waits if nobody can go on; else `detail` of the end.
void add_end(Json& out, const Outcome& outcome, const std::string& detail) {
    out["end"] = outcome.end;
    const bool waits = outcome.hangs() && outcome.end == "quiet";
    if (!waits && !detail.empty()) out["end_detail"] = detail;
    if (waits) out["waits"] = waiting_json(outcome);
}

}  // namespace

void WrittenByProgram::emit(const Event& event) {
    if (event.kind == EventKind::output) text_[event.value[1] == 2 ? 1 : 0] += event.text;
}

std::string status_text(const Outcome& outcome) {
    if (outcome.hangs()) return outcome.end == "quiet" ? "hangs" : "does not end: " + outcome.end;
    return "exit " + std::to_string(outcome.status);
}

std::string shown_line(const std::string& text) {
    constexpr std::size_t most = 60;
    return "\"" + visible(text.substr(0, most)) + "\"" + (text.size() > most ? "..." : "");
}

std::vector<std::string> output_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string output_difference(const std::string& usual, const std::string& other) {
    const std::vector<std::string> a = output_lines(usual);
    const std::vector<std::string> b = output_lines(other);
    const auto [at, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (at == a.end() && in_b == b.end()) return {};
    const std::string line = "line " + std::to_string(at - a.begin() + 1) + " of the output is ";
    const std::string no_more = "missing";
    return line + (in_b == b.end() ? no_more : shown_line(*in_b)) +
           (at == a.end() ? ", which usually is not there" : ", usually " + shown_line(*at));
}

Json exec_json(const Arguments& arguments, const RunReport& report, const Outcome& outcome,
               const WrittenByProgram& written, const ContractVerdict* verdict) {
    Json out;
    out["program"] = arguments.positionals();
    out["result"] = result_word(outcome);
    if (!outcome.hangs()) out["status"] = outcome.status;
    if (outcome.signal != 0) {
        const char* name = signal_name(outcome.signal);
        out["signal"] = name != nullptr ? name : std::to_string(outcome.signal);
    }
    out["stdout"] = written.to(1);
    out["stderr"] = written.to(2);
    std::string detail = why_unfinished(outcome);
    // A program can end, and its children run into a limit.
    if (detail.empty() && outcome.end != "quiet") detail = report.end_detail;
    add_end(out, outcome, detail);
    out["steps"] = report.steps;
    out["instructions"] = report.instructions;
    out["schedule"] = report.schedule;
    if (verdict != nullptr) out["contract"] = violations_json(*verdict);
    if (arguments.has("--trace")) out["trace"] = arguments.text("--trace");
    out["reproduce"] =
        exec_command(arguments, arguments.positionals(), asked_schedule(arguments, report));
    return out;
}

Json exec_orders_json(const Arguments& arguments, const OutcomeReport& report,
                      const std::vector<const OutcomeFound*>& found) {
    Json out;
    out["program"] = arguments.positionals();
    out["orders"] = report.runs;
    if (arguments.has("--until")) out["met"] = report.met;
    out["interrupted"] = report.interrupted;
    out["outcomes"] = Json::array();
    for (const OutcomeFound* one : found) {
        Json outcome;
        if (!one->outcome.hangs()) outcome["status"] = one->outcome.status;
        outcome["orders"] = one->count;
        outcome["output"] = one->outcome.output;
        const std::string parts =
            output_difference(found.front()->outcome.output, one->outcome.output);
        if (!parts.empty()) outcome["differs"] = parts;
        add_end(outcome, one->outcome, why_unfinished(one->outcome));
        outcome["schedule"] = one->schedule;
        outcome["switches"] = one->switches;
        outcome["reproduce"] = exec_command(arguments, arguments.positionals(), one->schedule);
        out["outcomes"].push_back(std::move(outcome));
    }
    return out;
}

}  // namespace utsim::cli
