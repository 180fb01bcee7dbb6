// SPDX-License-Identifier: MIT
/// One instruction as the tests look at it: its bytes, what the decoder made of them, and the state
/// it starts from.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "cpu/core.hpp"
#include "cpu/decode.hpp"
#include "cpu/operand_form.hpp"

namespace utsim::cpu::testing {

struct Encoding {
    std::uint8_t bytes[longest_instruction] = {};
    std::size_t size = 0;
    Decoded decoded;

    bool lock = false;
    bool operand_size = false;
    bool address_size = false;
    bool repeat = false;           ///< F2 or F3
    bool contradictory = false;    ///< F2 and F3, or FS or GS and another segment
    bool ignored_segment = false;  ///< 26 2E 36 3E
    bool rex_w = false;
    Map map = Map::one_byte;
    std::uint8_t opcode = 0;
    int third = 0;           ///< VEX.vvvv
    std::uint8_t modrm = 0;  ///< what stands there, whether it is one or not

    Encoding() = default;
    Encoding(const std::uint8_t* from, std::size_t n) : size(n) {
        std::memcpy(bytes, from, n);
        decoded = decode(bytes, size);
        read_prefixes();
    }

    bool implemented() const { return decoded.decodability == Decodability::implemented; }
    bool decodability_undefined() const { return decoded.decodability == Decodability::undefined; }
    const Instruction& instruction() const { return decoded.instruction; }
    bool is(std::initializer_list<const HandlerSet*> sets) const {
        if (!implemented()) return false;
        for (const HandlerSet* set : sets) {
            if (decoded.row->set == set) return true;
        }
        return false;
    }
    bool has(std::uint16_t attribute) const {
        return implemented() && (decoded.row->attributes & attribute) != 0;
    }
    const FormInfo& form() const { return form_info(decoded.row->form); }
    /// Whether ModRM (or an absolute address) names a place in memory.
    bool in_memory() const {
        if (!implemented()) return false;
        if (form().has_modrm()) return modrm < 0xc0;
        return form().immediate == Immediate::O;
    }
    /// Whether an operand is an XMM or MMX register.
    bool is_vector() const { return implemented() && form().has_vector(); }
    /// Bytes of an operand.
    unsigned operand_bytes() const {
        if (form().byte_size) return 1;
        if (is_vector()) {
            const unsigned fixed = form().memory_bytes;
            return fixed != 0 ? fixed : rex_w ? 8 : 4;
        }
        if (rex_w || has(attribute::force64)) return 8;
        if (has(attribute::no_66)) return 4;
        if (operand_size) return 2;
        return has(attribute::default64) ? 8 : 4;
    }

private:
    std::uint8_t at(std::size_t n) const { return n < size ? bytes[n] : 0; }

    void read_prefixes() {
        std::size_t n = 0;
        std::uint8_t rep = 0, segment = 0, rex = 0;
        for (; n < size; ++n) {
            const std::uint8_t byte = bytes[n];
            if ((byte & 0xf0) == 0x40) {
                rex = byte;
                continue;
            }
            if (byte == 0xf0) {
                lock = true;
            } else if (byte == 0x66) {
                operand_size = true;
            } else if (byte == 0x67) {
                address_size = true;
            } else if (byte == 0xf2 || byte == 0xf3) {
                contradictory |= rep != 0 && rep != byte;
                rep = byte;
            } else if (byte == 0x64 || byte == 0x65) {
                contradictory |= segment != 0 && segment != byte;
                segment = byte;
            } else if (byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e) {
                contradictory |= segment == 0x64 || segment == 0x65;
                ignored_segment = true;
                segment = byte;
            } else {
                break;
            }
            rex = 0;
        }
        repeat = rep != 0;
        rex_w = (rex & 8) != 0;
        opcode = at(n++);
        if (opcode == 0xc4 || opcode == 0xc5) {  // VEX
            const bool three = opcode == 0xc4;
            if (three) map = (at(n++) & 31) == 2 ? Map::vex_38 : Map::vex_3a;
            rex_w = three && (at(n) & 0x80) != 0;
            third = (~at(n++) >> 3) & 15;
            opcode = at(n++);
        }
        if (opcode == 0x0f) {
            map = Map::two_byte;
            opcode = at(n++);
            if (opcode == 0x38 || opcode == 0x3a) {
                map = opcode == 0x38 ? Map::three_byte_38 : Map::three_byte_3a;
                opcode = at(n++);
            }
        }
        modrm = at(n);
    }
};

/// A `Core` over copies, to compute addresses and read registers as the handlers do.
struct Snapshot {
    Snapshot(const Registers& registers, AddressSpace& space, const Encoding& e)
        : r(registers),
          core(r, debug, space, environment) {
        if (e.implemented()) r.rip += e.instruction().length;
    }
    Snapshot(const Snapshot&) = delete;

    Registers r;
    DebugState debug;
    Environment environment;
    Core core;
};

}  // namespace utsim::cpu::testing
