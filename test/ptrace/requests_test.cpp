// SPDX-License-Identifier: MIT
// The requests of ptrace, each on tasks that it is not for, with arguments that are wrong, and with
// good ones. What is expected is what a Linux 6.18 prints.
#include <algorithm>
#include <map>
#include <vector>

#include "event/ptrace_names.hpp"
#include "test/support/guest_run.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

constexpr const char* as_linux_says = R"(PEEKUSER: refused
POKEUSER: refused
  no word -EIO -EIO -EIO -EIO, nowhere to put it -EFAULT
  poke 0 peek 0 0x1234
GETREGS: refused
SETREGS: refused
  -EFAULT -EFAULT
  0 0x1234
  a bad word -EIO, the words before it are set 5
  0
GETFPREGS: refused
SETFPREGS: refused
  -EFAULT -EFAULT
  0 MXCSR 0x1f80
  a bit that MXCSR has not -EINVAL
  0
GETREGSET: refused
SETREGSET: refused
  no vector -EFAULT -EFAULT, no such set -EINVAL -EINVAL, no whole words -EINVAL
  nowhere -EFAULT -EFAULT
  general 0 of 216, the first words 0 of 16
  set 0
  x87 and SSE 0 of 512, half of it cannot be set -EINVAL
  XSAVE 0
  at least 576 bytes 1, x87 and SSE are there 3, control word 0x37f
  not all of it -EFAULT, nowhere -EFAULT
  an unknown feature -EINVAL
  a reserved word -EINVAL
  a bit that MXCSR has not -EINVAL
  set 0
  and seen 77 0x1fa0 0x27f
  without its parts 0
  and reset 0 0x1f80 0x37f
GETSIGINFO: refused
SETSIGINFO: refused
  -EFAULT -EFAULT
  0 SIGUSR1, set 0
PEEKSIGINFO: refused
  -EFAULT, flags -EINVAL, number -EINVAL
  nowhere -EFAULT, its own 1, shared 0
GETSIGMASK: refused
SETSIGMASK: refused
  size -EINVAL -EINVAL, nowhere -EFAULT -EFAULT
  set 0
  get 0 0xfffffffffffbfeff
GETEVENTMSG: refused
  -EFAULT 0
SETOPTIONS: refused
  a bit that there is not -EINVAL 0
OLDSETOPTIONS: refused
  -EINVAL 0
GET_SYSCALL_INFO: refused
  -EFAULT 24
ARCH_PRCTL: refused
  no such code -EINVAL, nowhere -EFAULT, too high -EPERM -EPERM
  0 0 0 4096
GET_THREAD_AREA: refused
  -EINVAL -EFAULT 0
SET_THREAD_AREA: refused
  -EINVAL
GETFPXREGS: refused
SETFPXREGS: refused
no request: refused
SECCOMP_GET_FILTER: refused
SECCOMP_GET_METADATA: refused
GET_RSEQ_CONFIGURATION: refused
  -EIO -EIO -EIO
PEEKTEXT, POKETEXT: refused
PEEKTEXT, POKETEXT: refused
  nothing there -EIO -EIO, nowhere to put it -EFAULT
  poke 0 peek 0 1234, the tracer's own 0
PEEKDATA, POKEDATA: refused
PEEKDATA, POKEDATA: refused
  nothing there -EIO -EIO, nowhere to put it -EFAULT
  poke 0 peek 0 1234, the tracer's own 0
TRACEME: 7
ATTACH: nobody -ESRCH, itself -EPERM, traced -EPERM, dead -EPERM
SEIZE: nobody -ESRCH, address -EIO, options -EIO, itself -EPERM, traced -EPERM, dead -EPERM
INTERRUPT: nobody -ESRCH, not traced -ESRCH, not seized -EIO
LISTEN: refused
  not seized -EIO
  seize 0 listen -ESRCH interrupt 0
  then: stopped SIGTRAP event STOP
  listen 0, again -ESRCH
  then: stopped SIGTRAP event STOP
  then: stopped SIGUSR1
  listen at a signal -EIO
