// SPDX-License-Identifier: MIT
/// Many scenarios or many orders: differences by class, the best example of each, made small.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <utsim/diff.hpp>

#include "explore/attribute.hpp"
#include "semantics/parse.hpp"

namespace utsim {

/// Where a class was met.
struct Example {
    std::uint64_t index = 0;  ///< of the scenario
    Order order;
    std::size_t size = 0;

    /// Simple orders, then small texts, then early ones.
    bool better_than(const Example& other) const;
};

struct FoundClass {
    Cause cause;
    std::uint64_t count = 0;
    Example best;
    std::string text;      ///< of the shrunk scenario
    std::string schedule;  ///< that it needs
};

/// By decision names and kind.
using FoundClasses = std::map<std::pair<std::string, std::string>, FoundClass>;

struct Tally {
    std::uint64_t scenarios = 0;
    std::uint64_t schedules = 0;
    std::uint64_t events = 0;
};

class Hunt {
public:
    Hunt(const NamedSemantics& a, const NamedSemantics& b, const DiffOptions& options)
        : a_(a),
          b_(b),
          options_(options) {}

    /// Generated scenarios `0 .. count-1`, each in a few orders.
    void generated(std::uint64_t count);
    /// One scenario in many orders.
    void orders_of(const Scenario& scenario);

    const FoundClasses& classes() const { return classes_; }
    const Tally& tally() const { return tally_; }
    bool interrupted() const { return interrupted_; }
    bool out_of_time() const { return out_of_time_; }

private:
    struct Worker;
    void judge(Worker& worker, const Scenario& scenario, std::uint64_t index, std::size_t size,
               const Order& order);
    void merge(Worker& worker);
    void shrink_all(const std::function<std::string(std::uint64_t)>& text_of, bool orders_only);
    void shrink_one(FoundClass& found, const std::string& text, bool orders_only);
    bool go_on();
    static void share(unsigned count, const std::function<void(unsigned)>& work);
    void in_parallel(const std::function<void(unsigned, Worker&)>& work);

    const NamedSemantics& a_;
    const NamedSemantics& b_;
    const DiffOptions& options_;
    FoundClasses classes_;
    Tally tally_;
    std::atomic<std::uint64_t> scenarios_ = 0;
    std::atomic<std::uint64_t> schedules_ = 0;
    std::atomic<bool> interrupted_ = false;
    std::atomic<bool> out_of_time_ = false;
    // tidy: allow clock (it can only end a search: nothing that a run shows depends on it)
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace utsim
