// SPDX-License-Identifier: MIT
/// The state of a World at one moment, as an ordered tree that people and programs can read.
///
/// What a struct has comes from its own list of fields (`describe`, base/object_type.hpp), the one
/// by which a search tells states apart: a field that is added there is shown here, under the name
/// that it has there. Objects are called by whom they belong to (`tasks.target.utrace.resume`), and
/// nothing of it depends on addresses, so the same moment gives the same tree everywhere.
///
/// The parts are, in this order:
///
///  - `run`: the step, the time, who ran last, who can run;
///  - `actors`: each with what it is about to do, what it waits for and which locks it holds;
///  - `tasks`: each with registers, signals, memory maps and its `struct utrace`;
///  - `engines`: flags by name, references, what they keep;
///  - `locks`: those that somebody has or waits for;
///  - `kernel`, `processes`, `scripts`: what belongs to no single task;
///  - `monitors`: clauses that wait for something, and for what.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace utsim {

class Contract;
class World;

/// One thing with its value, or with what belongs to it.
struct StateItem {
    enum class Form : std::uint8_t {
        group,   ///< `items`, each with a name
        list,    ///< `items` without names, in order
        word,    ///< text: a name, a word for a number, names of flags
        number,  ///< decimal digits, perhaps with a sign
        truth,   ///< `yes` or `no`
        nobody,  ///< an empty pointer; no value
    };

    std::string name;
    Form form = Form::group;
    std::string value;
    std::vector<StateItem> items;

    bool operator==(const StateItem&) const = default;
};

/// All of it. Not on a fiber; changes nothing. `contract` adds the monitors, if it is not null.
StateItem world_state(World& world, const Contract* contract = nullptr);

/// What `path` names: names with dots between them, `*` for each (`tasks.*.utrace`), or one of the
/// short ways `utrace`, `registers`, `signals`, `memory` and `points`. What `*` stands for becomes
/// a group. False, with `out` as it was, when there is nothing of that name.
bool find_state(const StateItem& whole, std::string_view path, StateItem& out);
/// What can stand at the beginning of a path, for messages.
std::vector<std::string> state_parts(const StateItem& whole);

/// In lines, each item below what it belongs to.
std::string state_text(const StateItem& item);
/// One JSON value: groups are objects, lists arrays, `nobody` is null. 64 bits that have no word
/// are strings (`0x...`), as JSON's numbers end at 53.
std::string state_json(const StateItem& item);

/// What is another at a later moment. Something that is not there has no value.
struct StateChange {
    std::string path;
    std::string before;
    std::string after;
    bool was_there = true;
    bool is_there = true;
};
/// In the order of the tree; a list is compared as a whole.
std::vector<StateChange> state_changes(const StateItem& before, const StateItem& after);
/// `tasks.target.utrace.resume  UTRACE_RESUME -> UTRACE_STOP`, a line for each.
std::string changes_text(const std::vector<StateChange>& changes);

/// What `actor` is about to do, or what it waits for: `callback:report_quiesce:holder`, `waits for
/// lock target.utrace in utrace_control`.
std::string about_to_do(const World& world, std::uint32_t actor);

}  // namespace utsim
