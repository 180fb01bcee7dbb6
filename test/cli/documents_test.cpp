// SPDX-License-Identifier: MIT
// Every command of every document is run, and what a document says it prints is compared with what
// it prints. A block that is neither a command nor data has to be listed here with what it is.
#include "document.hpp"
#include "session.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using namespace utsim::testing;

namespace {

constexpr int exit_usage = 2;

const char* const documents[] = {
    "README.md",         "CONTRIBUTING.md",      "SECURITY.md",      "CHANGELOG.md",
    "docs/assembly.md",  "docs/cli.md",          "docs/contract.md", "docs/architecture.md",
    "docs/diff.md",      "docs/errors.md",       "docs/cpu.md",      "docs/library.md",
    "docs/semantics.md", "docs/october-2009.md", "docs/scenario.md", "docs/trace.md",
    "docs/limits.md",    "docs/generate.md",     "docs/programs.md", "docs/seeing.md",
    "docs/gdb.md",
};

/// Exit statuses other than 0. A command ends at the first blank pair, as in the documents.
const std::map<std::string, int> statuses = {
    // README.md
    {"utsim explore my.json", 1},  // in another order the task is gone before it can be stopped
    // docs/cli.md
    {"utsim validate mine.json", 3},
    {"utsim replay s.json --schedule=A6B2A3", 1},  // the target is gone before the second stop
    {"utsim explore s.json", 1},
    {"utsim explore s.json --preemptions=3", 1},
    {"utsim explore s.json --strategy=random --runs=100000", 1},
    {"utsim diff E1 E2 scenarios/seed/*.json", 1},
    {"utsim minimize s.json --schedule=A12B9 --out=small.json", 3},  // nothing fails in it
    {"utsim minimize t.jsonl --clause=C-212", 3},
    {"utsim diff F F,entry.order=first-attached-first --generate=2000 --out=found", 1},
    // docs/seeing.md
    {"utsim explore lost.json --report=found", 1},  // not in every order is it lost
    // docs/limits.md
    {"utsim run s.json --max-steps=20", 1},
    // docs/contract.md
    {"utsim run mine.json --semantics=E1", 1},
    // docs/programs.md
    {"utsim exec --explore --until='output ~ not my tracee' ./two_waiters", 1},
    {"utsim exec --faults=time-passes --until='exit = 2' ./patience", 1},
    // docs/diff.md
    {"utsim diff E5 F scenarios/diff/e5-f-step.disable.json", 1},
    {"utsim diff E1 E2 --generate=100", 1},
    // docs/october-2009.md
    {"utsim diff E1 flags-proposal scenarios/seed/sleeps-under-the-lock.json", 1},
    {"utsim diff flags-proposal E2 scenarios/seed/resume-beside-an-armed-step.json", 1},
    {"utsim diff F F,step.callback=always scenarios/seed/callback-for-a-guard.json", 1},
};

/// What a test cannot run, and why.
const std::map<std::string, std::string> not_run = {
    {"utsim check", "takes minutes; tests of its own run it"},
    {"utsim museum", "searches for minutes; the test `museum` runs parts of it"},
    {"utsim merge", "needs results, which takes minutes; tests of its own run it"},
    {"cmake --install", "installs into /usr/local; the test `embedding` installs elsewhere"},
    {"./dev ", "builds and tests all of this; its commands are compared with ./dev help"},
};

/// Blocks that are quoted from files.
struct Quote {
    const char* document;
    const char* first;  ///< how the first line begins
    const char* file;
};
const Quote quotes[] = {
    {"README.md", "find_package(utsim 0.1", "examples/embedding/CMakeLists.txt"},
    {"docs/library.md", "#include <cstdio>", "examples/embedding/counter.cpp"},
    {"docs/library.md", "simulation->listen(", "examples/embedding/listener.cpp"},
    {"docs/semantics.md", "    enum class EntryOrder", "sim/semantics/semantics.hpp"},
    {"docs/semantics.md", "    {\"entry.order\",", "sim/semantics/decision_table.cpp"},
    {"docs/semantics.md", "    if (decided(current", "sim/utrace/syscall_report.cpp"},
    {"docs/semantics.md", "    b33_detach_vs_stop_orphan", "sim/semantics/quirks.hpp"},
    {"docs/semantics.md", "    if (quirk(current", "sim/utrace/stop.cpp"},
};

/// Drawings, and what gdb prints, which test/debug looks at.
const std::set<std::string> drawings = {"docs/architecture.md:include/utsim/    what an",
                                        "docs/gdb.md:  Id   Target Id", "docs/gdb.md:monitor when ",
                                        "docs/gdb.md:(gdb) monitor points"};

/// The files that documents talk about.
void fill(Session& session) {
    const std::string tree = source_path(".");
    session.shell("ln -s '" + tree + "/scenarios' scenarios; ln -s '" + tree +
                  "/docs' docs; mkdir bin; ln -s \"$UTSIM_BIN\" bin/utsim");
    session.shell("cp scenarios/tutorial/stop.json s.json");
    session.shell("bin/utsim run s.json --trace=t.jsonl");
    session.bring("loop.s");
    session.shell("mv loop.s victim.s");
}

/// The programs that docs/programs.md talks about; false when nothing here can compile them.
bool fill_programs(Session& session) {
    const std::string folder = source_path("test/programs");
    session.shell("cp '" + folder + "'/races/*.c .");
    return session.shell("musl-gcc -O1 -static -o hello '" + folder + "/hello.c'").code == 0;
}

/// The program that docs/gdb.md talks about, and a gdb that has nothing to say: sessions of the
/// real one are in test/debug. False when nothing here can compile.
bool fill_gdb(Session& session) {
    session.write("bin/gdb", "#!/bin/sh\n");
    session.shell("chmod +x bin/gdb");
    const std::string source = source_path("test/programs/hello.c");
    return session.shell("musl-gcc -O1 -static -o program '" + source + "'").code == 0;
}

/// What `mine.json` is, which several documents talk about: the document's own semantics file, or
/// one of test/cli/files.
void fill_mine(Session& session, const Document& document) {
    const std::map<std::string, std::string> files = {{"docs/cli.md", "mistake.json"},
                                                      {"docs/contract.md", "sleeps.json"}};
    const auto file = files.find(document.path);
    if (file != files.end()) {
        session.bring(file->second);
        session.shell("mv " + file->second + " mine.json");
    }
    for (const Block& block : document.blocks) {
        const bool semantics = block.text().find("\"utsim.semantics/1\"") != std::string::npos;
        if (block.language == "json" && semantics) session.write("mine.json", block.text());
    }
}

std::string place(const Document& document, std::size_t line) {
    return document.path + ":" + std::to_string(line);
}

Ran run_here(Session& session, const std::string& command) {
    session.write(".command", command + "\n");
    return session.shell("PATH=\"$PWD/bin:$PATH\"; bash .command 2>&1");
}

bool is_not_run(const std::string& command) {
    return std::any_of(not_run.begin(), not_run.end(),
                       [&](const auto& one) { return begins(command, one.first); });
}

/// Each of a document once, in the order in which they stand there.
class Runner {
public:
    explicit Runner(const Document& document) : document_(document) {
        fill(session_);
        fill_mine(session_, document);
        if (document.path == "docs/programs.md") compiles_ = fill_programs(session_);
        if (document.path == "docs/gdb.md") compiles_ = fill_gdb(session_);
    }
    /// What its programs need is there.
    bool can_run() const { return compiles_; }

