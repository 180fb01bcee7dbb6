// SPDX-License-Identifier: MIT
/// One number for everything a run let be seen: equal runs, equal fingerprints, on any compiler.
#pragma once

#include <cstdint>
#include <string>

#include "base/digest.hpp"
#include "event/event.hpp"

namespace utsim {

class EventLog;

/// Fed with events in order. Static texts count by their words, everything else by its numbers.
class Fingerprint {
public:
    void add(const Event& event, const NameTable& names);
    std::uint64_t value() const { return digest_.value(); }
    /// `7c1e-90ab-4f22-d0e3`.
    std::string text() const { return digest_.text(); }

private:
    Digest digest_;
};

/// Of a whole log.
Fingerprint fingerprint_of(const EventLog& log, const NameTable& names);

}  // namespace utsim
