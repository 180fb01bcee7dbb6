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

#include "base/random.hpp"
#include "explore/draft.hpp"
#include "explore/draws.hpp"

namespace utsim {

/// An operation of a program, by its name.
inline Draft op(std::string_view name) { return {{"op", name}}; }

class WideMaker : private Draws<Random> {
public:
    WideMaker(std::uint64_t seed, const std::uint32_t* weights) : Draws(Random(seed), weights) {}
    Draft make();

private:
    // names
    std::string task_name();
    std::string any_task_name();
    std::string engine_name();
    std::string signal();

    // programs: wide_maker_program.cpp
    Draft task(std::uint32_t index);
    Draft child(std::string_view name);
    Draft program(std::uint32_t count, bool child);
    Draft operation(bool child);
    Draft call_operation();
    Draft clone_operation();
    void end_program(Draft& task, Draft& ops);
    Draft handlers(bool real_code);
    void real_code(Draft& task, bool as_bytes);
    void snippet(std::vector<std::string>& lines);
    void call_snippet(std::vector<std::string>& lines, int nr);

    // engines: wide_maker_engine.cpp
    Draft engine(std::uint32_t index);
    Draft event_mask(bool with_quiesce);
    Draft answers(const Draft& events);
    Draft queue(std::string_view callback);
    Draft answer(std::string_view callback);
    Draft answer_word(std::string_view callback, std::string_view resume);
    Draft changes(std::string_view callback);
    Draft inner_steps();
    Draft rules();
    Draft defaults();

    // controllers: wide_maker_step.cpp
    Draft controller(std::uint32_t index);
    Draft step(bool inside);
    static void add_steps(Draft& list, Draft drawn);
    Draft control(std::string_view action);
    Draft await();
    Draft arguments(std::string_view verb);
    Draft attach();
    Draft registers(bool real_code);

    // meetings: wide_maker_meeting.cpp
    struct Meeting {
        std::string_view name;
        void (WideMaker::*arrange)();
        std::string_view level;  ///< what the first task must be; empty: anything
        bool family;             ///< there must be a child
    };
    static const Meeting meetings[];
    static const Meeting* find_meeting(std::string_view name);
    std::string_view one_of(std::initializer_list<std::string_view> words);
    Draft& engine_at(std::size_t index, std::initializer_list<std::string_view> events);
    void ask(std::size_t engine, std::string_view callback, Draft answer);
    void program_begins(std::initializer_list<Draft> ops);
    void real_code_begins(std::initializer_list<std::string_view> lines);
    void controller_begins(std::size_t index, std::initializer_list<Draft> steps);
    void meet_vfork();
    void meet_detach_signal();
    void meet_changing_mask();
    void meet_exec_stop();
    void meet_stop_kill();
    void meet_attach_death();
    void meet_step_exit();
    void meet_group_exit();
    void meet_examine();
    void meet_barrier_callback();
    void meet_two_answers();
    void meet_requests();
    void meet_job_control();
    void meet_handler_step();
    void meet_own_step();

    Draft tree_;
    std::uint32_t task_count_ = 1;
    std::uint32_t engine_count_ = 1;
    std::uint32_t controller_count_ = 1;
    std::uint32_t labels_ = 0;  ///< that real code has used
    bool has_child_ = false;
    bool has_second_child_ = false;
    bool blocks_ = false;               ///< a callback waits for the flag `go`
    std::string real_task_;             ///< one that runs real code; empty: there is none
    const Meeting* meeting_ = nullptr;  ///< null: nothing in particular
};

}  // namespace utsim
