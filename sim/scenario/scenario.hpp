// SPDX-License-Identifier: MIT
/// A scenario's contents after loading: names resolved to indices, programs turned into bytes or
/// operations. The builder only copies from here into a World.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <utsim/scenario.hpp>

#include "cpu/image.hpp"
#include "engines/guard.hpp"
#include "engines/script.hpp"
#include "engines/scripted.hpp"
#include "engines/stepper.hpp"
#include "kernel/program.hpp"
#include "process/file_tree.hpp"
#include "scenario/expectation.hpp"
#include "semantics/semantics.hpp"

namespace utsim {

/// How much a scenario may hold. Each limit has a message that says it.
struct ScenarioLimits {
    static constexpr std::size_t file_bytes = 4u << 20;
    static constexpr std::size_t nesting = 32;
    static constexpr std::size_t values = 200'000;
    static constexpr std::size_t members = 1000;  ///< of one object
    static constexpr std::size_t tasks = 64;
    static constexpr std::size_t engines = 256;
    static constexpr std::size_t controllers = 32;
    static constexpr std::size_t steps = 10'000;
    static constexpr std::size_t operations = 100'000;  ///< of all abstract programs
    static constexpr std::size_t errors = 20;
    /// The most that `limits` of a file, an option or the header of a trace can ask for.
    static constexpr std::uint64_t most_steps = 1'000'000'000;
    static constexpr std::uint64_t most_instructions = 100'000'000'000;
    static constexpr std::uint64_t most_events = 100'000'000;
    static constexpr std::uint64_t most_output = std::uint64_t{1} << 30;
};

/// An operation as a template: `op.child` is filled in by the builder.
struct ProgramOpData {
    ProgramOp op;
    int child = -1;      ///< clone, exec: task whose program is meant
    int signalled = -1;  ///< kill, tkill: task that gets the signal; -1: oneself
};

struct HandlerData {
    int signal = 0;
    KSigaction action;               ///< flags and mask; the handler's address for real code
    std::vector<ProgramOpData> ops;  ///< for abstract programs
};

enum class ProgramLevel : std::uint8_t { abstract, assembly, bytes, elf };

/// A program that runs as a process.
struct ExecData {
    std::string path;  ///< in the simulated tree
    std::string cwd;
    std::uint32_t uid = 0;
};

struct TaskData {
    std::string name;
    SourcePlace place;
    int pid = 0;
    int parent = -1;       ///< a controller's index; -1: init
    int parent_task = -1;  ///< or a task's
    bool child = false;    ///< exists only once a clone makes it
    bool kernel_thread = false;
    bool autoreap = false;
    bool orphaned_pgrp = false;
    bool idle_at_end = false;
    SigSet ignored = 0;
    SigSet blocked = 0;
    ProgramLevel level = ProgramLevel::abstract;
    std::vector<ProgramOpData> ops;
    std::vector<HandlerData> handlers;
    std::optional<ExecData> exec;
    std::shared_ptr<const cpu::Image> image;                   ///< of real code
    std::map<std::string, std::uint64_t, std::less<>> labels;  ///< its symbols
    std::vector<RegisterValue> registers;
    std::vector<std::string> argv;
    std::vector<std::string> env;
};

enum class EngineKind : std::uint8_t { scripted, stepper, syscall_log, guard, external };

struct EngineData {
    std::string name;
    SourcePlace place;
    EngineKind kind = EngineKind::scripted;
    int task = -1;
    bool attached_at_start = true;
    bool has_data = false;
    std::uint64_t data = 0;
    std::uint64_t events = 0;
    std::uint32_t start_action = UTRACE_RESUME;  ///< control call right after the attach
    StepperConfig stepper;
    bool guard_aborts_others = false;
    bool guard_revisits = true;
    std::vector<GuardRule> guard_rules;
    std::vector<std::uint64_t> guard_values;
    // scripted:
    std::uint32_t lacks = 0;
    std::vector<ScriptedAnswer> answers;
    std::vector<ScriptedQueue> queues;
    std::vector<ScriptedRule> rules;
    std::vector<ScriptedQueue> defaults;
    std::vector<ScriptStep> steps;
};

struct ControllerData {
    std::string name;
    SourcePlace place;
    int pid = 0;
    bool may_wait = false;  ///< it need not come to the end of its steps
    std::vector<ScriptStep> steps;
};

/// Where a step stands and what it does, for messages; indexed by ScriptStep::id.
struct StepInfo {
    SourcePlace place;
    std::string in_words;
    bool has_expect = false;
};

/// A semantics that the scenario has expectations of its own for.
struct CaseData {
    std::string name;  ///< of the semantics, as short as it can be said
    Semantics semantics;
    int entry = 0;  ///< of the file's `cases`; one entry can be for several semantics
};

/// A file beside the scenario that it cannot be run without.
struct NeededFile {
    std::string name;    ///< as the scenario spells it
    std::string digest;  ///< `16936 bytes, 9f3c-0d21-77aa-1c5e`

    bool operator==(const NeededFile&) const = default;
};

struct ScenarioData {
    std::string name;
    std::string file;
    std::string source;
    std::string title;
    std::vector<std::string> notes;
    std::string semantics = "F";
    std::string schedule;
    std::string granularity = "lock";
    std::string digest;
    bool has_single_step = true;
    bool has_block_step = true;
    std::uint64_t max_steps = 0;  ///< 0: the World's default
    std::uint64_t max_instructions = 0;
    std::uint64_t max_events = 0;
    std::uint64_t max_output = 0;
    std::uint32_t max_actors = 0;
    std::vector<TaskData> tasks;  ///< those with `child` set come last
    std::vector<EngineData> engines;
    std::vector<ControllerData> controllers;
    std::vector<std::string> flags;
    std::vector<std::string> texts;  ///< of notes
    std::vector<RegisterValue> registers;
    std::vector<StepInfo> steps;
    std::shared_ptr<FileTree> tree;  ///< what processes find; null without any
    std::string input;               ///< their standard input
    std::vector<NeededFile> files;   ///< ELF programs, each once, in the order of the file
    std::vector<CaseData> cases;
    std::vector<std::string> case_names;  ///< of the same
    std::vector<Expectation> expect;      ///< `of_case` is an `entry` of the cases
    struct MayBreak {
        std::string clause;
        SourcePlace place;
    };
    std::vector<MayBreak> may_break;  ///< clauses that some orders may break
};

}  // namespace utsim
