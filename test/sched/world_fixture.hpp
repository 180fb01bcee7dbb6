// SPDX-License-Identifier: MIT
/// A sink that writes down what it hears, for tests of the scheduler.
#pragma once

#include <string>
#include <vector>

#include "event/event.hpp"
#include "sched/schedule.hpp"

namespace utsim::testing {

/// One line per event: step, actor, kind, values, text.
class EventLog : public EventSink {
public:
    std::vector<std::string> lines;

    void emit(const Event& event) override {
        const KindInfo& info = kind_info(event.kind);
        std::string line = std::to_string(event.step) + " " +
                           (event.actor.valid() ? schedule_letter(event.actor) : "-") + " " +
                           std::string(info.name);
        for (std::size_t i = 0; i < max_fields && !info.field[i].name.empty(); ++i) {
            line += " " + std::to_string(event.value[i]);
        }
        if (!event.text.empty()) line += " " + std::string(event.text);
        lines.push_back(line);
    }
    std::uint64_t mark() const override { return lines.size(); }
    void rewind(std::uint64_t mark) override { lines.resize(mark); }
};

}  // namespace utsim::testing
