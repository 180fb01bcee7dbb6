// SPDX-License-Identifier: MIT
/// What every test file includes: Catch2, RapidCheck, and the glue between the two.
#pragma once

#include <sstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

namespace utsim::testing {

/// RapidCheck's progress is not wanted in a test log.
struct Silent : rc::detail::TestListener {
    void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
    void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
    void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

/// The text of what a property found, followed by the command line part that replays it.
inline std::string describe_failure(const std::string& id, const rc::detail::TestResult& result) {
    std::ostringstream text;
    text << "property " << id << '\n';
    rc::detail::printResultMessage(result, text);
    if (result.is<rc::detail::FailureResult>()) {
        rc::detail::Configuration replay;
        replay.reproduce[id] = result.get<rc::detail::FailureResult>().reproduce;
        const std::string all = rc::detail::configToMinimalString(replay);
        text << "\nreproduce: RC_PARAMS=\"" << all.substr(0, all.find(' ')) << '"';
    }
    return text.str();
}

/// Runs `property` (a callable with generated arguments) and fails the test when it does not hold.
///
/// `id` names the property in the reproduce string; it must be unique in its program. `cases` is
/// how many times it must hold; zero leaves that to RapidCheck and `RC_PARAMS`.
template <typename Property>
void check_property(const std::string& id, Property&& property, int cases = 0) {
    const rc::detail::Configuration& configuration = rc::detail::configuration();
    rc::detail::TestMetadata metadata;
    metadata.id = id;
    metadata.description = id;
    rc::detail::TestParams params = configuration.testParams;
    if (cases != 0) params.maxSuccess = cases;
    Silent silent;
    const rc::detail::TestResult result =
        rc::detail::checkProperty(rc::detail::toProperty(std::forward<Property>(property)),
                                  metadata, params, silent, configuration.reproduce);
    if (result.template is<rc::detail::SuccessResult>()) {
        SUCCEED(id);
    } else {
        FAIL(describe_failure(id, result));
    }
}

/// A path below the source tree, for tests that read `scenarios/` or `test/golden/`.
inline std::string source_path(const std::string& relative) {
    return std::string(UTSIM_SOURCE_DIR) + "/" + relative;
}

}  // namespace utsim::testing
