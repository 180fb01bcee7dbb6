// SPDX-License-Identifier: MIT
// A reader that looks at bytes through one function, `Bytes::number`, which knows the file's end;
// ranges are compared in a form that cannot wrap around. Section headers are only asked for names,
// so a broken symbol table costs the names and nothing else.
#include "cpu/elf.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>

namespace utsim::cpu {

namespace {

constexpr std::uint64_t file_header_size = 64;
constexpr std::uint64_t program_header_size = 56;
constexpr std::uint64_t section_header_size = 64;
constexpr std::uint64_t symbol_size = 24;

constexpr std::uint64_t type_relocatable = 1, type_executable = 2, type_shared = 3, type_core = 4;
constexpr std::uint64_t machine_x86_64 = 62;
constexpr std::uint64_t segment_load = 1, segment_interp = 3, segment_tls = 7,
                        segment_gnu_stack = 0x6474e551;
constexpr std::uint64_t flag_exec = 1, flag_write = 2, flag_read = 4;
constexpr std::uint64_t section_symbols = 2;

/// Longer names are not worth printing.
constexpr std::uint64_t longest_name = 256;

std::string hex(std::uint64_t number) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number));
    return text;
}

/// `[offset, offset + size)` lies within `limit` bytes.
bool within(std::uint64_t offset, std::uint64_t size, std::uint64_t limit) {
    return size <= limit && offset <= limit - size;
}

class Bytes {
public:
    explicit Bytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

    std::uint64_t size() const { return bytes_.size(); }

    /// A little-endian number; zero beyond the end, which callers rule out before they care.
    std::uint64_t number(std::uint64_t offset, unsigned n) const {
        if (!within(offset, n, size())) return 0;
        std::uint64_t value = 0;
        for (unsigned i = 0; i < n; ++i) {
            value |= std::to_integer<std::uint64_t>(bytes_[offset + i]) << (8 * i);
        }
        return value;
    }

    std::vector<std::uint8_t> copy(std::uint64_t offset, std::uint64_t n) const {
        std::vector<std::uint8_t> out(n);
        if (n > 0) std::memcpy(out.data(), bytes_.data() + offset, n);
        return out;
    }

    /// Text up to a zero byte; nothing when it does not end before `end`.
    std::optional<std::string> text(std::uint64_t offset, std::uint64_t end) const {
        std::string out;
        for (; offset < std::min(end, size()); ++offset) {
            const char c = std::to_integer<char>(bytes_[offset]);
            if (c == 0) return out;
            out += c;
        }
        return std::nullopt;
    }

private:
    std::span<const std::byte> bytes_;
};

struct ProgramHeader {
    std::uint64_t number;
    std::uint64_t type, flags, offset, address, file_size, memory_size, align;
};

class Reader {
public:
    Reader(std::span<const std::byte> file, const std::string& name) : bytes_(file), name_(name) {}

    Result<Image> run() {
        if (!read_file_header() || !read_program_headers()) return std::move(errors_);
        for (const ProgramHeader& header : headers_) read_segment(header);
        if (errors_.empty()) check_image();
        if (!errors_.empty()) return std::move(errors_);
        find_program_headers();
        read_symbols();
        return std::move(image_);
    }

private:
    bool fail(const char* code, std::string message, std::string hint = {}) {
        Error error;
        error.code = code;
        error.message = std::move(message);
        error.hint = std::move(hint);
        error.file = name_;
        errors_.push_back(std::move(error));
        return false;
    }

    bool read_file_header() {
        if (bytes_.size() > elf_file_limit) {
            return fail("E-ELF-012", "the file is larger than 64 MiB");
        }
        const bool magic = bytes_.number(0, 4) == 0x464c457f;
        if (!magic || bytes_.size() < file_header_size) {
            return fail("E-ELF-001",
                        magic ? "the file ends within its ELF header" : "this is not an ELF file",
                        "a task runs a static x86-64 executable");
        }
        if (bytes_.number(4, 1) != 2 || bytes_.number(5, 1) != 1 ||
            bytes_.number(18, 2) != machine_x86_64) {
            return fail("E-ELF-002", "this ELF file is not for 64-bit x86",
                        "compile it for x86-64, without -m32 or -mx32");
        }
        type_ = bytes_.number(16, 2);
        if (type_ != type_executable && type_ != type_shared) {
            const char* what = type_ == type_relocatable ? "this is an object file"
                               : type_ == type_core      ? "this is a core dump"
                                                         : "this ELF file is of an unknown type";
            return fail("E-ELF-003", what, "link it: gcc -static -nostdlib -o FILE FILE.o");
        }
        return true;
    }

