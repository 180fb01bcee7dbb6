// SPDX-License-Identifier: MIT
// gdb's File-I/O: numbers are hexadecimal, -1 comes with an errno of its own list, and what a file
// is stands in a struct of 64 bytes, highest byte first.
#include "debug/host_files.hpp"

#include <algorithm>

namespace utsim::debug {

namespace {

constexpr std::uint64_t most_at_once = PacketReader::most / 8;

/// gdb's own numbers of errors.
enum FileError : int { no_entry = 2, bad_descriptor = 9, not_allowed = 13, wrong = 22, full = 24 };

std::string failed(FileError error) {
    return "F-1," + hex_number(static_cast<std::uint64_t>(error));
}

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t left = bytes; left > 0; --left) {
        out += static_cast<char>(value >> (8 * (left - 1)) & 0xff);
    }
}

}  // namespace

std::string FileServer::answer(PayloadReader reader) {
    if (files_ == nullptr) return "";
    // All processes see the same files.
    if (reader.take("setfs:")) return reader.hex() ? "F0" : failed(wrong);
    if (reader.take("open:")) return open(reader);
    if (reader.take("close:")) return close(reader);
    if (reader.take("pread:")) return read(reader);
    if (reader.take("fstat:")) return status(reader);
    return "";
}

const std::string* FileServer::opened(PayloadReader& reader) const {
    const std::optional<std::uint64_t> number = reader.hex();
    if (!number || *number >= open_.size() || open_[*number].empty()) return nullptr;
    return &open_[*number];
}

/// `PATH,FLAGS,MODE`, the path in hexadecimal.
std::string FileServer::open(PayloadReader reader) {
    const std::optional<std::string> path = bytes_of_hex(reader.until(','));
    const std::optional<std::uint64_t> flags = reader.hex();
    if (!path || path->empty() || !flags) return failed(wrong);
    if (*flags != 0) return failed(not_allowed);  // anything but reading
    if (!files_->size(*path)) return failed(no_entry);
    const auto free = std::find(open_.begin(), open_.end(), std::string());
    if (free == open_.end()) return failed(full);
    *free = *path;
    return "F" + hex_number(static_cast<std::uint64_t>(free - open_.begin()));
}

std::string FileServer::close(PayloadReader reader) {
    const std::string* file = opened(reader);
    if (file == nullptr) return failed(bad_descriptor);
    open_[static_cast<std::size_t>(file - open_.data())].clear();
    return "F0";
}

/// `FD,COUNT,OFFSET`
std::string FileServer::read(PayloadReader reader) {
    const std::string* file = opened(reader);
    if (file == nullptr) return failed(bad_descriptor);
    if (!reader.take(',')) return failed(wrong);
    const std::optional<std::uint64_t> count = reader.hex();
    if (!count || !reader.take(',')) return failed(wrong);
    const std::optional<std::uint64_t> offset = reader.hex();
    if (!offset) return failed(wrong);
    const std::string bytes =
        files_->read(*file, *offset, static_cast<std::size_t>(std::min(*count, most_at_once)));
    return "F" + hex_number(bytes.size()) + ";" + escaped(bytes);
}

std::string FileServer::status(PayloadReader reader) {
    const std::string* file = opened(reader);
    if (file == nullptr) return failed(bad_descriptor);
    constexpr std::uint64_t regular_and_readable = 0100555;
    constexpr std::uint64_t block = 512;
    const std::uint64_t size = files_->size(*file).value_or(0);
    std::string bytes;
    for (const std::uint64_t word :
         {std::uint64_t{0}, std::uint64_t{0}, regular_and_readable, std::uint64_t{1},
          std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}}) {
        append_number(bytes, word, 4);  // device, inode, mode, links, user, group, device
    }
    append_number(bytes, size, 8);
    append_number(bytes, block, 8);
    append_number(bytes, (size + block - 1) / block, 8);
    for (int time = 0; time < 3; ++time) append_number(bytes, 0, 4);
    return "F" + hex_number(bytes.size()) + ";" + escaped(bytes);
}

}  // namespace utsim::debug
