// SPDX-License-Identifier: MIT
// What the command table becomes: help, the manual page, completion, docs/cli.md.
#include <nlohmann/json.hpp>

#include "session.hpp"

using namespace utsim::testing;

namespace {

const char* const verbs[] = {"demo",  "new",        "run",      "exec",     "replay",    "explore",
                             "check", "merge",      "museum",   "minimize", "diff",      "explain",
                             "gdb",   "report",     "coverage", "validate", "semantics", "schema",
                             "asm",   "completion", "help",     "version"};

}  // namespace

TEST_CASE("the overview and every command's help", "[help]") {
    Session session;
    session.tell("help");
    for (const char* verb : verbs) session.tell(std::string("help ") + verb);
    session.check("help.txt");
}

TEST_CASE("help can be asked for in several ways", "[help]") {
    Session session;
    const std::string overview = session.run("help").out;
    CHECK(session.run("").out == overview);
    CHECK(session.run("--help").out == overview);
    CHECK(session.run("-h").out == overview);
    CHECK(session.run("run --help").out == session.run("help run").out);
    CHECK(session.run("run x.json --help").code == 0);
    CHECK(session.run("--version").out == session.run("version").out);
}

TEST_CASE("help fits into 80 columns", "[help]") {
    Session session;
    for (const char* verb : verbs) {
        std::istringstream out(session.run(std::string("help ") + verb).out);
        for (std::string line; std::getline(out, line);) {
            INFO(verb << ": " << line);
            CHECK(line.size() <= 80);
        }
    }
}

TEST_CASE("help as data has every command and option", "[help]") {
    Session session;
    const std::string manual = session.run("help --man").out;
    const auto all = nlohmann::json::parse(session.run("help --json").out);
    REQUIRE(all["commands"].size() == std::size(verbs));
    for (const auto& command : all["commands"]) {
        const std::string name = command["name"];
        auto alone = nlohmann::json::parse(session.run("help " + name + " --json").out);
        CHECK(alone["format"] == "utsim.command/1");
        alone.erase("format");
        CHECK(alone == command);
        for (const auto& option : command["options"]) {
            const std::string spelling = option["name"];
            CHECK(session.run("help " + name).out.find(spelling) != std::string::npos);
            std::string roff;
            for (const char c : spelling) roff += c == '-' ? "\\-" : std::string(1, c);
            CHECK(manual.find(roff) != std::string::npos);
        }
    }
}

TEST_CASE("the manual page is good roff", "[man]") {
    Session session;
    session.tell("help --man");
    session.check("man.txt");
    if (session.shell("command -v groff").code != 0) {
        WARN("no groff: the manual page was not formatted");
        return;
    }
    const Ran ran = session.shell("\"$UTSIM_BIN\" help --man | groff -man -Tutf8 -ww -b -z");
    CHECK(ran.code == 0);
    CHECK(ran.err == "");
}

TEST_CASE("bash completes commands, options and values", "[completion]") {
    Session session;
    session.tell("completion bash");
    session.check("completion.txt");
    const auto completed = [&](const std::string& words, int at) {
        session.write("complete.sh", "source script.sh; compopt() { :; }\nCOMP_WORDS=(" + words +
                                         ") COMP_CWORD=" + std::to_string(at) +
                                         "\n_utsim; echo \"${COMPREPLY[@]}\"\n");
        return session.shell("bash complete.sh").out;
    };
    session.write("script.sh", session.run("completion bash").out);
    CHECK(completed("utsim re", 1) == "replay report\n");
    CHECK(completed("utsim run --gr", 2) == "--granularity=\n");
    CHECK(completed("utsim run --granularity = a", 4) == "api access\n");
    CHECK(completed("utsim help expla", 2) == "explain\n");
    CHECK(completed("utsim run --color = n", 4) == "never\n");
    CHECK(completed("utsim run --semantics = E", 4) == "E1 E2 E3 E4 E5\n");
    CHECK(completed("utsim run --contract = C-10", 4).find("C-104") != std::string::npos);
    CHECK(completed("utsim new --from = tutorial/st", 4) == "tutorial/stop\n");
    CHECK(completed("utsim diff fl", 2) == "flags-proposal\n");
    CHECK(completed("utsim semantics show fl", 3) == "flags-proposal\n");
    session.shell("touch 'two words.json' 'two more.json'; mkdir 'two folders'");
    session.write("complete.sh",
                  "source script.sh; compopt() { :; }\nCOMP_WORDS=(utsim run two) "
                  "COMP_CWORD=2\n_utsim; printf '<%s>' \"${COMPREPLY[@]}\" | "
                  "tr '<' '\\n' | sort\n");
    CHECK(session.shell("bash complete.sh").out ==
          "\ntwo folders>\ntwo more.json>\ntwo words.json>\n");
}

TEST_CASE("docs/cli.md has the reference", "[docs]") {
    Session session;
    check_golden_section("docs/cli.md", "reference",
                         "\n" + session.run("help --markdown").out + "\n");
}