    bool read_program_headers() {
        const std::uint64_t offset = bytes_.number(32, 8);
        const std::uint64_t count = bytes_.number(56, 2);
        if (bytes_.number(54, 2) != program_header_size) {
            return fail("E-ELF-004", "its program headers are not 56 bytes long");
        }
        if (count == 0) return fail("E-ELF-005", "it has nothing that could be loaded");
        if (count > elf_segment_limit) {
            return fail("E-ELF-012", "it has more than " + std::to_string(elf_segment_limit) +
                                         " program headers");
        }
        if (!within(offset, count * program_header_size, bytes_.size())) {
            return fail("E-ELF-004", "its program headers lie outside of the file");
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t at = offset + i * program_header_size;
            headers_.push_back({i, bytes_.number(at, 4), bytes_.number(at + 4, 4),
                                bytes_.number(at + 8, 8), bytes_.number(at + 16, 8),
                                bytes_.number(at + 32, 8), bytes_.number(at + 40, 8),
                                bytes_.number(at + 48, 8)});
        }
        // Even a shared library says ET_DYN; only PT_INTERP tells what a loader has to finish.
        for (const ProgramHeader& header : headers_) {
            if (header.type != segment_interp) continue;
            const std::optional<std::string> loader =
                within(header.offset, header.file_size, bytes_.size())
                    ? bytes_.text(header.offset,
                                  header.offset + std::min(header.file_size, longest_name))
                    : std::nullopt;
            return fail("E-ELF-006",
                        "it is dynamically linked" + (loader ? " (needs " + *loader + ")" : ""),
                        "link it with -static");
        }
        if (type_ == type_shared) bias_ = static_pie_base;
        return true;
    }

    static std::string segment_name(const ProgramHeader& header) {
        return "segment " + std::to_string(header.number);
    }

    void read_segment(const ProgramHeader& header) {
        switch (header.type) {
            case segment_load:
                read_load(header);
                break;
            case segment_gnu_stack:
                image_.executable_stack = (header.flags & flag_exec) != 0;
                break;
            case segment_tls:
                image_.tls = {header.address + bias_, header.file_size, header.memory_size,
                              std::max<std::uint64_t>(header.align, 1)};
                break;
            default:
                break;
        }
    }

    void read_load(const ProgramHeader& header) {
        if (header.memory_size == 0) return;
        const std::string segment = segment_name(header);
        if (header.file_size > header.memory_size) {
            fail("E-ELF-007", segment + " is larger in the file than in memory");
            return;
        }
        const bool from_file = header.file_size != 0;  // else its offset means nothing
        if (from_file && !within(header.offset, header.file_size, bytes_.size())) {
            fail("E-ELF-007", segment + " lies outside of the file",
                 "the file may have been cut short");
            return;
        }
        // Before anything is copied: many segments may name the same part of the file.
        if (header.memory_size > elf_memory_limit - memory_size_) {
            fail("E-ELF-012", "its segments take more than 256 MiB");
            return;
        }
        memory_size_ += header.memory_size;
        const std::uint64_t lowest = bias_ == 0 ? AddressSpace::lowest_address : 0;
        const std::uint64_t highest = AddressSpace::mmap_top - bias_;
        if (header.address < lowest || !within(header.address, header.memory_size, highest)) {
            fail("E-ELF-008", segment + " wants addresses that a program cannot have (" +
                                  hex(header.address) + ")");
            return;
        }
        if ((header.address - header.offset) % page_size != 0) {
            fail("E-ELF-009",
                 segment + " cannot be mapped: address " + hex(header.address) + " and offset " +
                     hex(header.offset) + " differ within a page",
                 "link it without -n or -N");
            return;
        }
        std::uint8_t rights = 0;
        if ((header.flags & flag_read) != 0) rights |= Protection::read;
        if ((header.flags & flag_write) != 0) rights |= Protection::write;
        if ((header.flags & flag_exec) != 0) rights |= Protection::exec;
        image_.segments.push_back({header.address + bias_, header.memory_size, rights,
                                   bytes_.copy(from_file ? header.offset : 0, header.file_size)});
    }

