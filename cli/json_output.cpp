// SPDX-License-Identifier: MIT
// Objects have their members in the order in which a person would tell them.
#include "cli/json_output.hpp"

#include "base/visible.hpp"

namespace utsim::cli {

namespace {

constexpr std::size_t longest_text = 1000;  // what is said of an input can be as long as that

}  // namespace

std::string dump(const Json& value) {
    return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json error_json(const Error& error) {
    Json out;
    out["code"] = error.code;
    out["message"] = shortened(error.message, longest_text);
    if (!error.file.empty()) out["file"] = shortened(error.file, longest_text);
    if (error.line != 0) {
        out["line"] = error.line;
        out["column"] = error.column;
        out["length"] = error.length;
    }
    if (!error.pointer.empty()) out["pointer"] = shortened(error.pointer, longest_text);
    if (!error.hint.empty()) out["hint"] = shortened(error.hint, longest_text);
    return out;
}

Json expectation_json(const ExpectationResult& expectation) {
    Json out;
    out["verdict"] = verdict_name(expectation.verdict);
    out["what"] = shortened(expectation.what, longest_text);
    if (!expectation.message.empty()) {
        out["message"] = shortened(expectation.message, longest_text);
    }
    if (expectation.step != 0) out["step"] = expectation.step;  // what never came has none
    out["pointer"] = expectation.pointer;
    out["line"] = expectation.line;
    out["column"] = expectation.column;
    return out;
}

}  // namespace utsim::cli
