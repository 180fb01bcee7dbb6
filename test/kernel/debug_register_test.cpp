// SPDX-License-Identifier: MIT
// What a debugger can set and read of a task, and what the task then does: debug registers,
// register sets, memory.
#include <utsim/engine.hpp>

#include <cstring>

#include "kernel/task.hpp"
#include "test/kernel/guest_world.hpp"

using namespace utsim;
using utsim::testing::EventRows;
using utsim::testing::GuestWorld;

namespace {

constexpr std::uint64_t write_4 = 0xd, access_8 = 0xb;

// The store is at 1 and ends at 5.
const char* const stores = R"(
    start:  nop
            mov [rsp - 8], eax
            mov ecx, 100
    again:  dec ecx
            jnz again
            mov eax, 231
            mov edi, 7
            syscall
)";

class InStrides final : public EventSink {
public:
    explicit InStrides(EventRows& rows) : rows_(rows) {}
    void emit(const Event& event) override {
        if (event.kind != EventKind::instruction) rows_.emit(event);
    }
    std::uint64_t mark() const override { return rows_.mark(); }
    void rewind(std::uint64_t mark) override { rows_.rewind(mark); }
    bool wants_each_instruction() const override { return false; }

private:
    EventRows& rows_;
};

class OneByOne final : public EventSink {
public:
    explicit OneByOne(EventRows& rows) : rows_(rows) {}
    void emit(const Event& event) override {
        if (event.kind != EventKind::instruction) rows_.emit(event);
    }
    std::uint64_t mark() const override { return rows_.mark(); }
    void rewind(std::uint64_t mark) override { rows_.rewind(mark); }

private:
    EventRows& rows_;
};

void set(Task* task, int number, std::uint64_t value) {
    REQUIRE(ptrace_set_debugreg(*task, number, value) == 0);
}

}  // namespace

TEST_CASE("a watchpoint is a SIGTRAP behind the access", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* task = guest.add_guest("t", stores);
    const std::uint64_t start = task->regs.rip;
    set(task, 0, task->regs.rsp() - 8);
    set(task, 7, 1 | write_4 << 16);
    REQUIRE(guest.run() == RunEnd::quiet);
    const EventRows::Row* trap = guest.events.last(EventKind::debug_trap);
    REQUIRE(trap != nullptr);
    CHECK(trap->value[1] == static_cast<std::int64_t>(start + 5));
    CHECK(trap->value[2] == 1);
    constexpr int trap_hwbkpt = 4;
    CHECK(guest.events.last(EventKind::signal_generated)->value[3] != 0);
    CHECK(guest.events.last(EventKind::signal_taken)->value[1] == K_SIGTRAP);
    CHECK(guest.events.last(EventKind::signal_taken)->value[2] == trap_hwbkpt);
    CHECK(ptrace_get_debugreg(*task, 6) == 0xffff0ff1);
}

TEST_CASE("a breakpoint on execution is a SIGTRAP before it", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* task = guest.add_guest("t", stores);
    const std::uint64_t start = task->regs.rip;
    set(task, 2, start + 1);
    set(task, 7, 1 << 4);
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.events.last(EventKind::debug_trap)->value[1] ==
          static_cast<std::int64_t>(start + 1));
    CHECK(guest.events.last(EventKind::debug_trap)->value[2] == 4);
    CHECK(guest.events.count(EventKind::debug_trap) == 1);
    INFO("so that going on passes it");
    CHECK((task->regs.rflags & cpu::flag::rf) != 0);
}

TEST_CASE("strides stop where single steps do", "[kernel][debug_register]") {
    const auto rows = [](auto make_sink) {
        GuestWorld guest;
        auto sink = make_sink(guest.events);
        guest.world.set_sink(&sink);
        Task* task = guest.add_guest("t", R"(
            start:  mov ecx, 50
            again:  dec ecx
                    jnz again
                    mov [rsp - 8], eax
                    nop
                    ud2)");
        set(task, 0, task->regs.rsp() - 8);
        set(task, 7, 1 | write_4 << 16);
        CHECK(guest.run() == RunEnd::quiet);
        return guest.events.rows;
    };
    const auto strides = rows([](EventRows& r) { return InStrides(r); });
    CHECK(strides.size() > 3);
    CHECK(strides == rows([](EventRows& r) { return OneByOne(r); }));
}

