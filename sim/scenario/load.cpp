// SPDX-License-Identifier: MIT
// Loading: text to tree, tree against the table, tree to data. Whatever is wrong at any stage is
// collected, so that one look at a file tells all of it.
#include <memory>

#include <utsim/scenario.hpp>

#include "scenario/decode.hpp"
#include "scenario/fields.hpp"
#include "scenario/input_file.hpp"
#include "scenario/json_reader.hpp"
#include "scenario/packed.hpp"
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

}  // namespace

namespace {

Result<Scenario> load(std::string_view text, const std::string& file,
                      std::shared_ptr<FileTree> packed, std::vector<NeededFile> files) {
    const bool is_packed = packed != nullptr;
    Problems problems(text, file);
    auto data = std::make_shared<ScenarioData>();
    data->file = file;
    data->name = name_of(file);
    data->source = std::string(text);
    JsonValue root;
    if (read_json(text, root, problems) && check_format(root, "utsim.scenario/", problems)) {
        check_shape(scenario_type(), root, problems);
        Decoder(*data, problems, folder_of(file), std::move(packed)).decode(root);
    }
    if (is_packed) data->files = std::move(files);
    if (!problems.empty()) return problems.take();
    if (data->title.empty()) data->title = data->name;
    return Scenario(std::move(data));
}

}  // namespace

Result<Scenario> load_scenario_text(std::string_view text, const std::string& file) {
    return load(text, file, nullptr, {});
}

Result<Scenario> load_packed_scenario(std::string_view text, const std::string& file,
                                      std::shared_ptr<FileTree> tree,
                                      std::vector<NeededFile> files) {
    return load(text, file, std::move(tree), std::move(files));
}

Result<Scenario> load_scenario_file(const std::string& path) {
    UTSIM_TRY(text, read_input_file(path));
    return load_scenario_text(text, path);
}

const std::string& Scenario::name() const { return data_->name; }
const std::string& Scenario::file() const { return data_->file; }
const std::string& Scenario::title() const { return data_->title; }
const std::vector<std::string>& Scenario::notes() const { return data_->notes; }
const std::string& Scenario::semantics() const { return data_->semantics; }
const std::vector<std::string>& Scenario::cases() const { return data_->case_names; }
const std::string& Scenario::schedule() const { return data_->schedule; }
const std::string& Scenario::granularity() const { return data_->granularity; }
const std::string& Scenario::digest() const { return data_->digest; }

std::string_view Scenario::source_line(std::size_t line) const {
    return line_of(data_->source, line);
}

}  // namespace utsim
