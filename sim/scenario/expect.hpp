// SPDX-License-Identifier: MIT
/// Judging a run by what its scenario expects: an observer of the event stream.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <utsim/simulation.hpp>

#include "event/event.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

/// Passes every event on to `next`, and remembers what the expectations need. Follows the World
/// when time jumps back. Results are in the order of the file: steps, then `expect`.
class ExpectMonitor final : public EventSink {
public:
    ExpectMonitor(const Scenario& scenario, const NameTable& names);
    ~ExpectMonitor();

    void set_next(EventSink* next) { next_ = next; }

    void emit(const Event& event) override;
    std::uint64_t mark() const override;
    void rewind(std::uint64_t mark) override;

    /// Forgets everything: a new run begins.
    void restart();

    /// Something was violated that no later event can mend.
    bool violated() const;
    std::vector<ExpectationResult> results() const;

private:
    struct Log;
    Scenario scenario_;
    const NameTable& names_;
    EventSink* next_ = nullptr;
    std::unique_ptr<Log> log_;
};

}  // namespace utsim
