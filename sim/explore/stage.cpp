// SPDX-License-Identifier: MIT
// A run is built anew each time: building an abstract scenario costs less than keeping snapshots of
// it for each semantics. The choosers that prefer events to steps make two semantics comparable: as
// long as both show the same, they are interrupted in the same places.
#include "explore/stage.hpp"

#include <algorithm>

#include "sched/choosers.hpp"

namespace utsim {

namespace {

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

/// Whoever runs goes on until it lets somebody see something, or blocks; then anybody's turn can
/// come. The choice depends on what was seen so far and on nothing else.
class EventWalk final : public Chooser {
public:
    EventWalk(std::uint64_t seed, const Observation& seen) : seed_(seed), seen_(seen) {}

    ActorId next(const World&, std::span<const ActorId> ready, ActorId current) override {
        const std::size_t moment = seen_.moments().size();
        if (current.valid() && moment == decided_at_) return current;
        decided_at_ = moment;
        return *std::min_element(ready.begin(), ready.end(), [&](ActorId a, ActorId b) {
            return rank(a, moment) < rank(b, moment);
        });
    }

private:
    std::uint64_t rank(ActorId actor, std::size_t moment) const {
        return mixed(mixed(seed_ ^ (std::uint64_t{actor.value} << 40)) ^ moment);
    }

    std::uint64_t seed_;
    const Observation& seen_;
    std::size_t decided_at_ = ~std::size_t{0};
};

/// Follows a track; where that cannot be done any more, goes on without preemptions.
class Follower final : public Chooser {
public:
    Follower(const Track& track, const Observation& seen) : track_(track), seen_(seen) {}

    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override {
        while (at_ < track_.stretches.size()) {
            const Track::Stretch& stretch = track_.stretches[at_];
            if (goes_on(stretch) && std::binary_search(ready.begin(), ready.end(), stretch.actor)) {
                ++behind_;
                return stretch.actor;
            }
            ++at_;
            begun_ = false;
        }
        return serial_.next(world, ready, current);
    }

    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override {
        const std::uint32_t index = world.choices_made(kind);
        for (const OtherChoice& other : track_.others) {
            if (other.kind == kind && other.index == index && other.value < count) {
                return other.value;
            }
        }
        return 0;
    }

    bool wants_every_step() const override { return true; }

private:
    bool goes_on(const Track::Stretch& stretch) {
        const std::uint64_t seen = seen_.seen_of(stretch.actor);
        if (!begun_) {
            begun_ = true;
            before_ = last_ = seen;
            behind_ = 0;
        }
        if (seen != last_) {
            last_ = seen;
            behind_ = 0;
        }
        const std::uint64_t shown = seen - before_;
        return shown < stretch.events || (shown == stretch.events && behind_ < stretch.tail);
    }

    const Track& track_;
    const Observation& seen_;
    Serial serial_;
    std::size_t at_ = 0;
    bool begun_ = false;
    std::uint64_t before_ = 0;  ///< what the actor had shown when its stretch began
    std::uint64_t last_ = 0;
    std::uint64_t behind_ = 0;  ///< steps since it showed something
};

/// A schedule as a wish: whoever cannot run is passed over.
Track track_by_steps(const Schedule& schedule) {
    Track track;
    track.others = schedule.others;
    for (const Schedule::Stretch& stretch : schedule.stretches) {
        track.stretches.push_back({stretch.actor, 0, stretch.steps});
    }
    return track;
}

/// Follows a schedule by its steps; whoever cannot run is passed over.
class StepFollower final : public Chooser {
public:
    explicit StepFollower(const Schedule& schedule)
        : track_(track_by_steps(schedule)),
          turns_(schedule.turn),
          behind_(schedule.turn != 0 ? static_cast<Chooser*>(&turns_) : &serial_) {}

