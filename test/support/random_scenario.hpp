// SPDX-License-Identifier: MIT
/// Scenarios made up from a seed: the same text for the same seed on every compiler.
///
/// They are for properties that must hold for any scenario (determinism, snapshots), so they mix
/// everything: abstract and real programs, forks, execs, deaths, engines with random answers, and
/// controllers with random calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace utsim::testing {

class ScenarioMaker {
public:
    explicit ScenarioMaker(std::uint64_t seed) : random_(seed) {}

    std::string make() {
        const std::uint64_t tasks = 1 + below(2);
        const std::uint64_t engines = 1 + below(3);
        std::string text = R"({"format":"utsim.scenario/1","title":"made up",)";
        text += R"("limits":{"steps":4000},"tasks":[)";
        for (std::uint64_t i = 0; i < tasks; ++i) text += (i > 0 ? "," : "") + task(i);
        text += R"(],"children":[{"name":"kid","program":[)" + operations(3, false) + "]}]";
        text += R"(,"engines":[)";
        for (std::uint64_t i = 0; i < engines; ++i) text += (i > 0 ? "," : "") + engine(i, tasks);
        text += R"(],"controllers":[)";
        const std::uint64_t controllers = 1 + below(2);
        for (std::uint64_t i = 0; i < controllers; ++i) {
            text += (i > 0 ? "," : "") + controller(i, engines, tasks);
        }
        return text + "]}";
    }

private:
    std::uint64_t below(std::uint64_t n) { return random_.below(static_cast<std::uint32_t>(n)); }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    template <std::size_t N>
    std::string pick(const char* const (&words)[N]) {
        return words[below(N)];
    }
    static std::string quoted(const std::string& word) { return '"' + word + '"'; }
    static std::string numbered(const char* name, std::uint64_t i) {
        return name + std::to_string(i);
    }

    std::string operation(bool may_fork) {
        switch (below(may_fork ? 11 : 8)) {
            case 0:
            case 1:
                return R"({"op":"compute","count":)" + std::to_string(1 + below(3)) + "}";
            case 2:
                return R"({"op":"branch","count":2})";
            case 3:
            case 4:
                return R"({"op":"syscall","nr":"getpid","ret":7})";
            case 5:
                return R"({"op":"kill","signal":"SIGUSR1"})";
            case 6:
                return R"({"op":"syscall","nr":"sched_yield"})";
            case 7:
                return R"({"op":"loop","times":2,"program":[{"op":"compute"}]})";
            case 8:
                return R"({"op":"clone","child":"kid"})";
            case 9:
                return R"({"op":"clone","child":"kid","flags":["VFORK","VM"]})";
            default:
                return R"({"op":"exec","becomes":"kid"})";
        }
    }
    std::string operations(std::uint64_t most, bool may_fork) {
        std::string text;
        const std::uint64_t count = 1 + below(most);
        for (std::uint64_t i = 0; i < count; ++i) {
            text += (i > 0 ? "," : "") + operation(may_fork && i < 3);
        }
        return text;
    }

    std::string task(std::uint64_t i) {
        std::string text = R"({"name":")" + numbered("t", i) + '"';
        if (chance(30)) return text + R"(,"asm":)" + assembly() + "}";
        text += R"(,"program":[)" + operations(8, true) + "]";
        if (chance(60)) text += R"(,"handlers":{"SIGUSR1":{"program":[{"op":"compute"}]}})";
        if (chance(20)) text += R"(,"autoreap":true)";
        if (chance(30)) text += R"(,"idle_at_end":true)";
        return text + "}";
    }
    std::string assembly() {
        static const char* const programs[] = {
            R"(["start: mov ecx, 4","again: dec ecx","jnz again","mov eax, 39","syscall","mov eax, 60","xor edi, edi","syscall"])",
            R"(["start: mov eax, 57","syscall","test eax, eax","jz child","mov edi, eax","xor esi, esi","xor edx, edx","xor r10d, r10d","mov eax, 61","syscall","child: inc dword ptr [count]","mov edi, [count]","mov eax, 231","syscall","count: dd 3"])",
            R"(["start: mov eax, 1","mov edi, 1","lea rsi, [rel text]","mov edx, 3","syscall","pushfq","popfq","mov eax, 231","syscall","text: db \"hi\", 10"])",
            R"(["start: push rbp","call down","pop rbp","mov eax, [0]","down: ret"])",
        };
        return pick(programs);
    }

    std::string engine(std::uint64_t i, std::uint64_t tasks) {
        static const char* const masks[] = {R"(["QUIESCE"])",
                                            R"(["QUIESCE","SYSCALL_ENTRY","SYSCALL_EXIT"])",
                                            R"(["QUIESCE","SIGNAL","SIGNAL_CORE","SIGNAL_TERM"])",
                                            R"(["QUIESCE","CLONE","EXEC"])",
                                            R"(["QUIESCE","EXIT","DEATH","REAP"])",
                                            R"(["SYSCALL_ENTRY","JCTL"])"};
        static const char* const answers[] = {"RESUME",     "STICKY", "REPORT", "INTERRUPT",
                                              "SINGLESTEP", "KEEP",   "DETACH", "BLOCKSTEP"};
        // One random choice an expression: the order inside of one is the compiler's.
        const std::string on = numbered("t", below(tasks));
        std::string text = R"({"name":")" + numbered("e", i) + R"(","on":")" + on +
                           R"(","events":)" + pick(masks) + R"(,"answers":{)";
        static const char* const callbacks[] = {"quiesce",       "signal",       "clone", "exec",
                                                "syscall_entry", "syscall_exit", "exit"};
        bool first = true;
        for (const char* callback : callbacks) {
            if (!chance(50)) continue;
            const std::string one = quoted(pick(answers));
            const std::string two = quoted(pick(answers));
            text += (first ? "" : ",") + quoted(callback) + ":[" + one + "," + two + "]";
            first = false;
        }
        return text + R"(},"default":{"quiesce:0":"STICKY"}})";
    }

    std::string step(std::uint64_t engines, std::uint64_t tasks) {
        static const char* const actions[] = {"STOP",       "RESUME",    "REPORT", "INTERRUPT",
                                              "SINGLESTEP", "BLOCKSTEP", "STOP",   "RESUME"};
        static const char* const signals[] = {"SIGUSR1", "SIGTERM", "SIGSTOP", "SIGCONT",
                                              "SIGKILL"};
        const std::string e = numbered("e", below(engines));
        const std::string t = numbered("t", below(tasks));
        switch (below(10)) {
            case 0:
                return R"({"kill":{"task":")" + t + R"(","signal":")" + pick(signals) + R"("}})";
            case 1:
                return R"({"detach":{"engine":")" + e + R"("}})";
            case 2:
                return R"({"set_events":{"engine":")" + e + R"(","events":["QUIESCE","EXIT"]}})";
            case 3:
                return R"({"barrier":{"engine":")" + e + R"("}})";
            default:
                return R"({"control":{"engine":")" + e + R"(","action":")" + pick(actions) +
                       R"("}})";
        }
    }
    std::string controller(std::uint64_t i, std::uint64_t engines, std::uint64_t tasks) {
        std::string text = R"({"name":")" + numbered("c", i) + R"(","steps":[)";
        const std::uint64_t count = 2 + below(6);
        for (std::uint64_t s = 0; s < count; ++s) text += (s > 0 ? "," : "") + step(engines, tasks);
        return text + "]}";
    }

    Random random_;
};

inline std::string random_scenario(std::uint64_t seed) { return ScenarioMaker(seed).make(); }

}  // namespace utsim::testing
