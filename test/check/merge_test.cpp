// SPDX-License-Identifier: MIT
// Blocks of a check: each is the same wherever it is run, and all together are the check.
#include <utsim/check.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "check/block.hpp"
#include "check/block_line.hpp"

namespace utsim {

namespace {

CheckOptions options_for(std::uint64_t count) {
    CheckOptions options;
    options.count = count;
    options.orders = 1;
    options.deep_states = 0;
    return options;
}

/// A part's lines as a file.
CheckResults part(CheckOptions options, std::uint64_t number, std::uint64_t of) {
    CheckResults file{"part" + std::to_string(number), {}};
    options.shard = number;
    options.shards = of;
    options.block_done = [&](const std::string& line) { file.text += line + "\n"; };
    REQUIRE(check(options).ok());
    return file;
}

std::string told(const CheckReport& report) {
    std::string out = std::to_string(report.scenarios) + " " + std::to_string(report.runs) + " " +
                      std::to_string(report.kept) + " " + std::to_string(report.coverage.ways);
    for (const CheckCoverage::Item& one : report.coverage.clauses) out += one.reached ? "x" : "-";
    for (const CheckFinding& one : report.findings) {
        out += "\n" + one.clause + " " + std::to_string(one.index) + " " +
               std::to_string(one.scenarios) + " " + one.scenario;
    }
    return out;
}

}  // namespace

TEST_CASE("each block is in one shard, and shards are alike", "[merge]") {
    for (const std::uint64_t shards : {1u, 2u, 7u, 8u}) {
        std::vector<std::uint64_t> blocks(shards);
        for (std::uint64_t n = 0; n < 10 * shards + 3; ++n) {
            std::uint64_t in = 0;
            for (std::uint64_t i = 1; i <= shards; ++i) {
                if (!is_in_shard(n, i, shards)) continue;
                ++in;
                ++blocks[i - 1];
            }
            CHECK(in == 1);
        }
        for (const std::uint64_t one : blocks) CHECK(one >= 10);
    }
}

TEST_CASE("parts put together are the whole", "[merge]") {
    const CheckOptions options = options_for(2 * block_size + 300);
    const Result<CheckReport> whole = check(options);
    REQUIRE(whole.ok());
    REQUIRE(whole->findings.size() > 5);
    std::vector<CheckResults> files;
    for (std::uint64_t i = 1; i <= 3; ++i) files.push_back(part(options, i, 3));
    files.push_back(files[1]);
    std::swap(files[0], files[2]);
    const Result<MergedCheck> merged = merge_checks(files);
    REQUIRE(merged.ok());
    CHECK(told(merged->report) == told(*whole));
    CHECK(merged->blocks == 3);
    CHECK(merged->repeated == 1);
    CHECK(merged->missing == 0);

    // What a later block has only counted is found, wherever the first one is.
    const CheckResults all = part(options, 1, 1);
    const Result<MergedCheck> lost =
        merge_checks({{"lost", all.text.substr(all.text.find('\n') + 1)}});
    REQUIRE(lost.ok());
    CHECK(lost->missing_blocks == std::vector<std::uint64_t>{0});
    REQUIRE_FALSE(lost->report.not_small.empty());
    for (const CheckMet& met : lost->report.not_small) {
        CHECK(met.scenarios > 0);
        CHECK(std::any_of(whole->findings.begin(), whole->findings.end(),
                          [&](const CheckFinding& one) {
                              return one.clause == met.clause && one.functions[0] == met.function;
                          }));
    }
    CHECK(merged->report.not_small.empty());

    // Where a line was cut off, its block is run again; where there is one, it is not.
    CheckOptions again = options;
    const std::string cut = all.text.substr(0, all.text.size() - 20);
    const Result<MergedCheck> less = merge_checks({{"cut", cut}});
    REQUIRE(less.ok());
    CHECK(less->cut_off == 1);
    CHECK(less->missing_blocks == std::vector<std::uint64_t>{2});
    again.results = *check_result_lines({"cut", cut});
    CHECK(again.results.size() == 2);
    std::string added;
    again.block_done = [&](const std::string& line) { added += line + "\n"; };
    const Result<CheckReport> report = check(again);
    REQUIRE(report.ok());
    CHECK(told(*report) == told(*whole));
    CHECK(added == all.text.substr(all.text.size() - added.size()));
    CHECK(std::count(added.begin(), added.end(), '\n') == 1);
}

TEST_CASE("a line that somebody changed is no line", "[merge]") {
    const CheckResults file = part(options_for(20), 1, 1);
    const std::string line = file.text.substr(0, file.text.size() - 1);
    REQUIRE(read_block_line(line).has_value());
    CHECK(block_line(*read_block_line(line)) == line);
    for (std::size_t i = 0; i < line.size(); i += 97) {
        std::string other = line;
        other[i] = other[i] == 'x' ? 'y' : 'x';
        CHECK_FALSE(read_block_line(other).has_value());
    }
    CHECK_FALSE(read_block_line("").has_value());
    CHECK_FALSE(merge_checks({{"x", "{}\n"}}).ok());
    CHECK_FALSE(merge_checks({{"x", ""}}).ok());
    CheckOptions other = options_for(20);
    other.seed = 2;
    const CheckResults second = part(other, 1, 1);
    CHECK_FALSE(merge_checks({file, second}).ok());
    // What would be added to the results of another check could be joined with nothing.
    other.results = {line};
    other.results_file = "first.jsonl";
    const Result<CheckReport> report = check(other);
    REQUIRE_FALSE(report.ok());
    CHECK(report.errors().front().code == "E-CHK-003");
    CHECK(report.errors().front().file == "first.jsonl");
    other.results = {"no line"};
    CHECK(check(other).ok());
}

TEST_CASE("a shard that there is not", "[merge]") {
    CheckOptions options = options_for(20);
    options.shard = 3;
    options.shards = 2;
    CHECK_FALSE(check(options).ok());
    options.shard = 0;
    CHECK_FALSE(check(options).ok());
}

}  // namespace utsim
