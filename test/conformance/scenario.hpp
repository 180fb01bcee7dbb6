// SPDX-License-Identifier: MIT
/// A recorded scenario as data: tasks, engines with their answers, and the main operations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json_lines.hpp"

namespace utsim::conformance {

/// An operation of a controller, of a task, or of the run itself (`who` is `*`).
struct Op {
    std::string who;
    std::string name;
    std::string task;
    std::string engine;
    std::string label;    ///< release, bp
    std::string fiber;    ///< bp
    std::string at;       ///< bp
    std::string child;    ///< clone
    std::string program;  ///< insn
    std::string ops;      ///< attach, lookup
    std::string data;
    std::string how;           ///< sigprocmask
    std::string to;            ///< sigaction
    std::uint32_t action = 0;  ///< control
    std::string action_name;
    std::uint64_t events = 0;
    int flags = 0;  ///< attach
    std::uint64_t clone_flags = 0;
    std::vector<int> set;  ///< sigprocmask
    int signal = 0;
    bool group = true;  ///< kill
    bool by_pid = false;
    int nr = 0;                 ///< syscall
    std::optional<long> value;  ///< ret, code
    long mask = ~0l;            ///< spurious_wake
};

/// What a callback answers, and does before.
struct Item {
    std::string resume = "RESUME";  ///< an action, KEEP or STICKY
    std::optional<std::uint32_t> signal;
    std::optional<std::uint32_t> syscall;
    bool hold = false;
    std::optional<int> si;
    std::optional<std::string> ka;
    std::optional<long> setnr, setax, setcode;
    std::string block;
    bool has_do = false;
    std::vector<Op> ops;
};

struct EngineScript {
    std::map<std::string, std::vector<Item>> queues;
    std::map<std::string, Item> defaults;
};

struct HandlerSpec {
    int signal = 0;
    std::string program;
    std::uint64_t flags = 0;
    std::vector<int> mask;
};

struct TaskScript {
    std::string name;
    std::vector<HandlerSpec> handlers;
    std::vector<int> ignored;
    std::vector<int> blocked;
    std::vector<Op> program;
    bool autoreap = false;
    bool kthread = false;
    bool child = false;
};

struct Scenario {
    std::string name;
    std::vector<TaskScript> tasks;
    std::map<std::string, EngineScript> engines;
    /// Callbacks that a table lacks, by the table's name.
    std::map<std::string, std::vector<std::string>> missing_callbacks;
    std::vector<Op> main;
    bool has_single_step = true;
    bool has_block_step = true;
    bool orphaned_pgrp = false;
};

/// Throws std::runtime_error (or Json's) on what it does not know.
Scenario parse_scenario(const Json& json);

}  // namespace utsim::conformance
