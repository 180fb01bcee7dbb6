// SPDX-License-Identifier: MIT
/// Builds small ELF files in memory, so that tests can say exactly what is wrong with one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace utsim::cpu::testing {

struct ElfFile {
    struct Header {
        std::uint32_t type = 1;  // PT_LOAD
        std::uint32_t flags = 5;
        std::uint64_t offset = 0;
        std::uint64_t address = 0x400000;
        std::uint64_t file_size = 0;
        std::uint64_t memory_size = 0;
        std::uint64_t align = 0x1000;
    };

    std::uint16_t type = 2;
    std::uint64_t entry = 0x401000;
    std::vector<Header> headers;
    std::vector<std::uint8_t> contents;  ///< from offset 0x1000

    /// One code page at 0x401000 with `ret`, and the headers at 0x400000.
    static ElfFile small() {
        ElfFile file;
        file.contents = {0xc3};
        file.headers.push_back({1, 4, 0, 0x400000, 0x200, 0x200, 0x1000});
        file.headers.push_back({1, 5, 0x1000, 0x401000, 1, 1, 0x1000});
        return file;
    }

    std::vector<std::byte> bytes() const {
        std::vector<std::byte> out(0x1000 + contents.size());
        const auto put = [&](std::size_t at, std::uint64_t value, unsigned n) {
            for (unsigned i = 0; i < n; ++i) out[at + i] = static_cast<std::byte>(value >> (8 * i));
        };
        put(0, 0x464c457f, 4);
        put(4, 0x00010102, 4);
        put(16, type, 2);
        put(18, 62, 2);
        put(20, 1, 4);
        put(24, entry, 8);
        put(32, 64, 8);
        put(52, 64, 2);
        put(54, 56, 2);
        put(56, headers.size(), 2);
        for (std::size_t i = 0; i < headers.size() && 64 + (i + 1) * 56 <= 0x1000; ++i) {
            const Header& header = headers[i];
            const std::size_t at = 64 + i * 56;
            put(at, header.type, 4);
            put(at + 4, header.flags, 4);
            put(at + 8, header.offset, 8);
            put(at + 16, header.address, 8);
            put(at + 24, header.address, 8);
            put(at + 32, header.file_size, 8);
            put(at + 40, header.memory_size, 8);
            put(at + 48, header.align, 8);
        }
        for (std::size_t i = 0; i < contents.size(); ++i) {
            out[0x1000 + i] = static_cast<std::byte>(contents[i]);
        }
        return out;
    }
};

}  // namespace utsim::cpu::testing
