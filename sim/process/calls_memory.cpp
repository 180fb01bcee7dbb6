// SPDX-License-Identifier: MIT
// mmap of files and mremap. A mapping of a file shows the file's memory; where a private one is
// written, it has a copy from then on. Shared anonymous memory is an object that regions show.
#include <algorithm>

#include "kernel/memory.hpp"
#include "process/calls.hpp"
#include "process/process.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t map_private = 2;
constexpr std::uint64_t map_shared = 1;
constexpr std::uint64_t map_fixed = 0x10;
constexpr std::uint64_t map_anonymous = 0x20;
constexpr std::uint64_t map_32bit = 0x40;
constexpr std::uint64_t map_fixed_noreplace = 0x100000;

cpu::Placement placement_of(std::uint64_t flags) {
    if ((flags & map_fixed_noreplace) != 0) return cpu::Placement::fixed_no_replace;
    if ((flags & map_fixed) != 0) return cpu::Placement::fixed;
    return (flags & map_32bit) != 0 ? cpu::Placement::low_hint : cpu::Placement::hint;
}

std::int64_t map_anonymous_memory(Task* current, cpu::AddressSpace& space, bool shared) {
    const cpu::Registers& r = current->regs;
    const auto protection = static_cast<std::uint8_t>(r.rdx() & 7);
    const cpu::Placement placement = placement_of(r.gpr[10]);
    if (!shared) return space.map(r.rdi(), r.rsi(), protection, placement);
    if (r.rsi() > furthest_mapping) return -K_ENOMEM;
    const SharedBody made =
        make_shared_memory(current, processes_of(current).next_inode++, r.rsi());
    const std::int64_t at =
        space.map_shared(r.rdi(), r.rsi(), protection, placement, *made.space, made.begin);
    made.space->drop_use();  // the mapping's is left
    return at;
}

std::int64_t map_file(Task* current, const OpenFile& file, cpu::AddressSpace& space, bool shared) {
    const cpu::Registers& r = current->regs;
    const auto protection = static_cast<std::uint8_t>(r.rdx() & 7);
    const cpu::Placement placement = placement_of(r.gpr[10]);
    const std::uint64_t offset = r.gpr[9];
    if (file.inode->kind == InodeKind::zero) return map_anonymous_memory(current, space, shared);
    if (file.inode->kind != InodeKind::regular) return -K_ENODEV;
    if (!file.readable()) return -K_EACCES;
    const bool writes = shared && (protection & cpu::Protection::write) != 0;
    if (writes && !file.writable()) return -K_EACCES;
    if (offset > furthest_mapping || r.rsi() > furthest_mapping) return -K_EOVERFLOW;
    const SharedBody body = share_body(current, *file.inode);
    if (body.space == nullptr) return -K_ENOMEM;
    const std::uint64_t from = body.begin + offset;
    if (shared) return space.map_shared(r.rdi(), r.rsi(), protection, placement, *body.space, from);
    return space.map_private(r.rdi(), r.rsi(), protection, placement, *body.space, from);
}

/// More of what is at `region`, which shows `shown` from its address on.
std::int64_t map_more(cpu::AddressSpace& space, const cpu::Region& region, std::uint64_t at,
                      std::uint64_t length, cpu::Placement placement, std::uint64_t shown) {
    const std::uint8_t protection = region.protection;
    if (region.object == nullptr) return space.map(at, length, protection, placement);
    const std::int64_t made =
        region.is_private
            ? space.map_private(at, length, protection, placement, *region.object, shown)
            : space.map_shared(at, length, protection, placement, *region.object, shown);
    if (made >= 0 && region.never_written) {
        space.forbid_writing(static_cast<std::uint64_t>(made), length);
    }
    return made;
}

}  // namespace

