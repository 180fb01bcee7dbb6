// SPDX-License-Identifier: MIT
// Two bits, `report` and `interrupt` (spec 7.1, 7.3): a callback soon, and a signal callback soon.
// Both can be set at once. There is none for a step, so a step that is answered beside a stop
// becomes a report, in which its engine can answer it again.
#include "utrace/requests.hpp"

namespace utsim {

namespace {

class RequestBits final : public RequestStore {
public:
    std::uint32_t strongest(const Utrace* utrace) const override {
        if (utrace->interrupt) return UTRACE_INTERRUPT;
        return utrace->report ? UTRACE_REPORT : UTRACE_RESUME;
    }
    /// A set bit is set again, which tells the task again.
    bool lacks(const Utrace*, std::uint32_t action) const override {
        return action < UTRACE_RESUME;
    }
    void store(Utrace* utrace, std::uint32_t action) const override {
        if (action == UTRACE_INTERRUPT) {
            utrace->interrupt = true;
        } else {
            utrace->report = true;
        }
    }
    std::uint32_t use_up(Utrace* utrace) const override {
        const std::uint32_t request = strongest(utrace);
        utrace->report = false;
        return request;
    }
    void clear(Utrace* utrace) const override {
        utrace->report = false;
        utrace->interrupt = false;
    }
};

constexpr RequestBits bits;  // has no state

}  // namespace

const RequestStore& request_bits() { return bits; }

}  // namespace utsim
