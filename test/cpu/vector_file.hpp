// SPDX-License-Identifier: MIT
/// Results of real processors as data: a compressed text file for each, one instruction a line.
///
///     host amd-26; selectors 20; address 48
///     480fa3c8 rax=5 rcx=2 > rip=10001004 rflags=203
///
/// First the bytes, then the state before: registers that are not zero, `m=ADDRESS:BYTES` for
/// memory that is not zero. Behind `>` what the instruction changed: registers, `w=` for memory,
/// `s=SIGNAL,CODE,ADDRESS` if it ended in another signal than that of a single step. All numbers
/// are hexadecimal. Of x87 and SSE `fcw fsw ftw fop fip fdp mxcsr` and `st0`..`st7`,
/// `xmm0`..`xmm15` are named where they are not as FNINIT and zero leave them (files of version 2,
/// whose header ends in `; version 2`; the first version has none of them). The instruction stands
/// at `vector_rip`, with NOPs behind it.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "test/cpu/host_identity.hpp"
#include "test/cpu/oracle.hpp"

namespace utsim::cpu::testing {

inline constexpr std::uint64_t vector_rip = lockstep_map::code + 0x1000;
inline constexpr const char* register_names[] = {
    "rax", "rcx", "rdx", "rbx", "rsp",    "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
    "r13", "r14", "r15", "rip", "rflags", "fsb", "gsb", "cs",  "ss", "ds", "es",  "fs",  "gs"};
inline constexpr std::size_t register_count = std::size(register_names);

inline std::uint64_t register_value(const Registers& r, std::size_t n) {
    if (n < 16) return r.gpr[n];
    const std::uint64_t others[] = {r.rip, r.rflags, r.fs_base, r.gs_base, r.cs,
                                    r.ss,  r.ds,     r.es,      r.fs,      r.gs};
    return others[n - 16];
}
inline void set_register(Registers& r, std::size_t n, std::uint64_t value) {
    std::uint64_t* const wide[] = {&r.rip, &r.rflags, &r.fs_base, &r.gs_base};
    std::uint16_t* const selectors[] = {&r.cs, &r.ss, &r.ds, &r.es, &r.fs, &r.gs};
    if (n < 16) {
        r.gpr[n] = value;
    } else if (n < 20) {
        *wide[n - 16] = value;
    } else {
        *selectors[n - 20] = static_cast<std::uint16_t>(value);
    }
}

/// What a register holds that a line does not name.
inline Registers vector_start() {
    Registers r;
    r.rip = vector_rip;
    return r;
}

/// The fields of the floating-point state, by name; those of two halves as HIGH:LOW.
struct FpuField {
    std::string name;
    std::size_t offset;
    std::size_t size;
};
inline const std::vector<FpuField>& fpu_fields() {
    static const std::vector<FpuField> all = [] {
        std::vector<FpuField> out = {
            {"fcw", offsetof(FpuState, fcw), 2},    {"fsw", offsetof(FpuState, fsw), 2},
            {"ftw", offsetof(FpuState, ftw), 1},    {"fop", offsetof(FpuState, fop), 2},
            {"fip", offsetof(FpuState, fip), 8},    {"fdp", offsetof(FpuState, fdp), 8},
            {"mxcsr", offsetof(FpuState, mxcsr), 4}};
        for (std::size_t n = 0; n < 8; ++n) {
            out.push_back({"st" + std::to_string(n), offsetof(FpuState, st) + 16 * n, 10});
        }
        for (std::size_t n = 0; n < 16; ++n) {
            out.push_back({"xmm" + std::to_string(n), offsetof(FpuState, xmm) + 16 * n, 16});
        }
        return out;
    }();
    return all;
}
inline std::uint64_t fpu_half(const FpuState& f, const FpuField& field, std::size_t half) {
    std::uint64_t value = 0;
    if (8 * half >= field.size) return 0;
    std::memcpy(&value, reinterpret_cast<const char*>(&f) + field.offset + 8 * half,
                std::min<std::size_t>(8, field.size - 8 * half));
    return value;
}
inline void set_fpu_half(FpuState& f, const FpuField& field, std::size_t half,
                         std::uint64_t value) {
    if (8 * half >= field.size) return;
    std::memcpy(reinterpret_cast<char*>(&f) + field.offset + 8 * half, &value,
                std::min<std::size_t>(8, field.size - 8 * half));
}

struct Bytes {
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
};

struct Vector {
    std::vector<std::uint8_t> code;
    Registers before = vector_start();
    std::vector<Bytes> memory;
    Registers after;
    std::vector<Bytes> written;
    LinuxSignal signal;
};

inline std::string hex(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(value));
    return text;
}
inline std::string hex_of(const std::vector<std::uint8_t>& bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}
inline std::vector<std::uint8_t> unhex(const std::string& text) {
    std::vector<std::uint8_t> out;
    for (std::size_t n = 0; n + 1 < text.size(); n += 2) {
        std::size_t read = 0;
        out.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(n, 2), &read, 16)));
        if (read != 2) throw std::invalid_argument(text);
    }
    return out;
}

