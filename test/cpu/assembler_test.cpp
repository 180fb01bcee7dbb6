// SPDX-License-Identifier: MIT
// Assembly text to bytes and back, the messages for what is wrong with a text, and GNU as as a
// second opinion where it is installed.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cpu/disassembler.hpp"
#include "test/cpu/assembler_outcome.hpp"
#include "test/support/scratch_folder.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::cpu;
using utsim::cpu::testing::hex;
using utsim::cpu::testing::outcome;
using utsim::testing::ScratchFolder;

namespace {

std::string text_of(const std::vector<std::uint8_t>& bytes, std::uint64_t address) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size();) {
        const Disassembly one = disassemble(std::span(bytes).subspan(i), address + i);
        text += one.text + "\n";
        i += one.length;
    }
    return text;
}

// What GNU as also understands; most of what a scenario will ever use.
constexpr const char* plain_instructions[] = {
    "mov eax, ebx",
    "mov al, 255",
    "mov ah, bl",
    "mov eax, 0xffffffff",
    "mov rax, -1",
    "mov rax, 0x1122334455667788",
    "mov dword ptr [rax], 5",
    "mov byte ptr [rbx+rcx*4-8], 0xff",
    "mov rax, qword ptr [rsp+8]",
    "mov qword ptr [r13+r12*8], r9",
    "mov word ptr [rbp], 0x1234",
    "mov r8d, dword ptr fs:[rax]",
    "mov rbx, qword ptr gs:[rcx+0x28]",
    "mov spl, sil",
    "add eax, 1",
    "add eax, 0x12345678",
    "add rax, -128",
    "sub rsp, 8",
    "adc bl, 7",
    "sbb rdx, rcx",
    "and eax, 0xfffffff0",
    "or r15, r14",
    "xor eax, eax",
    "cmp byte ptr [rdi], 0",
    "test al, al",
    "test dword ptr [rax], 0x100",
    "inc dword ptr [rax]",
    "dec rcx",
    "neg r9b",
    "not qword ptr [rsp]",
    "mul rbx",
    "imul eax, ecx",
    "imul rax, rbx, 100",
    "div r8",
    "idiv dword ptr [rax]",
    "shl eax, 1",
    "shl rax, 63",
    "sar qword ptr [rax], cl",
    "rol word ptr [rax], 3",
    "rcr bl, 1",
    "shld eax, ebx, 4",
    "shrd rax, rbx, cl",
    "bt eax, 5",
    "bts dword ptr [rax], 7",
    "btr rax, rbx",
    "btc ecx, edx",
    "bsf eax, ebx",
    "bsr rax, qword ptr [rbx]",
    "bswap r10",
    "movzx eax, byte ptr [rax]",
    "movzx ecx, dx",
    "movsx rax, al",
    "movsxd rax, ecx",
    "lea rax, [rbx+rbx*2+1]",
    "lea eax, [rip+0x10]",
    "push rax",
    "push 1",
    "push 0x12345678",
    "push qword ptr [rax]",
    "pop r12",
    "pushfq",
    "popfq",
    "xchg dword ptr [rax], ecx",
    "lock xadd dword ptr [rdi], eax",
    "lock cmpxchg qword ptr [rdi], rsi",
    "cmpxchg16b xmmword ptr [rdi]",
    "lock dec byte ptr [rax]",
    "cmovz eax, ebx",
    "cmovnle rax, qword ptr [rbx]",
    "setz al",
    "setnbe byte ptr [rax]",
    "rep movsb",
    "rep stosq",
    "repe cmpsb",
    "repne scasb",
    "lodsd",
    "movsw",
    "cld",
    "std",
    "clc",
    "stc",
    "cmc",
    "lahf",
    "sahf",
    "cdq",
    "cqo",
    "cdqe",
    "cwde",
    "cbw",
    "leave",
    "ret",
    "ret 16",
    "call rax",
    "call qword ptr [rax+8]",
    "jmp r11",
    "jmp qword ptr [rip+0x100]",
    "int3",
    "int 0x80",
    "syscall",
    "cpuid",
    "rdtsc",
    "rdtscp",
    "ud2",
    "nop",
    "pause",
    "hlt",
    "endbr64",
    "iretq",
    "enter 16, 0",
    "mov ax, fs",
    "mov ss, ax",
    "mfence",
    "xlat",
};

}  // namespace

