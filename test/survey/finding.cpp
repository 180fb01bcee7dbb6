// SPDX-License-Identifier: MIT
// Two messages are of one kind when they differ in names and numbers only. Generated scenarios call
// everything by a word and a number, so a word that ends in one is such a name.
#include "survey/finding.hpp"

#include <cctype>

namespace utsim::survey {

namespace {

bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '+';
}

bool is_name(std::string_view word) {
    if (word == "child" || word == "init") return true;
    return std::isdigit(static_cast<unsigned char>(word.back())) != 0;
}

std::string general(std::string_view message) {
    std::string out;
    while (!message.empty()) {
        std::size_t length = 0;
        while (length < message.size() && in_word(message[length])) ++length;
        const std::string_view word = message.substr(0, length);
        if (length == 0) {
            out += message.front();
            message.remove_prefix(1);
            continue;
        }
        const bool number = std::isdigit(static_cast<unsigned char>(word.front())) != 0;
        out += !is_name(word) ? word : number ? "N" : word.front() == 'e' ? "E" : "T";
        message.remove_prefix(length);
    }
    return out;
}

}  // namespace

bool Place::better_than(const Place& other) const {
    if (order.kind != other.order.kind) return order.kind < other.order.kind;
    if (size != other.size) return size < other.size;
    return index < other.index;
}

FindingKey key_of(const Violation& violation, std::string_view event) {
    return {violation.rule, general(violation.message) + " [" + std::string(event) + "]"};
}

void merge(Findings& into, const Findings& from) {
    for (const auto& [key, finding] : from) {
        const auto [at, is_new] = into.emplace(key, finding);
        if (is_new) continue;
        Finding& known = at->second;
        known.scenarios += finding.scenarios;
        known.runs += finding.runs;
        if (!finding.best.better_than(known.best)) continue;
        known.best = finding.best;
        known.message = finding.message;
    }
}

}  // namespace utsim::survey
