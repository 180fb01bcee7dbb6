// SPDX-License-Identifier: MIT
// Results and flags of the instruction families, on hosts that cannot run the lockstep test as
// well: for each a few cases that one can check by hand.
#include <string>

#include "test/cpu/small_guest.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

/// The arithmetic flags that are set, in the order of their bits.
std::string flags_of(const Registers& r) {
    const std::pair<std::uint64_t, const char*> names[] = {{flag::cf, "c"}, {flag::pf, "p"},
                                                           {flag::af, "a"}, {flag::zf, "z"},
                                                           {flag::sf, "s"}, {flag::of, "o"}};
    std::string text;
    for (const auto& [bit, name] : names) {
        if ((r.rflags & bit) != 0) text += name;
    }
    return text;
}

struct Case {
    const char* text;
    std::uint64_t rax;
    const char* flags;
};

template <std::size_t N>
void check_all(const Case (&cases)[N]) {
    for (const Case& c : cases) {
        INFO(c.text);
        SmallGuest guest(std::string(c.text) + "\n int3");
        const RunResult result = guest.run();
        REQUIRE(result.last.vector == vector::breakpoint);
        CHECK(guest.registers.rax() == c.rax);
        CHECK(flags_of(guest.registers) == c.flags);
    }
}

StepResult last_of(SmallGuest& guest) { return guest.run().last; }

}  // namespace

TEST_CASE("arithmetic", "[execute]") {
    check_all({
        {"mov al, 0x7f\n add al, 1", 0x80, "aso"},
        {"mov al, 0xff\n add al, 1", 0, "cpaz"},
        {"mov ax, 0xffff\n add ax, 2", 1, "ca"},
        {"mov rax, -1\n mov eax, 5\n sub eax, 6", 0xffffffff, "cpas"},
        {"mov rax, 0x8000000000000000\n sub rax, 1", 0x7fffffffffffffff, "pao"},
        {"mov eax, 3\n stc\n adc eax, 4", 8, ""},
        {"mov eax, 3\n stc\n sbb eax, 3", 0xffffffff, "cpas"},
        {"mov eax, 5\n cmp eax, 5", 5, "pz"},
        {"mov ah, 0x12\n add ah, 0xf0", 0x0200, "c"},
        {"stc\n mov eax, 0xffffffff\n inc eax", 0, "cpaz"},
        {"stc\n mov al, 0x80\n dec al", 0x7f, "cao"},
        {"mov eax, 1\n neg eax", 0xffffffff, "cpas"},
        {"xor eax, eax\n neg eax", 0, "pz"},
        {"xor eax, eax\n not rax", ~0ull, "pz"},
        {"mov eax, 0xf0\n and eax, 0x3c", 0x30, "p"},
        {"mov rax, -1\n test eax, eax", ~0ull, "ps"},
        {"mov eax, 5\n add dword ptr [rbx], eax\n add eax, [rbx]", 10, "p"},
    });
}

TEST_CASE("shifts and rotates", "[execute]") {
    check_all({
        {"mov al, 0x81\n shl al, 1", 0x02, "cao"},
        {"mov al, 0x81\n shl al, 9", 0, "paz"},
        {"mov al, 0x81\n sar al, 20", 0xff, "cpas"},
        {"mov eax, 1\n shr eax, 1", 0, "cpaz"},
        {"stc\n mov rax, -1\n mov cl, 32\n shl eax, cl", 0xffffffff, "c"},
        {"mov al, 0x80\n rol al, 1", 1, "co"},
        {"mov al, 1\n ror al, 8", 1, ""},
        {"mov al, 0x80\n stc\n rcl al, 1", 1, "co"},
        {"mov al, 0x01\n stc\n rcr al, 1", 0x80, "co"},
        {"mov rax, 0x8000000000000001\n mov rdx, 0xf000000000000000\n shld rax, rdx, 4", 0x1f, "a"},
        {"mov eax, 0x10\n mov edx, 3\n shrd eax, edx, 4", 0x30000001, "a"},
    });
}

TEST_CASE("multiplication and division", "[execute]") {
    check_all({
        {"mov al, 16\n mov cl, 16\n mul cl", 0x100, "co"},
        {"mov eax, 0x10000\n mov ecx, 0x10000\n mul ecx\n add rax, rdx", 1, ""},
        {"mov eax, -3\n mov ecx, 5\n imul ecx", 0xfffffff1, ""},
        {"mov rcx, 0x4000000000000000\n imul rax, rcx, 4", 0, "co"},
        {"mov eax, 7\n imul eax, eax", 49, ""},
        {"mov eax, 17\n xor edx, edx\n mov ecx, 5\n div ecx\n shl rdx, 32\n or rax, rdx",
         0x200000003, "p"},
        {"mov rax, -17\n cqo\n mov ecx, 5\n idiv rcx\n sub rax, rdx", ~0ull, "cpas"},
        {"mov ax, -17\n mov cl, 5\n idiv cl", 0xfefd, "a"},
    });
}

