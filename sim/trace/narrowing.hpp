// SPDX-License-Identifier: MIT
/// Which events of a run are shown: of some sorts, about somebody, between two steps; and runs of
/// instructions told in one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"
#include "trace/instruction_run.hpp"

namespace utsim {

/// A word for some kinds of events: `signal`, `syscall`.
struct EventSort {
    std::string_view name;
    std::string_view what;
    std::vector<EventKind> kinds;
};
/// Every kind of events belongs to one of them.
std::span<const EventSort> event_sorts();

class Narrowing {
public:
    /// Only these: sorts and names of kinds, with commas between them. The first word that is
    /// neither; empty when all are known.
    std::string only(std::string_view words);
    /// Who does something as this task, or what is about it.
    void task(std::string name) { task_ = std::move(name); }
    void engine(std::string name) { engine_ = std::move(name); }
    void steps(std::uint64_t from, std::uint64_t until) {
        from_ = from;
        until_ = until;
    }
    std::uint64_t from() const { return from_; }
    std::uint64_t until() const { return until_; }
    /// Instructions of one task with nothing in between become one event, with their number.
    void quiet_instructions() { quiet_ = true; }

    /// Whether it leaves anything out.
    bool narrows() const {
        return !kinds_.empty() || !task_.empty() || !engine_.empty() || quiet_ || from_ != 0 ||
               until_ != ~std::uint64_t{0};
    }
    /// Hands on what is left of `event`, or nothing yet.
    void pass(const Event& event, const NameTable& names,
              const std::function<void(const Event&)>& show);
    /// What is still held back.
    void end(const std::function<void(const Event&)>& show);

    /// Names that were asked for and that nobody has.
    std::vector<std::string> strangers() const;

private:
    bool shows(const Event& event, const NameTable& names);

    std::vector<bool> kinds_;  ///< empty: all
    std::string task_;
    std::string engine_;
    bool met_task_ = false;
    bool met_engine_ = false;
    bool quiet_ = false;
    std::uint64_t from_ = 0;
    std::uint64_t until_ = ~std::uint64_t{0};
    InstructionRun run_;
};

}  // namespace utsim
