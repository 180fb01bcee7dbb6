// SPDX-License-Identifier: MIT
// One table in gdb's order makes the description, the sizes and the ways to each register.
#include "debug/registers.hpp"

#include <array>
#include <cstring>
#include <iterator>

#include "cpu/cpu.hpp"
#include "kernel/task.hpp"

namespace utsim::debug {

namespace {

enum class Kind : std::uint8_t {
    gpr,
    rip,
    eflags,
    selector,
    st,
    control,
    xmm,
    mxcsr,
    orig_rax,
    base
};

struct Row {
    const char* name;
    const char* type;
    Kind kind;
    std::uint8_t index;
    std::uint8_t size;
};

using K = Kind;
constexpr Row rows[] = {
    {"rax", "int64", K::gpr, 0, 8},          {"rbx", "int64", K::gpr, 3, 8},
    {"rcx", "int64", K::gpr, 1, 8},          {"rdx", "int64", K::gpr, 2, 8},
    {"rsi", "int64", K::gpr, 6, 8},          {"rdi", "int64", K::gpr, 7, 8},
    {"rbp", "data_ptr", K::gpr, 5, 8},       {"rsp", "data_ptr", K::gpr, 4, 8},
    {"r8", "int64", K::gpr, 8, 8},           {"r9", "int64", K::gpr, 9, 8},
    {"r10", "int64", K::gpr, 10, 8},         {"r11", "int64", K::gpr, 11, 8},
    {"r12", "int64", K::gpr, 12, 8},         {"r13", "int64", K::gpr, 13, 8},
    {"r14", "int64", K::gpr, 14, 8},         {"r15", "int64", K::gpr, 15, 8},
    {"rip", "code_ptr", K::rip, 0, 8},       {"eflags", "i386_eflags", K::eflags, 0, 4},
    {"cs", "int32", K::selector, 0, 4},      {"ss", "int32", K::selector, 1, 4},
    {"ds", "int32", K::selector, 2, 4},      {"es", "int32", K::selector, 3, 4},
    {"fs", "int32", K::selector, 4, 4},      {"gs", "int32", K::selector, 5, 4},
    {"st0", "i387_ext", K::st, 0, 10},       {"st1", "i387_ext", K::st, 1, 10},
    {"st2", "i387_ext", K::st, 2, 10},       {"st3", "i387_ext", K::st, 3, 10},
    {"st4", "i387_ext", K::st, 4, 10},       {"st5", "i387_ext", K::st, 5, 10},
    {"st6", "i387_ext", K::st, 6, 10},       {"st7", "i387_ext", K::st, 7, 10},
    {"fctrl", "int", K::control, 0, 4},      {"fstat", "int", K::control, 1, 4},
    {"ftag", "int", K::control, 2, 4},       {"fiseg", "int", K::control, 3, 4},
    {"fioff", "int", K::control, 4, 4},      {"foseg", "int", K::control, 5, 4},
    {"fooff", "int", K::control, 6, 4},      {"fop", "int", K::control, 7, 4},
    {"xmm0", "vec128", K::xmm, 0, 16},       {"xmm1", "vec128", K::xmm, 1, 16},
    {"xmm2", "vec128", K::xmm, 2, 16},       {"xmm3", "vec128", K::xmm, 3, 16},
    {"xmm4", "vec128", K::xmm, 4, 16},       {"xmm5", "vec128", K::xmm, 5, 16},
    {"xmm6", "vec128", K::xmm, 6, 16},       {"xmm7", "vec128", K::xmm, 7, 16},
    {"xmm8", "vec128", K::xmm, 8, 16},       {"xmm9", "vec128", K::xmm, 9, 16},
    {"xmm10", "vec128", K::xmm, 10, 16},     {"xmm11", "vec128", K::xmm, 11, 16},
    {"xmm12", "vec128", K::xmm, 12, 16},     {"xmm13", "vec128", K::xmm, 13, 16},
    {"xmm14", "vec128", K::xmm, 14, 16},     {"xmm15", "vec128", K::xmm, 15, 16},
    {"mxcsr", "i386_mxcsr", K::mxcsr, 0, 4}, {"orig_rax", "int", K::orig_rax, 0, 8},
    {"fs_base", "int", K::base, 0, 8},       {"gs_base", "int", K::base, 1, 8},
};
static_assert(std::size(rows) == register_count);

constexpr std::array<std::size_t, register_count + 1> offsets = [] {
    std::array<std::size_t, register_count + 1> at{};
    for (unsigned n = 0; n < register_count; ++n) at[n + 1] = at[n] + rows[n].size;
    return at;
}();
static_assert(offsets[register_count] == all_registers_size);

// What FXSAVE keeps as one bit, "not empty", the register itself says in two.
constexpr unsigned tag_valid = 0, tag_zero = 1, tag_special = 2, tag_empty = 3;

unsigned full_tags(const cpu::FpuState& fpu) {
    const unsigned top = (fpu.fsw >> 11) & 7;
    unsigned tags = 0;
    for (unsigned n = 0; n < 8; ++n) {
        unsigned tag = tag_empty;
        if ((fpu.ftw >> n & 1) != 0) {
            const cpu::X87Register& x = fpu.st[(n - top) & 7];
            const unsigned exponent = x.sign_exponent & 0x7fff;
            const bool normal = x.significand >> 63 != 0;
            if (exponent == 0 && x.significand == 0) {
                tag = tag_zero;
            } else {
                tag = exponent != 0 && exponent != 0x7fff && normal ? tag_valid : tag_special;
            }
        }
        tags |= tag << (2 * n);
    }
    return tags;
}

std::uint8_t short_tags(unsigned tags) {
    unsigned bits = 0;
    for (unsigned n = 0; n < 8; ++n) {
        if ((tags >> (2 * n) & 3) != tag_empty) bits |= 1u << n;
    }
    return static_cast<std::uint8_t>(bits);
}

std::uint64_t selector(const cpu::Registers& r, unsigned index) {
    const std::uint16_t all[] = {r.cs, r.ss, r.ds, r.es, r.fs, r.gs};
    return all[index];
}

std::uint64_t control(const cpu::FpuState& fpu, unsigned index) {
    const std::uint64_t all[] = {fpu.fcw,
                                 fpu.fsw,
                                 full_tags(fpu),
                                 fpu.fip >> 32 & 0xffff,
                                 fpu.fip & 0xffffffff,
                                 fpu.fdp >> 32 & 0xffff,
                                 fpu.fdp & 0xffffffff,
                                 fpu.fop};
    return all[index];
}

void set_control(cpu::FpuState& fpu, unsigned index, std::uint64_t value) {
    const auto low = static_cast<std::uint16_t>(value);
    switch (index) {
        case 0:
            fpu.fcw = low;
            break;
        case 1:
            fpu.fsw = low;
            break;
        case 2:
            fpu.ftw = short_tags(low);
            break;
        case 3:
            fpu.fip = (fpu.fip & 0xffffffff) | std::uint64_t{low} << 32;
            break;
        case 4:
            fpu.fip = (fpu.fip & ~std::uint64_t{0xffffffff}) | (value & 0xffffffff);
            break;
        case 5:
            fpu.fdp = (fpu.fdp & 0xffffffff) | std::uint64_t{low} << 32;
            break;
        case 6:
            fpu.fdp = (fpu.fdp & ~std::uint64_t{0xffffffff}) | (value & 0xffffffff);
            break;
        default:
            fpu.fop = low & 0x7ff;
            break;
    }
}

/// Everything but st and xmm.
std::uint64_t word_of(const Task& task, const Row& row) {
    const cpu::Registers& r = task.regs;
    switch (row.kind) {
        case K::gpr:
            return r.gpr[row.index];
        case K::rip:
            return r.rip;
        case K::eflags:
            return r.rflags;
        case K::selector:
            return selector(r, row.index);
        case K::control:
            return control(r.fpu, row.index);
        case K::mxcsr:
            return r.fpu.mxcsr;
        case K::orig_rax:
            return static_cast<std::uint64_t>(task.orig_ax);
        case K::base:
            return row.index == 0 ? r.fs_base : r.gs_base;
        default:
            return 0;
    }
}

}  // namespace

std::size_t register_size(unsigned number) { return rows[number].size; }

std::string register_bytes(const Task& task, unsigned number) {
    const Row& row = rows[number];
    std::string bytes(row.size, '\0');
    if (row.kind == K::st) {
        const cpu::X87Register& x = task.regs.fpu.st[row.index];
        std::memcpy(bytes.data(), &x.significand, 8);
        std::memcpy(bytes.data() + 8, &x.sign_exponent, 2);
    } else if (row.kind == K::xmm) {
        std::memcpy(bytes.data(), &task.regs.fpu.xmm[row.index], 16);
    } else {
        const std::uint64_t word = word_of(task, row);
        std::memcpy(bytes.data(), &word, row.size);
    }
    return bytes;
}

std::string all_registers(const Task& task) {
    std::string all;
    for (unsigned n = 0; n < register_count; ++n) all += register_bytes(task, n);
    return all;
}

void set_register(Task& task, unsigned number, std::string_view bytes) {
    const Row& row = rows[number];
    cpu::Registers& r = task.regs;
    if (row.kind == K::st) {
        std::memcpy(&r.fpu.st[row.index].significand, bytes.data(), 8);
        std::memcpy(&r.fpu.st[row.index].sign_exponent, bytes.data() + 8, 2);
        return;
    }
    if (row.kind == K::xmm) {
        std::memcpy(&r.fpu.xmm[row.index], bytes.data(), 16);
        return;
    }
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), row.size);
    constexpr std::uint64_t changeable = cpu::flag::user | cpu::flag::rf;
    switch (row.kind) {
        case K::gpr:
            r.gpr[row.index] = word;
            break;
        case K::rip:
            r.rip = word;
            break;
        case K::eflags:
            r.rflags = (r.rflags & ~changeable) | (word & changeable);
            break;
        case K::control:
            set_control(r.fpu, row.index, word);
            break;
        case K::mxcsr:
            r.fpu.mxcsr = static_cast<std::uint32_t>(word) & r.fpu.mxcsr_mask;
            break;
        case K::orig_rax:
            task.orig_ax = static_cast<std::int64_t>(word);
            break;
        case K::base:
            (row.index == 0 ? r.fs_base : r.gs_base) = word;
            break;
        default:
            break;
    }
}

