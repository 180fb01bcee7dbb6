// SPDX-License-Identifier: MIT
// wait4 by its options, and nanosleep with its restart.
#include <utsim/errno.hpp>

#include "kernel/signal.hpp"
#include "kernel/signal_types.hpp"
#include "test/kernel/guest_world.hpp"

using namespace utsim;
using utsim::testing::GuestWorld;

namespace {

/// A program that forks with clone(`flags`), waits with wait4(`pid`, ..., `options`, `usage`) and
/// exits with the negated result, or with 100 when a child was collected.
std::string waits(const std::string& flags, const std::string& pid, const std::string& options,
                  const std::string& usage = "xor r10d, r10d") {
    return R"(
        start:  mov edi, )" +
           flags + R"(
                xor esi, esi
                xor edx, edx
                xor r10d, r10d
                xor r8d, r8d
                mov eax, 56
                syscall
                test eax, eax
                jz child
                mov ebx, eax
                mov rdi, )" +
           pid + R"(
                lea rsi, [rel status]
                mov edx, )" +
           options + "\n" + usage + R"(
                mov eax, 61
                syscall
                mov edi, eax
                neg edi
                cmp eax, ebx
                jne out
                mov edi, 100
        out:    mov eax, 231
                syscall
        child:  mov edi, 9
                mov eax, 60
                syscall
                align 8
        status: dd 0, 0
        usage:  resb 144
        end:    db 0x55
    )";
}

int exit_of(const std::string& text) {
    GuestWorld guest;
    Task* task = guest.add_guest("parent", text);
    REQUIRE(guest.run() == RunEnd::quiet);
    REQUIRE((task->exit_code & 0x7f) == 0);
    return task->exit_code >> 8;
}

constexpr int collected = 100;
const char* const sigchld = "17";
const char* const sigusr1 = "10";

}  // namespace

TEST_CASE("wait4 takes the children that its options name", "[kernel][wait]") {
    CHECK(exit_of(waits(sigchld, "-1", "0")) == collected);
    CHECK(exit_of(waits(sigchld, "rbx", "0")) == collected);
    CHECK(exit_of(waits(sigchld, "0", "0")) == collected);  // the same process group
    CHECK(exit_of(waits(sigchld, "-77", "0")) == K_ECHILD);
    CHECK(exit_of(waits(sigchld, "77", "0")) == K_ECHILD);
    CHECK(exit_of(waits(sigchld, "-1", "0x80000000")) == K_ECHILD);  // __WCLONE: not this kind
    CHECK(exit_of(waits("0", "-1", "0x80000000")) == collected);
    CHECK(exit_of(waits("0", "-1", "0")) == K_ECHILD);
    CHECK(exit_of(waits("0", "-1", "0x40000000")) == collected);  // __WALL: both kinds
    CHECK(exit_of(waits(sigchld, "-1", "0x40000000")) == collected);
    CHECK(exit_of(waits(sigchld, "-1", "0x20000000")) == collected);  // __WNOTHREAD: my own child
    CHECK(exit_of(waits("0x8011", "-1", "0")) == K_ECHILD);           // CLONE_PARENT: init's child
    CHECK(exit_of(waits(sigchld, "-1", "0xa")) == collected);
    CHECK(exit_of(waits(sigchld, "-1", "1")) == 0);  // WNOHANG: it has not even run
    CHECK(exit_of(waits(sigchld, "-0x80000000", "0")) == K_ESRCH);
    (void)sigusr1;
}

TEST_CASE("wait4 refuses options that it does not know", "[kernel][wait]") {
    CHECK(exit_of(waits(sigchld, "-1", "4")) == K_EINVAL);
    CHECK(exit_of(waits(sigchld, "-1", "0x10")) == K_EINVAL);
    CHECK(exit_of(waits(sigchld, "-1", "0x01000000")) == K_EINVAL);  // WNOWAIT is for waitid
}

TEST_CASE("wait4 writes a usage of nothing", "[kernel][wait]") {
    CHECK(exit_of(waits(sigchld, "-1", "0", "mov r10d, 8")) == K_EFAULT);
    GuestWorld guest;
    guest.add_guest("parent", waits(sigchld, "-1", "0", R"(
        lea r10, [rel usage]
        mov r9, r10
        mov ecx, 18
fill:   mov qword ptr [r9], -1
        add r9, 8
        loop fill)"));
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.kernel->by_id[1]->exit_code == collected << 8);
}

