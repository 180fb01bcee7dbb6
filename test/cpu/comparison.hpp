// SPDX-License-Identifier: MIT
/// Compares what the model did with what another processor did: all that the manuals define, and of
/// the rest what that processor is known to do in the same way. Counts what was left out.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>

#include "test/cpu/host_identity.hpp"
#include "test/cpu/open_part.hpp"

namespace utsim::cpu::testing {

/// What was compared and what was not, by row of the table.
struct Ledger {
    struct Line {
        std::uint64_t masked = 0;
        std::uint64_t equal_all_the_same = 0;
        std::uint64_t compared = 0;
        std::uint64_t not_executed = 0;
    };
    std::array<Line, open_count> lines{};
    std::uint64_t instructions = 0;
    std::uint64_t with_a_mask = 0;  ///< instructions of which something was masked

    Line& line(Open id) { return lines[static_cast<std::size_t>(id)]; }

    void print(std::ostream& out, const HostIdentity& host) const {
        std::uint64_t left_out = 0;
        for (const Line& line : lines) left_out += line.not_executed;
        out << "host " << host.name() << ": " << instructions << " instructions compared, "
            << with_a_mask << " of them with a mask, " << left_out << " not executed\n";
        for (std::size_t n = 0; n < open_count; ++n) {
            const Line& l = lines[n];
            if (l.masked + l.not_executed == 0) continue;
            out << "  " << open_rows[n].name << ": " << l.masked << " masked ("
                << l.equal_all_the_same << " equal all the same), " << l.not_executed
                << " not executed\n";
        }
    }
};

/// One side of a comparison.
struct Observation {
    Registers registers;
    LinuxSignal signal;
};

class Comparison {
public:
    Comparison(const HostIdentity& host, Ledger& ledger) : host_(host), ledger_(ledger) {}

    /// The row because of which this host does not execute the instruction, or null.
    const OpenRow* forbidden(const OpenParts& parts) const {
        for (const OpenPart& p : parts.all()) {
            const OpenRow& row = row_of(p.id);
            if (row.testing == Testing::not_executed && !host_.agrees(p.id, p.selector)) {
                ++ledger_.line(p.id).not_executed;
                return &row;
            }
        }
        return nullptr;
    }

    /// Null if `real` is what it should be, else what differs. `result` is how the model's step
    /// ended. Memory is compared by `compare_memory`, afterwards.
    const char* compare(const OpenParts& parts, const StepResult& result, const Observation& model,
                        const Observation& real) {
        parts_ = &parts;
        faulted_ = result.outcome == Outcome::exception;
        repeating_ = result.repeating;
        Observation a = model, b = real;
        a.registers.rflags &= ~flag::tf;
        b.registers.rflags &= ~flag::tf;
        ++ledger_.instructions;
        differs_ = false;
        outcome_is_open_ = false;
        bool masked = false;
        for (const OpenPart& p : parts.all()) {
            if (!applies(p)) continue;
            if (host_.agrees(p.id, p.selector)) {
                ++ledger_.line(p.id).compared;
                continue;
            }
            masked = true;
            ++ledger_.line(p.id).masked;
            const bool equal = hide(p, a, b, model.signal == real.signal);
            if (equal) ++ledger_.line(p.id).equal_all_the_same;
            differs_ |= !equal;
        }
        if (masked) ++ledger_.with_a_mask;
        if (outcome_is_open_) return nullptr;
        hide_null_selectors(a.registers, b.registers);
        if (!(a.registers == b.registers)) return "registers differ";
        if (a.signal.signo != b.signal.signo) return "signals differ";
        if (!(a.signal == b.signal)) return "siginfo differs";
        return nullptr;
    }

    /// The first address at which memory differs and should not, or 0.
    std::uint64_t compare_memory(std::uint64_t begin, const std::uint8_t* model,
                                 const std::uint8_t* real, std::size_t bytes) {
        if (outcome_is_open_ || std::memcmp(model, real, bytes) == 0) return 0;
        const OpenPart* last = nullptr;
        for (std::size_t n = 0; n < bytes; ++n) {
            if (model[n] == real[n]) continue;
            const OpenPart* part = open_memory(begin + n);
            if (part == nullptr) return begin + n;
            if (part != last) --ledger_.line(part->id).equal_all_the_same;
            last = part;
            differs_ = true;
        }
        return 0;
    }

    /// Whether the two differ in what was masked, so that one has to be made like the other.
    bool differs() const { return differs_; }

private:
    bool applies(const OpenPart& p) const {
        if (p.id == Open::repeat_rf) return repeating_;
        if (p.bytes != 0) return faulted_ == (p.id == Open::enter_fault);
        return p.outcome || p.report == faulted_;
    }

