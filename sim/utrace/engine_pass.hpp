// SPDX-License-Identifier: MIT
/// The engines of a task as it walks over them itself in a pass, without the lock.
///
/// Nobody else may touch the list while the task runs. But a reaper who does not wait for the death
/// report, or a detach from a task that looks dead too early (W-D1), takes engines away under the
/// walk. A kernel would follow whatever lies where it looks for the next one; here that ends the
/// run as a bug.
#pragma once

#include "utrace/utrace_struct.hpp"

namespace utsim {

class EnginePass {
public:
    enum class Order : bool { as_attached, last_first };

    explicit EnginePass(Utrace* utrace, Order order = Order::as_attached)
        : head_(&utrace->attached),
          order_(order) {}

    class Iterator {
    public:
        Iterator(const EnginePass& pass, ListHead* place) : pass_(pass), place_(place) {}
        Engine* operator*() const { return list_entry<&Engine::entry>(place_); }
        Iterator& operator++() {
            place_ = pass_.behind(place_);
            return *this;
        }
        bool operator==(const Iterator& other) const { return place_ == other.place_; }

    private:
        const EnginePass& pass_;
        ListHead* place_;
    };
    Iterator begin() const { return {*this, linked(head_)}; }
    Iterator end() const { return {*this, head_}; }

private:
    ListHead* linked(const ListHead* place) const {
        return order_ == Order::as_attached ? place->next : place->prev;
    }
    ListHead* behind(ListHead* place) const;

    ListHead* head_;
    Order order_;
};

}  // namespace utsim
