// SPDX-License-Identifier: MIT
// Of a file that may be of two kinds, the beginning shows which it is.
#include "base/read_file.hpp"

#include "base/open_file.hpp"

namespace utsim {

namespace {

constexpr std::size_t beginning = 1 << 16;

std::size_t limit_of(std::string_view text, const ReadLimit& limit) {
    const bool larger =
        limit.is_larger_kind != nullptr && limit.is_larger_kind(text.substr(0, beginning));
    return larger ? limit.larger : limit.bytes;
}

}  // namespace

Result<std::string> read_rest(OpenFile& file, std::string text, const ReadLimit& limit, bool cut) {
    std::size_t most = 0;
    while (most == 0 || text.size() <= most) {
        if (most == 0 && text.size() >= beginning) most = limit_of(text, limit);
        if (!file.read(text)) break;
    }
    if (!file.problem().empty()) return file.error();
    most = limit_of(text, limit);
    if (text.size() <= most) return text;
    if (cut) {
        text.resize(most + 1);
        return text;
    }
    Error error = file.error();
    error.message += "it is larger than " + std::to_string(most) + " bytes";
    return error;
}

Result<std::string> read_file(const std::string& path, const ReadLimit& limit, bool cut) {
    UTSIM_TRY(file, OpenFile::open(path));
    return read_rest(*file, {}, limit, cut);
}

}  // namespace utsim
