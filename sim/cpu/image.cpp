// SPDX-License-Identifier: MIT
// Loading writes through the debugger's door (`write_force`), because segments get their final
// rights before their bytes. The stack is laid out in two passes over the strings: the first only
// measures, so that everything can be written upwards from the final stack pointer.
#include "cpu/image.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "cpu/assembler.hpp"

namespace utsim::cpu {

namespace {

/// Keys of the auxiliary vector, by the names of <elf.h>.
enum AuxKey : std::uint64_t {
    at_null = 0,
    at_phdr = 3,
    at_phent = 4,
    at_phnum = 5,
    at_pagesz = 6,
    at_base = 7,
    at_flags = 8,
    at_entry = 9,
    at_uid = 11,
    at_euid = 12,
    at_gid = 13,
    at_egid = 14,
    at_platform = 15,
    at_hwcap = 16,
    at_clktck = 17,
    at_secure = 23,
    at_random = 25,
    at_execfn = 31,
};

constexpr std::uint64_t program_header_size = 56;
constexpr std::string_view platform = "x86_64";

/// Writes upwards from one address; remembers whether all of it went through.
class StackWriter {
public:
    StackWriter(AddressSpace& space, std::uint64_t address) : space_(space), address_(address) {}

    void bytes(const void* from, std::size_t n) {
        good_ = good_ && space_.write_force(address_, from, n) == n;
        address_ += n;
    }
    void word(std::uint64_t value) {
        std::uint8_t out[8];
        for (unsigned i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
        bytes(out, sizeof out);
    }
    void pair(AuxKey key, std::uint64_t value) {
        word(key);
        word(value);
    }
    void text(std::string_view text) {
        bytes(text.data(), text.size());
        const char end = 0;
        bytes(&end, 1);
    }
    std::uint64_t address() const { return address_; }
    bool good() const { return good_; }

private:
    AddressSpace& space_;
    std::uint64_t address_;
    bool good_ = true;
};

std::uint64_t text_size(std::span<const std::string_view> texts) {
    std::uint64_t sum = 0;
    for (const std::string_view text : texts) sum += text.size() + 1;
    return sum;
}

}  // namespace

std::uint64_t Image::end() const {
    std::uint64_t last = 0;
    for (const Segment& segment : segments) last = std::max(last, segment.address + segment.size);
    return page_round_up(last);
}

std::string Image::name_of(std::uint64_t address) const {
    const auto behind = std::upper_bound(
        symbols.begin(), symbols.end(), address,
        [](std::uint64_t wanted, const Symbol& symbol) { return wanted < symbol.address; });
    if (behind == symbols.begin()) return {};
    const Symbol& symbol = *(behind - 1);
    const std::uint64_t offset = address - symbol.address;
    if (symbol.size != 0 && offset >= symbol.size) return {};
    if (symbol.size == 0) {
        // A label reaches to the end of its segment.
        const bool together = std::any_of(segments.begin(), segments.end(), [&](const Segment& s) {
            return symbol.address >= s.address && address - s.address < s.size;
        });
        if (!together) return {};
    }
    return offset == 0 ? symbol.name : symbol.name + "+" + std::to_string(offset);
}

Image make_image(std::span<const std::uint8_t> bytes, std::uint64_t address) {
    Image image;
    image.segments.push_back(
        {address, bytes.size(), Protection::all, {bytes.begin(), bytes.end()}});
    image.entry = address;
    return image;
}

Image make_image(const Assembly& assembly) {
    Image image = make_image(std::span(assembly.bytes), assembly.base);
    for (const char* name : {"start", "_start"}) {
        const Assembly::Label* label = assembly.find_label(name);
        if (label != nullptr) image.entry = label->address;
    }
    for (const Assembly::Label& label : assembly.labels) {
        image.symbols.push_back({label.name, label.address, 0});
    }
    return image;
}

std::int64_t load_image(const Image& image, AddressSpace& space) {
    for (const Image::Segment& segment : image.segments) {
        const std::uint64_t begin = page_of(segment.address);
        const std::uint64_t end = page_round_up(segment.address + segment.size);
        if (begin == end) continue;
        const std::int64_t mapped = space.map(begin, end - begin, segment.protection,
                                              Placement::fixed_no_replace, RegionKind::image);
        if (mapped < 0) return mapped;
        const std::size_t n = segment.bytes.size();
        if (space.write_force(segment.address, segment.bytes.data(), n) != n) {
            return map_error::no_memory;
        }
    }
    space.set_heap(image.end());
    constexpr std::uint8_t rights = Protection::read | Protection::write;
    const std::int64_t stack =
        space.map_stack(image.executable_stack ? rights | Protection::exec : rights);
    return stack < 0 ? stack : 0;
}

std::int64_t build_initial_stack(const Image& image, AddressSpace& space,
                                 const InitialStack& contents, StackPlaces* places) {
    constexpr std::uint64_t aux_pairs = 18;
    constexpr std::uint64_t random_size = 16;
    const std::uint64_t strings = text_size(contents.arguments) + text_size(contents.environment) +
                                  contents.file.size() + 1 + platform.size() + 1;
    const std::uint64_t words =
        contents.arguments.size() + contents.environment.size() + 3 + 2 * aux_pairs;
    if (strings > AddressSpace::stack_size / 4 || words * 8 > AddressSpace::stack_size / 4) {
        return stack_too_big;
    }
    // From the top: eight zero bytes, the strings, the random bytes, then the vectors.
    const std::uint64_t strings_at = AddressSpace::stack_top - 8 - strings;
    const std::uint64_t random_at = (strings_at - random_size) & ~std::uint64_t{15};
    const std::uint64_t rsp = (random_at - words * 8) & ~std::uint64_t{15};

    StackWriter text(space, strings_at);
    StackWriter words_out(space, rsp);
    words_out.word(contents.arguments.size());
    for (const auto& vector : {contents.arguments, contents.environment}) {
        for (const std::string_view one : vector) {
            words_out.word(text.address());
            text.text(one);
        }
        words_out.word(0);
    }
    if (places != nullptr) {
        places->arguments = strings_at;
        places->environment = strings_at + text_size(contents.arguments);
        places->end = text.address();
        places->vector = words_out.address();
        places->vector_end = words_out.address() + 2 * aux_pairs * 8;
    }
    const std::uint64_t file_at = text.address();
    text.text(contents.file);
    const std::uint64_t platform_at = text.address();
    text.text(platform);
    text.word(0);

    StackWriter random(space, random_at);
    for (std::uint64_t half = 0; half < 2; ++half) {
        Digest digest;
        digest.add(contents.random);
        digest.add(half);
        random.word(digest.value());
    }

    words_out.pair(at_hwcap, contents.hardware);
    words_out.pair(at_pagesz, page_size);
    words_out.pair(at_clktck, 100);
    words_out.pair(at_phdr, image.header_address);
    words_out.pair(at_phent, program_header_size);
    words_out.pair(at_phnum, image.header_count);
    words_out.pair(at_base, 0);
    words_out.pair(at_flags, 0);
    words_out.pair(at_entry, image.entry);
    words_out.pair(at_uid, contents.user);
    words_out.pair(at_euid, contents.effective_user);
    words_out.pair(at_gid, contents.group);
    words_out.pair(at_egid, contents.effective_group);
    words_out.pair(at_secure, 0);
    words_out.pair(at_random, random_at);
    words_out.pair(at_execfn, file_at);
    words_out.pair(at_platform, platform_at);
    words_out.pair(at_null, 0);
    const bool good = text.good() && random.good() && words_out.good();
    return good ? static_cast<std::int64_t>(rsp) : map_error::no_memory;
}

}  // namespace utsim::cpu
