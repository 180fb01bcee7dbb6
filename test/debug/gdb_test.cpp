// SPDX-License-Identifier: MIT
// Sessions of real gdb with the real program. What gdb prints of a run is the same each time, since
// the run is.
#include <cstdlib>
#include <fstream>

#include "test/support/guest_run.hpp"
#include "two_programs.hpp"

using namespace utsim;
using namespace utsim::testing;

namespace {

bool have_gdb() {
    const bool there = std::system("gdb --version > /dev/null 2>&1") == 0;
    if (!there || !have_musl()) WARN("no gdb or no musl-gcc here: skipped");
    return there && have_musl();
}

/// A guest with symbols.
std::string compile(const ScratchFolder& scratch, const std::string& name) {
    return compile_guest(scratch, "debug/" + name, "-g");
}

/// What gdb prints for these commands, connected to `utsim gdb - WHAT`.
std::string gdb(const ScratchFolder& scratch, const std::string& program, const std::string& what,
                const std::string& commands) {
    const char* utsim = std::getenv("UTSIM_BIN");
    if (utsim == nullptr) FAIL("UTSIM_BIN is not set; ctest sets it");
    const std::string script = scratch.path + "/script";
    std::ofstream(script) << "set pagination off\nset confirm off\nset width 0\n"
                          << "set architecture i386:x86-64\ntarget remote | " << utsim << " gdb - "
                          << what << "\n"
                          << commands << "\ndetach\nquit\n";
    const std::string out = scratch.path + "/out";
    const std::string command = "timeout 100 gdb -q -nx -batch -iex 'set sysroot /' -x " + script +
                                " " + program + " > " + out + " 2>&1 < /dev/null";
    (void)std::system(command.c_str());
    std::ifstream in(out);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Each of `parts` stands in `text`, behind the one before.
void check_order(const std::string& text, const std::vector<std::string>& parts) {
    std::size_t at = 0;
    for (const std::string& part : parts) {
        INFO("looking for: " << part << "\n" << text);
        const std::size_t found = text.find(part, at);
        REQUIRE(found != std::string::npos);
        at = found + part.size();
    }
}

}  // namespace

TEST_CASE("gdb: break, step, watch, and back to the write that changed a value", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile(scratch, "guest");
    const std::string text = gdb(scratch, program, "-- " + program, R"(info threads
break add
continue
bt
next
print total
delete
watch total
continue
continue
continue
continue
continue
print total
reverse-continue
reverse-continue
print total
print n
delete
reverse-continue
info registers rip
continue
continue
info registers orig_rax
)");
    check_order(text, {"Thread 1000.1000 \"guest\" (not begun; utrace: never traced)",
                       "Breakpoint 1, add (n=n@entry=1)",
                       "#1 ",
                       "in main ()",
                       "= 6",
                       "Old value = 6",
                       "New value = 8",
                       "Old value = 8",
                       "New value = 11",
                       "Old value = 11",
                       "New value = 15",
                       "Old value = 15",
                       "New value = 42",
                       "= 42",
                       "Old value = 42",
                       "New value = 15",
                       "Old value = 15",
                       "New value = 11",
                       "= 11",
                       "= 4",
                       "No more reverse-execution history",
                       "total 45",
                       "No more reverse-execution history"});
}

TEST_CASE("gdb: over a signal handler and back", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile(scratch, "guest");
    const std::string text = gdb(scratch, program, "-- " + program, R"(continue
stepi
bt 2
reverse-stepi
reverse-stepi
info symbol $pc
handle SIGUSR1 nostop noprint pass
break on_signal
continue
finish
reverse-continue
delete
catch syscall write
continue
continue
reverse-continue
catch fork
reverse-continue
continue
)");
    check_order(
        text,
        {"received signal SIGUSR1", "on_signal (signal=10)", "<signal handler called>",
         "received signal SIGUSR1", "kill + ", "Breakpoint 1, on_signal", "Breakpoint 1, on_signal",
         "(call to syscall write)", "total 45", "(returned from syscall write)",
         "(call to syscall write)", "No more reverse-execution history", "(forked process 1002)"});
}

TEST_CASE("gdb: two processes, and back over the fork", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile(scratch, "guest");
    const std::string text = gdb(scratch, program, "-- " + program, R"(handle SIGUSR1 nostop noprint
set detach-on-fork off
set schedule-multiple on
break child
continue
info threads
print total
next
print total
inferior 1
print total
inferior 2
reverse-next
print total
delete
reverse-continue
inferior 1
info inferiors
break child
continue
delete
continue
inferior 1
continue
)");
    check_order(
        text, {"[New inferior 2 (process 1002)]", "hit Breakpoint 1", "child ()",
               "Thread 1000.1000 \"guest\" (in the kernel at schedule:do_wait:guest, blocked",
               "* 2.1  Thread 1002.1002", "= 42", "= 1042", "= 42", "= 42",
               "[Inferior 2 (process 1002) exited normally]", "* 1    process 1000",
               "[New inferior 3 (process 1002)]", "child ()", "(process 1002) exited with code 03]",
               "total 45", "No more reverse-execution history"});
    CHECK(text.find("internal-error") == std::string::npos);
}

TEST_CASE("gdb: exec, a child that is followed, and what is written", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile(scratch, "execs");
    std::string text =
        gdb(scratch, program, "--root=" + scratch.path + " --as=/bin/execs " + program,
            R"(catch exec
continue
break main
continue
print argc
)");
    check_order(text, {"(exec'd ", "Breakpoint 2, main", "= 2"});
    const std::string guest = compile(scratch, "guest");
    text = gdb(scratch, guest, "-- " + guest, R"(set follow-fork-mode child
handle SIGUSR1 nostop noprint
break child
continue
print total
set var total = 7
next
print total
monitor when
print add(3)
)");
    check_order(text, {"child ()", "= 42", "at step", "another run", "= 1007",
                       "registers or memory were written at step", "= 1010"});
}

TEST_CASE("gdb: at a port, behind a client that was none", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string script = scratch.path + "/port.sh";
    std::ofstream(script) << R"(cd "$1"
"$UTSIM_BIN" gdb --at=25 "$2" > line 2> talk &
for i in $(seq 100); do test -s line && break; sleep 0.1; done
port=$(sed 's/.*localhost:\([0-9]*\).*/\1/' line)
bash -c "printf 'GET / HTTP/1.1\r\n\r\n' > /dev/tcp/127.0.0.1/$port"
sed "s/^gdb -q/timeout 60 gdb -q -nx -batch/; s/$/ -ex 'info threads' -ex detach/" line > connect
sh ./connect > out 2>&1 < /dev/null
wait
)";
    const std::string command =
        "bash " + script + " " + scratch.path + " " + source_path("scenarios/tutorial/stop.json");
    CHECK(std::system(command.c_str()) == 0);
    const auto content = [&](const char* name) {
        std::ifstream in(scratch.path + "/" + name);
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    };
    check_order(content("talk"), {"utsim: gdb has gone"});
    check_order(content("out"), {"Thread 2.2 \"target\"", "stopped by holder", "detached"});
}