TEST_CASE("division that does not fit is #DE and changes nothing", "[execute]") {
    for (const char* text : {"xor ecx, ecx\n div ecx", "mov edx, 5\n mov ecx, 5\n div ecx",
                             "mov rdx, 0x8000000000000000\n mov rcx, -1\n idiv rcx",
                             "mov eax, 0x8000\n cwd\n mov ecx, -1\n idiv cx"}) {
        INFO(text);
        SmallGuest guest(text);
        StepResult result;
        Registers before;
        do {
            before = guest.registers;
            result = guest.step();
        } while (result.outcome == Outcome::retired);
        CHECK(result.vector == vector::divide_error);
        before.rflags |= flag::rf;
        CHECK(guest.registers == before);
    }
}

TEST_CASE("moves and extensions", "[execute]") {
    check_all({
        {"mov rax, -1\n mov al, 1", 0xffffffffffffff01, ""},
        {"mov rax, -1\n mov ax, 1", 0xffffffffffff0001, ""},
        {"mov rax, -1\n mov eax, 1", 1, ""},
        {"mov eax, 0x1280\n movsx ecx, al\n movzx eax, ah\n sub eax, ecx", 0x92, "c"},
        {"mov dword ptr [rbx], -2\n movsxd rax, dword ptr [rbx]", ~1ull, ""},
        {"mov eax, 0x80\n cbw\n cwde\n cdqe", 0xffffffffffffff80, ""},
        {"mov rcx, 8\n lea rax, [rcx + rcx * 4 + 7]", 47, ""},
        {"mov rcx, -1\n lea eax, [rcx + 2]", 1, ""},
        {"mov eax, 1\n mov ecx, 2\n xchg eax, ecx\n shl ecx, 4\n or eax, ecx", 0x12, "p"},
        {"mov eax, 7\n cmp eax, 7\n mov ecx, 9\n cmovz eax, ecx", 9, "pz"},
        {"mov rax, -1\n cmp eax, 0\n mov ecx, 9\n cmovz eax, ecx", 0xffffffff, "ps"},
        {"cmp eax, 1\n setb al\n setnb ah", 1, "cpas"},
        {"mov eax, 0x11223344\n bswap eax", 0x44332211, ""},
        {"mov byte ptr [rbx + 5], 0x77\n mov al, 5\n xlatb", 0x77, ""},
        {"mov qword ptr [rbx], 0x1234\n mov al, [abs 0x500001]", 0x12, ""},
        {"mov dword ptr [rbx], 0x11223344\n movbe eax, dword ptr [rbx]", 0x44332211, ""},
    });
}

TEST_CASE("bits", "[execute]") {
    check_all({
        {"mov eax, 4\n bt eax, 2", 4, "c"},
        {"bts qword ptr [rbx], 33\n mov eax, [rbx + 4]", 2, ""},
        {"mov rcx, 100\n bts [rbx], rcx\n mov eax, [rbx + 12]", 16, ""},
        {"mov eax, 0xff\n btr eax, 35", 0xf7, "c"},
        {"xor eax, eax\n btc rax, 63", 0x8000000000000000, "pz"},
        {"mov ecx, 0x50\n bsf eax, ecx", 4, ""},
        {"mov ecx, 0x50\n bsr eax, ecx", 6, "p"},
        {"mov rax, -1\n xor ecx, ecx\n bsf eax, ecx", ~0ull, "pz"},
        {"xor ecx, ecx\n tzcnt eax, ecx", 32, "c"},
        {"mov ecx, 1\n lzcnt rax, rcx", 63, ""},
        {"mov ecx, 0xf0f0\n popcnt ax, cx", 8, ""},
    });
}

TEST_CASE("compare and exchange", "[execute]") {
    check_all({
        {"mov eax, 1\n mov ecx, 9\n lock xadd [rbx], ecx\n mov eax, [rbx]", 9, "p"},
        {"xor eax, eax\n mov ecx, 9\n lock cmpxchg [rbx], ecx\n mov eax, [rbx]", 9, "pz"},
        {"mov eax, 1\n mov ecx, 9\n lock cmpxchg [rbx], ecx", 0, ""},
        {"mov rsi, rbx\n xor eax, eax\n xor edx, edx\n mov ebx, 3\n mov ecx, 4\n"
         "lock cmpxchg8b [rsi]\n mov rax, [rsi]",
         0x400000003, "pz"},
        {"mov rsi, rbx\n xor eax, eax\n mov edx, 1\n cmpxchg16b [rsi]\n mov rax, rdx", 0, "p"},
    });
    SmallGuest guest("cmpxchg16b [rbx + 8]");
    CHECK(last_of(guest).vector == vector::general_protection);
}

