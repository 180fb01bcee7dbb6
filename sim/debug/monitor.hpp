// SPDX-License-Identifier: MIT
/// What can be asked with `monitor` in gdb: what the kernel and the contract know of this place.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "debug/session.hpp"

namespace utsim::debug {

class Monitor {
public:
    /// The command line that runs the scenario again under a schedule.
    using Again = std::function<std::string(const std::string& schedule)>;
    Monitor(Session& session, Again again) : session_(session), again_(std::move(again)) {}

    /// The answer to a command, in lines.
    std::string answer(std::string_view command);

    static std::string help();

private:
    using Words = std::vector<std::string>;
    struct Command {
        const char* name;
        const char* arguments;
        const char* meaning;
        std::string (Monitor::*run)(const Words& words);
    };
    static const Command commands[];

    std::string when(const Words&);
    std::string go_to(const Words& words);
    std::string state(const Words& words);
    std::string why(const Words& words);
    std::string engines(const Words&);
    std::string points(const Words&);
    std::string run_only(const Words& words);
    std::string break_at(const Words& words);
    std::string break_point(const std::string& pattern);
    std::string break_clause(const std::string& clause);
    std::string remove(const Words& words);
    std::string schedule(const Words&);
    std::string helped(const Words&) { return help(); }

    std::string place();
    std::string changed_by_hand();
    std::string moved();
    /// How many points and broken clauses are stopped at.
    std::size_t marks() const;

    Session& session_;
    Again again_;
};

}  // namespace utsim::debug
