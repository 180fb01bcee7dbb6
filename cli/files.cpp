// SPDX-License-Identifier: MIT
// Names on the command line. Reading itself is in `base/read_file`; here is what the names mean and
// which mistakes they lead to.
#include "cli/files.hpp"

#include <algorithm>
#include <filesystem>

#include "base/read_file.hpp"
#include "cli/arguments.hpp"
#include "cli/trace_file.hpp"
#include "scenario/scenario.hpp"
#include "trace/reader.hpp"

namespace utsim::cli {

namespace {

namespace fs = std::filesystem;

/// `scenario-1.schema.json`, which an editor needs beside the scenarios.
bool is_schema(const fs::path& path) { return path.stem().extension() == ".schema"; }

void add_folder(const std::string& path, const std::vector<std::string>& extensions,
                std::vector<std::string>& out, std::error_code& error) {
    std::vector<std::string> found;
    fs::recursive_directory_iterator at(path, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const bool wanted = std::find(extensions.begin(), extensions.end(),
                                      at->path().extension()) != extensions.end() &&
                            !is_schema(at->path());
        std::error_code ignored;  // of a link that leads nowhere
        if (wanted && at->is_regular_file(ignored)) found.push_back(at->path().string());
    }
    std::sort(found.begin(), found.end());
    out.insert(out.end(), found.begin(), found.end());
}

Result<std::string> with_code(Result<std::string> text) {
    if (text.ok()) return text;
    std::vector<Error> errors = text.take_errors();
    for (Error& error : errors) error.code = "E-CLI-020";
    return errors;
}

}  // namespace

std::string shown_name(const std::string& path) { return path == "-" ? "(standard input)" : path; }

Result<std::string> read_input(const std::string& path, std::size_t limit) {
    return with_code(read_file(path, ReadLimit{limit}));
}

Result<std::string> read_scenario_or_trace(const std::string& path) {
    ReadLimit limit{ScenarioLimits::file_bytes};
    limit.is_larger_kind = looks_like_trace;
    limit.larger = TraceLimits::file_bytes;
    return with_code(read_file(path, limit));
}

Result<OpenedInput> open_scenario_or_trace(const std::string& path) {
    constexpr std::size_t beginning = 1 << 12;
    Result<std::unique_ptr<OpenFile>> opened = OpenFile::open(path);
    if (!opened.ok()) return with_code(Result<std::string>(opened.errors())).errors();
    std::unique_ptr<OpenFile> file = std::move(opened).value();
    OpenedInput input;
    while (input.text.size() < beginning && file->read(input.text)) {}
    if (looks_like_trace(input.text)) {
        input.trace = std::make_unique<FileLines>(std::move(file), std::move(input.text));
        return input;
    }
    UTSIM_TRY(text, with_code(read_rest(*file, std::move(input.text),
                                        ReadLimit{ScenarioLimits::file_bytes})));
    input.text = std::move(text);
    return input;
}

Result<Scenario> load_scenario(const std::string& path) {
    if (path != "-") return load_scenario_file(path);
    UTSIM_TRY(text, read_input(path, ScenarioLimits::file_bytes));
    return load_scenario_text(text, shown_name(path));
}

Result<std::vector<std::string>> find_scenarios(const std::vector<std::string>& paths) {
    return find_files(paths, {".json"});
}

Result<std::vector<std::string>> find_files(const std::vector<std::string>& paths,
                                            const std::vector<std::string>& extensions) {
    std::vector<std::string> files;
    std::vector<Error> errors;
    for (const std::string& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            files.push_back(path);
            continue;
        }
        add_folder(path, extensions, files, error);
        if (error) {
            Error problem = usage_error("E-CLI-020", "cannot be read: " + error.message());
            problem.file = path;
            errors.push_back(std::move(problem));
        }
    }
    if (!errors.empty()) return errors;
    return files;
}

}  // namespace utsim::cli
