// SPDX-License-Identifier: MIT
// The command table as a bash completion script. Candidates are lines, so that names with blanks
// stay whole.
#include <utsim/scenario.hpp>
#include <utsim/semantics.hpp>

#include "cli/manual.hpp"
#include "contract/clause.hpp"

namespace utsim::cli {

namespace {

template <typename Words>
std::string spaced(const Words& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + std::string(word);
    return out;
}

std::string semantics_words() {
    std::vector<std::string_view> names;
    for (const SemanticsPreset& preset : semantics_presets()) names.push_back(preset.name);
    return spaced(names);
}

std::string clause_words() {
    std::vector<std::string_view> ids{"all", "none"};
    for (const Clause* clause : all_clauses()) {
        if (clause->has_monitor()) ids.push_back(clause->id);
    }
    return spaced(ids);
}

std::string template_words() {
    std::vector<std::string_view> names;
    for (const BuiltinScenario& one : builtin_scenarios()) names.push_back(one.name);
    return spaced(names);
}

/// Words that the value of an option can be; empty when there are none to name.
std::string value_words(const OptionInfo& option) {
    switch (option.kind) {
        case ValueKind::choice:
            return spaced(option.choices);
        case ValueKind::semantics:
            return "$semantics";
        case ValueKind::clauses:
            return "$clauses";
        case ValueKind::scenario:
            return "$templates";
        default:
            return {};
    }
}

/// The `case` branch that completes the values of a command's options.
std::string values_of(const CommandInfo& command) {
    std::string out;
    for (const OptionInfo& option : command.options) {
        const std::string words = value_words(option);
        const bool nothing = option.kind == ValueKind::number;
        if (words.empty() && !nothing) continue;
        out += "        " + std::string(option.name) + ") " +
               (nothing ? "return" : "values=\"" + words + "\"") + " ;;\n";
    }
    return out;
}

std::string options_of(const CommandInfo& command) {
    std::string out;
    const auto add = [&out](const OptionInfo& option) {
        out +=
            (out.empty() ? "" : " ") + std::string(option.name) + (option.value.empty() ? "" : "=");
    };
    for (const OptionInfo& option : command.options) add(option);
    for (const OptionInfo& option : shared_options()) add(option);
    return out;
}

std::string command_names() {
    std::vector<std::string_view> names;
    for (const CommandInfo& command : commands()) names.push_back(command.name);
    return spaced(names);
}

/// What the words of a command that are no options can be.
std::string plain_of(const CommandInfo& command) {
    std::string out;
    const PositionalInfo& info = command.positional;
    if (!info.choices.empty()) out += "        plain=\"" + spaced(info.choices) + "\"\n";
    if (!info.first.empty()) {
        out += "        [ \"$COMP_CWORD\" -eq 2 ] && plain=\"" + spaced(info.first) + "\"\n";
    }
    if (command.name == "semantics") {
        out += "        [ \"$COMP_CWORD\" -gt 2 ] && plain=\"$semantics\" files=yes\n";
    }
    if (command.name == "diff") {
        out += "        [ \"$COMP_CWORD\" -le 3 ] && plain=\"$semantics\" files=yes\n";
    }
    if (command.name == "help") out += "        plain=\"" + command_names() + "\"\n";
    return out;
}

constexpr const char* beginning = R"(# bash completion for utsim; made by utsim completion bash
_utsim() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
    local options="" values="" plain="" files=""
)";

constexpr const char* middle =
    R"(    [ "$previous" = "=" ] && previous="${COMP_WORDS[COMP_CWORD-2]}"
    [ "$current" = "=" ] && current=""
    case "${COMP_WORDS[1]}" in
)";

// A candidate is a line: names with blanks are one, and readline quotes them.
constexpr const char* end = R"(    esac
    [ "$previous" = "--color" ] && values="auto always never"
    if [ -n "$values" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    elif [[ "$current" == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        [[ "${COMPREPLY[0]}" == *= ]] && compopt -o nospace
    else
        [ -n "$plain" ] && mapfile -t COMPREPLY < <(compgen -W "$plain" -- "$current")
        if [ -z "$plain" ] || [[ -n "$files" && ${#COMPREPLY[@]} -eq 0 ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
        fi
    fi
}
complete -F _utsim utsim
)";

}  // namespace

std::string bash_completion() {
    std::string out = beginning;
    out += "    local semantics=\"" + semantics_words() + "\"\n";
    out += "    local clauses=\"" + clause_words() + "\"\n";
    out += "    local templates=\"" + template_words() + "\"\n";
    out +=
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"" +
        command_names() + "\" -- \"$current\")\n        return\n    fi\n";
    out += middle;
    for (const CommandInfo& command : commands()) {
        out += "    " + std::string(command.name) + ")\n        options=\"" + options_of(command) +
               "\"\n" + plain_of(command);
        const std::string values = values_of(command);
        if (!values.empty()) out += "        case \"$previous\" in\n" + values + "        esac\n";
        out += "        ;;\n";
    }
    return out + end;
}

}  // namespace utsim::cli
