// SPDX-License-Identifier: MIT
/// A run that somebody debugs: where they stand, what stops them, and the ways from one to another.
///
/// Whoever drives it (the gdb protocol, a test) asks for a direction and perhaps for one task whose
/// next instruction is wanted. All actors move as the run has it, also when a single task is
/// stepped: the order is part of what is looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "debug/lookout.hpp"
#include "debug/stop.hpp"
#include "debug/travel.hpp"

namespace utsim::debug {

/// A way to go on.
struct Going {
    bool backwards = false;
    TaskId stepping;  ///< nobody: until something stops the run
    /// gdb lets one task pass a breakpoint and cannot bear to hear of another meanwhile. What would
    /// have stopped the others is told when it goes on next, and the run is where it happened then.
    bool alone = false;
    /// Who steps forwards goes on stepping as long as it is in [begin, end).
    std::uint64_t begin = 0, end = 0;
};

/// What a session keeps of what a client asks for.
struct SessionLimits {
    static constexpr std::size_t marks = 1024;    ///< breakpoints and watchpoints
    static constexpr std::size_t points = 64;     ///< of `monitor break point`
    static constexpr std::size_t clauses = 1024;  ///< steps of `monitor break clause`
    static constexpr std::size_t changes = 4096;  ///< of registers and memory, in a run
};

class Session {
public:
    explicit Session(std::unique_ptr<Travel> travel);
    /// What the one before has asked for is forgotten; the run stays where it is, and what it is.
    void new_client();

    Travel& travel() { return *travel_; }
    World& world() { return travel_->world(); }
    std::uint64_t step() const { return travel_->step(); }
    Interest& interest() { return interest_; }
    const Stop& last_stop() const { return last_; }
    /// Whether somebody debugs the process.
    bool is_attached(int tgid) const { return interest_.detached.count(tgid) == 0; }
    /// What can be looked at now.
    std::vector<Task*> tasks();

    Stop go(const Going& going);
    /// To a step; the stop says `begin` or `end` if there is no such.
    Stop go_to(std::uint64_t step);

    /// False: there are as many as can be.
    bool mark(const Mark& mark);
    /// Of reads only four aligned pieces can be watched, as on a real machine.
    bool can_watch(const Mark& mark) const;
    /// gdb takes a breakpoint away to let one task pass it. It does not mean that others may pass
    /// it meanwhile, so for them it counts until the next `go` has ended.
    void unmark(const Mark& mark);

    /// False: there are as many changes as can be.
    bool write_memory(const Task* task, std::uint64_t address, const std::string& bytes);
    bool change_task(const Task* task, std::function<void(Task&)> change);

    /// From here `actor` runs `steps` steps: how many it could.
    std::uint64_t run_only(ActorId actor, std::uint64_t steps);

    /// Breaches of the contract in the run as it is now, once it has been run to its end or `most`
    /// steps. Nothing in a run that was changed by hand.
    struct Breach {
        std::string clause;
        std::uint64_t step = 0;
        std::string message;
    };
    Result<std::vector<Breach>> breaches();

    /// What programs have written while time went forwards, since the last call.
    std::string take_output() { return lookout_.take_output(); }

private:
    std::optional<Stop> take_put_off(const Going& going);
    Stop forwards(const Going& going);
    Stop backwards(const Going& going);
    Stop refined(Stop stop);
    Stop at_end(bool end);
    Stop settled(Stop stop);
    std::string bytes_at(const Mark& mark);
    TaskId somebody();
    Lookout::Search search_for(const Going& going);
    std::uint64_t next_clause(std::uint64_t after) const;

    std::unique_ptr<Travel> travel_;
    Interest interest_;
    Lookout lookout_;
    Stop last_;
    std::vector<Mark> unmarked_;
    std::optional<Stop> put_off_;
};

}  // namespace utsim::debug