void set_all_registers(Task& task, std::string_view bytes) {
    for (unsigned n = 0; n < register_count; ++n) {
        set_register(task, n, bytes.substr(offsets[n], rows[n].size));
    }
}

namespace {

/// The types that gdb does not have by itself.
constexpr const char* core_types =
    "<flags id=\"i386_eflags\" size=\"4\">"
    "<field name=\"CF\" start=\"0\" end=\"0\"/><field name=\"\" start=\"1\" end=\"1\"/>"
    "<field name=\"PF\" start=\"2\" end=\"2\"/><field name=\"AF\" start=\"4\" end=\"4\"/>"
    "<field name=\"ZF\" start=\"6\" end=\"6\"/><field name=\"SF\" start=\"7\" end=\"7\"/>"
    "<field name=\"TF\" start=\"8\" end=\"8\"/><field name=\"IF\" start=\"9\" end=\"9\"/>"
    "<field name=\"DF\" start=\"10\" end=\"10\"/><field name=\"OF\" start=\"11\" end=\"11\"/>"
    "<field name=\"NT\" start=\"14\" end=\"14\"/><field name=\"RF\" start=\"16\" end=\"16\"/>"
    "<field name=\"VM\" start=\"17\" end=\"17\"/><field name=\"AC\" start=\"18\" end=\"18\"/>"
    "<field name=\"VIF\" start=\"19\" end=\"19\"/><field name=\"VIP\" start=\"20\" end=\"20\"/>"
    "<field name=\"ID\" start=\"21\" end=\"21\"/></flags>";
constexpr const char* sse_types =
    "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
    "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
    "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>"
    "<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
    "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>"
    "<vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
    "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/>"
    "<field name=\"v2_double\" type=\"v2d\"/><field name=\"v16_int8\" type=\"v16i8\"/>"
    "<field name=\"v8_int16\" type=\"v8i16\"/><field name=\"v4_int32\" type=\"v4i32\"/>"
    "<field name=\"v2_int64\" type=\"v2i64\"/><field name=\"uint128\" type=\"uint128\"/></union>"
    "<flags id=\"i386_mxcsr\" size=\"4\"><field name=\"IE\" start=\"0\" end=\"0\"/>"
    "<field name=\"DE\" start=\"1\" end=\"1\"/><field name=\"ZE\" start=\"2\" end=\"2\"/>"
    "<field name=\"OE\" start=\"3\" end=\"3\"/><field name=\"UE\" start=\"4\" end=\"4\"/>"
    "<field name=\"PE\" start=\"5\" end=\"5\"/><field name=\"DAZ\" start=\"6\" end=\"6\"/>"
    "<field name=\"IM\" start=\"7\" end=\"7\"/><field name=\"DM\" start=\"8\" end=\"8\"/>"
    "<field name=\"ZM\" start=\"9\" end=\"9\"/><field name=\"OM\" start=\"10\" end=\"10\"/>"
    "<field name=\"UM\" start=\"11\" end=\"11\"/><field name=\"PM\" start=\"12\" end=\"12\"/>"
    "<field name=\"FZ\" start=\"15\" end=\"15\"/></flags>";

struct Feature {
    const char* name;
    const char* types;
    Kind last;  ///< the kind of its last register
};
constexpr Feature features[] = {
    {"org.gnu.gdb.i386.core", core_types, K::control},
    {"org.gnu.gdb.i386.sse", sse_types, K::mxcsr},
    {"org.gnu.gdb.i386.linux", "", K::orig_rax},
    {"org.gnu.gdb.i386.segments", "", K::base},
};

}  // namespace

