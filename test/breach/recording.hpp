// SPDX-License-Identifier: MIT
/// A real run, kept event by event, so that the stream of its events can be edited and judged.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <utsim/simulation.hpp>

#include "contract/contract.hpp"

namespace utsim::testing {

/// One event with its text; `event.text` itself is not valid.
struct Told {
    Event event;
    std::string text;
};
using Stream = std::vector<Told>;

/// The names of a run, and words that an edit adds to them.
class EditedNames final : public NameTable {
public:
    explicit EditedNames(const NameTable& names) : names_(names) {}
    std::string_view actor(ActorId id) const override { return names_.actor(id); }
    std::string_view task(TaskId id) const override { return names_.task(id); }
    std::string_view engine(EngineId id) const override { return names_.engine(id); }
    std::string_view static_text(std::uint32_t index) const override {
        return index < first_added ? names_.static_text(index) : added_[index - first_added];
    }
    /// A number for the words.
    std::uint32_t add(std::string_view words) {
        added_.emplace_back(words);
        return first_added + static_cast<std::uint32_t>(added_.size()) - 1;
    }

private:
    static constexpr std::uint32_t first_added = 1U << 20;
    const NameTable& names_;
    std::deque<std::string> added_;
};

class Recording {
public:
    /// Runs the scenario; options that do not fit are errors.
    static Result<Recording> of(const Scenario& scenario, const RunOptions& options);

    const Stream& stream() const { return parts_->stream; }
    EditedNames& names() { return *parts_->names; }
    /// How the run ended.
    RunEnd end() const { return parts_->end; }

    /// What all clauses together say of `stream`, if the run had made it so.
    const std::vector<Violation>& judge(const Stream& stream);
    /// Clauses of which the last judgement would have been another one if every monitor had heard
    /// every event of its kinds. None, if the tables of listeners are right.
    std::set<std::string> differs_by_tables() const;
    /// What these clauses say of `stream`, and what they say when their memory is changed wherever
    /// they do not say that it matters (support/forgetful.hpp); nothing when that is the same.
    std::string differs_when_forgetful(const Stream& stream, const ContractChoice& choice,
                                       std::uint64_t seed, const std::string& focus = {}) const;
    /// Names of all that these clauses remember of `stream` at any time.
    std::set<std::string> fields(const Stream& stream, const ContractChoice& choice) const;

private:
    /// What events refer to stays where it is when a Recording is moved.
    struct Parts {
        Stream stream;
        RunEnd end = RunEnd::quiet;
        std::uint64_t steps = 0;
        std::unique_ptr<Simulation> simulation;  ///< owns the names
        std::unique_ptr<EditedNames> names;
        std::unique_ptr<Contract> contract;
        std::unique_ptr<Contract> everybody;  ///< with every monitor called
    };
    std::unique_ptr<Parts> parts_ = std::make_unique<Parts>();
};

/// The ids of the clauses in `violations`.
std::set<std::string> clauses_in(const std::vector<Violation>& violations);

}  // namespace utsim::testing
