// SPDX-License-Identifier: MIT
/// The host processor as an oracle that executes instructions within this process. It cannot load
/// segment registers or enter the kernel, and does not single-step; `HostProcess` does.
#pragma once

#include "test/cpu/host_trampoline.hpp"
#include "test/cpu/open_part.hpp"
#include "test/cpu/oracle.hpp"

namespace utsim::cpu::testing {

#if defined(UTSIM_HAS_TRAMPOLINE)

class HostInProcess : public Oracle {
public:
    HostInProcess() {
        using namespace lockstep_map;
        void* at = mmap(reinterpret_cast<void*>(code), size, PROT_READ | PROT_WRITE | PROT_EXEC,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != reinterpret_cast<void*>(code)) return;
        mapped_ = true;
        // A second view, which may be written whatever protection the first one has.
        view_ = static_cast<std::uint8_t*>(mremap(at, 0, size, MREMAP_MAYMOVE));
        protect(data, data_size, PROT_READ | PROT_WRITE);
        protect(read_only, 0x1000, PROT_READ);
        protect(no_access, 0x1000, PROT_NONE);
    }
    ~HostInProcess() override {
        if (!mapped_) return;
        munmap(reinterpret_cast<void*>(lockstep_map::code), lockstep_map::size);
        munmap(view_, lockstep_map::size);
    }

    bool usable() const override { return mapped_ && trampoline_.usable(); }
    const char* why_not() const { return "a fixed address is not free"; }
    std::uint8_t* bytes(std::uint64_t address) const override {
        return view_ + (address - lockstep_map::code);
    }
    bool single_steps() const override { return false; }

    bool can_execute(const Encoding& e, const Registers& before,
                     const AccessList& accesses) override {
        if (!e.implemented()) {
            uses_fs_ = false;
            exits_[0] = 0;
            return e.decodability_undefined();
        }
        if (e.is({&execute::syscall, &execute::mov_to_segment, &execute::pop_segment, &execute::lss,
                  &execute::lfs, &execute::lgs, &execute::wrfsbase, &execute::wrgsbase,
                  &execute::int1})) {
            return false;
        }
        for (const MemoryAccess& a : accesses.all()) {
            if (!a.write) continue;
            // It must not overwrite itself or the way back; a string may go on from here.
            const std::uint64_t around = e.has(attribute::repeats) ? 0x400 : 0;
            if (a.address - (lockstep_map::code - 512 - around) <
                lockstep_map::code_size + 512 + 2 * around) {
                return false;
            }
        }
        constexpr std::uint64_t many = 64;
        if (e.has(attribute::repeats) && e.repeat &&
            (e.address_size ? before.gpr[1] & 0xffffffff : before.gpr[1]) > many) {
            return false;
        }
        uses_fs_ = e.instruction().segment == word::fs_base;
        exits_[0] = before.rip + e.instruction().length;
        return true;
    }
    std::uint64_t exit() const override { return exits_[0]; }

    bool can_end_in(const Registers& before, const Registers& after, bool retired) override {
        exits_[1] = after.rip;
        const std::uint64_t away = after.rip - before.rip;
        const bool inside = after.rip != before.rip && after.rip != exits_[0] &&
                            (away < 32 || away > ~std::uint64_t{32});
        sets_nt_ = retired && (after.rflags & flag::nt) != 0;
        // Where Linux has code of its own that a program may call.
        constexpr std::uint64_t vsyscall_page = 0xffffffffff600;
        if (after.rip >> 12 == vsyscall_page) return false;
        const bool to_itself = retired && after.rip == before.rip;
        return !inside && !to_itself && (after.rflags & flag::tf) == 0 &&
               is_canonical(after.gpr[4]);
    }

    void set(const Registers& r) override {
        before_ = r;
        trampoline_.set(r, uses_fs_);
    }
    Registers get() override { return trampoline_.after(); }
    bool step() override {
        trampoline_.run(before_, exits_);
        // An interrupt behind POPF or IRET loses NT: those only read, so do it once more.
        if (sets_nt_ && (trampoline_.after().rflags & flag::nt) == 0) {
            trampoline_.run(before_, exits_);
        }
        return true;
    }
    int signal() const override { return trampoline_.signal().signo; }
    LinuxSignal stop() const override { return trampoline_.signal(); }

    Jump jump(unsigned number) const override {
        Jump out;
        Trampoline::write_jump(out.bytes, number);
        return out;
    }

private:
    static void protect(std::uint64_t at, std::size_t bytes, int protection) {
        mprotect(reinterpret_cast<void*>(at), bytes, protection);
    }

    Trampoline trampoline_;
    bool mapped_ = false;
    std::uint8_t* view_ = nullptr;
    bool uses_fs_ = false;
    bool sets_nt_ = false;
    std::uint64_t exits_[2] = {};
    Registers before_;
};

#else

class HostInProcess : public NoOracle {
public:
    const char* why_not() const { return "this is not x86-64 Linux, or a sanitizer is at work"; }
};

#endif

}  // namespace utsim::cpu::testing
