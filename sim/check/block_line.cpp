// SPDX-License-Identifier: MIT
// The words of the line are those of `check --json`, where it has the same. Coverage is kept as the
// numbers of features, so that the parts can be united.
#include "check/block_line.hpp"

#include <utsim/version.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/digest.hpp"

namespace utsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view beginning = R"({"format":"utsim.check-block/1",)";
constexpr std::string_view before_digest = R"(,"digest":")";

std::string digest_text(std::string_view text) {
    Digest digest;
    digest.add(text);
    return digest.text();
}

Json finding_json(const CheckFinding& finding) {
    Json out;
    out["promise"] = finding.promise;
    out["message"] = finding.message;
    out["by"] = finding.by;
    out["functions"] = finding.functions;
    out["schedule"] = finding.schedule;
    out["steps"] = finding.steps;
    out["switches"] = finding.switches;
    out["preemptions"] = finding.preemptions;
    out["calls"] = finding.calls;
    out["callbacks"] = finding.callbacks;
    out["broken_in"] = finding.broken_in;
    out["story"] = finding.story;
    out["scenario"] = finding.scenario;
    return out;
}

CheckFinding finding_of(const Json& json, const std::string& clause) {
    CheckFinding out;
    out.clause = clause;
    json.at("promise").get_to(out.promise);
    json.at("message").get_to(out.message);
    json.at("by").get_to(out.by);
    json.at("functions").get_to(out.functions);
    json.at("schedule").get_to(out.schedule);
    json.at("steps").get_to(out.steps);
    json.at("switches").get_to(out.switches);
    json.at("preemptions").get_to(out.preemptions);
    json.at("calls").get_to(out.calls);
    json.at("callbacks").get_to(out.callbacks);
    json.at("broken_in").get_to(out.broken_in);
    json.at("story").get_to(out.story);
    json.at("scenario").get_to(out.scenario);
    return out;
}

Json found_json(const BlockFinding& one) {
    Json out;
    out["clause"] = one.key.clause;
    out["function"] = one.key.function;
    out["index"] = one.index;
    out["scenarios"] = one.scenarios;
    out["minimized"] = one.minimized;
    if (one.finding) out["finding"] = finding_json(*one.finding);
    return out;
}

BlockFinding found_of(const Json& json) {
    BlockFinding out;
    json.at("clause").get_to(out.key.clause);
    json.at("function").get_to(out.key.function);
    json.at("index").get_to(out.index);
    json.at("scenarios").get_to(out.scenarios);
    json.at("minimized").get_to(out.minimized);
    if (json.contains("finding")) out.finding = finding_of(json["finding"], out.key.clause);
    return out;
}

BlockLine line_of(const Json& json) {
    BlockLine out;
    json.at("utsim").get_to(out.identity.utsim);
    json.at("semantics").get_to(out.identity.semantics);
    json.at("kept_by").get_to(out.identity.kept_by);
    json.at("contract").get_to(out.identity.contract);
    json.at("seed").get_to(out.identity.seed);
    json.at("count").get_to(out.identity.count);
    json.at("options").get_to(out.identity.options);
    json.at("block").get_to(out.number);
    json.at("scenarios").get_to(out.block.scenarios);
    json.at("runs").get_to(out.block.runs);
    json.at("states").get_to(out.block.states);
    json.at("deep").get_to(out.block.deep);
    json.at("kept").get_to(out.block.kept);
    json.at("unlawful").get_to(out.block.unlawful);
    for (const Json& feature : json.at("features")) {
        out.block.features.add(feature.get<std::uint32_t>() % FeatureSet::size);
    }
    for (const Json& one : json.at("found")) out.block.found.push_back(found_of(one));
    return out;
}

