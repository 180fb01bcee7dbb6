// SPDX-License-Identifier: MIT
/// A check is a sequence of blocks of scenarios. What comes of a block depends on nothing but the
/// options and its number, so blocks can be run anywhere, in any order, and more than once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <utsim/check.hpp>

#include "check/court.hpp"
#include "check/windows.hpp"

namespace utsim {

/// Scenarios of a block. A larger one has more to vary, a smaller one is more evenly shared out.
inline constexpr std::uint64_t block_size = 2048;

inline std::uint64_t blocks_of(std::uint64_t count, std::uint64_t size = block_size) {
    return count / size + (count % size != 0 ? 1 : 0);
}

/// A distinct breach in a block.
struct BlockFinding {
    FindingKey key;
    std::uint64_t index = 0;      ///< the scenario that is told
    std::uint64_t scenarios = 0;  ///< how many of the block's
    /// Whoever meets it first makes it small; in later blocks it is only counted. Where that block
    /// is missing, or the check was stopped, it is found all the same.
    bool minimized = false;
    std::optional<CheckFinding> finding;  ///< none: made small, the other semantics breaks it too
};

/// What came of a block.
struct CheckBlock {
    std::uint64_t scenarios = 0;
    std::uint64_t runs = 0;
    std::uint64_t states = 0;
    std::uint64_t deep = 0;
    std::uint64_t kept = 0;
    std::uint64_t unlawful = 0;
    FeatureSet features;
    std::vector<BlockFinding> found;  ///< in the order in which they were met
};

/// Whether block `number` is one of shard `shard` of `shards` (from 1). Each run of `shards` blocks
/// has one for each of them, in an order that its number shuffles.
bool is_in_shard(std::uint64_t number, std::uint64_t shard, std::uint64_t shards);

/// Adds blocks up. They have to come in the order of their numbers, since of each finding the first
/// one is told.
class CheckSum {
public:
    void add(CheckBlock block);
    /// Whether there is something to tell of it; a breach that the other semantics shares is none.
    bool has_found(const FindingKey& key) const;
    std::uint64_t findings() const;
    const CheckReport& so_far() const { return report_; }
    /// The whole report but for the names of the semantics and how it ended.
    CheckReport report(const ContractChoice& choice) const;

private:
    CheckReport report_;
    FeatureSet features_;
    std::vector<BlockFinding> found_;
    std::map<FindingKey, std::size_t> by_key_;
};

}  // namespace utsim
