// SPDX-License-Identifier: MIT
// Reading and writing through zlib, which passes plain files through as they are.
#include "json_lines.hpp"

#include <zlib.h>

#include <memory>
#include <stdexcept>

namespace utsim::conformance {

namespace {

struct CloseFile {
    void operator()(gzFile file) const { gzclose(file); }
};
using File = std::unique_ptr<gzFile_s, CloseFile>;

File open_file(const std::string& path, const char* mode) {
    File file(gzopen(path.c_str(), mode));
    if (file == nullptr) throw std::runtime_error(path + ": cannot be opened");
    return file;
}

std::string read_all(const std::string& path) {
    const File file = open_file(path, "rb");
    std::string text;
    char buffer[1 << 16];
    int got;
    while ((got = gzread(file.get(), buffer, sizeof buffer)) > 0) {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    if (got < 0) throw std::runtime_error(path + ": is damaged");
    return text;
}

bool ends_in_gz(const std::string& path) {
    return path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0;
}

}  // namespace

std::vector<Json> read_json_lines(const std::string& path) {
    const std::string text = read_all(path);
    std::vector<Json> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) lines.push_back(Json::parse(text.substr(at, end - at)));
        at = end + 1;
    }
    return lines;
}

void write_json_lines(const std::string& path, const std::vector<Json>& lines) {
    const File file = open_file(path, ends_in_gz(path) ? "wb9" : "wbT");
    for (const Json& line : lines) {
        const std::string text = line.dump() + "\n";
        const auto size = static_cast<unsigned>(text.size());
        if (gzwrite(file.get(), text.data(), size) != static_cast<int>(size)) {
            throw std::runtime_error(path + ": cannot be written");
        }
    }
}

}  // namespace utsim::conformance
