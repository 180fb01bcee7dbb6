// SPDX-License-Identifier: MIT
/// The monitor of the whole contract: hears the events of a run and says which clauses were broken,
/// kept, or never put to the test.
///
/// It reads events only, so it judges any semantics, and it follows the World when time jumps back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

#include "contract/dispatch.hpp"
#include "contract/judge.hpp"

namespace utsim {

/// Which clauses are judged, as indices into `all_clauses()`.
struct ContractChoice {
    std::vector<std::size_t> clauses;

    static ContractChoice all();
    static ContractChoice none() { return {}; }
    /// The invariants alone.
    static ContractChoice invariants();
    /// `all`, `none`, `invariants` and ids, with commas between them; what has a `-` before it is
    /// taken away again (`all,-C-257`).
    static Result<ContractChoice> parse(std::string_view text);

private:
    void change(const std::vector<std::size_t>& some, bool less);
};

class Contract final : public EventSink {
public:
    explicit Contract(const NameTable& names, const ContractChoice& choice = ContractChoice::all());
    ~Contract();

    /// Every monitor hears every event of the kinds that it is interested in. It makes no
    /// difference but time; that is what this is for: to be tested.
    void call_everybody() { call_everybody_ = true; }

    /// Passes every event on to `next`.
    void set_next(EventSink* next) { next_ = next; }
    /// Called at violations, on the fiber, with the kind of the event and how many came up at once;
    /// to stop the World for example, or to see where it stands.
    void on_violation(void (*notify)(void*, EventKind, std::size_t), void* argument) {
        notify_ = notify;
        notify_argument_ = argument;
    }

    /// Whether there is any clause to judge. If not, it only passes events on.
    bool judges() const { return dispatch_->slots() != 0; }

    void emit(const Event& event) override;
    std::uint64_t mark() const override;
    void rewind(std::uint64_t mark) override;
    void remembers(SinkMemory& memory) const override;
    bool wants_each_instruction() const override;
    bool wants_arguments() const override { return next_ != nullptr && next_->wants_arguments(); }
    /// Leaves a fact (contract/fact.hpp) out of what it remembers, for tests that want to see what
    /// comes of it. False: there is none of that name.
    bool leave_out(std::string_view fact);

    /// Forgets everything: a new run begins.
    void restart();
    /// The run has ended so; judges what only the end can tell.
    void finish(RunEnd end, std::uint64_t step);

    /// In the order in which they were seen; one per clause and message.
    const std::vector<Violation>& violations() const { return state_.violations; }
    const History& history() const { return state_.history; }
    /// All that it knows, told to a visitor (described.hpp). What it has said already, and how
    /// often clauses were put to the test, is not among it.
    template <typename V>
    void describe(V& v) const {
        if (!judges()) return;
        state_.history.describe(v);
        state_.ledger.describe(v);
        state_.memory.describe(v);
    }
    /// Calls `f(clause, what, about, value)` for each number that a monitor keeps, for then it
    /// waits for something; `about` is the engine or task, if it is about one.
    template <typename F>
    void each_kept(F&& f) const {
        for (std::size_t i = 0; judges() && i < static_cast<std::size_t>(Keeping::count_); ++i) {
            const auto what = static_cast<Keeping>(i);
            state_.memory.each(what,
                               [&](std::size_t slot, std::uint32_t about, std::uint64_t value) {
                                   f(dispatch_->clause(slot), what, about, value);
                               });
        }
    }
    /// What of that can still make a difference to what it will say; see identity.hpp, where this
    /// is defined.
    template <typename V>
    void identify(V& v) const;
    /// How many times a monitor was called, for who measures.
    std::uint64_t calls() const { return calls_; }
    /// How often clause `index` of `all_clauses()` had a chance to be broken.
    std::uint64_t exercised(std::size_t index) const;

private:
    void call(Judge& judge, std::size_t slot, Monitor monitor);
    template <typename Use>
    void for_each_listener_word(Topic topic, Use&& use) const;
    struct Told;
    Told& told() const;
    /// The conditions that hold now.
    WhenSet conditions() const;

    const NameTable& names_;
    std::shared_ptr<const Dispatch> dispatch_;
    EventSink* next_ = nullptr;
    void (*notify_)(void*, EventKind, std::size_t) = nullptr;
    void* notify_argument_ = nullptr;
    bool call_everybody_ = false;
    mutable std::unique_ptr<Told> told_;  ///< what `remembers` tells, once it was asked for
    std::uint64_t calls_ = 0;
    struct Mark {
        ContractState::Mark state;
        std::uint64_t next = 0;
    };
    mutable ContractState state_;  // marking it changes how it saves, and nothing else
    mutable std::vector<Mark> marks_;
};

}  // namespace utsim
