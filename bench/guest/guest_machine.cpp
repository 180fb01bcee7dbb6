// SPDX-License-Identifier: MIT
// Both machines start from the same image and stack, and answer the same few calls.
#include "bench/guest/guest_machine.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#ifdef UTSIM_HAVE_UNICORN
#include <unicorn/unicorn.h>
#endif

namespace bench {

using namespace utsim;
using namespace utsim::cpu;

namespace {

constexpr std::int64_t no_such_call = -38;
constexpr std::uint64_t set_fs = 0x1002;

namespace nr {
constexpr std::uint64_t write = 1, mmap = 9, mprotect = 10, munmap = 11, brk = 12, exit = 60,
                        arch_prctl = 158, exit_group = 231;
}

}  // namespace

GuestMachine::GuestMachine(const Image& image, const std::string& path)
    : memory_(*AddressSpace::create(arena_, pool_)) {
    if (load_image(image, memory_) != 0) std::abort();
    const std::array<std::string_view, 1> arguments = {path};
    InitialStack contents;
    contents.arguments = arguments;
    contents.file = path;
    registers_.rip = image.entry;
    registers_.rsp() = static_cast<std::uint64_t>(build_initial_stack(image, memory_, contents));
}

RunResult GuestMachine::go_on(CoreWay way, std::uint64_t most) {
    switch (way) {
        case CoreWay::run:
            return run(registers_, debug_, memory_, environment_, most);
        case CoreWay::observed:
            return run_observed(registers_, debug_, memory_, environment_, most,
                                {[](void* heard, const Observed&) {
                                     ++*static_cast<std::uint64_t*>(heard);
                                     return true;
                                 },
                                 &heard_});
        case CoreWay::step:
            break;
    }
    RunResult all;
    for (; all.retired < most && all.last.outcome == Outcome::retired; ++all.retired) {
        all.last = step(registers_, debug_, memory_, environment_);
    }
    return all;
}

std::uint64_t GuestMachine::execute(CoreWay way, std::uint64_t most) {
    std::uint64_t done = 0;
    while (!exited_ && done < most) {
        const RunResult result = go_on(way, most - done);
        done += result.retired;
        if (result.last.outcome == Outcome::exception) {
            std::fprintf(stderr, "exception %d at %llx: %s\n", result.last.vector,
                         static_cast<unsigned long long>(registers_.rip),
                         result.last.reason != nullptr ? result.last.reason : "");
            std::exit(1);
        }
        if (result.last.outcome == Outcome::syscall) {
            registers_.rax() = static_cast<std::uint64_t>(system_call());
        }
    }
    return done;
}

std::int64_t GuestMachine::system_call() {
    Registers& r = registers_;
    switch (r.rax()) {
        case nr::write: {
            std::string text(r.rdx(), '\0');
            memory_.read_force(r.rsi(), text.data(), text.size());
            output_ += text;
            return static_cast<std::int64_t>(text.size());
        }
        case nr::mmap:
            return memory_.map(r.rdi(), r.rsi(), static_cast<std::uint8_t>(r.rdx()));
        case nr::mprotect:
            return memory_.protect(r.rdi(), r.rsi(), static_cast<std::uint8_t>(r.rdx()));
        case nr::munmap:
            return memory_.unmap(r.rdi(), r.rsi());
        case nr::brk:
            return static_cast<std::int64_t>(memory_.brk(r.rdi()));
        case nr::arch_prctl:
            if (r.rdi() != set_fs) return no_such_call;
            r.fs_base = r.rsi();
            return 0;
        case nr::exit:
        case nr::exit_group:
            exited_ = true;
            return 0;
        default:
            return no_such_call;
    }
}

#ifdef UTSIM_HAVE_UNICORN

bool have_unicorn() { return true; }

struct UnicornGuest::State {
    uc_engine* uc = nullptr;
    std::uint64_t entry = 0;
    std::uint64_t heap = 0;      ///< the break
    std::uint64_t heap_end = 0;  ///< as far as memory is there for it
    std::uint64_t next_mapping = std::uint64_t{1} << 40;
    std::uint64_t left = 0;
    bool exited = false;

    std::uint64_t get(int id) const {
        std::uint64_t value = 0;
        uc_reg_read(uc, id, &value);
        return value;
    }
    void set(int id, std::uint64_t value) { uc_reg_write(uc, id, &value); }

