// SPDX-License-Identifier: MIT
/// What the objects of a World are made of: one list of fields for each struct.
///
/// A struct that lives in an arena says beside its definition what it holds:
///
///     template <typename V>
///     void describe(V& v, Task& t) {
///         v.field("pid", t.pid);          // decides what happens from here on
///         v.aside("nvcsw", t.nvcsw);      // does not: statistics, labels for people, free lists
///         v.derived("nvcsw while examined", t, [](const Task& task) { ... });
///     }
///
/// From that list comes the table below, by which a search tells states apart (sched/state_key.hpp)
/// and by which a state can be shown or compared field by field. `derived` is what counts of fields
/// that are aside: a number that is worked out from them, and from the World around.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <utsim/ids.hpp>

namespace utsim {

enum class FieldForm : std::uint8_t {
    number,   ///< integers, enumerations, bools; `size` bytes, or an array of them
    pointer,  ///< to an object of the arena, or to something that never moves
    derived,  ///< no bytes of its own: `ObjectField::work_out`
};

struct ObjectField {
    std::string name;  ///< with dots where structs lie inside each other
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    FieldForm form = FieldForm::number;
    bool aside = false;      ///< nothing that happens from here on depends on it
    bool is_signed = false;  ///< numbers only
    std::uint64_t (*work_out)(const void* object) = nullptr;
};

/// A type of which the arena holds objects.
struct ObjectType {
    std::string_view name;
    std::size_t size = 0;
    /// Its fields in the order of its list; null when it has none, so its words are taken as they
    /// are.
    const std::vector<ObjectField>& (*fields)() = nullptr;
};

namespace detail {

/// Makes the table.
class FieldLister {
public:
    FieldLister(std::vector<ObjectField>& out, const void* start, std::string prefix, bool aside)
        : out_(out),
          start_(start),
          prefix_(std::move(prefix)),
          aside_(aside) {}

    template <typename M>
    void field(std::string_view name, M& member) {
        add(std::string(name), member, aside_);
    }
    template <typename M>
    void aside(std::string_view name, M& member) {
        add(std::string(name), member, true);
    }
    /// `work_out` is a lambda without captures.
    template <typename T, typename F>
    void derived(std::string_view name, T& object, F) {
        static_assert(std::is_empty_v<F>);
        ObjectField f = made(std::string(name), &object, 0, aside_);
        f.form = FieldForm::derived;
        f.work_out = [](const void* at) {
            return static_cast<std::uint64_t>(F{}(*static_cast<const T*>(at)));
        };
        out_.push_back(std::move(f));
    }

private:
    ObjectField made(const std::string& name, const void* at, std::size_t size, bool aside) const {
        ObjectField f;
        f.name = prefix_ + (prefix_.empty() || name.empty() ? "" : ".") + name;
        f.offset = static_cast<std::uint32_t>(static_cast<const std::byte*>(at) -
                                              static_cast<const std::byte*>(start_));
        f.size = static_cast<std::uint32_t>(size);
        f.aside = aside;
        return f;
    }

    template <typename M>
    void add(const std::string& name, M& member, bool aside);

    std::vector<ObjectField>& out_;
    const void* start_;
    std::string prefix_;
    bool aside_;
};

}  // namespace detail

template <typename T>
concept Described = requires(detail::FieldLister& v, T& object) { describe(v, object); };

template <typename V, typename Tag>
void describe(V& v, Id<Tag>& id) {
    v.field("", id.value);
}

namespace detail {

template <typename M>
void FieldLister::add(const std::string& name, M& member, bool aside) {
    using Plain = std::remove_cv_t<M>;
    if constexpr (std::is_array_v<Plain>) {
        using Item = std::remove_cv_t<std::remove_all_extents_t<Plain>>;
        if constexpr (std::is_arithmetic_v<Item> || std::is_enum_v<Item>) {
            out_.push_back(made(name, &member, sizeof member, aside));
        } else {
            for (std::size_t i = 0; i < std::extent_v<Plain>; ++i) {
                add(name + "[" + std::to_string(i) + "]", member[i], aside);
            }
        }
    } else if constexpr (std::is_pointer_v<Plain>) {
        ObjectField f = made(name, &member, sizeof member, aside);
        f.form = FieldForm::pointer;
        out_.push_back(std::move(f));
    } else if constexpr (std::is_arithmetic_v<Plain> || std::is_enum_v<Plain>) {
        ObjectField f = made(name, &member, sizeof member, aside);
        f.is_signed = std::is_signed_v<Plain>;
        out_.push_back(std::move(f));
    } else {
        static_assert(Described<Plain>, "a field whose struct has no list of fields");
        FieldLister inner(out_, start_, made(name, &member, 0, false).name, aside);
        describe(inner, member);
    }
}

/// The fields of T; made when they are first asked for, and the same ever after.
template <typename T>
const std::vector<ObjectField>& fields_of() {
    static const std::vector<ObjectField> fields = [] {
        // Only addresses of members are taken, so there need not be an object.
        alignas(T) static std::array<std::byte, sizeof(T)> room;
        std::vector<ObjectField> list;
        FieldLister lister(list, room.data(), {}, false);
        describe(lister, *reinterpret_cast<T*>(room.data()));
        return list;
    }();
    return fields;
}

/// The name of T without its namespaces, as the compiler spells it.
template <typename T>
constexpr std::string_view type_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find("T = ") + 4);
    text = text.substr(0, text.find_first_of(";]"));
    const std::size_t colon = text.rfind(':');
    return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

}  // namespace detail

/// What an arena notes about objects of type T.
template <typename T>
const ObjectType* object_type() {
    if constexpr (Described<T>) {
        static constexpr ObjectType type{detail::type_name<T>(), sizeof(T), &detail::fields_of<T>};
        return &type;
    } else {
        static constexpr ObjectType type{detail::type_name<T>(), sizeof(T), nullptr};
        return &type;
    }
}

}  // namespace utsim
