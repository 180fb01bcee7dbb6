// SPDX-License-Identifier: MIT
/// Doubly linked rings in the kernel's manner: the links are members of what is listed.
///
/// A `ListHead` is a ring's head, or one object's place in a ring; the head is not an element. The
/// walks are ranges: `for (Engine* engine : list_entries<&Engine::entry>(&utrace->attached))`.
#pragma once

#include <cstddef>
#include <cstring>

namespace utsim {

struct ListHead {
    ListHead* next = nullptr;
    ListHead* prev = nullptr;
};

template <typename V>
void describe(V& v, ListHead& place) {
    v.field("next", place.next);
    v.field("prev", place.prev);
}

/// An empty ring; also the state of a place that is in no ring.
inline void list_init(ListHead* head) {
    head->next = head;
    head->prev = head;
}

inline bool list_empty(const ListHead* head) { return head->next == head; }

inline void list_insert_between(ListHead* entry, ListHead* before, ListHead* after) {
    entry->prev = before;
    entry->next = after;
    before->next = entry;
    after->prev = entry;
}

/// Puts `entry` first.
inline void list_add(ListHead* entry, ListHead* head) {
    list_insert_between(entry, head, head->next);
}

/// Puts `entry` last.
inline void list_add_tail(ListHead* entry, ListHead* head) {
    list_insert_between(entry, head->prev, head);
}

/// Takes `entry` out of its ring and leaves it alone, so that taking it out again does no harm.
inline void list_del_init(ListHead* entry) {
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
    list_init(entry);
}

inline void list_move_tail(ListHead* entry, ListHead* head) {
    list_del_init(entry);
    list_add_tail(entry, head);
}

/// Moves everything in `from` behind the last element of `to`; `from` is empty afterwards.
inline void list_splice_tail_init(ListHead* from, ListHead* to) {
    if (list_empty(from)) return;
    ListHead* first = from->next;
    ListHead* last = from->prev;
    first->prev = to->prev;
    to->prev->next = first;
    last->next = to;
    to->prev = last;
    list_init(from);
}

namespace detail {

template <auto Member>
struct ListMember;

template <typename T, ListHead T::* Member>
struct ListMember<Member> {
    using Owner = T;
    /// The object whose `Member` is at `place`.
    static T* owner(ListHead* place) {
        // Both compilers follow the Itanium ABI, where a data member pointer is its offset.
        ListHead T::* member = Member;
        std::ptrdiff_t offset;
        static_assert(sizeof(member) == sizeof(offset));
        std::memcpy(&offset, &member, sizeof(offset));
        return reinterpret_cast<T*>(reinterpret_cast<std::byte*>(place) - offset);
    }
};

template <auto Member, bool Forward>
class ListIterator {
public:
    explicit ListIterator(ListHead* place) : place_(place) {}
    auto* operator*() const { return ListMember<Member>::owner(place_); }
    ListIterator& operator++() {
        place_ = Forward ? place_->next : place_->prev;
        return *this;
    }
    bool operator==(const ListIterator&) const = default;

private:
    ListHead* place_;
};

/// Remembers the next place, so that the element in hand may leave the ring.
template <auto Member>
class SafeListIterator {
public:
    explicit SafeListIterator(ListHead* place) : place_(place), next_(place->next) {}
    auto* operator*() const { return ListMember<Member>::owner(place_); }
    SafeListIterator& operator++() {
        place_ = next_;
        next_ = next_->next;
        return *this;
    }
    bool operator==(const SafeListIterator& other) const { return place_ == other.place_; }

private:
    ListHead* place_;
    ListHead* next_;
};

template <typename Iterator>
struct ListRange {
    Iterator first;
    Iterator last;
    Iterator begin() const { return first; }
    Iterator end() const { return last; }
};

}  // namespace detail

/// The object whose `Member` is at `place`.
template <auto Member>
auto* list_entry(ListHead* place) {
    return detail::ListMember<Member>::owner(place);
}

/// The first object of a ring that is not empty.
template <auto Member>
auto* list_first_entry(ListHead* head) {
    return detail::ListMember<Member>::owner(head->next);
}

/// All objects, first to last. Objects may join at the end meanwhile; the one in hand must stay.
template <auto Member>
auto list_entries(ListHead* head) {
    using Iterator = detail::ListIterator<Member, true>;
    return detail::ListRange<Iterator>{Iterator(head->next), Iterator(head)};
}

/// All objects, last to first.
template <auto Member>
auto list_entries_reverse(ListHead* head) {
    using Iterator = detail::ListIterator<Member, false>;
    return detail::ListRange<Iterator>{Iterator(head->prev), Iterator(head)};
}

/// As `list_entries`; the object in hand may leave the ring, but the one after it must stay.
template <auto Member>
auto list_entries_safe(ListHead* head) {
    using Iterator = detail::SafeListIterator<Member>;
    return detail::ListRange<Iterator>{Iterator(head->next), Iterator(head)};
}

}  // namespace utsim
