// SPDX-License-Identifier: MIT
/// What a piece of JSON output looks like, as the JSON Schema that says so.
///
/// Objects are closed: a member that is not in the form is a mistake, so what is printed and what
/// is promised cannot drift apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/json_output.hpp"

namespace utsim::cli::form {

/// A member of an object.
struct Member {
    std::string name;
    Json schema;
    bool required = true;
};

Json text(std::string_view about = {});
/// A count, an address, a step: not negative.
Json number(std::string_view about = {});
Json truth(std::string_view about = {});
/// One of a few words.
Json word(std::vector<std::string_view> words, std::string_view about = {});
Json list(Json of, std::string_view about = {});
Json texts(std::string_view about = {});  ///< a list of them
/// Members with names that are not known before.
Json map(Json of, std::string_view about = {});
Json object(std::vector<Member> members, std::string_view about = {});
/// A piece that is defined once: see `definitions`.
Json named(std::string_view definition);

/// A member that is not always there; `about` of its schema says when.
Member perhaps(std::string name, Json schema);

/// Pieces that several forms share, by name: `error`, `expectation`, `breach`, `event`.
Json definitions();

/// What a line of a trace in JSON Lines can be.
Json trace_event();
Json trace_line();

}  // namespace utsim::cli::form
