// SPDX-License-Identifier: MIT
// Going through a run in pieces. Each piece ends where a moment is to be kept, where somebody has
// changed the World, or where the order is asked for in another way.
#include "debug/travel.hpp"

#include <algorithm>
#include <limits>

#include "scenario/scenario.hpp"
#include "sched/schedule.hpp"

namespace utsim::debug {

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max() / 4;
/// Who runs is asked so often, in steps, whether somebody wants to be let in.
constexpr std::uint64_t steps_between_looks = 1 << 20;

}  // namespace

Result<std::unique_ptr<Travel>> Travel::create(const Scenario& scenario, const RunOptions& options,
                                               const TravelLimits& limits) {
    UTSIM_TRY(run_options, scenario_run_options(scenario, options));
    UTSIM_TRY(order, run_order(scenario, options));
    run_options.faults = order.faults();
    auto data = std::make_shared<ScenarioData>(scenario.data());
    data->max_events = data->max_output = unlimited;
    return std::unique_ptr<Travel>(
        new Travel(Scenario(std::move(data)), run_options, options, order, limits));
}

Travel::Travel(const Scenario& scenario, const ScenarioRunOptions& run_options,
               const RunOptions& options, const RunOrder& order, const TravelLimits& limits)
    : run_(scenario, run_options),
      options_(options),
      order_(RunChooser(order), order.turn()),
      limits_(limits) {
    run_.judge_expectations(false);
    run_.set_sink(&ear_);
    keep();
}

std::uint64_t Travel::kept_before(std::uint64_t step) const {
    return std::prev(moments_.upper_bound(step))->first;
}

std::uint64_t Travel::next_change(std::uint64_t step) const {
    std::uint64_t next = ~std::uint64_t{0};
    for (const auto& [at, what] : changes_) {
        if (at > step) next = std::min(next, at);
    }
    return next;
}

/// How far apart moments are kept here: as far as would fill the store if the whole run were kept
/// evenly.
std::uint64_t Travel::spacing() const {
    return std::max<std::uint64_t>(limits_.spacing,
                                   step() / std::max<std::size_t>(1, limits_.moments));
}

void Travel::keep() {
    world().snapshot(moments_[step()]);
    while (moments_.size() > limits_.moments) thin();
    // The first is needed, and where we are as well: it is what a step forwards begins with.
    while (moments_.size() > 2 && world().snapshot_bytes() > limits_.bytes) thin();
}

/// Throws the moment away that is missed least: the one with the smallest gap around it for its
/// distance from here. The first and the one just kept stay.
void Travel::thin() {
    auto least = moments_.end();
    double least_worth = 0;
    for (auto it = std::next(moments_.begin()); it != moments_.end(); ++it) {
        if (it->first == step()) continue;
        const auto after = std::next(it);
        const std::uint64_t end = after != moments_.end() ? after->first : it->first;
        const std::uint64_t gap = end - std::prev(it)->first;
        const std::uint64_t far = it->first > step() ? it->first - step() : step() - it->first;
        const double worth = static_cast<double>(gap) / static_cast<double>(far + 1);
        if (least != moments_.end() && worth >= least_worth) continue;
        least = it;
        least_worth = worth;
    }
    if (least != moments_.end()) moments_.erase(least);
}

void Travel::restore(std::uint64_t step) { world().restore(moments_.at(step)); }

void Travel::make_changes() {
    for (const auto& [at, what] : changes_) {
        if (at == step()) what(world());
    }
}

/// One call of `World::run`, no further than `to`. False when it cannot go on.
bool Travel::run_once(std::uint64_t to) {
    const std::uint64_t start = step();
    const std::uint64_t end = std::min({to, order_.stretch(start), start + steps_between_looks});
    world().pause_at(end);
    const RunEnd how = run_.run(order_);
    const std::uint64_t at = step();
    steps_run_ += at - start;
    order_.came_to(at);
    if (at > start) make_changes();
    if (how == RunEnd::paused && at >= end) return true;
    if (how == RunEnd::stopped) return false;  // whoever hears has asked for it
    if (how != RunEnd::paused || !reordered_) {
        end_ = how;
        end_step_ = at;
        end_detail_ = world().end_detail();
        if (how == RunEnd::paused) end_detail_ = "the schedule asks for an actor that cannot run";
    }
    return false;
}

bool Travel::advance(std::uint64_t to, EventSink* hears) {
    ear_.hears = hears;
    asked_ = false;
    looked_at_ = step();
    while (step() < to) {
        const std::uint64_t kept = kept_before(step());
        const std::uint64_t due = kept + std::max(spacing(), step() - kept + 1);
        const std::uint64_t piece = std::min({to, due, next_change(step())});
        if (!run_once(piece)) break;
        if (step() >= due) keep();
        if (look_ && step() - looked_at_ >= steps_between_looks / 64) {
            looked_at_ = step();
            if (look_()) {
                asked_ = step() < to;
                break;
            }
        }
    }
    ear_.hears = nullptr;
    return step() >= to;
}

bool Travel::go_to(std::uint64_t to) {
    const std::uint64_t kept = kept_before(to);
    if (to < step() || kept > step()) restore(kept);
    return advance(to);
}

/// Forgets what is known of the run behind this step.
void Travel::forget_what_follows() {
    order_.cut(world());
    moments_.erase(moments_.upper_bound(step()), moments_.end());
    changes_.erase(std::remove_if(changes_.begin(), changes_.end(),
                                  [&](const auto& c) { return c.first > step(); }),
                   changes_.end());
    end_.reset();
    end_step_ = ~std::uint64_t{0};
}

void Travel::change(std::function<void(World&)> change) {
    forget_what_follows();
    moments_.erase(step());
    change(world());
    changes_.emplace_back(step(), std::move(change));
    keep();
}

std::uint64_t Travel::run_only(ActorId actor, std::uint64_t steps) {
    forget_what_follows();
    reordered_ = true;
    const std::uint64_t from = step();
    order_.force(actor, from, steps);
    advance(from + steps);
    order_.force(ActorId{}, 0, 0);
    return step() - from;
}

std::vector<std::uint64_t> Travel::changes() const {
    std::vector<std::uint64_t> steps;
    for (const auto& [at, what] : changes_) steps.push_back(at);
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    return steps;
}

}  // namespace utsim::debug