    void block(const Block& block) {
        for (const Claim& claim : claims_of(block)) {
            // The reference begins each command with its form; its examples have a meaning.
            const std::string& line = block.lines[claim.line - block.line];
            if (block.generated && line.find("  ") == std::string::npos) continue;
            if (is_not_run(claim.command)) continue;
            INFO(place(document_, claim.line) << ": " << claim.command);
            CHECK(!has_gap(claim.command));
            if (claim.excerpt.empty()) {
                once(claim.command);
            } else {
                shows(claim);
            }
        }
    }

    /// A command in a sentence. Without what it needs it is only named, and options are not made
    /// up; else it is run.
    void span(std::size_t line, const std::string& command) {
        INFO(place(document_, line) << ": " << command);
        if (is_not_run(command)) return;
        if (has_gap(command) || seen_.count(command) != 0) return check_words(command);
        seen_.insert(command);
        const Ran ran = run_here(session_, command);
        const bool named = ran.code == exit_usage && ran.out.find(" needs ") != std::string::npos;
        INFO(ran.out.substr(0, 400));
        if (!named) CHECK(ran.code == status_of(command));
        check_words(command);
    }

private:
    void once(const std::string& command) {
        if (!seen_.insert(command).second) return;
        const Ran ran = run_here(session_, command);
        INFO(ran.out.substr(0, 400));
        CHECK(ran.code == status_of(command));
    }

    static int status_of(const std::string& command) {
        const auto found = statuses.find(command);
        return found == statuses.end() ? 0 : found->second;
    }

    void shows(const Claim& claim) {
        seen_.insert(claim.command);
        const Ran ran = run_here(session_, claim.command);
        CHECK(ran.code == status_of(claim.command));
        std::vector<std::string> excerpt = claim.excerpt;
        while (!excerpt.empty() && excerpt.back().empty()) excerpt.pop_back();
        const std::vector<std::string> printed = lines_of(ran.out);
        const std::size_t fits = fitting_lines(excerpt, printed);
        INFO("printed:\n" << ran.out);
        if (fits < excerpt.size()) FAIL_CHECK("does not print: " << excerpt[fits]);
        for (const std::string& line : excerpt) follow(line);
    }

    /// A command that is printed is a command of the document.
    void follow(const std::string& line) {
        const std::size_t at = line.find("utsim ");
        if (at == std::string::npos || (at > 0 && line[at - 1] != ' ')) return;
        const std::string command = command_of(line.substr(at));
        if (verbs().count(word(command, 1)) == 0) return;
        if (has_gap(command)) return check_words(command);
        once(command);
    }

