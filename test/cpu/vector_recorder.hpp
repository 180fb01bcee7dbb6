// SPDX-License-Identifier: MIT
/// Makes vectors of a host: random instructions, each with as little state as the model says it
/// needs, executed under ptrace.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "test/cpu/host_process.hpp"
#include "test/cpu/instruction_generator.hpp"
#include "test/cpu/vector_replay.hpp"

namespace utsim::cpu::testing {

class VectorRecorder {
public:
    /// Of instructions on vector and x87 registers, or of all others.
    VectorRecorder(HostProcess& host, const HostIdentity& identity, std::uint64_t seed,
                   bool floating)
        : host_(host),
          floating_(floating),
          comparison_(identity, ledger_),
          random_(seed),
          machine_(host, identity),
          generator_(random_, machine_) {}

    /// False if the instruction that came up is not for recording.
    bool record(Vector& out) {
        using namespace lockstep_map;
        for (std::uint64_t at = data; at < no_access; at += 8) {
            const std::uint64_t value = random_.interesting();
            std::memcpy(host_.bytes(at), &value, sizeof value);
        }
        Registers r = generator_.fresh(Registers{});
        r.rflags = (r.rflags & ~flag::id) | (host_.get().rflags & flag::id);
        r.rip = vector_rip;
        generator_.generate(r);
        if (r.rip != vector_rip) return false;
        const Encoding e(host_.bytes(r.rip), longest_instruction);
        if (!worth_it(e)) return false;

        out = Vector{};
        out.code.assign(e.bytes, e.bytes + sizeof e.bytes);
        if (e.implemented()) out.code.resize(e.instruction().length);
        while (out.code.size() > 1 && out.code.back() == 0x90) out.code.pop_back();
        out.before = r;
        keep_memory(e, out);
        if (!forget_registers(out)) return false;
        execute(out);
        return true;
    }

private:
    bool worth_it(const Encoding& e) const {
        if (e.decoded.decodability == Decodability::unimplemented) return false;
        if (e.is({&execute::syscall})) return false;
        const bool x87 = e.implemented() && e.decoded.row->form == Form::x87;
        const bool floating = e.is_vector() || x87 ||
                              e.is({&execute::emms, &execute::ldmxcsr, &execute::stmxcsr,
                                    &execute::fxsave, &execute::fxrstor, &execute::x87_wait});
        return floating == floating_;
    }

    /// What the instruction can reach of memory; the rest is zero in the vector.
    void keep_memory(const Encoding& e, Vector& out) {
        using namespace lockstep_map;
        image_.load(host_);
        const AccessList accesses(e, out.before, image_.space());
        for (const MemoryAccess& a : accesses.all()) {
            if (a.address < data || a.address > no_access - a.size) continue;
            Bytes kept{a.address, std::vector<std::uint8_t>(a.size)};
            std::memcpy(kept.bytes.data(), host_.bytes(a.address), a.size);
            out.memory.push_back(std::move(kept));
        }
    }

    /// Makes zero of every register that the result does not depend on. False if the instruction
    /// is not to be executed on this host.
    bool forget_registers(Vector& v) {
        image_.load(v);
        const Encoding e(host_code(v).data(), longest_instruction);
        const OpenParts parts(e, v.before, image_.space());
        if (comparison_.forbidden(parts) != nullptr) return false;
        SingleStep full(image_.space(), v.before);
        if (full.result.unimplemented) return false;
        std::vector<std::uint8_t> memory = image_.bytes();
        for (const std::size_t n : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19}) {
            const std::uint64_t old = register_value(v.before, n);
            if (old == 0 || register_value(full.registers, n) != old) continue;
            Vector less = v;
            set_register(less.before, n, 0);
            image_.load(less);
            SingleStep again(image_.space(), less.before);
            if (register_value(again.registers, n) != 0) continue;
            set_register(again.registers, n, old);
            if (!(again.registers == full.registers) || !(again.signal == full.signal)) continue;
            if (image_.bytes() != memory) continue;
            set_register(full.registers, n, 0);
            v.before = less.before;
        }
        if (floating_) forget_numbers(v, full, memory);
        return true;
    }

    /// The same for the numbers in vector and x87 registers.
    void forget_numbers(Vector& v, SingleStep& full, const std::vector<std::uint8_t>& memory) {
        for (const FpuField& field : fpu_fields()) {
            if (field.size < 10) continue;
            const std::uint64_t low = fpu_half(v.before.fpu, field, 0);
            const std::uint64_t high = fpu_half(v.before.fpu, field, 1);
            Vector less = v;
            set_fpu_half(less.before.fpu, field, 0, 0);
            set_fpu_half(less.before.fpu, field, 1, 0);
            image_.load(less);
            SingleStep again(image_.space(), less.before);
            SingleStep wanted = full;
            if (fpu_half(full.registers.fpu, field, 0) == low &&
                fpu_half(full.registers.fpu, field, 1) == high) {
                set_fpu_half(wanted.registers.fpu, field, 0, 0);
                set_fpu_half(wanted.registers.fpu, field, 1, 0);
            }
            if (!(again.registers == wanted.registers) || !(again.signal == full.signal)) continue;
            if (image_.bytes() != memory) continue;
            full.registers = again.registers;
            v.before = less.before;
        }
    }

    std::vector<std::uint8_t> host_code(const Vector& v) const {
        std::vector<std::uint8_t> code = v.code;
        code.resize(longest_instruction, 0x90);
        return code;
    }

    void execute(Vector& v) {
        image_.load(v);
        const std::vector<std::uint8_t> before = image_.bytes();
        std::memcpy(host_.bytes(lockstep_map::code), before.data(), before.size());
        host_.set(v.before);
        host_.step();
        v.after = host_.get();
        v.after.rflags &= ~flag::tf;
        v.signal = host_.stop();
        const std::uint8_t* now = host_.bytes(lockstep_map::code);
        for (std::size_t n = 0; n < before.size(); ++n) {
            if (before[n] == now[n]) continue;
            const std::uint64_t address = lockstep_map::code + n;
            const bool next = !v.written.empty() &&
                              v.written.back().address + v.written.back().bytes.size() == address;
            if (!next) v.written.push_back({address, {}});
            v.written.back().bytes.push_back(now[n]);
        }
    }

    HostProcess& host_;
    bool floating_;
    Ledger ledger_;
    Comparison comparison_;
    Random random_;
    Lockstep machine_;  ///< takes what the generator writes
    InstructionGenerator generator_;
    VectorImage image_;
};

}  // namespace utsim::cpu::testing
