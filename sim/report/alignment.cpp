// SPDX-License-Identifier: MIT
// What is alike at the beginning and at the end is taken off first; between them the longest common
// part is found with a table. Where that would be too large, rows are set beside each other in
// turn.
#include "report/alignment.hpp"

#include <algorithm>

namespace utsim {

namespace {

constexpr std::size_t most_cells = 4'000'000;

bool alike(const TimelineRow& a, const TimelineRow& b) {
    return a.kind == b.kind && a.actor == b.actor && a.text == b.text && a.result == b.result;
}

void add(std::vector<AlignedRow>& out, const TimelineRow* a, const TimelineRow* b) {
    out.push_back({a, b, a != nullptr && b != nullptr && alike(*a, *b)});
}

/// Rows of a stretch in which nothing, or nothing known, is alike.
void add_apart(std::vector<AlignedRow>& out, const std::vector<TimelineRow>& a, std::size_t i,
               std::size_t a_end, const std::vector<TimelineRow>& b, std::size_t j,
               std::size_t b_end) {
    while (i < a_end || j < b_end) {
        const TimelineRow* left = i < a_end ? &a[i++] : nullptr;
        const TimelineRow* right = j < b_end ? &b[j++] : nullptr;
        add(out, left, right);
    }
}

}  // namespace

std::vector<AlignedRow> aligned(const Timeline& first, const Timeline& second) {
    const std::vector<TimelineRow>& a = first.rows;
    const std::vector<TimelineRow>& b = second.rows;
    std::vector<AlignedRow> out;
    std::size_t begin = 0;
    while (begin < a.size() && begin < b.size() && alike(a[begin], b[begin])) {
        add(out, &a[begin], &b[begin]);
        ++begin;
    }
    std::size_t a_end = a.size();
    std::size_t b_end = b.size();
    while (a_end > begin && b_end > begin && alike(a[a_end - 1], b[b_end - 1])) {
        --a_end;
        --b_end;
    }
    const std::size_t height = a_end - begin;
    const std::size_t width = b_end - begin;
    if (height * width > most_cells) {
        add_apart(out, a, begin, a_end, b, begin, b_end);
    } else {
        // longest[i][j]: of what is left from there on.
        std::vector<std::uint32_t> longest((height + 1) * (width + 1));
        const auto cell = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
            return longest[i * (width + 1) + j];
        };
        for (std::size_t i = height; i-- > 0;) {
            for (std::size_t j = width; j-- > 0;) {
                cell(i, j) = alike(a[begin + i], b[begin + j])
                                 ? cell(i + 1, j + 1) + 1
                                 : std::max(cell(i + 1, j), cell(i, j + 1));
            }
        }
        std::size_t i = 0;
        std::size_t j = 0;
        std::size_t i_apart = 0;
        std::size_t j_apart = 0;
        while (i < height && j < width) {
            if (alike(a[begin + i], b[begin + j])) {
                add_apart(out, a, begin + i_apart, begin + i, b, begin + j_apart, begin + j);
                add(out, &a[begin + i++], &b[begin + j++]);
                i_apart = i;
                j_apart = j;
            } else {
                cell(i + 1, j) >= cell(i, j + 1) ? ++i : ++j;
            }
        }
        add_apart(out, a, begin + i_apart, a_end, b, begin + j_apart, b_end);
    }
    while (a_end < a.size()) add(out, &a[a_end++], &b[b_end++]);
    return out;
}

}  // namespace utsim
