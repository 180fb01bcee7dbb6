// SPDX-License-Identifier: MIT
// Fills in a request for Zydis' encoder, which is exact where assembly text is loose: it wants
// immediates sign-extended, the size of every memory operand, and one order of operands where the
// instruction has two. So a request is tried in a few variants, in a fixed order; if none is
// encodable, changed variants tell which part of the statement is to blame.
#include "cpu/assembler_encode.hpp"

#include <cstring>
#include <string>
#include <utility>

#include "cpu/assembler_data.hpp"
#include "cpu/assembler_names.hpp"

namespace utsim::cpu::assembler {

namespace {

using Bytes = std::vector<std::uint8_t>;

/// The operand that is an absolute address in the request and relative in the bytes, or null.
ZydisEncoderOperand* relative_operand(ZydisEncoderRequest& request, bool branch) {
    for (unsigned i = 0; i < request.operand_count; ++i) {
        ZydisEncoderOperand& operand = request.operands[i];
        const bool address =
            operand.type == ZYDIS_OPERAND_TYPE_MEMORY && operand.mem.base == ZYDIS_REGISTER_RIP;
        if (branch || address) return &operand;
    }
    return nullptr;
}

/// Where the relative operand of an encoded instruction at `address` points.
std::optional<std::uint64_t> target_of(const Bytes& bytes, std::uint64_t address) {
    ZydisDecoder decoder;
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeFull(&decoder, bytes.data(), bytes.size(), &instruction, operands))) {
        return std::nullopt;
    }
    for (unsigned i = 0; i < instruction.operand_count_visible; ++i) {
        const ZydisDecodedOperand& operand = operands[i];
        const bool relative =
            (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand.imm.is_relative) ||
            (operand.type == ZYDIS_OPERAND_TYPE_MEMORY && operand.mem.base == ZYDIS_REGISTER_RIP);
        ZyanU64 target = 0;
        if (relative &&
            ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&instruction, &operand, address, &target))) {
            return target;
        }
    }
    return std::nullopt;
}

class InstructionEncoder {
public:
    InstructionEncoder(const Statement& statement, std::uint64_t address,
                       const SymbolTable& symbols, std::size_t least)
        : statement_(statement),
          address_(address),
          symbols_(symbols),
          least_(least) {
        std::memset(&request_, 0, sizeof request_);
    }

    Encoded run() {
        Encoded result;
        if (prepare()) {
            if (branch_) {
                encode_branch(result.bytes);
            } else {
                encode_plain(result.bytes);
            }
        }
        result.problem = std::move(problem_);
        if (result.problem) result.bytes.clear();
        return result;
    }

private:
    void fail(const char* code, std::string message, std::string hint, Span span) {
        if (!problem_) problem_ = Problem{code, std::move(message), std::move(hint), span};
    }

    // -- The request.

    bool prepare() {
        request_.machine_mode = ZYDIS_MACHINE_MODE_LONG_64;
        request_.mnemonic = statement_.mnemonic;
        request_.prefixes = statement_.prefixes;
        if (statement_.far) request_.branch_type = ZYDIS_BRANCH_TYPE_FAR;
        request_.operand_count = static_cast<ZyanU8>(statement_.operands.size());
        const Reach reach = reach_of(statement_.mnemonic);
        branch_ = !statement_.far && reach != Reach::not_a_branch &&
                  statement_.operands.size() == 1 &&
                  statement_.operands[0].kind == Operand::Kind::expression;
        for (std::size_t i = 0; i < statement_.operands.size(); ++i) {
            if (!fill(statement_.operands[i], request_.operands[i], i)) return false;
        }
        if (statement_.mnemonic == ZYDIS_MNEMONIC_IMUL && request_.operand_count == 2 &&
            request_.operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
            // `imul r, n` is short for `imul r, r, n`.
            request_.operands[2] = request_.operands[1];
            request_.operands[1] = request_.operands[0];
            request_.operand_count = 3;
        }
        compare_prefixes();
        return true;
    }