TEST_CASE("a small program", "[assembler]") {
    const Result<Assembly> result = assemble(
        "count equ 3\n"
        "start: mov ecx, count\n"
        "again: dec dword ptr [counter] ; bare labels are rip-relative\n"
        "       jnz again\n"
        ".out:  syscall # done\n"
        "\n"
        "counter: dd 5\n");
    REQUIRE(result.ok());
    CHECK(hex(result->bytes) ==
          "b903000000"
          "ff0d04000000"
          "75f8"
          "0f05"
          "05000000");
    CHECK(result->find_label("again")->address == 0x401005);
    CHECK(result->find_label("again.out")->address == 0x40100d);
    CHECK(result->find_label("out") == nullptr);
    CHECK(result->line_at(0x401007)->line == 3);
    CHECK_FALSE(result->line_at(0x40100f)->is_code);
    CHECK(result->line_at(0x401013) == nullptr);
    CHECK(result->name_of(0x40100b) == "again+6");
    CHECK(result->name_of(0x400fff).empty());
    const auto name = [&](std::uint64_t address) { return result->name_of(address); };
    CHECK(disassemble(std::span(result->bytes).subspan(5), 0x401005, name).text ==
          "dec dword ptr [rel counter]");
    CHECK(disassemble(std::span(result->bytes).subspan(11), 0x40100b, name).text == "jnz again");
}

TEST_CASE("the example of docs/assembly.md assembles", "[assembler]") {
    std::ifstream file(utsim::testing::source_path("docs/assembly.md"));
    const std::string document{std::istreambuf_iterator<char>(file), {}};
    const std::size_t start = document.find("```asm\n") + 7;
    const std::string text = document.substr(start, document.find("```", start) - start);
    CHECK(outcome(text).substr(0, 10) == "b903000000");
}

TEST_CASE("branches take the short form where it reaches", "[assembler]") {
    CHECK(outcome("jmp x\nresb 127\nx:").substr(0, 4) == "eb7f");
    CHECK(outcome("jmp x\nresb 128\nx:").substr(0, 10) == "e980000000");
    CHECK(outcome("x: resb 126\njz x").substr(252) == "7480");
    CHECK(outcome("x: resb 127\njz x").substr(254) == "0f847bffffff");
    CHECK(outcome("x: jmp near x") == "e9fbffffff");
    INFO("one branch that grows can make another one grow");
    CHECK(outcome("jmp b\nresb 124\njmp c\nb: resb 125\nresb 3\nc:").substr(0, 10) == "e981000000");
}

TEST_CASE("a text that needs very many rounds is laid out all the same", "[assembler]") {
    // Each jump reaches its target only while the next one is short.
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += "l" + std::to_string(i) + ": jmp l" + std::to_string(i + 63) + "\n";
    }
    for (int i = 3000; i < 3063; ++i) text += "l" + std::to_string(i) + ": nop\n";
    text += "resb 3\n";
    CHECK(assemble(text).ok());
    text += "last: jmp l2999\n";
    CHECK(assemble(text).ok());
}

TEST_CASE("data, space and constants", "[assembler]") {
    CHECK(outcome("db 1, -1, 255, 'a', \"bc\\n\", 0x10, 0b101, 1_000 - 999") ==
          "01ffff6162630a100501");
    CHECK(outcome("dw 0x1234, 'ab'\ndd -2\ndq 0xffffffffffffffff") ==
          "34126162feffffffffffffffffffffff");
    CHECK(outcome("dw 'abc'") == "61626300");
    CHECK(outcome("a: dq a, $, b - a\nb:") == "001040000000000000104000000000001800000000000000");
    CHECK(outcome("n equ m * 2\nm = 2 + 3 * (4 - 1)\ndb n") == "16");
    CHECK(outcome("nop\nalign 8\nint3") == "900f1f8000000000cc");
    CHECK(outcome("resb 3\ndb 1") == "00000001");
    CHECK(outcome("").empty());
    CHECK(outcome("; nothing\n\n  # either\n").empty());
}

