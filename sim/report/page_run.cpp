// SPDX-License-Identifier: MIT
// The run of a page: recorded as any other, and looked at between its steps.
#include <optional>

#include "report/page.hpp"
#include "sched/world.hpp"

namespace utsim {

namespace {

/// More would neither fit into a page nor be read.
constexpr std::size_t most_states = 12'000;

class HistoryVisitor final : public StepVisitor {
public:
    explicit HistoryVisitor(StateHistory& history) : history_(history) {}

    std::uint64_t next_visit(std::uint64_t step) override {
        if (!before_) return step;
        if (history_.steps.size() >= most_states) {
            history_.complete = false;
            return ~std::uint64_t{0};
        }
        return step + 1;
    }
    void visit(World& world) override { look(world); }
    void at_end(World& world) override { look(world); }

private:
    void look(World& world) {
        if (history_.steps.size() >= most_states) return;
        StateItem now = world_state(world);
        if (!before_) {
            history_.first = now;
        } else if (world.step() > 0) {
            std::vector<StateChange> changes = state_changes(*before_, now);
            std::erase_if(changes, is_noise);
            if (!changes.empty()) history_.steps.push_back({world.step() - 1, std::move(changes)});
        }
        before_ = std::move(now);
    }
    /// What counts steps and says no more.
    static bool is_noise(const StateChange& change) {
        const std::string_view path = change.path;
        return path == "run.step" || path == "run.events" || path == "run.output" ||
               path == "run.last_progress" || path == "run.ready_count" ||
               path == "run.rcu_sections" || path.starts_with("run.lock_after") ||
               path.ends_with(".steps") || path.ends_with(".fruitless_polls");
    }

    StateHistory& history_;
    std::optional<StateItem> before_;
};

}  // namespace

Result<PageRun> run_for_page(const Scenario& scenario, const RunOptions& options) {
    StateHistory history;
    HistoryVisitor visitor(history);
    RunOptions with_visitor = options;
    with_visitor.visitor = &visitor;
    UTSIM_TRY(run, record_run(scenario, with_visitor));
    return PageRun{std::move(run), std::move(history)};
}

}  // namespace utsim
