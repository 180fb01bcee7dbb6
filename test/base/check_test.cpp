// SPDX-License-Identifier: MIT
// A failed check ends the process, so each is tried in a child whose stderr and status are read.
#include "base/check.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <utsim/version.hpp>

#include "base/arena.hpp"
#include "test/support/testing.hpp"

namespace {

struct Ending {
    int status = -1;
    std::string text;
};

template <typename Body>
Ending run_in_child(Body body) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        body();
        _exit(0);
    }
    close(ends[1]);
    Ending ending;
    char buffer[512];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
        ending.text.append(buffer, static_cast<std::size_t>(got));
    }
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) ending.status = WEXITSTATUS(status);
    return ending;
}

class Says : public utsim::CheckContext {
public:
    explicit Says(std::string text) : text_(std::move(text)) {}
    std::string describe() const override { return text_; }

private:
    std::string text_;
};

class FailsItself : public utsim::CheckContext {
public:
    std::string describe() const override {
        UTSIM_CHECK(false, "while describing");
        return "";
    }
};

}  // namespace

using Catch::Matchers::Contains;

TEST_CASE("check: a true condition costs one evaluation and nothing else") {
    int evaluations = 0;
    UTSIM_CHECK(++evaluations == 1, "must hold");
    CHECK(evaluations == 1);
}

TEST_CASE("check: a false condition says what and where, and exits 70") {
    const Ending ending = run_in_child([] { UTSIM_CHECK(1 + 1 == 3, "arithmetic is broken"); });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("internal error: arithmetic is broken"));
    CHECK_THAT(ending.text, Contains("1 + 1 == 3 (check_test.cpp:"));
}

TEST_CASE("check: unreachable code exits 70") {
    const Ending ending = run_in_child([] { UTSIM_UNREACHABLE("nobody comes here"); });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("nobody comes here"));
}

TEST_CASE("check: contexts speak from the inside out, and only while they live") {
    const Ending ending = run_in_child([] {
        Says outer("outer\n");
        { Says gone("gone\n"); }
        Says inner("inner\n");
        UTSIM_CHECK(false, "stop");
    });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("inner\nouter\n"));
    CHECK_THAT(ending.text, !Contains("gone"));
}

TEST_CASE("check: a context that fails itself does not recurse") {
    const Ending ending = run_in_child([] {
        Says outer("outer\n");
        FailsItself inner;
        UTSIM_CHECK(false, "first");
    });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("first") && Contains("while describing"));
    CHECK_THAT(ending.text, Contains("outer\n"));
}

TEST_CASE("check: an overfull arena is our own mistake") {
    const Ending ending = run_in_child([] {
        utsim::Arena arena;
        arena.allocate(utsim::Arena::object_limit, 8);
    });
    CHECK(ending.status == 70);
    CHECK_THAT(ending.text, Contains("arena is full"));
}

TEST_CASE("check: an arena cannot be rewound forwards") {
    const Ending ending = run_in_child([] {
        utsim::Arena arena;
        arena.rewind(arena.used() + 1);
    });
    CHECK(ending.status == 70);
}

TEST_CASE("version: text and numbers agree") {
    CHECK(std::string(utsim::version()) == "0.1.0");
    CHECK(UTSIM_VERSION == 100);
}
