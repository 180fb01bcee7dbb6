// SPDX-License-Identifier: MIT
// Files of results are read line by line. A line that is not whole is passed over: the block is run
// again by whoever was cut off. Everything else that is not about the check is a mistake.
#include <utsim/check.hpp>

#include <algorithm>

#include "base/visible.hpp"
#include "check/block_line.hpp"

namespace utsim {

namespace {

constexpr std::size_t most_missing_named = 100;
constexpr std::size_t most_shown = 80;  ///< of a line

Error error_in(const char* code, const std::string& file, std::size_t line, std::string message,
               std::string_view text = {}) {
    Error error;
    error.source_line = shortened(text, most_shown);
    error.code = code;
    error.file = file;
    error.line = line;
    error.column = line == 0 ? 0 : 1;
    error.message = std::move(message);
    return error;
}

/// Calls `take(number, line)` for each whole line; `cut_off` counts the others.
template <typename Take>
Result<Done> each_line(const CheckResults& file, std::uint64_t& cut_off, const Take& take) {
    std::size_t number = 0;
    const std::string_view text = file.text;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.empty()) continue;
        if (std::optional<BlockLine> read = read_block_line(line)) {
            UTSIM_TRY(taken, take(number, line, std::move(*read)));
            (void)taken;
        } else if (may_be_block_line(line)) {
            ++cut_off;
        } else {
            return error_in("E-CHK-002", file.file, number, "this is no line of a check's results",
                            line);
        }
    }
    return Done{};
}

void name_missing(const std::map<std::uint64_t, CheckBlock>& blocks, std::uint64_t count,
                  MergedCheck& merged) {
    if (count == ~std::uint64_t{0}) return;  // the clock has ended it, wherever that was
    const std::uint64_t all = blocks_of(count);
    merged.missing = all - std::min<std::uint64_t>(all, blocks.size());
    for (std::uint64_t n = 0;
         merged.missing_blocks.size() < std::min<std::uint64_t>(merged.missing, most_missing_named);
         ++n) {
        if (blocks.count(n) == 0) merged.missing_blocks.push_back(n);
    }
}

}  // namespace

Result<std::vector<std::string>> check_result_lines(const CheckResults& file) {
    std::vector<std::string> out;
    std::uint64_t cut_off = 0;
    UTSIM_TRY(done, each_line(file, cut_off,
                              [&](std::size_t, std::string_view line, BlockLine&&) -> Result<Done> {
                                  out.emplace_back(line);
                                  return Done{};
                              }));
    (void)done;
    return out;
}

Result<MergedCheck> merge_checks(const std::vector<CheckResults>& files) {
    MergedCheck merged;
    std::optional<CheckIdentity> first;
    std::map<std::uint64_t, CheckBlock> blocks;
    for (const CheckResults& file : files) {
        const auto take = [&](std::size_t number, std::string_view,
                              BlockLine&& line) -> Result<Done> {
            if (!first) first = line.identity;
            if (line.identity != *first) {
                return another_check(file.file, "line " + std::to_string(number), line.identity,
                                     *first);
            }
            if (!add_block(blocks, std::move(line))) ++merged.repeated;
            return Done{};
        };
        UTSIM_TRY(done, each_line(file, merged.cut_off, take));
        (void)done;
    }
    if (!first) {
        return error_in("E-CHK-004", files.empty() ? "" : files.front().file, 0,
                        "there are no results in what was given");
    }
    UTSIM_TRY(choice, ContractChoice::parse(first->contract));
    merged.blocks = blocks.size();
    name_missing(blocks, first->count, merged);
    CheckSum sum;
    for (auto& [number, block] : blocks) sum.add(std::move(block));
    merged.report = sum.report(choice);
    merged.report.semantics = first->semantics;
    merged.report.kept_by = first->kept_by;
    return merged;
}

}  // namespace utsim
