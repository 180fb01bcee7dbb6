// SPDX-License-Identifier: MIT
/// The one table of commands. Parsing, help, the man page, completion, `help --json` and the
/// generated part of docs/cli.md all come from it, so they cannot disagree.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace utsim::cli {

class Arguments;
class Console;

/// What the value of an option must look like.
///
/// `semantics` is a text or a file's name; the command sees the text that stands for the file.
/// `clauses`, `scenario` (a template) and `folder` are texts that can be completed.
enum class ValueKind : std::uint8_t {
    flag,
    text,
    number,
    choice,
    semantics,
    clauses,
    scenario,
    folder,
};

struct OptionInfo {
    std::string_view name;  ///< `--seed`
    /// `N` in `--seed=N`; empty for a flag. `[PART]` in `--state[=PART]`: it can be left out, and
    /// is `all` then.
    std::string_view value;
    std::string_view help;
    ValueKind kind = ValueKind::text;
    std::span<const std::string_view> choices;
    std::uint64_t least = 0;  ///< of a number
    std::uint64_t most = ~std::uint64_t{0};
};

/// Whether the option can stand without its value.
inline bool is_optional(const OptionInfo& option) { return option.value.starts_with('['); }

/// That an option needs another, or excludes it.
struct OptionRule {
    std::string_view option;
    bool needs = false;      ///< else it excludes
    std::string_view other;  ///< `--strategy=random`, `--out`; of several parted by `|` any one
};

struct PositionalInfo {
    std::string_view name;  ///< empty: the command takes none
    std::string_view help;
    std::size_t least = 0;
    std::size_t most = 0;
    std::span<const std::string_view> choices;
    std::span<const std::string_view> first = {};  ///< what the first one alone can be
    bool takes_the_rest = false;  ///< behind the first one nothing is an option of ours
};

struct ExampleInfo {
    std::string_view command;
    std::string_view meaning;
};

struct CommandInfo {
    std::string_view name;
    std::string_view group;    ///< heading in the overview
    std::string_view summary;  ///< one line without a full stop
    std::string_view text;     ///< paragraphs, parted by empty lines
    PositionalInfo positional;
    std::span<const OptionInfo> options;
    std::span<const ExampleInfo> examples;
    std::span<const OptionRule> rules;  ///< which options cannot be together
    int (*run)(const Arguments& arguments, Console& console);
};

std::span<const CommandInfo> commands();
/// Null when there is none of that name.
const CommandInfo* find_command(std::string_view name);

/// Options that every command has.
std::span<const OptionInfo> shared_options();

struct ExitCodeInfo {
    int code;
    std::string_view meaning;
};
std::span<const ExitCodeInfo> exit_codes();

}  // namespace utsim::cli
