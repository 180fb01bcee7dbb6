// SPDX-License-Identifier: MIT
// A file that is too large is read a little beyond the limit, so that the reader can say so.
#include "scenario/input_file.hpp"

#include "base/read_file.hpp"
#include "scenario/scenario.hpp"

namespace utsim {

Result<std::string> read_input_file(const std::string& path) {
    Result<std::string> text = read_file(path, ReadLimit{ScenarioLimits::file_bytes}, true);
    if (text.ok()) return text;
    std::vector<Error> errors = text.take_errors();
    for (Error& error : errors) error.code = "E-SCN-100";
    return errors;
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
