// SPDX-License-Identifier: MIT
// Result: one value or all the mistakes, and UTSIM_TRY that passes the mistakes on.
#include <utsim/result.hpp>

#include <memory>

#include "test/support/testing.hpp"

using utsim::Error;
using utsim::Result;

namespace {

Error mistake(const char* code) {
    Error error;
    error.code = code;
    error.message = "it is wrong";
    return error;
}

Result<int> half(int number) {
    if (number % 2 != 0) return mistake("E-ODD");
    return number / 2;
}

Result<std::string> quarter(int number) {
    UTSIM_TRY(once, half(number));
    UTSIM_TRY(twice, half(once));
    return std::to_string(twice);
}

}  // namespace

TEST_CASE("result: a value") {
    Result<int> result = half(8);
    REQUIRE(result.ok());
    REQUIRE(static_cast<bool>(result));
    CHECK(*result == 4);
    *result = 5;
    CHECK(result.value() == 5);
}

TEST_CASE("result: one mistake is a list of one") {
    const Result<int> result = half(7);
    REQUIRE_FALSE(result.ok());
    REQUIRE(result.errors().size() == 1);
    CHECK(result.errors()[0].code == "E-ODD");
    CHECK(result.errors()[0].line == 0);
}

TEST_CASE("result: all mistakes keep their order") {
    const Result<int> result = std::vector<Error>{mistake("E-1"), mistake("E-2")};
    REQUIRE_FALSE(result.ok());
    REQUIRE(result.errors().size() == 2);
    CHECK(result.errors()[0].code == "E-1");
    CHECK(result.errors()[1].code == "E-2");
}

TEST_CASE("result: UTSIM_TRY passes values on and returns mistakes") {
    CHECK(quarter(12).value() == "3");
    CHECK_FALSE(quarter(7).ok());
    CHECK(quarter(6).errors()[0].code == "E-ODD");
}

TEST_CASE("result: a value that can only be moved") {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
    REQUIRE(result.ok());
    CHECK(**result == 3);
    const std::unique_ptr<int> taken = std::move(result).value();
    CHECK(*taken == 3);
}
