// SPDX-License-Identifier: MIT
// Any bytes given as assembly text become bytes or errors with places inside the text; what was
// assembled can be disassembled line by line.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.hpp"
#include "cpu/assembler.hpp"
#include "cpu/disassembler.hpp"

using namespace utsim;
using namespace utsim::cpu;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Result<Assembly> result =
        assemble(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!result.ok()) {
        for (const Error& error : result.errors()) {
            UTSIM_CHECK(error.line == 0 || error.column <= error.source_line.size() + 1,
                        "an error points behind its line");
        }
        return 0;
    }
    for (const Assembly::Line& line : result->lines) {
        if (!line.is_code) continue;
        const std::size_t offset = line.address - result->base;
        const Disassembly one =
            disassemble(std::span(result->bytes).subspan(offset, line.size), line.address);
        UTSIM_CHECK(one.valid, "an assembled instruction cannot be disassembled");
    }
    return 0;
}
