// SPDX-License-Identifier: MIT
// What a tracer is answered under the two presets of ptrace: each decision point from both sides.
// The column of today is also what a Linux 6.18 prints.
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr const char* today = R"(D1 SEIZE 0
D12 code of the attach's SIGSTOP 0x80
D17 EXITKILL 0, GETSIGMASK 0, GET_SYSCALL_INFO 24
D18 GETREGSET 0
D20 waitid with __WALL 0
D9 KILL of a running tracee: killed SIGKILL
D10 an invalid number returns -ENOSYS
D22 a number with high bits is the parent's 1
D11 first of SEGV and USR1: stopped SIGSEGV
D15 a request after the second SIGKILL 0
group stop: stopped SIGSTOP
  its SIGCONT: stopped SIGCONT
D4 the process counts as continued: continued
group stop: stopped SIGSTOP
D5 after DETACH from a group stop: stopped SIGSTOP
group stop: stopped SIGSTOP
D3 state in a group stop t
D2 a stopped task that is attached to, its stop told before: stopped SIGSTOP
D6 the real parent in a group stop: stopped SIGTSTP
D7 stopped SIGTRAP event EXEC, its message is its own id 1
a fork: stopped SIGTRAP event FORK
  and then a stop in call 57
rc 0
)";

constexpr const char* in_2009 = R"(D1 SEIZE -ESRCH
D12 code of the attach's SIGSTOP 0x0
D17 EXITKILL -EINVAL, GETSIGMASK -EIO, GET_SYSCALL_INFO -EIO
D18 GETREGSET -EIO
D20 waitid with __WALL -EINVAL
D9 KILL of a running tracee: stopped SIGUSR1
D10 an invalid number returns 77
D22 a number with high bits is the parent's 0
D11 first of SEGV and USR1: stopped SIGUSR1
D15 a request after the second SIGKILL -ESRCH
group stop: stopped SIGSTOP
  its SIGCONT: stopped SIGCONT
D4 the process counts as continued: nothing
group stop: stopped SIGSTOP
D5 after DETACH from a group stop: killed SIGUSR1
group stop: stopped SIGSTOP
D3 state in a group stop T
D2 a stopped task that is attached to, its stop told before: nothing
D6 the real parent in a group stop: nothing
D7 stopped SIGTRAP event EXEC, its message is its own id 0
a fork: stopped SIGTRAP event FORK
  and then a stop in call 110
rc 0
)";

}  // namespace

TEST_CASE("the presets of ptrace differ where fifteen years have changed it", "[decisions]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/decisions");
    CHECK(run_guest(program, "linux-now", std::nullopt) == today);
    CHECK(run_guest(program, "linux-2.6.32", std::nullopt) == in_2009);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        INFO("seed " << seed);
        CHECK(run_guest(program, "linux-now", seed) == today);
        CHECK(run_guest(program, "linux-2.6.32", seed) == in_2009);
    }
}

TEST_CASE("decisions of ptrace that no preset of its own shows", "[decisions]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/seized");
    const auto run = [&](const std::string& semantics) {
        return run_guest(program, semantics, std::nullopt);
    };
    CHECK(run("linux-now") ==
          "D8 a seized task that execs: exited 5\n"
          "D14 first: stopped SIGTRAP|0x80, then stopped SIGTRAP event SECCOMP\nrc 0\n");
    CHECK(run("linux-now,ptrace.exec-trap=always") ==
          "D8 a seized task that execs: stopped SIGTRAP\n"
          "D14 first: stopped SIGTRAP|0x80, then stopped SIGTRAP event SECCOMP\nrc 0\n");
    CHECK(run("linux-now,ptrace.seccomp=filter-first") ==
          "D8 a seized task that execs: exited 5\n"
          "D14 first: stopped SIGTRAP event SECCOMP, then stopped SIGTRAP|0x80\nrc 0\n");
    CHECK(run("linux-now,ptrace.seccomp=absent") ==
          "D8 a seized task that execs: exited 5\nD14 no filters: -EINVAL\nrc 0\n");
}
