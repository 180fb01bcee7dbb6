// SPDX-License-Identifier: MIT
// The presets. A recorded version is a column of the decision table; a proposal is such a column
// with a few choices changed.
#include "semantics/presets.hpp"

#include <charconv>
#include <chrono>

#include "base/check.hpp"
#include "semantics/decision_table.hpp"

namespace utsim {

namespace {

/// What the mail says, and for what it leaves open the choice that changes least.
constexpr Override flags_proposal[] = {{"step.arm", "flags"}};

/// The final utrace under a kernel of today. Of ptrace the recorded versions already have today's.
constexpr Override linux_now[] = {{"signal.dying", "dropped"},
                                  {"syscall.number", "low-32"},
                                  {"syscall.invalid", "fails"},
                                  {"uname.release", "6.18.0"}};

/// The final utrace under the kernel that it was last kept up for, as a tracer saw it.
constexpr Override linux_2_6_32[] = {
    {"signal.order", "lowest-first"},
    {"waitid.options", "refused"},
    {"ptrace.seize", "absent"},
    {"ptrace.group-stop", "stopped"},
    {"ptrace.group-resume", "ends-group-stop"},
    {"ptrace.group-detach", "runs"},
    {"ptrace.real-parent", "not-told"},
    {"ptrace.exec-message", "none"},
    {"ptrace.exec-trap", "always"},
    {"ptrace.kill", "nothing"},
    {"ptrace.attach-signal", "from-user"},
    {"ptrace.requests", "of-2009"},
    {"ptrace.regset", "absent"},
    {"ptrace.event-stop", "before-user-mode"},
    {"ptrace.seccomp", "absent"},
    {"uname.release", "2.6.32"},
};

constexpr PresetInfo table[] = {
    {"E1",
     "2009-10-27",
     "20090416",
     "Two request bits; the tracer arms a step itself, under utrace->lock.",
     0,
     {}},
    {"E2",
     "2009-10-28",
     "20090416",
     "One field keeps the strongest request, and only the task arms steps.",
     1,
     {}},
    {"E3",
     "2009-11-12",
     "20090421",
     "E2 cleaned up; a report at system call entry can be repeated.",
     2,
     {}},
    {"E4", "2009-11-16", "20090421", "utrace makes the SIGTRAP of a stepped system call.", 3, {}},
    {"E5", "2009-11-18", "20090421", "As E4, without that SIGTRAP.", 4, {}},
    {"F", "2010-10-20", "20091216", "The last version.", 5, {}},
    {"flags-proposal", "2009-10-27", "20090416",
     "E1, but a step is only noted under the lock and armed by the task when it wakes.", 0,
     flags_proposal},
    {"linux-2.6.32", "2009-12-03", "20091216", "F, and what ptrace(2) and the kernel did then.", 5,
     linux_2_6_32},
    {"linux-now", "2025-12-01", "20091216", "F, and what ptrace(2) and the kernel of today do.", 5,
     linux_now},
};

Semantics make(const PresetInfo& preset) {
    Semantics made;
    const auto decisions = decision_table();
    for (std::size_t i = 0; i < decisions.size(); ++i) {
        made.choice[i] = decisions[i].eras[preset.era];
        for (const Override& change : preset.overrides) {
            if (change.decision != decisions[i].name) continue;
            const auto value = decisions[i].find_value(change.value);
            UTSIM_CHECK(value.has_value(), "a preset names a value that does not exist");
            made.choice[i] = *value;
        }
    }
    return made;
}

/// `2009-11-13`, and that there was such a day.
bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto number = [&](std::size_t at, std::size_t size, int& out) {
        const char* begin = text.data() + at;
        const auto [end, error] = std::from_chars(begin, begin + size, out);
        return error == std::errc{} && end == begin + size && out >= 0;
    };
    int year = 0;
    int month = 0;
    int day = 0;
    if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return false;
    return std::chrono::year_month_day(std::chrono::year(year),
                                       std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
        .ok();
}

}  // namespace

std::span<const PresetInfo> presets() { return table; }

const PresetInfo* find_preset(std::string_view text) {
    const PresetInfo* found = nullptr;
    for (const PresetInfo& preset : table) {
        if (preset.name == text) return &preset;
        if (!preset.recorded()) continue;
        // Both compare as texts; the table is in order of time, so the last match is the latest.
        if (preset.api == text || (is_date(text) && preset.date <= text)) found = &preset;
    }
    return found;
}

Semantics preset_semantics(const PresetInfo& preset) { return make(preset); }

const Semantics& final_semantics() {
    static const Semantics made = make(table[era_count - 1]);
    return made;
}

}  // namespace utsim
