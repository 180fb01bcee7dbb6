// SPDX-License-Identifier: MIT
// docs/october-2009.md is run: each command of it, and each line below it has to be seen, in that
// order, in what the command prints.
#include "session.hpp"

using namespace utsim::testing;

namespace {

struct Claim {
    std::string command;  ///< without `utsim`
    std::vector<std::string> lines;
};

std::string trimmed(const std::string& line) {
    const std::size_t begin = line.find_first_not_of(' ');
    return begin == std::string::npos ? ""
                                      : line.substr(begin, line.find_last_not_of(' ') - begin + 1);
}

std::vector<Claim> claims_of(const std::string& path) {
    std::vector<Claim> claims;
    std::ifstream in(source_path(path), std::ios::binary);
    bool open = false;
    const std::string mark = "    $ utsim ";
    for (std::string line; std::getline(in, line);) {
        if (line.rfind(mark, 0) == 0) {
            claims.push_back({line.substr(mark.size()), {}});
            open = true;
        } else if (open && line.rfind("    ", 0) == 0) {
            claims.back().lines.push_back(trimmed(line));
        } else {
            open = false;
        }
    }
    return claims;
}

}  // namespace

TEST_CASE("october-2009.md says what happens", "[docs]") {
    Session session;
    const std::vector<Claim> claims = claims_of("docs/october-2009.md");
    CHECK(claims.size() >= 10);
    for (const Claim& claim : claims) {
        INFO(claim.command);
        const Ran ran =
            session.shell("cd '" + source_path(".") + "' && \"$UTSIM_BIN\" " + claim.command);
        CHECK((ran.code == 0 || ran.code == 1));
        REQUIRE(!claim.lines.empty());
        std::size_t at = 0;
        for (const std::string& line : claim.lines) {
            INFO(line);
            const std::size_t found = ran.out.find(line, at);
            REQUIRE(found != std::string::npos);
            at = found + line.size();
        }
    }
}
