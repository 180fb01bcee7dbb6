// SPDX-License-Identifier: MIT
/// The command table in its five printed forms.
#pragma once

#include <string>
#include <string_view>

#include "cli/command_table.hpp"
#include "cli/json_output.hpp"

namespace utsim::cli {

/// What `utsim` and `utsim help` print.
std::string overview_text();
/// What `utsim help VERB` and `utsim VERB --help` print.
std::string command_help(const CommandInfo& command);
/// The same as data.
Json command_json(const CommandInfo& command);
Json overview_json();
/// utsim(1) in roff.
std::string man_page();
/// The generated part of docs/cli.md.
std::string markdown_reference();
std::string bash_completion();

/// Words of `text` in lines of 80 columns. The first line begins at `first_column`, and the others
/// are indented.
std::string wrapped(std::string_view text, std::size_t first_column, std::size_t indent);

/// `utsim run FILE... [options]`.
std::string synopsis(const CommandInfo& command);
/// `--seed=N`.
std::string option_spelling(const OptionInfo& option);

}  // namespace utsim::cli
