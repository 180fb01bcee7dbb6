// SPDX-License-Identifier: MIT
/// Which forms of the opcode table were executed in lockstep with a host: every row, for each of
/// its opcodes, with a register and with memory, in each operand size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "test/cpu/instruction_generator.hpp"

namespace utsim::cpu::testing {

class Coverage {
public:
    struct Form {
        InstructionGenerator::Wish wish;
        bool exists = false;  ///< some encoding of it decodes to the row
        std::uint64_t executed = 0;
        const OpenRow* left_out = nullptr;  ///< why it may not be executed on this host
    };

    /// All that there could be.
    explicit Coverage(const InstructionGenerator& generator) {
        for (const InstructionGenerator::Entry& entry : generator.entries()) {
            const Form_ form = entry.row->form;
            const bool operands = form != Form_::undefined && form_info(form).has_modrm();
            for (const bool memory : {false, true}) {
                if (memory && !operands) continue;
                forms_.push_back({{entry, memory, false, false}});
                forms_.push_back({{entry, memory, true, false}});
                forms_.push_back({{entry, memory, false, true}});
            }
        }
    }

    /// Tries every form that nobody has executed until now, with random operands: `times` each.
    void visit(Lockstep& machine, InstructionGenerator& generator, std::uint64_t times) {
        Registers r = generator.fresh(Registers{});
        for (Form& form : forms_) {
            const std::uint64_t before = form.executed;
            if (before != 0) continue;
            for (std::uint64_t n = 0; n < 40 * times && form.executed < times; ++n) {
                if (n > 8 && !form.exists) break;
                r = generator.fresh(r);
                generator.generate(r, form.wish);
                try_once(machine, r, form);
            }
        }
    }

    /// The forms that exist, were not executed, and that no row of the table excuses.
    std::vector<std::string> missing() const {
        std::vector<std::string> out;
        for (const Form& form : forms_) {
            if (!form.exists || form.executed != 0 || form.left_out != nullptr) continue;
            if (form.wish.entry.row->set == &execute::syscall) continue;  // ends the oracle
            out.push_back(name(form));
        }
        return out;
    }
    const std::map<std::string, std::string>& differences() const { return differences_; }

    void print(std::ostream& out, bool all) const {
        constexpr const char* maps[] = {"one byte", "0F",        "0F 38",
                                        "0F 3A",    "VEX 0F 38", "VEX 0F 3A"};
        std::size_t exists[6] = {}, executed[6] = {}, left_out[6] = {};
        std::map<std::string, std::size_t> excuses;
        for (const Form& form : forms_) {
            if (!form.exists) continue;
            const auto map = static_cast<std::size_t>(form.wish.entry.map);
            ++exists[map];
            executed[map] += form.executed != 0 ? 1 : 0;
            left_out[map] += form.executed == 0 ? 1 : 0;
            if (form.executed == 0) {
                ++excuses[form.left_out != nullptr ? form.left_out->name : "SYSCALL"];
            }
            if (all) out << "  " << name(form) << ": " << form.executed << '\n';
        }
        out << "forms of the opcode table, and how many were executed in lockstep:\n";
        for (std::size_t n = 0; n < 6; ++n) {
            out << "  " << maps[n] << ": " << exists[n] << " forms, " << executed[n]
                << " executed, " << left_out[n] << " left out\n";
        }
        for (const auto& [excuse, count] : excuses) {
            out << "  left out because of " << excuse << ": " << count << '\n';
        }
    }

private:
    void try_once(Lockstep& machine, Registers& r, Form& form) {
        std::uint8_t bytes[longest_instruction] = {};
        for (std::size_t n = 0; n < sizeof bytes; ++n) {
            bytes[n] = static_cast<std::uint8_t>(machine.peek(r.rip + n));
        }
        const Encoding e(bytes, sizeof bytes);
        const bool defined = e.implemented() || form.wish.entry.row->form == Form_::undefined;
        if (e.decoded.row != form.wish.entry.row || !defined) return;
        form.exists = true;
        const Lockstep::Verdict verdict = machine.step(r);
        if (verdict == Lockstep::Verdict::skipped) {
            if (machine.left_out() != nullptr) form.left_out = machine.left_out();
            return;
        }
        ++form.executed;
        if (verdict == Lockstep::Verdict::different) {
            differences_.emplace(machine.mnemonic(), machine.report());
            machine.resynchronise();
        }
    }

    static std::string name(const Form& form) {
        const InstructionGenerator::Entry& entry = form.wish.entry;
        constexpr const char* escapes[] = {"", "0f ", "0f 38 ", "0f 3a ", "vex 38 ", "vex 3a "};
        char opcode[8];
        std::snprintf(opcode, sizeof opcode, "%02x", unsigned{entry.opcode});
        return std::string(escapes[static_cast<std::size_t>(entry.map)]) + opcode + ' ' +
               entry.row->name + (form.wish.memory ? ", memory" : ", register") +
               (form.wish.operand16 ? ", 66"
                : form.wish.rex_w   ? ", REX.W"
                                    : "");
    }

    using Form_ = cpu::Form;
    std::vector<Form> forms_;
    std::map<std::string, std::string> differences_;
};

}  // namespace utsim::cpu::testing
