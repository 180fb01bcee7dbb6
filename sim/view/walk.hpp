// SPDX-License-Identifier: MIT
/// One walk over the objects of a World that makes the tree of view/state.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sched/world.hpp"
#include "view/field_tree.hpp"
#include "view/state.hpp"

namespace utsim {
struct Inode;
struct Task;
}  // namespace utsim

namespace utsim::view {

/// Names by id as traces write them: a later one of the same name is `name~2`.
std::vector<std::string> distinct_names(std::vector<std::string> names);
/// `name`, or `name~2` and so on where one of `items` is called so.
std::string free_name(const std::vector<StateItem>& items, const std::string& name);

class Walk {
public:
    explicit Walk(World& world);

    /// All parts but the monitors.
    StateItem look();

private:
    using Bytes = const std::byte*;
    using Maybe = std::optional<StateItem>;

    void note_names();
    StateItem one_walk();
    StateItem run_part();
    StateItem actors_part();
    StateItem tasks_part();
    StateItem engines_part();
    StateItem locks_part() const;
    StateItem inodes();
    StateItem part_of(std::string_view name, const ObjectType* type);

    // one object
    void add_fields(StateItem& to, const std::vector<ViewField>& fields, Bytes at,
                    const std::string& where);
    Maybe item(const ViewField& field, Bytes at, const std::string& where);
    Maybe c_array(const ViewField& field, Bytes at, const std::string& where);
    Maybe single(const ViewField& field, Bytes at, const std::string& where);
    Maybe number(const ViewField& field, Bytes at) const;
    StateItem array(const ViewField& field, Bytes at, const std::string& where);
    StateItem ring(const ViewField& field, Bytes at, const std::string& where);
    Maybe pointer(const ViewField& field, Bytes at, const std::string& where);
    Maybe pointed(const ViewField& field, std::uint32_t offset, const std::string& where);
    StateItem lock(const ViewField& field, Bytes at, const std::string& where);
    StateItem nested(const ViewType& type, std::uint32_t offset, const std::string& where);
    Maybe numbers(const ViewField& field, std::uint32_t offset) const;
    Maybe engine_object(const void* ops, const std::string& where);
    void add_kept(StateItem& out, Bytes at, std::size_t size, const std::string& where);
    Maybe undescribed(std::size_t object, const std::string& where);
    StateItem jumps(Bytes at) const;
    std::string element_name(const ViewType& type, Bytes at, std::size_t index) const;

    // who is called what
    std::string actor_name(std::uint32_t id) const;
    std::string task_name(const Task* task) const;
    std::string engine_name(std::uint32_t offset) const;
    std::string inode_name(const Inode* inode);
    std::string top_name(const ViewType& type, std::uint32_t offset);
    std::string interior_name(std::uint32_t offset);
    std::string known_name(std::uint32_t offset);
    bool names_were_right() const;
    std::size_t object_at(std::uint32_t offset) const;  ///< or the number of objects
    bool in_memory(const void* p) const;
    std::uint32_t offset_of(const void* p) const;
    void show_as(std::uint32_t offset, const std::string& name);

    World& world_;
    Bytes base_;
    const GrowingArray<ArenaObject>& objects_;
    std::vector<std::string> actor_names_;
    std::vector<std::string> task_names_;
    std::map<std::uint32_t, std::string> engine_names_;  ///< by offset
    std::vector<std::string> engine_id_names_;           ///< the same by id
    std::map<std::uint32_t, std::string> names_;         ///< of what was shown, by offset
    std::map<std::uint32_t, std::string> asked_;         ///< those that were used, in this walk
    std::set<std::uint32_t> shown_;                      ///< in this walk
    std::vector<const Inode*> inodes_;
    std::set<std::uint32_t> known_inodes_;      ///< the same, by offset
    std::map<std::string, const void*> locks_;  ///< that somebody has or waits for
};

}  // namespace utsim::view