TEST_CASE("what the kernel reads for a call hits nothing", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* task = guest.add_guest("t", R"(
        start:  mov eax, 1
                mov edi, 1
                mov rsi, rsp
                mov edx, 8
                syscall
                mov eax, 231
                mov edi, 7
                syscall)");
    set(task, 0, task->regs.rsp());
    set(task, 7, 1 | access_8 << 16);
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.events.count(EventKind::debug_trap) == 0);
    CHECK(guest.events.count(EventKind::output) == 1);
    CHECK(guest.events.last(EventKind::exit)->value[1] == 7 << 8);
}

TEST_CASE("no child inherits a breakpoint", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* task = guest.add_guest("t", R"(
        start:  mov eax, 57
                syscall
                mov [rsp - 8], eax
                mov eax, 231
                mov edi, 7
                syscall)");
    set(task, 0, task->regs.rsp() - 8);
    set(task, 7, 1 | write_4 << 16);
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.events.count(EventKind::new_task) == 1);
    CHECK(guest.events.count(EventKind::debug_trap) == 1);
    CHECK(guest.events.last(EventKind::debug_trap)->value[0] ==
          static_cast<std::int64_t>(task->id.value));
}

TEST_CASE("debug registers are checked as Linux does", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* t = guest.add_guest("t", stores);
    const std::uint64_t at = t->regs.rsp() & ~std::uint64_t{7};
    CHECK(ptrace_get_debugreg(*t, 6) == 0xffff0ff0);
    CHECK(ptrace_get_debugreg(*t, 4) == 0);
    CHECK(ptrace_set_debugreg(*t, 4, 0) == -K_EIO);
    CHECK(ptrace_set_debugreg(*t, 5, 1) == -K_EIO);
    CHECK(ptrace_set_debugreg(*t, 8, 1) == -K_EIO);
    CHECK(ptrace_set_debugreg(*t, 0, 0xffffffff81000000) == -K_EINVAL);
    CHECK(ptrace_set_debugreg(*t, 0, at) == 0);
    CHECK(ptrace_set_debugreg(*t, 7, 1 | 0x9 << 16) == 0);
    CHECK(ptrace_get_debugreg(*t, 7) == 0x90001);
    INFO("an address that does not go with the length");
    CHECK(ptrace_set_debugreg(*t, 0, at + 1) == -K_EINVAL);
    CHECK(ptrace_get_debugreg(*t, 0) == at);
    INFO("execution of four bytes, I/O");
    CHECK(ptrace_set_debugreg(*t, 7, 1 | 0xc << 16) == -K_EINVAL);
    CHECK(ptrace_set_debugreg(*t, 7, 1 | 0x2 << 16) == -K_EINVAL);
    CHECK(ptrace_get_debugreg(*t, 7) == 0x90001);
    CHECK(ptrace_set_debugreg(*t, 7, 0) == 0);
    CHECK(ptrace_set_debugreg(*t, 0, at + 1) == 0);
    CHECK(ptrace_set_debugreg(*t, 7, 1 | 0xd << 16) == -K_EINVAL);
    CHECK(ptrace_set_debugreg(*t, 6, 0) == 0);
    CHECK(ptrace_get_debugreg(*t, 6) == 0);
}

TEST_CASE("the general set has the layout of user_regs_struct", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* t = guest.add_guest("t", stores);
    std::uint64_t words[27] = {};
    REQUIRE(user_regset_get(*t, UserRegset::general, 0, sizeof words, words) == 0);
    CHECK(words[16] == t->regs.rip);
    CHECK(words[17] == 0x33);
    CHECK(words[19] == t->regs.rsp());
    CHECK(words[20] == 0x2b);
    CHECK(words[15] == ~std::uint64_t{0});
    words[0] = 15, words[10] = 0xa, words[14] = 0xd1;
    REQUIRE(user_regset_set(*t, UserRegset::general, 0, sizeof words, words) == 0);
    CHECK(t->regs.gpr[15] == 15);
    CHECK(t->regs.rax() == 0xa);
    CHECK(t->regs.gpr[7] == 0xd1);
    INFO("the words before the one that is refused are set");
    words[0] = 16, words[17] = 0x30;
    CHECK(user_regset_set(*t, UserRegset::general, 0, sizeof words, words) == -K_EIO);
    CHECK(t->regs.gpr[15] == 16);
    CHECK(t->regs.cs == 0x33);
    INFO("ranges");
    std::uint64_t two[2] = {};
    CHECK(user_regset_get(*t, UserRegset::general, 128, 16, two) == 0);
    CHECK(two[0] == t->regs.rip);
    CHECK(user_regset_get(*t, UserRegset::general, 4, 8, two) == -K_EINVAL);
    CHECK(user_regset_get(*t, UserRegset::general, 0, 7, two) == -K_EINVAL);
    CHECK(user_regset_get(*t, static_cast<UserRegset>(9), 0, 8, two) == -K_EINVAL);
}

