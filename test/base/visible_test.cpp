// SPDX-License-Identifier: MIT
// What guests and files say does nothing to a terminal, and is still there to be read.
#include "base/visible.hpp"

#include "support/testing.hpp"

using namespace utsim;

TEST_CASE("control characters are spelt out", "[visible]") {
    CHECK(visible("plain \t text\n") == "plain \t text\n");
    CHECK(visible("\x1b[2J\x07") == "\\u001b[2J\\u0007");
    CHECK(visible("\xc2\x9b"
                  "31m") == "\\u009b31m");
    CHECK(visible("\xff\x80 \x7f") == "\\xff\\x80 \\u007f");
    CHECK(visible("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
    CHECK(visible(std::string_view("\0", 1)) == "\\u0000");
}

TEST_CASE("colours stay if they may, and nothing else", "[visible]") {
    CHECK(visible("\x1b[1;31mred\x1b[0m", Keep::colors) == "\x1b[1;31mred\x1b[0m");
    CHECK(visible("\x1b[2J", Keep::colors) == "\\u001b[2J");
    CHECK(visible("\x1b]0;title\x07", Keep::colors) == "\\u001b]0;title\\u0007");
    CHECK(visible("\x1b[31", Keep::colors) == "\\u001b[31");
}

TEST_CASE("long texts lose their middle", "[visible]") {
    CHECK(shortened("short", 10) == "short");
    const std::string cut = shortened(std::string(1000, 'a') + std::string(1000, 'z'), 40);
    CHECK(cut == std::string(30, 'a') + "[... 1960 bytes ...]" + std::string(10, 'z'));
    std::string umlauts;
    for (int i = 0; i < 100; ++i) umlauts += "\xc3\xbc";
    CHECK(visible(shortened(umlauts, 41)) == shortened(umlauts, 41));
}