/// In what a check is another one than `first`.
std::string difference(const CheckIdentity& one, const CheckIdentity& first) {
    const auto text = [](const std::string& t) { return t.empty() ? std::string("none") : t; };
    if (one.utsim != first.utsim) return "made by utsim " + one.utsim + ", not " + first.utsim;
    if (one.semantics != first.semantics) {
        return "about " + one.semantics + ", not " + first.semantics;
    }
    if (one.kept_by != first.kept_by) {
        return "against " + text(one.kept_by) + ", not " + text(first.kept_by);
    }
    if (one.contract != first.contract) {
        return "by the clauses " + one.contract + ", not " + first.contract;
    }
    if (one.seed != first.seed) {
        return "of seed " + std::to_string(one.seed) + ", not " + std::to_string(first.seed);
    }
    if (one.count != first.count) {
        return "of " + std::to_string(one.count) + " scenarios, not " + std::to_string(first.count);
    }
    return "with other options";
}

}  // namespace

Error another_check(const std::string& file, const std::string& what, const CheckIdentity& one,
                    const CheckIdentity& wanted) {
    Error error;
    error.code = "E-CHK-003";
    error.file = file;
    error.message = what + " is of another check: " + difference(one, wanted);
    return error;
}

CheckIdentity identity_of(const CheckOptions& options, std::string semantics, std::string kept_by) {
    Digest digest;
    const auto add = [&](std::string_view text) {
        digest.add(std::uint64_t{text.size()});
        digest.add(text);
    };
    digest.add(block_size);
    digest.add(options.orders);
    digest.add(options.deep_states);
    digest.add(std::uint64_t{options.until_found});
    digest.add(std::uint64_t{options.generator.unlawful});
    add(options.generator.focus);
    for (const auto& [name, weight] : options.generator.weights) {
        add(name);
        digest.add(std::uint64_t{weight});
    }
    for (const std::string& text : options.first) add(text);
    return {std::string(version()), std::move(semantics), std::move(kept_by), options.contract,
            options.seed,           options.count,        digest.text()};
}

std::string block_line(const BlockLine& line) {
    Json out;
    out["utsim"] = line.identity.utsim;
    out["semantics"] = line.identity.semantics;
    out["kept_by"] = line.identity.kept_by;
    out["contract"] = line.identity.contract;
    out["seed"] = line.identity.seed;
    out["count"] = line.identity.count;
    out["options"] = line.identity.options;
    out["block"] = line.number;
    out["scenarios"] = line.block.scenarios;
    out["runs"] = line.block.runs;
    out["states"] = line.block.states;
    out["deep"] = line.block.deep;
    out["kept"] = line.block.kept;
    out["unlawful"] = line.block.unlawful;
    out["features"] = Json::array();
    for (std::uint32_t feature = 0; feature < FeatureSet::size; ++feature) {
        if (line.block.features.has(feature)) out["features"].push_back(feature);
    }
    out["found"] = Json::array();
    for (const BlockFinding& one : line.block.found) out["found"].push_back(found_json(one));
    std::string text = out.dump(-1, ' ', true, Json::error_handler_t::replace);
    text = std::string(beginning) + text.substr(1, text.size() - 2);
    return text + std::string(before_digest) + digest_text(text) + "\"}";
}

std::optional<BlockLine> read_block_line(std::string_view text) {
    const std::size_t end = text.rfind(before_digest);
    if (!text.starts_with(beginning) || end == std::string_view::npos) return std::nullopt;
    const std::string digest = digest_text(text.substr(0, end)) + "\"}";
    if (text.substr(end + before_digest.size()) != digest) return std::nullopt;
    try {
        return line_of(Json::parse(text));
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;  // somebody has made it up, digest and all
    }
}

bool may_be_block_line(std::string_view text) {
    const std::size_t length = std::min(text.size(), beginning.size());
    return text.substr(0, length) == beginning.substr(0, length);
}

bool add_block(std::map<std::uint64_t, CheckBlock>& blocks, BlockLine line) {
    const auto [at, is_new] = blocks.try_emplace(line.number, std::move(line.block));
    if (is_new) return true;
    std::vector<BlockFinding>& here = at->second.found;
    // try_emplace leaves its argument alone when there is one already.
    for (BlockFinding& one : line.block.found) {
        const auto same = [&](const BlockFinding& other) { return other.key == one.key; };
        const auto known = std::find_if(here.begin(), here.end(), same);
        if (known != here.end() && !known->minimized) *known = std::move(one);
    }
    return false;
}

}  // namespace utsim
