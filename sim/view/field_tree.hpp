// SPDX-License-Identifier: MIT
/// The lists of fields of the structs once more, with what their types mean: a second visitor of
/// `describe`, beside the one that makes the table of base/object_type.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/object_type.hpp"
#include "sched/actor.hpp"
#include "sched/arena_array.hpp"
#include "sched/list.hpp"
#include "sched/lock.hpp"
#include "sched/object.hpp"
#include "sched/state.hpp"
#include "view/meaning.hpp"

namespace utsim::view {

enum class FieldKind : std::uint8_t {
    number,
    truth,
    text,        ///< a C string that is never changed
    sized_text,  ///< NameText
    bytes,       ///< an array of char
    pointer,
    actor,  ///< ids of these
    task,
    engine,
    object,   ///< PointObject
    ring,     ///< ListHead
    array,    ///< ArenaArray; `fields` has its one item
    lock,     ///< of the three kinds; `fields` says which
    counted,  ///< Counted
    derived,
    group,
};

struct ViewField {
    std::string name;
    std::uint32_t offset = 0;  ///< from the object's start; of an item of an array, from the first
    std::uint32_t size = 0;    ///< of one item
    std::uint32_t count = 0;   ///< of a C array; 0: it is none
    FieldKind kind = FieldKind::number;
    bool is_signed = false;
    bool aside = false;
    Meaning meaning;
    std::string_view type;                ///< of a group: its struct
    const ObjectType* pointee = nullptr;  ///< of a pointer to something with a list of fields,
    bool to_numbers = false;              ///< or to numbers
    std::vector<ViewField> fields;
    std::uint64_t (*work_out)(const void* object) = nullptr;
};

/// A struct with its fields.
struct ViewType {
    std::string_view name;
    std::size_t size = 0;
    std::vector<ViewField> fields;
};

template <typename T>
struct ArenaArrayItem {
    using type = void;
};
template <typename T>
struct ArenaArrayItem<ArenaArray<T>> {
    using type = T;
};

class FieldTree {
public:
    FieldTree(std::vector<ViewField>& out, const void* start, std::string_view owner, bool aside)
        : out_(out),
          start_(start),
          owner_(owner),
          aside_(aside) {}

    template <typename M>
    void field(std::string_view name, M& member) {
        add(name, member, aside_);
    }
    template <typename M>
    void aside(std::string_view name, M& member) {
        add(name, member, true);
    }
    template <typename T, typename F>
    void derived(std::string_view name, T& object, F) {
        ViewField f = placed(&object, 0);
        f.kind = FieldKind::derived;
        f.work_out = [](const void* at) {
            return static_cast<std::uint64_t>(F{}(*static_cast<const T*>(at)));
        };
        keep(std::move(f), name, aside_);
    }

private:
    ViewField placed(const void* at, std::size_t size) const {
        ViewField f;
        f.offset = static_cast<std::uint32_t>(static_cast<const std::byte*>(at) -
                                              static_cast<const std::byte*>(start_));
        f.size = static_cast<std::uint32_t>(size);
        return f;
    }
    void keep(ViewField f, std::string_view name, bool aside) {
        f.name = name;
        f.aside = aside;
        f.meaning = meaning_of(owner_, name);
        out_.push_back(std::move(f));
    }

    template <typename M>
    void add(std::string_view name, M& member, bool aside) {
        using Plain = std::remove_cv_t<M>;
        if constexpr (std::is_same_v<std::remove_all_extents_t<Plain>, char>) {
            ViewField f = placed(&member, sizeof member);
            f.kind = FieldKind::bytes;
            keep(std::move(f), name, aside);
        } else if constexpr (std::is_array_v<Plain>) {
            ViewField f = one(member[0], aside);
            f.count = static_cast<std::uint32_t>(std::extent_v<Plain>);
            keep(std::move(f), name, aside);
        } else {
            keep(one(member, aside), name, aside);
        }
    }

    template <typename T>
    void set_type(ViewField& f) {
        using Plain = std::remove_cv_t<T>;
        if constexpr (std::is_same_v<Plain, bool>) {
            f.kind = FieldKind::truth;
        } else if constexpr (std::is_enum_v<Plain>) {
            f.is_signed = std::is_signed_v<std::underlying_type_t<Plain>>;
        } else if constexpr (std::is_arithmetic_v<Plain>) {
            f.is_signed = std::is_signed_v<Plain>;
        } else {
            using Pointed = std::remove_cv_t<std::remove_pointer_t<Plain>>;
            f.kind = std::is_same_v<Pointed, char> ? FieldKind::text : FieldKind::pointer;
            if constexpr (requires { sizeof(Pointed); } && std::is_class_v<Pointed>) {
                if constexpr (Described<Pointed>) f.pointee = object_type<Pointed>();
            } else if constexpr (std::is_arithmetic_v<Pointed> && !std::is_same_v<Pointed, char>) {
                f.pointee = object_type<Pointed>();
                f.to_numbers = true;
            }
        }
    }

    template <typename T>
    ViewField one(T& x, bool aside) {
        using Plain = std::remove_cv_t<T>;
        ViewField f = placed(&x, sizeof x);
        if constexpr (std::is_arithmetic_v<Plain> || std::is_enum_v<Plain> ||
                      std::is_pointer_v<Plain>) {
            set_type<Plain>(f);
        } else if constexpr (std::is_same_v<Plain, ActorId>) {
            f.kind = FieldKind::actor;
        } else if constexpr (std::is_same_v<Plain, TaskId>) {
            f.kind = FieldKind::task;
        } else if constexpr (std::is_same_v<Plain, EngineId>) {
            f.kind = FieldKind::engine;
        } else if constexpr (std::is_same_v<Plain, PointObject>) {
            f.kind = FieldKind::object;
        } else if constexpr (std::is_same_v<Plain, ListHead>) {
            f.kind = FieldKind::ring;
        } else if constexpr (std::is_same_v<Plain, NameText>) {
            f.kind = FieldKind::sized_text;
        } else if constexpr (!std::is_void_v<typename ArenaArrayItem<Plain>::type>) {
            using Item = typename ArenaArrayItem<Plain>::type;
            alignas(Item) static std::byte room[sizeof(Item)];
            FieldTree inner(f.fields, room, owner_, aside);
            inner.field("", *reinterpret_cast<Item*>(room));
            f.kind = FieldKind::array;
        } else {
            f.type = detail::type_name<Plain>();
            FieldTree inner(f.fields, start_, f.type, aside);
            describe(inner, x);
            if (f.fields.size() == 1 && f.fields[0].name.empty()) {  // a cell around it
                ViewField only = std::move(f.fields[0]);
                return only;
            }
            const bool lock = std::is_same_v<Plain, SpinLock> || std::is_same_v<Plain, RwLock> ||
                              std::is_same_v<Plain, RwSemaphore>;
            f.kind = lock                             ? FieldKind::lock
                     : std::is_same_v<Plain, Counted> ? FieldKind::counted
                                                      : FieldKind::group;
        }
        return f;
    }

    std::vector<ViewField>& out_;
    const void* start_;
    std::string_view owner_;
    bool aside_;
};

/// The struct that an arena notes as `type`; null for one that has no list of fields, or that only
/// stands inside others.
const ViewType* view_type(const ObjectType* type);
/// By its name.
const ViewType* view_type_called(std::string_view name);
/// All structs that there are views of.
std::vector<const ObjectType*> viewed_types();

}  // namespace utsim::view
