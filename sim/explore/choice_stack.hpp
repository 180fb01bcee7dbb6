// SPDX-License-Identifier: MIT
/// What both exhaustive searches are made of: a chooser that stops the run wherever something is to
/// be decided, and the stack of decisions that have alternatives left.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sched/chooser.hpp"
#include "sched/state_key.hpp"
#include "sched/world.hpp"

namespace utsim {

/// A choice that the search can come back to: who runs, or a choice of another kind.
struct OpenChoice {
    World::Snapshot world;
    std::vector<ActorId> options;   ///< who can run; empty for a choice of another kind
    std::uint32_t values = 0;       ///< of another kind: how many there are
    std::uint32_t next = 0;         ///< the alternative to take next
    ActorId current;                ///< who ran, when it could go on; invalid otherwise
    std::uint32_t preemptions = 0;  ///< spent before this choice
    StateKey key;                   ///< of the World, where states are told apart
    std::size_t told = 0;           ///< failures on the way here that the client knows

    /// Who was let go on from here last; nobody for a choice of another kind.
    ActorId taken() const { return options.empty() || next == 0 ? ActorId{} : options[next - 1]; }
    std::size_t count() const { return options.empty() ? values : options.size(); }
};

/// Takes the one alternative that is planned; stops the run where a new choice is to be made.
class PlannedChooser final : public Chooser {
public:
    explicit PlannedChooser(std::uint32_t bound) : bound_(bound) {}

    ActorId next(const World&, std::span<const ActorId> ready, ActorId current) override {
        if (planned_.valid()) return std::exchange(planned_, ActorId{});
        if (current.valid() && preemptions_ >= bound_) {
            bounded_ = bounded_ || ready.size() > 1;
            return current;
        }
        options_.clear();
        if (current.valid()) options_.push_back(current);
        for (const ActorId id : ready) {
            if (id != current) options_.push_back(id);
        }
        if (options_.size() == 1) return options_.front();
        current_ = current;
        return ActorId{};
    }

    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override {
        if (planned_value_ != pause) return std::exchange(planned_value_, pause);
        options_.clear();
        // Behind a fault it is asked who runs, and another than the last may be a preemption.
        current_ = is_between_steps(kind) ? world.last_ran() : ActorId{};
        values_ = count;
        return pause;
    }

    /// The choice at which the run has paused.
    void describe(OpenChoice& choice) const {
        choice.options = options_;
        choice.values = values_;
        choice.next = 0;
        choice.current = current_;
        choice.preemptions = preemptions_;
    }
    /// Goes on from `choice` with its next alternative.
    void plan(OpenChoice& choice) {
        preemptions_ = choice.preemptions;
        if (choice.options.empty()) {
            planned_value_ = choice.next++;
            return;
        }
        planned_ = choice.options[choice.next++];
        if (choice.current.valid() && planned_ != choice.current) ++preemptions_;
    }
    std::uint32_t preemptions() const { return preemptions_; }
    /// Who ran before the choice at which the run has paused, if it could go on.
    ActorId current() const { return current_; }
    /// Some choice was left out, because it would have been one preemption too many.
    bool bounded() const { return bounded_; }

private:
    std::uint32_t bound_;
    std::uint32_t preemptions_ = 0;
    bool bounded_ = false;
    ActorId planned_;
    std::uint32_t planned_value_ = pause;
    ActorId current_;
    std::uint32_t values_ = 0;
    std::vector<ActorId> options_;
};

/// What tells states apart beside the World: how the run stands, and with a bound who ran, since
/// what another preemption would cost depends on that.
inline std::uint64_t what_else_counts(bool bounded, const PlannedChooser& chooser, RunEnd end) {
    const std::uint64_t ran = bounded && end == RunEnd::paused ? chooser.current().value : 0;
    return ran << 8 | static_cast<std::uint64_t>(end);
}

/// The open choices of one path. Those that were closed keep their buffers for the next.
class ChoiceStack {
public:
    OpenChoice& push() {
        if (depth_ == choices_.size()) choices_.emplace_back();
        return choices_[depth_++];
    }
    std::size_t depth() const { return depth_; }
    OpenChoice& at(std::size_t depth) { return choices_[depth]; }
    const OpenChoice& at(std::size_t depth) const { return choices_[depth]; }
    /// The deepest choice with an alternative left, or null.
    OpenChoice* backtrack() {
        while (depth_ > 0 && choices_[depth_ - 1].next == choices_[depth_ - 1].count()) --depth_;
        return depth_ > 0 ? &choices_[depth_ - 1] : nullptr;
    }

private:
    std::vector<OpenChoice> choices_;
    std::size_t depth_ = 0;
};

}  // namespace utsim