    bool fill(const Operand& from, ZydisEncoderOperand& to, std::size_t i) {
        Value value;
        if (!from.expression.empty()) {
            Problem problem;
            const std::optional<Value> found =
                symbols_.evaluate(from.expression, address_, problem);
            if (!found) {
                problem_ = std::move(problem);
                return false;
            }
            value = *found;
        }
        switch (from.kind) {
            case Operand::Kind::reg:
                to.type = ZYDIS_OPERAND_TYPE_REGISTER;
                to.reg.value = from.reg;
                return true;
            case Operand::Kind::expression:
                to.type = ZYDIS_OPERAND_TYPE_IMMEDIATE;
                to.imm.s = value.number;
                return true;
            case Operand::Kind::memory:
                break;
        }
        memory_ = i;
        ++memory_operands_;
        to.type = ZYDIS_OPERAND_TYPE_MEMORY;
        to.mem.base = from.base;
        to.mem.index = from.index;
        to.mem.scale = static_cast<ZyanU8>(from.scale);
        to.mem.displacement = value.number;
        to.mem.size = static_cast<ZyanU16>(from.size);
        if (from.segment != ZYDIS_REGISTER_NONE) {
            request_.prefixes |= *segment_prefix(from.segment);
        }
        if (from.base == ZYDIS_REGISTER_NONE && from.index == ZYDIS_REGISTER_NONE) {
            const bool relative =
                from.addressing == Operand::Addressing::relative ||
                (from.addressing == Operand::Addressing::automatic && value.is_address);
            if (relative) to.mem.base = ZYDIS_REGISTER_RIP;
        } else if (from.base == ZYDIS_REGISTER_RIP && !value.is_address) {
            // Written out, the number counts from the next instruction, as the CPU does it.
            raw_rip_ = true;
        }
        return true;
    }

    /// REP before CMPS and SCAS means REPE.
    void compare_prefixes() {
        if ((request_.prefixes & ZYDIS_ATTRIB_HAS_REP) == 0) return;
        const std::string_view name = ZydisMnemonicGetString(statement_.mnemonic);
        if (name.substr(0, 4) == "cmps" || name.substr(0, 4) == "scas") {
            request_.prefixes &= ~static_cast<ZydisInstructionAttributes>(ZYDIS_ATTRIB_HAS_REP);
            request_.prefixes |= ZYDIS_ATTRIB_HAS_REPE;
        }
    }

    // -- Trying.

    bool try_once(ZydisEncoderRequest request, Bytes& out) const {
        ZydisEncoderOperand* relative = raw_rip_ ? nullptr : relative_operand(request, branch_);
        if (!call_encoder(request, relative != nullptr, out)) return false;
        if (request.mnemonic == ZYDIS_MNEMONIC_XCHG && out == Bytes{0x90}) {
            // `xchg eax, eax` clears the upper half of RAX; 90 would be a NOP.
            out = {0x87, 0xc0};
        }
        if (relative == nullptr) return true;
        // The encoder forgets prefixes like BND when it foresees the length, and is off by them.
        const std::uint64_t wanted = address_in(*relative);
        const std::optional<std::uint64_t> got = target_of(out, address_);
        if (got == wanted) return true;
        if (!got) return false;
        if (branch_) {
            relative->imm.u += wanted - *got;
        } else {
            relative->mem.displacement += static_cast<std::int64_t>(wanted - *got);
        }
        return call_encoder(request, true, out) && target_of(out, address_) == wanted;
    }

    std::uint64_t address_in(const ZydisEncoderOperand& operand) const {
        return branch_ ? operand.imm.u : static_cast<std::uint64_t>(operand.mem.displacement);
    }

    bool call_encoder(ZydisEncoderRequest request, bool relative, Bytes& out) const {
        std::uint8_t buffer[ZYDIS_MAX_INSTRUCTION_LENGTH];
        ZyanUSize length = sizeof buffer;
        const ZyanStatus status =
            relative ? ZydisEncoderEncodeInstructionAbsolute(&request, buffer, &length, address_)
                     : ZydisEncoderEncodeInstruction(&request, buffer, &length);
        if (!ZYAN_SUCCESS(status)) return false;
        out.assign(buffer, buffer + length);
        return true;
    }

    /// Numbers are tried as the operand size sign-extends them, then as they are.
    bool try_numbers(const ZydisEncoderRequest& request, Bytes& out) const {
        ZydisEncoderRequest extended = request;
        const unsigned bits = operation_bits(request);
        bool changed = false;
        for (unsigned i = 0; i < request.operand_count && bits < 64; ++i) {
            ZydisEncoderOperand& operand = extended.operands[i];
            if (operand.type != ZYDIS_OPERAND_TYPE_IMMEDIATE) continue;
            const bool upper_half = operand.imm.u >> bits == 0 && operand.imm.u >> (bits - 1) != 0;
            if (!upper_half) continue;
            operand.imm.u |= ~std::uint64_t{0} << bits;
            changed = true;
        }
        if (changed && try_once(extended, out)) return true;
        return try_once(request, out);
    }

