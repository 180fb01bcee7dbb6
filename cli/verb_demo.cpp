// SPDX-License-Identifier: MIT
// `utsim demo`: two scenarios of the program itself, told as tables. Everything in the tables is
// taken from the events of the runs; only the question and the last sentence are written here.
#include <algorithm>

#include <utsim/trace.hpp>

#include "base/check.hpp"
#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"
#include "cpu/disassembler.hpp"
#include "event/names.hpp"
#include "trace/event_text.hpp"
#include "trace/recorded_trace.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim::cli {

namespace {

constexpr std::string_view demo_scenario = "blockstep-meets-singlestep";

/// What one engine was told about a trap, and what it answered.
struct Look {
    std::uint32_t told = 0;
    std::uint32_t answered = 0;
};

struct Trap {
    std::uint64_t step = 0;
    std::string after;  ///< the instruction before it
    bool branch = false;
    std::uint64_t at = 0;
    std::vector<std::pair<std::uint32_t, Look>> looks;  ///< by engine
};

std::string resume_word(std::uint32_t word) {
    const std::string_view name = name_of(resume_action_names(), utrace_resume_action(word));
    constexpr std::string_view prefix = "UTRACE_";
    return std::string(name.substr(std::min(prefix.size(), name.size())));
}

/// Follows the events and keeps what the table is about.
class Story {
public:
    explicit Story(const Trace& trace) : trace_(trace) {
        for (std::uint64_t i = 0; i < trace.log.size(); ++i) add(trace.log.at(i));
    }

    const std::vector<Trap>& traps() const { return traps_; }
    const std::vector<std::uint32_t>& engines() const { return engines_; }
    std::string engine_name(std::uint32_t id) const {
        return engine_text(EngineId{id}, trace_.names);
    }

private:
    void add(const Event& event) {
        switch (event.kind) {
            case EventKind::instruction: {
                const auto* bytes = reinterpret_cast<const std::uint8_t*>(event.text.data());
                const auto address = static_cast<std::uint64_t>(event.value[1]);
                last_ = cpu::disassemble({bytes, event.text.size()}, address).text;
                branch_ = event.value[3] != 0;
                return;
            }
            case EventKind::debug_trap:
                traps_.push_back(
                    {event.step, last_, branch_, static_cast<std::uint64_t>(event.value[1]), {}});
                return;
            case EventKind::callback:
                return told(event);
            case EventKind::callback_end:
                return answered(event);
            default:
                return;
        }
    }

    static bool is_trap_report(const Event& event) {
        return event.value[2] == static_cast<std::int64_t>(CallbackKind::signal);
    }

    void told(const Event& event) {
        const bool trap = is_trap_report(event) && event.value[5] == 5 && !traps_.empty();
        if (!trap) return;
        const auto engine = static_cast<std::uint32_t>(event.value[1]);
        const auto word = static_cast<std::uint32_t>(event.value[3]);
        traps_.back().looks.push_back({engine, {word, 0}});
        if (std::find(engines_.begin(), engines_.end(), engine) == engines_.end()) {
            engines_.push_back(engine);
        }
    }

    void answered(const Event& event) {
        if (!is_trap_report(event) || traps_.empty()) return;
        for (auto& [engine, look] : traps_.back().looks) {
            if (engine == static_cast<std::uint32_t>(event.value[1])) {
                look.answered = static_cast<std::uint32_t>(event.value[3]);
            }
        }
    }

    const Trace& trace_;
    std::vector<Trap> traps_;
    std::vector<std::uint32_t> engines_;
    std::string last_;
    bool branch_ = false;
};

std::string column(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size() + 1), ' ');
    return text;
}

std::string address_text(std::uint64_t address) {
    std::string out;
    append_hex(out, address);
    return out;
}

const Look* look_of(const Trap& trap, std::uint32_t engine) {
    for (const auto& [id, look] : trap.looks) {
        if (id == engine) return &look;
    }
    return nullptr;
}

