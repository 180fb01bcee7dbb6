// SPDX-License-Identifier: MIT
// The fields of one object: each kind of field in its own way. What is garbage, because the object
// has been freed, is not looked at.
#include <algorithm>
#include <cstring>

#include "cpu/address_space.hpp"
#include "kernel/kernel.hpp"
#include "kernel/program.hpp"
#include "process/inode.hpp"
#include "process/wait_queue.hpp"
#include "utrace/utrace_struct.hpp"
#include "view/walk.hpp"
#include "vocabulary/json_text.hpp"

namespace utsim::view {

namespace {

using Way = Meaning::Way;

StateItem item_of(StateItem::Form form, std::string value) {
    return {{}, form, std::move(value), {}};
}
StateItem word(std::string value) { return item_of(StateItem::Form::word, std::move(value)); }
StateItem nobody() { return item_of(StateItem::Form::nobody, {}); }
StateItem truth(bool value) { return item_of(StateItem::Form::truth, value ? "yes" : "no"); }
StateItem number_item(std::string digits) {
    return item_of(StateItem::Form::number, std::move(digits));
}

template <typename T>
T read(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

bool all_zero(const std::byte* at, std::size_t size) {
    return std::all_of(at, at + size, [](std::byte b) { return b == std::byte{0}; });
}

std::uint64_t value_at(const std::byte* at, std::uint32_t size, bool is_signed) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, std::min<std::size_t>(size, sizeof value));
    const unsigned bits = size * 8;
    if (is_signed && bits < 64 && (value >> (bits - 1) & 1) != 0)
        value |= ~std::uint64_t{0} << bits;
    return value;
}

/// JSON's numbers are exact up to here.
constexpr std::uint64_t exact = std::uint64_t{1} << 53;

StateItem plain_number(std::uint64_t value, bool is_signed) {
    const auto as_signed = static_cast<std::int64_t>(value);
    if (is_signed && as_signed < 0 && value > ~std::uint64_t{0} - exact) {
        return number_item(std::to_string(as_signed));
    }
    if (value <= exact) return number_item(std::to_string(value));
    std::string hex;
    append_hex(hex, value);
    return word(std::move(hex));
}

std::string region_text(const cpu::Region& region) {
    static constexpr const char* kinds[] = {"image", "heap", "mapping", "stack"};
    std::string out;
    append_hex(out, region.begin);
    out += '-';
    append_hex(out, region.end);
    out += ' ';
    out += (region.protection & cpu::Protection::read) != 0 ? 'r' : '-';
    out += (region.protection & cpu::Protection::write) != 0 ? 'w' : '-';
    out += (region.protection & cpu::Protection::exec) != 0 ? 'x' : '-';
    return out + " " + kinds[static_cast<std::size_t>(region.kind)];
}

bool is_freed(const std::vector<ViewField>& fields, const std::byte* at) {
    return !fields.empty() && fields[0].kind == FieldKind::counted &&
           reinterpret_cast<const Counted*>(at + fields[0].offset)->freed();
}

const ViewField* find(const std::vector<ViewField>& fields, std::string_view name) {
    for (const ViewField& field : fields) {
        if (field.name == name) return &field;
    }
    return nullptr;
}

}  // namespace

StateItem Walk::nested(const ViewType& type, std::uint32_t offset, const std::string& where) {
    show_as(offset, where);
    StateItem item;
    Bytes at = base_ + offset;
    if (is_freed(type.fields, at)) {
        item.items.push_back(word("freed"));
        item.items.back().name = type.fields[0].name;
        return item;
    }
    add_fields(item, type.fields, at, where);
    if (type.name != "AddressSpace") return item;
    // Regions lie outside the arena, and the list of fields has no more than their digest.
    const ViewField* map = find(type.fields, "map");
    if (map == nullptr || read<const void*>(at + map->offset) == nullptr) return item;
    const auto& space = *reinterpret_cast<const cpu::AddressSpace*>(at);
    StateItem maps{"maps", StateItem::Form::list, {}, {}};
    space.for_each_region(
        [&](const cpu::Region& region) { maps.items.push_back(word(region_text(region))); });
    item.items.push_back(std::move(maps));
    item.items.push_back(plain_number(space.resident(), false));
    item.items.back().name = "resident_pages";
    return item;
}

