// SPDX-License-Identifier: MIT
// A link that does not lead to an engine leads to the head of another list: that of the reaper, on
// its own stack.
#include "utrace/engine_pass.hpp"

#include <algorithm>

#include "sched/world.hpp"

namespace utsim {

namespace {

constexpr const char* in_pass = "report_engines";

/// Whether an engine has its place there. The arena's log is in the order of addresses.
bool is_place_of_engine(const Arena& arena, const ListHead* place) {
    if (!arena.contains(place)) return false;
    const auto offset =
        static_cast<std::size_t>(reinterpret_cast<const std::byte*>(place) - arena.base());
    const GrowingArray<ArenaObject>& objects = arena.objects().items();
    const auto behind = std::upper_bound(
        objects.begin(), objects.end(), offset,
        [](std::size_t at, const ArenaObject& object) { return at < object.offset; });
    if (behind == objects.begin()) return false;
    const ArenaObject& object = *std::prev(behind);
    return object.type == object_type<Engine>() && offset < object.offset + object.size;
}

}  // namespace

ListHead* EnginePass::behind(ListHead* place) const {
    list_entry<&Engine::entry>(place)->kref.check_alive(in_pass);
    ListHead* next = linked(place);
    World& world = World::of(head_);
    if (next != head_ && !is_place_of_engine(world.arena(), next)) {
        world.bug(in_pass, "the engines were taken away in the midst of a pass");
    }
    return next;
}

}  // namespace utsim
