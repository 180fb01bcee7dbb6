// SPDX-License-Identifier: MIT
// The scenario is shrunk first, in whatever order still shows the finding: the serial one, the one
// at hand, or a few random ones. Only then is the order written down and cut.
#include "survey/reduce.hpp"

#include "base/check.hpp"
#include "explore/generate.hpp"
#include "explore/shrink.hpp"

namespace utsim::survey {

namespace {

constexpr int shrink_attempts = 1500;
constexpr std::uint64_t walks = 24;

class Reducer {
public:
    Reducer(const Options& options, const FindingKey& key, const Finding& finding)
        : court_(options.semantics.semantics, chosen(key)),
          key_(key),
          order_(finding.best.order),
          text_(generate_scenario(options.seed, finding.best.index)) {}

    void shrink() {
        text_ = shrink_scenario(
            text_, [this](const Scenario& scenario) { return shows(scenario); }, shrink_attempts);
    }

    const std::string& text() const { return text_; }
    /// Empty for the serial order.
    std::string schedule() {
        court_.load(*load_scenario_text(text_, "reduced"));
        if (court_.says(Order{}, key_)) return {};
        if (!court_.says(order_, key_)) return {};
        Order best;
        best.kind = Order::Kind::schedule;
        best.schedule = court_.stage().schedule();
        while (court_.says(best, key_) && fewer(best)) {}
        court_.says(best, key_);
        return format_schedule(court_.stage().schedule());
    }

private:
    static ContractChoice chosen(const FindingKey& key) {
        return *ContractChoice::parse(key.first);
    }

    bool shows(const Scenario& scenario) {
        court_.load(scenario);
        if (order_.kind != Order::Kind::serial && court_.says(Order{}, key_)) {
            order_ = Order{};
            return true;
        }
        if (court_.says(order_, key_)) return true;
        if (order_.kind == Order::Kind::serial) return false;
        for (std::uint64_t i = 0; i < walks; ++i) {
            Order other;
            other.kind = i % 2 == 0 ? Order::Kind::walk : Order::Kind::event_walk;
            other.seed = i;
            if (!court_.says(other, key_)) continue;
            order_ = other;
            return true;
        }
        return false;
    }

    /// Leaves out one stretch that is not needed, the last one first.
    bool fewer(Order& best) {
        for (std::size_t i = best.schedule.stretches.size(); i-- > 0;) {
            Order candidate = best;
            candidate.schedule.stretches.clear();
            for (std::size_t j = 0; j < best.schedule.stretches.size(); ++j) {
                const Schedule::Stretch& stretch = best.schedule.stretches[j];
                if (j != i) candidate.schedule.append(stretch.actor, stretch.steps);
            }
            if (!court_.says(candidate, key_)) continue;
            best = std::move(candidate);
            return true;
        }
        return false;
    }

    Court court_;
    const FindingKey& key_;
    Order order_;
    std::string text_;
};

}  // namespace

std::string as_file(const Options& options, const FindingKey& key, const Finding& finding,
                    bool shrunk) {
    Reducer reducer(options, key, finding);
    if (shrunk) reducer.shrink();
    const std::string schedule = reducer.schedule();
    return lay_out_scenario(reducer.text(), key.first + ": " + finding.message, {key.second},
                            options.semantics.name, schedule);
}

}  // namespace utsim::survey
