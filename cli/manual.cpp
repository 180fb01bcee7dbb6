// SPDX-License-Identifier: MIT
// Help for the terminal: lines of at most 80 columns.
#include "cli/manual.hpp"

#include <utsim/version.hpp>
#include <vector>

#include "cli/json_output.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t width = 80;

/// Paragraphs, parted by empty lines.
std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        out += wrapped(text.substr(0, end), 0, 0) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        if (!text.empty()) out += "\n";
    }
    return out;
}

/// `  left      right`, the right one wrapped below itself.
std::string entry(std::string_view left, std::string_view right, std::size_t column) {
    std::string out = "  " + std::string(left);
    if (out.size() + 1 >= column) {
        out += "\n" + std::string(column, ' ');
    } else {
        out.resize(column, ' ');
    }
    return out + wrapped(right, column, column) + "\n";
}

std::string positional_text(const PositionalInfo& info) {
    if (info.name.empty()) return {};
    std::string out(info.name);
    if (info.most > 1) out += "...";
    return info.least == 0 ? "[" + out + "]" : out;
}

Json option_json(const OptionInfo& option) {
    Json out;
    out["name"] = option.name;
    if (!option.value.empty()) out["value"] = option.value;
    out["help"] = option.help;
    if (!option.choices.empty()) out["choices"] = option.choices;
    return out;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t first_column, std::size_t indent) {
    std::string out;
    std::size_t column = first_column;
    bool line_start = true;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        const std::string_view word = text.substr(0, space);
        text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
        if (!line_start && column + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
            line_start = true;
        }
        if (!line_start) out += ' ';
        column += word.size() + (line_start ? 0 : 1);
        out += word;
        line_start = false;
    }
    return out;
}

std::string synopsis(const CommandInfo& command) {
    std::string out = "utsim " + std::string(command.name);
    const std::string positional = positional_text(command.positional);
    if (!positional.empty()) out += " " + positional;
    return out + (command.options.empty() ? "" : " [options]");
}

std::string option_spelling(const OptionInfo& option) {
    if (is_optional(option))
        return std::string(option.name) + "[=" + std::string(option.value.substr(1));
    return std::string(option.name) + (option.value.empty() ? "" : "=" + std::string(option.value));
}

std::string overview_text() {
    std::string out = std::string("utsim ") + version() +
                      " - deterministic simulator of the Linux utrace state machine\n";
    std::string_view group;
    for (const CommandInfo& command : commands()) {
        if (command.group != group) out += "\n" + std::string(command.group) + "\n";
        group = command.group;
        const std::string positional = positional_text(command.positional);
        out += entry(std::string(command.name) + (positional.empty() ? "" : " " + positional),
                     command.summary, 24);
    }
    out +=
        "\nutsim help COMMAND explains one. Every command has --json, --color and --help.\n"
        "\nExit codes\n";
    for (const ExitCodeInfo& code : exit_codes()) {
        out += entry(std::to_string(code.code), code.meaning, 8);
    }
    return out;
}

std::string command_help(const CommandInfo& command) {
    std::string out = synopsis(command) + "\n\n" + paragraphs(command.text);
    if (!command.positional.name.empty()) {
        out += "\n" + entry(command.positional.name, command.positional.help, 26);
    }
    if (!command.options.empty()) out += "\nOptions\n";
    for (const OptionInfo& option : command.options) {
        out += entry(option_spelling(option), option.help, 26);
    }
    out += "\nOptions of every command\n";
    for (const OptionInfo& option : shared_options()) {
        out += entry(option_spelling(option), option.help, 26);
    }
    if (!command.examples.empty()) out += "\nExamples\n";
    for (const ExampleInfo& example : command.examples) {
        out +=
            "  " + std::string(example.command) + "\n      " + std::string(example.meaning) + "\n";
    }
    return out;
}

Json command_json(const CommandInfo& command) {
    Json out;
    out["name"] = command.name;
    out["summary"] = command.summary;
    out["synopsis"] = synopsis(command);
    out["text"] = command.text;
    Json options = Json::array();
    for (const OptionInfo& option : command.options) options.push_back(option_json(option));
    for (const OptionInfo& option : shared_options()) options.push_back(option_json(option));
    out["options"] = options;
    Json examples = Json::array();
    for (const ExampleInfo& example : command.examples) {
        examples.push_back(Json{{"command", example.command}, {"meaning", example.meaning}});
    }
    out["examples"] = examples;
    return out;
}

Json overview_json() {
    Json out;
    out["utsim"] = version();
    Json list = Json::array();
    for (const CommandInfo& command : commands()) list.push_back(command_json(command));
    out["commands"] = list;
    Json codes = Json::array();
    for (const ExitCodeInfo& code : exit_codes()) {
        codes.push_back(Json{{"code", code.code}, {"meaning", code.meaning}});
    }
    out["exit_codes"] = codes;
    return out;
}

}  // namespace utsim::cli