TEST_CASE("the floating point set is an FXSAVE image", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* t = guest.add_guest("t", stores);
    std::uint8_t image[512] = {};
    REQUIRE(user_regset_get(*t, UserRegset::fp, 0, sizeof image, image) == 0);
    CHECK(image[0] == 0x7f);
    CHECK(image[1] == 0x03);
    CHECK(image[25] == 0x1f);
    image[160] = 0x77;
    CHECK(user_regset_set(*t, UserRegset::fp, 0, 256, image) == -K_EINVAL);
    REQUIRE(user_regset_set(*t, UserRegset::fp, 0, sizeof image, image) == 0);
    CHECK(t->regs.fpu.xmm[0].half[0] == 0x77);
    image[27] = 0x80;
    image[160] = 0;
    CHECK(user_regset_set(*t, UserRegset::fp, 0, sizeof image, image) == -K_EINVAL);
    CHECK(t->regs.fpu.xmm[0].half[0] == 0x77);
}

TEST_CASE("the user area, and flags as a debugger sees them", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* t = guest.add_guest("t", stores);
    std::uint64_t value = 0;
    CHECK(peek_user(*t, 128, &value) == 0);
    CHECK(value == t->regs.rip);
    CHECK(peek_user(*t, 848 + 48, &value) == 0);
    CHECK(value == 0xffff0ff0);
    CHECK(peek_user(*t, 920, &value) == 0);
    CHECK(value == 0);
    CHECK(peek_user(*t, 928, &value) == -K_EIO);
    CHECK(peek_user(*t, 4, &value) == -K_EIO);
    CHECK(poke_user(*t, 216, 1) == -K_EIO);
    CHECK(poke_user(*t, 848 + 32, 1) == -K_EIO);
    CHECK(poke_user(*t, 168, 0x7ffffffff000) == -K_EIO);
    CHECK(poke_user(*t, 184, 0) == 0);
    CHECK(poke_user(*t, 136, 0) == -K_EIO);
    constexpr std::uint64_t flags = 144;
    CHECK(poke_user(*t, flags, ~std::uint64_t{0}) == 0);
    CHECK(peek_user(*t, flags, &value) == 0);
    CHECK(value == 0x54fd7);
    CHECK(poke_user(*t, flags, 0) == 0);
    CHECK(t->regs.rflags == 0x202);
    INFO("TF that stepping has set is hidden, and stays when it is written as zero");
    t->regs.rflags |= cpu::flag::tf;
    t->thread_flags = t->thread_flags.load() | tif(TIF_FORCED_TF);
    CHECK(get_flags(*t) == 0x202);
    set_flags(*t, 0x202);
    CHECK(user_register(*t, Register::rflags) == 0x302);
    INFO("written as one it is the program's");
    set_flags(*t, 0x302);
    CHECK(get_flags(*t) == 0x302);
}

TEST_CASE("an int3 poked into read-only text is met", "[kernel][debug_register]") {
    GuestWorld guest;
    Task* t = guest.add_guest("t", stores);
    const std::uint64_t start = t->regs.rip;
    std::uint8_t byte = 0xcc;
    CHECK(access_process_vm(*t, start + 5, &byte, 1, true) == 1);
    byte = 0;
    CHECK(access_process_vm(*t, start + 5, &byte, 1, false) == 1);
    CHECK(byte == 0xcc);
    CHECK(access_process_vm(*t, 0, &byte, 1, false) == 0);
    REQUIRE(guest.run() == RunEnd::quiet);
    CHECK(guest.events.last(EventKind::fault)->value[1] == static_cast<std::int64_t>(start + 5));
    CHECK(guest.events.last(EventKind::fault)->value[2] == cpu::vector::breakpoint);
    INFO("the dead have no memory");
    CHECK(access_process_vm(*t, start, &byte, 1, false) == 0);
}
