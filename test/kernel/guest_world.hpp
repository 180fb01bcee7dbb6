// SPDX-License-Identifier: MIT
/// A World with a kernel and guests, for tests of the kernel room.
#pragma once

#include <string>
#include <vector>

#include "cpu/assembler.hpp"
#include "cpu/image.hpp"
#include "event/event.hpp"
#include "kernel/boot.hpp"
#include "kernel/page_hook.hpp"
#include "sched/choosers.hpp"
#include "sched/world.hpp"
#include "support/testing.hpp"

namespace utsim::testing {

/// Remembers events as flat rows that compare.
class EventRows final : public EventSink {
public:
    struct Row {
        EventKind kind;
        std::uint64_t step;
        std::array<std::int64_t, max_fields> value;
        std::string text;
        bool operator==(const Row&) const = default;
    };
    void emit(const Event& event) override {
        rows.push_back({event.kind, event.step, event.value, std::string(event.text)});
    }
    std::uint64_t mark() const override { return rows.size(); }
    void rewind(std::uint64_t mark) override { rows.resize(mark); }

    std::size_t count(EventKind kind) const {
        std::size_t n = 0;
        for (const Row& row : rows) n += row.kind == kind ? 1 : 0;
        return n;
    }
    const Row* last(EventKind kind) const {
        for (std::size_t i = rows.size(); i > 0; --i) {
            if (rows[i - 1].kind == kind) return &rows[i - 1];
        }
        return nullptr;
    }
    /// Everything the guests wrote.
    std::string output() const {
        std::string all;
        for (const Row& row : rows) {
            if (row.kind == EventKind::output) all += row.text;
        }
        return all;
    }

    std::vector<Row> rows;
};

class GuestWorld {
public:
    explicit GuestWorld(const WorldOptions& options = {}) : world(options) {
        world.add_hook(&pages);
        world.set_sink(&events);
        kernel = boot_kernel(world, {}, &pages.pool());
    }

    /// A task that runs `text`, assembled.
    Task* add_guest(const std::string& name, const std::string& text) {
        Result<cpu::Assembly> assembly = cpu::assemble(text);
        REQUIRE(assembly.ok());
        return add_image(name, cpu::make_image(*assembly));
    }
    Task* add_bytes(const std::string& name, const std::vector<std::uint8_t>& bytes) {
        return add_image(name, cpu::make_image(bytes, 0x401000));
    }
    Task* add_image(const std::string& name, const cpu::Image& image) {
        cpu::AddressSpace* space = cpu::AddressSpace::create(world.arena(), pages.pool());
        REQUIRE(cpu::load_image(image, *space) == 0);
        TaskSpec spec;
        spec.name = name;
        spec.space = space;
        spec.regs.rip = image.entry;
        const std::int64_t stack = cpu::build_initial_stack(image, *space, {});
        REQUIRE(stack > 0);
        spec.regs.rsp() = static_cast<std::uint64_t>(stack);
        return create_task(*kernel, spec);
    }

    RunEnd run() {
        Serial serial;
        return world.run(serial);
    }

    PageHook pages;
    EventRows events;
    World world;
    Kernel* kernel = nullptr;
};

}  // namespace utsim::testing
