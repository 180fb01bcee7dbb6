// SPDX-License-Identifier: MIT
/// Where a command speaks: results on standard output, talk and progress on standard error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

namespace utsim::cli {

class Arguments;

class Console {
public:
    /// Looks at the terminal, NO_COLOR and `--color`.
    Console();
    void configure(const Arguments& arguments);

    /// The result. It is collected and written in large pieces.
    void out(std::string_view text);
    /// Talk: mistakes, and what to do next.
    void err(std::string_view text);
    /// A line that is drawn over, on a terminal only.
    void progress(std::string_view line);
    /// Writes what was collected. False when standard output is gone.
    bool flush();

    bool color() const { return color_; }
    bool shows_progress() const { return err_tty_; }
    bool json() const { return json_; }

    /// Prints mistakes: as text on standard error, or with --json as an object on standard output.
    void mistakes(const std::vector<Error>& errors);

private:
    bool out_tty_ = false;
    bool err_tty_ = false;
    bool color_ = false;
    bool err_color_ = false;
    bool json_ = false;
    bool progress_shown_ = false;
    bool broken_ = false;
    std::string pending_;
};

/// Bold, green and so on, when the console is to be coloured.
std::string painted(const Console& console, std::string_view code, std::string_view text);

}  // namespace utsim::cli