TEST_CASE("gdb: breakpoints in threads", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile_guest(scratch, "programs/threads");
    const std::string text = gdb(scratch, program, "-- " + program, R"(handle all nostop noprint
break take_turns
continue
continue
continue
info threads
stepi
stepi
reverse-continue
reverse-continue
delete
continue
)");
    check_order(text, {"Thread 2 ", "hit Breakpoint 1", "Thread 3 ", "hit Breakpoint 1",
                       "Thread 4 ", "hit Breakpoint 1", "blocked", "Thread 3 ", "hit Breakpoint 1",
                       "150 turns, 150 by threads", "No more reverse-execution history"});
    CHECK(text.find("internal-error") == std::string::npos);
}

TEST_CASE("gdb: monitor of each kind, for a scenario with an engine", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string text =
        gdb(scratch, "", source_path("scenarios/tutorial/stop.json"), R"(info threads
monitor when
monitor goto 25
maintenance flush register-cache
info threads
monitor state
monitor engines
monitor points
monitor why 2
monitor schedule
monitor break point unlock:utrace_control
continue
monitor break clause C-257
monitor goto 3
monitor run-only B 2
monitor help
)");
    check_order(
        text, {"Thread 2.2 \"target\" (not begun", "step 0", "step 25", "stopped by holder",
               "TASK_TRACED", "holder: QUIESCE", "keeps it stopped", "B operator: ", "target",
               "--schedule=B", "stops where", "operator is at unlock:utrace_control",
               "C-257 is not broken", "the run is another one now: ", "monitor run-only ACTOR N"});
}

TEST_CASE("gdb: reads alone are watched, and signals have their siginfo", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile(scratch, "guest");
    const std::string text = gdb(scratch, program, "--max-memory=64 -- " + program, R"(break add
continue
delete
rwatch total
continue
x/i $pc
reverse-continue
delete
continue
print $_siginfo.si_signo
print $_siginfo._sifields._kill.si_pid
reverse-stepi
print $_siginfo.si_signo
)");
    check_order(text, {"Breakpoint 1, add", "Hardware read watchpoint 2: total",
                       "Hardware read watchpoint 2: total", "Value = 5", "add ",
                       "Hardware read watchpoint 2: total", "Value = 5", "received signal SIGUSR1",
                       "= 10", "= 1000", "= 5"});
}

TEST_CASE("gdb: --launch starts it, and it reads the program over the wire", "[gdb]") {
    if (!have_gdb()) return;
    const ScratchFolder scratch;
    const std::string program = compile(scratch, "guest");
    // What the command starts is gdb as it is, but for a script and no terminal.
    std::ofstream(scratch.path + "/gdb") << R"(#!/bin/sh
PATH="$REAL_PATH" exec gdb -nx -batch "$@" -ex 'break add' -ex continue -ex detach
)";
    const std::string launch = "cd " + scratch.path +
                               " && chmod +x gdb && REAL_PATH=\"$PATH\" PATH=\"$PWD:$PATH\" "
                               "timeout 100 \"$UTSIM_BIN\" gdb --launch -- " +
                               program + " > out 2>&1 < /dev/null";
    CHECK(std::system(launch.c_str()) == 0);
    const auto printed = [&] {
        std::ifstream in(scratch.path + "/out");
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    };
    check_order(printed(), {"Breakpoint 1, add (n=", "detached"});
    const std::string wire = "cd " + scratch.path +
                             " && timeout 100 gdb -q -nx -batch -ex 'set architecture i386:x86-64' "
                             "-ex \"target remote | $UTSIM_BIN gdb - -- " +
                             program +
                             "\" -ex 'break add' -ex continue "
                             "-ex detach > out 2>&1 < /dev/null";
    CHECK(std::system(wire.c_str()) == 0);
    check_order(printed(), {"target:" + program, "Breakpoint 1, add (n=", "detached"});
    CHECK(printed().find("does not support file transfer") == std::string::npos);
}
