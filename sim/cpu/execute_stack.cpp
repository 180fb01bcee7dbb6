// SPDX-License-Identifier: MIT
// PUSH POP PUSHF POPF ENTER LEAVE LAHF SAHF. In 64-bit mode these move 64 bits, or 16 with the
// operand-size prefix; RSP is written only when nothing can fail any more.
#include "cpu/handler_sets.hpp"
#include "cpu/handlers.hpp"
#include "cpu/segments.hpp"

namespace utsim::cpu {
namespace {

constexpr std::uint8_t rsp = 4;
constexpr std::uint8_t rbp = 5;
constexpr std::uint8_t ah = 0 | high_byte;

template <typename T>
Status push_value(Core& c, T value) {
    const std::uint64_t top = c.r.gpr[rsp] - sizeof(T);
    if (!c.store(top, value, Segment::stack)) return Status::fault;
    c.r.gpr[rsp] = top;
    return c.stored();
}

struct Push {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!read_source<S>(c, i, value)) return Status::fault;
        return push_value(c, value);
    }
};

/// An address that uses RSP means the RSP after the pop.
struct Pop {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        const std::uint64_t top = c.r.gpr[rsp];
        if (!c.load(top, value, Segment::stack)) return Status::fault;
        c.r.gpr[rsp] = top + sizeof(T);
        if constexpr (S == Shape::m) {
            if (!c.store(i, value)) {
                c.r.gpr[rsp] = top;
                return Status::fault;
            }
            return c.stored();
        } else {
            c.set_reg<T>(i.destination, value);
            return Status::retired;
        }
    }
};

struct PushSegment {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        return push_value(c, static_cast<T>(segment_register(c.r, i.destination)));
    }
};

struct PopSegment {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        T value{};
        if (!c.load(c.r.gpr[rsp], value, Segment::stack)) return Status::fault;
        const Status status = load_segment(c, i.destination, static_cast<std::uint16_t>(value));
        if (status != Status::fault) c.r.gpr[rsp] += sizeof(T);
        return status;
    }
};

struct Pushf {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction&) {
        return push_value(c, static_cast<T>(c.rflags()));
    }
};

struct Popf {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction&) {
        T value{};
        if (!c.load(c.r.gpr[rsp], value, Segment::stack)) return Status::fault;
        c.r.gpr[rsp] += sizeof(T);
        load_user_flags(c, value, static_cast<T>(~T{0}));
        return Status::flags_loaded;
    }
};

/// The immediate holds the frame size and, above it, the nesting level.
struct Enter {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction& i) {
        const std::uint64_t bytes = i.immediate & 0xffff;
        const unsigned level = (i.immediate >> 16) & 31;
        std::uint64_t top = c.r.gpr[rsp] - sizeof(T);
        const std::uint64_t frame = top;
        if (!c.store(top, c.reg<T>(rbp), Segment::stack)) return Status::fault;
        std::uint64_t outer = c.r.gpr[rbp];
        for (unsigned n = 1; n < level; ++n) {
            T link{};
            outer -= sizeof(T);
            top -= sizeof(T);
            if (!c.load(outer, link, Segment::stack)) return Status::fault;
            if (!c.store(top, link, Segment::stack)) return Status::fault;
        }
        if (level > 0) {
            top -= sizeof(T);
            if (!c.store(top, static_cast<T>(frame), Segment::stack)) return Status::fault;
        }
        // The new top must be writable, although nothing is written there yet.
        if (!c.may_store(top - bytes, sizeof(T), Segment::stack)) return Status::fault;
        c.set_reg<T>(rbp, static_cast<T>(frame));
        c.r.gpr[rsp] = top - bytes;
        return c.stored();
    }
};

struct Leave {
    template <Shape S, typename T>
    static Status run(Core& c, const Instruction&) {
        T value{};
        const std::uint64_t frame = c.r.gpr[rbp];
        if (!c.load(frame, value, Segment::stack)) return Status::fault;
        c.r.gpr[rsp] = frame + sizeof(T);
        c.set_reg<T>(rbp, value);
        return Status::retired;
    }
};

constexpr std::uint64_t in_ah = flag::cf | flag::pf | flag::af | flag::zf | flag::sf;

Status lahf(Core& c, const Instruction&) {
    const std::uint64_t value = (c.flags.bits() & in_ah) | flag::fixed;
    c.set_reg<std::uint8_t>(ah, static_cast<std::uint8_t>(value));
    return Status::retired;
}

Status sahf(Core& c, const Instruction&) {
    const std::uint64_t value = c.reg<std::uint8_t>(ah);
    c.flags.load((c.flags.bits() & flag::of) | (value & in_ah));
    return Status::retired;
}

}  // namespace

namespace execute {
constinit const HandlerSet push = handlers<Push, Shape::r, Shape::m, Shape::none>();
constinit const HandlerSet pop = handlers<Pop, Shape::r, Shape::m>();
constinit const HandlerSet push_segment = handlers<PushSegment, Shape::r>();
constinit const HandlerSet pop_segment = handlers<PopSegment, Shape::r>();
constinit const HandlerSet pushf = handlers<Pushf, Shape::none>();
constinit const HandlerSet popf = handlers<Popf, Shape::none>();
constinit const HandlerSet enter = handlers<Enter, Shape::none>();
constinit const HandlerSet leave = handlers<Leave, Shape::none>();
constinit const HandlerSet lahf = implied(cpu::lahf);
constinit const HandlerSet sahf = implied(cpu::sahf);
}  // namespace execute
}  // namespace utsim::cpu
