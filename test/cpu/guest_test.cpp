// SPDX-License-Identifier: MIT
// The programs of test/guests, compiled here, must print the same on the simulated CPU as natively:
// at several optimisation levels, in quanta of any size, and with snapshots in between.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cpu/assembler.hpp"
#include "cpu/elf.hpp"
#include "test/cpu/guest_machine.hpp"
#include "test/support/scratch_folder.hpp"

using namespace utsim;
using namespace utsim::cpu;
using utsim::testing::ScratchFolder;
using namespace utsim::cpu::testing;

namespace {

constexpr std::array<std::string_view, 3> arguments = {"guest", "one two", ""};

bool have(const std::string& compiler) {
    return std::system((compiler + " --version > /dev/null 2>&1").c_str()) == 0;
}

std::string compile(const ScratchFolder& scratch, const std::string& compiler,
                    const std::string& options, const std::string& guest) {
    const std::string out = scratch.path + "/" + guest;
    const std::string command = compiler + " " + options +
                                " -nostdlib -ffreestanding -fno-stack-protector -Wall -Wextra "
                                "-Werror -o " +
                                out + " " +
                                utsim::testing::source_path("test/guests/" + guest + ".c");
    INFO(command);
    REQUIRE(std::system(command.c_str()) == 0);
    return out;
}

Image read_image(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    Result<Image> image = read_elf(std::as_bytes(std::span(bytes)), path);
    REQUIRE(image.ok());
    return std::move(image).value();
}

/// Runs the file on the host with `arguments` and no environment.
GuestEnd run_natively(const std::string& path) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        char* argv[arguments.size() + 1] = {};
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            argv[i] = const_cast<char*>(arguments[i].data());
        }
        char* environment[] = {nullptr};
        execve(path.c_str(), argv, environment);
        _exit(127);
    }
    close(ends[1]);
    GuestEnd end;
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
        end.output.append(buffer, static_cast<std::size_t>(n));
    }
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    end.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return end;
}

GuestEnd run_simulated(const Image& image, const GuestMachine::Options& options) {
    return GuestMachine(image, arguments, options).finish();
}

void compare(const std::string& path) {
    const GuestEnd native = run_natively(path);
    const Image image = read_image(path);
    const GuestEnd simulated = run_simulated(image, {});
    CHECK(simulated.failure.empty());
    CHECK(simulated.output == native.output);
    CHECK(simulated.code == native.code);
}

constexpr const char* guests[] = {"loops",  "recursion", "strings",  "numbers",
                                  "memory", "fork_tree", "arguments"};

}  // namespace

TEST_CASE("compiled guests print what they print natively", "[guest]") {
    bool any = false;
    const ScratchFolder scratch;
    for (const char* compiler : {"gcc", "clang-19"}) {
        if (!have(compiler)) continue;
        any = true;
        for (const char* optimisation : {"-O0", "-O2", "-O3"}) {
            for (const char* guest : guests) {
                INFO(compiler << " " << optimisation << " " << guest);
                compare(compile(scratch, compiler, std::string("-static ") + optimisation, guest));
            }
        }
    }
    if (!any) WARN("no compiler for guests here: skipped");
}

TEST_CASE("guests without vector registers run as well", "[guest]") {
    if (!have("gcc")) return;
    const ScratchFolder scratch;
    for (const char* guest : {"loops", "strings", "memory"}) {
        INFO(guest);
        compare(compile(scratch, "gcc", "-static -O2 -mgeneral-regs-only", guest));
    }
}

TEST_CASE("a static PIE guest runs at its base", "[guest]") {
    if (!have("gcc")) return;
    const ScratchFolder scratch;
    const std::string path = compile(scratch, "gcc", "-O2 -fPIE -static-pie", "arguments");
    compare(path);
    CHECK(read_image(path).segments[0].address == static_pie_base);
}

TEST_CASE("a guest does not notice quanta and snapshots", "[guest]") {
    if (!have("gcc")) return;
    const ScratchFolder scratch;
    for (const char* guest : {"recursion", "strings", "memory", "numbers", "fork_tree"}) {
        const Image image = read_image(compile(scratch, "gcc", "-static -O2", guest));
        const GuestEnd whole = run_simulated(image, {});
        for (const GuestMachine::Options& options :
             {GuestMachine::Options{1, 0}, GuestMachine::Options{7, 0},
              GuestMachine::Options{101, 2}, GuestMachine::Options{3, 50}}) {
            INFO(guest << " in quanta of " << options.quantum << ", rewound every "
                       << options.rewind_every);
            const GuestEnd parts = run_simulated(image, options);
            CHECK(parts.failure.empty());
            CHECK(parts.output == whole.output);
            CHECK(parts.code == whole.code);
            CHECK(parts.retired == whole.retired);
        }
    }
}

TEST_CASE("guest symbols name addresses", "[guest]") {
    if (!have("gcc")) return;
    const ScratchFolder scratch;
    const Image image = read_image(compile(scratch, "gcc", "-static -O2", "recursion"));
    CHECK(image.name_of(image.entry) == "_start");
}

TEST_CASE("a guest that misbehaves ends in an exception, not in the host's trouble", "[guest]") {
    const auto end_of = [](const char* text) {
        const Result<Assembly> assembly = assemble(text);
        REQUIRE(assembly.ok());
        return run_simulated(make_image(*assembly), {}).failure;
    };
    INFO("recursion without end runs into the gap below the stack");
    CHECK(end_of("f: call f") == "exception 14 at 401000, address 7fffff7feff8");
    INFO("so does writing through all addresses, here at the first hole");
    CHECK(end_of("mov rdi, 0x401000\nf: mov byte ptr [rdi], 0xcc\nadd rdi, 4096\njmp f") ==
          "exception 14 at 401007, address 402000");
    INFO("memory ends at the page limit: the fault says so to the kernel model");
    CHECK(end_of("mov eax, 9\nxor edi, edi\nmov esi, 0x40000000\nmov edx, 3\nsyscall\n"
                 "f: mov byte ptr [rax], 1\nadd rax, 4096\njmp f")
              .substr(0, 12) == "exception 14");
    CHECK(end_of("jmp rax") == "exception 14 at 0, address 0");
    CHECK(end_of("mov rax, 0x8000000000000000\nmov [rax], eax").substr(0, 12) == "exception 13");
    INFO("code that overwrites itself goes on with what it wrote");
    CHECK(end_of("mov byte ptr [there], 0x0f\nmov byte ptr [there + 1], 0x0b\nthere: jmp there") ==
          "exception 6 at 40100e, address 0");
}