inline std::string fpu_words(const FpuState& from, const FpuState& to) {
    std::string out;
    for (const FpuField& field : fpu_fields()) {
        const std::uint64_t low = fpu_half(to, field, 0), high = fpu_half(to, field, 1);
        if (low == fpu_half(from, field, 0) && high == fpu_half(from, field, 1)) continue;
        out += " " + field.name + "=" + (field.size > 8 ? hex(high) + ":" : "") + hex(low);
    }
    return out;
}
/// False if there is no such field.
inline bool set_fpu(FpuState& f, const std::string& name, const std::string& value) {
    for (const FpuField& field : fpu_fields()) {
        if (field.name != name) continue;
        const std::size_t colon = value.find(':');
        const bool wide = colon != std::string::npos;
        if (wide) set_fpu_half(f, field, 1, std::stoull(value.substr(0, colon), nullptr, 16));
        set_fpu_half(f, field, 0, std::stoull(wide ? value.substr(colon + 1) : value, nullptr, 16));
        return true;
    }
    return false;
}

inline std::string to_line(const Vector& v) {
    std::string out = hex_of(v.code);
    const auto registers = [&out](const Registers& from, const Registers& to) {
        for (std::size_t n = 0; n < register_count; ++n) {
            const std::uint64_t value = register_value(to, n);
            if (value != register_value(from, n)) {
                out += std::string(" ") + register_names[n] + "=" + hex(value);
            }
        }
        out += fpu_words(from.fpu, to.fpu);
    };
    const auto memory = [&out](const char* name, const std::vector<Bytes>& all) {
        for (const Bytes& b : all) out += name + hex(b.address) + ":" + hex_of(b.bytes);
    };
    registers(vector_start(), v.before);
    memory(" m=", v.memory);
    out += " >";
    registers(v.before, v.after);
    memory(" w=", v.written);
    if (!(v.signal == LinuxSignal{5, 2, v.after.rip})) {
        out += " s=" + hex(static_cast<std::uint64_t>(v.signal.signo)) + "," +
               hex(static_cast<std::uint64_t>(v.signal.code)) + "," + hex(v.signal.address);
    }
    return out;
}

inline LinuxSignal signal_in(const std::string& text) {
    const std::size_t first = text.find(','), second = text.rfind(',');
    return {static_cast<int>(std::stoul(text.substr(0, first), nullptr, 16)),
            static_cast<int>(std::stoul(text.substr(first + 1, second - first - 1), nullptr, 16)),
            std::stoull(text.substr(second + 1), nullptr, 16)};
}

/// Throws what std::stoul throws if the line is damaged.
inline Vector from_line(const std::string& line) {
    std::istringstream in(line);
    std::string word;
    in >> word;
    Vector v;
    v.code = unhex(word);
    bool behind = false;
    bool other_signal = false;
    while (in >> word) {
        if (word == ">") {
            behind = true;
            v.after = v.before;
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals), value = word.substr(equals + 1);
        if (name == "m" || name == "w") {
            const std::size_t colon = value.find(':');
            (behind ? v.written : v.memory)
                .push_back({std::stoull(value.substr(0, colon), nullptr, 16),
                            unhex(value.substr(colon + 1))});
        } else if (name == "s") {
            v.signal = signal_in(value);
            other_signal = true;
        } else if (!set_fpu((behind ? v.after : v.before).fpu, name, value)) {
            for (std::size_t n = 0; n < register_count; ++n) {
                if (name != register_names[n]) continue;
                set_register(behind ? v.after : v.before, n, std::stoull(value, nullptr, 16));
            }
        }
    }
    if (!other_signal) v.signal = {5, 2, v.after.rip};
    return v;
}

/// Files of version 1 hold the integer state only.
inline std::string to_header(const HostIdentity& host, int version = 1) {
    std::string out = std::string("host ") + host.name() + "; selectors";
    for (const std::uint16_t selector : host.other_selectors) out += " " + hex(selector);
    return out + "; address " + (host.addresses_of_48_bits ? "48" : "57") +
           (version > 1 ? "; version " + std::to_string(version) : "");
}
inline HostIdentity from_header(const std::string& line) {
    std::istringstream in(line);
    std::string word, name, width;
    HostIdentity host;
    in >> word >> name >> word;
    host.family = family_named(name.substr(0, name.find(';')));
    while (word.find(';') == std::string::npos && in >> word) {
        const std::string number = word.substr(0, word.find(';'));
        host.other_selectors.push_back(static_cast<std::uint16_t>(std::stoul(number, nullptr, 16)));
    }
    in >> word >> width;
    host.addresses_of_48_bits = width.substr(0, 2) == "48";
    return host;
}

inline int version_of(const std::string& header) {
    const std::string name = "; version ";
    const std::size_t at = header.find(name);
    return at == std::string::npos ? 1 : std::stoi(header.substr(at + name.size()));
}

/// The lines of a compressed text file; none if it cannot be read.
inline std::vector<std::string> read_lines(const std::string& path) {
    std::vector<std::string> lines;
    const gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return lines;
    std::string text;
    char buffer[65536];
    for (int n; (n = gzread(file, buffer, sizeof buffer)) > 0;) {
        text.append(buffer, static_cast<std::size_t>(n));
    }
    gzclose(file);
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

inline bool write_lines(const std::string& path, const std::vector<std::string>& lines) {
    const gzFile file = gzopen(path.c_str(), "wb9");
    if (file == nullptr) return false;
    bool good = true;
    for (const std::string& line : lines) {
        const std::string whole = line + "\n";
        good &= gzwrite(file, whole.data(), static_cast<unsigned>(whole.size())) > 0;
    }
    return gzclose(file) == Z_OK && good;
}

}  // namespace utsim::cpu::testing
