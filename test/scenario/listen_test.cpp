// SPDX-License-Identifier: MIT
// Embedders listen to the events of a run with nothing but public headers.
#include "support/testing.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <utsim/simulation.hpp>

using namespace utsim;

namespace {

Simulation simulation_of(std::string_view builtin, const RunOptions& options = {}) {
    const BuiltinScenario* found = find_builtin_scenario(builtin);
    REQUIRE(found != nullptr);
    return std::move(*Simulation::create(*load_scenario_text(found->text, "listened"), options));
}

class Collector final : public EventSink {
public:
    void emit(const Event& event) override { kinds.push_back(event.kind); }
    std::uint64_t mark() const override { return kinds.size(); }
    void rewind(std::uint64_t mark) override { kinds.resize(mark); }
    std::vector<EventKind> kinds;
};

TEST_CASE("a listener hears what a sink hears, in each run", "[scenario][listen]") {
    Collector sink;
    RunOptions options;
    options.sink = &sink;
    Simulation simulation = simulation_of("tutorial/stop", options);
    std::vector<EventKind> heard;
    std::vector<std::string> words;
    simulation.listen([&](const Event& event, const NameTable& names) {
        heard.push_back(event.kind);
        words.push_back(event_in_words(event, names));
    });
    CHECK(simulation.run().held());
    CHECK(heard == sink.kinds);
    CHECK(heard.front() == EventKind::api_enter);  // the engine of the file is attached
    CHECK(heard.back() == EventKind::run_end);
    CHECK(std::count(words.begin(), words.end(),
                     "task_state task=target state=TASK_TRACED exit_state=0") == 1);

    const std::vector<std::string> first = std::move(words);
    words.clear();
    CHECK(simulation.run().held());
    CHECK(words == first);
}

TEST_CASE("listening changes nothing about a run", "[scenario][listen]") {
    Simulation alone = simulation_of("tutorial/stop");
    Simulation heard = simulation_of("tutorial/stop");
    std::size_t events = 0;
    heard.listen([&](const Event&, const NameTable&) { ++events; });
    const RunReport a = alone.run();
    const RunReport b = heard.run();
    CHECK(events > 0);
    CHECK(a.schedule == b.schedule);
    CHECK(a.steps == b.steps);
}

TEST_CASE("listeners are told in the order in which they came", "[scenario][listen]") {
    Simulation simulation = simulation_of("tutorial/stop");
    std::string order;
    simulation.listen([&](const Event&, const NameTable&) { order += 'a'; });
    simulation.listen([&](const Event&, const NameTable&) { order += 'b'; });
    simulation.run();
    CHECK(order.substr(0, 4) == "abab");
}

TEST_CASE("what a listener throws ends the run and comes out of it", "[scenario][listen]") {
    const auto kind = GENERATE(EventKind::engine_attached,  // in the preparation
                               EventKind::callback,         // on a fiber
                               EventKind::run_end);
    Simulation simulation = simulation_of("tutorial/stop");
    bool angry = true;
    std::size_t after = 0;
    simulation.listen([&](const Event& event, const NameTable&) {
        if (angry && event.kind == kind) throw std::runtime_error("enough");
    });
    simulation.listen([&](const Event& event, const NameTable&) {
        if (event.kind == kind) ++after;
    });
    CHECK_THROWS_WITH(simulation.run(), "enough");
    CHECK(after == 0);
    angry = false;
    CHECK(simulation.run().held());
    CHECK(after != 0);
}

TEST_CASE("names can be asked for between runs", "[scenario][listen]") {
    Simulation simulation = simulation_of("tutorial/stop");
    TaskId traced;
    simulation.listen([&](const Event& event, const NameTable&) {
        if (event.kind != EventKind::task_state) return;
        const std::size_t field = *find_field(event.kind, "task");
        traced = TaskId{static_cast<std::uint32_t>(event.value[field])};
    });
    simulation.run();
    CHECK(simulation.names().task(traced) == "target");
}

}  // namespace
