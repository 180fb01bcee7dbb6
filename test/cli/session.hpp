// SPDX-License-Identifier: MIT
/// Runs the real program in an empty folder, as a user would, and writes down what they would see.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/golden.hpp"
#include "support/scratch_folder.hpp"
#include "support/testing.hpp"

namespace utsim::testing {

struct Ran {
    int code = -1;
    std::string out;
    std::string err;
};

/// A folder that goes away again, and the commands that are run in it.
class Session {
public:
    /// A file of test/cli/files/, under its own name.
    void bring(const std::string& name) {
        std::filesystem::copy_file(source_path("test/cli/files/" + name), folder_ / name);
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    std::string read(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

    /// `words` stand behind `utsim` in a shell's command line.
    Ran run(const std::string& words) { return shell("\"$UTSIM_BIN\" " + words); }

    Ran shell(const std::string& command) {
        if (std::getenv("UTSIM_BIN") == nullptr) FAIL("UTSIM_BIN is not set; ctest sets it");
        const std::string whole = "cd '" + folder_.string() +
                                  "' && unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY && { " + command +
                                  "\n} >.out 2>.err </dev/null";
        const int status = std::system(whole.c_str());
        Ran ran;
        ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        ran.out = read(".out");
        ran.err = read(".err");
        return ran;
    }

    /// Runs it and adds it to the transcript; what went to standard error begins with `! `.
    Ran tell(const std::string& words) {
        const Ran ran = run(words);
        transcript_ += "$ utsim " + words + "\n" + ran.out;
        std::istringstream err(ran.err);
        for (std::string line; std::getline(err, line);) transcript_ += "! " + line + "\n";
        transcript_ += "exit " + std::to_string(ran.code) + "\n\n";
        return ran;
    }

    /// Compares the transcript with test/cli/golden/NAME.
    void check(const std::string& name) const {
        check_golden("test/cli/golden/" + name, transcript_);
    }

    const std::filesystem::path& folder() const { return folder_; }

private:
    ScratchFolder scratch_;
    std::filesystem::path folder_ = scratch_.path;
    std::string transcript_;
};

}  // namespace utsim::testing
