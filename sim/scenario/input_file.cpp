// SPDX-License-Identifier: MIT
// A file that is too large is read a little beyond the limit, so that the reader can say so.
#include "scenario/input_file.hpp"

#include <cstdio>
#include <memory>

#include "scenario/scenario.hpp"

namespace utsim {

namespace {

Error cannot_read(const std::string& path, std::string why) {
    Error error;
    error.code = "E-SCN-100";
    error.file = path;
    error.message = std::move(why);
    return error;
}

}  // namespace

Result<std::string> read_input_file(const std::string& path) {
    if (path.find('\0') != std::string::npos) return cannot_read("", "a path with a zero byte");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (file == nullptr) return cannot_read(path, "cannot open this file");
    std::string text;
    char buffer[8192];
    std::size_t got = 0;
    while ((got = std::fread(buffer, 1, sizeof(buffer), file.get())) > 0) {
        text.append(buffer, got);
        if (text.size() > ScenarioLimits::file_bytes) break;
    }
    if (std::ferror(file.get()) != 0) return cannot_read(path, "cannot read this file");
    return text;
}

bool check_format(const JsonValue& root, std::string_view family, Problems& problems) {
    const JsonMember* format = root.find("format");
    const std::string known = std::string(family) + "1";
    if (format == nullptr || !format->value.is(JsonKind::text) || format->value.text == known ||
        !format->value.text.starts_with(family)) {
        return true;
    }
    problems.add(
        106, format->value,
        "this file is \"" + format->value.text + "\", and this program reads \"" + known + "\"");
    return false;
}

}  // namespace utsim
