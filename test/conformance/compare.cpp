// SPDX-License-Identifier: MIT
// Each event is reduced to the part that its level looks at; the reduced logs must be equal.
#include "compare.hpp"

#include <algorithm>
#include <string_view>

namespace utsim::conformance {

namespace {

/// The members of `event` that are in `names`.
Json only(const Json& event, std::initializer_list<std::string_view> names) {
    Json reduced;
    for (const std::string_view name : names) {
        const auto member = event.find(name);
        if (member != event.end()) reduced[std::string(name)] = *member;
    }
    return reduced;
}

Json without(const Json& event, std::initializer_list<std::string_view> names) {
    Json reduced = event;
    for (const std::string_view name : names) reduced.erase(std::string(name));
    return reduced;
}

/// What of `event` counts; null when nothing does.
Json reduce(const Json& event, Level level) {
    const std::string kind = event["k"];
    const bool step = level == Level::step;
    if (!step && (kind == "st" || kind == "step")) return nullptr;
    if (kind == "api" && !step) return without(event, {"uf", "ef", "es", "eref"});
    if (kind == "user") {
        // The way back is the recorder's knowledge, not something that happens to the task.
        return step ? without(event, {"via"}) : only(event, {"k", "t", "ip", "ax"});
    }
    if (kind == "warn") {
        const bool atomic = event["what"] == "sleep_in_atomic";
        if (atomic && !step) return nullptr;
        // Our texts are our own; that a warning comes, and where from, must agree.
        return atomic ? event : only(event, {"k", "f", "fn"});
    }
    return event;
}

std::vector<Json> reduce_log(const Json& line, Level level) {
    std::vector<Json> reduced;
    for (const Json& event : line["log"]) {
        Json part = reduce(event, level);
        if (!part.is_null()) reduced.push_back(std::move(part));
    }
    return reduced;
}

std::string at(const std::vector<Json>& log, std::size_t index) {
    return index < log.size() ? log[index].dump() : "the end of the log";
}

}  // namespace

std::string first_difference(const Json& expected, const Json& actual, Level level) {
    std::vector<Json> want = reduce_log(expected, level);
    std::vector<Json> have = reduce_log(actual, level);
    // The logs of an endless loop are cut somewhere; they agree up to where the shorter one ends.
    if (expected["result"] == "toolong" && actual["result"] == "toolong") {
        const std::size_t both = std::min(want.size(), have.size());
        want.resize(both);
        have.resize(both);
    }
    const auto differ = std::mismatch(want.begin(), want.end(), have.begin(), have.end());
    if (differ.first != want.end() || differ.second != have.end()) {
        const auto index = static_cast<std::size_t>(differ.first - want.begin());
        return "event " + std::to_string(index) + ": expected " + at(want, index) + ", got " +
               at(have, index);
    }
    if (expected["result"] == actual["result"]) return "";
    return "result: expected " + expected["result"].dump() + ", got " + actual["result"].dump();
}

}  // namespace utsim::conformance
