// SPDX-License-Identifier: MIT
// `utsim explain` on a scenario, on its trace, and on what is neither.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;

TEST_CASE("explain says the same of a scenario and of its trace", "[explain]") {
    Session session;
    session.bring("stop.json");
    session.run("run stop.json --semantics=E3 --trace=t.jsonl");
    const Ran scenario = session.run("explain stop.json --semantics=E3");
    CHECK(scenario.code == 0);
    CHECK(scenario.out.find("under E3") != std::string::npos);
    CHECK(scenario.out.find("\nClauses\n") != std::string::npos);
    CHECK(session.run("explain t.jsonl").out == scenario.out);
    const auto json = nlohmann::json::parse(session.run("explain t.jsonl --json").out);
    CHECK(json["semantics"] == "E3");
    CHECK(json["lines"].size() > 5);
}

TEST_CASE("explain refuses what it cannot explain", "[explain]") {
    Session session;
    session.bring("stop.json");
    session.bring("wrong.json");
    session.run("run stop.json --trace=t.jsonl");
    CHECK(session.run("explain wrong.json").code == 3);
    CHECK(session.run("explain missing.json").code == 3);
    CHECK(session.run("explain t.jsonl --seed=1").code == 3);
    CHECK(session.run("explain stop.json --seed=1 --schedule=A1").code == 2);
    session.write("cut.jsonl", session.read("t.jsonl").substr(0, 3000));
    CHECK(session.run("explain cut.jsonl").code == 3);
}
