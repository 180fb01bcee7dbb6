// SPDX-License-Identifier: MIT
/// Scenarios out of nothing, for whoever wants to judge a semantics by many of them: the n-th one
/// of a seed, and variations of one that turned out to be interesting.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <utsim/result.hpp>

namespace utsim {

struct GeneratorOptions {
    /// Changes of weights by name, `"step.barrier" -> 0`. 0: never.
    std::vector<std::pair<std::string, std::uint32_t>> weights;
    /// Engines and callers may break their duties. Otherwise they keep them, so that what breaks is
    /// utrace's.
    bool unlawful = false;
    /// A clause (`C-165`), a call (`utrace_control`, `barrier`), an event or callback
    /// (`SYSCALL_ENTRY`, `quiesce`), a group of weights or one of them: what belongs to it is drawn
    /// more often. Empty: nothing is.
    std::string focus;
};

/// A row of the table that all choices are drawn by. `step.barrier` is one of the words of the
/// group `step`, and its weight is its share of them; of a row with `percent` it is how often out
/// of a hundred times something is so.
struct GeneratorWeight {
    std::string name;
    std::string about;         ///< one short text; empty where the name says it
    std::uint32_t usual = 0;   ///< when nobody changes it
    std::uint32_t weight = 0;  ///< here
    bool percent = false;
};

/// Makes scenarios. It has no state: the same questions have the same answers, on any thread.
class ScenarioGenerator {
public:
    /// Names that there are not, numbers that are too large, and groups in which nothing is left
    /// are errors.
    static Result<ScenarioGenerator> create(const GeneratorOptions& options = {});

    /// The text of a scenario file, which always loads. The same `seed` and `index` give the same
    /// text everywhere.
    std::string make(std::uint64_t seed, std::uint64_t index) const;

    /// A variation of a scenario's `text`: something left out, doubled, moved or changed, perhaps
    /// with a part of `other`. Always loads; it is `text` itself where nothing else came of it. No
    /// more lawful than `make`, and no less.
    std::string vary(const std::string& text, const std::string& other, std::uint64_t seed) const;

    /// The whole table, in its order.
    std::vector<GeneratorWeight> weights() const;

    const GeneratorOptions& options() const;

    struct Table;  ///< the weights that are in force; opaque here

private:
    explicit ScenarioGenerator(std::shared_ptr<const Table> table) : table_(std::move(table)) {}
    std::shared_ptr<const Table> table_;
};

/// One scenario of a generator.
struct Reproduce {
    GeneratorOptions options;
    std::uint64_t seed = 1;
    std::uint64_t index = 0;
};

/// `utsim.generate/1 seed=5 index=717 weights=step.barrier:0,op.clone:40 focus=C-165 unlawful`:
/// all that it takes to make a scenario again. What is as usual is left out.
std::string reproduce_text(const Reproduce& reproduce);
/// The other way.
Result<Reproduce> parse_reproduce(std::string_view text);

}  // namespace utsim
