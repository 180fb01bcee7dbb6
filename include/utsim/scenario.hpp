// SPDX-License-Identifier: MIT
/// Loading a scenario: the tasks, engines and controllers of a run, and what it is expected to
/// show.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

namespace utsim {

struct ScenarioData;  ///< the checked contents; opaque here

/// A scenario that was read and found right. Immutable, and cheap to copy.
class Scenario {
public:
    /// Made by the functions below.
    explicit Scenario(std::shared_ptr<const ScenarioData> data) : data_(std::move(data)) {}

    /// The file's name without folder and `.json`; for text without a file, the name it was given.
    const std::string& name() const;
    /// As the user spelt it; `builtin:NAME` for the embedded ones.
    const std::string& file() const;
    const std::string& title() const;
    const std::vector<std::string>& notes() const;
    /// What the file asks for: a preset, perhaps with changes (`F,step.arm=tracer`).
    const std::string& semantics() const;
    /// The semantics that the file has expectations of its own for, in its order; empty when it
    /// says the same of all. Then `semantics()` is the first of them.
    const std::vector<std::string>& cases() const;
    /// The file's own schedule; empty when it leaves the order to whoever runs it.
    const std::string& schedule() const;
    /// `api`, `lock` or `access`.
    const std::string& granularity() const;
    /// Digest of the contents: the same for two files that differ in layout, order of keys or
    /// notes.
    const std::string& digest() const;
    /// The file's text, line by line, for messages that point into it.
    std::string_view source_line(std::size_t line) const;

    const ScenarioData& data() const { return *data_; }

private:
    std::shared_ptr<const ScenarioData> data_;
};

/// Reads a scenario file; relative ELF paths in it start at the file's folder.
Result<Scenario> load_scenario_file(const std::string& path);
/// The same for text that is in memory; `file` is what messages call it.
Result<Scenario> load_scenario_text(std::string_view text, const std::string& file);

/// The JSON Schema (draft 2020-12) of the format.
std::string scenario_schema();

/// A scenario that is part of the program, for `utsim new --from=` and the demo.
struct BuiltinScenario {
    std::string_view name;  ///< `tutorial/stop`, `seed/blockstep-meets-singlestep`
    std::string_view text;  ///< the whole file
};
/// All of them, by name.
std::span<const BuiltinScenario> builtin_scenarios();
/// By name, or by the part behind the slash; null when there is none.
const BuiltinScenario* find_builtin_scenario(std::string_view name);

}  // namespace utsim
