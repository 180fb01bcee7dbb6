// SPDX-License-Identifier: MIT
// The loader and the JSON Schema accept the same files: held against each other on all scenarios
// and on copies of them with one thing changed. python3-jsonschema is the second opinion.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <nlohmann/json.hpp>

#include "scenario/fields.hpp"
#include "scenario/json_reader.hpp"
#include "scenario/schema.hpp"
#include "scenario/shape.hpp"
#include "support/golden.hpp"

#include <utsim/scenario.hpp>

namespace {

using namespace utsim;
using nlohmann::ordered_json;

bool has_jsonschema() { return std::system("python3 -c 'import jsonschema' >/dev/null 2>&1") == 0; }

bool shape_accepts(const std::string& text) {
    Problems problems(text, "x");
    JsonValue root;
    return read_json(text, root, problems) && check_shape(scenario_type(), root, problems) &&
           problems.empty();
}

/// Repeatable numbers, enough for choosing what to break.
class Dice {
public:
    std::size_t roll(std::size_t sides) {
        state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
        return static_cast<std::size_t>((state_ >> 33) % sides);
    }

private:
    std::uint64_t state_ = 2009;
};

void collect(ordered_json& value, std::vector<ordered_json*>& out) {
    out.push_back(&value);
    if (value.is_structured()) {
        for (auto& item : value) collect(item, out);
    }
}

/// Changes one thing somewhere.
void break_something(ordered_json& document, Dice& dice) {
    std::vector<ordered_json*> all;
    collect(document, all);
    ordered_json& place = *all[dice.roll(all.size())];
    switch (dice.roll(8)) {
        case 0:
            place = -1;
            break;
        case 1:
            place = "STOP";
            break;
        case 2:
            place = ordered_json::array();
            break;
        case 3:
            place = ordered_json::object();
            break;
        case 4:
            place = true;
            break;
        case 5:
            if (place.is_object() && !place.empty()) {
                auto it = place.begin();
                std::advance(it, dice.roll(place.size()));
                place.erase(it);
            }
            break;
        case 6:
            if (place.is_object()) place[dice.roll(2) == 0 ? "extra" : "kind"] = 1;
            break;
        default:
            if (place.is_string()) place = place.get<std::string>() + "x";
            if (place.is_number()) place = 1.5;
    }
}

TEST_CASE("the schema in docs/schema is the one that the program prints", "[scenario][schema]") {
    testing::check_golden("docs/schema/scenario-1.json", schema_json());
}

TEST_CASE("loader and schema accept the same files", "[scenario][schema]") {
    if (!has_jsonschema()) {
        WARN("python3-jsonschema is not installed: not checked");
        return;
    }
    const std::string folder =
        (std::filesystem::temp_directory_path() / ("utsim-schema-" + std::to_string(::getpid())))
            .string();
    std::filesystem::create_directories(folder);
    const std::shared_ptr<void> remove(nullptr,
                                       [&](void*) { std::filesystem::remove_all(folder); });
    std::ofstream(folder + "/schema.json") << schema_json();
    std::vector<std::string> documents;
    Dice dice;
    for (const BuiltinScenario& builtin : builtin_scenarios()) {
        documents.emplace_back(ordered_json::parse(builtin.text).dump());
        for (int i = 0; i < 25; ++i) {
            ordered_json copy = ordered_json::parse(builtin.text);
            break_something(copy, dice);
            documents.push_back(copy.dump());
        }
    }
    {
        std::ofstream out(folder + "/documents.jsonl");
        for (const std::string& document : documents) out << document << '\n';
    }
    const std::string command =
        "python3 -c \"\n"
        "import json, jsonschema\n"
        "schema = json.load(open('" +
        folder +
        "/schema.json'))\n"
        "jsonschema.Draft202012Validator.check_schema(schema)\n"
        "v = jsonschema.Draft202012Validator(schema)\n"
        "print(''.join('1' if v.is_valid(json.loads(line)) else '0' for line in open('" +
        folder + "/documents.jsonl')))\" > " + folder + "/verdicts";
    REQUIRE(std::system(command.c_str()) == 0);
    std::string verdicts;
    std::ifstream(folder + "/verdicts") >> verdicts;
    REQUIRE(verdicts.size() == documents.size());
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const bool ours = shape_accepts(documents[i]);
        accepted += ours ? 1 : 0;
        if (ours == (verdicts[i] == '1')) continue;
        FAIL((ours ? "only the loader accepts " : "only the schema accepts ") << documents[i]);
    }
    // Both kinds must have been there for this to mean anything.
    CHECK(accepted > builtin_scenarios().size());
    CHECK(accepted < documents.size());
}

}  // namespace
