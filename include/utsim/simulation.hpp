// SPDX-License-Identifier: MIT
/// Running a scenario from C++, with engines of your own in it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <utsim/contract.hpp>
#include <utsim/engine.hpp>
#include <utsim/event.hpp>
#include <utsim/result.hpp>
#include <utsim/scenario.hpp>

namespace utsim {

class World;

struct ExploreOptions;
struct ExploreReport;

/// Somebody who looks at a run between two steps, while nobody is in the middle of anything. To
/// look changes nothing: the run goes on as it would have.
class StepVisitor {
public:
    virtual ~StepVisitor() = default;
    /// The step before which it wants to look next. The run is about to do step `step`, which is a
    /// good answer only when it has not looked there yet; all ones: it does not look any more.
    virtual std::uint64_t next_visit(std::uint64_t step) = 0;
    /// `world.step()` comes next.
    virtual void visit(World& world) = 0;
    /// There are no more steps.
    virtual void at_end(World& world) { (void)world; }
};

/// How to run; what is empty or zero here comes from the scenario.
struct RunOptions {
    std::string semantics;
    std::string schedule;               ///< follow this one; behind its end nobody is preempted
    std::optional<std::uint64_t> seed;  ///< a random walk instead of a schedule
    /// Instructions that a task runs before the walk of `seed` may give its processor to another.
    std::uint64_t quantum = 1;
    std::string granularity;  ///< `api`, `lock` or `access`
    std::uint64_t max_steps = 0;
    std::uint64_t max_instructions = 0;
    /// A trace of the run tells instructions of one task with nothing between them in one event.
    bool count_instructions = false;
    EventSink* sink = nullptr;  ///< told every event, after listeners; must outlive the run
    /// Set by somebody else, a signal handler for example, to end the run: as `stopped`, with what
    /// was seen so far.
    const std::atomic<bool>* stop = nullptr;
    /// Asked before the first step and after each visit; must outlive the run.
    StepVisitor* visitor = nullptr;
};

enum class Verdict : std::uint8_t {
    held,
    violated,
    vacuous,  ///< it never had a chance to fail
};
const char* verdict_name(Verdict verdict);

/// What became of one expectation: an entry of `expect`, or the `expect` of one step.
struct ExpectationResult {
    Verdict verdict = Verdict::held;
    std::string what;        ///< the expectation in a few words
    std::string message;     ///< what was seen instead; empty when it held
    std::uint64_t step = 0;  ///< scheduling step that decided it
    std::string pointer;     ///< JSON pointer of the expectation
    std::size_t line = 0;
    std::size_t column = 0;
};

struct RunReport {
    std::string end;  ///< `quiet`, `deadlock`, `livelock`, `limit`, `bug`, `stopped`, `paused`
    std::string end_detail;  ///< more about it, where there is more
    std::uint64_t steps = 0;
    std::uint64_t instructions = 0;
    std::string schedule;  ///< reproduces the run
    std::vector<ExpectationResult> expectations;
    std::optional<ContractReport> contract;  ///< of `run_judged` only

    std::size_t violations() const;  ///< of expectations
    std::size_t vacuous() const;
    /// The run ended as it should and nothing was violated; nor the contract, where it was judged.
    bool held() const {
        return end_as_expected && violations() == 0 && (!contract || contract->held());
    }
    /// `RunOptions::stop` ended it.
    bool interrupted() const { return end == "stopped" && end_detail == "interrupted"; }
    bool end_as_expected = true;
};

/// Where and how an engine written in C++ joins a scenario.
struct EngineSpec {
    std::string name;          ///< replaces the scenario's engine of that name, or adds one
    std::string task;          ///< for a new one: the task it is attached to before anything runs
    std::uint64_t events = 0;  ///< for a new one: `UTRACE_EVENT()` bits
};

/// One scenario, built and ready to run any number of times; each run starts over.
class Simulation {
public:
    /// Fails when the options do not fit: unknown semantics, a schedule that does not parse.
    static Result<Simulation> create(const Scenario& scenario, const RunOptions& options = {});
    Simulation(Simulation&&) noexcept;
    Simulation& operator=(Simulation&&) noexcept;
    ~Simulation();

    /// Adds an engine of class `E`, made anew for each run from copies of `arguments`.
    template <typename E, typename... Arguments>
    void add_engine(EngineSpec spec, Arguments... arguments) {
        static_assert(std::is_base_of_v<EngineOps, E>);
        static_assert(std::is_trivially_destructible_v<E>,
                      "engines live in the World's arena: keep their members plain");
        add_engine_maker(std::move(spec), sizeof(E), alignof(E), [=](void* memory) -> EngineOps* {
            return ::new (memory) E(arguments...);
        });
    }

    /// Who is told an event, with the names of what it refers to.
    using Listener = std::function<void(const Event& event, const NameTable& names)>;
    /// From now on `listener` is told every event of every run, in order, beginning with those of
    /// the preparation (the attaching of the scenario's engines, in step 0). Several are told in
    /// the order in which they came.
    ///
    /// It is called in the middle of what the event tells of, on the task's own small stack: what
    /// it wants to keep it copies, and it calls nothing of this Simulation. What it throws ends the
    /// run and comes out of `run`.
    void listen(Listener listener);
    /// The names that events refer to, for use between runs; another engine or another run may
    /// change them.
    const NameTable& names();

    RunReport run();
    /// Runs once, and judges it by the contract as well: `clauses` is `all`, `invariants`, `none`
    /// or ids, as `--contract` takes them (`all,-C-038`). An unknown clause is an error. Engines
    /// written in C++ are judged like those of scenarios, under the name of their `EngineSpec`.
    Result<RunReport> run_judged(std::string_view clauses = "all");
    /// Searches its orders, with the engines that were added; see <utsim/explore.hpp>. Each thread
    /// makes engines of its own from the arguments of `add_engine`. What an engine keeps outside
    /// its object does not follow when the search goes back in time: such an engine must not be
    /// searched with.
    Result<ExploreReport> explore(const ExploreOptions& options);

    /// The object that `add_engine` made for the last run; null for a name that it was not given.
    template <typename E>
    const E* engine(std::string_view name) const {
        return static_cast<const E*>(find_engine(name));
    }

    World& world();

private:
    struct Parts;
    using Maker = std::function<EngineOps*(void*)>;
    explicit Simulation(std::unique_ptr<Parts> parts);
    void add_engine_maker(EngineSpec spec, std::size_t size, std::size_t align, Maker maker);
    const EngineOps* find_engine(std::string_view name) const;
    RunReport run_into(EventSink* first);

    std::unique_ptr<Parts> parts_;
};

/// Loads nothing, keeps nothing: one run of `scenario`. Options that do not fit are errors.
Result<RunReport> run_scenario(const Scenario& scenario, const RunOptions& options = {});

}  // namespace utsim
