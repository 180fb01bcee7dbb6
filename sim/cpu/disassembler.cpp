// SPDX-License-Identifier: MIT
// Zydis' Intel formatter with two things changed: addresses can have names, and rip-relative
// operands are written as our assembler reads them, `[rel name]`.
#include "cpu/disassembler.hpp"

#include <cstdio>

#include <Zydis/Zydis.h>

namespace utsim::cpu {

namespace {

struct Naming {
    const NameAddress* name;
};

ZyanStatus print_address(const ZydisFormatter*, ZydisFormatterBuffer* buffer,
                         ZydisFormatterContext* context) {
    ZyanU64 address = 0;
    ZYAN_CHECK(ZydisCalcAbsoluteAddress(context->instruction, context->operand,
                                        context->runtime_address, &address));
    ZyanString* out = nullptr;
    ZYAN_CHECK(ZydisFormatterBufferAppend(buffer, ZYDIS_TOKEN_SYMBOL));
    ZYAN_CHECK(ZydisFormatterBufferGetString(buffer, &out));
    const bool memory = context->operand->type == ZYDIS_OPERAND_TYPE_MEMORY;
    const bool relative = memory && context->operand->mem.base == ZYDIS_REGISTER_RIP;
    const auto& naming = *static_cast<const Naming*>(context->user_data);
    const std::string name = *naming.name ? (*naming.name)(address) : std::string();
    // A name alone in brackets means rip-relative, so an absolute address stays a number.
    std::string text = relative ? "rel " : "";
    if (!name.empty() && (relative || !memory)) {
        text += name;
    } else {
        char number[24];
        std::snprintf(number, sizeof number, "0x%llx", static_cast<unsigned long long>(address));
        text += number;
    }
    ZyanStringView view;
    ZYAN_CHECK(ZyanStringViewInsideBufferEx(&view, text.data(), text.size()));
    return ZyanStringAppend(out, &view);
}

void set_up(ZydisFormatter& formatter) {
    ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING,
                              ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
    // Always with its size, or `inc [rax]` could not be assembled again.
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE);
    const void* print = reinterpret_cast<const void*>(&print_address);
    ZydisFormatterSetHook(&formatter, ZYDIS_FORMATTER_FUNC_PRINT_ADDRESS_ABS, &print);
}

Disassembly as_data(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return {};
    char text[16];
    std::snprintf(text, sizeof text, "db 0x%02x", bytes[0]);
    return {text, 1, false};
}

}  // namespace

Disassembly disassemble(std::span<const std::uint8_t> bytes, std::uint64_t address,
                        const NameAddress& name) {
    ZydisDecoder decoder;
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeFull(&decoder, bytes.data(), bytes.size(), &instruction, operands))) {
        return as_data(bytes);
    }
    ZydisFormatter formatter;
    set_up(formatter);
    Naming naming{&name};
    char text[256];
    if (!ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &instruction, operands,
                                                      instruction.operand_count_visible, text,
                                                      sizeof text, address, &naming))) {
        return as_data(bytes);
    }
    return {text, instruction.length, true};
}

}  // namespace utsim::cpu