TEST_CASE("a thread's child is not another thread's with __WNOTHREAD", "[kernel][wait]") {
    // The leader forks; its thread waits for the child with and without __WNOTHREAD.
    const auto text = [](const std::string& options) {
        return R"(
        start:  mov eax, 57
                syscall
                test eax, eax
                jz child
                mov edi, 0x10900        ; CLONE_VM, SIGHAND, THREAD
                lea rsi, [rel top]
                xor edx, edx
                xor r10d, r10d
                xor r8d, r8d
                mov eax, 56
                syscall
                test eax, eax
                jz thread
        sleep:  mov eax, 34
                syscall
                jmp sleep
        thread: mov edi, -1
                xor esi, esi
                mov edx, )" +
               options + R"(
                xor r10d, r10d
                mov eax, 61
                syscall
                xor edi, edi
                test eax, eax
                jg out
                mov edi, eax
                neg edi
        out:    mov eax, 231
                syscall
        child:  xor edi, edi
                mov eax, 60
                syscall
                align 16
                resb 256
        top:    dq 0
        )";
    };
    CHECK(exit_of(text("0")) == 0);
    CHECK(exit_of(text("0x20000000")) == K_ECHILD);
}

TEST_CASE("kill reaches the sender's process group", "[kernel]") {
    const auto text = [](const std::string& pid) {
        return R"(
        start:  mov eax, 57
                syscall
                test eax, eax
                jz child
                mov edi, -1
                lea rsi, [rel status]
                xor edx, edx
                xor r10d, r10d
                mov eax, 61
                syscall
                mov edi, [rel status]
                mov eax, 231
                syscall
        child:  mov rdi, )" +
               pid + R"(
                xor esi, esi
                mov eax, 62
                syscall
                mov edi, eax
                neg edi
                mov eax, 60
                syscall
        status: dd 0
        )";
    };
    // The child's code is in the second byte of the status, so the parent's is always 0 ...
    CHECK(exit_of(text("0")) == 0);
    GuestWorld guest;
    guest.add_guest("parent", text("-77"));
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.kernel->by_id[2]->exit_code == K_ESRCH << 8);
}

TEST_CASE("nanosleep says what is left, and restart_syscall goes on with it", "[kernel][sleep]") {
    GuestWorld guest;
    Task* sleeper = guest.add_guest("sleeper", R"(
        start:  mov edi, 10             ; a handler for SIGUSR1
                lea rsi, [rel action]
                xor edx, edx
                mov r10d, 8
                mov eax, 13
                syscall
                lea rdi, [rel request]
                lea rsi, [rel left]
                mov eax, 35
                syscall
                mov edi, 1
                cmp eax, -4
                jne out
                mov edi, 2
                cmp qword ptr [rel left], 2
                jne out
                mov edi, 3
                cmp qword ptr [rel left + 8], 499999999
                jne out
                mov eax, 219            ; sigreturn has dropped the restart
                syscall
                mov edi, 4
                cmp eax, -4
                jne out
                xor edi, edi
        out:    mov eax, 231
                syscall
        handle: ret
        restore: mov eax, 15
                syscall
                align 8
        action: dq handle, 0x14000000, restore, 0
        request: dq 3, 499999999
        left:   dq 0, 0
    )");
    struct Sender {
        Task* target;
        World* world;
    } sender{sleeper, &guest.world};
    create_kthread(
        *guest.kernel, "sender",
        [](void* argument) {
            const auto* self = static_cast<Sender*>(argument);
            self->world->sleep(1000, BlockReason::timeout, "test");
            SigInfo info;
            send_signal_to(self->target, K_SIGUSR1, &info, false);
        },
        &sender);
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(sleeper->exit_code == 0);
}

TEST_CASE("nanosleep refuses what is no time", "[kernel][sleep]") {
    const auto result = [](const std::string& request, const std::string& address = "request") {
        return exit_of("start: lea rdi, [rel " + address + R"(]
                xor esi, esi
                mov eax, 35
                syscall
                mov edi, eax
                neg edi
                mov eax, 231
                syscall
                align 8
        request: dq )" +
                       request + "\n");
    };
    CHECK(result("0, 0") == 0);
    CHECK(result("0, 1") == 0);
    CHECK(result("0, 1000000000") == K_EINVAL);
    CHECK(result("0, -1") == K_EINVAL);
    CHECK(result("-1, 0") == K_EINVAL);
}
