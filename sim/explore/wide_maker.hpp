// SPDX-License-Identifier: MIT
/// Draws one scenario for `utsim check`: short, and wide, with a share for pairs of features that
/// meet rarely by chance. Whether its engines and callers keep their duties is not its business;
/// `make_lawful` sees to that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "explore/draws.hpp"

namespace utsim {

class WideMaker : private Draws {
public:
    using Json = nlohmann::ordered_json;

    WideMaker(const rc::Random& random, const std::uint32_t* weights) : Draws(random, weights) {}
    Json make();

private:
    // names
    std::string task_name();
    std::string any_task_name();
    std::string engine_name();
    std::string task_of(std::string_view engine) const;
    std::string signal();

    // programs: wide_maker_program.cpp
    Json task(std::uint32_t index);
    Json child(std::string_view name);
    Json program(std::uint32_t count, bool child);
    Json operation(bool child);
    Json call_operation();
    Json clone_operation();
    void end_program(Json& task, Json& ops);
    Json handlers(bool real_code);
    void real_code(Json& task, bool as_bytes);
    void snippet(std::vector<std::string>& lines);
    void call_snippet(std::vector<std::string>& lines, int nr);

    // engines: wide_maker_engine.cpp
    Json engine(std::uint32_t index);
    Json event_mask(bool with_quiesce);
    Json answers(const Json& events);
    Json queue(std::string_view callback);
    Json answer(std::string_view callback);
    Json answer_word(std::string_view callback, std::string_view resume);
    Json changes(std::string_view callback);
    Json inner_steps();
    Json rules();
    Json defaults();

    // controllers: wide_maker_step.cpp
    Json controller(std::uint32_t index);
    Json step(bool inside);
    static void add_steps(Json& list, Json drawn);
    Json control(std::string_view action);
    Json await();
    Json arguments(std::string_view verb);
    Json attach();
    Json registers(bool real_code);

    // meetings: wide_maker_meeting.cpp
    void meet(std::string_view meeting);
    Json& engine_at(std::size_t index, std::initializer_list<std::string_view> events);
    void ask(std::size_t engine, std::string_view callback, Json answer);
    void program_begins(std::initializer_list<Json> ops);
    void controller_begins(std::size_t index, std::initializer_list<Json> steps);
    void real_code_begins(std::vector<std::string> lines);

    Json tree_;
    std::uint32_t task_count_ = 1;
    std::uint32_t engine_count_ = 1;
    std::uint32_t controller_count_ = 1;
    std::uint32_t labels_ = 0;  ///< that real code has used
    bool has_child_ = false;
    bool has_second_child_ = false;
    bool blocks_ = false;  ///< a callback waits for the flag `go`
    std::string real_task_;  ///< one that runs real code; empty: there is none
    std::string level_;    ///< what the first task must be; empty: anything
};

}  // namespace utsim
