// SPDX-License-Identifier: MIT
// Real code in user mode: system calls, signals with handlers on the guest's stack, fork, wait,
// exit, and guests that mean harm.
#include <utsim/errno.hpp>

#include "kernel/memory.hpp"
#include "kernel/signal_types.hpp"
#include "test/kernel/guest_world.hpp"

using namespace utsim;
using utsim::testing::GuestWorld;

namespace {

const char* const hello = R"(
    start:  mov eax, 1
            mov edi, 1
            lea rsi, [rel text]
            mov edx, 6
            syscall
            mov eax, 231
            mov edi, 7
            syscall
    text:   db "hello", 10
)";

}  // namespace

TEST_CASE("a guest writes and exits", "[kernel]") {
    GuestWorld guest;
    guest.add_guest("hello", hello);
    REQUIRE(guest.run() == RunEnd::quiet);
    REQUIRE(guest.events.output() == "hello\n");
    REQUIRE(guest.events.last(EventKind::exit)->value[1] == 7 << 8);
}

TEST_CASE("a call nobody implements gives ENOSYS and one line", "[kernel]") {
    GuestWorld guest;
    guest.add_guest("odd", R"(
        start:  mov eax, 499
                syscall
                mov edi, eax
                neg edi
                mov eax, 231
                syscall
    )");
    REQUIRE(guest.run() == RunEnd::quiet);
    REQUIRE(guest.events.count(EventKind::syscall_unknown) == 1);
    REQUIRE(guest.events.last(EventKind::exit)->value[1] == K_ENOSYS << 8);
}

TEST_CASE("a handler runs on the guest's stack and returns to what it interrupted", "[kernel]") {
    GuestWorld guest;
    guest.add_guest("handler", R"(
        start:  mov eax, 13             ; rt_sigaction(SIGUSR1, &action, 0, 8)
                mov edi, 10
                lea rsi, [rel action]
                xor edx, edx
                mov r10d, 8
                syscall
                test eax, eax
                jnz bad
                mov ebx, 0x1234
                mov eax, 39             ; getpid
                syscall
                mov edi, eax            ; kill(self, SIGUSR1)
                mov esi, 10
                mov eax, 62
                syscall
                cmp dword ptr [hits], 1
                jne bad
                cmp ebx, 0x1234
                jne bad
                xor edi, edi
                jmp done
        bad:    mov edi, 1
        done:   mov eax, 231
                syscall
        handle: mov ebx, 0x9999
                cmp edi, 10
                jne bad
                cmp dword ptr [rsi], 10
                jne bad
                inc dword ptr [hits]
                ret
        restore: mov eax, 15
                syscall
        align 8
        action: dq handle, 0x04000000, restore, 0
        hits:   dd 0
    )");
    REQUIRE(guest.run() == RunEnd::quiet);
    REQUIRE(guest.events.count(EventKind::handler) == 1);
    REQUIRE(guest.events.last(EventKind::exit)->value[1] == 0);
}

TEST_CASE("a call brings in what is away", "[kernel]") {
    GuestWorld guest;
    Task* task = guest.add_guest("away", R"(
        start:  mov eax, 1
                mov edi, 1
                lea rsi, [rel text]
                mov edx, 6
                syscall
                mov edi, eax
                mov eax, 231
                syscall
                align 4096
        text:   db "hello", 10
    )");
    send_pages_away(task);
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.events.output() == "hello\n");
    CHECK(guest.events.count(EventKind::page_in) == 2);
}

TEST_CASE("the way back to user mode looks at selectors", "[kernel]") {
    const auto ends_with = [](auto change) {
        GuestWorld guest;
        Task* task = guest.add_guest("target", R"(
            start:  mov eax, 39
                    syscall
                    mov edi, ds
                    mov eax, 231
                    syscall
        )");
        change(task->regs);
        REQUIRE(guest.run() == RunEnd::quiet);
        return task->exit_code;
    };
    CHECK(ends_with([](cpu::Registers& r) { r.cs = 0x23; }) == K_SIGSEGV);
    CHECK(ends_with([](cpu::Registers& r) { r.ss = 0x53; }) == K_SIGSEGV);
    CHECK(ends_with([](cpu::Registers& r) { r.ds = 0x53; }) == 0);
    CHECK(ends_with([](cpu::Registers& r) { r.ds = 0x2b; }) == 0x2b << 8);
}

TEST_CASE("a thread's storage is refused outside of user memory", "[kernel]") {
    GuestWorld guest;
    guest.add_guest("clone", R"(
        start:  mov eax, 56
                mov edi, 0x80011
                xor esi, esi
                mov r8, 0x7ffffffff000
                syscall
                mov edi, eax
                neg edi
                mov eax, 231
                syscall
    )");
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.events.last(EventKind::exit)->value[1] == K_EPERM << 8);
}