    void system_call() {
        const std::uint64_t first = get(UC_X86_REG_RDI);
        std::int64_t result = no_such_call;
        switch (get(UC_X86_REG_RAX)) {
            case nr::write:
                result = static_cast<std::int64_t>(get(UC_X86_REG_RDX));
                break;
            case nr::mmap: {
                const std::uint64_t length = page_round_up(get(UC_X86_REG_RSI));
                uc_mem_map(uc, next_mapping, length, UC_PROT_READ | UC_PROT_WRITE);
                result = static_cast<std::int64_t>(next_mapping);
                next_mapping += length;
                break;
            }
            case nr::mprotect:
            case nr::munmap:
                result = 0;
                break;
            case nr::brk:
                if (first >= heap && first <= heap_end) heap = first;
                result = static_cast<std::int64_t>(heap);
                break;
            case nr::arch_prctl:
                if (first != set_fs) break;
                set(UC_X86_REG_FS_BASE, get(UC_X86_REG_RSI));
                result = 0;
                break;
            case nr::exit:
            case nr::exit_group:
                exited = true;
                uc_emu_stop(uc);
                break;
            default:
                break;
        }
        set(UC_X86_REG_RAX, static_cast<std::uint64_t>(result));
    }
};

UnicornGuest::UnicornGuest(const Image& image, const std::string& path) : state_(new State) {
    State& s = *state_;
    GuestMachine prepared(image, path);
    uc_open(UC_ARCH_X86, UC_MODE_64, &s.uc);
    prepared.memory().for_each_region([&](const Region& region) {
        const std::uint64_t size = region.end - region.begin;
        // One region may touch the next with other rights; all may be written and executed here.
        uc_mem_map(s.uc, region.begin, size, UC_PROT_ALL);
        std::vector<char> bytes(size);
        prepared.memory().read_force(region.begin, bytes.data(), size);
        uc_mem_write(s.uc, region.begin, bytes.data(), size);
    });
    constexpr std::uint64_t heap_size = std::uint64_t{32} << 20;
    s.heap = image.end();
    s.heap_end = s.heap + heap_size;
    uc_mem_map(s.uc, s.heap, heap_size, UC_PROT_READ | UC_PROT_WRITE);
    s.entry = prepared.registers().rip;
    s.set(UC_X86_REG_RSP, prepared.registers().rsp());
    uc_hook hook{};
    uc_hook_add(s.uc, &hook, UC_HOOK_INSN, reinterpret_cast<void*>(+[](uc_engine*, void* state) {
                    static_cast<State*>(state)->system_call();
                }),
                &s, 1, 0, UC_X86_INS_SYSCALL);
}

UnicornGuest::~UnicornGuest() { uc_close(state_->uc); }

std::uint64_t UnicornGuest::execute(UnicornWay way, std::uint64_t most) {
    State& s = *state_;
    s.left = most;
    if (way == UnicornWay::one) {
        for (std::uint64_t at = s.entry; s.left > 0 && !s.exited; --s.left) {
            if (uc_emu_start(s.uc, at, 0, 0, 1) != UC_ERR_OK) break;
            at = s.get(UC_X86_REG_RIP);
        }
        return most - s.left;
    }
    if (way == UnicornWay::hook) {
        uc_hook hook{};
        uc_hook_add(s.uc, &hook, UC_HOOK_CODE,
                    reinterpret_cast<void*>(+[](uc_engine* uc, uint64_t, uint32_t, void* state) {
                        if (--static_cast<State*>(state)->left == 0) uc_emu_stop(uc);
                    }),
                    &s, 1, 0);
    }
    const uc_err error = uc_emu_start(s.uc, s.entry, 0, 0, 0);
    if (error != UC_ERR_OK) {
        std::fprintf(stderr, "Unicorn: %s at %llx\n", uc_strerror(error),
                     static_cast<unsigned long long>(s.get(UC_X86_REG_RIP)));
    }
    return most - s.left;
}

#else

bool have_unicorn() { return false; }
struct UnicornGuest::State {};
UnicornGuest::UnicornGuest(const Image&, const std::string&) {}
UnicornGuest::~UnicornGuest() = default;
std::uint64_t UnicornGuest::execute(UnicornWay, std::uint64_t) { return 0; }

#endif

}  // namespace bench