    /// Makes the open part equal in both. True if it was.
    bool hide(const OpenPart& p, Observation& a, Observation& b, bool same_signal) {
        Registers& x = a.registers;
        Registers& y = b.registers;
        bool equal = true;
        if (p.flags != 0) {
            equal = ((x.rflags ^ y.rflags) & p.flags) == 0;
            x.rflags &= ~p.flags;
            y.rflags &= ~p.flags;
        }
        if (p.xmm >= 0) {
            equal = x.fpu.xmm[p.xmm] == y.fpu.xmm[p.xmm];
            y.fpu.xmm[p.xmm] = x.fpu.xmm[p.xmm];
        }
        if (p.reg >= 0) {
            equal = ((x.gpr[p.reg] ^ y.gpr[p.reg]) & p.bits) == 0;
            x.gpr[p.reg] &= ~p.bits;
            y.gpr[p.reg] &= ~p.bits;
        }
        if (p.fsw != 0 || p.near != 0 || p.numbers || p.pointers) equal = hide_x87(p, x.fpu, y.fpu);
        if (p.report) {
            equal = same_signal;
            const auto& possible = parts_->faults();
            // Not any report will do: one of those that this instruction can end in.
            if (std::find(possible.begin(), possible.end(), b.signal) != possible.end()) {
                b.signal = a.signal;
            }
        }
        if (p.outcome) {
            equal = x == y && same_signal;
            outcome_is_open_ = true;
            differs_ = true;  // maybe in memory
        }
        return equal;
    }

    static bool hide_x87(const OpenPart& p, FpuState& x, FpuState& y) {
        const FpuState real = y;
        y.fsw = static_cast<std::uint16_t>((y.fsw & ~p.fsw) | (x.fsw & p.fsw));
        if (p.pointers) y.fip = x.fip, y.fdp = x.fdp, y.fop = x.fop;
        if (p.numbers) y.st[0] = x.st[0];
        for (unsigned n = 0; n < 8; ++n) {
            if ((p.near >> n & 1) != 0 && one_step_apart(x.st[n], y.st[n])) y.st[n] = x.st[n];
        }
        return y == real;
    }
    static bool one_step_apart(const X87Register& a, const X87Register& b) {
        // Numbers of one sign are in the order of their bits, but that the integer bit is doubled.
        constexpr std::uint64_t fraction = ~std::uint64_t{0} >> 1;
        const auto exponents = static_cast<std::uint16_t>(b.sign_exponent - a.sign_exponent);
        const std::uint64_t up = (b.significand & fraction) - (a.significand & fraction);
        if (exponents == 0) return up == 1 || up == ~std::uint64_t{0};
        const bool above =
            exponents == 1 && (up & fraction) == 1 && (b.significand & fraction) == 0;
        const bool below =
            exponents == 0xffff && (-up & fraction) == 1 && (a.significand & fraction) == 0;
        return above || below;
    }

    const OpenPart* open_memory(std::uint64_t address) const {
        for (const OpenPart& p : parts_->all()) {
            if (p.bytes == 0 || !applies(p) || host_.agrees(p.id, p.selector)) continue;
            if (address - p.memory < p.bytes) return &p;
        }
        return nullptr;
    }

    /// The return from the trap makes 0 of a null selector with a privilege level, and kernels
    /// differ in what base they keep with a null FS or GS: the row null-base.
    void hide_null_selectors(Registers& a, Registers& b) {
        const auto null = [](std::uint16_t selector) { return (selector & ~3) == 0; };
        bool hidden = false;
        const auto hide = [&hidden](auto& one, const auto& other) {
            hidden |= one != other;
            one = other;
        };
        if (null(a.ds) && null(b.ds)) hide(a.ds, b.ds);
        if (null(a.es) && null(b.es)) hide(a.es, b.es);
        if (null(a.fs) && null(b.fs) && a.fs_base == 0)
            hide(a.fs, b.fs), hide(a.fs_base, b.fs_base);
        if (null(a.gs) && null(b.gs) && a.gs_base == 0)
            hide(a.gs, b.gs), hide(a.gs_base, b.gs_base);
        if (hidden) ++ledger_.line(Open::null_base).masked;
    }

    HostIdentity host_;
    Ledger& ledger_;
    const OpenParts* parts_ = nullptr;
    bool faulted_ = false;
    bool repeating_ = false;
    bool differs_ = false;
    bool outcome_is_open_ = false;
};

}  // namespace utsim::cpu::testing
