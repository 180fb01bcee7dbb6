// SPDX-License-Identifier: MIT
// Every code that the program can print stands in a document, once.
#include <filesystem>
#include <regex>

#include "document.hpp"
#include "session.hpp"

using namespace utsim::testing;

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::string> codes_in(const std::string& text, const char* pattern) {
    std::vector<std::string> codes;
    const std::regex code(pattern);
    for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) {
        codes.push_back((*at)[1]);
    }
    return codes;
}

}  // namespace

TEST_CASE("every error code stands in a document, once", "[docs]") {
    std::vector<std::string> told;
    for (const char* path :
         {"docs/errors.md", "docs/assembly.md", "docs/scenario.md", "docs/cpu.md"}) {
        for (const std::string& line : lines_of(text_of(source_path(path)))) {
            if (!begins(line, "| E-")) continue;
            for (const std::string& code : codes_in(line, "^\\| (E-[A-Z]+-[A-Z0-9]+) \\|")) {
                INFO(path << ": " << code << " is there twice");
                CHECK(std::find(told.begin(), told.end(), code) == told.end());
                told.push_back(code);
            }
        }
    }
    std::size_t found = 0;
    for (const char* folder : {"sim", "cli"}) {
        for (const auto& file : fs::recursive_directory_iterator(source_path(folder))) {
            if (file.path().extension() != ".cpp") continue;
            for (const std::string& code :
                 codes_in(text_of(file.path()), "\"(E-[A-Z]+-[A-Z0-9]+)\"")) {
                ++found;
                INFO(file.path() << ": " << code << " is in no document");
                CHECK(std::find(told.begin(), told.end(), code) != told.end());
            }
        }
    }
    CHECK(found > 80);
}
