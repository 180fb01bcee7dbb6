// SPDX-License-Identifier: MIT
/// Writes one random scenario.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <rapidcheck/Random.h>

#include "explore/draws.hpp"

namespace utsim {

class ScenarioMaker : private Draws<rc::Random> {
public:
    explicit ScenarioMaker(const rc::Random& random);
    std::string make();

private:
    // writing
    void put(std::string_view text) { out_ += text; }
    void open(char bracket);
    void close(char bracket);
    void item();
    void key(std::string_view name);
    void text(std::string_view value);
    void number(std::int64_t value) { out_ += std::to_string(value); }
    void member(std::string_view name, std::string_view value);
    void member(std::string_view name, std::int64_t value);

    // names
    std::string task_name();
    std::string any_task_name();
    std::string engine_name();
    std::string_view signal();

    // programs: scenario_maker_program.cpp
    void tasks();
    void task(std::uint32_t index);
    void children();
    void program(std::uint32_t least, std::uint32_t most, bool child);
    void operation(bool child);
    void handlers();

    // engines and controllers
    void engines();
    void engine(std::uint32_t index);
    void event_mask(bool with_quiesce);
    void answers();
    void answer(std::string_view callback);
    void answer_word(std::string_view callback, std::string_view resume);
    void changes(std::string_view callback);
    void inner_steps();
    std::string_view resume_action();
    void controllers();
    std::string_view drawn_verb(bool inside);
    void step(bool inside);
    void arguments(std::string_view verb);
    void control(std::string_view action);
    void await();
    void steps_of_controller(std::uint32_t index);

    std::string out_;
    bool first_ = true;  ///< nothing stands yet in the bracket that is open
    std::uint32_t task_count_ = 1;
    std::uint32_t engine_count_ = 1;
    std::uint32_t controller_count_ = 1;
    bool has_child_ = false;
    bool has_second_child_ = false;
    bool blocks_ = false;  ///< a callback waits for the flag `go`
};

}  // namespace utsim
