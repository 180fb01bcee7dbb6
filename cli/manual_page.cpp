// SPDX-License-Identifier: MIT
// The command table as roff and as Markdown.
#include <utsim/version.hpp>

#include "cli/manual.hpp"

namespace utsim::cli {

namespace {

/// Backslashes, hyphens that are to be copied, and dots at the start of a line.
std::string roff(std::string_view text) {
    std::string out;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            out += c;
        }
        line_start = c == '\n';
    }
    return out;
}

/// Paragraphs, with `.PP` between them.
std::string roff_paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        out += roff(text.substr(0, end)) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        if (!text.empty()) out += ".PP\n";
    }
    return out;
}

std::string roff_option(const OptionInfo& option) {
    std::string out = ".TP\n.B " + roff(option.name);
    if (is_optional(option)) {
        out = ".TP\n.BI " + roff(option.name) + "[= " + roff(option.value.substr(1));
    } else if (!option.value.empty()) {
        out = ".TP\n.BI " + roff(option.name) + "= " + roff(option.value);
    }
    return out + "\n" + roff(option.help) + "\n";
}

std::string roff_command(const CommandInfo& command) {
    std::string out = ".SS " + roff(synopsis(command)) + "\n" + roff_paragraphs(command.text);
    if (!command.positional.name.empty()) {
        out += ".TP\n.I " + roff(command.positional.name) + "\n" + roff(command.positional.help) +
               "\n";
    }
    for (const OptionInfo& option : command.options) out += roff_option(option);
    return out;
}

std::string markdown_option(const OptionInfo& option) {
    return "| `" + option_spelling(option) + "` | " + std::string(option.help) + " |\n";
}

}  // namespace

std::string man_page() {
    std::string out = "." + std::string("\\\" made by utsim help --man\n") +
                      ".TH UTSIM 1 \"\" \"utsim " + roff(version()) +
                      "\" \"User Commands\"\n.SH NAME\nutsim \\- deterministic "
                      "simulator of the Linux utrace state machine\n.SH SYNOPSIS\n";
    for (const CommandInfo& command : commands()) {
        out += ".B " + roff(synopsis(command)) + "\n.br\n";
    }
    out += ".SH DESCRIPTION\n" +
           roff_paragraphs(
               "utsim runs guest programs under a simulated scheduler, over a complete model of "
               "utrace, from a scenario file. A run depends on nothing but the scenario, the "
               "semantics and the schedule, so it can be printed, run again to the last byte, and "
               "searched.\n\nResults go to standard output, talk and progress to standard error.") +
           ".SH COMMANDS\n";
    for (const CommandInfo& command : commands()) out += roff_command(command);
    out += ".SH OPTIONS OF EVERY COMMAND\n";
    for (const OptionInfo& option : shared_options()) out += roff_option(option);
    out += ".SH EXIT STATUS\n";
    for (const ExitCodeInfo& code : exit_codes()) {
        out += ".TP\n" + std::to_string(code.code) + "\n" + roff(code.meaning) + "\n";
    }
    out +=
        ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nNo colour, whatever the terminal can do.\n"
        ".SH EXAMPLES\n";
    for (const CommandInfo& command : commands()) {
        for (const ExampleInfo& example : command.examples) {
            out += ".TP\n" + roff(example.command) + "\n" + roff(example.meaning) + "\n";
        }
    }
    return out;
}

std::string markdown_reference() {
    std::string out;
    for (const CommandInfo& command : commands()) {
        out += "### " + std::string(command.name) + "\n\n    " + synopsis(command) + "\n\n" +
               std::string(command.summary) + ". " + std::string(command.text) + "\n\n";
        if (!command.positional.name.empty()) {
            out += "`" + std::string(command.positional.name) +
                   "`: " + std::string(command.positional.help) + "\n\n";
        }
        if (!command.options.empty()) out += "| option | meaning |\n|---|---|\n";
        for (const OptionInfo& option : command.options) out += markdown_option(option);
        if (!command.options.empty()) out += "\n";
        for (const ExampleInfo& example : command.examples) {
            out += "    " + std::string(example.command) + "    # " + std::string(example.meaning) +
                   "\n";
        }
        if (!command.examples.empty()) out += "\n";
    }
    out += "### Options of every command\n\n| option | meaning |\n|---|---|\n";
    for (const OptionInfo& option : shared_options()) out += markdown_option(option);
    out += "\n### Exit codes\n\n| code | meaning |\n|---|---|\n";
    for (const ExitCodeInfo& code : exit_codes()) {
        out += "| " + std::to_string(code.code) + " | " + std::string(code.meaning) + " |\n";
    }
    return out;
}

}  // namespace utsim::cli