TEST_CASE("fork copies memory, wait4 collects the child's status", "[kernel]") {
    GuestWorld guest;
    guest.add_guest("parent", R"(
        start:  mov eax, 57
                syscall
                test eax, eax
                jz child
                mov edi, -1             ; wait4(-1, &status, 0, 0)
                lea rsi, [rel status]
                xor edx, edx
                xor r10d, r10d
                mov eax, 61
                syscall
                cmp dword ptr [value], 5
                jne bad
                mov edi, [status]
                shr edi, 8
                mov eax, 231
                syscall
        child:  mov dword ptr [value], 6
                mov edi, 42
                mov eax, 60
                syscall
        bad:    mov edi, 1
                mov eax, 231
                syscall
        status: dd 0
        value:  dd 5
    )");
    REQUIRE(guest.run() == RunEnd::quiet);
    REQUIRE(guest.events.count(EventKind::new_task) == 1);
    REQUIRE(guest.events.last(EventKind::exit)->value[1] == 42 << 8);
}

TEST_CASE("faults become the signals that Linux sends", "[kernel]") {
    const auto dies_of = [](const std::string& text) {
        GuestWorld guest;
        guest.add_guest("faulty", text);
        REQUIRE(guest.run() == RunEnd::quiet);
        return guest.events.last(EventKind::exit)->value[1] & 0x7f;
    };
    REQUIRE(dies_of("mov eax, [0x10]") == K_SIGSEGV);
    REQUIRE(dies_of("ud2") == K_SIGILL);
    REQUIRE(dies_of("xor edx, edx\nxor ecx, ecx\nmov eax, 1\ndiv ecx") == K_SIGFPE);
    REQUIRE(dies_of("int3") == K_SIGTRAP);
    REQUIRE(dies_of("hlt") == K_SIGSEGV);
    REQUIRE(dies_of("mov rax, 0x8000000000000000\nmov eax, [rax]") == K_SIGSEGV);
}

TEST_CASE("hostile guests end in a clean report", "[kernel]") {
    WorldOptions options;
    options.limits.max_steps = 20000;
    SECTION("one that never stops") {
        GuestWorld guest(options);
        guest.add_guest("spin", "again: jmp again");
        REQUIRE(guest.run() == RunEnd::limit);
        REQUIRE(guest.world.end_detail() == "max_steps");
    }
    SECTION("one that recurses runs off its stack") {
        options.limits.max_steps = 10'000'000;
        GuestWorld guest(options);
        guest.world.set_sink(nullptr);
        guest.add_guest("deep", "down: call down");
        REQUIRE(guest.run() == RunEnd::quiet);
        REQUIRE((guest.kernel->by_id[1]->exit_code & 0x7f) == K_SIGSEGV);
    }
    SECTION("one that forks without end meets the limit of tasks") {
        options.limits.max_steps = 2'000'000;
        GuestWorld guest(options);
        guest.world.set_sink(nullptr);
        guest.add_guest("bomb", "again: mov eax, 57\nsyscall\ncmp eax, -11\njne again\nud2");
        const RunEnd end = guest.run();
        REQUIRE((end == RunEnd::quiet || end == RunEnd::limit));
    }
    SECTION("one that executes garbage") {
        utsim::testing::check_property(
            "kernel.garbage",
            [&](const std::vector<std::uint8_t>& bytes) {
                GuestWorld guest(options);
                std::vector<std::uint8_t> code = bytes;
                code.push_back(0x0b);
                guest.add_bytes("garbage", code);
                guest.run();
            },
            300);
    }
    SECTION("one that maps all there is and writes everywhere") {
        options.limits.max_steps = 200000;
        GuestWorld guest(options);
        guest.world.set_sink(nullptr);
        guest.add_guest("greedy", R"(
            start:  mov eax, 9
                    xor edi, edi
                    mov rsi, 0x40000000
                    mov edx, 3
                    mov r10d, 0x22
                    mov r8d, -1
                    xor r9d, r9d
                    syscall
            again:  mov [rax], eax
                    add rax, 4096
                    jmp again
        )");
        const RunEnd end = guest.run();
        REQUIRE(end == RunEnd::quiet);
        REQUIRE(guest.kernel->by_id[1]->exit_state == EXIT_ZOMBIE);
        REQUIRE((guest.kernel->by_id[1]->exit_code & 0x7f) == K_SIGKILL);
    }
}
