// SPDX-License-Identifier: MIT
// What a handler finds on its stack. The guests write their frames to their output, and the values
// are those that a Linux machine showed for the same instructions.
#include <array>
#include <cstring>

#include <utsim/errno.hpp>

#include "kernel/signal_types.hpp"
#include "test/kernel/guest_world.hpp"

using namespace utsim;
using utsim::testing::GuestWorld;

namespace {

/// `ucontext_t` and `siginfo_t` as they lie behind each other in a frame.
struct Frame {
    std::uint64_t flags, link, stack, stack_flags, stack_size;
    std::uint64_t registers[16];
    std::uint64_t rip, eflags, selectors, err, trapno, oldmask, cr2, fpstate, reserved[8];
    std::uint64_t sigmask;
    std::int32_t signo, error, code, pad;
    std::uint64_t fields[14];
};
static_assert(sizeof(Frame) == 304 + 128);

/// Handlers for all signals that faults make, and for SIGUSR1; `flags` are those of sigaction.
std::string with_handler(const std::string& body, const std::string& flags = "0x04000000") {
    std::string text = "start: xor ebx, ebx\n";
    for (const char* signal : {"4", "5", "7", "8", "10", "11", "12", "17"}) {
        text += std::string("mov edi, ") + signal + "\ncall set\n";
    }
    return text + body + R"(
                xor edi, edi
                mov eax, 231
                syscall
        set:    lea rsi, [rel action]
                xor edx, edx
                mov r10d, 8
                mov eax, 13
                syscall
                ret
        me:     mov eax, 39
                syscall
                mov edi, eax
                ret
        handle: mov r12, rdx
                mov rsi, rdx
                mov edi, 1
                mov edx, 432
                mov eax, 1
                syscall
                lea rax, [rel after]
                cmp qword ptr [rel resume], 0
                je back
                mov rax, [rel resume]
                mov [r12 + 168], rax
        back:   ret
        restore: mov eax, 15
                syscall
        after:  nop
                align 8
        resume: dq 0
        action: dq handle, )" +
           flags + R"(, restore, 0x200
        stack:  dq 0, 0, 0
        old:    dq 0, 0, 0
                align 16
        area:   resb 8192
        area_end: dq 0
    )";
}

std::vector<Frame> frames_of(GuestWorld& guest) {
    REQUIRE(guest.run() == RunEnd::quiet);
    const std::string output = guest.events.output();
    REQUIRE(output.size() % sizeof(Frame) == 0);
    std::vector<Frame> frames(output.size() / sizeof(Frame));
    std::memcpy(frames.data(), output.data(), output.size());
    return frames;
}

/// The frame of the signal that `instruction` raises.
Frame frame_of(const std::string& instruction) {
    GuestWorld guest;
    guest.add_guest("faulty", with_handler("lea rax, [rel next]\nmov [rel resume], rax\n" +
                                           instruction + "\nnext: nop\n"));
    const std::vector<Frame> frames = frames_of(guest);
    REQUIRE(frames.size() == 1);
    REQUIRE(guest.events.last(EventKind::exit)->value[1] == 0);
    return frames[0];
}

struct Exception {
    const char* instruction;
    int signal, code;
    std::uint64_t err, trapno, cr2, address;
    bool resume_flag;
};

constexpr std::uint64_t own_ip = 1;  ///< an address that is the instruction's, or behind it

const Exception exceptions[] = {
    {"mov byte ptr [0x123], 1", K_SIGSEGV, 1, 6, 14, 0x123, 0x123, true},
    {"mov al, [0x123]", K_SIGSEGV, 1, 4, 14, 0x123, 0x123, true},
    {"mov ecx, 0x1230\njmp rcx", K_SIGSEGV, 1, 0x14, 14, 0x1230, 0x1230, true},
    {"mov rax, 0xffffffff81000000\nmov al, [rax]", K_SIGSEGV, 1, 5, 14, 0xffffffff81000000,
     0xffffffff81000000, true},
    {"mov rax, 0x8000000000000000\nmov al, [rax]", K_SIGSEGV, 0x80, 0, 13, 0, 0, true},
    {"mov rbp, 0x8000000000000000\nmov al, [rbp]", K_SIGBUS, 0x80, 0, 12, 0, 0, true},
    {"ud2", K_SIGILL, 2, 0, 6, 0, own_ip, true},
    {"xor ecx, ecx\nxor edx, edx\nmov eax, 1\ndiv ecx", K_SIGFPE, 1, 0, 0, 0, own_ip, true},
    {"int3", K_SIGTRAP, 0x80, 0, 3, 0, 0, false},
    {"db 0xf1", K_SIGTRAP, 1, 0, 1, 0, own_ip, false},
    {"int 4", K_SIGSEGV, 0x80, 0, 4, 0, 0, false},
    {"int 5", K_SIGSEGV, 0x80, 0x2a, 13, 0, 0, true},
    {"int 0x81", K_SIGSEGV, 0x80, 0x40a, 13, 0, 0, true},
    {"hlt", K_SIGSEGV, 0x80, 0, 13, 0, 0, true},
};

