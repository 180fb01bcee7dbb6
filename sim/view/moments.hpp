// SPDX-License-Identifier: MIT
/// Looks at a run after some of its steps and keeps the states that it finds there.
#pragma once

#include <cstdint>
#include <vector>

#include <utsim/simulation.hpp>

#include "view/state.hpp"

namespace utsim {

class Moments final : public StepVisitor {
public:
    /// Steps in rising order. `contract` adds the monitors, if it is not null. The run is stopped
    /// behind the last of them if `then_stop`.
    Moments(std::vector<std::uint64_t> after, const Contract* contract, bool then_stop)
        : after_(std::move(after)),
          contract_(contract),
          then_stop_(then_stop) {}

    std::uint64_t next_visit(std::uint64_t step) override;
    void visit(World& world) override;
    void at_end(World& world) override;

    /// One for each step that there was, in the same order.
    const std::vector<StateItem>& states() const { return states_; }
    /// How many steps the run had.
    std::uint64_t steps() const { return steps_; }

private:
    std::vector<std::uint64_t> after_;
    const Contract* contract_;
    bool then_stop_;
    std::vector<StateItem> states_;
    std::uint64_t steps_ = 0;
};

}  // namespace utsim
