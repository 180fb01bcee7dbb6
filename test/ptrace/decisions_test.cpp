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
