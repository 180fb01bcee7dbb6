// SPDX-License-Identifier: MIT
// Objects are called by where they are met first, so a name can be needed before it is known. Only
// then the walk is made again: the second time every name is there.
#include "view/walk.hpp"

#include <algorithm>
#include <cstring>

#include "engines/script.hpp"
#include "kernel/kernel.hpp"
#include "process/inode.hpp"
#include "process/process.hpp"
#include "sched/schedule.hpp"
#include "utrace/utrace_struct.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim::view {

namespace {

StateItem group(std::string_view name) {
    return {std::string(name), StateItem::Form::group, {}, {}};
}
StateItem list(std::string_view name) { return {std::string(name), StateItem::Form::list, {}, {}}; }
StateItem word(std::string_view name, std::string_view value) {
    return {std::string(name), StateItem::Form::word, std::string(value), {}};
}

template <typename T>
T read(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <typename Id>
std::vector<std::string> all_names(std::uint32_t count, const NameTable& names,
                                   std::string_view (NameTable::*name)(Id) const) {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < count; ++i) out.emplace_back((names.*name)(Id{i}));
    return out;
}

}  // namespace

std::vector<std::string> distinct_names(std::vector<std::string> names) {
    std::set<std::string> taken;
    for (std::string& name : names) {
        const std::string plain = name;
        for (int n = 2; !taken.insert(name).second; ++n) name = plain + "~" + std::to_string(n);
    }
    return names;
}

std::string free_name(const std::vector<StateItem>& items, const std::string& name) {
    std::string free = name;
    const auto is_taken = [&](const StateItem& item) { return item.name == free; };
    for (int n = 2; std::any_of(items.begin(), items.end(), is_taken); ++n) {
        free = name + "~" + std::to_string(n);
    }
    return free;
}

Walk::Walk(World& world)
    : world_(world),
      base_(world.arena().base()),
      objects_(world.arena().objects().items()) {
    note_names();
}

void Walk::note_names() {
    const NameTable& names = world_.names();
    actor_names_ = distinct_names(all_names(world_.actor_count(), names, &NameTable::actor));
    const Kernel* kernel = world_.kernel;
    if (kernel == nullptr) return;
    task_names_ = distinct_names(all_names(kernel->by_id.size, names, &NameTable::task));
    engine_id_names_ = distinct_names(all_names(kernel->engine_count, names, &NameTable::engine));
    // They are numbered as they are made, and one that is gone no longer has its number.
    std::size_t next = 0;
    for (const ArenaObject& object : objects_) {
        if (object.type != object_type<Engine>() || next == engine_id_names_.size()) continue;
        engine_names_[object.offset] = engine_id_names_[next++];
    }
}

StateItem Walk::look() {
    constexpr int most_walks = 4;
    StateItem whole;
    for (int walk = 0; walk < most_walks; ++walk) {
        whole = one_walk();
        if (names_were_right()) break;
    }
    return whole;
}

/// Whether what was called by a name is still called so, now that everything has been met.
bool Walk::names_were_right() const {
    return std::all_of(asked_.begin(), asked_.end(), [&](const auto& asked) {
        const auto known = names_.find(asked.first);
        return (known == names_.end() ? std::string() : known->second) == asked.second;
    });
}

StateItem Walk::one_walk() {
    shown_.clear();
    asked_.clear();
    inodes_.clear();
    known_inodes_.clear();
    locks_.clear();
    StateItem whole = group("");
    whole.items.push_back(run_part());
    whole.items.push_back(actors_part());
    whole.items.push_back(tasks_part());
    whole.items.push_back(engines_part());
    StateItem kernel = part_of("kernel", object_type<Kernel>());
    StateItem processes = part_of("processes", object_type<ProcessModel>());
    StateItem scripts = part_of("scripts", object_type<ScriptContext>());
    if (!inodes_.empty()) processes.items.push_back(inodes());
    whole.items.push_back(locks_part());
    for (StateItem* part : {&kernel, &processes, &scripts}) {
        if (!part->items.empty()) whole.items.push_back(std::move(*part));
    }
    return whole;
}

// --- the parts -------------------------------------------------------------------------------

