// SPDX-License-Identifier: MIT
/// Names of actors, tasks and engines as a trace knows them: of a running World, or read from a
/// file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace utsim {

class World;

/// A NameTable that also knows pids, which the text form prints.
class TraceNames : public NameTable {
public:
    /// The pid of the task that this actor runs as; 0 when it is no task.
    virtual int actor_pid(ActorId id) const = 0;
    virtual int task_pid(TaskId id) const = 0;
};

/// The names of a World with a booted kernel. The World outlives it.
class WorldNames final : public TraceNames {
public:
    explicit WorldNames(const World& world) : world_(world) {}
    std::string_view actor(ActorId id) const override;
    std::string_view task(TaskId id) const override;
    std::string_view engine(EngineId id) const override;
    std::string_view static_text(std::uint32_t index) const override;
    int actor_pid(ActorId id) const override;
    int task_pid(TaskId id) const override;

private:
    const World& world_;
};

/// Names by themselves: what the reader collects, and what tests make up.
class StoredNames final : public TraceNames {
public:
    struct Entry {
        std::string name;  ///< empty: no such id
        int pid = 0;
    };

    std::string_view actor(ActorId id) const override { return at(actors, id.value).name; }
    std::string_view task(TaskId id) const override { return at(tasks, id.value).name; }
    std::string_view engine(EngineId id) const override { return at(engines, id.value).name; }
    std::string_view static_text(std::uint32_t index) const override {
        return index < texts.size() ? std::string_view(texts[index]) : std::string_view();
    }
    int actor_pid(ActorId id) const override { return at(actors, id.value).pid; }
    int task_pid(TaskId id) const override { return at(tasks, id.value).pid; }

    std::vector<Entry> actors;
    std::vector<Entry> tasks;
    std::vector<Entry> engines;
    std::vector<std::string> texts;

private:
    static const Entry& at(const std::vector<Entry>& entries, std::uint32_t index);
};

}  // namespace utsim
