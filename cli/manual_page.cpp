// SPDX-License-Identifier: MIT
// The command table as roff, as Markdown and as a bash completion script.
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
    if (!option.value.empty()) out = ".TP\n.BI " + roff(option.name) + "= " + roff(option.value);
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

std::string words(std::span<const std::string_view> all) {
    std::string out;
    for (const std::string_view word : all) out += (out.empty() ? "" : " ") + std::string(word);
    return out;
}

/// The `case` branch that completes the value of options with choices.
std::string completion_values(const CommandInfo& command) {
    std::string out;
    const auto add = [&out](const OptionInfo& option) {
        if (option.choices.empty()) return;
        out += "        " + std::string(option.name) + ") values=\"" + words(option.choices) +
               "\" ;;\n";
    };
    for (const OptionInfo& option : command.options) add(option);
    return out;
}

std::string completion_options(const CommandInfo& command) {
    std::string out;
    const auto add = [&out](const OptionInfo& option) {
        out +=
            (out.empty() ? "" : " ") + std::string(option.name) + (option.value.empty() ? "" : "=");
    };
    for (const OptionInfo& option : command.options) add(option);
    for (const OptionInfo& option : shared_options()) add(option);
    return out;
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

std::string bash_completion() {
    std::string names;
    for (const CommandInfo& command : commands()) names += " " + std::string(command.name);
    std::string out =
        "# bash completion for utsim; made by utsim completion bash\n"
        "_utsim() {\n"
        "    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
        "    local options=\"\" values=\"\" plain=\"\"\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W \"" +
        names.substr(1) +
        "\" -- \"$current\"))\n"
        "        return\n"
        "    fi\n"
        "    [ \"$previous\" = \"=\" ] && previous=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
        "    [ \"$current\" = \"=\" ] && current=\"\"\n"
        "    case \"${COMP_WORDS[1]}\" in\n";
    for (const CommandInfo& command : commands()) {
        out += "    " + std::string(command.name) + ")\n        options=\"" +
               completion_options(command) + "\"\n";
        if (!command.positional.choices.empty()) {
            out += "        plain=\"" + words(command.positional.choices) + "\"\n";
        }
        if (!command.positional.first.empty()) {
            out += "        [ \"$COMP_CWORD\" -eq 2 ] && plain=\"" +
                   words(command.positional.first) + "\"\n";
        }
        if (command.name == "help") out += "        plain=\"" + names.substr(1) + "\"\n";
        const std::string values = completion_values(command);
        if (!values.empty()) {
            out += "        case \"$previous\" in\n" + values + "        esac\n";
        }
        out += "        ;;\n";
    }
    out +=
        "    esac\n"
        "    [ \"$previous\" = \"--color\" ] && values=\"auto always never\"\n"
        "    if [ -n \"$values\" ]; then\n"
        "        COMPREPLY=($(compgen -W \"$values\" -- \"$current\"))\n"
        "    elif [[ \"$current\" == -* ]]; then\n"
        "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
        "        [[ \"${COMPREPLY[0]}\" == *= ]] && compopt -o nospace\n"
        "    elif [ -n \"$plain\" ]; then\n"
        "        COMPREPLY=($(compgen -W \"$plain\" -- \"$current\"))\n"
        "    else\n"
        "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
        "        compopt -o filenames\n"
        "    fi\n"
        "}\n"
        "complete -F _utsim utsim\n";
    return out;
}

}  // namespace utsim::cli
