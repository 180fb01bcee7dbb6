// SPDX-License-Identifier: MIT
// Tables of names, and the few numbers that are printed in a way of their own.
#include "words.hpp"

#include <cstdio>
#include <iterator>
#include <stdexcept>

#include <utsim/errno.hpp>
#include <utsim/utrace.hpp>

#include "kernel/program.hpp"
#include "kernel/task.hpp"

namespace utsim::conformance {

namespace {

constexpr std::string_view resume_names[] = {"STOP",      "INTERRUPT", "REPORT", "SINGLESTEP",
                                             "BLOCKSTEP", "RESUME",    "DETACH"};
constexpr std::string_view signal_names[] = {"DELIVER", "IGN",  "TERM",   "CORE",
                                             "STOP",    "TSTP", "REPORT", "HANDLER"};
constexpr std::string_view event_names[] = {
    "QUIESCE",     "REAP",          "CLONE",        "EXEC",   "EXIT",
    "DEATH",       "SYSCALL_ENTRY", "SYSCALL_EXIT", "SIGNAL", "SIGNAL_IGN",
    "SIGNAL_STOP", "SIGNAL_TERM",   "SIGNAL_CORE",  "JCTL"};
constexpr std::string_view cld_names[] = {
    "0", "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"};

template <std::size_t N>
int position(const std::string_view (&names)[N], std::string_view name) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == name) return static_cast<int>(i);
    }
    return -1;
}

[[noreturn]] void unknown(const char* what, std::string_view name) {
    throw std::runtime_error(std::string("unknown ") + what + " " + std::string(name));
}

}  // namespace

std::string resume_action_name(std::uint32_t action) {
    if (action < std::size(resume_names)) return std::string(resume_names[action]);
    return std::to_string(action);
}

std::uint32_t resume_action(std::string_view name) {
    if (!name.empty() && name[0] >= '0' && name[0] <= '9') {
        return static_cast<std::uint32_t>(std::stoul(std::string(name)));
    }
    const int at = position(resume_names, name);
    if (at < 0) unknown("action", name);
    return static_cast<std::uint32_t>(at);
}

std::string signal_action_name(std::uint32_t word) {
    const std::uint32_t index = utrace_signal_action(word) >> 4;
    if (index < std::size(signal_names)) return std::string(signal_names[index]);
    return std::to_string(index);
}

std::uint32_t signal_action(std::string_view name) {
    const int at = position(signal_names, name);
    if (at < 0) unknown("signal action", name);
    return static_cast<std::uint32_t>(at) << 4;
}

std::string event_name(std::uint64_t bit) {
    for (std::size_t i = 0; i < std::size(event_names); ++i) {
        if (bit == std::uint64_t{1} << i) return std::string(event_names[i]);
    }
    return bit == 0 ? "0" : hex(bit);
}

std::uint64_t event_bits(std::string_view name) {
    if (name == "SIGNAL_ALL") return UTRACE_EVENT_SIGNAL_ALL;
    if (name == "SYSCALL") return UTRACE_EVENT_SYSCALL;
    if (name == "ENGINE_STOP") return ENGINE_STOP;
    const int at = position(event_names, name);
    if (at < 0) unknown("event", name);
    return std::uint64_t{1} << at;
}

int attach_flag(std::string_view name) {
    if (name == "CREATE") return UTRACE_ATTACH_CREATE;
    if (name == "EXCLUSIVE") return UTRACE_ATTACH_EXCLUSIVE;
    if (name == "MATCH_OPS") return UTRACE_ATTACH_MATCH_OPS;
    if (name == "MATCH_DATA") return UTRACE_ATTACH_MATCH_DATA;
    unknown("attach flag", name);
}

std::string state_name(long state) {
    if (state == TASK_RUNNING) return "RUNNING";
    if ((state & TASK_TRACED_BIT) != 0) return "TRACED";
    if ((state & TASK_STOPPED_BIT) != 0) return "STOPPED";
    if (state == TASK_DEAD) return "DEAD";
    if (state == TASK_KILLABLE) return "KILLABLE";
    if ((state & TASK_INTERRUPTIBLE) != 0) return "INTERRUPTIBLE";
    if ((state & TASK_UNINTERRUPTIBLE) != 0) return "UNINTERRUPTIBLE";
    return std::to_string(state);
}

std::string exit_state_name(int exit_state) {
    if (exit_state == EXIT_ALIVE) return "";
    return exit_state == EXIT_ZOMBIE ? "ZOMBIE" : "DEAD";
}

std::string cld_name(int code) {
    const auto index = static_cast<std::size_t>(code & 0xff);
    return index < std::size(cld_names) ? std::string(cld_names[index]) : std::to_string(code);
}

std::string result_name(int result) {
    if (result >= 0) return std::to_string(result);
    const char* name = errno_name(-result);
    return name != nullptr ? "-" + std::string(name) : std::to_string(result);
}

std::string hex(std::uint64_t value) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string place_name(std::uint64_t ip) {
    ProgramPlace place;
    if (!program_place(ip, place)) return hex(ip);
    std::string where = "main";
    if (place.signal == anonymous_handler) {
        where = "h?";
    } else if (place.signal != 0) {
        where = "h" + std::to_string(place.signal);
    }
    return where + "+" + std::to_string(place.index);
}

}  // namespace utsim::conformance
