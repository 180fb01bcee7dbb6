// SPDX-License-Identifier: MIT
// Options that narrow what is shown of a run; what they say is checked before anything runs.
#include "cli/narrowing_options.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace utsim::cli {

namespace {

constexpr std::uint64_t no_end = ~std::uint64_t{0};

std::string all_sorts() {
    std::string out;
    for (const EventSort& sort : event_sorts()) {
        out += (out.empty() ? "" : ", ") + std::string(sort.name);
    }
    return out;
}

/// `STEP,N`.
std::optional<std::pair<std::uint64_t, std::uint64_t>> around(const std::string& text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) return std::nullopt;
    const auto step = parse_number(std::string_view(text).substr(0, comma));
    const auto reach = parse_number(std::string_view(text).substr(comma + 1));
    if (!step || !reach) return std::nullopt;
    return std::pair{*step, *reach};
}

}  // namespace

Narrowing narrowing_of(const Arguments& arguments, std::vector<Error>& mistakes) {
    Narrowing narrowing;
    if (arguments.has("--only")) {
        const std::string unknown = narrowing.only(arguments.text("--only"));
        if (!unknown.empty()) {
            mistakes.push_back(
                usage_error("E-CLI-042", "--only cannot be \"" + unknown + "\"",
                            "it is a kind of events, or several with commas: " + all_sorts()));
        }
    }
    narrowing.task(arguments.text("--task"));
    narrowing.engine(arguments.text("--engine"));
    if (arguments.has("--quiet-instructions")) narrowing.quiet_instructions();
    std::uint64_t from = arguments.number_or("--from", 0);
    std::uint64_t until = arguments.number_or("--until", no_end);
    if (from > until) {
        mistakes.push_back(
            usage_error("E-CLI-026", "--from=" + arguments.text("--from") +
                                         " comes after --until=" + arguments.text("--until")));
    }
    if (arguments.has("--at")) from = until = *arguments.number("--at");
    if (arguments.has("--around")) {
        if (const auto place = around(arguments.text("--around"))) {
            from = place->first - std::min(place->first, place->second);
            until = place->first + std::min(no_end - place->first, place->second);
        } else {
            mistakes.push_back(usage_error("E-CLI-041",
                                           "--around takes STEP,N: so many steps "
                                           "before and behind one"));
        }
    }
    narrowing.steps(from, until);
    return narrowing;
}

}  // namespace utsim::cli