std::string target_description() {
    std::string text =
        "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
        "<architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>";
    unsigned n = 0;
    for (const Feature& feature : features) {
        text += std::string("<feature name=\"") + feature.name + "\">" + feature.types;
        for (bool last = false; !last; ++n) {
            const Row& row = rows[n];
            text += std::string("<reg name=\"") + row.name + "\" bitsize=\"" +
                    std::to_string(row.size * 8) + "\" type=\"" + row.type + "\" regnum=\"" +
                    std::to_string(n) + "\"";
            if (row.kind == K::control) text += " group=\"float\"";
            text += "/>";
            last = row.kind == feature.last &&
                   (n + 1 == register_count || rows[n + 1].kind != feature.last);
        }
        text += "</feature>";
    }
    return text + "</target>";
}

namespace {

/// By Linux's number, up to SIGSYS. 143 is gdb's "unknown".
constexpr std::uint8_t gdb_numbers[] = {0,  1,  2,  3,  4,  5,   6,  10, 8,  9,  30,
                                        11, 31, 13, 14, 15, 143, 20, 19, 17, 18, 21,
                                        22, 16, 24, 25, 26, 27,  28, 23, 32, 12};

}  // namespace

int gdb_signal(int number) {
    constexpr int first_real_time = 32;
    if (number < 0 || number > 64) return 0;
    if (number < first_real_time) return gdb_numbers[number];
    if (number == first_real_time) return 77;
    return number == 64 ? 78 : number - 33 + 45;
}

int linux_signal(int number) {
    for (int linux_number = 1; linux_number <= 64; ++linux_number) {
        if (gdb_signal(linux_number) == number) return linux_number;
    }
    return 0;
}

}  // namespace utsim::debug
