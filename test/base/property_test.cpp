// SPDX-License-Identifier: MIT
// The glue itself: a failing property names its counterexample and the string that replays it.
#include "test/support/testing.hpp"

TEST_CASE("testing: a failing property prints how to reproduce it") {
    rc::detail::TestMetadata metadata;
    metadata.id = "support.fails";
    utsim::testing::Silent silent;
    const auto result = rc::detail::checkProperty(
        rc::detail::toProperty([](unsigned number) { RC_ASSERT(number < 5u); }), metadata,
        rc::detail::TestParams(), silent);
    REQUIRE(result.is<rc::detail::FailureResult>());
    const std::string text = utsim::testing::describe_failure("support.fails", result);
    using Catch::Matchers::Contains;
    CHECK_THAT(text, Contains("property support.fails"));
    CHECK_THAT(text, Contains("(5)"));
    CHECK_THAT(text, Contains("reproduce: RC_PARAMS=\"reproduce="));

    const std::string key = "RC_PARAMS=\"";
    const auto start = text.find(key) + key.size();
    const auto replay = rc::detail::configFromString(text.substr(start, text.rfind('"') - start));
    CHECK(replay.reproduce.at("support.fails") ==
          result.get<rc::detail::FailureResult>().reproduce);
}