std::int64_t sys_mmap(Task* current) {
    const cpu::Registers& r = current->regs;
    const std::uint64_t flags = r.gpr[10];
    if ((flags & (map_private | map_shared)) == 0) return -K_EINVAL;
    if (current->mm == nullptr || current->mm->space == nullptr) return -K_ENOMEM;
    const bool anonymous = (flags & map_anonymous) != 0;
    const HeldFile held(current, anonymous ? -1 : int_of(r.gpr[8]));
    const OpenFile* file = held.get();
    if (!anonymous) {
        if (file == nullptr) return -K_EBADF;
    } else if ((flags & map_private) != 0 && (flags & map_shared) != 0) {
        return -K_EINVAL;  // MAP_SHARED_VALIDATE is for files
    }
    if (r.gpr[9] % cpu::page_size != 0) return -K_EINVAL;
    RwSemaphore& mmap_sem = current->mm->mmap_sem;
    cpu::AddressSpace& space = *current->mm->space;
    mmap_sem.down_write("sys_mmap");
    const bool shared = (flags & map_shared) != 0;
    const std::int64_t result = file != nullptr ? map_file(current, *file, space, shared)
                                                : map_anonymous_memory(current, space, shared);
    if (result >= 0 && shared && file != nullptr && !file->writable()) {
        space.forbid_writing(static_cast<std::uint64_t>(result), r.rsi());
    }
    mmap_sem.up_write("sys_mmap");
    return result;
}

std::int64_t sys_mremap(Task* current) {
    constexpr std::uint64_t may_move = 1;
    constexpr std::uint64_t fixed = 2;
    const cpu::Registers& r = current->regs;
    const std::uint64_t from = r.rdi();
    const std::uint64_t old_length = cpu::page_round_up(r.rsi());
    const std::uint64_t new_length = cpu::page_round_up(r.rdx());
    const std::uint64_t flags = r.gpr[10];
    if (from % cpu::page_size != 0 || old_length == 0 || new_length == 0 ||
        (flags & ~(may_move | fixed)) != 0 || flags == fixed) {
        return -K_EINVAL;
    }
    if (current->mm == nullptr || current->mm->space == nullptr) return -K_ENOMEM;
    cpu::AddressSpace& space = *current->mm->space;
    const cpu::Region* found = space.region_at(from);
    if (found == nullptr || found->end - from < old_length) return -K_EFAULT;
    const cpu::Region region = *found;
    const std::uint64_t shown = from + region.shift;
    if ((flags & fixed) == 0 && new_length <= old_length) {
        if (new_length < old_length) space.unmap(from + new_length, old_length - new_length);
        return static_cast<std::int64_t>(from);
    }
    if ((flags & fixed) == 0) {
        const std::int64_t grown =
            map_more(space, region, from + old_length, new_length - old_length,
                     cpu::Placement::fixed_no_replace, shown + old_length);
        if (grown >= 0) return static_cast<std::int64_t>(from);
        if ((flags & may_move) == 0) return -K_ENOMEM;
    }
    const bool at_place = (flags & fixed) != 0;
    const std::uint64_t wanted = r.gpr[8];
    if (at_place && wanted < from + old_length && from < wanted + new_length) return -K_EINVAL;
    const std::int64_t to =
        map_more(space, region, at_place ? wanted : 0, new_length,
                 at_place ? cpu::Placement::fixed : cpu::Placement::hint, shown);
    if (to < 0) return to;
    space.move_pages(from, static_cast<std::uint64_t>(to), std::min(old_length, new_length));
    space.unmap(from, old_length);
    return to;
}

std::int64_t sys_madvise(Task* current) {
    constexpr std::uint64_t dont_need = 4;
    constexpr std::uint64_t known = 0x3ffff1f;  // 0 to 4 and 8 to 25
    const cpu::Registers& r = current->regs;
    const std::uint64_t advice = r.rdx();
    if (advice >= 64 || (known >> advice & 1) == 0) return -K_EINVAL;
    if (r.rdi() % cpu::page_size != 0) return -K_EINVAL;
    if (current->mm == nullptr || current->mm->space == nullptr) return -K_ENOMEM;
    if (advice != dont_need) return 0;
    RwSemaphore& mmap_sem = current->mm->mmap_sem;
    mmap_sem.down_write("sys_madvise");
    const std::int64_t result = current->mm->space->forget(r.rdi(), r.rsi());
    mmap_sem.up_write("sys_madvise");
    return result;
}

}  // namespace utsim