    static unsigned operation_bits(const ZydisEncoderRequest& request) {
        const ZydisEncoderOperand& first = request.operands[0];
        unsigned bits = 64;
        if (first.type == ZYDIS_OPERAND_TYPE_REGISTER) bits = register_bits(first.reg.value);
        if (first.type == ZYDIS_OPERAND_TYPE_MEMORY) bits = first.mem.size * 8u;
        return bits == 0 || bits > 64 ? 64 : bits;
    }

    /// XCHG and TEST are the same with their operands swapped, but only one order has an encoding.
    bool try_orders(ZydisEncoderRequest request, Bytes& out) const {
        if (try_numbers(request, out)) return true;
        const bool symmetric =
            request.mnemonic == ZYDIS_MNEMONIC_XCHG || request.mnemonic == ZYDIS_MNEMONIC_TEST;
        if (!symmetric || request.operand_count != 2) return false;
        std::swap(request.operands[0], request.operands[1]);
        return try_numbers(request, out);
    }

    bool try_size(unsigned size, Bytes& out) const {
        ZydisEncoderRequest request = request_;
        request.operands[memory_].mem.size = static_cast<ZyanU16>(size);
        return try_orders(request, out);
    }

    void encode_plain(Bytes& out) {
        bool done = false;
        if (memory_operands_ == 1 && statement_.mnemonic == ZYDIS_MNEMONIC_LEA) {
            // Its operand has no size; the encoder wants that of the address.
            done = try_size(8, out) || try_size(4, out);
        } else if (memory_operands_ == 1 && request_.operands[memory_].mem.size == 0) {
            done = encode_unsized(out);
        } else {
            done = try_orders(request_, out);
        }
        if (problem_) return;
        if (!done) return explain();
        if (out.size() < least_) {
            const std::size_t old = out.size();
            out.resize(least_);
            ZydisEncoderNopFill(out.data() + old, least_ - old);
        }
    }

    /// The size of a memory operand that is not given: that of a register it is used with, or the
    /// only one that the instruction has.
    bool encode_unsized(Bytes& out) {
        for (std::size_t i = 0; i < statement_.operands.size(); ++i) {
            const Operand& operand = statement_.operands[i];
            if (operand.kind != Operand::Kind::reg) continue;
            if (i == 1 && counts_with_cl(statement_.mnemonic)) continue;
            if (try_size(register_bits(operand.reg) / 8, out)) return true;
        }
        if (defaults_to_64_bits(statement_.mnemonic)) return try_size(8, out);
        bool found = false;
        for (const unsigned size : {1u, 2u, 4u, 8u, 16u, 32u, 64u, 10u, 6u, 28u, 512u}) {
            Bytes other;
            if (!try_size(size, other)) continue;
            if (found && other != out) {
                fail("E-ASM-007", "the size of the memory operand is not clear",
                     "write 'byte', 'word', 'dword' or 'qword' before the '['",
                     statement_.operands[memory_].span);
                return false;
            }
            found = true;
            out = std::move(other);
        }
        return found;
    }

    void encode_branch(Bytes& out) {
        const Operand& target = statement_.operands[0];
        const Reach reach = reach_of(statement_.mnemonic);
        const bool must_be_short =
            reach == Reach::short_only || target.distance == Operand::Distance::short_;
        const bool must_be_near =
            reach == Reach::near_only || target.distance == Operand::Distance::near_ || least_ > 3;
        if (!must_be_near || must_be_short) {
            request_.branch_type = ZYDIS_BRANCH_TYPE_SHORT;
            request_.branch_width = ZYDIS_BRANCH_WIDTH_8;
            if (try_once(request_, out)) return;
            if (must_be_short) {
                return fail("E-ASM-008",
                            "the target is too far away for '" + statement_.mnemonic_text + "'",
                            reach == Reach::short_only
                                ? "it reaches 127 bytes forwards and 128 back; put a 'jmp' between"
                                : "leave out 'short'",
                            target.span);
            }
        }
        request_.branch_type = ZYDIS_BRANCH_TYPE_NEAR;
        request_.branch_width = ZYDIS_BRANCH_WIDTH_32;
        if (try_once(request_, out)) return;
        explain();
    }

    // -- Blame.

    bool would_do(const ZydisEncoderRequest& request) const {
        Bytes out;
        return try_orders(request, out);
    }

