// SPDX-License-Identifier: MIT
// What machines that run tests are told: JUnit, KTAP, GitHub.
#include <algorithm>

#include "session.hpp"

using namespace utsim::testing;

namespace {

/// A scenario whose names try to end whatever they stand in.
constexpr const char* hostile = R"({"format": "utsim.scenario/1",
 "title": "a<b>&\"c' # SKIP ]]> ::error::%0A,x\u0007\ufffe|`",
 "tasks": [{"name": "t",
            "program": [{"op": "syscall", "nr": "getpid"}, {"op": "exit", "code": 7}]}],
 "engines": [{"name": "e", "events": ["SYSCALL_ENTRY", "SYSCALL_EXIT"]}],
 "expect": [{"sometimes": {"kind": "signal_taken"}}]}
)";

constexpr const char* deaf = R"({"format": "utsim.scenario/1",
 "tasks": [{"name": "t", "program": [{"op": "exit", "code": 7}]}],
 "engines": [{"name": "e", "events": ["SIGNAL"], "default": {"signal": {"return": "RESUME",
   "do": [{"control": {"engine": "e", "action": "RESUME"}, "expect": 0}]}}}]}
)";

constexpr const char* parse =
    "python3 -c 'import sys, xml.etree.ElementTree as E\n"
    "for c in E.parse(sys.argv[1]).getroot().iter(\"testcase\"):\n"
    "  print(c.get(\"file\"), c.get(\"line\"), c.get(\"name\"), *(x.tag for x in c))\n"
    "' ";

}  // namespace

TEST_CASE("reports for CI", "[ci]") {
    Session session;
    session.bring("ok.json");
    session.bring("fails.json");
    session.bring("wrong.json");
    session.write("deaf.json", deaf);
    CHECK(session.tell("run ok.json fails.json deaf.json --ktap").code == 1);
    CHECK(session.tell("run ok.json wrong.json --ktap --junit=j.xml").code == 3);
    CHECK(session.tell("run deaf.json --fail-on-vacuous").code == 1);
    CHECK(session.tell("run deaf.json --fail-on-vacuous --ktap").code == 1);
    CHECK(session.tell("run deaf.json --fail-on-vacuous --require=tested").code == 2);
    CHECK(session.tell("run ok.json -q").code == 0);
    CHECK(session.tell("explore ok.json --preemptions=1 --ktap").code == 0);
    CHECK(session.tell("explore fails.json --preemptions=1 --ktap").code == 1);
    CHECK(session.tell("run ok.json --ktap --json").code == 2);
    CHECK(session.tell("run ok.json --junit=fails.json").code == 3);
    CHECK(session.run("run ok.json fails.json deaf.json --junit=j.xml").code == 1);
    CHECK(session.run("run ok.json fails.json deaf.json --junit=j.xml").code == 1);
    CHECK(session.read("j.xml").find("reproduce: utsim replay fails.json") != std::string::npos);
    session.check("ci.txt");
    check_golden("test/cli/golden/junit.xml", session.read("j.xml"));
}

TEST_CASE("no name ends what it stands in", "[ci]") {
    Session session;
    session.write("a,b:c.json", hostile);
    CHECK(session.run("run 'a,b:c.json' --junit=j.xml").code == 1);
    const Ran parsed = session.shell(std::string(parse) + "j.xml");
    INFO(parsed.err << session.read("j.xml"));
    REQUIRE(parsed.code == 0);
    CHECK(parsed.out.find("a,b:c.json ") == 0);
    CHECK(parsed.out.find(" failure\n") != std::string::npos);

    const Ran ktap = session.run("run 'a,b:c.json' --ktap");
    CHECK(ktap.out.find(" # SKIP") == std::string::npos);
    CHECK(ktap.out.find("\nnot ok 1 ") != std::string::npos);

    const Ran github = session.shell(
        "GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=sum.md \"$UTSIM_BIN\" run 'a,b:c.json'");
    CHECK(github.err.find("::error file=a%2Cb%3Ac.json,") == 0);
    CHECK(std::count(github.err.begin(), github.err.end(), '\n') == 1);
    const std::string summary = session.read("sum.md");
    CHECK(summary.find("### utsim run\n") == 0);
    CHECK(summary.find("reproduce: utsim replay") != std::string::npos);
}

TEST_CASE("GitHub is told only where it listens", "[ci]") {
    Session session;
    session.bring("fails.json");
    CHECK(session.run("run fails.json").err.empty());
    const std::string run = "\"$UTSIM_BIN\" run fails.json";
    CHECK(session.shell("GITHUB_ACTIONS=false " + run).err.empty());
    session.shell("echo before >sum.md; GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=sum.md " + run);
    CHECK(session.read("sum.md").find("before\n### utsim run\n") == 0);
    CHECK(session.shell("GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=/dev/full " + run).code == 7);
}

TEST_CASE("a job array tells its tasks which shard they are", "[ci]") {
    Session session;
    const auto says = [&](const std::string& environment, const std::string& shard) {
        // A shard that there is not ends before anything is run.
        return session
            .shell(environment + " \"$UTSIM_BIN\" check --count=1 --orders=1 --deep=0 --shard=" +
                   shard + " --no-failures --quiet")
            .code;
    };
    CHECK(says("", "auto") == 2);
    CHECK(says("", "3") == 2);
    CHECK(says("", "3/2") == 2);
    CHECK(says("", "0/2") == 2);
    CHECK(says("", "x/2") == 2);
    CHECK(says("", "2/2") == 0);
    CHECK(says("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_COUNT=8", "auto") ==
          0);
    CHECK(says("SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=8", "auto") ==
          2);
    CHECK(says("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MAX=7", "auto") == 0);
    CHECK(says("JOB_COMPLETION_INDEX=7", "auto") == 2);
    CHECK(says("JOB_COMPLETION_INDEX=7 JOB_COMPLETIONS=8", "auto") == 0);
    CHECK(says("JOB_COMPLETION_INDEX=8", "auto/8") == 2);
    CHECK(says("TEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=2", "auto") == 0);
    CHECK(says("PARALLEL_SEQ=8", "auto/8") == 0);
    CHECK(says("PARALLEL_SEQ=0", "auto/8") == 2);
}
