// SPDX-License-Identifier: MIT
// A schedule that says nothing but whose turn it is needs nobody who follows it step by step.
#include "scenario/run_order.hpp"

namespace utsim {

Result<RunOrder> run_order(const Scenario& scenario, const RunOptions& options) {
    RunOrder order;
    order.seed = options.seed;
    const bool own = options.schedule.empty() && !options.seed;
    const std::string& text = own ? scenario.schedule() : options.schedule;
    if (text.empty()) return order;
    UTSIM_TRY(schedule, parse_schedule(text));
    order.schedule = std::move(schedule);
    return order;
}

RunChooser::RunChooser(const RunOrder& order) {
    if (order.seed) fallback_ = std::make_unique<RandomWalk>(*order.seed);
    if (!order.schedule) {
        chooser_ = fallback_ != nullptr ? std::move(fallback_) : std::make_unique<Serial>();
        return;
    }
    const Schedule& schedule = *order.schedule;
    const bool turns_alone = schedule.stretches.empty() && schedule.others.empty();
    if (turns_alone && schedule.turn != 0 && fallback_ == nullptr) {
        chooser_ = std::make_unique<Turns>(schedule.turn);
        return;
    }
    auto follows = std::make_unique<ScheduleChooser>(schedule, fallback_.get());
    follows_ = follows.get();
    chooser_ = std::move(follows);
}

std::optional<ScheduleDivergence> RunChooser::divergence() const {
    return follows_ != nullptr ? follows_->divergence() : std::nullopt;
}

}  // namespace utsim
