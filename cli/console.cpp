// SPDX-License-Identifier: MIT
// The two streams. A pipe that closes early (`utsim ... | head`) is no reason to make noise.
#include "cli/console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/visible.hpp"
#include "cli/arguments.hpp"
#include "cli/output_file.hpp"
#include "scenario/diagnostic.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t large_piece = 1 << 16;

bool no_color() {
    const char* value = std::getenv("NO_COLOR");
    return value != nullptr && *value != '\0';
}

bool dumb_terminal() {
    const char* term = std::getenv("TERM");
    return term == nullptr || std::string_view(term) == "dumb";
}

}  // namespace

Console::Console() : out_tty_(isatty(STDOUT_FILENO) == 1), err_tty_(isatty(STDERR_FILENO) == 1) {
    const bool wanted = !no_color() && !dumb_terminal();
    color_ = wanted && out_tty_;
    err_color_ = wanted && err_tty_;
}

void Console::configure(const Arguments& arguments) {
    json_ = json_ || arguments.json();
    const std::string when = arguments.text("--color");
    if (when == "always") color_ = err_color_ = true;
    if (when == "never") color_ = err_color_ = false;
    if (json_) color_ = false;
}

void Console::out(std::string_view text) {
    pending_ += visible(text, color_ ? Keep::colors : Keep::text);
    if (pending_.size() >= large_piece || out_tty_) (void)flush();
}

void Console::err(std::string_view text) {
    progress({});
    (void)flush();  // what is on the screen should be in the order in which it was said
    (void)write_all(STDERR_FILENO, visible(text, err_color_ ? Keep::colors : Keep::text));
}

void Console::progress(std::string_view line) {
    if (!err_tty_ || (line.empty() && !progress_shown_)) return;
    (void)write_all(STDERR_FILENO, "\r\x1b[K" + std::string(line));
    progress_shown_ = !line.empty();
}

bool Console::flush() {
    if (problem_ == 0 && !write_all(STDOUT_FILENO, pending_)) problem_ = errno;
    pending_.clear();
    return problem_ == 0;
}

bool Console::finish() {
    if (flush()) return true;
    if (problem_ != EPIPE && !std::exchange(complained_, true)) {
        err("utsim: standard output cannot be written: " + std::string(std::strerror(problem_)) +
            "\n");
    }
    return false;
}

void Console::result(std::string_view form, Json value) {
    form_ = form;
    result_ = std::move(value);
}

void Console::add_to_result(const std::string& name, Json value) {
    if (json_) result_[name] = std::move(value);
}

void Console::conclude() {
    if (!json_ || (form_.empty() && errors_.empty())) return;
    Json document{{"format", form_.empty() ? "utsim.errors/1" : form_}};
    for (auto& [key, value] : result_.items()) document[key] = std::move(value);
    if (!errors_.empty()) document["errors"] = std::move(errors_);
    out(dump(document));
}

void Console::mistakes(const std::vector<Error>& errors) {
    if (json_) {
        for (const Error& error : errors) errors_.push_back(error_json(error));
        return;
    }
    for (const Error& error : errors) {
        std::string text = format_error(error, err_color_);
        if (error.file.empty()) text = "utsim: " + text;
        err(text);
    }
}

int refuse(Console& console, const std::vector<Error>& errors, int code) {
    console.mistakes(errors);
    return code;
}

std::string painted(const Console& console, std::string_view code, std::string_view text) {
    if (!console.color()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace utsim::cli