TEST_CASE("operands in the ways people write them", "[assembler]") {
    CHECK(outcome("mov [rax], ecx") == "8908");
    CHECK(outcome("MOV EAX, DWORD PTR [RBX]") == "8b03");
    CHECK(outcome("mov eax, [4*rcx + rbx + 16 - 8]") == "8b448b08");
    CHECK(outcome("mov eax, [rcx + rsp]") == "8b040c");
    CHECK(outcome("mov rax, [fs:rbx]") == outcome("mov rax, fs:[rbx]"));
    CHECK(outcome("x: mov eax, [x]") == outcome("x: mov eax, [rel x]"));
    CHECK(outcome("x: mov ebx, [abs x]") == "8b1c2500104000");
    CHECK(outcome("mov ebx, [rip + 4]") == "8b1d04000000");
    CHECK(outcome("xchg rax, [rbx]") == "488703");
    CHECK(outcome("test rax, [rbx]") == "488503");
    CHECK(outcome("imul rax, 5") == "486bc005");
    CHECK(outcome("rep cmpsb") == "f3a6");
    CHECK(outcome("je $\nja $\njnae $\ncmovge eax, ebx\nsetc al\nsal eax, 2") ==
          "74fe77fe72fe0f4dc30f92c0c1e002");
    CHECK(outcome("push [rax]\ncall [rax]") == "ff30ff10");
    CHECK(outcome("lock xadd [rdi], eax") == "f00fc107");
    CHECK(outcome("lea ecx, [ebp + 8]\nxchg eax, eax\nret far 8\nretf\njmp far fword ptr [rax]") ==
          "678d4d0887c0ca0800cbff28");
}

