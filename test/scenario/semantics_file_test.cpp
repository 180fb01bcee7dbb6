// SPDX-License-Identifier: MIT
// Semantics files: what they mean, and what is said about wrong and hostile ones.
#include <utsim/scenario.hpp>
#include <utsim/semantics.hpp>

#include "support/golden.hpp"

namespace {

using namespace utsim;

Result<SemanticsDescription> semantics_of(const std::string& rest) {
    return load_semantics_text(R"({"format":"utsim.semantics/1")" + rest + "}", "s.json");
}

Error first_error(const std::string& rest) {
    const auto loaded = semantics_of(rest);
    REQUIRE(!loaded.ok());
    return loaded.errors().front();
}

TEST_CASE("a semantics file means what the command line means", "[semantics]") {
    CHECK(semantics_of("")->name == "F");
    CHECK(semantics_of(R"(,"preset":"2009-11-13")")->name == "E3");
    const auto proposal =
        semantics_of(R"(,"title":"mine","preset":"E1","choices":{"step.arm":"flags"})");
    REQUIRE(proposal.ok());
    CHECK(proposal->name == "flags-proposal");
    CHECK(proposal->title == "mine");
    CHECK(semantics_of(R"(,"note":["a","b"],"choices":{"note":"why","arch":"s390"})")->name ==
          "F,arch=s390");
}

TEST_CASE("a wrong semantics file is told where it is wrong", "[semantics]") {
    const Error preset = first_error(R"(,"preset":"E11")");
    CHECK(preset.code == "E-SCN-112");
    CHECK(preset.hint == "did you mean E1?");
    CHECK(preset.line == 1);
    CHECK(preset.pointer == "/preset");
    CHECK(first_error(R"(,"choices":{"step.amr":"flags"})").hint == "did you mean step.arm?");
    CHECK(first_error(R"(,"choices":{"step.arm":"flag"})").code == "E-SCN-113");
    CHECK(first_error(R"(,"choices":{"step.arm":7})").code == "E-SCN-110");
    CHECK(first_error(R"(,"choices":{"arch":"x86","arch":"x86"})").code == "E-SCN-103");
    CHECK(first_error(R"(,"chioces":{})").code == "E-SCN-117");
    CHECK(load_semantics_text(R"({"format":"utsim.semantics/2"})", "s.json").errors()[0].code ==
          "E-SCN-106");
    CHECK(load_semantics_text(R"({"format":"utsim.scenario/1"})", "s.json").errors()[0].code ==
          "E-SCN-113");
    const Error both = first_error(R"(,"preset":"E1","choices":{"step.arm":"resume"})");
    CHECK(both.code == "E-SCN-225");
    CHECK(both.pointer == "/choices/step.arm");
    CHECK(both.message.find("two bits have no room for a step") != std::string::npos);
}

TEST_CASE("a hostile semantics file is refused and nothing else", "[semantics]") {
    const auto code = [](const std::string& text) {
        const auto loaded = load_semantics_text(text, "s.json");
        return loaded.ok() ? std::string() : loaded.errors().front().code;
    };
    CHECK(code("") == "E-SCN-101");
    CHECK(code("[]") == "E-SCN-110");
    CHECK(code("null") == "E-SCN-110");
    CHECK(code(std::string(100'000, '[')) == "E-SCN-104");
    CHECK(code(std::string((4u << 20) + 1, ' ')) == "E-SCN-105");
    CHECK(code("\xef\xbb\xbf{}") == "E-SCN-102");
    CHECK(!code(R"({"format":"utsim.semantics/1","choices":null})").empty());
    CHECK(!code(R"({"format":"utsim.semantics/1","preset":["E1"]})").empty());
    CHECK(!load_semantics_file("/nonexistent/s.json").ok());
    const std::string whole =
        R"({"format":"utsim.semantics/1","preset":"E1","choices":{"step.arm":"flags"}})";
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CHECK(code(whole.substr(0, length)) == "E-SCN-101");
        std::string changed = whole;
        changed[length] = static_cast<char>(changed[length] ^ 0x10);
        code(changed);  // whatever it says, it says it
    }
}

TEST_CASE("what names a file", "[semantics]") {
    CHECK(is_semantics_file_name("mine.json"));
    CHECK(is_semantics_file_name("./mine"));
    CHECK(!is_semantics_file_name("E1,step.arm=flags"));
}

TEST_CASE("the schema of semantics files in docs/schema is the one that is printed",
          "[semantics][schema]") {
    testing::check_golden("docs/schema/semantics-1.json", semantics_schema());
}

}  // namespace
