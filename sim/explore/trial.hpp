// SPDX-License-Identifier: MIT
/// One scenario that is run again and again under judgement.
#pragma once

#include <optional>
#include <string>

#include <utsim/explore.hpp>

#include "contract/contract.hpp"
#include "explore/contract_run.hpp"
#include "scenario/run.hpp"
#include "sched/schedule.hpp"

namespace utsim {

/// Where `world` is when an event of `kind` shows that a clause is broken: the function of utrace
/// or the callback that is running, when that is what the event is about; `the kernel` for what the
/// task does by itself, as what is broken long before may come to light anywhere there; `the end`
/// when only the end of the run tells.
const char* breach_place(World& world, EventKind kind);

/// What went wrong in a run. Two runs fail the same way when the same clause is broken in the same
/// function, whoever it is about; a livelock is of those who turn in it, wherever they are seen;
/// what is neither has to be told in the same words.
struct Failure {
    std::string kind;
    std::string message;
    std::string pointer;
    std::size_t line = 0;
    std::size_t column = 0;
    bool allowed = false;  ///< the scenario says that some orders may break this
    /// Of a clause: where it was broken, as `breach_place` says.
    std::string function = {};
    bool duty = false;  ///< it is a duty of engines and callers
    /// Of a livelock: who turns in it.
    std::string subject = {};

    bool same_as(const Failure& other) const {
        return kind == other.kind && pointer == other.pointer && function == other.function &&
               subject == other.subject &&
               (!function.empty() || !subject.empty() || message == other.message);
    }
};

/// The World of a scenario with its expectations and the contract listening.
class Trial {
public:
    Trial(const Scenario& scenario, const ScenarioRunOptions& options,
          const ContractChoice& contract = ContractChoice::all(),
          std::vector<AddedEngine> added = {});

    World& world() { return run_.world(); }
    /// Back to before the first step.
    void restart();
    RunEnd go(Chooser& chooser) { return run_.run(chooser); }
    /// Whether such an end is not the scenario's own: a limit, or whoever ends the search, came
    /// before it.
    bool cut_short(RunEnd end) const;
    /// Closes the run that ended so and judges it: everything that went wrong.
    std::vector<Failure> judge(RunEnd end);
    /// What the run has broken of the contract so far.
    std::vector<Failure> broken_so_far();
    /// What the World has done so far.
    Schedule schedule() const;

    /// Restarts, follows `schedule`, judges. Nothing also when the schedule cannot be followed.
    std::vector<Failure> try_schedule(const Schedule& schedule);
    /// The fingerprint of the run under `schedule`, and its steps.
    std::string fingerprint(const Schedule& schedule, std::uint64_t* steps);

    /// See Contract::leave_out.
    bool leave_out(std::string_view fact) { return contract_.leave_out(fact); }

    std::uint64_t runs() const { return runs_; }
    std::uint64_t steps() const { return steps_; }
    std::uint64_t deepest() const { return deepest_; }

private:
    /// Who listens beside the expectations: nobody when no clause is judged.
    EventSink* listener();
    /// Notes where the last `count` violations came up.
    void note_places(EventKind kind, std::size_t count);

    ScenarioRun run_;
    Contract contract_;
    std::vector<ExpectedBreach> expected_;
    std::vector<std::string> may_break_;
    std::vector<const char*> places_;  ///< by violation: the function in which it came up
    std::uint64_t runs_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t deepest_ = 0;
};

}  // namespace utsim