TEST_CASE("the stack", "[execute]") {
    check_all({
        {"push 5\n pop rax", 5, ""},
        {"push -1\n pop rax", ~0ull, ""},
        {"mov rcx, rsp\n push rsp\n pop rax\n sub rax, rcx", 0, "pz"},
        {"push 7\n push 8\n pop qword ptr [rsp]\n pop rax", 8, ""},
        {"mov rcx, rsp\n push ax\n sub rcx, rsp\n mov rax, rcx", 2, "a"},
        {"mov rbp, 99\n enter 16, 0\n lea rax, [rbp + 8]\n sub rax, rsp\n leave", 24, "pa"},
        {"mov ah, 0xd5\n sahf\n lahf", 0xd700, "cpazs"},
        {"stc\n pushfq\n clc\n popfq\n setb al", 1, "c"},
        {"push fs\n pop rax", 0, ""},
    });
}

TEST_CASE("transfers of control", "[execute]") {
    check_all({
        {"call f\n add eax, 1\n jmp done\n f: mov eax, 5\n ret\n done: nop", 6, "p"},
        {"push 1\n push 2\n call f\n jmp done\n f: ret 16\n done: lea rax, [rsp - 0x600800]", 0,
         ""},
        {"mov ecx, 5\n again: add eax, ecx\n loop again", 15, "p"},
        {"xor ecx, ecx\n jrcxz done\n mov eax, 1\n done: nop", 0, "pz"},
        {"lea rcx, [rel there]\n mov [rbx], rcx\n jmp qword ptr [rbx]\n ud2\n there: mov al, 1", 1,
         ""},
        {"mov eax, 3\n cmp eax, 4\n jl yes\n ud2\n yes: ja no\n mov al, 9\n no: nop", 9, "cpas"},
        {"lea rax, [rel to]\n push 0x33\n push rax\n db 0x48, 0xcb\n ud2\n to: mov eax, 4", 4, ""},
    });
}

TEST_CASE("strings", "[execute]") {
    check_all({
        {"mov rdi, rbx\n mov al, 0x5a\n mov ecx, 3\n rep stosb\n mov eax, [rbx]", 0x5a5a5a, ""},
        {"mov dword ptr [rbx], 0x01020304\n mov rsi, rbx\n lea rdi, [rbx + 4]\n movsd\n"
         "mov eax, [rbx + 4]",
         0x01020304, ""},
        {"mov byte ptr [rbx + 3], 7\n mov rdi, rbx\n mov al, 7\n mov ecx, 10\n repne scasb\n"
         "mov eax, ecx",
         6, "pz"},
        {"std\n lea rsi, [rbx + 8]\n mov qword ptr [rsi], 5\n lodsq\n cld\n sub rsi, rbx", 5, "pz"},
        {"mov rsi, rbx\n lea rdi, [rbx + 64]\n mov ecx, 4\n repe cmpsq\n mov eax, ecx", 0, "pz"},
    });
}

TEST_CASE("FS and GS bases", "[execute]") {
    SmallGuest guest("mov rax, fs:[8]\n mov gs:[rax], al\n int3");
    guest.registers.fs_base = SmallGuest::data;
    guest.registers.gs_base = SmallGuest::data + 0x100;
    guest.write(SmallGuest::data + 8, {0x20});
    CHECK(last_of(guest).vector == vector::breakpoint);
    CHECK(guest.read(SmallGuest::data + 0x120) == 0x20);
}

TEST_CASE("a faulting instruction changes neither registers nor memory", "[execute]") {
    for (const char* text :
         {"add [rdi], eax", "xadd [rdi], eax", "cmpxchg [rdi], eax", "push qword ptr [rsi - 4]",
          "pop qword ptr [rdi]", "xchg [rdi], eax", "shl dword ptr [rdi], 3", "bts [rdi], eax",
          "setz byte ptr [rdi]", "movsb", "stosq", "inc dword ptr [rdi]", "mov [rdi], rax",
          "cmovnz rax, [rsi - 4]", "mov [rdi - 4], rax", "call qword ptr [rsi - 4]"}) {
        INFO(text);
        SmallGuest guest(text);
        guest.write(SmallGuest::data, {1});  // the page is there, so the digest knows it
        guest.registers.rax() = 0x1234;
        guest.registers.rsi() = SmallGuest::read_only + page_size;  // nothing there
        guest.registers.rdi() = SmallGuest::read_only;
        Registers before = guest.registers;
        const std::uint64_t memory = guest.memory.digest();
        const StepResult result = guest.step();
        CHECK(result.vector == vector::page_fault);
        before.rflags |= flag::rf;
        CHECK(guest.registers == before);
        CHECK(guest.read(SmallGuest::read_only - 8) == 0);
        CHECK(guest.memory.digest() == memory);
    }
}