void Walk::add_fields(StateItem& to, const std::vector<ViewField>& fields, Bytes at,
                      const std::string& where) {
    for (const ViewField& field : fields) {
        Maybe made = item(field, at, where);
        if (!made) continue;
        made->name = field.name;
        to.items.push_back(std::move(*made));
    }
}

Walk::Maybe Walk::item(const ViewField& field, Bytes at, const std::string& where) {
    if (field.meaning.way == Way::hidden) return std::nullopt;
    const std::string here = field.name.empty() ? where : where + "." + field.name;
    if (field.count != 0) return c_array(field, at, here);
    return single(field, at, here);
}

Walk::Maybe Walk::c_array(const ViewField& field, Bytes at, const std::string& where) {
    StateItem out;
    for (std::uint32_t i = 0; i < field.count; ++i) {
        Bytes one = at + std::size_t{i} * field.size;
        const bool named = field.meaning.way == Way::registers;
        if (!named && all_zero(one + field.offset, field.size)) continue;
        std::string name = "[" + std::to_string(i) + "]";
        if (named) name = name_of(register_names(), i);
        if (field.meaning.way == Way::by_signal) name = utsim::signal_name(static_cast<int>(i) + 1);
        if (field.meaning.way == Way::by_lock) name = lock_class_name(static_cast<LockClass>(i));
        Maybe made = single(field, one, where + "." + name);
        if (!made) continue;
        made->name = std::move(name);
        out.items.push_back(std::move(*made));
    }
    if (out.items.empty()) return std::nullopt;
    return out;
}

Walk::Maybe Walk::number(const ViewField& field, Bytes at) const {
    const std::uint64_t value = value_at(at + field.offset, field.size, field.is_signed);
    if (field.kind == FieldKind::truth) return truth(value != 0);
    std::string words = in_words(field.meaning, value);
    if (!words.empty()) return word(std::move(words));
    return plain_number(value, field.is_signed);
}

Walk::Maybe Walk::single(const ViewField& field, Bytes at, const std::string& where) {
    Bytes there = at + field.offset;
    switch (field.kind) {
        case FieldKind::number:
        case FieldKind::truth:
            return number(field, at);
        case FieldKind::derived: {
            const std::uint64_t value = field.work_out(there);
            std::string words = in_words(field.meaning, value);
            return words.empty() ? plain_number(value, false) : word(std::move(words));
        }
        case FieldKind::text: {
            const auto* text = read<const char*>(there);
            return text == nullptr ? nobody() : word(text);
        }
        case FieldKind::sized_text: {
            const auto text = read<NameText>(there);
            return word(std::string(text.bytes, text.size));
        }
        case FieldKind::bytes: {
            const auto* text = reinterpret_cast<const char*>(there);
            return word(std::string(text, strnlen(text, field.size)));
        }
        case FieldKind::actor: {
            const auto id = read<ActorId>(there);
            return id.valid() ? word(actor_name(id.value)) : nobody();
        }
        case FieldKind::task: {
            const auto id = read<TaskId>(there);
            return !id.valid() ? nobody()
                               : word(id.value < task_names_.size() ? task_names_[id.value] : "?");
        }
        case FieldKind::engine: {
            const auto id = read<EngineId>(there);
            return !id.valid()
                       ? nobody()
                       : word(id.value < engine_id_names_.size() ? engine_id_names_[id.value]
                                                                 : "?");
        }
        case FieldKind::object: {
            Actor stands;
            stands.point = Point{PointKind::start, "", read<PointObject>(there)};
            const std::string label = world_.point_label(stands);
            const std::size_t colon = label.rfind(':');
            return word(label.substr(colon + 1));
        }
        case FieldKind::pointer:
            return pointer(field, at, where);
        case FieldKind::array:
            return array(field, at, where);
        case FieldKind::ring:
            return ring(field, at, where);
        case FieldKind::lock:
            return lock(field, at, where);
        case FieldKind::counted:
            return number_item(
                std::to_string(reinterpret_cast<const Counted*>(there)->references()));
        case FieldKind::group: {
            StateItem item;
            add_fields(item, field.fields, at, where);
            return item;
        }
    }
    return std::nullopt;
}

