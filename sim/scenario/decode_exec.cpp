// SPDX-License-Identifier: MIT
// Programs that run as processes: the host's files become the tree that they find.
#include <algorithm>
#include <memory>
#include <span>

#include "base/digest.hpp"
#include "base/read_file.hpp"
#include "cpu/elf.hpp"
#include "scenario/decode.hpp"
#include "scenario/values.hpp"

namespace utsim {

std::string Decoder::full_path(const std::string& path) const {
    const bool relative = !path.empty() && path[0] != '/' && !folder_.empty();
    return relative ? folder_ + "/" + path : path;
}

/// False, with the problem told, when it cannot be read.
bool Decoder::read_root(const JsonValue& root) {
    const Result<Done> read = data_.tree->add_host_folder(full_path(text_of(&root)));
    if (!read.ok()) {
        problems_.add(210, root, read.errors().front().message);
        return false;
    }
    data_.files.push_back(
        {text_of(&root), std::to_string(data_.tree->count()) + " files, " + data_.tree->digest()});
    return true;
}

/// What processes find before their own programs are put there; false, with the problem told, when
/// that is not to be had.
bool Decoder::decode_files(const JsonValue& exec) {
    if (data_.tree == nullptr) {
        data_.tree = packed_ != nullptr ? packed_ : std::make_shared<FileTree>();
    }
    if (packed_ != nullptr) return true;
    const JsonValue* root = member(exec, "root");
    if (root != nullptr && !read_root(*root)) return false;
    const JsonValue* files = member(exec, "files");
    if (files == nullptr) return true;
    for (const JsonMember& file : files->members) {
        if (file.key.empty() || file.key[0] != '/' ||
            !data_.tree->add(file.key, text_of(&file.value), 0755)) {
            problems_.add_at_key(228, file, "no file can be there",
                                 "an absolute path whose folders are no files");
        }
    }
    return true;
}

/// The program's bytes, from the host or from what came with the scenario.
Result<std::string> Decoder::program_bytes(const std::string& full, const std::string& as) const {
    if (packed_ == nullptr) return read_file(full, ReadLimit{cpu::elf_file_limit});
    const TreeFile* file = &packed_->root();
    for (std::string_view rest = as; file != nullptr && !rest.empty();) {
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        if (slash != 0) file = file->find(rest.substr(0, slash));
        rest.remove_prefix(std::min(rest.size(), slash + 1));
    }
    if (file != nullptr && file->type == FileType::regular) return file->bytes;
    Error error;
    error.message = "is not among the files of the trace";
    return error;
}

void Decoder::decode_exec(const JsonValue& exec, TaskData& task) {
    if (!decode_files(exec)) return;
    if (const JsonValue* input = member(exec, "stdin")) data_.input = text_of(input);
    const JsonValue* path = member(exec, "path");
    if (path == nullptr) return;
    const std::string full = full_path(text_of(path));
    ExecData data;
    const JsonValue* as = member(exec, "as");
    data.path = as != nullptr ? text_of(as) : "/bin/" + full.substr(full.rfind('/') + 1);
    Result<std::string> bytes = program_bytes(full, data.path);
    if (!bytes.ok()) {
        problems_.add(210, *path, "\"" + full + "\" " + bytes.errors().front().message);
        return;
    }
    need_file(text_of(path), *bytes);
    Result<cpu::Image> image = cpu::read_elf(std::as_bytes(std::span(*bytes)), full);
    if (!image.ok()) {
        for (const Error& error : image.errors()) {
            problems_.add(210, *path, error.message, error.hint);
        }
        return;
    }
    task.image = std::make_shared<const cpu::Image>(std::move(image).value());
    for (const cpu::Image::Symbol& symbol : task.image->symbols) {
        task.labels.emplace(symbol.name, symbol.address);
    }
    data.cwd = member(exec, "cwd") != nullptr ? text_of(member(exec, "cwd")) : "/";
    data.uid = static_cast<std::uint32_t>(integer_of(member(exec, "uid")).value_or(0));
    const bool placed = packed_ != nullptr || (!data.path.empty() && data.path[0] == '/' &&
                                               data_.tree->add(data.path, *bytes, 0755));
    if (!placed) {
        problems_.add(228, as != nullptr ? *as : *path, "no file can be there",
                      "an absolute path whose folders are no files");
        return;
    }
    data_.tree->add_directory(data.cwd);
    if (task.argv.empty()) task.argv.push_back(text_of(path));
    task.exec = std::move(data);
}

}  // namespace utsim
