// SPDX-License-Identifier: MIT
// The column of `check` with what somebody changed in it, and what is made with it.
#include <utsim/generate.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <utsim/scenario.hpp>

#include "base/suggest.hpp"
#include "explore/generator_focus.hpp"
#include "explore/lawful.hpp"
#include "explore/vary.hpp"
#include "explore/wide_maker.hpp"

namespace utsim {

namespace {

using Draft = Draft;
using Weights = std::array<std::uint32_t, weight_count>;

constexpr std::uint32_t most_weight = 1'000'000;
constexpr std::uint32_t focus_factor = 8;
constexpr std::uint32_t most_percent = 95;
/// A variation that cannot be loaded is tried again, so often.
constexpr int variations = 8;
constexpr std::string_view reproduce_format = "utsim.generate/1";

Error mistake(const char* code, std::string message, std::string hint = {}) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.hint = std::move(hint);
    return error;
}

std::uint32_t usual(const GeneratorRow& row) { return row.check == not_asked ? 0 : row.check; }

Error unknown_weight(const std::string& name) {
    std::vector<std::string_view> names;
    for (const GeneratorRow& row : generator_rows) {
        if (row.check != not_asked) names.push_back(row.name);
    }
    std::string hint = did_you_mean(name, names);
    if (hint.empty()) hint = "docs/generate.md lists them";
    return mistake("E-GEN-001", "there is no weight \"" + name + "\"", hint);
}

/// Words of a group are weighed against each other, so some weight has to be left.
std::vector<Error> empty_groups(const Weights& weights) {
    std::vector<Error> errors;
    for (std::size_t i = 0; i < weight_count;) {
        const std::string_view group = group_of(generator_rows[i]);
        if (generator_rows[i].percent || usual(generator_rows[i]) == 0) {
            ++i;
            continue;
        }
        std::uint64_t sum = 0;
        for (; i < weight_count && is_word_of(generator_rows[i], group); ++i) sum += weights[i];
        if (sum != 0) continue;
        errors.push_back(mistake("E-GEN-002", "no word of \"" + std::string(group) + "\" is left",
                                 "one of them needs a weight"));
    }
    return errors;
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t index) {
    // Far apart, so that neighbouring seeds share no scenarios.
    return seed * 0x9e3779b97f4a7c15ull ^ index * 0xd1342543de82ef95ull;
}

}  // namespace

struct ScenarioGenerator::Table {
    GeneratorOptions options;
    Weights weights{};

    Draft tree(std::uint64_t seed) const {
        Draft tree = WideMaker(seed, weights.data()).make();
        if (!options.unlawful) make_lawful(tree);
        return tree;
    }
};

Result<ScenarioGenerator> ScenarioGenerator::create(const GeneratorOptions& options) {
    auto table = std::make_shared<Table>();
    table->options = options;
    Weights& weights = table->weights;
    for (std::size_t i = 0; i < weight_count; ++i) weights[i] = usual(generator_rows[i]);
    std::vector<Error> errors;
    for (const auto& [name, weight] : options.weights) {
        const std::size_t row = find_weight(name);
        if (row == weight_count || generator_rows[row].check == not_asked) {
            errors.push_back(unknown_weight(name));
        } else if (weight > (generator_rows[row].percent ? 100 : most_weight)) {
            errors.push_back(
                mistake("E-GEN-002", "the weight of \"" + name + "\" is too large",
                        generator_rows[row].percent ? "it is a share: 0 to 100" : "0 to 1000000"));
        } else {
            weights[row] = weight;
        }
    }
    if (!options.focus.empty()) {
        const Result<std::vector<std::size_t>> rows = rows_of_focus(options.focus);
        if (!rows.ok()) {
            errors.insert(errors.end(), rows.errors().begin(), rows.errors().end());
        } else {
            for (const std::size_t row : *rows) {
                const bool percent = generator_rows[row].percent;
                const std::uint32_t most =
                    percent ? std::max(most_percent, weights[row]) : most_weight * focus_factor;
                weights[row] = std::min(most, weights[row] * focus_factor);
            }
        }
    }
    const std::vector<Error> empty = empty_groups(weights);
    errors.insert(errors.end(), empty.begin(), empty.end());
    if (!errors.empty()) return errors;
    return ScenarioGenerator(std::move(table));
}