StateItem Walk::array(const ViewField& field, Bytes at, const std::string& where) {
    const auto there = read<ArenaArray<std::byte>>(at + field.offset);
    const ViewField& one = field.fields[0];
    const bool groups = one.kind == FieldKind::group;
    StateItem out;
    out.form = groups ? StateItem::Form::group : StateItem::Form::list;
    for (std::uint32_t i = 0; i < there.size; ++i) {
        Bytes item_at = there.items + std::size_t{i} * one.size;
        if (groups && all_zero(item_at, one.size)) continue;
        Maybe made = single(one, item_at, where + "." + std::to_string(i));
        if (!made) continue;
        if (groups) made->name = std::to_string(i);
        out.items.push_back(std::move(*made));
    }
    return out;
}

/// A list's head with what is in it; of a place in a list, whether it is in one.
StateItem Walk::ring(const ViewField& field, Bytes at, const std::string& where) {
    const auto* head = reinterpret_cast<const ListHead*>(at + field.offset);
    if (field.meaning.way != Way::ring_of)
        return truth(head->next != nullptr && head->next != head);
    StateItem out;
    out.form = StateItem::Form::list;
    const ViewType* type = view_type_called(field.meaning.text);
    const ViewField* place = type != nullptr ? find(type->fields, field.meaning.place) : nullptr;
    constexpr int most = 100'000;
    int n = 0;
    for (const ListHead* p = head->next; p != nullptr && p != head && in_memory(p) && n < most;
         p = p->next, ++n) {
        if (field.meaning.text == "WaitEntry") {
            auto* entry = list_entry<&WaitEntry::node>(const_cast<ListHead*>(p));
            out.items.push_back(word(task_name(entry->task)));
            continue;
        }
        if (place == nullptr) continue;
        const std::uint32_t offset = offset_of(p) - place->offset;
        std::string name = top_name(*type, offset);
        if (!name.empty()) {
            out.items.push_back(word(std::move(name)));
        } else {
            out.items.push_back(nested(*type, offset, where + "." + std::to_string(n)));
        }
    }
    return out;
}

Walk::Maybe Walk::pointer(const ViewField& field, Bytes at, const std::string& where) {
    const auto* to = read<const void*>(at + field.offset);
    if (to == nullptr) return field.aside ? Maybe{} : nobody();
    if (field.name == "ops" && to == utrace_detached_ops()) return word("detached");
    if (field.pointee == object_type<ProgramOp>() && field.name == "ops") return jumps(at);
    const std::size_t used = world_.arena().used();
    if (!in_memory(to) || offset_of(to) >= used) {
        if (field.aside) return std::nullopt;
        return field.name == "ops" ? engine_object(to, where) : word("set");
    }
    if (field.to_numbers) return numbers(field, offset_of(to));
    return pointed(field, offset_of(to), where);
}

Walk::Maybe Walk::pointed(const ViewField& field, std::uint32_t offset, const std::string& where) {
    std::size_t object = object_at(offset);
    if (object == objects_.size()) return field.aside ? Maybe{} : word("set");
    // Several objects begin at one place when all but the last are empty.
    for (std::size_t n = object + 1; n-- > 0 && objects_[n].offset == offset;) {
        if (field.pointee != nullptr && objects_[n].type == field.pointee) object = n;
    }
    const ArenaObject& place = objects_[object];
    if (place.size == 0) return StateItem{};
    // What comes out of a pool begins with what it is for.
    const ViewType* type = view_type(field.pointee);
    if (type == nullptr) type = view_type(place.type);
    if (type != nullptr && field.pointee == nullptr && offset != place.offset) type = nullptr;
    if (type == nullptr) {
        if (offset == place.offset && place.type != nullptr) {
            if (Maybe made = undescribed(object, where)) return made;
        }
        return field.aside ? Maybe{} : word(interior_name(offset));
    }
    std::string name = top_name(*type, offset);
    if (!name.empty()) return word(std::move(name));
    if (field.aside) return std::nullopt;
    if (type->name == "ProgramOp") return word(interior_name(offset));
    if (shown_.contains(offset)) return word(known_name(offset));
    const bool whole = offset == place.offset && view_type(place.type) == type;
    const std::size_t count = whole ? place.size / type->size : 1;
    if (count <= 1 && find(type->fields, "name") == nullptr) return nested(*type, offset, where);
    StateItem out;
    show_as(offset, where);
    for (std::size_t i = 0; i < count; ++i) {
        Bytes one = base_ + offset + i * type->size;
        if (all_zero(one, type->size)) continue;
        StateItem made;
        made.name = free_name(out.items, element_name(*type, one, i));
        add_fields(made, type->fields, one, where + "." + made.name);
        out.items.push_back(std::move(made));
    }
    return out;
}