const char* const raise_usr1 = R"(
        call me
        mov esi, 10
        mov eax, 62
        syscall
)";

}  // namespace

TEST_CASE("a frame shows the exception that made the signal", "[kernel][frame]") {
    for (const Exception& exception : exceptions) {
        INFO(exception.instruction);
        const Frame frame = frame_of(exception.instruction);
        CHECK(frame.signo == exception.signal);
        CHECK(frame.code == exception.code);
        CHECK(frame.err == exception.err);
        CHECK(frame.trapno == exception.trapno);
        CHECK(frame.cr2 == exception.cr2);
        CHECK(((frame.eflags & 0x10000) != 0) == exception.resume_flag);
        if (exception.address == own_ip) {
            CHECK(frame.fields[0] == frame.rip);
        } else {
            CHECK(frame.fields[0] == exception.address);
        }
    }
}

TEST_CASE("a frame has the layout of x86-64", "[kernel][frame]") {
    GuestWorld guest;
    guest.add_guest("target", with_handler(raise_usr1));
    const std::vector<Frame> frames = frames_of(guest);
    REQUIRE(frames.size() == 1);
    const Frame& frame = frames[0];
    CHECK(frame.flags == 6);  // SS is there and counts; there is no XSAVE
    CHECK(frame.fpstate % 64 == 0);
    const std::uint64_t red_zone = frame.registers[15] - 128;
    CHECK(frame.fpstate + 512 <= red_zone);
    CHECK(frame.fpstate + 512 > red_zone - 64);
    CHECK(frame.link == 0);
    CHECK(frame.stack == 0);
    CHECK(frame.stack_flags == 0);
    CHECK(frame.stack_size == 0);
    CHECK(frame.selectors == 0x002b000000000033);
    CHECK(frame.trapno == 0);
    CHECK(frame.oldmask == 0);
    CHECK(frame.sigmask == 0);
    CHECK(frame.signo == K_SIGUSR1);
    CHECK(frame.code == 0);
    CHECK(frame.fields[0] == static_cast<std::uint64_t>(guest.kernel->by_id[1]->pid));
}

TEST_CASE("what the last exception left is in every later frame", "[kernel][frame]") {
    GuestWorld guest;
    guest.add_guest("target", with_handler(std::string(R"(
                lea rax, [rel next]
                mov [rel resume], rax
                mov byte ptr [0x123], 1
        next:   mov qword ptr [rel resume], 0
    )") + raise_usr1));
    const std::vector<Frame> frames = frames_of(guest);
    REQUIRE(frames.size() == 2);
    CHECK(frames[1].signo == K_SIGUSR1);
    CHECK(frames[1].err == 6);
    CHECK(frames[1].trapno == 14);
    CHECK(frames[1].cr2 == 0x123);
}

TEST_CASE("SA_ONSTACK takes the stack that sigaltstack names", "[kernel][frame]") {
    GuestWorld guest;
    Task* task = guest.add_guest("target", with_handler(std::string(R"(
                lea rax, [rel area]
                mov [rel stack], rax
                mov qword ptr [rel stack + 16], 8192
                lea rdi, [rel stack]
                xor esi, esi
                mov eax, 131
                syscall
                mov ebx, eax
    )") + raise_usr1 + R"(
                lea rsi, [rel old]
                xor edi, edi
                mov eax, 131
                syscall
                or ebx, eax
                mov edi, 2
                cmp qword ptr [rel old + 16], 8192
                jne out
                mov edi, ebx
        out:    mov eax, 231
                syscall
    )",
                                                        "0x0c000000"));
    const std::vector<Frame> frames = frames_of(guest);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].stack_size == 8192);
    CHECK(frames[0].stack_flags == 0);
    // The frame lies at the top of the named stack, and the interrupted one is untouched.
    CHECK(task->exit_code == 0);
    const std::uint64_t sp_in_frame = frames[0].registers[15];
    CHECK(sp_in_frame > frames[0].stack + 8192);
}

