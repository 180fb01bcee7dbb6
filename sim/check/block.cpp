// SPDX-License-Identifier: MIT
// Adding up has one rule: the first of which there is something to tell is told. Since blocks come
// in the order of their numbers, it is the same whether they were run here or read from a file.
#include "check/block.hpp"

#include <algorithm>

namespace utsim {

namespace {

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

CheckCoverage coverage_of(const FeatureSet& features, const ContractChoice& choice) {
    CheckCoverage coverage;
    std::uint32_t feature = first_window_feature;
    for (const Window& window : windows()) {
        coverage.windows.push_back(
            {std::string(window.id), std::string(window.where), features.has(feature++)});
    }
    for (const std::size_t index : choice.clauses) {
        const Clause& clause = *all_clauses()[index];
        if (!clause.has_monitor()) continue;
        coverage.clauses.push_back({std::string(clause.id), std::string(clause.text),
                                    features.has(static_cast<std::uint32_t>(index))});
    }
    for (std::uint32_t way = first_way_feature; way < FeatureSet::size; ++way) {
        coverage.ways += features.has(way) ? 1 : 0;
    }
    return coverage;
}

bool is_not_small(const BlockFinding& one) { return !one.minimized && !one.finding; }

CheckMet met(const BlockFinding& one) {
    CheckMet out{one.key.clause, {}, one.key.function, one.index, one.scenarios};
    const std::size_t clause = find_clause(one.key.clause);
    if (clause != all_clauses().size()) out.promise = all_clauses()[clause]->text;
    return out;
}

}  // namespace

bool is_in_shard(std::uint64_t number, std::uint64_t shard, std::uint64_t shards) {
    return (number % shards + mixed(number / shards) % shards) % shards == shard - 1;
}

void CheckSum::add(CheckBlock block) {
    report_.scenarios += block.scenarios;
    report_.runs += block.runs;
    report_.states += block.states;
    report_.deep += block.deep;
    report_.kept += block.kept;
    report_.unlawful += block.unlawful;
    features_.add(block.features);
    for (BlockFinding& one : block.found) {
        const auto [at, is_new] = by_key_.emplace(one.key, found_.size());
        if (is_new) {
            found_.push_back(std::move(one));
            continue;
        }
        BlockFinding& known = found_[at->second];
        known.scenarios += one.scenarios;
        if (known.finding) continue;
        if (!one.finding) {
            if (known.minimized && !one.minimized) known.index = one.index;
            known.minimized = known.minimized && one.minimized;
            continue;
        }
        known.finding = std::move(one.finding);
        known.index = one.index;
    }
}

bool CheckSum::has_found(const FindingKey& key) const {
    const auto at = by_key_.find(key);
    return at != by_key_.end() && found_[at->second].finding.has_value();
}

std::uint64_t CheckSum::findings() const {
    return static_cast<std::uint64_t>(
        std::count_if(found_.begin(), found_.end(),
                      [](const BlockFinding& one) { return one.finding.has_value(); }));
}

CheckReport CheckSum::report(const ContractChoice& choice) const {
    CheckReport report = report_;
    for (const BlockFinding& one : found_) {
        if (is_not_small(one)) report.not_small.push_back(met(one));
        if (!one.finding) continue;
        // Two that were different as they were met may have come to the same.
        const auto same = [&](const CheckFinding& other) {
            return other.clause == one.finding->clause && other.functions == one.finding->functions;
        };
        const auto at = std::find_if(report.findings.begin(), report.findings.end(), same);
        if (at != report.findings.end()) {
            at->scenarios += one.scenarios;
            continue;
        }
        report.findings.push_back(*one.finding);
        report.findings.back().index = one.index;
        report.findings.back().scenarios = one.scenarios;
    }
    report.coverage = coverage_of(features_, choice);
    return report;
}

}  // namespace utsim
