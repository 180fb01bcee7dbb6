// SPDX-License-Identifier: MIT
/// The files that a world starts with: names and contents, read once from the host or given in the
/// scenario, and never changed. What programs write lies over it, in memory (inode.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <utsim/result.hpp>

#include "cpu/image.hpp"

namespace utsim {

/// Limits with names; a tree beyond one is refused with a message that says which.
struct FileTreeLimits {
    static constexpr std::size_t files = 20'000;
    static constexpr std::uint64_t bytes = std::uint64_t{512} << 20;
    static constexpr std::size_t depth = 64;
    static constexpr std::size_t path = 4096;  ///< a path is shorter than that
};

/// Whether a folder can have it: not too long, not `.` or `..`, without slashes and zeros.
bool is_file_name(std::string_view name);

enum class FileType : std::uint8_t { directory, regular, symlink };

/// Immutable once the world is built; guests' inodes point to it.
struct TreeFile {
    FileType type = FileType::regular;
    std::uint16_t mode = 0644;  ///< permission bits
    std::string bytes;          ///< contents, or where a link leads
    std::map<std::string, std::unique_ptr<TreeFile>, std::less<>> children;
    /// The program that the contents are, once somebody has asked; null when they are none. Kept
    /// here because reading an ELF file allocates on the host, which code on a fiber must not own.
    mutable std::shared_ptr<const cpu::Image> image;
    mutable bool image_read = false;

    const TreeFile* find(std::string_view name) const {
        const auto found = children.find(name);
        return found != children.end() ? found->second.get() : nullptr;
    }
    /// The program in it, or null.
    const cpu::Image* program() const;
};

class FileTree {
public:
    FileTree();

    const TreeFile& root() const { return *root_; }
    /// Puts a file at an absolute path, with the folders above it. False when something that is not
    /// a folder is in the way, or it is no path.
    bool add(std::string_view path, std::string bytes, std::uint16_t mode = 0644);
    bool add_directory(std::string_view path, std::uint16_t mode = 0755);
    /// Reads a folder of the host, all that is below it, as the root. Devices, sockets and what
    /// cannot be read are left out.
    Result<Done> add_host_folder(const std::string& folder);
    /// A digest of all names, modes and contents.
    std::string digest() const;
    std::size_t count() const { return count_; }
    std::uint64_t size() const { return size_; }

private:
    TreeFile* make(std::string_view path, FileType type, std::uint16_t mode);
    Result<Done> read_folder(const std::string& folder, TreeFile& into, std::size_t depth);

    std::unique_ptr<TreeFile> root_;
    std::size_t count_ = 0;
    std::uint64_t size_ = 0;
};

}  // namespace utsim
