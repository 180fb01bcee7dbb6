// SPDX-License-Identifier: MIT
/// Why somebody who looks at a run stands where they stand, and what can make them stop.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <utsim/ids.hpp>

namespace utsim::debug {

enum class StopKind : std::uint8_t {
    step,            ///< a task has gone over one of its instructions
    breakpoint,      ///< it is about to execute a marked one
    watch,           ///< watched bytes were changed, or touched
    signal,          ///< a signal is about to be taken off the queue
    syscall_entry,   ///< before the instruction that makes the call
    syscall_return,  ///< back in user mode
    fork,
    vfork,
    vfork_done,  ///< the parent goes on
    exec,
    exited,       ///< a process has ended, and others have not
    unborn,       ///< backwards: a process is not born yet
    thread_gone,  ///< who was to step has ended
    point,        ///< somebody stands at a marked scheduling point
    clause,       ///< a clause of the contract is about to be broken
    interrupted,  ///< somebody asked
    begin,        ///< there is nothing before
    end,          ///< there is nothing behind, or nobody left to be looked at
};

/// Where the run stands, and why.
struct Stop {
    StopKind kind = StopKind::step;
    std::uint64_t step = 0;
    TaskId task = {};           ///< whom it is about; nobody: not about a task
    TaskId child = {};          ///< of a fork
    std::int64_t number = 0;    ///< the signal, the system call, how the process ended
    std::uint64_t address = 0;  ///< of what is watched; the process that is not there
    int type = 0;               ///< of the breakpoint or watchpoint, as the protocol counts them
    std::string text = {};      ///< the point, the clause

    bool same_as(const Stop& other) const {
        return kind == other.kind && step == other.step && task == other.task &&
               number == other.number;
    }
};

/// The types of the packets `Z` and `z`.
enum BreakType : int {
    soft_break = 0,
    hard_break = 1,
    write_watch = 2,
    read_watch = 3,
    access_watch = 4
};

struct Mark {
    int tgid = 0;
    std::uint64_t address = 0;
    std::uint64_t length = 1;
    int type = soft_break;

    bool is_watch() const { return type >= write_watch; }
    bool operator==(const Mark&) const = default;
};

/// System calls of one process that are to be told of.
struct CaughtCalls {
    bool all = false;
    std::set<std::int64_t> numbers;

    bool has(std::int64_t number) const { return all || numbers.count(number) != 0; }
};

/// Clauses that are broken in one step, each with what is said of it.
using BrokenClauses = std::map<std::string, std::vector<std::string>>;

/// All that can stop a run.
struct Interest {
    std::vector<Mark> marks;
    std::bitset<65> quiet_signals;     ///< that are not told of
    std::map<int, CaughtCalls> calls;  ///< by process
    bool forks = false, vforks = false, execs = false;
    std::set<int> detached;                          ///< processes that nobody wants to hear of
    std::vector<std::string> points;                 ///< `kind:function:object`, or how one begins
    std::map<std::uint64_t, BrokenClauses> clauses;  ///< by the step in which they are broken
};

}  // namespace utsim::debug
