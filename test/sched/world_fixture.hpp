// SPDX-License-Identifier: MIT
/// A sink that writes down what it hears, and a chooser that is a function of the step.
#pragma once

#include <string>
#include <vector>

#include "base/random.hpp"
#include "event/event.hpp"
#include "sched/schedule.hpp"

namespace utsim::testing {

/// One line per event: step, actor, kind, values, text.
class EventLog : public EventSink {
public:
    std::vector<std::string> lines;

    explicit EventLog(const World& world) : world_(world) {}
    void emit(const Event& event) override {
        const KindInfo& info = kind_info(event.kind);
        std::string line = std::to_string(event.step) + " " +
                           (event.actor.valid() ? schedule_letter(event.actor) : "-") + " " +
                           std::string(info.name);
        for (std::size_t i = 0; i < max_fields && !info.field[i].name.empty(); ++i) {
            line += ' ';
            if (info.field[i].format == Format::static_text) {
                line += world_.names().static_text(static_cast<std::uint32_t>(event.value[i]));
            } else if (info.field[i].format == Format::lock) {
                line += lock_class_name(static_cast<LockClass>(event.value[i] >> 32));
            } else {
                line += std::to_string(event.value[i]);
            }
        }
        if (!event.text.empty()) line += " " + std::string(event.text);
        lines.push_back(line);
    }
    std::uint64_t mark() const override { return lines.size(); }
    void rewind(std::uint64_t mark) override { lines.resize(mark); }

private:
    const World& world_;
};

/// Decides at random, but the same at the same step: what it does survives jumps in time.
class StepHash : public Chooser {
public:
    explicit StepHash(std::uint64_t seed) : seed_(seed) {}
    ActorId next(const World& world, std::span<const ActorId> ready, ActorId) override {
        return ready[Random(seed_ + world.step()).below(static_cast<std::uint32_t>(ready.size()))];
    }
    std::uint32_t choose(const World& world, ChoiceKind kind, std::uint32_t count) override {
        return Random(seed_ + 1'000'000 + world.choices_made(kind)).below(count);
    }

private:
    std::uint64_t seed_;
};

}  // namespace utsim::testing
