// SPDX-License-Identifier: MIT
/// Typed lists of fields: what of a record decides what monitors will say, told apart by what the
/// values mean.
///
/// `describe(v, x)` calls, for each field of `x` in the order of its declaration, one of
///
///  - `v.plain(name, field)`: a value that is what it is: a flag, a mask, an id, how many are open;
///  - `v.stamp(name, field)`: a step, or `never`. Only the order of stamps decides anything;
///  - `v.count(name, field)`: how often something has happened so far. Nobody asks how often, only
///    whether a count is still what it was when another count was set to it, and which is higher;
///  - `v.within(name, field)`: a record that has a `describe` of its own.
///
/// Before each record of a list comes `v.record(name, index)`.
///
/// So two histories are one to all monitors when they are the same but for stamps and counts, and
/// these are in the same order. The step that it is now counts as a stamp there.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace utsim {

/// A `T` that can be changed or not: one list of fields serves those who read and those who write.
template <typename X, typename T>
concept RecordOf = std::same_as<std::remove_const_t<X>, T>;

/// Each record of an UndoList.
template <typename V, typename List>
void describe_list(V& v, const char* name, const List& list) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        v.record(name, i);
        describe(v, list.at(i));
    }
}

}  // namespace utsim