    ActorId next(const World& world, std::span<const ActorId> ready, ActorId current) override {
        while (at_ < track_.stretches.size()) {
            const Track::Stretch& stretch = track_.stretches[at_];
            if (taken_ < stretch.tail &&
                std::binary_search(ready.begin(), ready.end(), stretch.actor)) {
                ++taken_;
                return stretch.actor;
            }
            ++at_;
            taken_ = 0;
        }
        return behind_->next(world, ready, current);
    }
    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override {
        const std::uint32_t index = world.choices_made(kind);
        for (const OtherChoice& other : track_.others) {
            if (other.kind != kind || other.index != index) continue;
            const std::uint32_t answer = read_answer(kind, other.value);
            if (answer < count) return answer;
        }
        return 0;
    }
    bool wants_every_step() const override { return true; }

private:
    Track track_;
    Serial serial_;
    Turns turns_;
    Chooser* behind_;  ///< whoever decides where the schedule ends
    std::size_t at_ = 0;
    std::uint64_t taken_ = 0;
};

bool same_options(const WorldOptions& a, const WorldOptions& b) {
    return a.granularity == b.granularity && a.quantum == b.quantum && a.limits == b.limits;
}

}  // namespace

/// Gives every event to the observation and to whoever else listens.
class Stage::Ear final : public EventSink {
public:
    explicit Ear(Stage& stage) : stage_(stage) {}
    void emit(const Event& event) override {
        stage_.observation_->emit(event);
        if (stage_.listener_ != nullptr) stage_.listener_->emit(event);
    }
    std::uint64_t mark() const override { return stage_.observation_->mark(); }
    void rewind(std::uint64_t mark) override { stage_.observation_->rewind(mark); }

private:
    Stage& stage_;
};

Stage::Stage(Granularity granularity) { options_.granularity = granularity; }
Stage::~Stage() = default;

void Stage::set_options(const ScenarioRunOptions& options) {
    options_ = options;
    faults_ = KernelFaults(options.faults.signal);
}

bool Stage::load(const Scenario& scenario, const Semantics& semantics) {
    scenario_ = scenario;
    semantics_ = semantics;
    const WorldOptions wanted = scenario_world_options(scenario.data(), options_);
    const bool is_new = world_ == nullptr || !same_options(wanted, made_with_);
    if (is_new) {
        world_.reset();
        pages_ = std::make_unique<PageHook>();
        world_ = std::make_unique<World>(wanted);
        world_->add_hook(pages_.get());
        observation_ = std::make_unique<Observation>(world_->names());
        ear_ = std::make_unique<Ear>(*this);
        made_with_ = wanted;
    }
    fresh_ = false;
    return is_new;
}

void Stage::build() {
    const ScenarioData& data = scenario_->data();
    world_->set_sink(nullptr);
    world_->reset();
    world_->semantics = &semantics_;
    observation_->restart();
    world_->set_sink(ear_.get());
    build_scenario(data, *world_, pages_->pool(), none_);
    world_->set_faults(options_.faults, &faults_);
    world_->kernel->machine.allocations_can_fail = options_.faults.allocations;
    std::vector<bool> controllers(world_->actor_count());
    for (std::uint32_t i = 0; i < world_->actor_count(); ++i) {
        controllers[i] = world_->actor(ActorId{i}).kind == ActorKind::controller;
    }
    observation_->set_controllers(std::move(controllers));
}

RunEnd Stage::go(Chooser& chooser) {
    const RunEnd end = world_->run(chooser);
    tell_end(*world_, end);
    ++runs_;
    events_ += observation_->events();
    return end;
}

RunEnd Stage::run(const Order& order) {
    build();
    switch (order.kind) {
        case Order::Kind::event_walk: {
            EventWalk walk(order.seed, *observation_);
            return go(walk);
        }
        case Order::Kind::walk: {
            RandomWalk walk(order.seed);
            return go(walk);
        }
        case Order::Kind::schedule: {
            StepFollower follower(order.schedule);
            return go(follower);
        }
        case Order::Kind::serial:
            break;
    }
    Serial serial;
    return go(serial);
}

RunEnd Stage::follow(const Track& track) {
    build();
    Follower follower(track, *observation_);
    return go(follower);
}

Track Stage::track() const {
    Track track;
    const Schedule ran = schedule();
    track.others = ran.others;
    const auto& moments = observation_->moments();
    std::size_t next = 0;
    std::uint64_t begin = 0;
    for (const Schedule::Stretch& stretch : ran.stretches) {
        const std::uint64_t end = begin + stretch.steps;
        Track::Stretch out{stretch.actor, 0, stretch.steps};
        for (; next < moments.size() && moments[next].step < end; ++next) {
            if (moments[next].actor != stretch.actor || moments[next].step < begin) continue;
            ++out.events;
            out.tail = end - 1 - moments[next].step;
        }
        track.stretches.push_back(out);
        begin = end;
    }
    return track;
}

Schedule Stage::schedule() const { return schedule_so_far(*world_); }

std::optional<std::uint64_t> steps_part(const Observation& a, const Observation& b) {
    const auto& x = a.moments();
    const auto& y = b.moments();
    const std::size_t shorter = std::min(x.size(), y.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        if (x[i].actor != y[i].actor || x[i].step != y[i].step) {
            return std::min(x[i].step, y[i].step);
        }
    }
    return std::nullopt;
}

}  // namespace utsim