    void explain() {
        const std::string name = "'" + statement_.mnemonic_text + "'";
        if (memory_operands_ > 1) {
            return fail("E-ASM-009", name + " cannot have two memory operands",
                        "move one of them into a register first", statement_.operands[1].span);
        }
        ZydisEncoderRequest changed = request_;
        changed.prefixes &= ~statement_.prefixes;
        if (statement_.prefixes != 0 && would_do(changed)) {
            return fail("E-ASM-010", "this prefix cannot stand before " + name, "",
                        statement_.prefix_span);
        }
        if (branch_) {
            return fail("E-ASM-008", "the target of " + name + " is more than 2 GiB away", "",
                        statement_.operands[0].span);
        }
        if (blame_number()) return;
        fail("E-ASM-009", "there is no " + name + " with these operands", operand_hint(),
             statement_.operands.empty() ? statement_.span : operands_span());
    }

    bool blame_number() {
        for (std::size_t i = 0; i < statement_.operands.size(); ++i) {
            const Operand& operand = statement_.operands[i];
            ZydisEncoderRequest changed = request_;
            if (operand.kind == Operand::Kind::expression) {
                changed.operands[request_.operand_count - statement_.operands.size() + i].imm.u = 1;
            } else if (operand.kind == Operand::Kind::memory) {
                changed.operands[i].mem.displacement =
                    changed.operands[i].mem.base == ZYDIS_REGISTER_RIP && !raw_rip_
                        ? static_cast<std::int64_t>(address_)
                        : 0;
            } else {
                continue;
            }
            if (!would_do(changed)) continue;
            const bool address = operand.kind == Operand::Kind::memory;
            fail("E-ASM-011",
                 address ? "the address does not fit into 32 bits"
                         : "the number does not fit into this operand",
                 address ? "load it into a register first" : "", operand.expression.span);
            return true;
        }
        return false;
    }

    std::string operand_hint() const {
        if (statement_.operands.empty()) return "it needs operands";
        if (statement_.operands.size() == 2 && statement_.operands[0].kind == Operand::Kind::reg &&
            statement_.operands[1].kind == Operand::Kind::reg) {
            const ZydisRegister a = statement_.operands[0].reg;
            const ZydisRegister b = statement_.operands[1].reg;
            if (register_bits(a) != register_bits(b)) {
                return std::string(ZydisRegisterGetString(a)) + " has " +
                       std::to_string(register_bits(a)) + " bits and " + ZydisRegisterGetString(b) +
                       " has " + std::to_string(register_bits(b));
            }
        }
        return {};
    }

    Span operands_span() const {
        const Span first = statement_.operands.front().span;
        const Span last = statement_.operands.back().span;
        return {first.column, last.column + last.length - first.column};
    }

    const Statement& statement_;
    std::uint64_t address_;
    const SymbolTable& symbols_;
    std::size_t least_;
    ZydisEncoderRequest request_;
    bool branch_ = false;
    bool raw_rip_ = false;
    std::size_t memory_ = 0;
    unsigned memory_operands_ = 0;
    std::optional<Problem> problem_;
};

bool has_symbol(const Expression& expression) {
    for (const Expression::Item& item : expression.items) {
        if (item.kind == Expression::Kind::symbol || item.kind == Expression::Kind::here) {
            return true;
        }
    }
    return false;
}

}  // namespace

Encoded encode(const Statement& statement, std::uint64_t address, const SymbolTable& symbols,
               std::size_t least) {
    switch (statement.kind) {
        case Statement::Kind::instruction:
            return InstructionEncoder(statement, address, symbols, least).run();
        case Statement::Kind::data:
            return encode_data(statement, address, symbols);
        case Statement::Kind::reserve:
        case Statement::Kind::align:
            return encode_space(statement, address, symbols);
        case Statement::Kind::constant: {
            // Only for what is wrong with it.
            Encoded result;
            Problem problem;
            if (!symbols.evaluate(statement.amount, address, problem)) result.problem = problem;
            return result;
        }
        case Statement::Kind::nothing:
            break;
    }
    return {};
}

bool is_flexible_branch(const Statement& statement) {
    return statement.kind == Statement::Kind::instruction &&
           reach_of(statement.mnemonic) == Reach::either && statement.operands.size() == 1 &&
           statement.operands[0].kind == Operand::Kind::expression;
}

bool depends_on_place(const Statement& statement) {
    if (statement.kind == Statement::Kind::align) return true;
    if (has_symbol(statement.amount)) return true;
    for (const DataItem& item : statement.items) {
        if (has_symbol(item.expression)) return true;
    }
    for (const Operand& operand : statement.operands) {
        // Relative operands depend on where the instruction itself is.
        const bool relative = operand.addressing == Operand::Addressing::relative ||
                              reach_of(statement.mnemonic) != Reach::not_a_branch;
        if (relative || has_symbol(operand.expression)) return true;
    }
    return false;
}

}  // namespace utsim::cpu::assembler
