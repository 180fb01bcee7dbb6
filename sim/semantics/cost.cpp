// SPDX-License-Identifier: MIT
// The table of costs, and which event counts as what.
#include "semantics/cost.hpp"

namespace utsim {

namespace {

constexpr CostInfo table[] = {
    {"API call", 5, "a function call with a look-up under RCU"},
    {"callback", 10, "an indirect call, and the round's bookkeeping around it"},
    {"lock", 1, "the unit: an atomic instruction on a line that is in the cache"},
    {"wake-up", 50, "the scheduler's queue and its lock"},
    {"stop", 100, "two switches of the address space, and the cache that they cost"},
    {"debug trap", 80, "an exception, and the way back from it"},
    {"instruction read by the tracer", 60, "access_process_vm: mmap_sem, a page looked up, a copy"},
    {"instruction read by the task", 5, "copy_from_user of its own page"},
    {"page read in", 10000, "a disk"},
    {"system call", 20, "the way in and out"},
    {"instruction", 0, "the program's own work, the same for everybody"},
};
static_assert(std::size(table) == cost_kinds);

constexpr std::int64_t traced_bit = 8;
constexpr std::int64_t stopped_bit = 4;

}  // namespace

std::span<const CostInfo> cost_table() { return table; }

void Costs::add(const Event& event) {
    const auto one = [this](CostKind kind) { ++count[static_cast<std::size_t>(kind)]; };
    switch (event.kind) {
        case EventKind::api:
            return one(CostKind::call);
        case EventKind::callback:
            return one(CostKind::callback);
        case EventKind::lock_taken:
            return one(CostKind::lock);
        case EventKind::task_state:
            if ((event.value[1] & (traced_bit | stopped_bit)) != 0) return one(CostKind::stop);
            if (event.value[1] == 0) return one(CostKind::wake_up);
            return;
        case EventKind::debug_trap:
            return one(CostKind::trap);
        case EventKind::read_instruction:
            return one(event.value[1] != 0 ? CostKind::read_by_task : CostKind::read_by_tracer);
        case EventKind::page_in:
            return one(CostKind::page_in);
        case EventKind::syscall_enter:
            return one(CostKind::syscall);
        case EventKind::instruction:
            count[static_cast<std::size_t>(CostKind::instruction)] +=
                static_cast<std::uint64_t>(event.value[2]);
            return;
        default:
            return;
    }
}

std::uint64_t Costs::total() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < cost_kinds; ++i) sum += count[i] * table[i].units;
    return sum;
}

}  // namespace utsim