StateItem Walk::run_part() {
    StateItem part = part_of("run", object_type<WorldState>());
    const ActorId last = world_.last_ran();
    std::vector<StateItem> first;
    first.push_back(last.valid() ? word("last_ran", actor_name(last.value))
                                 : StateItem{"last_ran", StateItem::Form::nobody, {}, {}});
    StateItem ready = list("ready");
    for (std::uint32_t i = 0; i < world_.actor_count(); ++i) {
        if (world_.actor(ActorId{i}).state == ActorState::ready) {
            ready.items.push_back(word("", actor_name(i)));
        }
    }
    first.push_back(std::move(ready));
    part.items.insert(part.items.begin() + (part.items.empty() ? 0 : 1), first.begin(),
                      first.end());
    return part;
}

StateItem Walk::actors_part() {
    StateItem part = group("actors");
    const ViewType& type = *view_type(object_type<Actor>());
    for (std::uint32_t i = 0; i < world_.actor_count(); ++i) {
        const Actor& actor = world_.actor(ActorId{i});
        StateItem one = nested(type, offset_of(&actor), "actors." + actor_name(i));
        one.name = actor_name(i);
        one.items.insert(one.items.begin(), {word("letter", schedule_letter(actor.id)),
                                             word("next", about_to_do(world_, i))});
        part.items.push_back(std::move(one));
    }
    return part;
}

StateItem Walk::tasks_part() {
    StateItem part = group("tasks");
    const Kernel* kernel = world_.kernel;
    if (kernel == nullptr) return part;
    const ViewType& type = *view_type(object_type<Task>());
    const auto add = [&](const Task* task) {
        const std::string name = task_name(task);
        StateItem one = nested(type, offset_of(task), name);
        one.name = name;
        part.items.push_back(std::move(one));
    };
    for (const Task* task : kernel->by_id) {
        if (task != kernel->init) add(task);  // one that clone is still making as well
    }
    if (kernel->init != nullptr) add(kernel->init);
    return part;
}

StateItem Walk::engines_part() {
    StateItem part = group("engines");
    const ViewType& type = *view_type(object_type<Engine>());
    for (const auto& [offset, name] : engine_names_) {
        StateItem one = nested(type, offset, name);
        one.name = name;
        part.items.push_back(std::move(one));
    }
    return part;
}

StateItem Walk::part_of(std::string_view name, const ObjectType* type) {
    StateItem part = group(name);
    for (const ArenaObject& object : objects_) {
        if (object.type != type) continue;
        part.items = nested(*view_type(type), object.offset, std::string(name)).items;
        break;
    }
    return part;
}

StateItem Walk::locks_part() const {
    StateItem part = group("locks");
    for (const auto& [path, at] : locks_) {
        StateItem one = group(path);
        StateItem holders = list("held_by");
        StateItem waiters = list("waited_for_by");
        for (std::uint32_t i = 0; i < world_.actor_count(); ++i) {
            const Actor& actor = world_.actor(ActorId{i});
            for (std::uint32_t h = 0; h < actor.held_count; ++h) {
                if (actor.held[h].lock != at) continue;
                holders.items.push_back(
                    word("", actor_name(i) + " since " + actor.held[h].function));
            }
            if (actor.waits_for == at) waiters.items.push_back(word("", actor_name(i)));
        }
        one.items.push_back(std::move(holders));
        one.items.push_back(std::move(waiters));
        part.items.push_back(std::move(one));
    }
    return part;
}

/// Those that were met: open files lead to them, and working folders.
StateItem Walk::inodes() {
    StateItem part = group("inodes");
    const ViewType& type = *view_type(object_type<Inode>());
    for (std::size_t i = 0; i < inodes_.size(); ++i) {  // their parents join on the way
        const Inode* inode = inodes_[i];
        const std::string name = inode_name(inode);
        StateItem one = nested(type, offset_of(inode), name);
        one.name = name;
        part.items.push_back(std::move(one));
    }
    std::stable_sort(part.items.begin(), part.items.end(),
                     [](const StateItem& a, const StateItem& b) { return a.name < b.name; });
    std::vector<std::string> names;
    for (const StateItem& item : part.items) names.push_back(item.name);
    names = distinct_names(std::move(names));
    for (std::size_t i = 0; i < names.size(); ++i) part.items[i].name = std::move(names[i]);
    return part;
}

// --- who is called what ----------------------------------------------------------------------

bool Walk::in_memory(const void* p) const { return world_.arena().contains(p); }