TEST_CASE("every error of a text is reported, with its place", "[assembler]") {
    CHECK(outcome("mvo eax, 5\n  lea rax, [rbx*3]\nfoo\n") ==
          "1:1+3 E-ASM-004 unknown instruction 'mvo' (did you mean 'mov'?)\n"
          "2:17+1 E-ASM-002 an index can be scaled by 1, 2, 4 or 8 only\n"
          "3:1+3 E-ASM-004 unknown instruction 'foo' (a label ends with ':')\n");
    CHECK(outcome("again: mov eax, rbx\n jmp agian\n") ==
          "1:12+8 E-ASM-009 there is no 'mov' with these operands (eax has 32 bits and rbx has "
          "64)\n"
          "2:6+5 E-ASM-005 'agian' is not defined (did you mean 'again'?)\n");
    CHECK(outcome("inc [rax]") ==
          "1:5+5 E-ASM-007 the size of the memory operand is not clear (write 'byte', 'word', "
          "'dword' or 'qword' before the '[')\n");
    CHECK(outcome("shl [rax], cl").substr(0, 15) == "1:5+5 E-ASM-007");
    CHECK(outcome("mov [rax], [rbx]") ==
          "1:12+5 E-ASM-009 'mov' cannot have two memory operands (move one of them into a "
          "register first)\n");
    CHECK(outcome("mov al, 256") == "1:9+3 E-ASM-011 the number does not fit into this operand\n");
    CHECK(outcome("db 256") == "1:4+3 E-ASM-011 the number does not fit into 1 byte\n");
    CHECK(outcome("lock mov eax, 5") == "1:1+4 E-ASM-010 this prefix cannot stand before 'mov'\n");
    CHECK(outcome("loop x\nresb 200\nx:") ==
          "1:6+1 E-ASM-008 the target is too far away for 'loop' (it reaches 127 bytes forwards "
          "and 128 back; put a 'jmp' between)\n");
    CHECK(outcome("mov eax, %ebx") ==
          "1:10+1 E-ASM-001 registers are written without '%' (this is Intel syntax: destination "
          "first, as in 'mov eax, 5')\n");
    CHECK(outcome("x: nop\nx: nop") ==
          "2:1+1 E-ASM-003 'x' is defined twice (it is defined in line 1 already)\n");
    CHECK(outcome("rax: nop") ==
          "1:1+3 E-ASM-003 'rax' is a register and cannot be a label (choose another name)\n");
    CHECK(outcome("x equ y\ny equ x\n") ==
          "1:7+1 E-ASM-006 'y' is defined by itself\n2:7+1 E-ASM-006 'x' is defined by itself\n");
    CHECK(outcome("x equ x+1") == "1:7+1 E-ASM-006 'x' is defined by itself\n");
    CHECK(outcome("z equ y\nx equ y\ny equ x\n") ==
          "1:7+1 E-ASM-006 'y' is defined by itself\n2:7+1 E-ASM-006 'y' is defined by itself\n"
          "3:7+1 E-ASM-006 'x' is defined by itself\n");
    CHECK(outcome("x: resb x") ==
          "1:9+1 E-ASM-011 the amount must be a number, not depend on where labels are\n");
    CHECK(outcome("align 3") == "1:7+1 E-ASM-011 an alignment is a power of two up to 4096\n");
    CHECK(outcome("mov eax, (((1") == "1:14+1 E-ASM-002 the line ends too early\n");
    CHECK(outcome("db 'x") == "1:4+2 E-ASM-001 the string has no end (close it with ')\n");
    CHECK(outcome("mov eax, 0x1ffffffffffffffff") ==
          "1:10+19 E-ASM-001 the number does not fit into 64 bits\n");
    CHECK(outcome(std::string(60, '(')).substr(0, 8) == "1:1+1 E-");
    CHECK(outcome("db " + std::string(60, '(')) ==
          "1:54+1 E-ASM-002 the expression is nested too deeply\n");
    CHECK(outcome("db " + std::string(60000, '-')) ==
          "1:54+1 E-ASM-002 the expression is nested too deeply\n");
    INFO("a constant that could not be read is not reported again where it is used");
    CHECK(outcome("n equ 09z\nmov eax, n") ==
          "1:7+3 E-ASM-001 '09z' is not a number (hexadecimal numbers are written as 0x1f)\n");
}

TEST_CASE("the errors carry the line for the caret", "[assembler]") {
    const Result<Assembly> result = assemble("nop\n  mov eax, rbx\n", {0, "prog.s"});
    REQUIRE(result.errors().size() == 1);
    CHECK(result.errors()[0].file == "prog.s");
    CHECK(result.errors()[0].source_line == "  mov eax, rbx");
}

TEST_CASE("disassembly of what is no instruction", "[disassembler]") {
    const std::uint8_t bad[] = {0x06, 0x90};
    const Disassembly one = disassemble(bad, 0);
    CHECK(one.text == "db 0x06");
    CHECK(one.length == 1);
    CHECK_FALSE(one.valid);
    CHECK(disassemble({}, 0).length == 0);
    const std::uint8_t cut[] = {0x48, 0xb8, 0x01};
    CHECK(disassemble(cut, 0).text == "db 0x48");
}

TEST_CASE("disassembled text assembles to the same instruction", "[assembler]") {
    for (const char* text : plain_instructions) {
        const Result<Assembly> result = assemble(text);
        INFO(text);
        REQUIRE(result.ok());
        const std::string shown = text_of(result->bytes, 0x401000);
        CHECK(outcome(shown) == hex(result->bytes));
    }
}

