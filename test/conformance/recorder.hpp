// SPDX-License-Identifier: MIT
/// Writes the log of one run in the recorded format, from events and from looks at the tasks.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "event/event.hpp"
#include "json_lines.hpp"
#include "kernel/kernel.hpp"

namespace utsim::conformance {

/// A fiber that is to stop once, at the first point whose recorded label begins with `at`.
struct Breakpoint {
    std::string fiber;
    std::string at;
    std::string name;
    bool hit = false;
    Actor* held = nullptr;
};

/// Lives on the host's heap; only sinks and observers run while a fiber does.
class Recorder : public EventSink, public PointObserver {
public:
    explicit Recorder(World& world) : world_(world) {}

    /// In the recordings everybody's parent was one process outside.
    void set_parent(Task* parent) { parent_ = parent; }

    /// A handler of the task's own script; any other one has no name in the recordings.
    void add_handler(const std::string& task, int signal) { handlers_.insert({task, signal}); }

    void emit(const Event& event) override;
    std::uint64_t mark() const override { return log_.size(); }
    void rewind(std::uint64_t mark) override { log_.resize(mark); }
    /// Looks for changes of task states and for breakpoints.
    bool at_point(World& world, Actor& actor) override;

    void add(Json line);
    const std::vector<Json>& log() const { return log_; }
    bool too_long() const { return log_.size() >= longest_log; }

    void add_breakpoint(Breakpoint breakpoint) { breakpoints_.push_back(std::move(breakpoint)); }
    /// Lets go of who is held by the breakpoint `name`. False: there is none of that name.
    bool release_breakpoint(const std::string& name);
    void watch_states();
    void write_end(const std::set<std::string>& controllers);

    /// Where logs of endless runs are cut.
    static constexpr std::size_t longest_log = 5000;

private:
    struct Seen {
        long state = 0;
        int exit_state = 0;
        SigSet shared_pending = 0;  ///< as it was before the task was released
    };

    std::string task_name(std::int64_t id) const;
    std::string actor_name(ActorId id) const;
    std::string place_of(std::int64_t task, std::int64_t ip) const;
    Json about_task(const char* kind, const Event& event) const;
    Json about_call(const Event& event) const;
    Json about_user_mode(const Event& event) const;
    Json about_signal(const Event& event) const;
    Json about_life(const Event& event) const;
    Json about_step(const Event& event) const;
    Json about_complaint(const Event& event) const;
    void write_blocked(const std::set<std::string>& controllers);
    Json end_of(const Task& task) const;

    void adopt(std::int64_t child);

    World& world_;
    Task* parent_ = nullptr;
    std::set<std::pair<std::string, int>> handlers_;
    std::vector<Json> log_;
    std::vector<Seen> seen_;
    std::vector<Breakpoint> breakpoints_;
};

/// A kernel-internal `si_code` carries the class of its siginfo in the upper half.
int recorded_si_code(int signal, int code);

}  // namespace utsim::conformance
