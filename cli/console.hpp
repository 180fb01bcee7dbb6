// SPDX-License-Identifier: MIT
/// Where a command speaks: results on standard output, talk and progress on standard error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

#include "cli/json_output.hpp"

namespace utsim::cli {

class Arguments;

class Console {
public:
    /// Looks at the terminal, NO_COLOR and `--color`.
    Console();
    void configure(const Arguments& arguments);

    /// The result. It is collected and written in large pieces. Control characters are spelt out,
    /// but for the colours that are ours.
    void out(std::string_view text);
    /// Talk: mistakes, and what to do next.
    void err(std::string_view text);
    /// A line that is drawn over, on a terminal only.
    void progress(std::string_view line);
    /// Writes what was collected. False when standard output could not be written.
    bool flush();
    /// Flushes, and says why standard output could not be written, unless its reader has gone.
    bool finish();
    /// False when nobody will see what comes next.
    bool writable() const { return problem_ == 0; }

    bool color() const { return color_; }
    bool shows_progress() const { return err_tty_; }
    bool json() const { return json_; }
    /// As `--json` does, before the arguments are known to be right.
    void speak_json() { json_ = true; }

    /// What `--json` prints; `form` is its name and version (`utsim.run/1`).
    void result(std::string_view form, Json value);
    /// One more member of it, which is known later only.
    void add_to_result(const std::string& name, Json value);
    /// Prints mistakes as text on standard error. With --json they become the `errors` of the one
    /// document that is printed.
    void mistakes(const std::vector<Error>& errors);
    /// With --json: prints the one document, the result with the mistakes or these alone.
    void conclude();

private:
    bool out_tty_ = false;
    bool err_tty_ = false;
    bool color_ = false;
    bool err_color_ = false;
    bool json_ = false;
    bool progress_shown_ = false;
    bool complained_ = false;
    int problem_ = 0;  ///< errno of the first write that failed
    std::string pending_;
    std::string form_;
    Json result_;
    Json errors_ = Json::array();
};

/// Tells the mistakes. What it returns is `code`, for whoever gives up with it.
int refuse(Console& console, const std::vector<Error>& errors, int code);

/// Bold, green and so on, when the console is to be coloured.
std::string painted(const Console& console, std::string_view code, std::string_view text);

}  // namespace utsim::cli
