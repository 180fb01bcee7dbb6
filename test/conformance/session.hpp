// SPDX-License-Identifier: MIT
/// One scenario's run: the world, its fibers, the operations of the main program, the log.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kernel/boot.hpp"
#include "recorder.hpp"
#include "scenario.hpp"
#include "sched/choosers.hpp"
#include "script.hpp"

namespace utsim::conformance {

class Session {
public:
    Session(World& world, const Scenario& scenario);

    /// Runs all main operations; the result and the log as a recorded line has them.
    Json run();

    World& world() { return world_; }
    Recorder& recorder() { return recorder_; }
    EngineSlot* find_slot(const Engine& engine);
    std::string data_name(std::uint64_t data) const;
    std::string task_name(const Task& task) const;
    std::string current_name();
    /// Where "a handler" for `signal` is in the task's program.
    std::uint64_t handler_for(const Task& task, int signal) const;
    /// One call of the API, on the fiber of whoever makes it.
    void call_api(const Op& op);
    /// Holds the calling fiber until `release` of that name.
    void wait_for_flag(const std::string& name);

private:
    /// A controller's operations that are still to be made. Its fiber keeps nothing else.
    struct Controller {
        Session* session = nullptr;
        Task* task = nullptr;
        std::deque<const Op*> todo;
    };

    void create_fibers();
    void create_task_of(const TaskScript& script, int pid);
    Program* inherited_handlers();
    Program* make_task_program(const TaskScript& script, Program* inherited);
    Program* make_handler(int signal, const std::string& text, Program* next);
    void create_controllers();
    void add_user_ops(Program* program, const Op& op, Task* task);
    ProgramOp user_op(const Op& op);
    static void controller_body(void* controller);

    bool settle();
    void perform(const Op& op);
    void release(const std::string& name);

    EngineSlot& slot(const std::string& name);
    EngineOps* table(const std::string& name);
    std::uint64_t data_number(const std::string& name);
    Task* task_of(const Op& op);
    Task* find_task(const std::string& name);
    bool prepare_call(const Op& op, Json& line, Task*& task, EngineSlot*& engine);
    std::string make_call(const Op& op, Task* task, EngineSlot* engine, Engine*& seen);
    std::string attach(const Op& op, Task* task, EngineSlot& slot, Engine*& seen);
    std::string control(const Op& op, Task* task, EngineSlot& slot);
    void add_snapshot(Json& line, const Task* task, const Engine* engine) const;

    World& world_;
    const Scenario& scenario_;
    Recorder recorder_;
    Serial chooser_;
    Kernel* kernel_ = nullptr;
    Task* parent_ = nullptr;
    std::map<std::string, std::unique_ptr<Controller>> controllers_;
    std::vector<std::string> controller_order_;
    std::set<std::string> controller_names_;
    std::map<std::string, Program*> programs_;  ///< by the task's name
    std::map<std::string, std::unique_ptr<EngineSlot>> slots_;
    std::map<const Engine*, EngineSlot*> by_engine_;
    std::map<std::string, std::unique_ptr<ScriptedOps>> tables_;
    std::vector<std::string> data_names_;
    std::map<std::string, Actor*> waiting_;  ///< callbacks that wait for a release
    std::string result_ = "ok";
};

}  // namespace utsim::conformance
