// SPDX-License-Identifier: MIT
/// Why an access to guest memory failed: what a #PF (or #GP) reports to the kernel model.
#pragma once

#include <cstdint>

namespace utsim::cpu {

/// What the guest was doing with the bytes.
enum class Access : std::uint8_t { read, write, fetch };

/// What was wrong with the address.
enum class FaultKind : std::uint8_t {
    unmapped,       ///< no region there: #PF, SIGSEGV with SEGV_MAPERR
    protection,     ///< a region forbids it: #PF, SIGSEGV with SEGV_ACCERR
    not_canonical,  ///< bits 47 to 63 differ: #GP, SIGSEGV with SI_KERNEL and no address
    out_of_memory,  ///< allowed, but the World's page limit is reached: the task is killed
    away,           ///< allowed, but the page must be read in first (`AddressSpace::read_in`)
};

struct MemoryFault {
    std::uint64_t address = 0;  ///< the first byte of the access that is in the bad page
    bool present = false;       ///< bit P of the error code: a page was there
    Access access = Access::read;
    FaultKind kind = FaultKind::unmapped;
};

}  // namespace utsim::cpu