TEST_CASE("page faults say what was wrong", "[execute]") {
    const auto fault = [](const char* text) {
        SmallGuest guest(text);
        return guest.step();
    };
    CHECK(fault("mov eax, [abs 0x1000]").error_code == 4);
    CHECK(fault("mov [abs 0x1000], eax").error_code == 6);
    CHECK(fault("mov [abs 0x501000], eax").error_code == 6);
    CHECK(fault("add [abs 0x501000], eax").error_code == 6);
    SmallGuest written("mov [abs 0x501000], eax");
    written.write(SmallGuest::read_only, {1});
    CHECK(written.step().error_code == 7);
    CHECK(fault("add [abs 0x1000], eax").error_code == 6);
    CHECK(fault("mov rax, [abs 0x501ffc]").fault_address == 0x502000);
}

TEST_CASE("bad addresses are #GP, or #SS through the stack pointer", "[execute]") {
    const auto vector_of = [](const char* text) {
        SmallGuest guest(text);
        guest.registers.rdx() = guest.registers.rbp() = std::uint64_t{1} << 60;
        return guest.step().vector;
    };
    CHECK(vector_of("mov eax, [rdx]") == vector::general_protection);
    CHECK(vector_of("mov eax, [rbp]") == vector::stack_fault);
    CHECK(vector_of("mov eax, fs:[rbp]") == vector::general_protection);
    CHECK(vector_of("leave") == vector::stack_fault);
    CHECK(vector_of("jmp rdx") == vector::general_protection);
}

TEST_CASE("user mode may not do what it may not do", "[execute]") {
    for (const char* text : {"hlt", "cli", "sti", "in al, 0x60", "out dx, eax", "insb", "wrmsr",
                             "rdmsr", "clts", "invd", "swapgs", "int 5"}) {
        INFO(text);
        SmallGuest guest(text);
        const StepResult result = guest.step();
        CHECK(result.vector == vector::general_protection);
        CHECK_FALSE(result.unimplemented);
        CHECK(guest.place() == 0);
    }
    SmallGuest guest("int 0x80");
    CHECK(std::string(guest.step().reason) == "INT 0x80: no 32-bit system calls here");
}

TEST_CASE("what is not implemented says so", "[execute]") {
    const auto reason = [](std::vector<std::uint8_t> bytes) -> std::string {
        SmallGuest guest("nop");
        guest.write(SmallGuest::code, bytes);
        const StepResult result = guest.step();
        CHECK(result.vector == vector::invalid_opcode);
        CHECK(result.unimplemented);
        return result.reason;
    };
    CHECK(reason({0x66, 0x0f, 0x38, 0xdc, 0xc1}) ==
          "AES, SHA and other extensions (0F 38) are not implemented");
    CHECK(reason({0xc5, 0xf8, 0x58, 0xc1}) == "AVX instructions are not implemented");
    CHECK(reason({0x0f, 0x01, 0xd0}) ==
          "MONITOR, XGETBV, VMX, SVM and their group (0F 01) are not implemented");
}

TEST_CASE("what is undefined is #UD without a reason", "[execute]") {
    for (const std::vector<std::uint8_t>& bytes : std::vector<std::vector<std::uint8_t>>{
             {0x0f, 0x0b}, {0x06}, {0xf0, 0x90}, {0xf0, 0x01, 0xc0}, {0xfe, 0xf8}, {0x8d, 0xc0}}) {
        SmallGuest guest("nop");
        guest.write(SmallGuest::code, bytes);
        const StepResult result = guest.step();
        CHECK(result.vector == vector::invalid_opcode);
        CHECK_FALSE(result.unimplemented);
        CHECK(result.reason == nullptr);
    }
}

TEST_CASE("the longest instruction has fifteen bytes", "[execute]") {
    SmallGuest guest("nop");
    std::vector<std::uint8_t> bytes(14, 0x66);
    bytes.push_back(0x90);
    guest.write(SmallGuest::code, bytes);
    CHECK(guest.step().outcome == Outcome::retired);
    CHECK(guest.place() == 15);
    bytes.insert(bytes.begin(), 0x66);
    guest.write(SmallGuest::code, bytes);
    guest.registers.rip = SmallGuest::code;
    CHECK(guest.step().vector == vector::general_protection);
}

TEST_CASE("CPUID advertises what is there", "[execute]") {
    SmallGuest guest("mov eax, 1\n cpuid\n int3");
    guest.run();
    CHECK((guest.registers.rcx() & 1u << 23) != 0);  // POPCNT
    CHECK((guest.registers.rdx() & 1u << 26) != 0);  // SSE2
    CHECK((guest.registers.rcx() & 1u << 20) != 0);  // SSE4.2
    CHECK((guest.registers.rcx() & 1u << 28) == 0);  // AVX
}
