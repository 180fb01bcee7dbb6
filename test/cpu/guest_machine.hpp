// SPDX-License-Identifier: MIT
/// Just enough of a kernel to run guest programs on the core alone: output, memory, fork and wait.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/cpu.hpp"
#include "cpu/image.hpp"
#include "test/cpu/memory_world.hpp"

namespace utsim::cpu::testing {

/// How a guest ended and what it wrote.
struct GuestEnd {
    std::string output;
    int code = -1;        ///< of exit_group
    std::string failure;  ///< when it did not exit: an exception, or the end of patience
    std::uint64_t retired = 0;
};

class GuestMachine {
public:
    /// Instructions after which a guest is given up.
    static constexpr std::uint64_t patience = 200'000'000;

    struct Options {
        std::uint64_t quantum = 1'000'000;  ///< instructions per call of `run`
        /// After this many quanta: take a snapshot, run ahead, come back, and go on; 0 for never.
        unsigned rewind_every = 0;
    };

    GuestMachine(const Image& image, std::span<const std::string_view> arguments,
                 const Options& options)
        : options_(options) {
        task_.memory = &world_.create();
        if (load_image(image, *task_.memory) != 0) {
            end_.failure = "cannot be loaded";
            return;
        }
        InitialStack contents;
        contents.arguments = arguments;
        contents.file = arguments[0];
        task_.registers.rip = image.entry;
        task_.registers.rsp() =
            static_cast<std::uint64_t>(build_initial_stack(image, *task_.memory, contents));
    }

    GuestEnd finish() {
        run_to_exit();
        end_.retired = task_.environment.retired;
        end_.code = task_.code;
        return end_;
    }

private:
    struct Task {
        Registers registers;
        DebugState debug;
        Environment environment;
        AddressSpace* memory = nullptr;
        bool exited = false;
        int code = -1;
        std::int64_t pid = 1;
        std::vector<std::pair<std::int64_t, int>> dead;  // children to wait for
    };

    /// Runs `task_`; a fork runs the whole child at once, before the parent goes on.
    void run_to_exit() {
        for (unsigned quanta = 1; !task_.exited && end_.failure.empty(); ++quanta) {
            if (options_.rewind_every != 0 && quanta % options_.rewind_every == 0) rewind();
            run_quantum();
        }
    }

    void rewind() {
        MemoryWorld::Snapshot snapshot;
        world_.take(snapshot);
        const Task task = task_;
        const std::string output = end_.output;
        for (int i = 0; i < 3 && !task_.exited && end_.failure.empty(); ++i) run_quantum();
        world_.restore(snapshot);
        task_ = task;
        end_.output = output;
        end_.failure.clear();
    }

    void run_quantum() {
        const RunResult result =
            run(task_.registers, task_.debug, *task_.memory, task_.environment, options_.quantum);
        switch (result.last.outcome) {
            case Outcome::syscall:
                task_.registers.rax() = static_cast<std::uint64_t>(system_call());
                break;
            case Outcome::exception: {
                char text[80];
                std::snprintf(text, sizeof text, "exception %d at %llx, address %llx",
                              result.last.vector,
                              static_cast<unsigned long long>(task_.registers.rip),
                              static_cast<unsigned long long>(result.last.fault_address));
                end_.failure = text;
                break;
            }
            case Outcome::retired:
                if (task_.environment.retired > patience) end_.failure = "runs for too long";
                break;
        }
    }

    std::int64_t system_call() {
        Registers& r = task_.registers;
        AddressSpace& memory = *task_.memory;
        switch (r.rax()) {
            case 1:
                return write_out(r.rsi(), r.rdx());
            case 9:
                return memory.map(r.rdi(), r.rsi(), static_cast<std::uint8_t>(r.rdx()));
            case 10:
                return memory.protect(r.rdi(), r.rsi(), static_cast<std::uint8_t>(r.rdx()));
            case 11:
                return memory.unmap(r.rdi(), r.rsi());
            case 12:
                return static_cast<std::int64_t>(memory.brk(r.rdi()));
            case 57:
                return fork();
            case 61:
                return wait();
            case 231:
                task_.exited = true;
                task_.code = static_cast<int>(r.rdi() & 0xff);
                return 0;
            default:
                return -38;  // -ENOSYS
        }
    }

    std::int64_t write_out(std::uint64_t from, std::uint64_t n) {
        std::string text(std::min<std::uint64_t>(n, 4096), '\0');
        MemoryFault fault;
        if (!task_.memory->read(from, text.data(), text.size(), fault)) return -14;  // -EFAULT
        end_.output += text;
        return static_cast<std::int64_t>(text.size());
    }

    std::int64_t fork() {
        AddressSpace* copy = task_.memory->clone(world_.arena);
        if (copy == nullptr) return map_error::no_memory;
        const std::int64_t pid = next_pid_++;
        const Task parent = task_;
        task_.memory = copy;
        task_.pid = pid;
        task_.dead.clear();
        task_.registers.rax() = 0;
        run_to_exit();
        copy->release();
        const std::uint64_t retired = task_.environment.retired;
        const int code = task_.code;
        task_ = parent;
        task_.environment.retired = retired;
        task_.dead.emplace_back(pid, code);
        return pid;
    }

    std::int64_t wait() {
        if (task_.dead.empty()) return -10;  // -ECHILD
        const auto [pid, code] = task_.dead.back();
        task_.dead.pop_back();
        MemoryFault fault;
        task_.memory->store<std::uint32_t>(task_.registers.rsi(),
                                           static_cast<std::uint32_t>(code) << 8, fault);
        return pid;
    }

    Options options_;
    MemoryWorld world_;
    Task task_;
    GuestEnd end_;
    std::int64_t next_pid_ = 2;
};

}  // namespace utsim::cpu::testing
