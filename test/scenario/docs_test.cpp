// SPDX-License-Identifier: MIT
// Documents that say what the program does: made from it, or compared with it.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <utsim/scenario.hpp>

#include "scenario/diagnostic.hpp"
#include "scenario/schema.hpp"
#include "support/golden.hpp"

namespace {

using namespace utsim;

std::string read_source(const std::string& path) {
    std::ifstream in(testing::source_path(path), std::ios::binary);
    REQUIRE(in);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The first fenced block of this language.
std::string block(const std::string& document, const std::string& language) {
    const std::string fence = "```" + language + "\n";
    const std::size_t begin = document.find(fence) + fence.size();
    return document.substr(begin, document.find("```", begin) - begin);
}

TEST_CASE("the reference in docs/scenario.md is made from the field table", "[scenario][docs]") {
    testing::check_golden_section("docs/scenario.md", "reference", scenario_reference() + "\n");
}

TEST_CASE("the example of docs/scenario.md loads", "[scenario][docs]") {
    const Result<Scenario> scenario =
        load_scenario_text(block(read_source("docs/scenario.md"), "json"), "docs/scenario.md");
    if (!scenario.ok()) FAIL(format_errors(scenario.errors()));
}

TEST_CASE("the engine of docs/library.md is the one that is built as an example",
          "[scenario][docs]") {
    const std::string code = block(read_source("docs/library.md"), "cpp");
    const std::string example = read_source("examples/embedding/counter.cpp");
    CHECK(example.find(code) != std::string::npos);
    CHECK(std::count(code.begin(), code.end(), '\n') < 40);
}

}  // namespace