    static std::string word(const std::string& command, std::size_t index) {
        std::istringstream in(command);
        std::string one;
        for (std::size_t i = 0; i <= index; ++i) {
            if (!(in >> one)) return {};
        }
        return one;
    }

    /// The options of each verb.
    const std::map<std::string, std::set<std::string>>& verbs() {
        if (!verbs_.empty()) return verbs_;
        const auto all = nlohmann::json::parse(session_.run("help --json").out);
        for (const auto& command : all["commands"]) {
            std::set<std::string>& options = verbs_[command["name"]];
            for (const auto& option : command["options"]) options.insert(option["name"]);
        }
        return verbs_;
    }

    void check_words(const std::string& command) {
        const auto verb = verbs().find(word(command, 1));
        REQUIRE(verb != verbs().end());
        std::istringstream in(command);
        for (std::string one; in >> one;) {
            if (begins(one, "--")) CHECK(verb->second.count(one.substr(0, one.find('='))) == 1);
        }
    }

    const Document& document_;
    Session session_;
    bool compiles_ = true;
    std::set<std::string> seen_;
    std::map<std::string, std::set<std::string>> verbs_;
};

bool is_quoted(const Document& document, const Block& block) {
    for (const Quote& quote : quotes) {
        if (document.path != quote.document || !begins(block.lines[0], quote.first)) continue;
        std::ifstream in(source_path(quote.file), std::ios::binary);
        std::set<std::string> there;
        const auto trimmed = [](const std::string& line) {
            const std::size_t at = line.find_first_not_of(' ');
            return at == std::string::npos ? std::string() : line.substr(at);
        };
        for (std::string line; std::getline(in, line);) there.insert(trimmed(line));
        for (const std::string& line : block.lines) {
            INFO(quote.file << " has no such line: " << line);
            CHECK((line.empty() || there.count(trimmed(line)) == 1));
        }
        return true;
    }
    return false;
}

bool is_drawing(const Document& document, const Block& block) {
    return std::any_of(drawings.begin(), drawings.end(), [&](const std::string& one) {
        return begins(document.path + ":" + block.lines[0], one);
    });
}

/// JSON is loaded as what it says it is; what begins with a key is a part of a scenario.
void load_json(Session& session, const Block& block) {
    std::string text = block.text();
    if (begins(text, "\"")) {
        text =
            "{\"format\":\"utsim.scenario/1\",\"tasks\":[{\"name\":\"target\",\"program\":"
            "[{\"op\":\"pause\"}]}],\n" +
            text + "}";
    }
    const bool semantics = text.find("\"utsim.semantics/1\"") != std::string::npos;
    session.write("snippet.json", text);
    const Ran ran =
        session.run(semantics ? "semantics show snippet.json" : "validate snippet.json");
    INFO(ran.err);
    CHECK(ran.code == 0);
}

}  // namespace

TEST_CASE("the commands of all documents do what they say", "[docs]") {
    for (const char* path : documents) {
        const Document document = read_document(path);
        Runner runner(document);
        if (!runner.can_run()) {
            WARN("no musl-gcc here: " << path << " is skipped");
            continue;
        }
        for (const Block& block : document.blocks) {
            if (block.language.empty()) runner.block(block);
        }
        for (const auto& [line, text] : document.spans) {
            if (begins(text, "utsim ")) runner.span(line, text);
        }
    }
}

TEST_CASE("every block of a document is something that is checked", "[docs]") {
    Session session;
    for (const char* path : documents) {
        const Document document = read_document(path);
        for (const Block& block : document.blocks) {
            INFO(place(document, block.line) << ": " << block.lines[0]);
            if (block.generated || is_quoted(document, block) || is_drawing(document, block)) {
                continue;
            }
            if (block.language == "json") {
                load_json(session, block);
            } else if (block.language == "asm") {
                session.write("text.s", block.text());
                CHECK(session.run("asm text.s").code == 0);
            } else {
                CHECK(block.language.empty());
                CHECK(!claims_of(block).empty());
            }
        }
    }
}

TEST_CASE("./dev knows the commands that documents give it", "[docs]") {
    Session session;
    const std::string help = session.shell("'" + source_path("dev") + "' help").out;
    for (const char* path : documents) {
        const Document document = read_document(path);
        std::vector<std::pair<std::size_t, std::string>> all = document.spans;
        for (const Block& block : document.blocks) {
            for (const Claim& claim : claims_of(block)) all.emplace_back(claim.line, claim.command);
        }
        for (const auto& [line, text] : all) {
            if (!begins(text, "./dev ")) continue;
            INFO(place(document, line) << ": " << text);
            const std::string command = text.substr(0, text.find(' ', 6));
            CHECK((command == "./dev help" || help.find(command) != std::string::npos));
        }
    }
}
