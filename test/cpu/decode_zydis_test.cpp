// SPDX-License-Identifier: MIT
// The decoder against Zydis on millions of byte strings: what we implement, Zydis decodes with the
// same length; what we call undefined, it refuses. UTSIM_DECODE_CASES sets how many (default ten
// million).
#include <Zydis/Zydis.h>

#include <cstdlib>
#include <map>
#include <string>

#include "cpu/decode.hpp"
#include "test/cpu/random_source.hpp"
#include "test/support/testing.hpp"

using namespace utsim::cpu;
using utsim::cpu::testing::Random;

namespace {

constexpr std::size_t bytes_given = 24;

/// Half of the strings begin like an instruction, so that the rare opcodes get their share.
void fill(Random& random, std::uint8_t* bytes) {
    for (std::size_t n = 0; n < bytes_given; n += 8) {
        const std::uint64_t word = random.next();
        for (std::size_t k = 0; k < 8; ++k)
            bytes[n + k] = static_cast<std::uint8_t>(word >> (8 * k));
    }
    if (random.one_in(2)) return;
    constexpr std::uint8_t legacy[] = {0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x64, 0x65, 0x48};
    std::size_t at = 0;
    while (random.one_in(3) && at < 14) bytes[at++] = random.pick(legacy);
    if (random.one_in(3)) bytes[at++] = 0x40 | (random.byte() & 15);
    if (random.one_in(2)) {
        bytes[at++] = 0x0f;
        if (random.one_in(4)) bytes[at++] = random.one_in(2) ? 0x38 : 0x3a;
    }
}

std::string hex(const std::uint8_t* bytes, std::size_t size) {
    std::string text;
    for (std::size_t n = 0; n < size; ++n) {
        char digits[4];
        std::snprintf(digits, sizeof digits, "%02x ", bytes[n]);
        text += digits;
    }
    return text;
}

struct Zydis {
    Zydis() { ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64); }

    /// The length, or 0 if Zydis says that this is no instruction.
    unsigned length(const std::uint8_t* bytes) {
        const ZyanStatus status =
            ZydisDecoderDecodeInstruction(&decoder, nullptr, bytes, bytes_given, &instruction);
        return ZYAN_SUCCESS(status) ? instruction.length : 0;
    }

    ZydisDecoder decoder;
    ZydisDecodedInstruction instruction;
};

/// Where the two may differ, and why.
bool is_known_difference(const Decoded& ours) {
    if (ours.row == nullptr) return false;
    // Instructions that exist only to be undefined, and SYSENTER, which AMD does not have here.
    if (ours.row->form == Form::undefined) return true;
    // AMD's LOCK MOV CR0, which is CR8; it is no memory that is locked.
    if (ours.row->set == &execute::privileged && ours.row->form == Form::Ib) return true;
    // Zydis has MPX at 0F 1A and 0F 1B; without MPX they are NOPs with any operand.
    return ours.row->first == 0x18 && ours.row->set == &execute::nop;
}

/// Null if the two agree; else what is wrong.
const char* disagreement(const Decoded& ours, unsigned theirs) {
    if (is_known_difference(ours)) return nullptr;
    switch (ours.decodability) {
        case Decodability::implemented:
            if (theirs == 0) return "implemented here, no instruction there";
            return ours.instruction.length == theirs ? nullptr : "the lengths differ";
        case Decodability::undefined:
            return theirs == 0 ? nullptr : "undefined here only";
        case Decodability::unimplemented:
            return nullptr;
        case Decodability::too_long:
            return theirs == 0 ? nullptr : "too long here only";
        case Decodability::incomplete:
            return "24 bytes are never incomplete";
    }
    return "no such decodability";
}

std::uint64_t case_count() {
    const char* wanted = std::getenv("UTSIM_DECODE_CASES");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 0) : 10'000'000;
}

}  // namespace

TEST_CASE("lengths agree with Zydis", "[decode][oracle]") {
    Random random(1);
    Zydis zydis;
    std::uint64_t implemented = 0;
    std::map<std::string, std::string> disagreements;  // the first example of each kind
    for (std::uint64_t n = case_count(); n > 0; --n) {
        std::uint8_t bytes[bytes_given];
        fill(random, bytes);
        const Decoded ours = decode(bytes, bytes_given);
        const unsigned theirs = zydis.length(bytes);
        implemented += ours.decodability == Decodability::implemented ? 1 : 0;
        if (const char* why = disagreement(ours, theirs)) {
            const char* name =
                theirs != 0 ? ZydisMnemonicGetString(zydis.instruction.mnemonic) : "-";
            const char* row = ours.row != nullptr ? ours.row->name : "-";
            const std::string kind = std::string(why) + ": " + row + ", in Zydis " + name;
            disagreements.emplace(kind, hex(bytes, longest_instruction));
        }
    }
    for (const auto& [kind, example] : disagreements) UNSCOPED_INFO(kind << ": " << example);
    CHECK(disagreements.empty());
    CHECK(implemented > case_count() / 2);
}

TEST_CASE("a cut instruction is incomplete, and only then", "[decode]") {
    Random random(2);
    for (int n = 0; n < 20'000; ++n) {
        std::uint8_t bytes[bytes_given];
        fill(random, bytes);
        const Decoded whole = decode(bytes, bytes_given);
        if (whole.decodability != Decodability::implemented) continue;
        for (std::size_t size = 0; size <= whole.instruction.length; ++size) {
            INFO(hex(bytes, whole.instruction.length) << "cut to " << size);
            const bool complete = decode(bytes, size).decodability != Decodability::incomplete;
            REQUIRE(complete == (size == whole.instruction.length));
        }
    }
}
