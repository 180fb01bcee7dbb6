// SPDX-License-Identifier: MIT
// Job arrays of all kinds tell their tasks who they are by environment variables. Not all of them
// say how many there are, and not all begin with the same number.
#include "cli/shard.hpp"

#include <cstdlib>
#include <optional>

#include "cli/arguments.hpp"

namespace utsim::cli {

namespace {

constexpr std::uint64_t most_shards = 1'000'000;

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? std::nullopt : parse_number(value);
}

/// Where a task is in its array. Without `of` the array does not say how long it is.
struct Place {
    std::uint64_t number = 0;  ///< from 1; 0 makes no sense
    std::optional<std::uint64_t> of;
};

std::optional<Place> slurm() {
    const auto id = number_in("SLURM_ARRAY_TASK_ID");
    if (!id) return std::nullopt;
    const std::uint64_t least = number_in("SLURM_ARRAY_TASK_MIN").value_or(0);
    const std::uint64_t step = number_in("SLURM_ARRAY_TASK_STEP").value_or(1);
    if (*id < least || step == 0) return Place{};
    Place place{(*id - least) / step + 1, number_in("SLURM_ARRAY_TASK_COUNT")};
    const auto most = number_in("SLURM_ARRAY_TASK_MAX");
    if (!place.of && most && *most >= least) place.of = (*most - least) / step + 1;
    return place;
}

std::optional<Place> counted_from(const char* index, std::uint64_t first, const char* of) {
    const auto number = number_in(index);
    if (!number) return std::nullopt;
    if (*number < first) return Place{};
    return Place{*number - first + 1, number_in(of)};
}

std::optional<Place> own_place() {
    std::optional<Place> place = slurm();
    if (!place) place = counted_from("JOB_COMPLETION_INDEX", 0, "JOB_COMPLETIONS");
    if (!place) place = counted_from("TEST_SHARD_INDEX", 0, "TEST_TOTAL_SHARDS");
    if (!place) place = counted_from("PARALLEL_SEQ", 1, "PARALLEL_TOTAL");
    return place;
}

Error bad(const std::string& text) {
    return usage_error("E-CLI-033", "--shard takes I/N, auto or auto/N, not '" + text + "'",
                       "--shard=3/8 is the third of eight");
}

}  // namespace

Result<Shard> shard_named(const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::string first = text.substr(0, slash);
    std::optional<std::uint64_t> of;
    if (slash != std::string::npos) {
        of = parse_number(text.substr(slash + 1));
        if (!of) return bad(text);
    }
    Shard shard;
    if (first == "auto") {
        const std::optional<Place> place = own_place();
        if (!place) {
            return usage_error("E-CLI-034", "nothing here says which shard this is",
                               "--shard=auto is for job arrays; docs/cluster.md lists which");
        }
        if (!of) of = place->of;
        if (!of) {
            return usage_error("E-CLI-034", "nothing here says how many shards there are",
                               "--shard=auto/N");
        }
        shard = {place->number, *of};
    } else {
        const std::optional<std::uint64_t> number = parse_number(first);
        if (!number || !of) return bad(text);
        shard = {*number, *of};
    }
    if (shard.number == 0 || shard.number > shard.of || shard.of > most_shards) {
        return usage_error(
            "E-CLI-035",
            "there is no shard " + std::to_string(shard.number) + " of " + std::to_string(shard.of),
            "1/N to N/N, and at most a million");
    }
    return shard;
}

}  // namespace utsim::cli
