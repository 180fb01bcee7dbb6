// SPDX-License-Identifier: MIT
/// How a task's outstanding request is kept (decision request.store, spec 7.1).
///
/// A request is an action that the task has not acted on yet; the strongest one counts. The final
/// way is one field, `RequestField`; its older sibling is a pair of bits, `RequestBits`. Everything
/// else in this room asks through `requests_of`.
#pragma once

#include <cstdint>

#include "sched/world.hpp"
#include "utrace/utrace_struct.hpp"

namespace utsim {

class RequestStore {
public:
    /// UTRACE_RESUME when nothing is asked.
    virtual std::uint32_t strongest(const Utrace* utrace) const = 0;
    /// Whether storing `action` beside a stop that is about to be made would add anything.
    virtual bool lacks(const Utrace* utrace, std::uint32_t action) const = 0;
    /// Adds a request; only one that is stronger than what is there. Lock held.
    virtual void store(Utrace* utrace, std::uint32_t action) const = 0;
    /// A pass begins, which is what REPORT and the steps asked for. INTERRUPT stays: it asks for a
    /// signal report. The strongest request before. Lock held.
    virtual std::uint32_t use_up(Utrace* utrace) const = 0;
    /// Nothing is asked any more. Lock held.
    virtual void clear(Utrace* utrace) const = 0;

protected:
    ~RequestStore() = default;
};

const RequestStore& request_field();
const RequestStore& request_bits();

inline const RequestStore& requests_of(const Utrace* utrace) {
    return decided(utrace, RequestStorage::field) ? request_field() : request_bits();
}

}  // namespace utsim