std::string table(const Story& story) {
    std::string out = "  " + column("trap", 6) + column("after", 22) + column("at", 10);
    for (const std::uint32_t engine : story.engines()) {
        out += column(story.engine_name(engine) + " is told -> asks", 34);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
    int number = 0;
    for (const Trap& trap : story.traps()) {
        std::string line = "  " + column(std::to_string(++number), 6) +
                           column(trap.after + (trap.branch ? " (taken)" : ""), 22) +
                           column(address_text(trap.at), 10);
        for (const std::uint32_t engine : story.engines()) {
            const Look* look = look_of(trap, engine);
            line += column(look == nullptr
                               ? "(gone)"
                               : resume_word(look->told) + " -> " + resume_word(look->answered),
                           34);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

/// The answer, counted: what an engine that asked for block steps got.
std::string conclusion(const Story& story) {
    std::string out;
    for (const std::uint32_t engine : story.engines()) {
        int asked = 0;
        int elsewhere = 0;
        int could_know = 0;
        bool asks = false;
        for (const Trap& trap : story.traps()) {
            const Look* look = look_of(trap, engine);
            if (look == nullptr) continue;
            if (asks) {
                ++asked;
                if (!trap.branch) ++elsewhere;
            }
            asks = utrace_resume_action(look->answered) == UTRACE_BLOCKSTEP;
            if (asks && utrace_resume_action(look->told) == UTRACE_SINGLESTEP) ++could_know;
        }
        if (asked == 0) continue;
        out += story.engine_name(engine) + " asked for block steps and was stopped " +
               std::to_string(asked) + " times, " + std::to_string(elsewhere) +
               " of them not after a branch.\nIt could find out: " + std::to_string(could_know) +
               " times it was told SINGLESTEP, which is the smaller action and wins.\n";
    }
    return out;
}

// --- the same by utrace_control ------------------------------------------------------------------

constexpr std::string_view call_scenario = "single-then-block-by-call";
constexpr const char* compared[] = {"E1", "flags-proposal", "E2"};

/// What came of SINGLESTEP for one engine and BLOCKSTEP for another, under one semantics.
struct DemoOutcome {
    std::string semantics;
    int sleeps = 0;        ///< with a spinlock held
    int instructions = 0;  ///< until the trap
    int told = 0;          ///< callbacks between the calls and the trap
};

DemoOutcome outcome_under(const Scenario& scenario, const char* semantics) {
    RunOptions options;
    options.semantics = semantics;
    const Result<RecordedRun> run = record_run(scenario, options);
    UTSIM_CHECK(run.ok(), "the demo's scenario does not run");
    const Trace& trace = run->trace.data().trace;
    DemoOutcome out{semantics};
    bool asked = false;
    for (std::uint64_t i = 0; i < trace.log.size(); ++i) {
        const Event event = trace.log.at(i);
        if (event.kind == EventKind::debug_trap) break;
        if (event.kind == EventKind::sleep_in_atomic) ++out.sleeps;
        if (event.kind == EventKind::instruction) ++out.instructions;
        if (event.kind == EventKind::api_enter && event.value[3] == UTRACE_BLOCKSTEP) asked = true;
        if (asked && event.kind == EventKind::callback) ++out.told;
    }
    return out;
}

std::vector<DemoOutcome> outcomes() {
    const BuiltinScenario* builtin = find_builtin_scenario(call_scenario);
    UTSIM_CHECK(builtin != nullptr, "the demo's scenario is not part of this build");
    const Result<Scenario> scenario =
        load_scenario_text(builtin->text, "builtin:" + std::string(builtin->name));
    UTSIM_CHECK(scenario.ok(), "the demo's scenario does not load");
    std::vector<DemoOutcome> all;
    for (const char* semantics : compared) all.push_back(outcome_under(*scenario, semantics));
    return all;
}

std::string outcomes_table(const std::vector<DemoOutcome>& all) {
    std::string out = "  " + column("", 16) + column("sleeps under utrace->lock", 27) +
                      column("trap comes after", 18) + "engines told before it\n";
    for (const DemoOutcome& one : all) {
        const std::string after =
            std::to_string(one.instructions) + " instruction" + (one.instructions == 1 ? "" : "s");
        out += "  " + column(one.semantics, 16) +
               column(one.sleeps == 0 ? "no" : std::to_string(one.sleeps) + " times", 27) +
               column(after, 18) + (one.told == 0 ? "none" : std::to_string(one.told)) + "\n";
    }
    return out;
}

Json outcomes_json(const std::vector<DemoOutcome>& all) {
    Json list = Json::array();
    for (const DemoOutcome& one : all) {
        list.push_back(Json{{"semantics", one.semantics},
                            {"sleeps_in_atomic", one.sleeps},
                            {"instructions_before_trap", one.instructions},
                            {"callbacks_before_trap", one.told}});
    }
    return list;
}

Json story_json(const Story& story, const RecordedRun& run) {
    Json out;
    out["scenario"] = run.trace.scenario();
    Json traps = Json::array();
    for (const Trap& trap : story.traps()) {
        Json one{{"step", trap.step},
                 {"after", trap.after},
                 {"branch", trap.branch},
                 {"at", address_text(trap.at)}};
        one["engines"] = Json::array();
        for (const auto& [engine, look] : trap.looks) {
            one["engines"].push_back(Json{{"engine", story.engine_name(engine)},
                                          {"told", resume_word(look.told)},
                                          {"asks", resume_word(look.answered)}});
        }
        traps.push_back(std::move(one));
    }
    out["traps"] = traps;
    out["by_control"] = outcomes_json(outcomes());
    out["steps"] = run.report.steps;
    out["fingerprint"] = run.trace.claimed_fingerprint();
    return out;
}

}  // namespace

int verb_demo(const Arguments&, Console& console) {
    const BuiltinScenario* builtin = find_builtin_scenario(demo_scenario);
    UTSIM_CHECK(builtin != nullptr, "the demo's scenario is not part of this build");
    const std::string name(builtin->name);
    const Result<Scenario> scenario = load_scenario_text(builtin->text, "builtin:" + name);
    UTSIM_CHECK(scenario.ok(), "the demo's scenario does not load");
    const Result<RecordedRun> run = record_run(*scenario);
    UTSIM_CHECK(run.ok(), "the demo's scenario does not run");
    const Story story(run->trace.data().trace);
    if (console.json()) {
        console.result("utsim.demo/1", story_json(story, *run));
        return exit_held;
    }
    console.out(
        "October 2009, on the mailing list: one engine single-steps a task, another asks\n"
        "for block steps, to be told after each taken branch. Where does the task stop, and\n"
        "can the second engine find out? For each trap: what an engine is told that those\n"
        "before it asked for in their callbacks, and what it asks for itself.\n\n");
    console.out(table(story) + "\n" + conclusion(story));
    console.out("fingerprint " + run->trace.claimed_fingerprint() + "  (" +
                std::to_string(run->report.steps) + " steps; the same on every machine)\n\n");
    console.out(
        "And when both ask by utrace_control, SINGLESTEP first? In the code of that week, with\n"
        "the two flags that the mail proposes, and in the version of the next day:\n\n" +
        outcomes_table(outcomes()) +
        "\nSo the flags repair the defect, and lose no information: there was none.\n\n");
    console.out("Next:  utsim new mine --from=" + name +
                "    this scenario as a file\n"
                "       utsim explain mine.json             the same in sentences, with the rules\n"
                "       utsim diff E1 E2 mine.json          what another version makes of it\n");
    return exit_held;
}

}  // namespace utsim::cli
