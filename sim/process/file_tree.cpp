// SPDX-License-Identifier: MIT
// Reading a tree of files from the host: everything at once and in the order of names, so that what
// a run sees depends on nothing that happens to the host's files later.
#include "process/file_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>

#include "base/digest.hpp"
#include "base/read_file.hpp"
#include "cpu/elf.hpp"
#include "process/inode.hpp"

namespace utsim {

namespace fs = std::filesystem;

namespace {

/// The caller knows where the folder is named, and gives the message its place and code.
Error tree_error(std::string message) {
    Error error;
    error.message = std::move(message);
    return error;
}

/// Takes the next name off the front of `path`; what says nothing is left out. Empty at the end.
std::string_view take_name(std::string_view& path) {
    std::string_view name;
    while (!path.empty() && (name.empty() || name == ".")) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        name = path.substr(0, slash);
        path.remove_prefix(std::min(path.size(), slash + 1));
    }
    return name == "." ? std::string_view() : name;
}

bool is_tree_path(std::string_view path) {
    if (path.size() >= FileTreeLimits::path) return false;
    for (;;) {
        const std::string_view name = take_name(path);
        if (name.empty()) return true;
        if (!is_file_name(name)) return false;
    }
}

}  // namespace

bool is_file_name(std::string_view name) {
    constexpr std::string_view never("/\0", 2);
    return !name.empty() && name.size() <= longest_name && name != "." && name != ".." &&
           name.find_first_of(never) == std::string_view::npos;
}

const cpu::Image* TreeFile::program() const {
    if (!image_read) {
        image_read = true;
        Result<cpu::Image> read = cpu::read_elf(std::as_bytes(std::span(bytes)), "program");
        if (read.ok()) image = std::make_shared<const cpu::Image>(std::move(read).value());
    }
    return image.get();
}

FileTree::FileTree() : root_(std::make_unique<TreeFile>()) {
    root_->type = FileType::directory;
    root_->mode = 0755;
}

TreeFile* FileTree::make(std::string_view path, FileType type, std::uint16_t mode) {
    TreeFile* at = root_.get();
    if (!is_tree_path(path)) return nullptr;
    for (;;) {
        const std::string_view name = take_name(path);
        if (name.empty()) break;
        if (at->type != FileType::directory) return nullptr;
        std::unique_ptr<TreeFile>& child = at->children[std::string(name)];
        const bool last = path.find_first_not_of('/') == std::string_view::npos;
        if (child == nullptr) {
            child = std::make_unique<TreeFile>();
            child->type = last ? type : FileType::directory;
            child->mode = last ? mode : std::uint16_t{0755};
            ++count_;
        }
        at = child.get();
    }
    return at->type == type ? at : nullptr;
}

bool FileTree::add(std::string_view path, std::string bytes, std::uint16_t mode) {
    TreeFile* file = make(path, FileType::regular, mode);
    if (file == nullptr) return false;
    size_ += bytes.size();
    file->mode = mode;
    file->bytes = std::move(bytes);
    return true;
}

bool FileTree::add_directory(std::string_view path, std::uint16_t mode) {
    return make(path, FileType::directory, mode) != nullptr;
}

Result<Done> FileTree::add_host_folder(const std::string& folder) {
    return read_folder(folder, *root_, 0);
}

Result<Done> FileTree::read_folder(const std::string& folder, TreeFile& into, std::size_t depth) {
    if (depth > FileTreeLimits::depth) return tree_error(folder + " is nested too deeply");
    std::error_code failed;
    std::vector<fs::directory_entry> entries;
    fs::directory_iterator at(folder, failed);
    for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
        entries.push_back(*at);
    }
    if (failed && depth == 0) {
        return tree_error(folder + " cannot be read: " + failed.message());
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.path() < b.path(); });
    for (const fs::directory_entry& entry : entries) {
        if (++count_ > FileTreeLimits::files) {
            return tree_error(folder + ": more than " + std::to_string(FileTreeLimits::files) +
                              " files");
        }
        auto child = std::make_unique<TreeFile>();
        const fs::file_status status = entry.symlink_status(failed);
        if (failed || !is_file_name(entry.path().filename().string())) continue;
        child->mode = static_cast<std::uint16_t>(status.permissions()) & 07777;
        if (fs::is_symlink(status)) {
            child->type = FileType::symlink;
            child->bytes = fs::read_symlink(entry.path(), failed).string();
        } else if (fs::is_directory(status)) {
            child->type = FileType::directory;
            const Result<Done> read = read_folder(entry.path().string(), *child, depth + 1);
            if (!read.ok()) return read;
        } else if (fs::is_regular_file(status)) {
            Result<std::string> bytes =
                read_file(entry.path().string(), ReadLimit{FileTreeLimits::bytes});
            if (!bytes.ok()) continue;
            size_ += bytes->size();
            child->bytes = std::move(bytes).value();
        } else {
            continue;
        }
        if (size_ > FileTreeLimits::bytes) {
            return tree_error(folder + ": more than " +
                              std::to_string(FileTreeLimits::bytes >> 20) + " MiB");
        }
        into.children[entry.path().filename().string()] = std::move(child);
    }
    return Done{};
}

namespace {

void add_to(Digest& digest, const TreeFile& file) {
    digest.add(static_cast<std::uint64_t>(file.type));
    digest.add(std::uint64_t{file.mode});
    digest.add(file.bytes);
    digest.add(static_cast<std::uint64_t>(file.children.size()));
    for (const auto& [name, child] : file.children) {
        digest.add(name);
        add_to(digest, *child);
    }
}

}  // namespace

std::string FileTree::digest() const {
    Digest digest;
    add_to(digest, *root_);
    return digest.text();
}

}  // namespace utsim