TEST_CASE("a frame that does not fit on its handler stack is a SIGSEGV", "[kernel][frame]") {
    GuestWorld guest;
    Task* task = guest.add_guest("target", with_handler(R"(
                lea rax, [rel area]
                mov [rel stack], rax
                mov qword ptr [rel stack + 16], 2047
                lea rdi, [rel stack]
                xor esi, esi
                mov eax, 131
                syscall
                mov ebx, eax
                neg ebx
                mov edi, ebx
                mov eax, 231
                syscall
    )"));
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(task->exit_code == K_ENOMEM << 8);
    GuestWorld nested;
    Task* deep = nested.add_guest("deep", with_handler(R"(
                lea rax, [rel area]
                mov [rel stack], rax
                mov qword ptr [rel stack + 16], 2048
                lea rdi, [rel stack]
                xor esi, esi
                mov eax, 131
                syscall
                lea rsp, [rel area + 300]
    )" + std::string(raise_usr1)));
    REQUIRE(nested.run() == RunEnd::quiet);
    CHECK((deep->exit_code & 0x7f) == K_SIGSEGV);
}

TEST_CASE("sigreturn refuses selectors that are not a user's", "[kernel][frame]") {
    const auto ends_with = [](const std::string& change) {
        GuestWorld guest;
        Task* task = guest.add_guest("target", R"(
            start:  mov edi, 10
                    lea rsi, [rel action]
                    xor edx, edx
                    mov r10d, 8
                    mov eax, 13
                    syscall
                    mov eax, 39
                    syscall
                    mov edi, eax
                    mov esi, 10
                    mov eax, 62
                    syscall
                    xor edi, edi
                    mov eax, 231
                    syscall
            handle: )" + change + R"(
                    ret
            restore: mov eax, 15
                    syscall
                    align 8
            action: dq handle, 0x04000000, restore, 0
        )");
        REQUIRE(guest.run() == RunEnd::quiet);
        return task->exit_code;
    };
    CHECK(ends_with("nop") == 0);
    CHECK(ends_with("mov word ptr [rdx + 184], 0x30") == 0);  // the privilege is added
    CHECK(ends_with("mov word ptr [rdx + 184], 0x10") == K_SIGSEGV);
    CHECK(ends_with("mov word ptr [rdx + 190], 0x10") == K_SIGSEGV);
    CHECK(ends_with("mov qword ptr [rdx], 0\nmov word ptr [rdx + 190], 0x10") == 0);
}

TEST_CASE("sigsuspend waits with another mask and brings the old one back", "[kernel]") {
    GuestWorld guest;
    Task* task = guest.add_guest("target", with_handler(std::string(R"(
                mov edi, 0              ; block SIGUSR1
                lea rsi, [rel usr1]
                xor edx, edx
                mov r10d, 8
                mov eax, 14
                syscall
    )") + raise_usr1 + R"(
                lea rdi, [rel seen]     ; rt_sigpending
                mov esi, 8
                mov eax, 127
                syscall
                lea rdi, [rel none]
                mov esi, 8
                mov eax, 130
                syscall
                mov edi, 3
                cmp eax, -4
                jne out
                mov edi, 4
                cmp qword ptr [rel seen], 0x200
                jne out
                xor edi, edi
        out:    mov eax, 231
                syscall
        usr1:   dq 0x200
        none:   dq 0
        seen:   dq 0
    )"));
    const std::vector<Frame> frames = frames_of(guest);
    REQUIRE(frames.size() == 1);
    CHECK(task->exit_code == 0);
    CHECK(frames[0].sigmask == 0x200);
    CHECK(frames[0].oldmask == 0x200);
    CHECK(task->blocked.peek() == 0x200);
}

TEST_CASE("what is pending and ignored from now on is gone", "[kernel]") {
    GuestWorld guest;
    Task* task = guest.add_guest("target", R"(
        start:  mov edi, 0              ; block SIGUSR1, send it, ignore it, unblock it
                lea rsi, [rel usr1]
                xor edx, edx
                mov r10d, 8
                mov eax, 14
                syscall
                mov eax, 39
                syscall
                mov edi, eax
                mov esi, 10
                mov eax, 62
                syscall
                mov edi, 10
                lea rsi, [rel ignore]
                xor edx, edx
                mov r10d, 8
                mov eax, 13
                syscall
                mov qword ptr [rel ignore], 0   ; the default again: were it pending, it would kill
                mov edi, 10
                lea rsi, [rel ignore]
                mov eax, 13
                syscall
                mov edi, 1
                lea rsi, [rel usr1]
                mov eax, 14
                syscall
                xor edi, edi
                mov eax, 231
                syscall
                align 8
        usr1:   dq 0x200
        ignore: dq 1, 0, 0, 0
    )");
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(task->exit_code == 0);
}
