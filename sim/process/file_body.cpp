// SPDX-License-Identifier: MIT
// Contents of regular files. What nobody has written is the host's copy, which never changes; the
// first write makes a body of guest pages, which snapshots share and a digest tells apart.
#include <algorithm>
#include <cstring>

#include "process/file_tree.hpp"
#include "process/process.hpp"

namespace utsim {

namespace {

constexpr std::uint64_t body_at = cpu::AddressSpace::lowest_address;
constexpr std::uint8_t both = cpu::Protection::read | cpu::Protection::write;

/// The memory ends with the last page: whoever maps more meets SIGBUS there.
void set_end(cpu::AddressSpace& space, std::uint64_t from, std::uint64_t to) {
    from = cpu::page_round_up(from);
    to = cpu::page_round_up(to);
    if (to > from) space.map(body_at + from, to - from, both, cpu::Placement::fixed);
    if (to >= from) return;
    space.unmap(body_at + to, from - to);
    space.drop_copies(body_at + to, body_at + from);
}

/// Gives the inode a body of its own. False at the limit of pages.
bool own_body(Task* current, Inode& inode) {
    if (inode.upper != nullptr) return true;
    inode.upper = make_shared_memory(current, inode.number, inode.size).space;
    if (inode.lower == nullptr) return true;
    const std::string& bytes = inode.lower->bytes;
    const std::size_t kept = std::min<std::size_t>(bytes.size(), inode.size);
    if (inode.upper->write_force(body_at, bytes.data(), kept) == kept) return true;
    inode.upper->drop_use();
    inode.upper = nullptr;
    return false;
}

}  // namespace

SharedBody make_shared_memory(Task* current, std::uint64_t number, std::uint64_t size) {
    Kernel& kernel = kernel_of(current);
    auto* space = cpu::AddressSpace::create_shared(kernel.world->arena(), *kernel.pages, number);
    // Memory with a region behind all that can be mapped ends where it has no other.
    space->map(body_at + 2 * furthest_mapping, cpu::page_size, cpu::Protection::none,
               cpu::Placement::fixed);
    set_end(*space, 0, size);
    return {space, body_at};
}

SharedBody share_body(Task* current, Inode& inode) {
    return {own_body(current, inode) ? inode.upper : nullptr, body_at};
}

std::size_t read_body(const Inode& inode, std::uint64_t offset, void* out, std::size_t n) {
    if (offset >= inode.size) return 0;
    n = static_cast<std::size_t>(std::min<std::uint64_t>(n, inode.size - offset));
    if (inode.upper != nullptr) return inode.upper->read_force(body_at + offset, out, n);
    std::memcpy(out, inode.lower->bytes.data() + offset, n);
    return n;
}

std::int64_t write_body(Task* current, Inode& inode, std::uint64_t offset, const void* in,
                        std::size_t n) {
    if (n == 0) return 0;
    if (offset >= largest_file) return -K_EFBIG;
    n = static_cast<std::size_t>(std::min<std::uint64_t>(n, largest_file - offset));
    if (!own_body(current, inode)) return -K_ENOSPC;
    const std::uint64_t longest = std::max<std::uint64_t>(inode.size, offset + n);
    set_end(*inode.upper, inode.size, longest);
    const std::size_t done = inode.upper->write_force(body_at + offset, in, n);
    const std::uint64_t size =
        done != 0 ? std::max<std::uint64_t>(inode.size, offset + done) : inode.size;
    set_end(*inode.upper, longest, size);
    if (done == 0) return -K_ENOSPC;
    inode.size = size;
    inode.changed = world_of(current).nanoseconds();
    return static_cast<std::int64_t>(done);
}

std::int64_t truncate_body(Task* current, Inode& inode, std::uint64_t size) {
    if (size > largest_file) return -K_EFBIG;
    if (size == inode.size) return 0;
    if (!own_body(current, inode)) return -K_ENOSPC;
    if (size < inode.size) {
        // What is cut off reads as zero if the file grows again.
        const std::uint64_t whole = cpu::page_round_up(size);
        if (whole > size) {
            const char zeros[cpu::page_size] = {};
            const std::uint64_t rest = std::min<std::uint64_t>(whole, inode.size) - size;
            inode.upper->write_force(body_at + size, zeros, static_cast<std::size_t>(rest));
        }
    }
    set_end(*inode.upper, inode.size, size);
    inode.size = size;
    inode.changed = world_of(current).nanoseconds();
    return 0;
}

}  // namespace utsim
