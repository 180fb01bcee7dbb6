// SPDX-License-Identifier: MIT
/// A command line that was read and found right.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

#include "cli/command_table.hpp"

namespace utsim::cli {

class Arguments {
public:
    explicit Arguments(const CommandInfo& command) : command_(&command) {}

    const CommandInfo& command() const { return *command_; }
    const std::vector<std::string>& positionals() const { return positionals_; }
    bool has(std::string_view option) const { return options_.count(option) != 0; }
    /// The option's value; empty when it is not there.
    std::string text(std::string_view option) const;
    std::optional<std::uint64_t> number(std::string_view option) const;
    std::uint64_t number_or(std::string_view option, std::uint64_t otherwise) const {
        return number(option).value_or(otherwise);
    }
    bool json() const { return has("--json"); }

    /// Replaces each option that says a semantics by the text that says it shortest; a file is
    /// read for that. Fails when there is no such semantics.
    Result<Done> name_semantics();

private:
    friend class Parser;
    const CommandInfo* command_;
    std::vector<std::string> positionals_;
    std::map<std::string, std::string, std::less<>> options_;
};

/// Reads what stands behind the command's name. Mistakes have codes `E-CLI-...` and no position.
Result<Arguments> parse_arguments(const CommandInfo& command, std::vector<std::string> words);

/// A mistake on the command line.
Error usage_error(const char* code, std::string message, std::string hint = {});
/// `unknown command 'rnu'`, with a suggestion.
Error unknown_command(std::string_view name);

/// The shortest text that says the semantics that `word` is, a text or the name of a file.
Result<std::string> semantics_named(const std::string& word);

/// Digits only, at most 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace utsim::cli
