// SPDX-License-Identifier: MIT
// Each file is a line `TYPE MODE PATH-LENGTH SIZE`, its path and its contents, one behind the other
// in the order of names; and all of that is base64.
#include "process/packed_tree.hpp"
#include "process/inode.hpp"

#include <array>
#include <charconv>

namespace utsim {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view type_letters = "dfl";  ///< in the order of FileType

std::string to_base64(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() / 3 * 4 + 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            const auto byte = i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u;
            group = group << 8 | byte;
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool filled = i + k <= bytes.size();
            out += filled ? digits[group >> (18 - 6 * k) & 63] : '=';
        }
    }
    return out;
}

constexpr auto values = [] {
    std::array<std::int8_t, 256> all{};
    for (auto& value : all) value = -1;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        all[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
    }
    return all;
}();

/// False when it is not base64.
bool from_base64(std::string_view text, std::string& out) {
    if (text.size() % 4 != 0) return false;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t group = 0;
        std::size_t filled = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::int8_t value = values[static_cast<unsigned char>(text[i + k])];
            const bool padding = text[i + k] == '=' && i + 4 == text.size();
            if (value < 0 && !padding) return false;
            if (value >= 0 && filled != k) return false;
            if (value >= 0) ++filled;
            group = group << 6 | static_cast<std::uint32_t>(value >= 0 ? value : 0);
        }
        if (filled < 2) return false;
        for (std::size_t k = 0; k + 1 < filled; ++k) {
            out += static_cast<char>(group >> (16 - 8 * k) & 0xff);
        }
    }
    return true;
}

void append(std::string& out, const TreeFile& file, const std::string& path) {
    const auto type = static_cast<std::size_t>(file.type);
    out += type_letters[type];
    for (const std::size_t number : {std::size_t{file.mode}, path.size(), file.bytes.size()}) {
        out += ' ' + std::to_string(number);
    }
    out += '\n' + path + file.bytes;
    for (const auto& [name, child] : file.children) append(out, *child, path + "/" + name);
}

std::uint64_t size_of(const TreeFile& file) {
    std::uint64_t size = file.bytes.size();
    for (const auto& [name, child] : file.children) size += name.size() + size_of(*child);
    return size;
}

/// Takes texts off the front of what is left.
class Unpacker {
public:
    explicit Unpacker(std::string_view rest) : rest_(rest) {}

    bool at_end() const { return rest_.empty(); }

    bool entry(FileType& type, std::uint16_t& mode, std::string_view& path,
               std::string_view& bytes) {
        const std::size_t kind =
            rest_.empty() ? std::string_view::npos : type_letters.find(rest_[0]);
        if (kind == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        std::size_t numbers[3];
        for (std::size_t& number : numbers) {
            if (rest_.empty() || rest_[0] != ' ') return false;
            rest_.remove_prefix(1);
            const auto [end, failed] =
                std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
            if (failed != std::errc()) return false;
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        }
        if (rest_.empty() || rest_[0] != '\n') return false;
        rest_.remove_prefix(1);
        if (numbers[1] > rest_.size() || numbers[2] > rest_.size() - numbers[1]) return false;
        type = static_cast<FileType>(kind);
        mode = static_cast<std::uint16_t>(numbers[0] & 07777);
        path = rest_.substr(0, numbers[1]);
        bytes = rest_.substr(numbers[1], numbers[2]);
        rest_.remove_prefix(numbers[1] + numbers[2]);
        return true;
    }

private:
    std::string_view rest_;
};

/// The folder that `path` lies in, which came before it; null when none did. Cuts `path` down to
/// the last name.
TreeFile* folder_of(TreeFile& root, std::string_view& path) {
    constexpr std::size_t most = (FileTreeLimits::depth + 2) * (longest_name + 1);
    TreeFile* at = &root;
    if (path.empty() || path[0] != '/' || path.size() > most) return nullptr;
    path.remove_prefix(1);
    for (;;) {
        const std::size_t slash = path.find('/');
        if (slash == std::string_view::npos) break;
        const auto child = at->children.find(path.substr(0, slash));
        if (child == at->children.end()) return nullptr;
        at = child->second.get();
        path.remove_prefix(slash + 1);
    }
    // A trace is a file that anybody may have written.
    return is_file_name(path) && at->type == FileType::directory ? at : nullptr;
}

}  // namespace

Result<std::string> pack_tree(const FileTree& tree) {
    if (size_of(tree.root()) > most_packed_bytes) {
        Error error;
        error.message = "the files have more than " + std::to_string(most_packed_bytes >> 20) +
                        " MiB, which no trace can carry";
        return error;
    }
    std::string out;
    append(out, tree.root(), "");
    return to_base64(out);
}

std::shared_ptr<FileTree> unpack_tree(std::string_view packed) {
    std::string text;
    if (!from_base64(packed, text)) return nullptr;
    auto tree = std::make_shared<FileTree>();
    // Nobody else has it yet.
    auto& root = const_cast<TreeFile&>(tree->root());
    Unpacker unpacker(text);
    FileType type{};
    std::string_view path;
    std::string_view bytes;
    for (bool first = true; !unpacker.at_end(); first = false) {
        auto file = std::make_unique<TreeFile>();
        if (!unpacker.entry(type, file->mode, path, bytes)) return nullptr;
        if (first) {
            if (type != FileType::directory || !path.empty()) return nullptr;
            root.mode = file->mode;
            continue;
        }
        file->type = type;
        file->bytes = std::string(bytes);
        TreeFile* folder = folder_of(root, path);
        if (folder == nullptr) return nullptr;
        folder->children[std::string(path)] = std::move(file);
    }
    return tree;
}

}  // namespace utsim
