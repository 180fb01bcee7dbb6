// SPDX-License-Identifier: MIT
// The numbers are those that the rooms check; here they are only put side by side.
#include "cli/limit_table.hpp"

#include "cli/memory.hpp"
#include "cpu/assembler.hpp"
#include "cpu/page_pool.hpp"
#include "debug/packet.hpp"
#include "debug/session.hpp"
#include "explore/findings.hpp"
#include "kernel/kernel.hpp"
#include "process/packed_tree.hpp"
#include "scenario/scenario.hpp"
#include "sched/schedule.hpp"
#include "sched/world.hpp"
#include "trace/reader.hpp"

namespace utsim::cli {

namespace {

using S = ScenarioLimits;
using T = TraceLimits;
using G = debug::SessionLimits;

constexpr WorldLimits world;
constexpr std::string_view ends_the_run = "the run ends: `limit`, and the name";
constexpr std::string_view refused = "the file is refused, E-SCN-105";
constexpr std::string_view too_many = "the file is refused, E-SCN-114";

constexpr LimitInfo limit_table[] = {
    {"max_steps", "scheduling steps of a run", world.max_steps, S::most_steps, ends_the_run,
     "`--max-steps=N`, or `limits.steps` of the scenario"},
    {"max_instructions", "guest instructions of a run", world.max_instructions,
     S::most_instructions, ends_the_run,
     "`--max-instructions=N`, or `limits.instructions` of the scenario"},
    {"max_events", "events of a run, which traces and comparisons keep", world.max_events,
     S::most_events, ends_the_run, "`limits.events` of the scenario, or `--max-events=N` of exec"},
    {"max_output", "bytes that programs write and scripts say in a run", world.max_output,
     S::most_output, ends_the_run, "`limits.output` of the scenario"},
    {"max_objects", "bytes of a run's kernel objects: tasks, engines, names, signals",
     Arena::object_limit, 0, ends_the_run, "nothing; fewer steps need less"},
    {"max_fruitless_steps", "steps in a row without event, wake-up or instruction",
     world.max_fruitless_steps, 0, "the run ends: `livelock`", "nothing"},
    {"max_actors", "tasks and controllers that a run has at a time", world.max_actors,
     world.max_actors, "clone answers EAGAIN",
     "`limits.actors` of the scenario, which is as large unless it says so"},
    {"max_engines", "engines of a run", max_engines, 0, "attaching answers ENOMEM", "nothing"},
    {"max_signals", "queued signals of a run", max_sigqueues, 0, "as for RLIMIT_SIGPENDING",
     "nothing"},
    {"max_pages", "pages of 4 KiB that all guests have together", cpu::PagePool::default_page_limit,
     0, "mmap, brk and fork answer ENOMEM", "nothing"},
    {"--max-memory", "MiB that the command may take", default_memory_limit, ~std::uint64_t{0},
     "exit code 7, E-CLI-040", "`--max-memory=MIB`"},
    {"--states", "states of a round of `explore`", 1'000'000, 0, "random walks follow",
     "`--states=N`, or `--strategy=states`"},
    {"--memory", "MiB of states and snapshots of `explore`; or half of --max-memory", 2048, 1 << 20,
     "the round ends, and says so", "`--memory=MIB`"},
    {"choices", "open choices on one path of `explore`", SearchLimits{}.depth, 0,
     "the round ends, and says so", "nothing"},
    {"findings", "different findings of `explore`", Findings::most, 0, "others are counted",
     "nothing"},
    {"file", "bytes of a scenario or semantics file", S::file_bytes, 0, refused, "nothing"},
    {"nesting", "values within values of a file", S::nesting, 0, "the file is refused, E-SCN-104",
     "nothing"},
    {"values", "values of a file", S::values, 0, refused, "nothing"},
    {"members", "keys of an object", S::members, 0, refused, "nothing"},
    {"tasks", "tasks of a scenario, and as many children", S::tasks, 0, too_many, "nothing"},
    {"engines", "engines of a scenario", S::engines, 0, too_many, "nothing"},
    {"controllers", "controllers of a scenario", S::controllers, 0, too_many, "nothing"},
    {"script", "steps of a script", S::steps, 0, too_many, "nothing"},
    {"operations", "operations of all abstract programs of a scenario", S::operations, 0,
     "the file is refused, E-SCN-220", "nothing"},
    {"errors", "mistakes of a file that are told", S::errors, 0, "the first in the file are told",
     "nothing"},
    {"assembly", "bytes of assembly text, and of what it makes", cpu::assembly_text_limit, 0,
     "the text is refused", "nothing"},
    {"assembly work", "evaluations until all addresses are known", cpu::assembly_work_limit, 0,
     "the text is refused", "nothing"},
    {"schedule", "bytes of a schedule", max_schedule_text, 0, "it is refused, E-SCHED-LONG",
     "nothing"},
    {"trace", "bytes of a trace", T::file_bytes, 0, "it is refused, E-TRC-001", "nothing"},
    {"trace line", "bytes of a line of a trace", T::line_bytes, 0, "it is refused, E-TRC-003",
     "nothing"},
    {"--pack", "bytes of files that a trace carries", most_packed_bytes, 0,
     "nothing is run, E-CLI-051", "nothing"},
    {"trace names", "actors, tasks and engines of a trace, each", T::ids, 0,
     "it is refused, E-TRC-014", "nothing"},
    {"gdb packet", "bytes that a client of `gdb` sends at once", debug::PacketReader::most, 0,
     "the session ends", "nothing"},
    {"gdb breakpoints", "break- and watchpoints of a client of `gdb`", G::marks, 0,
     "gdb cannot insert them", "nothing"},
    {"gdb points", "marks of `monitor break point`", G::points, 0, "monitor says so", "nothing"},
    {"gdb clauses", "steps of `monitor break clause`", G::clauses, 0, "monitor says so", "nothing"},
    {"gdb changes", "times that registers or memory of a run are written", G::changes, 0,
     "gdb cannot write", "nothing"},
    {"gdb moments", "places in a run of `gdb` that are kept, in half of --max-memory",
     debug::TravelLimits{}.moments, 0, "going back takes longer", "`--max-memory=MIB`"},
};

std::string plainly(std::uint64_t value) {
    constexpr std::uint64_t mebi = 1 << 20;
    if (value == ~std::uint64_t{0}) return "any";
    if (value >= mebi && value % mebi == 0) return std::to_string(value / mebi) + " Mi";
    return std::to_string(value);
}

}  // namespace

std::span<const LimitInfo> limits() { return limit_table; }

std::string limits_text() {
    std::string out =
        "| limit | of what | is | at most | what happens there | raised by |\n"
        "|---|---|---|---|---|---|\n";
    for (const LimitInfo& limit : limit_table) {
        out += "| " + std::string(limit.name) + " | " + std::string(limit.of) + " | " +
               plainly(limit.value) + " | " + (limit.most == 0 ? "" : plainly(limit.most)) + " | " +
               std::string(limit.at_it) + " | " + std::string(limit.raised_by) + " |\n";
    }
    return out;
}

std::string what_raises(const RunReport& report) {
    if (report.end != "limit") return {};
    for (const LimitInfo& limit : limit_table) {
        if (limit.name != report.end_detail) continue;
        std::string by;
        for (const char c : limit.raised_by) {
            if (c != '`') by += c;
        }
        return "raised by: " + by;
    }
    return {};
}

}  // namespace utsim::cli