std::uint32_t Walk::offset_of(const void* p) const {
    return static_cast<std::uint32_t>(static_cast<Bytes>(p) - base_);
}

std::size_t Walk::object_at(std::uint32_t offset) const {
    const auto after = std::upper_bound(
        objects_.begin(), objects_.end(), offset,
        [](std::uint32_t o, const ArenaObject& object) { return o < object.offset; });
    if (after == objects_.begin()) return objects_.size();
    const ArenaObject& object = *(after - 1);
    if (offset >= object.offset + std::max(object.size, 1u)) return objects_.size();
    return static_cast<std::size_t>(after - 1 - objects_.begin());
}

void Walk::show_as(std::uint32_t offset, const std::string& name) {
    shown_.insert(offset);
    names_[offset] = name;
}

/// What the object there is called; empty for one that was not met yet.
std::string Walk::known_name(std::uint32_t offset) {
    const auto known = names_.find(offset);
    return asked_[offset] = known == names_.end() ? std::string() : known->second;
}

std::string Walk::actor_name(std::uint32_t id) const {
    return id < actor_names_.size() ? actor_names_[id] : "?";
}

std::string Walk::task_name(const Task* task) const {
    const std::uint32_t id = task->id.value;
    const bool known = id < task_names_.size() && world_.kernel->by_id[id] == task;
    return known ? task_names_[id] : "?";
}

std::string Walk::engine_name(std::uint32_t offset) const {
    const auto known = engine_names_.find(offset);
    return known == engine_names_.end() ? "?" : known->second;
}

std::string Walk::inode_name(const Inode* inode) {
    if (known_inodes_.insert(offset_of(inode)).second) inodes_.push_back(inode);
    std::string path;
    for (const Inode* i = inode; i->parent != nullptr && i->parent != i; i = i->parent) {
        path = "/" + std::string(i->name) + path;
    }
    if (!path.empty()) return path;
    if (inode->kind == InodeKind::directory) return "/";
    return in_words(meaning_of("Inode", "kind"), static_cast<std::uint64_t>(inode->kind)) + ":[" +
           std::to_string(inode->number) + "]";
}

/// Of what has a part of its own; empty for what stands where it is met first.
std::string Walk::top_name(const ViewType& type, std::uint32_t offset) {
    Bytes at = base_ + offset;
    if (type.name == "Task") return task_name(reinterpret_cast<const Task*>(at));
    if (type.name == "Engine") return engine_name(offset);
    if (type.name == "Actor") return actor_name(reinterpret_cast<const Actor*>(at)->id.value);
    if (type.name == "Inode") return inode_name(reinterpret_cast<const Inode*>(at));
    if (type.name == "Kernel") return "kernel";
    if (type.name == "ProcessModel") return "processes";
    if (type.name == "ScriptContext") return "scripts";
    return {};
}

namespace {

/// The field that lies there, with dots; empty when none does.
std::string field_there(const std::vector<ViewField>& fields, std::uint32_t offset) {
    for (const ViewField& field : fields) {
        const std::uint32_t size = field.size * std::max(field.count, 1u);
        if (offset < field.offset || offset >= field.offset + size) continue;
        if (field.kind != FieldKind::group || field.count != 0) return field.name;
        const std::string inner = field_there(field.fields, offset);
        return inner.empty() ? field.name : field.name + "." + inner;
    }
    return {};
}

}  // namespace

/// `target.utrace.lock`: something inside an object.
std::string Walk::interior_name(std::uint32_t offset) {
    const std::size_t object = object_at(offset);
    if (object == objects_.size()) return "set";
    const ArenaObject& place = objects_[object];
    const std::string known = known_name(place.offset);
    if (known.empty()) return "set";
    if (offset == place.offset) return known;
    const ViewType* type = view_type(place.type);
    const std::string inner =
        type != nullptr ? field_there(type->fields, offset - place.offset) : std::string();
    return known + (inner.empty() ? "" : "." + inner);
}

std::string Walk::element_name(const ViewType& type, Bytes at, std::size_t index) const {
    for (const ViewField& field : type.fields) {
        if (field.name != "name" || field.kind != FieldKind::text) continue;
        const auto* name = read<const char*>(at + field.offset);
        if (name != nullptr && name[0] != '\0') return name;
    }
    return "[" + std::to_string(index) + "]";
}

}  // namespace utsim::view
