// SPDX-License-Identifier: MIT
/// Pairs of neighbours: a trace in which a monitor once saw a breach where there is none, and one
/// that differs from it in what makes it a breach.
#pragma once

#include <string_view>

#include "contract/story.hpp"
#include "support/testing.hpp"

namespace utsim::testing {

struct Neighbours {
    std::string_view clause;
    std::string_view kind;  ///< of false alarm
    void (*silent)(Story&);
    void (*loud)(Story&);
};

inline void check(const Neighbours& pair) {
    INFO("clause " << pair.clause << ": " << pair.kind);
    {
        Story story(pair.clause);
        pair.silent(story);
        INFO("the silent story");
        CHECK(story.broken() == "");
    }
    {
        Story story(pair.clause);
        pair.loud(story);
        INFO("the loud story");
        CHECK(story.broken() != "");
    }
}

}  // namespace utsim::testing
