// SPDX-License-Identifier: MIT
// Loading: text to tree, tree against the table, tree to data. Whatever is wrong at any stage is
// collected, so that one look at a file tells all of it.
#include <cstdio>
#include <memory>

#include <utsim/scenario.hpp>

#include "scenario/decode.hpp"
#include "scenario/fields.hpp"
#include "scenario/json_reader.hpp"
#include "scenario/scenario.hpp"
#include "scenario/shape.hpp"

namespace utsim {

namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    constexpr std::string_view ending = ".json";
    if (name.size() > ending.size() && name.ends_with(ending)) {
        name.resize(name.size() - ending.size());
    }
    return name;
}

Error cannot_read(const std::string& path, std::string why) {
    Error error;
    error.code = "E-SCN-100";
    error.file = path;
    error.message = std::move(why);
    return error;
}

/// A later version of the format is told apart from a mistake in this one.
bool check_format(const JsonValue& root, Problems& problems) {
    const JsonMember* format = root.find("format");
    constexpr std::string_view known = "utsim.scenario/1";
    constexpr std::string_view any = "utsim.scenario/";
    if (format == nullptr || !format->value.is(JsonKind::text) || format->value.text == known ||
        !format->value.text.starts_with(any)) {
        return true;
    }
    problems.add(106, format->value,
                 "this file is \"" + format->value.text + "\", and this program reads \"" +
                     std::string(known) + "\"");
    return false;
}

}  // namespace

Result<Scenario> load_scenario_text(std::string_view text, const std::string& file) {
    Problems problems(text, file);
    auto data = std::make_shared<ScenarioData>();
    data->file = file;
    data->name = name_of(file);
    data->source = std::string(text);
    JsonValue root;
    if (read_json(text, root, problems) && check_format(root, problems)) {
        check_shape(scenario_type(), root, problems);
        Decoder(*data, problems, folder_of(file)).decode(root);
    }
    if (!problems.empty()) return problems.take();
    if (data->title.empty()) data->title = data->name;
    return Scenario(std::move(data));
}

Result<Scenario> load_scenario_file(const std::string& path) {
    if (path.find('\0') != std::string::npos) return cannot_read("", "a path with a zero byte");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (file == nullptr) return cannot_read(path, "cannot open this file");
    std::string text;
    char buffer[8192];
    std::size_t got = 0;
    while ((got = std::fread(buffer, 1, sizeof(buffer), file.get())) > 0) {
        text.append(buffer, got);
        if (text.size() > ScenarioLimits::file_bytes) break;  // told by the reader
    }
    if (std::ferror(file.get()) != 0) return cannot_read(path, "cannot read this file");
    return load_scenario_text(text, path);
}

const std::string& Scenario::name() const { return data_->name; }
const std::string& Scenario::file() const { return data_->file; }
const std::string& Scenario::title() const { return data_->title; }
const std::vector<std::string>& Scenario::notes() const { return data_->notes; }
const std::string& Scenario::semantics() const { return data_->semantics; }
const std::string& Scenario::schedule() const { return data_->schedule; }
const std::string& Scenario::granularity() const { return data_->granularity; }
const std::string& Scenario::digest() const { return data_->digest; }

std::string_view Scenario::source_line(std::size_t line) const {
    return line_of(data_->source, line);
}

}  // namespace utsim
