// SPDX-License-Identifier: MIT
// `utsim validate`: what files say they are, and whether they are that.
#include <utsim/semantics.hpp>
#include <utsim/trace.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/exit_code.hpp"
#include "cli/files.hpp"
#include "cli/json_output.hpp"
#include "cli/verbs.hpp"
#include "trace/reader.hpp"

namespace utsim::cli {

namespace {

/// Whether the first `"format"` in the text has a value that begins so. Files with mistakes are to
/// be sorted too, so nothing is parsed for this.
bool says_format(std::string_view text, std::string_view format) {
    constexpr std::string_view key = "\"format\"";
    std::size_t at = text.find(key);
    if (at == std::string_view::npos) return false;
    at = text.find_first_not_of(" \t\r\n:", at + key.size());
    return at != std::string_view::npos && text[at] == '"' &&
           text.compare(at + 1, format.size(), format) == 0;
}

struct Validated {
    const char* is;
    std::string digest;
    std::vector<Error> errors;
};

template <typename Loaded>
Validated validated(const char* is, const Result<Loaded>& loaded,
                    std::string (*digest)(const Loaded&)) {
    if (!loaded.ok()) return {is, {}, loaded.errors()};
    return {is, digest(*loaded), {}};
}

Validated validate(const std::string& file) {
    const Result<std::string> text = read_scenario_or_trace(file);
    if (!text.ok()) return {"file", {}, text.errors()};
    const std::string name = shown_name(file);
    if (looks_like_trace(*text)) {
        return validated<RecordedTrace>("trace", RecordedTrace::read(*text, name),
                                        [](const RecordedTrace& t) { return t.fingerprint(); });
    }
    if (says_format(*text, "utsim.semantics/")) {
        return validated<SemanticsDescription>(
            "semantics", load_semantics_text(*text, name),
            [](const SemanticsDescription& s) { return std::string(s.digest); });
    }
    return validated<Scenario>("scenario", load_scenario_text(*text, name),
                               [](const Scenario& s) { return std::string(s.digest()); });
}

}  // namespace

int verb_validate(const Arguments& arguments, Console& console) {
    const Result<std::vector<std::string>> files =
        find_files(arguments.positionals(), {".json", ".jsonl"});
    if (!files.ok()) {
        console.mistakes(files.errors());
        return exit_rejected;
    }
    Json list = Json::array();
    std::size_t wrong = 0;
    for (const std::string& file : *files) {
        const Validated one = validate(file);
        const bool ok = one.errors.empty();
        Json entry{{"file", file}, {"is", one.is}, {"ok", ok}};
        if (ok) {
            entry["digest"] = one.digest;
            if (!console.json() && !arguments.has("--quiet")) console.out("ok  " + file + "\n");
        } else {
            ++wrong;
            console.mistakes(one.errors);
        }
        list.push_back(std::move(entry));
    }
    if (console.json()) console.result("utsim.validate/1", Json{{"files", list}});
    if (wrong != 0) return exit_rejected;
    if (!files->empty()) return exit_held;
    console.err("utsim: nothing was checked: no file was found\n");
    return exit_nothing_ran;
}

}  // namespace utsim::cli
