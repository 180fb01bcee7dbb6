// SPDX-License-Identifier: MIT
// Parts of a check put together are the check, whatever happened to them on the way.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;
using Catch::Matchers::Contains;

namespace {

constexpr int shards = 8;
/// Some blocks, the last of which is not full.
constexpr const char* words = "check --count=17000 --orders=2 --deep=20 --jobs=2 --seed=5";

std::string part(int number) { return "part" + std::to_string(number) + ".jsonl"; }

std::string run_part(int number) {
    return std::string(words) + " --no-failures --quiet --shard=" + std::to_string(number) + "/" +
           std::to_string(shards) + " --results=" + part(number);
}

}  // namespace

TEST_CASE("eight shards, one run twice and one cut off, are one process", "[merge]") {
    Session session;
    const Ran text = session.run(std::string(words) + " --failures=one");
    const Ran json = session.run(std::string(words) + " --no-failures --json");
    REQUIRE(text.code == 1);
    REQUIRE(text.out.find("17,000 scenarios") != std::string::npos);
    for (int i = 1; i <= shards; ++i) CHECK(session.run(run_part(i)).code <= 1);

    // The whole part again, into the same file, by somebody who did not see it.
    const std::string twice = session.read(part(3));
    std::filesystem::remove(session.folder() / part(3));
    session.run(run_part(3));
    CHECK(session.read(part(3)) == twice);
    session.write(part(3), twice + twice);

    // Cut off in the middle of a line, and run again.
    const std::string whole = session.read(part(5));
    session.write(part(5), whole.substr(0, whole.size() - 100));
    CHECK(session.run("merge part*.jsonl --no-failures --quiet")
              .err.find("1 of 9 blocks missing: ") != std::string::npos);
    CHECK(session.run(run_part(5)).code <= 1);
    CHECK(session.read(part(5)).find(
              whole.substr(whole.find_last_of('\n', whole.size() - 2) + 1)) != std::string::npos);

    Ran merged = session.run("merge part*.jsonl --failures=one");
    CHECK(merged.out == text.out);
    CHECK(merged.code == text.code);
    merged = session.run("merge part8.jsonl part[1-7].jsonl --no-failures --json");
    CHECK(merged.out == json.out);

    // Nothing is left to do.
    const std::string before = session.read(part(1));
    CHECK(session.run(run_part(1)).code <= 1);
    CHECK(session.read(part(1)) == before);
}

TEST_CASE("what is missing is told in every form, and what was counted is found", "[merge]") {
    Session session;
    const std::string check =
        "check --count=2100 --orders=1 --deep=0 --no-failures --quiet --contract=";
    session.run(check + "C-035 --results=a.jsonl");
    const std::string both = session.read("a.jsonl");
    session.write("lost.jsonl", both.substr(both.find('\n') + 1));
    const Ran text = session.run("merge lost.jsonl --no-failures --junit=j.xml");
    CHECK(text.code == 1);
    CHECK(text.err == "utsim: 1 of 2 blocks missing: 0\n");
    CHECK_THAT(text.out, Contains("BROKEN  C-035 in the end"));
    CHECK_THAT(text.out, Contains("not made small: the block that does that is missing"));
    CHECK_THAT(session.read("j.xml"), Contains("failures=\"1\"") && Contains("skipped=\"1\""));
    const Ran json = session.run("merge lost.jsonl lost.jsonl --no-failures --json");
    CHECK(json.code == 1);
    CHECK_THAT(json.err, Contains("1 of 2 blocks missing: 0"));
    const auto tree = nlohmann::json::parse(json.out);
    CHECK(tree["missing"] == 1);
    CHECK(tree["missing_blocks"] == nlohmann::json::array({0}));
    CHECK(tree["repeated"] == 1);
    CHECK(tree["cut_off"] == 0);
    CHECK(tree["not_small"][0]["clause"] == "C-035");

    // Nothing is found in what is there; that is no answer about what is not.
    session.run(check + "C-001 --results=b.jsonl");
    const std::string kept = session.read("b.jsonl");
    session.write("lost.jsonl", kept.substr(kept.find('\n') + 1));
    const Ran ktap = session.run("merge lost.jsonl --no-failures --ktap");
    CHECK(ktap.code == 5);
    CHECK_THAT(ktap.out, Contains("# SKIP"));

    // A file is of one check.
    const Ran other = session.run(check + "C-001 --seed=2 --results=b.jsonl");
    CHECK(other.code == 3);
    CHECK_THAT(other.err, Contains("b.jsonl: error: ") && Contains("of seed 1, not 2 [E-CHK-003]"));
    CHECK(session.read("b.jsonl") == kept);
}

TEST_CASE("results of something else are not taken for a check's", "[merge]") {
    Session session;
    const std::string check = "check --count=20 --orders=1 --deep=0 --no-failures --quiet ";
    session.bring("ok.json");
    CHECK(session.tell("merge nowhere.jsonl").code == 3);
    CHECK(session.tell("merge ok.json").code == 3);
    session.write("empty.jsonl", "");
    CHECK(session.tell("merge empty.jsonl").code == 3);
    CHECK(session.tell(check + "--results=ok.json").code == 3);
    CHECK(session.tell(check + "--results=nowhere/a.jsonl").code == 7);
    CHECK(session.run(check + "--results=/dev/full").code == 7);
    session.run(check + "--results=a.jsonl");
    session.run(check + "--seed=2 --results=b.jsonl");
    CHECK(session.tell("merge a.jsonl b.jsonl").code == 3);
    session.run("check --count=20 --orders=2 --deep=0 --no-failures --quiet --results=c.jsonl");
    CHECK(session.tell("merge c.jsonl a.jsonl").code == 3);
    const std::string line = session.read("a.jsonl");
    std::string changed = line;
    changed[changed.find("\"runs\":") + 7] = '7';
    session.write("changed.jsonl", changed);
    CHECK(session.tell("merge changed.jsonl").code == 3);
    for (const std::size_t length : {std::size_t{1}, std::size_t{40}, line.size() - 2}) {
        session.write("cut.jsonl", line + line.substr(0, length));
        const Ran ran = session.run("merge cut.jsonl --no-failures --quiet");
        CHECK(ran.err == "utsim: 1 line is not whole, and left out\n");
        CHECK(ran.out == session.run("merge a.jsonl --no-failures --quiet").out);
    }
    session.check("merge.txt");
}
