// SPDX-License-Identifier: MIT
/// The basic invariants: what must hold in every run, whatever the scenario is about.
///
/// | id  | name                   | in one line                                                   |
/// |-----|------------------------|---------------------------------------------------------------|
/// | I1  | NO-USER-WHILE-STOP     | a stop that was granted lets no user instruction through      |
/// | I2  | NO-ORPHAN-STOP         | whoever is traced at the end is held by an engine             |
/// | I3  | REPORT-DELIVERED       | an accepted REPORT leads to a callback before user code       |
/// | I5  | STOP-REQUEST-DELIVERED | so does a STOP that was answered with -EINPROGRESS            |
/// | I9  | SIGKILL-KILLS          | a killed task dies without help from a tracer                 |
/// | I14 | LIFETIME               | nothing freed is used; release is called once                 |
/// | I15 | LOCK-DISCIPLINE        | no sleep under a spinlock, no locks against the order         |
/// | I16 | NO-BUG                 | no BUG_ON, no call through a null table                       |
/// | I17 | PROGRESS               | no endless loop, no deadlock                                  |
///
/// The monitor reads events only, so it judges any semantics.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "contract/violation.hpp"
#include "event/event.hpp"
#include "sched/world.hpp"

namespace utsim {

class Invariants final : public EventSink {
public:
    explicit Invariants(const NameTable& names);
    ~Invariants();

    /// Passes every event on to `next`.
    void set_next(EventSink* next) { next_ = next; }
    /// Called once at each violation, on the fiber; to stop the World for example.
    void on_violation(void (*notify)(void*), void* argument) {
        notify_ = notify;
        notify_argument_ = argument;
    }

    void emit(const Event& event) override;
    std::uint64_t mark() const override;
    void rewind(std::uint64_t mark) override;

    /// Forgets everything: a new run begins.
    void restart();
    /// The run has ended so; judges what only the end can tell.
    void finish(RunEnd end, std::uint64_t step);

    /// In the order in which they were seen; one per rule and engine or task.
    const std::vector<Violation>& violations() const;

private:
    struct State;
    void report(std::string_view rule, std::uint64_t step, std::uint64_t since,
                std::string message);
    void on_api_enter(const Event& event);
    void on_api(const Event& event);
    void on_callback(const Event& event);
    void on_callback_end(const Event& event);
    void on_user_instruction(const Event& event);
    void on_signal(const Event& event);
    void on_task_state(const Event& event);
    void on_control(const Event& event);

    const NameTable& names_;
    EventSink* next_ = nullptr;
    void (*notify_)(void*) = nullptr;
    void* notify_argument_ = nullptr;
    std::unique_ptr<State> state_;
    mutable std::vector<State> history_;  ///< states at marks
    mutable std::vector<std::uint64_t> next_marks_;
};

}  // namespace utsim
