// SPDX-License-Identifier: MIT
// What was put in is not looked at again, so it may have an `@` in it.
#include "report/frame.hpp"

#include "base/check.hpp"
#include "report/page_files.hpp"

namespace utsim {

std::string filled_frame(std::string_view frame, std::initializer_list<FramePart> parts) {
    std::string out;
    while (!frame.empty()) {
        const std::size_t at = frame.find('@');
        out += frame.substr(0, at);
        if (at == std::string_view::npos) break;
        const std::size_t end = frame.find('@', at + 1);
        UTSIM_CHECK(end != std::string_view::npos, "a place in a frame does not end");
        const std::string_view name = frame.substr(at + 1, end - at - 1);
        for (const FramePart& part : parts) {
            if (part.name == name) out += part.text;
        }
        frame.remove_prefix(end + 1);
    }
    return out;
}

std::string page_head(std::string_view title, PageScript script) {
    return filled_frame(
        page_head_frame(),
        {{"SCRIPTS", script == PageScript::own ? " script-src 'unsafe-inline';" : ""},
         {"TITLE", title},
         {"STYLE", page_style()}});
}

}  // namespace utsim