std::string ScenarioGenerator::make(std::uint64_t seed, std::uint64_t index) const {
    return table_->tree(mixed(seed, index)).dump();
}

std::string ScenarioGenerator::vary(const std::string& text, const std::string& other,
                                    std::uint64_t seed) const {
    const std::optional<Draft> base = Draft::parse(text);
    std::optional<Draft> source = Draft::parse(other);
    if (!base.has_value() || !base->is_object()) return text;
    for (int i = 0; i < variations; ++i) {
        const std::uint64_t number = mixed(seed, static_cast<std::uint64_t>(i));
        // Something new comes in as well now and then.
        if (!source.has_value() || number % 3 == 0) source = table_->tree(number);
        Draft tree = *base;
        vary_scenario(tree, *source, number);
        if (!table_->options.unlawful) make_lawful(tree);
        std::string varied = tree.dump();
        if (varied != text && load_scenario_text(varied, "varied").ok()) return varied;
    }
    return text;
}

std::vector<GeneratorWeight> ScenarioGenerator::weights() const {
    std::vector<GeneratorWeight> out;
    for (std::size_t i = 0; i < weight_count; ++i) {
        const GeneratorRow& row = generator_rows[i];
        if (row.check == not_asked) continue;
        out.push_back({std::string(row.name), std::string(row.about), usual(row),
                       table_->weights[i], row.percent});
    }
    return out;
}

const GeneratorOptions& ScenarioGenerator::options() const { return table_->options; }

// --- the reproduce string --------------------------------------------------------------------

std::string reproduce_text(const Reproduce& reproduce) {
    std::string out(reproduce_format);
    out += " seed=" + std::to_string(reproduce.seed);
    out += " index=" + std::to_string(reproduce.index);
    std::string weights;
    for (const auto& [name, weight] : reproduce.options.weights) {
        weights += (weights.empty() ? "" : ",") + name + ":" + std::to_string(weight);
    }
    if (!weights.empty()) out += " weights=" + weights;
    if (!reproduce.options.focus.empty()) out += " focus=" + reproduce.options.focus;
    if (reproduce.options.unlawful) out += " unlawful";
    return out;
}

namespace {

template <typename Number>
bool read_number(std::string_view text, Number& out) {
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, out);
    return error == std::errc() && at == end;
}

/// Cuts off `text` what stands before `separator`.
std::string_view next_part(std::string_view& text, char separator) {
    const std::size_t at = text.find(separator);
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return part;
}

bool read_weights(std::string_view text, GeneratorOptions& options) {
    while (!text.empty()) {
        std::string_view part = next_part(text, ',');
        const std::string name(next_part(part, ':'));
        std::uint32_t weight = 0;
        if (!read_number(part, weight)) return false;
        options.weights.emplace_back(name, weight);
    }
    return true;
}

bool read_part(std::string_view part, Reproduce& out) {
    std::string_view value = part;
    const std::string_view key = next_part(value, '=');
    if (key == "seed") return read_number(value, out.seed);
    if (key == "index") return read_number(value, out.index);
    if (key == "weights") return read_weights(value, out.options);
    if (key == "focus") out.options.focus = value;
    if (part == "unlawful") out.options.unlawful = true;
    return key == "focus" || part == "unlawful";
}

}  // namespace

Result<Reproduce> parse_reproduce(std::string_view text) {
    Reproduce out;
    std::string_view rest = text;
    bool good = next_part(rest, ' ') == reproduce_format;
    while (good && !rest.empty()) {
        const std::string_view part = next_part(rest, ' ');
        good = part.empty() || read_part(part, out);
    }
    if (good) return out;
    return mistake("E-GEN-003", "\"" + std::string(text) + "\" does not say which scenario",
                   "utsim.generate/1 seed=1 index=0, then perhaps weights=step.barrier:0, "
                   "focus=C-165, unlawful");
}

}  // namespace utsim
