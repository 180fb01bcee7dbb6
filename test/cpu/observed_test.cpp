// SPDX-License-Identifier: MIT
// `run_observed` is many calls of `step`, and so is `run`: random code with faults, traps, flags
// that are loaded, REP and stores into itself is executed in the three ways, in quanta of any size,
// and they have to agree in every stop, in all that is left behind, and in what an observer hears.
#include <string>
#include <vector>

#include "test/cpu/random_source.hpp"
#include "test/cpu/small_guest.hpp"

using namespace utsim::cpu;
using namespace utsim::cpu::testing;

namespace {

/// Pieces of programs. Each is whole instructions, so that control mostly runs through them.
constexpr const char* pieces[] = {
    "add rax, rcx\n adc edx, eax\n sbb cl, dl",
    "imul rsi, rax, 7\n xor rdi, rsi\n rol rdi, 5",
    "test al, 1\n cmovnz rdx, rsi\n setg cl",
    "mov [rbx + 8], rax\n add [rbx + 8], ecx\n mov rdx, [rbx + 16]",
    "push rax\n pop rcx",
    "lea rsi, [rbx + 64]\n lea rdi, [rbx + 512]\n mov ecx, 20\n rep movsb",
    "lea rdi, [rbx + 256]\n mov ecx, 11\n rep stosq",
    "mov rdi, rbx\n mov ecx, 9\n repne scasb",
    "pushf\n or dword ptr [rsp], 0x100\n popf\n nop\n inc eax",
    "pushf\n and dword ptr [rsp], 0xfffffeff\n popf",
    "pushf\n xor dword ptr [rsp], 0x40400\n popf",
    "mov ax, ss\n mov ss, ax\n inc edx",
    "rdtsc\n add rsi, rax",
    "jmp next\n next: nop",
    "jnz over\n inc edx\n over: dec edx",
    "call there\n there: pop rax",
    "mov byte ptr [rel patch], 0x48\n patch: inc ecx",
    "lea rdi, [rel here]\n mov al, 0x90\n mov ecx, 3\n here: rep stosb\n nop",
    "syscall",
    "int3",
    "int1",
    "ud2",
    "mov rax, [0x10]",
    "mov byte ptr [rbx + 4096], 1",
    "xor edx, edx\n xor ecx, ecx\n div ecx",
    "cvtsi2sd xmm0, rax\n addsd xmm1, xmm0",
    "mov rdx, 0x8000000000000000\n mov al, [rdx]",
};

std::vector<std::vector<std::uint8_t>> assembled_pieces() {
    std::vector<std::vector<std::uint8_t>> all;
    for (const char* piece : pieces) {
        const auto assembly = assemble(piece);
        REQUIRE(assembly.ok());
        all.push_back(assembly->bytes);
    }
    return all;
}

/// One retirement, as it is heard of.
struct Heard {
    std::uint64_t rip;
    std::uint64_t behind;
    bool taken_branch;

    bool operator==(const Heard&) const = default;
};

/// All that a way of executing shows.
struct Account {
    std::vector<Heard> heard;
    std::vector<std::string> stops;
    Registers registers;
    DebugState debug;
    Environment environment;
    std::uint64_t memory = 0;
};

std::string in_words(std::uint64_t retired, const StepResult& r) {
    std::string text = std::to_string(retired);
    const bool at_stop = r.outcome == Outcome::exception || r.flags_loaded;
    for (const std::uint64_t part :
         {std::uint64_t{static_cast<std::uint8_t>(r.outcome)}, std::uint64_t{r.vector},
          std::uint64_t{r.debug_trap}, std::uint64_t{r.flags_loaded}, std::uint64_t{r.trap},
          std::uint64_t{r.unimplemented}, std::uint64_t{r.error_code}, r.fault_address,
          at_stop ? r.address : 0, std::uint64_t{static_cast<std::uint8_t>(r.fault_kind)},
          std::uint64_t{r.float_exceptions}}) {
        text += " " + std::to_string(part);
    }
    return text + (r.reason != nullptr ? r.reason : "");
}

bool plain(const StepResult& r) {
    return r.outcome == Outcome::retired && !r.debug_trap && !r.flags_loaded;
}

constexpr std::uint64_t instructions = 400;
constexpr std::size_t most_stops = 60;

/// Executes `instructions` by quanta that `execute` makes, and goes on elsewhere after what a
/// kernel would have to see to.
template <typename Execute>
void drive(SmallGuest& guest, std::uint64_t seed, Account& account, Execute execute) {
    Random elsewhere(seed);
    std::uint64_t done = 0;
    while (done < instructions && account.stops.size() < most_stops) {
        const RunResult result = execute(instructions - done);
        done += result.retired;
        if (plain(result.last)) continue;
        account.stops.push_back(in_words(done, result.last));
        guest.debug.dr6 = 0;
        if (result.last.outcome != Outcome::exception) continue;
        guest.registers.rip = SmallGuest::code + elsewhere.below(600);
        guest.registers.rsp() = SmallGuest::stack + page_size / 2;
        guest.registers.rbx() = SmallGuest::data;
        if (elsewhere.one_in(4)) guest.registers.rflags &= ~(flag::tf | flag::ac);
    }
    account.registers = guest.registers;
    account.debug = guest.debug;
    account.environment = guest.environment;
    account.memory = guest.memory.digest();
}

struct Listening {
    SmallGuest& guest;
    Random& random;
    Account& account;
    bool right = true;  ///< bytes and lengths