TEST_CASE("random instructions survive disassembling and assembling", "[assembler]") {
    utsim::testing::check_property(
        "cpu/assembler_round_trip",
        [] {
            // Legacy prefixes and one- and two-byte opcodes; vectors are not what scenarios are
            // for.
            std::vector<std::uint8_t> bytes;
            if (*rc::gen::inRange(0, 3) == 0)
                bytes.push_back(*rc::gen::element<std::uint8_t>(0x66, 0xf0, 0xf3, 0xf2, 0x64));
            if (*rc::gen::arbitrary<bool>())
                bytes.push_back(*rc::gen::inRange<std::uint8_t>(0x40, 0x50));
            if (*rc::gen::inRange(0, 4) == 0) bytes.push_back(0x0f);
            for (int i = 0; i < 12; ++i)
                bytes.push_back(*rc::gen::resize(100, rc::gen::arbitrary<std::uint8_t>()));
            constexpr std::uint64_t address = 0x401000;
            const Disassembly before = disassemble(bytes, address);
            RC_PRE(before.valid);
            const Result<Assembly> again = assemble(before.text);
            if (!again.ok()) {
                // Not everything that decodes has one plain way to be asked for; but no crash, and
                // what is accepted is right.
                RC_TAG("not encodable");
                return;
            }
            RC_TAG("same");
            const Disassembly after = disassemble(again->bytes, address);
            RC_ASSERT(after.text == before.text);
            RC_ASSERT(after.length == again->bytes.size());
        },
        3000);
}

TEST_CASE("any text gives bytes or errors", "[assembler]") {
    static const std::vector<std::string> pieces = {
        "mov",   "eax",  "rax",   "[",      "]",    ",",    "+",    "-",    "*",
        "4",     "0x10", "label", "label:", ":",    "jmp",  "lock", "rep",  "movsb",
        "dword", "ptr",  "rel",   "fs:",    "equ",  "=",    "db",   "resb", "align",
        "'a'",   "\"",   "(",     ")",      "$",    "\n",   "\n",   ".x",   ".x:",
        "short", "push", "%",     "\\",     "call", "near", "near", "1",    "999999999999",
        "x",     "loop", ";",     "\t",     "\xff",
    };
    utsim::testing::check_property(
        "cpu/assembler_any_text",
        [] {
            std::string text;
            for (const auto i :
                 *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 50u))) {
                text += pieces[i % pieces.size()];
                text += ' ';
            }
            const Result<Assembly> result = assemble(text);
            if (result.ok()) return;
            RC_ASSERT(!result.errors().empty());
            for (const Error& error : result.errors()) {
                RC_ASSERT(error.line >= 1u);
                RC_ASSERT(error.column >= 1u);
                RC_ASSERT(error.column <= error.source_line.size() + 1);
                RC_ASSERT(!error.message.empty());
            }
        },
        3000);
}

TEST_CASE("GNU as agrees", "[assembler]") {
    if (std::system("as --version > /dev/null 2>&1 && objcopy --version > /dev/null 2>&1") != 0) {
        WARN("no GNU as here: skipped");
        return;
    }
    const ScratchFolder scratch;
    std::string text;
    for (const char* line : plain_instructions) text += std::string(line) + "\n";
    std::ofstream(scratch.path + "/t.s") << ".intel_syntax noprefix\n" << text;
    const std::string in = scratch.path + "/t.s", object = scratch.path + "/t.o",
                      out = scratch.path + "/t.bin";
    REQUIRE(std::system(("as --64 -o " + object + " " + in).c_str()) == 0);
    REQUIRE(std::system(("objcopy -O binary -j .text " + object + " " + out).c_str()) == 0);
    std::ifstream file(out, std::ios::binary);
    const std::vector<std::uint8_t> theirs{std::istreambuf_iterator<char>(file), {}};
    const Result<Assembly> ours = assemble(text, {0, ""});
    REQUIRE(ours.ok());
    // Some instructions have several encodings; what they say must be the same. Only the targets
    // of rip-relative operands move when a length differs, so they are compared by themselves.
    std::istringstream our_text(text_of(ours->bytes, 0)), their_text(text_of(theirs, 0));
    std::string our_line, their_line;
    while (std::getline(our_text, our_line)) {
        REQUIRE(std::getline(their_text, their_line));
        if (our_line.find("[rel ") == std::string::npos) CHECK(our_line == their_line);
    }
    CHECK_FALSE(std::getline(their_text, their_line));
}
