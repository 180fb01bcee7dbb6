// SPDX-License-Identifier: MIT
// The rare ends of memory accesses: which exception a failed one is, and alignment checking.
#include "cpu/core.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint32_t pf_present = 1;
constexpr std::uint32_t pf_write = 2;
constexpr std::uint32_t pf_user = 4;
constexpr std::uint32_t pf_fetch = 16;

}  // namespace

bool Core::access_failed(Segment segment) {
    if (memory_fault.kind == FaultKind::not_canonical) {
        raise(segment == Segment::stack ? vector::stack_fault : vector::general_protection);
        return false;
    }
    std::uint32_t error = pf_user;
    if (memory_fault.present) error |= pf_present;
    if (memory_fault.access == Access::write) error |= pf_write;
    if (memory_fault.access == Access::fetch) error |= pf_fetch;
    raise(vector::page_fault, error);
    return false;
}

bool Core::may_store(std::uint64_t address, std::size_t bytes, Segment segment) {
    if (checks_alignment && !aligned(address, bytes)) return false;
    return memory.check(address, bytes, Access::write, memory_fault) || access_failed(segment);
}

bool Core::aligned(std::uint64_t address, std::size_t bytes) {
    if (address % bytes == 0 || !is_canonical(address)) return true;
    raise(vector::alignment_check);
    return false;
}

}  // namespace utsim::cpu
