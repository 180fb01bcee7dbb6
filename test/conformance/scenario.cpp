// SPDX-License-Identifier: MIT
// From JSON to the structures. Every key must be known: a scenario that asks for something that is
// not simulated must not pass as if it were.
#include "scenario.hpp"

#include <stdexcept>

#include <utsim/utrace.hpp>

#include "kernel/fork.hpp"
#include "kernel/signal_types.hpp"
#include "words.hpp"

namespace utsim::conformance {

namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& name) {
    throw std::runtime_error(what + ": " + name);
}

std::vector<int> numbers(const Json& json) { return json.get<std::vector<int>>(); }

bool truth(const Json& json) { return json.is_boolean() ? json.get<bool>() : json.get<int>() != 0; }

std::uint64_t parse_events(const Json& json) {
    if (json.is_number()) return json.get<std::uint64_t>();
    std::uint64_t bits = 0;
    for (const Json& name : json) bits |= event_bits(name.get<std::string>());
    return bits;
}

int parse_attach_flags(const Json& json) {
    int flags = 0;
    for (const Json& name : json) flags |= attach_flag(name.get<std::string>());
    return flags;
}

std::uint64_t parse_clone_flags(const Json& json) {
    std::uint64_t flags = K_SIGCHLD;
    for (const Json& entry : json) {
        const std::string name = entry.get<std::string>();
        if (name == "VFORK") {
            flags |= K_CLONE_VFORK | K_CLONE_VM;
        } else if (name == "VM") {
            flags |= K_CLONE_VM;
        } else if (name == "THREAD") {
            flags |= K_CLONE_THREAD | K_CLONE_SIGHAND | K_CLONE_VM;
        } else if (name == "UNTRACED") {
            flags |= K_CLONE_UNTRACED;
        } else {
            refuse("clone flag", name);
        }
    }
    return flags;
}

std::uint64_t parse_handler_flags(const Json& json) {
    std::uint64_t flags = 0;
    for (const Json& entry : json) {
        const std::string name = entry.get<std::string>();
        if (name == "ONESHOT") {
            flags |= K_SA_ONESHOT;
        } else if (name == "RESTART") {
            flags |= K_SA_RESTART;
        } else if (name == "NODEFER") {
            flags |= K_SA_NODEFER;
        } else {
            refuse("handler flag", name);
        }
    }
    return flags;
}

/// The operations whose `flags` are those of attaching.
bool attaches(const std::string& op) { return op == "attach" || op == "lookup"; }

void parse_op_field(Op& op, const std::string& key, const Json& value) {
    if (key == "f") {
        op.who = value;
    } else if (key == "op") {
        op.name = value;
    } else if (key == "task") {
        op.task = value;
    } else if (key == "eng") {
        op.engine = value;
    } else if (key == "name") {
        op.label = value;
    } else if (key == "fiber") {
        op.fiber = value;
    } else if (key == "at") {
        op.at = value;
    } else if (key == "child") {
        op.child = value;
    } else if (key == "prog") {
        op.program = value;
    } else if (key == "ops") {
        op.ops = value;
    } else if (key == "data") {
        op.data = value;
    } else if (key == "how") {
        op.how = value;
    } else if (key == "to") {
        op.to = value;
    } else if (key == "action") {
        op.action_name = value;
        op.action = resume_action(op.action_name);
    } else if (key == "events") {
        op.events = parse_events(value);
    } else if (key == "set") {
        op.set = numbers(value);
    } else if (key == "sig") {
        op.signal = value;
    } else if (key == "group") {
        op.group = truth(value);
    } else if (key == "pid") {
        op.by_pid = truth(value);
    } else if (key == "nr") {
        op.nr = value;
    } else if (key == "ret" || key == "code") {
        op.value = value;
    } else if (key == "mask") {
        op.mask = value;
    } else if (key != "flags") {
        refuse("key of an operation", key);
    }
}

Op parse_op(const Json& json) {
    Op op;
    for (const auto& [key, value] : json.items()) parse_op_field(op, key, value);
    if (attaches(op.name)) {
        op.flags = json.contains("flags") ? parse_attach_flags(json["flags"])
                                          : static_cast<int>(UTRACE_ATTACH_CREATE);
        if (op.name == "lookup") op.flags &= ~UTRACE_ATTACH_CREATE;
    } else if (op.name == "clone") {
        op.clone_flags = parse_clone_flags(json["flags"]);
    } else if (op.name == "detach") {
        op.action_name = "DETACH";
        op.action = UTRACE_DETACH;
    }
    return op;
}