/// An array of numbers. Several objects can begin at one place, when the others are empty.
Walk::Maybe Walk::numbers(const ViewField& field, std::uint32_t offset) const {
    StateItem out;
    out.form = StateItem::Form::list;
    for (std::size_t n = object_at(offset) + 1; n-- > 0;) {
        if (n >= objects_.size() || objects_[n].offset != offset) break;
        const ArenaObject& place = objects_[n];
        if (place.type != field.pointee) continue;
        const auto size = static_cast<std::uint32_t>(place.type->size);
        for (std::uint32_t i = 0; i < place.size; i += size) {
            const std::uint64_t value = value_at(base_ + offset + i, size, false);
            const bool flag = place.type == object_type<bool>();
            out.items.push_back(flag ? truth(value != 0) : plain_number(value, false));
        }
        break;
    }
    return out;
}

/// The object of an engine that is part of utsim: it is fixed, and keeps what changes elsewhere.
Walk::Maybe Walk::engine_object(const void* ops, const std::string& where) {
    StateItem out;
    if (!in_memory(ops)) return word("set");
    constexpr std::size_t looked_at = 8 * sizeof(void*);
    add_kept(out, static_cast<Bytes>(ops), looked_at, where);
    if (out.items.empty()) return word("set");
    return out;
}

/// What the words there point to and what has a list of fields.
void Walk::add_kept(StateItem& out, Bytes at, std::size_t size, const std::string& where) {
    for (std::size_t i = 0; i + sizeof(void*) <= size; i += sizeof(void*)) {
        const auto* to = read<const void*>(at + i);
        if (!in_memory(to) || offset_of(to) >= world_.arena().used()) continue;
        const std::size_t found = object_at(offset_of(to));
        if (found == objects_.size() || objects_[found].offset != offset_of(to)) continue;
        const ViewType* kept = view_type(objects_[found].type);
        if (kept == nullptr || !top_name(*kept, offset_of(to)).empty()) continue;
        if (shown_.contains(offset_of(to))) continue;
        const std::string name = free_name(out.items, "keeps");
        StateItem inner = nested(*kept, offset_of(to), where + "." + name);
        inner.name = name;
        out.items.push_back(std::move(inner));
    }
}

/// Something without a list of fields: an engine's object with what it keeps.
Walk::Maybe Walk::undescribed(std::size_t object, const std::string& where) {
    const ArenaObject& place = objects_[object];
    const std::string_view type = place.type->name;
    StateItem out;
    if (shown_.contains(place.offset)) return word(known_name(place.offset));
    if (type.find('*') != std::string_view::npos || type == "char") return std::nullopt;
    show_as(place.offset, where);
    out.items.push_back(word(std::string(type)));
    out.items.back().name = "is";
    add_kept(out, base_ + place.offset, place.size, where);
    return out;
}

/// What can change of a program's operations: how often jumps were taken.
StateItem Walk::jumps(Bytes at) const {
    const auto& program = *reinterpret_cast<const Program*>(at);
    StateItem out;
    for (std::uint32_t i = 0; i < program.count; ++i) {
        if (program.ops[i].taken == nullptr) continue;
        StateItem one = plain_number(*program.ops[i].taken, false);
        one.name = "taken[" + std::to_string(i) + "]";
        out.items.push_back(std::move(one));
    }
    return out;
}

StateItem Walk::lock(const ViewField& field, Bytes at, const std::string& where) {
    std::string text;
    bool used = false;
    for (const ViewField& part : field.fields) {
        if (part.kind == FieldKind::actor) {
            const auto id = read<ActorId>(at + part.offset);
            if (!id.valid()) continue;
            used = true;
            text += (text.empty() ? "held by " : ", ") + actor_name(id.value);
        } else if (part.kind == FieldKind::number) {
            const std::uint64_t count = value_at(at + part.offset, part.size, false);
            if (count == 0) continue;
            used = true;
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + part.name;
        }
    }
    if (used) locks_[where] = at + field.offset;
    return word(used ? text : "free");
}

}  // namespace utsim::view
