// SPDX-License-Identifier: MIT
/// Building the table of fields.hpp: the types that several objects share, and who adds what.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "event/names.hpp"
#include "scenario/fields.hpp"

namespace utsim {

/// Owns every Type. Built once, in the order in which objects refer to each other.
struct FieldTable {
    std::deque<Type> types;
    std::vector<const Type*> in_reference;  ///< the objects that docs/scenario.md describes

    // Shared by many objects (fields_words.cpp).
    const Type* yes_no = nullptr;
    const Type* count = nullptr;         ///< 0 to 2^31-1
    const Type* integer = nullptr;       ///< any 64 bits, signed
    const Type* number = nullptr;        ///< an integer or "0x..."
    const Type* hex = nullptr;           ///< "0x..."
    const Type* place = nullptr;         ///< "0x...", a label or a place in an abstract program
    const Type* address = nullptr;       ///< an integer or a place
    const Type* code_address = nullptr;  ///< the same, for a register: any 64 bits
    const Type* wait_status = nullptr;   ///< how a task ended: "exit 3", "SIGTERM core"
    const Type* text = nullptr;
    const Type* note = nullptr;
    const Type* name = nullptr;  ///< of a task, engine, controller or flag
    const Type* signal = nullptr;
    const Type* signals = nullptr;
    const Type* syscall = nullptr;
    const Type* result = nullptr;  ///< an integer or "-ENAME"
    const Type* events = nullptr;
    const Type* action = nullptr;  ///< a resume action, by name or number
    const Type* resume_word = nullptr;
    const Type* callback_word = nullptr;     ///< a callback word: action, or [action, part, flag]
    const Type* callback = nullptr;          ///< `quiesce`
    const Type* callback_key = nullptr;      ///< `quiesce:EXEC`, `signal:SIGTRAP`
    const Type* any_callback_key = nullptr;  ///< the same and `*`
    const Type* attach_flags = nullptr;
    const Type* clone_flags = nullptr;
    const Type* task_state = nullptr;
    const Type* task_states = nullptr;
    const Type* exit_state = nullptr;
    // Objects that others refer to.
    const Type* program = nullptr;
    const Type* callback_steps = nullptr;
    const Type* controller_step = nullptr;
    const Type* engine = nullptr;
    const Type* task = nullptr;
    const Type* child = nullptr;
    const Type* expectation = nullptr;
    const Type* scenario = nullptr;

    Type& add(Shape shape, std::string name = {}, std::string about = {});
    /// An object for the reference; `note` is a member of each.
    Type& add_object(std::string name, std::string about);
    const Type* add_text(std::string form, std::int64_t max, std::string pattern,
                         bool (*accepts)(std::string_view));
    const Type* add_integer(std::int64_t min, std::int64_t max);
    const Type* add_words(std::string name, std::vector<std::string> words,
                          std::string prefix = {});
    const Type* add_list(const Type* element, std::int64_t min, std::int64_t max);
    const Type* add_map(const Type* key, const Type* element);
    const Type* add_either(std::vector<const Type*> parts);
};

/// The names of a table without the prefix.
std::vector<std::string> words_of(Names names, std::string_view prefix = {});

void add_shared_types(FieldTable& table);
void add_program_types(FieldTable& table);
void add_step_types(FieldTable& table);
void add_engine_types(FieldTable& table);
void add_task_types(FieldTable& table);
/// What an event can be matched by.
const Type* add_pattern_type(FieldTable& table);
void add_expectation_types(FieldTable& table);
void add_scenario_type(FieldTable& table);

/// Whether `text` may name a task, an engine, a controller or a flag.
bool is_name(std::string_view text);
/// `0x` and up to 16 hexadecimal digits.
bool is_hex_number(std::string_view text);

}  // namespace utsim