std::vector<Op> parse_ops(const Json& json) {
    std::vector<Op> ops;
    for (const Json& op : json) ops.push_back(parse_op(op));
    return ops;
}

void parse_item_field(Item& item, const std::string& key, const Json& value) {
    if (key == "r") {
        item.resume = value;
    } else if (key == "sig") {
        item.signal = signal_action(value.get<std::string>());
    } else if (key == "sys") {
        const bool abort = value.get<std::string>() == "ABORT";
        item.syscall = abort ? UTRACE_SYSCALL_ABORT : UTRACE_SYSCALL_RUN;
    } else if (key == "hold") {
        item.hold = truth(value);
    } else if (key == "si") {
        item.si = value.get<int>();
    } else if (key == "ka") {
        item.ka = value.get<std::string>();
    } else if (key == "setnr") {
        item.setnr = value.get<long>();
    } else if (key == "setax") {
        item.setax = value.get<long>();
    } else if (key == "setcode") {
        item.setcode = value.get<long>();
    } else if (key == "block") {
        item.block = value;
    } else if (key == "do") {
        item.has_do = true;
        item.ops = parse_ops(value);
    } else {
        refuse("key of an answer", key);
    }
}

Item parse_item(const Json& json) {
    Item item;
    if (json.is_string()) {
        item.resume = json;
        return item;
    }
    for (const auto& [key, value] : json.items()) parse_item_field(item, key, value);
    return item;
}

EngineScript parse_engine(const Json& json) {
    EngineScript script;
    for (const auto& [key, value] : json.items()) {
        if (key == "cbs") {
            for (const auto& [name, queue] : value.items()) {
                for (const Json& item : queue) script.queues[name].push_back(parse_item(item));
            }
        } else if (key == "default") {
            for (const auto& [name, item] : value.items()) script.defaults[name] = parse_item(item);
        } else {
            refuse("key of an engine", key);
        }
    }
    return script;
}

HandlerSpec parse_handler(const std::string& signal, const Json& json) {
    HandlerSpec handler;
    handler.signal = std::stoi(signal);
    handler.program = json.value("prog", "");
    if (json.contains("flags")) handler.flags = parse_handler_flags(json["flags"]);
    if (json.contains("mask")) handler.mask = numbers(json["mask"]);
    return handler;
}

TaskScript parse_task(const std::string& name, const Json& json) {
    TaskScript task;
    task.name = name;
    for (const auto& [key, value] : json.items()) {
        if (key == "handlers") {
            for (const auto& [signal, handler] : value.items()) {
                task.handlers.push_back(parse_handler(signal, handler));
            }
        } else if (key == "ign") {
            task.ignored = numbers(value);
        } else if (key == "blocked") {
            task.blocked = numbers(value);
        } else if (key == "prog") {
            task.program = parse_ops(value);
        } else if (key == "autoreap") {
            task.autoreap = truth(value);
        } else if (key == "kthread") {
            task.kthread = truth(value);
        } else if (key == "child") {
            task.child = truth(value);
        } else {
            refuse("key of a task", key);
        }
    }
    return task;
}

}  // namespace

Scenario parse_scenario(const Json& json) {
    Scenario scenario;
    for (const auto& [key, value] : json.items()) {
        if (key == "name") {
            scenario.name = value;
        } else if (key == "tasks") {
            for (const auto& [name, task] : value.items()) {
                scenario.tasks.push_back(parse_task(name, task));
            }
        } else if (key == "engines") {
            for (const auto& [name, engine] : value.items()) {
                scenario.engines[name] = parse_engine(engine);
            }
        } else if (key == "ops") {
            for (const auto& [name, table] : value.items()) {
                scenario.missing_callbacks[name] = table["no"].get<std::vector<std::string>>();
            }
        } else if (key == "main") {
            scenario.main = parse_ops(value);
        } else if (key == "has_single") {
            scenario.has_single_step = truth(value);
        } else if (key == "has_block") {
            scenario.has_block_step = truth(value);
        } else if (key == "orphaned_pgrp") {
            scenario.orphaned_pgrp = truth(value);
        } else if (key != "desc" && key != "seed") {
            refuse("key of a scenario", key);
        }
    }
    return scenario;
}

}  // namespace utsim::conformance
