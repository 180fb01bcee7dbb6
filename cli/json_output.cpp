// SPDX-License-Identifier: MIT
// Objects have their members in the order in which a person would tell them.
#include "cli/json_output.hpp"

namespace utsim::cli {

std::string dump(const Json& value) {
    return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json error_json(const Error& error) {
    Json out;
    out["code"] = error.code;
    out["message"] = error.message;
    if (!error.file.empty()) out["file"] = error.file;
    if (error.line != 0) {
        out["line"] = error.line;
        out["column"] = error.column;
        out["length"] = error.length;
    }
    if (!error.pointer.empty()) out["pointer"] = error.pointer;
    if (!error.hint.empty()) out["hint"] = error.hint;
    return out;
}

Json expectation_json(const ExpectationResult& expectation) {
    Json out;
    out["verdict"] = verdict_name(expectation.verdict);
    out["what"] = expectation.what;
    if (!expectation.message.empty()) out["message"] = expectation.message;
    if (expectation.step != 0) out["step"] = expectation.step;  // what never came has none
    out["pointer"] = expectation.pointer;
    out["line"] = expectation.line;
    out["column"] = expectation.column;
    return out;
}

}  // namespace utsim::cli
