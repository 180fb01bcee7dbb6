// SPDX-License-Identifier: MIT
/// The scripted engine of the recordings: what a callback answers comes out of queues.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <utsim/engine.hpp>

#include "recorder.hpp"
#include "scenario.hpp"

namespace utsim::conformance {

class Session;

/// An engine by the name that the scenario gave it.
struct EngineSlot {
    std::string name;
    const EngineScript* script = nullptr;  ///< null: an engine that nobody scripted
    std::map<std::string, std::size_t> used;
    Engine* engine = nullptr;
    Task* task = nullptr;
    bool want = false;  ///< what STICKY answers: somebody asked for a stop
    utrace_examiner exam;
};

/// One callback table. Tables are what `MATCH_OPS` compares.
class ScriptedOps final : public EngineOps {
public:
    ScriptedOps(Session& session, std::uint32_t provided)
        : session_(session),
          provided_(provided) {}

    std::uint32_t provides() const override { return provided_; }
    std::uint32_t report_quiesce(std::uint32_t action, Engine& engine,
                                 std::uint64_t event) override;
    std::uint32_t report_signal(std::uint32_t action, Engine& engine, SignalReport& info) override;
    std::uint32_t report_clone(std::uint32_t action, Engine& engine, std::uint64_t clone_flags,
                               Task& child) override;
    std::uint32_t report_jctl(std::uint32_t action, Engine& engine, int type, int notify) override;
    std::uint32_t report_exec(std::uint32_t action, Engine& engine) override;
    std::uint32_t report_syscall_entry(std::uint32_t action, Engine& engine, Task& task) override;
    std::uint32_t report_syscall_exit(std::uint32_t action, Engine& engine, Task& task) override;
    std::uint32_t report_exit(std::uint32_t action, Engine& engine, long orig_code,
                              long* code) override;
    std::uint32_t report_death(Engine& engine, bool group_dead, int signal) override;
    void report_reap(Engine& engine, Task& task) override;
    void release(std::uint64_t data) override;

private:
    /// A callback in progress. Plain: it lives on the fiber while the callback waits.
    struct Turn {
        EngineSlot* slot;
        const Item* item;
        const char* callback;
        std::uint32_t action;  ///< the resume action that will be answered
    };
    Turn begin(const char* callback, const std::string& sub, std::uint32_t action, Engine& engine);
    Json describe(const Turn& turn, Engine& engine) const;
    void finish(const Turn& turn);

    Session& session_;
    std::uint32_t provided_;
};

}  // namespace utsim::conformance
