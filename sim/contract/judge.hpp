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
#include "contract/reading.hpp"
#include "contract/violation.hpp"
#include "sched/world.hpp"

namespace utsim {

/// The data of all monitors; it can go back to what it was when it was marked.
struct ContractState {
    using Numbers = UndoList<std::uint64_t>;

    History history;
    Ledger ledger;
    Numbers of_engine;  ///< one number per engine and clause
    Numbers of_task;    ///< one number per task and clause
    Numbers of_all;     ///< one number per clause
    Numbers exercised;  ///< how often each clause had a chance to be broken
    std::vector<Violation> violations;

    struct Mark {
        History::Mark history;
        Ledger::Mark ledger;
        Numbers::Mark of_engine;
        Numbers::Mark of_task;
        Numbers::Mark of_all;
        Numbers::Mark exercised;
        std::size_t violations = 0;
    };
    void clear();
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
        for (std::uint32_t i = 0; i < past().engine_count(); ++i) {
            const EngineView& view = past().engine(EngineId{i});
            if (view.task == task.value) f(EngineId{i}, view);
        }
    }

    // --- memory: numbers that begin as 0 ------------------------------------------------------

    std::uint64_t& of(EngineId id) { return cell(state_.of_engine, id.value); }
    std::uint64_t& of(TaskId id) { return cell(state_.of_task, id.value); }
    std::uint64_t& of_all() { return state_.of_all.edit(static_cast<std::uint32_t>(slot_)); }
    /// A step as such a number, so that 0 is none.
    static std::uint64_t remember(std::uint64_t step) { return step + 1; }
    static std::uint64_t recall(std::uint64_t number) { return number == 0 ? never : number - 1; }

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
    std::uint64_t& cell(ContractState::Numbers& cells, std::uint32_t index);

    const Event& event_;
    ContractState& state_;
    const NameTable& names_;
    RunEnd end_;
    std::size_t slot_ = 0;   ///< of the clause that is being judged
    std::size_t slots_ = 0;  ///< of all that are judged
    const Clause* clause_ = nullptr;
    bool broke_ = false;
    std::uint64_t nobody_ = 0;  ///< what is asked of an id that names nothing
};

}  // namespace utsim
