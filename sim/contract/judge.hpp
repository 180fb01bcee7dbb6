// SPDX-License-Identifier: MIT
/// What a monitor has in its hands: one event, what was before it, and a little memory of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/clause.hpp"
#include "contract/history.hpp"
#include "contract/ledger.hpp"
#include "contract/monitor_memory.hpp"
#include "contract/reading.hpp"
#include "contract/violation.hpp"
#include "sched/world.hpp"

namespace utsim {

/// The data of all monitors; it can go back to what it was when it was marked.
struct ContractState {
    History history;
    Ledger ledger;
    MonitorMemory memory;
    UndoList<std::uint64_t> exercised;  ///< how often each clause had a chance to be broken
    std::vector<Violation> violations;

    struct Mark {
        History::Mark history;
        Ledger::Mark ledger;
        MonitorMemory::Mark memory;
        UndoList<std::uint64_t>::Mark exercised;
        std::size_t violations = 0;
    };
    /// Nothing has happened, and there are so many monitors.
    void clear(std::size_t monitors);
    Mark mark();
    void rewind(const Mark& mark);
};

class Judge {
public:
    Judge(ContractState& state, const NameTable& names, const Event& event, RunEnd end)
        : event_(event),
          state_(state),
          names_(names),
          end_(end) {}

    // --- what happened ------------------------------------------------------------------------

    const Event& event() const { return event_; }
    EventKind kind() const { return event_.kind; }
    /// Everything before this event.
    const History& past() const { return state_.history; }
    CallbackReading callback() const { return CallbackReading(event_); }
    ApiReading api() const { return ApiReading(event_); }
    TaskId task_in(std::size_t field) const { return TaskId{id_in(event_, field)}; }
    EngineId engine_in(std::size_t field) const { return EngineId{id_in(event_, field)}; }
    std::int64_t value(std::size_t field) const { return event_.value[field]; }
    const EngineView& engine(EngineId id) const { return past().engine(id); }
    const TaskView& task(TaskId id) const { return past().task(id); }
    const EngineLedger& ledger(EngineId id) const { return state_.ledger.engine(id); }
    const TaskLedger& ledger(TaskId id) const { return state_.ledger.task(id); }
    const Ledger& ledger() const { return state_.ledger; }
    /// How it stood when the call that ends with this `api` event began.
    const CallLedger& call_ledger() const { return state_.ledger.call(event_.actor); }
    /// The call that returns with this `api` event, as it was when it began; never null there.
    const CallView& call() const;
    /// How the run ended; only at the end.
    RunEnd end() const { return end_; }

    /// Calls `f(EngineId, const EngineView&)` for each engine of `task`.
    template <typename F>
    void each_engine(TaskId task, F&& f) const {
        past().each_engine(task, f);
    }

    // --- memory: numbers that begin as 0 ------------------------------------------------------

    Number of(EngineId id) { return number(Keeping::of_engine, id.value); }
    Number of(TaskId id) { return number(Keeping::of_task, id.value); }
    Number of_all() { return number(Keeping::of_all, 0); }
    /// All of them are 0 again, and the moments `never`.
    void forget() { state_.memory.forget(slot_); }

    // --- memory: steps that begin as `never` --------------------------------------------------

    Moment moment(EngineId id) { return Moment(number(Keeping::moment_of_engine, id.value)); }
    Moment moment(TaskId id) { return Moment(number(Keeping::moment_of_task, id.value)); }
    /// Likewise: how often something had happened at a time, which begins as `never`.
    Moment count(EngineId id) { return Moment(number(Keeping::count_of_engine, id.value)); }
    Moment count(TaskId id) { return Moment(number(Keeping::count_of_task, id.value)); }
    Moment moment_of_all() { return Moment(number(Keeping::moment_of_all, 0)); }

    // --- verdicts -----------------------------------------------------------------------------

    /// The clause had a chance to be broken here.
    void exercised() { ++state_.exercised.edit(static_cast<std::uint32_t>(slot_)); }
    /// It was broken, by something promised in step `since` (`never`: by this event alone).
    /// `by` is the engine that broke its duty.
    void broken(std::uint64_t since, std::string message, EngineId by = {});
    /// Both of the above: a chance, and `ok` tells whether it was kept.
    template <typename Message>
    void expect(bool ok, std::uint64_t since, Message&& message, EngineId by = {}) {
        exercised();
        if (!ok) broken(since, message(), by);
    }

    std::string name(TaskId id) const { return std::string(names_.task(id)); }
    std::string name(EngineId id) const { return std::string(names_.engine(id)); }
    std::string_view text_in(std::size_t field) const {
        return names_.static_text(id_in(event_, field));
    }

private:
    friend class Contract;
    Number number(Keeping what, std::uint32_t id) { return {state_.memory, what, slot_, id}; }

    const Event& event_;
    ContractState& state_;
    const NameTable& names_;
    RunEnd end_;
    std::size_t slot_ = 0;  ///< of the clause that is being judged
    const Clause* clause_ = nullptr;
    std::size_t broke_ = 0;  ///< violations of this call of a monitor
};

}  // namespace utsim