ATTACH 0
  then: stopped SIGSTOP
KILL: nobody -ESRCH, not traced -ESRCH, a zombie of others' -ESRCH
  0
  then: killed SIGKILL
left over: stopped SIGUSR2
SYSCALL: refused
  a signal that there is not -EIO -EIO
  0
  then: stopped SIGTRAP|0x80
SINGLESTEP: refused
  a signal that there is not -EIO -EIO
  0
  then: stopped SIGTRAP
SYSEMU: refused
  a signal that there is not -EIO -EIO
  0
  then: stopped SIGTRAP|0x80
SYSEMU_SINGLESTEP: refused
  a signal that there is not -EIO -EIO
  0
  then: stopped SIGTRAP
SINGLEBLOCK: refused
  a signal that there is not -EIO -EIO
  0
  then: stopped SIGTRAP
CONT: refused
  a signal that there is not -EIO -EIO
  0
DETACH: refused
  a signal that there is not -EIO -EIO
  0
  and it is nobody's -ESRCH
rc 0
)";

/// How the requests of a run came out, by number.
class Requests final : public EventSink {
public:
    void emit(const Event& event) override {
        constexpr std::int64_t nr_ptrace = 101;
        if (event.value[1] != nr_ptrace) return;
        if (event.kind == EventKind::syscall_enter) asked_[event.value[0]] = event.value[2];
        if (event.kind != EventKind::syscall_ran) return;
        (event.value[2] < 0 ? refused : done)[asked_[event.value[0]]].push_back(event.value[2]);
    }
    std::uint64_t mark() const override { return 0; }
    void rewind(std::uint64_t) override {}
    bool wants_each_instruction() const override { return false; }

    std::map<std::int64_t, std::vector<std::int64_t>> done;
    std::map<std::int64_t, std::vector<std::int64_t>> refused;

private:
    std::map<std::int64_t, std::int64_t> asked_;
};

/// Requests that have a name and that this kernel does not have; docs/ptrace.md says so.
bool is_absent(std::uint64_t request) {
    constexpr std::uint64_t absent[] = {18, 19, 26, 0x420c, 0x420d, 0x420f};
    return std::find(std::begin(absent), std::end(absent), request) != std::end(absent);
}

}  // namespace

TEST_CASE("each request of ptrace is answered as by Linux, mistakes in their order", "[requests]") {
    if (!have_musl()) {
        WARN("no musl-gcc here: skipped");
        return;
    }
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "ptrace/requests");
    CHECK(run_guest(program, "linux-now", std::nullopt) == as_linux_says);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        INFO("seed " << seed);
        CHECK(run_guest(program, "linux-now", seed) == as_linux_says);
    }
}

TEST_CASE("each request that has a name is made, and those that there are succeed", "[requests]") {
    if (!have_musl()) return;
    const ScratchFolder scratch;
    Requests requests;
    const std::string text =
        R"({"format": "utsim.scenario/1", "title": "requests", "semantics": "linux-now",
            "tasks": [{"name": "main", "pid": 1000, "exec": {"path": ")" +
        compile_guest(scratch, "ptrace/requests") + R"("}}]})";
    const Result<Scenario> scenario = load_scenario_text(text, "requests.json");
    REQUIRE(scenario.ok());
    RunOptions options;
    options.schedule = "fair=10000";
    options.sink = &requests;
    REQUIRE(run_scenario(*scenario, options).ok());
    for (std::uint64_t request = 0; request < 0x4300; ++request) {
        const char* name = ptrace_request_name(request);
        if (name == nullptr) continue;
        INFO(name);
        const auto number = static_cast<std::int64_t>(request);
        CHECK(requests.refused.count(number) == 1);
        CHECK((requests.done.count(number) == 1) == !is_absent(request));
    }
}
