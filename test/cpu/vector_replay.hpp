// SPDX-License-Identifier: MIT
/// The model on a recorded vector.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "test/cpu/lockstep.hpp"
#include "test/cpu/single_step.hpp"
#include "test/cpu/vector_file.hpp"

namespace utsim::cpu::testing {

/// Memory as a vector wants it.
class VectorImage {
public:
    VectorImage() : space_(world_.create()), bytes_(size) { map_regions(space_); }

    AddressSpace& space() { return space_; }
    void load(const Vector& v) {
        std::fill(bytes_.begin(), bytes_.end(), 0);
        put({vector_rip, v.code});
        const std::uint64_t behind = vector_rip + v.code.size();
        put({behind, std::vector<std::uint8_t>(longest_instruction, 0x90)});
        for (const Bytes& b : v.memory) put(b);
        space_.write_force(lockstep_map::code, bytes_.data(), size);
    }
    void load(const Oracle& oracle) {
        space_.write_force(lockstep_map::code, oracle.bytes(lockstep_map::code), size);
    }
    /// What is there now.
    const std::vector<std::uint8_t>& bytes() {
        space_.read_force(lockstep_map::code, bytes_.data(), size);
        return bytes_;
    }
    /// What was loaded, with what the vector wrote.
    std::vector<std::uint8_t> expected(const Vector& v) {
        load(v);
        for (const Bytes& b : v.written) put(b);
        return bytes_;
    }

private:
    static constexpr std::size_t size = lockstep_map::no_access - lockstep_map::code;

    void put(const Bytes& b) {
        std::memcpy(bytes_.data() + (b.address - lockstep_map::code), b.bytes.data(),
                    b.bytes.size());
    }

    MemoryWorld world_;
    AddressSpace& space_;
    std::vector<std::uint8_t> bytes_;
};

class VectorReplay {
public:
    explicit VectorReplay(const HostIdentity& host) : comparison_(host, ledger_) {}

    /// Empty, or what differs.
    std::string replay(const Vector& v) {
        const std::vector<std::uint8_t> expected = image_.expected(v);
        image_.load(v);
        std::vector<std::uint8_t> code = v.code;
        code.resize(longest_instruction, 0x90);
        const Encoding e(code.data(), code.size());
        const OpenParts parts(e, v.before, image_.space());
        const SingleStep step(image_.space(), v.before);
        const Observation model{step.registers, step.signal}, real{v.after, v.signal};
        const char* what = comparison_.compare(parts, step.result, model, real);
        if (what != nullptr) return std::string(what) + ", here " + result_of(v, step);
        const std::vector<std::uint8_t>& now = image_.bytes();
        const std::uint64_t at =
            comparison_.compare_memory(lockstep_map::code, now.data(), expected.data(), now.size());
        return at == 0 ? "" : "memory differs at " + hex(at);
    }
    const Ledger& ledger() const { return ledger_; }

private:
    static std::string result_of(const Vector& v, const SingleStep& step) {
        Vector ours = v;
        ours.after = step.registers;
        ours.after.rflags &= ~flag::tf;
        ours.signal = step.signal;
        return to_line(ours);
    }

    Ledger ledger_;
    Comparison comparison_;
    VectorImage image_;
};

}  // namespace utsim::cpu::testing