    void check_image() {
        std::vector<Image::Segment>& segments = image_.segments;
        if (segments.empty()) {
            fail("E-ELF-005", "it has nothing that could be loaded");
            return;
        }
        std::sort(segments.begin(), segments.end(),
                  [](const Image::Segment& a, const Image::Segment& b) {
                      return std::pair(a.address, a.size) < std::pair(b.address, b.size);
                  });
        for (std::size_t i = 1; i < segments.size(); ++i) {
            const Image::Segment& before = segments[i - 1];
            if (page_round_up(before.address + before.size) > page_of(segments[i].address)) {
                fail("E-ELF-010",
                     "two segments share the page at " + hex(page_of(segments[i].address)));
            }
        }
        image_.entry = bytes_.number(24, 8) + bias_;
        const bool runs = std::any_of(segments.begin(), segments.end(), [&](const auto& segment) {
            return (segment.protection & Protection::exec) != 0 &&
                   image_.entry - segment.address < segment.size;
        });
        if (!runs) {
            fail("E-ELF-011", "its entry point " + hex(image_.entry) + " is not in executable code",
                 "the program needs a '_start'");
        }
        if (image_.tls.size != 0) check_tls();
    }

    void check_tls() {
        const Image::Tls& tls = image_.tls;
        const bool inside = std::any_of(
            image_.segments.begin(), image_.segments.end(), [&](const Image::Segment& segment) {
                return tls.address >= segment.address &&
                       within(tls.address - segment.address, tls.file_size, segment.size);
            });
        const bool sound = tls.file_size <= tls.size && tls.size <= elf_memory_limit &&
                           (tls.align & (tls.align - 1)) == 0 && tls.align <= page_size;
        if (!sound || (tls.file_size != 0 && !inside)) {
            fail("E-ELF-013", "its thread-local storage makes no sense");
        }
    }

    /// AT_PHDR: where the program headers are in memory, if a segment covers them.
    void find_program_headers() {
        image_.header_count = headers_.size();
        const std::uint64_t offset = bytes_.number(32, 8);
        const std::uint64_t size = headers_.size() * program_header_size;
        for (const ProgramHeader& header : headers_) {
            if (header.type != segment_load || offset < header.offset) continue;
            if (!within(offset - header.offset, size, header.file_size)) continue;
            image_.header_address = header.address + bias_ + (offset - header.offset);
            return;
        }
    }

    void read_symbols() {
        const std::uint64_t offset = bytes_.number(40, 8);
        const std::uint64_t count = bytes_.number(60, 2);
        if (bytes_.number(58, 2) != section_header_size ||
            !within(offset, count * section_header_size, bytes_.size())) {
            return;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t at = offset + i * section_header_size;
            if (bytes_.number(at + 4, 4) != section_symbols) continue;
            const std::uint64_t link = bytes_.number(at + 40, 4);
            if (link >= count) continue;
            const std::uint64_t names = offset + link * section_header_size;
            read_symbol_table(bytes_.number(at + 24, 8), bytes_.number(at + 32, 8),
                              bytes_.number(names + 24, 8), bytes_.number(names + 32, 8));
            break;  // a file has one; reading a made-up crowd of them would take for ever
        }
        std::sort(image_.symbols.begin(), image_.symbols.end(),
                  [](const Image::Symbol& a, const Image::Symbol& b) {
                      return std::tie(a.address, a.name) < std::tie(b.address, b.name);
                  });
    }

    void read_symbol_table(std::uint64_t offset, std::uint64_t size, std::uint64_t names,
                           std::uint64_t names_size) {
        if (!within(offset, size, bytes_.size()) || !within(names, names_size, bytes_.size())) {
            return;
        }
        for (std::uint64_t at = 0; at + symbol_size <= size; at += symbol_size) {
            if (image_.symbols.size() == elf_symbol_limit) return;
            const std::uint64_t name = bytes_.number(offset + at, 4);
            const std::uint64_t kind = bytes_.number(offset + at + 4, 1) & 15;
            const std::uint64_t section = bytes_.number(offset + at + 6, 2);
            const bool is_code_or_label = kind == 0 || kind == 2;
            if (!is_code_or_label || section == 0 || section >= 0xff00 || name >= names_size) {
                continue;
            }
            const std::optional<std::string> text = bytes_.text(
                names + name, std::min(names + names_size, names + name + longest_name));
            if (!text || text->empty()) continue;
            image_.symbols.push_back({*text, bytes_.number(offset + at + 8, 8) + bias_,
                                      bytes_.number(offset + at + 16, 8)});
        }
    }

    Bytes bytes_;
    const std::string& name_;
    std::uint64_t type_ = 0;
    std::uint64_t bias_ = 0;
    std::uint64_t memory_size_ = 0;
    std::vector<ProgramHeader> headers_;
    Image image_;
    std::vector<Error> errors_;
};

}  // namespace

Result<Image> read_elf(std::span<const std::byte> file, const std::string& name) {
    return Reader(file, name).run();
}

}  // namespace utsim::cpu
