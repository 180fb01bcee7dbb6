// SPDX-License-Identifier: MIT
// Texts that are made to take long or to grow: each ends soon, with bytes or with errors.
#include <string>

#include "test/cpu/assembler_outcome.hpp"
#include "test/support/testing.hpp"

using namespace utsim;
using namespace utsim::cpu;
using utsim::cpu::testing::outcome;

TEST_CASE("an assembly text has limits", "[assembler]") {
    CHECK(outcome(std::string(assembly_text_limit + 1, '\n')) ==
          "0:0+1 E-ASM-012 the text is longer than 1048576 bytes\n");
    CHECK(outcome("resb 0x100001") == "1:6+8 E-ASM-011 this is too much space\n");
    CHECK(outcome("resb 0x80000\nresb 0x80001") ==
          "2:1+1 E-ASM-012 up to here the text makes more than 1048576 bytes\n");
    std::string many;
    for (int i = 0; i < 200; ++i) many += "bad\n";
    CHECK(assemble(many).errors().size() == assembly_error_limit);
}

TEST_CASE("constants are computed once, however often they are used", "[assembler]") {
    std::string text;  // each uses the next one many times: 50 to the power of 3000 additions
    for (int i = 0; i < 3000; ++i) {
        text += "a" + std::to_string(i) + " equ 0";
        for (int n = 0; n < 50; ++n) text += "+a" + std::to_string(i + 1);
        text += '\n';
    }
    CHECK(outcome(text + "a3000 equ 0\ndb a0") == "00");
    CHECK(outcome("x equ $-a+1\na: nop\nb: db y-b\ny equ x+x+b") == "9002");
}

TEST_CASE("what the assembler does is linear in its input", "[assembler]") {
    const auto repeated = [](const std::string& part, std::size_t bytes) {
        std::string text;
        while (text.size() + part.size() < bytes) text += part;
        return text;
    };
    const std::size_t whole = assembly_text_limit;
    const std::string name(assembly_name_limit, 'n');
    CHECK(outcome(name + "m: nop") == "1:1+256 E-ASM-001 a name has at most 255 characters\n");
    CHECK(outcome(name + ": jmp " + name) == "ebfe");
    CHECK(outcome(std::string(assembly_line_limit, ' ')).empty());
    CHECK(outcome(std::string(assembly_line_limit + 1, ' ')) ==
          "1:1+1 E-ASM-012 the line is longer than 65536 bytes\n");
    CHECK(outcome(repeated("resb 0x100000\n", whole)) ==
          "2:1+1 E-ASM-012 up to here the text makes more than 1048576 bytes\n");
    for (const char* part : {"a: ", "inc [x]\n", "x equ y\n", "jmp z\n", "'", "((", "rep ", "db 1,",
                             "nop\n.l: dec [.l]\n"}) {
        INFO(part);
        const Result<Assembly> result = assemble(repeated(part, whole));
        CHECK_FALSE(result.ok());
        CHECK(result.errors().size() <= assembly_error_limit);
    }
    // Every branch that becomes long pushes the next one over the edge.
    std::string branches;
    for (int i = 0; i < 20'000; ++i) {
        branches += "l" + std::to_string(i) + ": jmp l" + std::to_string(i + 1) + "\nresb " +
                    (i == 0 ? "127\n" : "40\n");
    }
    CHECK(assemble(branches + "l20000: nop").ok());
}
