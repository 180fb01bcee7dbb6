// SPDX-License-Identifier: MIT
// The numbers of one engine or task lie side by side, one for each monitor, as most events are
// about one. What arms a monitor is counted as the numbers change, there and back.
#include "contract/monitor_memory.hpp"

namespace utsim {

void MonitorMemory::clear(std::size_t monitors) {
    if (monitors == slots_) return clear_numbers();
    slots_ = monitors;
    for (UndoList<std::uint64_t>& list : lists_) list.clear();
    kept_.assign(monitors, 0);
    armed_.assign((monitors + 63) / 64, 0);
}

/// A run leaves few numbers behind, far less than there are.
void MonitorMemory::clear_numbers() {
    for (std::size_t i = 0; i < lists_.size(); ++i) {
        UndoList<std::uint64_t>& list = lists_[i];
        list.forget_marks();
        each(static_cast<Keeping>(i), [&](std::size_t slot, std::uint32_t id, std::uint64_t) {
            list.plain(place(slot, id)) = 0;
        });
    }
    kept_.assign(kept_.size(), 0);
    armed_.assign(armed_.size(), 0);
}

void MonitorMemory::forget(std::size_t slot) {
    for (std::size_t i = 0; i < lists_.size() && kept_[slot] != 0; ++i) {
        const auto what = static_cast<Keeping>(i);
        for (std::uint32_t id = 0; id < ids_in(lists_[i]); ++id) set(what, slot, id, 0);
    }
}

MonitorMemory::Mark MonitorMemory::mark() {
    Mark mark;
    for (std::size_t i = 0; i < lists_.size(); ++i) mark[i] = lists_[i].mark();
    return mark;
}

void MonitorMemory::rewind(const Mark& mark) {
    for (std::size_t i = 0; i < lists_.size(); ++i) {
        lists_[i].rewind(mark[i], [this](std::uint32_t index, std::uint64_t is, std::uint64_t was) {
            count(index % slots_, is, was);
        });
    }
}

}  // namespace utsim
