// SPDX-License-Identifier: MIT
// What monitors say depends on nothing but what they tell a search that tells states apart. Real
// runs, of shipped and of generated scenarios, are judged by two contracts; one of them finds its
// memory changed after each event wherever it said that this makes no difference.
// (test/breach has the same for runs in which each clause is broken.)
#include <string>

#include <utsim/scenario.hpp>

#include "contract/memory_parts.hpp"
#include "explore/generate.hpp"
#include "explore/stage.hpp"
#include "semantics/presets.hpp"
#include "support/forgetful.hpp"
#include "support/testing.hpp"

using namespace utsim;
using utsim::testing::Forgetful;

namespace {

/// Two contracts, one behind the other.
class Both final : public EventSink {
public:
    Both(const NameTable& names, const ContractChoice& choice, std::uint64_t seed)
        : contract_(names, choice),
          forgetful_(names, choice, seed) {}
    void emit(const Event& event) override {
        contract_.emit(event);
        forgetful_.emit(event);
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    void finish(RunEnd end, std::uint64_t step) {
        contract_.finish(end, step);
        forgetful_.finish(end, step);
    }
    std::string difference() const {
        const std::string a = Forgetful::told(contract_);
        const std::string b = Forgetful::told(forgetful_.contract());
        return a == b ? "" : "said:\n" + a + "and, forgetful:\n" + b;
    }
    std::size_t violations() const { return contract_.violations().size(); }
    std::uint64_t changes() const { return forgetful_.changes(); }

private:
    Contract contract_;
    Forgetful forgetful_;
};

/// Those that remember in one part: what the others go by is not told to them.
ContractChoice part_of(const ContractChoice& all, std::size_t part) {
    const Dispatch dispatch(all.clauses);
    const MemoryParts parts(dispatch);
    ContractChoice some;
    for (std::size_t slot = 0; slot < dispatch.slots(); ++slot) {
        if (parts.of_slot(slot) == part % parts.count()) some.clauses.push_back(all.clauses[slot]);
    }
    return some;
}

/// Judged by all, by one part, or by every seventh clause only, so that fewer facts are told.
ContractChoice choice_of(std::uint64_t seed) {
    ContractChoice all = ContractChoice::all();
    if (seed % 3 == 0) return all;
    if (seed % 3 == 1) return part_of(all, seed / 3);
    ContractChoice some;
    for (std::size_t i = seed % 7; i < all.clauses.size(); i += 7) {
        some.clauses.push_back(all.clauses[i]);
    }
    return some;
}

struct Sums {
    std::size_t violations = 0;
    std::uint64_t changes = 0;
};

void compare(Stage& stage, const Scenario& scenario, const std::string& version, std::uint64_t seed,
             Sums& sums) {
    stage.load(scenario, preset_semantics(*find_preset(version)));
    Both both(stage.names(), choice_of(seed), seed);
    stage.set_listener(&both);
    Order order;
    order.kind = Order::Kind::walk;
    order.seed = seed;
    const RunEnd end = stage.run(order);
    both.finish(end, stage.world().step());
    stage.set_listener(nullptr);
    INFO("under " << version << ", order " << seed);
    CHECK(both.difference() == "");
    sums.violations += both.violations();
    sums.changes += both.changes();
}

}  // namespace

TEST_CASE("monitors go by nothing that they do not tell", "[states]") {
    Sums sums;
    Stage stage;
    stage.set_max_steps(1500);
    std::uint64_t seed = 0;
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        const Result<Scenario> scenario =
            load_scenario_text(std::string(builtin.text), std::string(builtin.name));
        REQUIRE(scenario.ok());
        INFO(builtin.name);
        for (const char* version : {"F", "E1"}) {
            compare(stage, *scenario, version, ++seed, sums);
        }
    }
    for (std::uint64_t index = 0; index < 150; ++index) {
        const Result<Scenario> scenario =
            load_scenario_text(generate_scenario(21, index), "generated");
        REQUIRE(scenario.ok());
        INFO("scenario " << index);
        for (const char* version : {"F", "E1", "E3"}) {
            compare(stage, *scenario, version, ++seed, sums);
        }
    }
    CHECK(sums.violations > 50);    // there was something to disagree about
    CHECK(sums.changes > 300'000);  // and much that was changed
}
