// SPDX-License-Identifier: MIT
// Reference counting that tells. The header outlives its object's contents, and the arena never
// hands the memory out again, so a stale pointer always finds the mark of its object's end.
#include "sched/object.hpp"

#include <cstring>

#include "sched/world.hpp"

namespace utsim {

void Counted::init(std::uint32_t references) {
    magic_ = alive_magic;
    references_ = references;
}

void Counted::get(const char* function) {
    check_alive(function);
    if (references_ == 0)
        World::of(this).bug(function, "reference taken after the last was dropped");
    ++references_;
}

bool Counted::put(const char* function) {
    check_alive(function);
    if (references_ == 0) World::of(this).bug(function, "reference dropped twice");
    if (--references_ != 0) return false;
    magic_ = dying_magic;
    return true;
}

void Counted::poison_bytes(void* object, std::size_t size) {
    std::memset(object, poison_byte, size);
    magic_ = freed_magic;
    references_ = 0;
}

void Counted::report(const char* function) const {
    World::of(this).bug(function, freed() ? "use after free" : "use of what is no such object");
}

}  // namespace utsim
