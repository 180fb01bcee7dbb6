// SPDX-License-Identifier: MIT
/// Who has run so far, stretch by stretch, in few bytes.
///
/// Where two tasks take turns after every instruction there is a stretch for each, and half of what
/// such an instruction cost were the page faults of a list of them. A stretch that has ended is one
/// byte as a rule; the one that still goes on is kept beside them.
#pragma once

#include <cstddef>
#include <cstdint>

#include <utsim/ids.hpp>

#include "base/branching_log.hpp"

namespace utsim {

/// One stretch of a schedule: from `step` on, `actor` runs.
struct ScheduleRun {
    ActorId actor;
    std::uint64_t step = 0;
};

class ScheduleLog {
public:
    /// The log as of some moment; see `BranchingLog`.
    struct Moment {
        BranchingLog<std::uint8_t>::Moment ended;
        ScheduleRun last;
    };

    bool empty() const { return !last_.actor.valid(); }
    /// The stretch that goes on; of nobody in an empty log.
    const ScheduleRun& last() const { return last_; }
    /// From `step` on `actor` runs, which is not the one that did.
    void begin(ActorId actor, std::uint64_t step) {
        if (!empty()) add_ended(step - last_.step);
        last_ = {actor, step};
    }
    /// Calls `hear(actor, steps)` for each stretch; the last one goes on until `end`.
    template <typename Hear>
    void each(std::uint64_t end, Hear&& hear) const {
        const std::uint8_t* at = ended_.items().begin();
        while (at != ended_.items().end()) {
            const std::uint8_t first = *at++;
            std::uint64_t actor = first & actor_mask;
            if (actor == actor_mask) actor += number(at);
            std::uint64_t steps = first >> actor_bits;
            if (steps == most_steps) steps += number(at);
            hear(ActorId{static_cast<std::uint32_t>(actor)}, steps);
        }
        if (!empty()) hear(last_.actor, end - last_.step);
    }

    Moment moment() { return {ended_.moment(), last_}; }
    void go_to(const Moment& moment) {
        ended_.go_to(moment.ended);
        last_ = moment.last;
    }
    void clear() {
        ended_.clear();
        last_ = {};
    }

private:
    static constexpr unsigned actor_bits = 3;
    static constexpr std::uint8_t actor_mask = (1u << actor_bits) - 1;  ///< or more, in numbers
    static constexpr std::uint8_t most_steps = 0xff >> actor_bits;      ///< likewise

    void add_ended(std::uint64_t steps) {
        const std::uint32_t actor = last_.actor.value;
        if (actor < actor_mask && steps < most_steps) [[likely]] {
            ended_.add(static_cast<std::uint8_t>(actor | steps << actor_bits));
            return;
        }
        add_long(actor, steps);
    }
    [[gnu::noinline]] void add_long(std::uint32_t actor, std::uint64_t steps) {
        const std::uint64_t first = actor < actor_mask ? actor : actor_mask;
        const std::uint64_t count = steps < most_steps ? steps : most_steps;
        ended_.add(static_cast<std::uint8_t>(first | count << actor_bits));
        if (first == actor_mask) add_number(actor - actor_mask);
        if (count == most_steps) add_number(steps - most_steps);
    }
    /// Seven bits a byte, the lowest first; all but the last have the eighth set.
    void add_number(std::uint64_t n) {
        for (; n >= 128; n >>= 7) ended_.add(static_cast<std::uint8_t>(n | 128));
        ended_.add(static_cast<std::uint8_t>(n));
    }
    static std::uint64_t number(const std::uint8_t*& at) {
        std::uint64_t n = 0;
        for (unsigned shift = 0;; shift += 7) {
            const std::uint8_t byte = *at++;
            n |= std::uint64_t{byte & 127u} << shift;
            if (byte < 128) return n;
        }
    }

    BranchingLog<std::uint8_t> ended_;
    ScheduleRun last_;
};

}  // namespace utsim
