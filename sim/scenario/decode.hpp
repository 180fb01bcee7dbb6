// SPDX-License-Identifier: MIT
/// From the JSON tree to ScenarioData: names become indices, programs become operations or bytes.
///
/// The shape of the tree has been checked (and may be wrong: then the wrong parts are passed over).
/// What is checked here is what a schema cannot: names, labels, assembly text, what fits together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/json_value.hpp"
#include "scenario/problems.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

/// What a pattern says of itself that its other fields are read by.
struct PatternContext {
    const JsonValue* pattern = nullptr;
    EventKind kind{};
    std::size_t field = 0;
    bool only = false;  ///< there is one way to read the field
};

class Decoder {
public:
    /// `packed`: the files that come with the scenario; null when the host has them.
    Decoder(ScenarioData& data, Problems& problems, std::string folder,
            std::shared_ptr<FileTree> packed = nullptr)
        : data_(data),
          problems_(problems),
          folder_(std::move(folder)),
          packed_(std::move(packed)) {}

    void decode(const JsonValue& root);

private:
    enum class NameKind { task, engine, controller };
    struct Named {
        NameKind kind;
        int index;
        TextPlace place;
    };

    // decode.cpp: the top, names, flags
    void decode_top(const JsonValue& root);
    void collect_names(const JsonValue& root);
    void collect_names_of(const JsonValue* list, NameKind kind, int first);
    void decode_controllers(const JsonValue& root);
    void check_flags();
    /// The index behind a name of this kind, or -1 after saying that there is none.
    int find(const JsonValue* name, NameKind kind);
    std::uint16_t find_index(const JsonValue* name, NameKind kind);
    std::uint16_t flag_index(const JsonValue* name, bool releases);
    static SourcePlace place_of(const JsonValue& value);
    static const char* kind_name(NameKind kind);

    // decode_task.cpp
    void decode_tasks(const JsonValue& root);
    void decode_task(const JsonValue& json, TaskData& task, bool child);
    void decode_parent(const JsonValue* parent, TaskData& task);
    void decode_code(const JsonValue& json, TaskData& task);
    void decode_assembly(const JsonValue& lines, std::uint64_t address, TaskData& task);
    void decode_elf(const JsonValue& path, TaskData& task);
    void decode_exec(const JsonValue& exec, TaskData& task);
    bool read_root(const JsonValue& root);
    bool decode_files(const JsonValue& exec);
    Result<std::string> program_bytes(const std::string& full, const std::string& as) const;
    std::string full_path(const std::string& path) const;
    void need_file(const std::string& name, const std::string& bytes);
    int find_child(const JsonValue* name);
    void decode_handlers(const JsonValue& json, TaskData& task);
    void refuse_members(const JsonValue& json, std::initializer_list<const char*> keys,
                        const char* why);

    // decode_program.cpp
    std::vector<ProgramOpData> decode_program(const JsonValue* list, std::uint64_t base);
    void append_operation(const JsonValue& json, std::uint64_t base,
                          std::vector<ProgramOpData>& out);
    void append_loop(const JsonValue& json, std::uint64_t base, std::vector<ProgramOpData>& out);
    void decode_call(const JsonValue& json, std::string_view name, ProgramOpData& out);
    void decode_clone(const JsonValue& json, ProgramOpData& out);
    void decode_sigaction(const JsonValue& json, ProgramOpData& out);

    // decode_step.cpp
    std::vector<ScriptStep> decode_steps(const JsonValue* list);
    ScriptStep decode_step(const JsonValue& json);
    void decode_verb(std::string_view verb, const JsonValue& value, ScriptStep& step);
    void decode_engine_verb(const JsonValue& value, ScriptStep& step);
    void decode_await(const JsonValue& value, ScriptStep& step);
    void decode_expect(const JsonValue& value, ScriptStep& step);
    /// The registers among the members of `value`; `rip` may be a label of `task`.
    void add_registers(const JsonValue& value, int task, std::uint32_t& first,
                       std::uint32_t& count);

    // decode_engine.cpp
    void decode_engines(const JsonValue& root);
    void decode_engine(const JsonValue& json, EngineData& engine, int index);
    void decode_stepper(const JsonValue* config, EngineData& engine);
    void decode_guard(const JsonValue* config, EngineData& engine);
    void decode_scripted(const JsonValue& json, EngineData& engine);
    ScriptedAnswer decode_answer(const JsonValue& json, EngineData& engine);
    void decode_set(const JsonValue& set, int task, ScriptedAnswer& answer);

    // decode_expect.cpp
    void decode_expectations(const JsonValue& root);
    void decode_expectations(const JsonValue& json, int of_case);
    void decode_expectation(const JsonValue& json, int of_case);
    void decode_case(const JsonValue& json, int entry);
    void decode_case_semantics(const JsonValue& text, int entry);
    void decode_final(const JsonMember& member, Expectation& expectation);
    void decode_count(const JsonValue& json, Expectation& expectation);

    // decode_pattern.cpp
    EventPattern decode_pattern(const JsonValue& json);
    void decode_field(const JsonMember& member, const PatternContext& context,
                      EventPattern& pattern);
    void say_unread(const JsonMember& member, const std::vector<Format>& formats);
    std::optional<FieldMatch::Reading> reading_of(const JsonValue& value, Format format,
                                                  const PatternContext& context);
    std::optional<FieldMatch::Reading> named_reading(const JsonValue& value, Format format,
                                                     bool only);
    /// Whether a trace can show this name, for what is there from the start or is made later.
    bool is_seen_name(std::string_view text, NameKind kind) const;

    /// An address: number, label of `task` (-1: of any task that has it), or place in a program.
    std::uint64_t address_of(const JsonValue& value, int task);

    ScenarioData& data_;
    Problems& problems_;
    std::string folder_;
    std::shared_ptr<FileTree> packed_;
    std::map<std::string, Named, std::less<>> names_;
    struct FlagUse {
        const JsonValue* waits = nullptr;
        bool released = false;
    };
    std::vector<FlagUse> flag_uses_;
    std::map<std::string, std::size_t, std::less<>> flag_indices_;
    std::size_t operations_ = 0;  ///< of all programs so far
    int task_count_ = 0;          ///< those that are there from the start
};

/// What the names of registers, verbs and so on look like in a sentence: `control(watcher, STOP)`.
std::string step_in_words(const JsonValue& json, std::string_view verb);

/// Digest of the contents alone: neither layout nor order of keys nor notes count.
std::string content_digest(const JsonValue& root);

}  // namespace utsim