    static bool after(void* context, const Observed& o) {
        auto& l = *static_cast<Listening*>(context);
        const std::uint64_t behind = l.guest.registers.rip;
        l.account.heard.push_back({o.rip, behind, o.taken_branch});
        if (!o.taken_branch && behind != o.rip && behind != o.rip + o.length) l.right = false;
        std::uint8_t bytes[15];
        std::size_t got = 0;
        MemoryFault fault;
        if (o.bytes != nullptr && (!l.guest.memory.fetch(o.rip, bytes, got, fault) || got != 15 ||
                                   std::memcmp(bytes, o.bytes, got) != 0)) {
            l.right = false;
        }
        return !l.random.one_in(40);
    }
};

void same(const Account& a, const Account& b) {
    CHECK(a.stops == b.stops);
    CHECK(a.registers == b.registers);
    CHECK(a.debug == b.debug);
    CHECK(a.environment == b.environment);
    CHECK(a.memory == b.memory);
}

}  // namespace

TEST_CASE("step, run and run_observed agree over random code", "[run][observed]") {
    const auto bytes = assembled_pieces();
    Random random(41);
    std::size_t heard = 0, stops = 0;
    for (std::uint64_t n = 0; n < 400; ++n) {
        std::vector<std::uint8_t> code;
        while (code.size() < 700) {
            const auto& piece = bytes[random.below(bytes.size())];
            code.insert(code.end(), piece.begin(), piece.end());
            if (random.one_in(12)) code.push_back(random.byte());
        }
        // Sometimes around the edge of two pages.
        const std::uint64_t at = SmallGuest::code + (random.one_in(3) ? page_size - 300 : 0);
        const auto prepare = [&](SmallGuest& guest) {
            guest.write(SmallGuest::code, code);
            guest.write(at, code);
            guest.registers.rip = at;
            guest.debug.btf = n % 7 == 0;
            if (n % 5 == 0) guest.set(flag::tf);
        };

        Account stepped, ran, observed;
        SmallGuest one("nop"), many("nop"), told("nop");
        for (SmallGuest* guest : {&one, &many, &told}) prepare(*guest);
        drive(one, n, stepped, [&](std::uint64_t) {
            const std::uint64_t rip = one.registers.rip;
            RunResult result;
            result.last = one.step();
            const bool retired = result.last.outcome != Outcome::exception;
            result.retired = retired || result.last.trap ? 1 : 0;
            if (retired) {
                stepped.heard.push_back({rip, one.registers.rip, result.last.taken_branch});
            }
            return result;
        });
        Random quanta(n);
        drive(many, n, ran, [&](std::uint64_t left) {
            return run(many.registers, many.debug, many.memory, many.environment,
                       std::min(left, 1 + quanta.below(50)));
        });
        Listening listening{told, quanta, observed};
        drive(told, n, observed, [&](std::uint64_t left) {
            return run_observed(told.registers, told.debug, told.memory, told.environment,
                                std::min(left, 1 + quanta.below(50)),
                                {&Listening::after, &listening});
        });
        INFO("program " << n);
        same(stepped, ran);
        same(stepped, observed);
        CHECK(stepped.heard == observed.heard);
        REQUIRE(listening.right);
        heard += observed.heard.size();
        stops += observed.stops.size();
    }
    CHECK(heard > 20'000);
    CHECK(stops > 4'000);
}

TEST_CASE("an observer ends the run where it says so", "[run][observed]") {
    SmallGuest guest("again: inc eax\n jmp again");
    struct Count {
        std::uint64_t left;
        static bool after(void* context, const Observed&) {
            return --static_cast<Count*>(context)->left != 0;
        }
    } count{7};
    const RunResult result = run_observed(guest.registers, guest.debug, guest.memory,
                                          guest.environment, 100, {&Count::after, &count});
    CHECK(result.retired == 7);
    CHECK(guest.environment.retired == 7);
    CHECK(guest.registers.rax() == 4);
}

TEST_CASE("a fetch that faults says where", "[run][observed]") {
    SmallGuest guest("jmp far\n far: mov rax, 0x10000\n jmp rax");
    const RunResult result = guest.run();
    CHECK(result.last.vector == vector::page_fault);
    CHECK(result.last.address == 0x10000);
    CHECK(guest.step().address == 0x10000);
}
